"""Arrivals and the ledger: kept first, read afterwards, each in exactly one state.

`keep` commits the bytes before anything on the server changes. It does not read them: nothing is parsed
in the process that holds the database, so the first identity is the digest of the bytes; what the
message says (its canonical key) follows from the worker, and `same_message` then finds copies that the
server has rendered anew.

A time that lies further ahead than we ever put anything off was written before the clock was set back: it counts
as passed, so that a wrong clock put right stops nothing for the hours that it was wrong by.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet

from cases.models import Arrival, ArrivalState, Hold, Lease, Setting, Sighting, StoredBytes
from cases.record.entries import entry
from cases.sealing import digest, seal, unseal
from mail.message import read_email
from mail.values import Delivered, Place

INTAKE = "system: intake"
_STUB_RETRY = timedelta(minutes=15)
_LONGEST_PAUSE = timedelta(hours=1)
_TOO_BIG = (
    "The email is larger than the limit in config.yaml. Open it in the mailbox itself, or raise"
    " mailbox.largest_message."
)
_NOT_SERVED = (
    "The mail server could not hand this email over. Open it in the mailbox itself; it is asked for"
    " again every 15 minutes."
)


def store(clear: bytes, now: datetime) -> StoredBytes:
    """Return the row that holds these bytes, made if they are new."""
    sha = digest(clear)
    row = StoredBytes.objects.filter(sha256=sha).first()
    if row:
        return row
    row, _ = StoredBytes.objects.get_or_create(
        sha256=sha, defaults={"size": len(clear), "sealed": seal(clear, sha), "kept_at": now}
    )
    return row


def open_bytes(stored: StoredBytes) -> bytes:
    """Return the clear bytes of a stored row."""
    return unseal(bytes(stored.sealed), stored.sha256)


def keep(delivered: Delivered, now: datetime) -> tuple[Arrival, bool]:
    """Return the arrival for a delivered message and whether it is new. Committed on return."""
    with transaction.atomic():
        if delivered.raw is None:
            return _keep_unserved(delivered, now)
        arrival, new = keep_raw(
            delivered.raw, delivered.received or now, now, delivered.place.account
        )
        _settle_stub(delivered.place, now)
        _sight(delivered.place, arrival, now)
        if arrival.moved and _in_inbox(delivered.place):
            # The same bytes came once more: this copy has to go where the first one went.
            Arrival.objects.filter(pk=arrival.pk).update(moved=False)
        return arrival, new


def keep_raw(raw: bytes, received: datetime, now: datetime, account: str) -> tuple[Arrival, bool]:
    """Return the arrival for these bytes and whether it is new."""
    key = digest(raw)
    with transaction.atomic():
        arrival, new = Arrival.objects.get_or_create(
            content_key=key,
            defaults={
                "raw": store(raw, now), "received_at": received, "kept_at": now,
                "account": account, "state": ArrivalState.KEPT,
            },
        )  # fmt: skip
        if new:
            entry("kept", INTAKE, now=now, arrival=arrival, data={"size": len(raw)})
        return arrival, new


def _keep_unserved(delivered: Delivered, now: datetime) -> tuple[Arrival, bool]:
    """Keep a message that the server would not give us: visible to the officer, asked for again."""
    again = now + _STUB_RETRY
    seen = _at(delivered.place).select_related("arrival").first()
    if seen is not None:
        seen.retry_at = again
        seen.save(update_fields=["retry_at"])
        return seen.arrival, False
    too_big = delivered.problem == "too_big"
    # Of a header alone, and only up to 64 kB, is something read in this process: for the officer to know it by. What
    # stands in for a mail that Exchange could not serve is Exchange's own words, not the sender's.
    head = read_email(delivered.header[:65536]) if too_big and delivered.header else None
    arrival = Arrival.objects.create(
        content_key=digest(repr(delivered.place).encode()), account=delivered.place.account,
        received_at=delivered.received or now, kept_at=now, state=ArrivalState.HELD,
        verdict="held", trouble=delivered.problem or "empty",
        sender=head.sender.address[:320] if head else "", subject=head.subject[:2000] if head else "",
        message_id=head.message_id[:400] if head else "",
    )  # fmt: skip
    Hold.objects.create(
        arrival=arrival,
        reason="refused" if too_big else "server_stub",
        text=_TOO_BIG if too_big else _NOT_SERVED,
        at=now,
    )
    _sight(delivered.place, arrival, now, None if too_big else again)
    entry("not served", INTAKE, now=now, arrival=arrival, data={"problem": delivered.problem})
    return arrival, True


def _settle_stub(place: Place, now: datetime) -> None:
    """The server has handed over what it could not before: the stub's hold is settled."""
    seen = _at(place).exclude(retry_at=None).select_related("arrival").first()
    if seen is None:
        return
    stub = seen.arrival
    Hold.objects.filter(arrival=stub, settled_at=None).update(
        settled_at=now, settled_by=INTAKE, settled_how="the server handed it over after all"
    )
    stub.state, stub.verdict = ArrivalState.IGNORED, "ignored"
    stub.save(update_fields=["state", "verdict"])
    entry("served after all", INTAKE, now=now, arrival=stub)
    seen.delete()


def _at(place: Place) -> QuerySet[Sighting]:
    return Sighting.objects.filter(
        account=place.account, folder=place.folder, uidvalidity=place.uidvalidity, uid=place.uid
    )


def _sight(place: Place, arrival: Arrival, now: datetime, retry_at: datetime | None = None) -> None:
    Sighting.objects.get_or_create(
        account=place.account,
        folder=place.folder,
        uidvalidity=place.uidvalidity,
        uid=place.uid,
        # A copy of what a manager had deleted, put back or moved by somebody: it goes too.
        defaults={
            "arrival": arrival,
            "seen_at": now,
            "retry_at": retry_at,
            "erase_at": arrival.erase_at,
        },
    )


def known_uids(account: str, folder: str, uidvalidity: int, now: datetime) -> frozenset[int]:
    """Return the UIDs of a folder that need not be fetched: in the ledger and not due again."""
    seen = Sighting.objects.filter(account=account, folder=folder, uidvalidity=uidvalidity)
    again = Q(retry_at__lte=now) | Q(retry_at__gt=now + 2 * _STUB_RETRY)
    return frozenset(seen.exclude(again).values_list("uid", flat=True))


def waiting(now: datetime, limit: int = 500) -> list[int]:
    """Return the ids of arrivals that have not been read yet, oldest first."""
    ready = Arrival.objects.filter(state=ArrivalState.KEPT).filter(
        Q(try_after=None) | Q(try_after__lte=now) | Q(try_after__gt=now + 2 * _LONGEST_PAUSE)
    )
    return list(ready.order_by("id").values_list("id", flat=True)[:limit])


def to_move(limit: int = 500) -> list[Arrival]:
    """Return settled arrivals whose email still has to be moved to its folder."""
    return list(
        Arrival.objects.filter(moved=False)
        .exclude(move_to="")
        .exclude(state=ArrivalState.KEPT)
        .order_by("id")[:limit]
    )


def places(arrival: Arrival) -> list[Place]:
    """Return every place where the server has shown this arrival and may still hold it."""
    seen = Sighting.objects.filter(arrival=arrival, gone_at=None).order_by("id")
    return [Place(s.account, s.folder, s.uidvalidity, s.uid) for s in seen]


def _in_inbox(place: Place) -> bool:
    return place.folder.upper() == "INBOX"


def mark_moved(arrival: Arrival, old: Place, new: Place | None, now: datetime) -> None:
    """Write down a move: the old place is gone, the new one is known already."""
    with transaction.atomic():
        _at(old).update(gone_at=now)
        if new is not None:
            _sight(new, arrival, now)
        left = any(_in_inbox(place) for place in places(arrival))
        Arrival.objects.filter(pk=arrival.pk).update(moved=not left)


def mark_unmoved(arrival: Arrival) -> None:
    """Write down that there is nothing to move: somebody else moved it, or it never lay in the inbox."""
    Arrival.objects.filter(pk=arrival.pk).update(moved=True)


def mark_gone(places_gone: Iterable[Place], now: datetime) -> int:
    """Write down that the officer moved or binned these; return how many. Harmless, and noticed."""
    return sum(_at(place).filter(gone_at=None).update(gone_at=now) for place in places_gone)


def note_attempt(arrival: Arrival, trouble: str, now: datetime, *, counts: bool) -> int:
    """Count a failed attempt and put the next one off; a temporary one (`counts` false) is not counted.

    Returns the number of attempts that counted.
    """
    with transaction.atomic():
        row = Arrival.objects.select_for_update().get(pk=arrival.pk)
        row.attempts += 1 if counts else 0
        row.trouble = trouble[:200]
        row.try_after = now + min(_LONGEST_PAUSE, timedelta(minutes=2 ** min(row.attempts, 6)))
        row.save(update_fields=["attempts", "trouble", "try_after"])
        return row.attempts


def counts() -> dict[str, int]:
    """Return how many arrivals are in each state; the sum is all there are."""
    found = Arrival.objects.order_by().values("state").annotate(n=Count("id"))
    return {state: 0 for state, _ in ArrivalState.choices} | {r["state"]: r["n"] for r in found}


def take_lease(name: str, holder: str, seconds: int, now: datetime) -> bool:
    """Return True when `holder` may work until the lease runs out. One holder at a time."""
    until = now + timedelta(seconds=seconds)
    with transaction.atomic():
        over = Q(expires_at__lte=now) | Q(expires_at__gt=now + timedelta(seconds=2 * seconds))
        took = Lease.objects.filter(name=name).filter(over | Q(holder=holder))
        if took.update(holder=holder, expires_at=until):
            return True
        try:
            with transaction.atomic():
                Lease.objects.create(name=name, holder=holder, expires_at=until)
            return True
        except IntegrityError:
            return False


def leave_lease(name: str, holder: str) -> None:
    """Give the lease back."""
    Lease.objects.filter(name=name, holder=holder).delete()


def new_holder() -> str:
    """Return a name for one run that nobody else bears."""
    return uuid.uuid4().hex


def remember(key: str, value: Any, now: datetime) -> None:
    """Keep a thing between runs."""
    Setting.objects.update_or_create(key=key, defaults={"value": value, "changed_at": now})


def add(key: str, count: int, now: datetime) -> None:
    """Add to a number kept between runs."""
    with transaction.atomic():
        Setting.objects.get_or_create(key=key, defaults={"value": 0, "changed_at": now})
        row = Setting.objects.select_for_update().get(key=key)
        row.value, row.changed_at = int(row.value) + count, now
        row.save(update_fields=["value", "changed_at"])


def recall(key: str, default: Any = None) -> Any:
    """Return a thing kept between runs."""
    row = Setting.objects.filter(key=key).first()
    return default if row is None else row.value
