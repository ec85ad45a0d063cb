"""Filing: from what an email says to what the team knows. Steps 5 to 9 of the road, one transaction.

The worker reads (step 5 and 6) before the transaction begins; here candidates are looked up, the policy gives its
verdict, and the record is written. Whatever cannot be decided is held with its reason; a child who
may or may not be known gets a provisional case at once, so that no clock waits for a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction

from cases import answering, applying, ewo_answers, layouts, post
from cases.clock import uk_date
from cases.config import current
from cases.decisions import (
    accept_proposed,
    ask_school,
    decide_reading,
    merge_cases,
    read_again,
    refuse_proposed,
    set_aside,
    settle_hold,
    split_case,
    teach,
    undo,
)
from cases.machine_mail import file_machine
from cases.models import Arrival, ArrivalState, Document, ReadingRow, School, Word
from cases.record import alerts, children, ledger
from cases.record import arrivals as record
from cases.record import cases as case_record
from cases.side_by_side import Read
from cases.threads import of_passage, one_case
from cases.verdicts import decide
from cases.workers import Pool
from policy import safeguarding

SYSTEM = "system: intake"
# The message's verdict is its children's strongest, in this order.
STRONGEST = (
    "reopened", "new_case", "provisional", "update", "proposed_update", "duplicate", "attached",
    "resend",
)  # fmt: skip
_HELD_WHOLE = {
    "unreadable": "The program could not read this email. Its bytes are kept: download it and open it by hand.",
}  # fmt: skip


def examine(
    arrival: Arrival, pool: Pool, now: datetime, passwords: tuple[str, ...] = (), first: Read | None = None
) -> dict[str, Any]:  # fmt: skip
    """Return what a worker reads in an arrival's bytes. `first` is its first reading, where that was begun before.

    Raises:
        WorkerDied: the message itself is more than a worker survives.
    """
    told = first() if first else reading_of(arrival, pool, passwords)()
    sent = _passwords_sent(arrival, told)
    if not sent:
        return told
    return {**reading_of(arrival, pool, [*passwords, *sent])(), "opened_by_mail": True}


def reading_of(arrival: Arrival, pool: Pool, passwords: Sequence[str] = ()) -> Read:
    """Return the work of reading an arrival's bytes, which may be done in any thread: the database was asked already."""
    assert arrival.raw is not None
    return partial(
        pool.examine,
        "message.eml",
        ledger.open_bytes(arrival.raw),
        on=uk_date(arrival.received_at),
        passwords=list(passwords),
        words=dict(Word.objects.values_list("label", "field")),
        lessons=layouts.told(),
        prefix=current().council.reference,
    )


def _passwords_sent(arrival: Arrival, told: Mapping[str, Any]) -> list[str]:
    """Passwords for what is locked, out of the same sender's other emails of these days (never guessed).

    Who sent it is known only when it has been read once.
    """
    sender = (told["email"] or {}).get("from") or ""
    locked = any(held["reason"] == "locked" for held in told["held"])
    return record.passwords_from(sender, arrival.received_at) if sender and locked else []


def file_arrival(arrival: Arrival, told: Mapping[str, Any], now: datetime) -> None:
    """File an arrival by what was read in it: everything or nothing of this is committed."""
    with transaction.atomic():
        # Whoever holds a lease may be late: the row decides, and the second run finds it settled.
        if not record.still_unread(arrival):
            return
        email = told["email"] or {}
        record.note_email(arrival, email, now)
        if _seen_before(arrival, email, now):
            return
        _trust(arrival, email)
        documents = record.write_documents(arrival, told)
        _alerts(arrival, told, email, now)
        if file_machine(arrival, email, told["readings"], now):
            return
        readings = record.write_readings(arrival, told["readings"], documents)
        verdicts = [
            decide(reading, of_passage(email, said.get("about")), now)
            for reading, said in zip(readings, told["readings"], strict=True)
        ]
        _families(readings, now)
        _holds(arrival, told, documents, readings, now)
        if not readings:
            verdicts = _without_form(arrival, email, documents, now)
        _settle(arrival, verdicts, now)
        ewo_answers.read(arrival, now)
        answering.acknowledge(arrival, now)
        _try_password(arrival, now)
        if told.get("opened_by_mail"):
            _settle_password(arrival, now)


def _try_password(arrival: Arrival, now: datetime) -> None:
    """A password that follows its form: what waits locked from this sender is read again, once."""
    if arrival.sender and record.tells_password(arrival):
        for locked in record.locked_from(arrival.sender, arrival.received_at - timedelta(days=7)):
            if locked.pk != arrival.pk and not locked.readings.exclude(case=None).exists():
                record.read_again(locked, by=SYSTEM, now=now)


def _settle_password(arrival: Arrival, now: datetime) -> None:
    """An email that only told the password of what was read with it has done its work: nobody need look at it."""
    opened = arrival.readings.exclude(case=None).select_related("case").first()
    locked = arrival.holds.filter(reason="locked", settled_at=None).exists()
    if opened is None or opened.case is None or locked:
        return
    for other in record.told_passwords(arrival.sender, arrival.received_at):
        record.settle_holds(other, by=SYSTEM, how="its password opened a form", now=now)
        case_record.add_message(opened.case, other.message_id, other)
        record.attach(other, opened.case, now)
        record.end(other, ArrivalState.FILED, "attached", now)


def _seen_before(arrival: Arrival, email: Mapping[str, Any], now: datetime) -> bool:
    """True when the same message is on file with other bytes: a copy that the server rendered anew."""
    key = email.get("content_key")
    first = Arrival.objects.filter(canonical=key).exclude(pk=arrival.pk).first() if key else None
    if first is None:
        arrival.canonical = key or None
        return False
    arrival.same_as = first
    record.end(arrival, ArrivalState.IGNORED, "resend", now, {"same_as": first.pk})
    return True


def _trust(arrival: Arrival, email: Mapping[str, Any]) -> None:
    trust = post.trust(email, current())
    arrival.trust, arrival.trust_why = trust.level, "; ".join((trust.why, *trust.flags))
    arrival.school = _sender_school(arrival.sender)


def _sender_school(address: str) -> School | None:
    """The one school or agency that an address belongs to, by contact, else by domain."""
    found = list(School.objects.filter(contacts__address=address, open=True).distinct()[:2])
    if len(found) != 1:
        domain = address.partition("@")[2]
        found = [s for s in School.objects.filter(open=True) if domain and domain in s.domains]
    return found[0] if len(found) == 1 else None


def _alerts(
    arrival: Arrival, told: Mapping[str, Any], email: Mapping[str, Any], now: datetime
) -> None:
    """Raise safeguarding signals first, before and apart from all else (policy 10.4, 17.2)."""
    texts = {"subject": email.get("subject") or "", "body": email.get("new_text") or ""}
    texts |= told.get("texts") or {}
    found = [
        (signal.kind, signal.words, where)
        for where, text in texts.items()
        if where != "quoted"
        for signal in safeguarding.alerts(text)
    ]
    for reading in told["readings"]:
        for field, kind in (
            ("child_protection_plan", "child_protection"),
            ("safeguarding_concern", "risk_of_harm"),
        ):
            cell = reading["fields"].get(field)
            if cell and cell["value"] not in (False, None, ""):
                found.append((kind, str(cell["raw"]), f"{reading['document']}, {cell['place']}"))
    if alerts.raise_alerts(arrival, found, now):
        answering.tell_duty(arrival, now)


def _families(readings: list[ReadingRow], now: datetime) -> None:
    """Children with one surname on one form or email are proposed as brothers and sisters."""
    opened = [r.case.child for r in readings if r.case and r.form != "starters_leavers"]
    for i, a in enumerate(opened):
        for b in opened[i + 1 :]:
            if a.surname and applying.same(a.surname, b.surname):
                children.link_family(a, b, "named in one email", now=now, by=SYSTEM)


def _holds(
    arrival: Arrival,
    told: Mapping[str, Any],
    documents: dict[str, Document],
    readings: list[ReadingRow],
    now: datetime,
) -> None:
    for held in told["held"]:
        record.hold(arrival, held["reason"], held["text"], now, documents.get(held["document"]))


def _without_form(
    arrival: Arrival, email: Mapping[str, Any], documents: dict[str, Document], now: datetime
) -> list[str]:
    """An email without a form: kept on the case that it names, else for the officer to read."""
    case = one_case(arrival, email)
    if case is not None:
        case_record.add_message(case, arrival.message_id, arrival)
        answering.enclosures(case, arrival, documents, now)
        alerts.link_alerts(arrival, case)
        record.attach(arrival, case, now)
        return ["attached"]
    if not arrival.holds.filter(settled_at=None).exists():
        record.hold(
            arrival, "unknown_form",
            "No form was found in this email, and it names no case. Read it and say what it is.", now,
        )  # fmt: skip
    return []


def _settle(arrival: Arrival, verdicts: list[str], now: datetime) -> None:
    held = arrival.holds.filter(settled_at=None).exists()
    named = next((v for v in STRONGEST if v in verdicts), "held" if held else "ignored")
    state = ArrivalState.HELD if held else ArrivalState.FILED
    record.end(arrival, state, named, now)


def hold_whole(arrival: Arrival, reason: str, now: datetime) -> None:
    """Hold an arrival that the program could not read at all, with its bytes to download."""
    with transaction.atomic():
        record.hold(arrival, reason, _HELD_WHOLE[reason], now)
        record.end(arrival, ArrivalState.HELD, "held", now)


def outcome(arrival: Arrival) -> dict[str, Any]:
    """Return what became of an arrival, as the contract writes it."""
    rows = list(arrival.readings.select_related("case").order_by("number"))
    cases = [r.case.ref for r in rows if r.case]
    attached = record.attached_case(arrival)
    return {
        "message_id": arrival.message_id,
        "verdict": arrival.verdict or "unread",
        "sender": arrival.trust or "unverified",
        "cases": list(dict.fromkeys([*cases, *([attached] if attached else [])])),
        "children": [
            {"verdict": r.verdict, "case": r.case.ref if r.case else None, "changed": r.changed}
            for r in rows
        ],
        "held": [
            {
                "reason": h.reason,
                "document": h.document.path if h.document else "",
                "text": h.text,
            }
            for h in arrival.holds.select_related("document").filter(settled_at=None).order_by("id")
        ],
    }


def seen_again(arrival: Arrival) -> dict[str, Any]:
    """Return the outcome of bytes that are on file already."""
    return {**outcome(arrival), "verdict": "resend", "held": []}


__all__ = [
    "accept_proposed", "ask_school", "decide_reading", "examine", "file_arrival",
    "hold_whole", "merge_cases", "outcome", "read_again", "refuse_proposed", "seen_again",
    "set_aside", "settle_hold", "split_case", "teach", "undo",
]  # fmt: skip
