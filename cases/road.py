"""The road of one email, step by step, for flows and commands alike (design, section 3).

keep (committed) -> read in a worker -> file in one transaction -> move, last. Every step may be repeated: the
ledger and the unique keys make the second time harmless. One email's trouble never stops the
next; a temporary fault is put off and never becomes permanent by itself, a message that breaks its reader
three times is held with its bytes to download.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import DatabaseError, InterfaceError, transaction

from cases import alarms, clock, filing, picturing, post
from cases.config import current
from cases.leases import only_one as only_one
from cases.leases import still_mine as still_mine
from cases.models import Arrival, ArrivalState, Hold, Sighting
from cases.record import ahead, ledger, retention
from cases.sealing import digest
from cases.side_by_side import Read, side_by_side
from cases.workers import Pool, WorkerDied
from mail.errors import TryLater
from mail.values import Place

log = logging.getLogger("cme.road")
_pool: Pool | None = None


def pool() -> Pool:
    """Return this process's worker pool."""
    global _pool
    if _pool is None:
        _pool = Pool(current().intake.workers)
    return _pool


def fetch() -> int:
    """Keep every message that the mailbox shows and the ledger does not know; return how many are new.

    Raises:
        TryLater: the mailbox cannot be reached or refuses us; the next poll is the retry.
    """
    new, started = 0, clock.now()

    def known(account: str, folder: str, uidvalidity: int) -> frozenset[int]:
        return ledger.known_uids(account, folder, uidvalidity, started)

    try:
        for delivered in post.waiting(post.mailbox(current()), known):
            still_mine()
            _, is_new = ledger.keep(delivered, clock.now())
            new += is_new
    except TryLater as trouble:
        _note_trouble(str(trouble))
        raise
    except (DatabaseError, InterfaceError, OSError) as error:
        _note_trouble(f"The database could not keep an email ({type(error).__name__}).")
        raise
    ledger.remember("last_proved_poll", clock.now().isoformat(), clock.now())
    _note_trouble("")
    return new


def _note_trouble(words: str) -> None:
    """Remember why a poll failed, and sound the alarm when it has been too long; neither hides the failure."""
    with suppress(DatabaseError, InterfaceError):
        ledger.remember("last_poll_trouble", words[:300], clock.now())
        alarms.sound(clock.now())


def waiting() -> list[int]:
    """Return the ids of arrivals to read now."""
    return ledger.waiting(clock.now())


def file_batch(arrival_ids: list[int]) -> dict[str, int]:
    """Read arrivals, several at once, and file them in their order; return a count for each verdict."""
    told: Counter[str] = Counter()
    for arrival_id, first in side_by_side(arrival_ids, _prepared, current().intake.workers):
        still_mine()
        told[file_one(arrival_id, clock.now(), first)["verdict"]] += 1
    note_deaths()
    return dict(told)


def _prepared(arrival_id: int) -> Read | None:
    try:
        arrival = Arrival.objects.select_related("raw").get(pk=arrival_id)
        if arrival.state != ArrivalState.KEPT or arrival.raw is None or _early(arrival):
            return None
        return filing.reading_of(arrival, pool())
    except Exception as error:
        # It is met again in this arrival's own turn, and counted there: the others go on.
        log.warning("arrival %s, not begun early: %s", arrival_id, type(error).__name__)
        return None


def note_deaths() -> None:
    """Add the reading workers that have died to the count that a monitor sees."""
    if count := pool().deaths():
        ledger.add("worker_deaths", count, clock.now())


def file_one(
    arrival_id: int, now: datetime, first: Read | None = None, **options: Any
) -> dict[str, Any]:
    """Read and file one arrival, whatever is in it, and return what became of it. `first` is a reading begun before."""
    arrival = Arrival.objects.select_related("raw").get(pk=arrival_id)
    if arrival.state != ArrivalState.KEPT:
        return filing.outcome(arrival)
    try:
        told = None if options else _early(arrival)
        told = told or filing.examine(arrival, pool(), now, first=first, **options)
        with transaction.atomic():
            filing.file_arrival(arrival, told, now)
            ahead.forget(arrival.pk)
    except (DatabaseError, InterfaceError) as error:
        if not _can_write():
            raise
        return _failed(arrival, error, now, counts=not _locked(error))
    except TryLater as error:
        return _failed(arrival, error, now, counts=False)
    except WorkerDied as error:
        return _failed(arrival, error, now, counts=True)
    except Exception as error:
        return _failed(arrival, error, now, counts=True)
    arrival.refresh_from_db()
    return filing.outcome(arrival)


def _early(arrival: Arrival) -> dict[str, Any] | None:
    """Return what a worker read in an arrival ahead of its turn, None when it has to be read now.

    A locked file's password may stand in an email before it that was not filed yet when the worker read.
    """
    told = ahead.reading(arrival.pk)
    if told and any(held["reason"] == "locked" for held in told["held"]):
        return None
    return told


def _can_write() -> bool:
    try:
        ledger.remember("database", "answers", clock.now())
    except (DatabaseError, InterfaceError):
        return False
    return True


def _locked(error: Exception) -> bool:
    return "locked" in str(error) or "deadlock" in str(error) or isinstance(error, InterfaceError)


def _failed(arrival: Arrival, error: Exception, now: datetime, *, counts: bool) -> dict[str, Any]:
    """Count a failure; after the configured number of tries hold the message for the officer."""
    trouble = type(error).__name__
    log.warning("arrival %s: %s", arrival.pk, trouble)
    ahead.forget(arrival.pk)
    attempts = ledger.note_attempt(arrival, trouble, now, counts=counts)
    arrival.refresh_from_db()
    if counts and attempts >= current().intake.attempts:
        filing.hold_whole(arrival, "unreadable", now)
    arrival.refresh_from_db()
    return filing.outcome(arrival)


def take_pictures(limit: int = 12) -> int:
    """Make the pages of a few filed arrivals, those that wait for the officer first; return how many pages."""
    pages = 0
    for arrival_id in picturing.waiting(limit):
        still_mine()
        arrival = Arrival.objects.select_related("raw").get(pk=arrival_id)
        pages += picturing.make_pages(arrival, clock.now())
    return pages


def move_away() -> int:
    """Move settled emails to their folders over one connection; return how many.

    Failure is harmless: what was not moved is tried again at the next poll.
    """
    lying: list[tuple[Arrival, Place]] = []
    for arrival in ledger.to_move():
        places = [p for p in ledger.places(arrival) if p.folder.upper() == "INBOX"]
        lying += [(arrival, place) for place in places]
        if not places:
            ledger.mark_unmoved(arrival)
    if not lying:
        return 0
    moved = 0
    with suppress(TryLater), post.filing(post.mailbox(current())) as filer:
        for arrival, place in lying:
            still_mine()
            # One by one, each written down at once: after a crash only this one is moved a second time, in vain.
            new = filer.file_away(place, arrival.move_to)
            ledger.mark_moved(arrival, place, new, clock.now())
            moved += 1
    return moved


def erase_copies() -> Counter[str]:
    """Delete the mailbox's copies of what a manager had deleted; return what became of them.

    Failure is harmless: what could not be deleted is tried again at the next poll. One that the officer had
    removed already is not found, and counted as that.
    """
    told: Counter[str] = Counter()
    rows = retention.copies_to_erase()
    if not rows:
        return told
    with suppress(TryLater), post.filing(post.mailbox(current())) as filer:
        for row in rows:
            still_mine()
            place = Place(row.account, row.folder, row.uidvalidity, row.uid)
            became = filer.erase(place, _is_of(row.arrival.content_key, place))
            told[became] += 1
            if became != "not possible":
                retention.note_erased(row, now=clock.now())
    if told["deleted"] + told["not found"]:
        retention.prove_erased(told, by="system: retention", now=clock.now())
    return told


def _is_of(content_key: str, place: Place) -> Callable[[bytes], bool]:
    """Return what tells an arrival's bytes; one that was too big to fetch was known by its place alone."""
    by_place = content_key == digest(repr(place).encode())
    return lambda raw: by_place or digest(raw) == content_key


def reconcile() -> dict[str, int]:
    """Hold every folder of the mailbox against the ledger and remember the difference, as counts."""
    now = clock.now()
    shown = post.snapshot(post.mailbox(current()))
    account = current().mailbox.account
    unknown = 0
    gone = []
    for (folder, uidvalidity), uids in shown.items():
        rows = Sighting.objects.filter(account=account, folder=folder, uidvalidity=uidvalidity)
        known = set(rows.values_list("uid", flat=True))
        unknown += len(set(uids) - known)
        gone += [
            Place(account, folder, uidvalidity, uid)
            for uid in rows.filter(gone_at=None).values_list("uid", flat=True)
            if uid not in uids
        ]
    counts = ledger.counts()
    told = {
        "on_server": sum(len(u) for u in shown.values()), "not_in_ledger": unknown,
        "moved_by_people": ledger.mark_gone(gone, now), "arrivals": sum(counts.values()),
        "unread": counts[ArrivalState.KEPT], "held": counts[ArrivalState.HELD],
        "open_holds": Hold.objects.filter(settled_at=None).count(),
    }  # fmt: skip
    ledger.remember("reconciled", {**told, "at": now.isoformat()}, now)
    return told
