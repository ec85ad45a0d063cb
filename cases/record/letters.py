"""The outbox: a letter is written once, kept byte for byte, and sent at most once.

The business key is unique, so the same letter is never written twice; bytes and Message-ID are fixed
before the first try. Before the last byte goes, the row says that it is handed over: a row found in `sending` after a
crash without that word has not gone. With it, the Sent folder is asked for its Message-ID, and without an answer the
officer sees "delivery uncertain". Nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from cases.clock import UK, uk_date
from cases.config import Config
from cases.models import Arrival, Case, Letter, LetterState
from cases.record.cases import add_message
from cases.record.entries import entry
from cases.record.ledger import open_bytes, store
from mail.compose import Draft, compose, new_message_id
from mail.letters import LetterRefused, render
from mail.values import Mailbox

SENDER = "system: letters"
BACK_OFF = (1, 5, 15, 60, 240)  # minutes
GIVE_UP = timedelta(hours=48)
HANDED = "handed to the mail server, no answer yet"
_NEVER_WENT = [LetterState.CANCELLED, LetterState.SHADOW]
HELD_BACK = "held back by the brake: "


def queue(
    key: str,
    kind: str,
    recipient: str,
    facts: Mapping[str, Any],
    *,
    config: Config,
    now: datetime,
    role: str = "",
    case: Case | None = None,
    arrival: Arrival | None = None,
    rule: str = "",
    step: str = "",
    started_on: Any = None,
    covers: list[dict[str, Any]] | None = None,
    reply_to_id: str = "",
    references: Iterable[str] = (),
    mode: str | None = None,
) -> Letter | None:
    """Write a letter into the outbox and return it; None when its kind is off or it is there already.

    Raises:
        LetterRefused: something the letter needs is missing; nothing was written.
    """
    mode = mode or mode_of(config, kind)
    if mode == "off" or Letter.objects.filter(key=key).exists():
        return None
    if not recipient or "@" not in recipient:
        raise LetterRefused("there is no address on the record for it")
    rendered = render(kind, facts)
    ref = case.ref if case else config.council.reference
    domain = config.sending.from_address.partition("@")[2]
    message_id = new_message_id(ref, domain)
    raw = _composed(
        Draft(
            subject=rendered.subject, text=rendered.text, html=rendered.html,
            sender=Mailbox(config.sending.from_name, config.sending.from_address),
            reply_to=Mailbox("", config.mailbox.account), recipient=recipient,
            message_id=message_id, date=now, in_reply_to=reply_to_id,
            references=tuple(references),
            label=config.sending.labels.get(recipient.partition("@")[2], ""),
        )
    )  # fmt: skip
    with transaction.atomic():
        row, new = Letter.objects.get_or_create(
            key=key,
            defaults={
                "case": case, "arrival": arrival, "kind": kind, "rule": rule, "step": step,
                "started_on": started_on, "covers": covers or [], "recipient": recipient.lower(),
                "role": role, "subject": rendered.subject, "message_id": message_id,
                "raw": store(raw, now), "written_at": now,
                "state": _first_state(config, mode),
            },
        )  # fmt: skip
        if not new:
            return None
        if case:
            add_message(case, message_id)
        entry(
            "letter written", SENDER, now=now, case=case, arrival=arrival,
            data={"letter": row.pk, "kind": kind, "rule": rule, "step": step, "state": row.state},
        )  # fmt: skip
        return row


def _composed(draft: Draft) -> bytes:
    try:
        return compose(draft)
    except ValueError as error:
        # An address on the record that no mail server would take, or a header that would break the line.
        raise LetterRefused(f"it cannot be addressed ({error})") from None


def mode_of(config: Config, kind: str) -> str:
    """Return off, hold or send for a kind of letter; hold unless the configuration says so."""
    kinds = config.letters
    if config.mailbox.kind == "embedded" and kind in kinds.get("demonstration_sends", ()):
        return "send"
    mode = kinds.get(kind, kinds.get("default", "hold"))
    # YAML reads a bare `off` as false.
    return "off" if mode is False else str(mode)


def _first_state(config: Config, mode: str) -> str:
    if config.sending.shadow:
        return LetterState.SHADOW
    return LetterState.QUEUED if mode == "send" else LetterState.HELD


def approve(letter_ids: Iterable[int], *, by: str, now: datetime) -> int:
    """Let held letters go; return how many."""
    with transaction.atomic():
        rows = Letter.objects.select_for_update().filter(
            pk__in=list(letter_ids), state=LetterState.HELD
        )
        for row in rows:
            row.state, row.approved_by = LetterState.QUEUED, by
            row.save(update_fields=["state", "approved_by"])
            entry("letter approved", by, now=now, case=row.case, data={"letter": row.pk})
        return len(rows)


def cancel(letter_id: int, *, by: str, why: str, now: datetime) -> None:
    """Take a letter back that has not gone."""
    with transaction.atomic():
        row = Letter.objects.select_for_update().get(pk=letter_id)
        if row.state in (LetterState.SENT, LetterState.SENDING, LetterState.UNDELIVERED):
            return
        row.state, row.why = LetterState.CANCELLED, why[:300]
        row.save(update_fields=["state", "why"])
        entry("letter cancelled", by, now=now, case=row.case, data={"letter": row.pk})


def cancel_for(case: Case, *, rule: str | None, why: str, now: datetime) -> int:
    """Take back what has not gone on a case (its question is answered, or the case is closed)."""
    waiting = Letter.objects.filter(case=case, state__in=[LetterState.HELD, LetterState.QUEUED])
    if rule is not None:
        waiting = waiting.filter(rule=rule)
    ids = list(waiting.values_list("pk", flat=True))
    for letter_id in ids:
        cancel(letter_id, by=SENDER, why=why, now=now)
    return len(ids)


def ready(now: datetime, limit: int) -> list[int]:
    """Return the ids of letters to send now, oldest first."""
    # A time further ahead than the longest pause was written before the clock was set back.
    passed = Q(try_after__lte=now) | Q(try_after__gt=now + timedelta(minutes=2 * BACK_OFF[-1]))
    rows = Letter.objects.filter(state=LetterState.QUEUED).filter(Q(try_after=None) | passed)
    rows = rows.exclude(_one_went_today(now))
    return list(rows.order_by("id").values_list("pk", flat=True)[:limit])


def _one_went_today(now: datetime) -> Q:
    """An automatic letter about the same case has gone to the same person today: one a day is enough.

    A letter that an officer has approved is not automatic, and a duty alert waits for nothing.
    """
    midnight = datetime.combine(uk_date(now), time(0), UK)
    gone = Letter.objects.filter(
        case=OuterRef("case"), recipient=OuterRef("recipient"), approved_by="", claimed_at__gte=midnight,
        state__in=[LetterState.SENDING, LetterState.SENT, LetterState.UNCERTAIN, LetterState.UNDELIVERED],
    ).exclude(kind="duty_alert")  # fmt: skip
    return Q(Exists(gone), approved_by="") & ~Q(kind="duty_alert")


def may_go(letter_id: int, now: datetime) -> bool:
    """Return whether a letter may still go today, after those before it in the same run."""
    return not Letter.objects.filter(_one_went_today(now), pk=letter_id).exists()


def stuck(now: datetime) -> int:
    """Return how many letters should have gone four hours ago and wait for nothing."""
    rows = Letter.objects.filter(
        state=LetterState.QUEUED, written_at__lt=now - timedelta(hours=4)
    ).exclude(_one_went_today(now))  # fmt: skip
    return rows.count()


def claim(letter_id: int, now: datetime) -> Letter | None:
    """Return the letter, now ours to send, or None when another has it."""
    taken = Letter.objects.filter(pk=letter_id, state=LetterState.QUEUED).update(
        state=LetterState.SENDING, claimed_at=now
    )
    return Letter.objects.select_related("raw", "case").get(pk=letter_id) if taken else None


def exact_bytes(letter: Letter) -> bytes:
    """Return the letter as it goes, or went, over the wire."""
    return open_bytes(letter.raw)


def mark_sent(letter: Letter, answer: str, *, now: datetime, by: str = SENDER) -> None:
    """Write down that the mail server has taken it."""
    with transaction.atomic():
        _mark(letter, LetterState.SENT, answer, now, by=by, sent_at=now)


def mark_refused(letter: Letter, answer: str, *, now: datetime) -> None:
    """Write down that the mail server will never take it; the officer sees it."""
    with transaction.atomic():
        _mark(letter, LetterState.REFUSED, answer, now)


def mark_uncertain(letter: Letter, answer: str, *, now: datetime) -> None:
    """Write down that nobody knows whether it went."""
    with transaction.atomic():
        _mark(letter, LetterState.UNCERTAIN, answer, now)


def mark_undelivered(message_id: str, why: str, *, now: datetime) -> Letter | None:
    """Write down that a letter came back; return it, or None when it is not one of ours."""
    with transaction.atomic():
        row = Letter.objects.select_for_update().filter(message_id=message_id).first()
        if row is not None and row.state != LetterState.UNDELIVERED:
            _mark(row, LetterState.UNDELIVERED, why, now)
        return row


def put_off(letter: Letter, answer: str, *, now: datetime) -> None:
    """Try again later, or give up after two days and tell the officer."""
    with transaction.atomic():
        tries = letter.tries + 1
        if now - letter.written_at > GIVE_UP and tries > len(BACK_OFF):
            _mark(letter, LetterState.REFUSED, f"given up after two days: {answer}", now)
            return
        minutes = BACK_OFF[min(tries, len(BACK_OFF)) - 1]
        Letter.objects.filter(pk=letter.pk).update(
            state=LetterState.QUEUED, tries=tries, answer=answer[:300],
            try_after=now + timedelta(minutes=minutes),
        )  # fmt: skip


def requeue(letter: Letter, *, now: datetime) -> None:
    """Send again with the same Message-ID: the Sent folder has proved that it never went."""
    with transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(
            state=LetterState.QUEUED, claimed_at=None, answer=""
        )
        entry("letter requeued", SENDER, now=now, case=letter.case, data={"letter": letter.pk})


def note_handed(letter: Letter) -> None:
    """Write down, before the last byte goes, that from now on only the server knows whether it went."""
    Letter.objects.filter(pk=letter.pk).update(answer=HANDED)


def unknown() -> list[Letter]:
    """Return letters left in `sending` by a run that died; the caller holds the sender's lease."""
    rows = Letter.objects.filter(state=LetterState.SENDING).select_related("raw", "case")
    return list(rows.order_by("id"))


def settle_uncertain(letter_id: int, arrived: bool, *, by: str, now: datetime) -> None:
    """Write down what a person found out about a letter whose delivery was uncertain."""
    with transaction.atomic():
        row = Letter.objects.select_for_update().get(pk=letter_id, state=LetterState.UNCERTAIN)
        if arrived:
            _mark(row, LetterState.SENT, "a person has asked: it arrived", now, by=by, sent_at=now)
        else:
            requeue(row, now=now)


def _mark(
    letter: Letter, state: str, answer: str, now: datetime, *, by: str = SENDER, **more: Any
) -> None:
    Letter.objects.filter(pk=letter.pk).update(state=state, answer=answer[:300], **more)
    entry(
        f"letter {state}", by, now=now, case=letter.case,
        data={"letter": letter.pk, "kind": letter.kind},
    )  # fmt: skip


def hold_back(why: str, *, now: datetime) -> int:
    """Let every letter that nobody has approved wait for a person; return how many.

    The brake must not let go by itself when its ten minutes have passed. A duty alert is never held back.
    """
    with transaction.atomic():
        rows = Letter.objects.select_for_update().filter(
            state=LetterState.QUEUED, approved_by=""
        ).exclude(kind="duty_alert")  # fmt: skip
        for row in rows:
            row.state, row.why = LetterState.HELD, f"{HELD_BACK}{why}"[:300]
            row.save(update_fields=["state", "why"])
            entry("letter held back", SENDER, now=now, case=row.case, data={"letter": row.pk})
        return len(rows)


def in_doubt(now: datetime) -> list[Letter]:
    """Return letters whose delivery is uncertain since less than two days, for another look into Sent."""
    rows = Letter.objects.filter(
        state=LetterState.UNCERTAIN, claimed_at__gt=now - GIVE_UP
    ).select_related("raw", "case")
    return list(rows.order_by("id")[:100])


def too_many(config: Config, now: datetime) -> str | None:
    """Return why all sending must stop (the circuit breaker), or None."""
    lately = Letter.objects.filter(written_at__gt=now - timedelta(minutes=10), approved_by="")
    by_itself = lately.exclude(state__in=[LetterState.HELD, *_NEVER_WENT]).count()
    if by_itself > config.sending.stop_when_queued:
        return f"{by_itself} letters were queued within ten minutes"
    week = Letter.objects.filter(sent_at__gt=now - timedelta(days=7))
    sent, back = week.count(), week.filter(state=LetterState.UNDELIVERED).count()
    if sent >= 10 and 100 * back > config.sending.stop_when_bounced * sent:
        return f"{back} of the last {sent} letters came back"
    return None
