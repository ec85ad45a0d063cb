"""What is written back, and what the words of an email set in motion.

Letters go to addresses on the record only: an acknowledgement goes to the sender if the record knows the
address, else to the school's main contact, else nowhere (a task says so). No machine is ever answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cases import applying
from cases.clock import uk_date
from cases.config import current
from cases.letter_facts import facts_of, shared_facts
from cases.models import Arrival, Case, Contact, Document, Letter, ReadingRow
from cases.record import cases as case_record
from cases.record import letters
from mail.letters import LetterRefused
from policy import referral

SYSTEM = "system: intake"
# What the words of an email say, and the event that follows on the case.
EVENTS = {
    "found": "found", "enrolled": "placed", "returned": "returned", "at_risk": "concern_raised",
    "home_educated": "ehe_decided", "abroad": "left_county_suspected",
}  # fmt: skip


def known_address(arrival: Arrival) -> str | None:
    """Return the address on the record to answer: the sender's own, else the school's main one."""
    contact = Contact.objects.filter(address=arrival.sender, left_at=None).first()
    if contact and not contact.bounced_at:
        return contact.address
    if arrival.school is None:
        return None
    return school_address(arrival.school)


def school_address(school: Any) -> str | None:
    """Return the school's main contact that neither bounces nor has left."""
    usable = Contact.objects.filter(school=school, bounced_at=None, left_at=None)
    contact = usable.order_by("-main", "id").first()
    return contact.address if contact else None


def acknowledge(arrival: Arrival, now: datetime) -> Letter | None:
    """Write one acknowledgement for an arrival: what was understood, what is missing, what happens next."""
    if arrival.machine or arrival.email_notes.get("never_answer"):
        return None
    if arrival.verdict in ("ignored", "resend", "undelivered"):
        return None
    readings = [r for r in arrival.readings.select_related("case__child") if r.case]
    if not readings:
        return None
    address = known_address(arrival)
    if address is None:
        case_record.add_task(
            f"no-address:{arrival.pk}", "address",
            "The sender's address is not on the record, so no acknowledgement was written. Find out"
            " who they are and put the address on the record.",
            now=now, case=readings[0].case, arrival=arrival,
        )  # fmt: skip
        return None
    first = readings[0]
    assert first.case is not None
    _advise(arrival, first, address, now)
    kind, facts = _acknowledgement(first, readings, now)
    return _write(
        f"ack:{arrival.pk}", kind, address, facts, now=now, role="sender", case=first.case,
        arrival=arrival, reply_to_id=arrival.message_id, references=arrival.thread_ids,
    )  # fmt: skip


def _acknowledgement(
    first: ReadingRow, readings: list[ReadingRow], now: datetime
) -> tuple[str, dict[str, Any]]:
    assert first.case is not None
    fields = applying.values_as_told(first.case)
    status = any(s["kind"] == "status_enquiry" for s in first.signals)
    if status and not first.changed:
        return "status_line", facts_of(first.case, now)
    missing = referral.missing(first.form, fields, uk_date(now))
    kind = "acknowledgement" if first.verdict in ("new_case", "provisional", "reopened") else (
        "acknowledgement_update"
    )  # fmt: skip
    others = [
        {"reference": r.case.ref, "initials": r.case.child.initials} for r in readings[1:] if r.case
    ]
    return kind, facts_of(
        first.case, now,
        form=first.form, missing=[m.why for m in missing], others=others,
        understood=first.verdict, changed=first.changed,
    )  # fmt: skip


def _advise(arrival: Arrival, reading: ReadingRow, address: str, now: datetime) -> None:
    """A child who is still on roll is for the school's own attendance procedure first (policy 2.2, 16.1)."""
    fields = applying.plain(reading)
    case = reading.case
    kind = referral.triage(reading.form, fields, uk_date(arrival.received_at))
    if case is None or reading.verdict not in ("new_case", "provisional", "reopened"):
        return
    if kind == "on_roll_attendance":
        _write(
            f"on-roll:{arrival.pk}", "on_roll_advice", address, facts_of(case, now), now=now,
            role="sender", case=case, arrival=arrival,
        )  # fmt: skip
    elif kind == "not_of_age":
        case_record.add_task(
            f"age:{case.pk}", "age", "The child is not of compulsory school age. Look whether this case is ours.",
            now=now, case=case, arrival=arrival,
        )  # fmt: skip


def tell_known_contact(case: Case, arrival: Arrival, now: datetime) -> None:
    """Somebody unknown wrote about a case: the contact whom we know is told, without details."""
    address = school_address(case.school) if case.school else None
    if address and address != arrival.sender:
        _write(
            f"contact-changed:{arrival.pk}", "contact_changed", address, facts_of(case, now), now=now,
            role="school", case=case, arrival=arrival,
        )  # fmt: skip


def _write(
    key: str, kind: str, address: str, facts: Mapping[str, Any], *, now: datetime, arrival: Arrival,
    case: Case | None = None, **more: Any,
) -> Letter | None:  # fmt: skip
    """Write a letter; one that cannot be written is a task, and never stops an email from being filed."""
    try:
        return letters.queue(
            key, kind, address, facts, config=current(), now=now, case=case, arrival=arrival, **more
        )
    except LetterRefused as refusal:
        case_record.add_task(
            f"letter-gap:{key}", "letter", f"A letter was not written: {refusal}", now=now,
            case=case, arrival=arrival,
        )  # fmt: skip
        return None


def tell_duty(arrival: Arrival, now: datetime) -> None:
    """Tell the duty desk at once that something alarming came in: by reference only, never of what kind (policy 17.2)."""
    config = current()
    facts = shared_facts(now) | {"reference": f"{config.council.reference}-MAIL-{arrival.pk}"}
    _write(
        f"duty:{arrival.pk}", "duty_alert", config.people.duty.email, facts, now=now, role="duty",
        arrival=arrival, mode="send",
    )  # fmt: skip


def ask_for(arrival: Arrival, missing: list[str], *, by: str, now: datetime) -> bool:
    """Write a letter that asks for just the missing things; False when there is no address for it."""
    address = known_address(arrival)
    row = arrival.readings.exclude(case=None).select_related("case__child").first()
    if address is None:
        return False
    way = {"now": now, "role": "school", "arrival": arrival, "reply_to_id": arrival.message_id,
           "references": arrival.thread_ids}  # fmt: skip
    if row and row.case:
        facts = facts_of(row.case, now, missing=missing, form=row.form)
        letter = _write(
            f"ask:{arrival.pk}:{now:%Y%m%d%H%M}",
            "ask_missing",
            address,
            facts,
            case=row.case,
            **way,
        )
        return letter is not None
    facts = shared_facts(now) | {"missing": missing, "received": uk_date(arrival.received_at)}
    facts["reference"] = f"{current().council.reference}-MAIL-{arrival.pk}"
    letter = _write(
        f"ask:{arrival.pk}:{now:%Y%m%d%H%M}", "ask_missing_email", address, facts, **way
    )
    return letter is not None


def signals(case: Case, reading: ReadingRow, *, by: str, now: datetime) -> None:
    """Note what an email's words say: proposed on the case, for the officer to accept.

    A school may not close a case by email; a wish to withdraw the referral is the officer's to weigh.
    """
    have = set(case.events.values_list("kind", "arrival_id"))
    for signal in reading.signals:
        kind = EVENTS.get(signal["kind"])
        if signal["kind"] == "withdrawn":
            case_record.add_task(
                f"withdrawn:{reading.arrival_id}:{case.pk}", "withdrawn",
                "An email asks to withdraw the referral or to close the case. Look whether that is right.",
                now=now, case=case, arrival=reading.arrival,
            )  # fmt: skip
        if kind is None or (kind, reading.arrival_id) in have:
            continue
        have.add((kind, reading.arrival_id))
        case_record.note_event(
            case, kind, uk_date(reading.arrival.received_at), by=by, now=now,
            note=signal["words"][:500], arrival=reading.arrival, proposed=True,
        )  # fmt: skip


def enclosures(
    case: Case, arrival: Arrival, documents: Mapping[str, Document], now: datetime
) -> None:
    """A supporting document that comes alone may be the parents' letter that was asked for (15.2)."""
    kept = [d for d in documents.values() if d.decision == "kept"]
    if not kept:
        return
    if "ehe" in case.forms_seen and not case.events.filter(
        kind="parental_letter_received"
    ).exclude(state="undone").exists():  # fmt: skip
        case_record.note_event(
            case, "parental_letter_received", uk_date(arrival.received_at), by=SYSTEM, now=now,
            arrival=arrival, proposed=arrival.trust != "verified", subject="enclosure",
        )  # fmt: skip
