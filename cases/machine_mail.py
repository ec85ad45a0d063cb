"""Mail that no person wrote: bounces, automatic replies, receipts. It is filed, never answered, and opens nothing.

Headers say only that it is never to be answered; what it tells decides whether it may be put aside. A school's own system
sends referrals as "auto-generated" or "bulk", and a colleague who sends one of our letters on keeps our header: such
mail is filed as a person's. And none of it is authenticated: only a report that names the id of a letter that we sent, which no
stranger knows, marks an address as bad, and only a verified sender's automatic reply says that somebody has left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_date

from cases.clock import uk_date
from cases.config import current
from cases.models import Arrival, ArrivalState
from cases.record import arrivals as record
from cases.record import cases as case_record
from cases.record import letters
from cases.record.people import mark_contact
from cases.threads import one_case
from mail.machine import AUTOMATIC_REPLY


def file_machine(
    arrival: Arrival, email: Mapping[str, Any], readings: Sequence[Mapping[str, Any]], now: datetime
) -> bool:
    """File mail that no person wrote; True when that is all there is to do. It is never answered."""
    why = (email.get("notes") or {}).get("never_answer", "")
    match arrival.machine:
        case "ours" if arrival.sender not in _our_addresses():
            return False
        case "newsletter" | "auto_reply" if why != AUTOMATIC_REPLY and _tells_of_a_child(readings):
            return False
        case "ours" | "newsletter" | "calendar" | "receipt":
            record.end(arrival, ArrivalState.IGNORED, "ignored", now, {"machine": arrival.machine})
        case "bounce":
            _bounced(arrival, email, now)
        case "bounce_delayed":
            record.end(arrival, ArrivalState.IGNORED, "ignored", now, {"machine": arrival.machine})
        case "auto_reply":
            _auto_reply(arrival, email, now)
        case _:
            return False
    return True


def _our_addresses() -> tuple[str, str]:
    config = current()
    return config.sending.from_address, config.mailbox.account


def _tells_of_a_child(readings: Sequence[Mapping[str, Any]]) -> bool:
    """Is there a form in it, or a child named in full?"""
    for reading in readings:
        fields = reading["fields"]
        named = "surname" in fields and ("date_of_birth" in fields or "upn" in fields)
        if named or reading["form"] not in ("update", "unknown"):
            return True
    return False


def _bounced(arrival: Arrival, email: Mapping[str, Any], now: datetime) -> None:
    """A letter of ours came back: it is marked, and the address is a task (policy: chase the right one)."""
    notes = email.get("notes") or {}
    letter = letters.mark_undelivered(
        notes.get("original_message_id", ""), notes.get("status", "came back"), now=now
    )
    if letter:
        mark_contact(letter.recipient, now=now, bounced=True)
    case_record.add_task(
        f"bounce:{arrival.pk}", "address",
        "A letter came back undelivered. Find the right address and put it on the record.",
        now=now, case=letter.case if letter else None, arrival=arrival,
    )  # fmt: skip
    record.end(arrival, ArrivalState.FILED, "undelivered", now)


def _auto_reply(arrival: Arrival, email: Mapping[str, Any], now: datetime) -> None:
    """An auto-reply never answers anything; what it tells of the person is a note or a task."""
    notes = email.get("notes") or {}
    case = one_case(arrival, email)
    verified = arrival.trust == "verified"
    if notes.get("left"):
        if verified:
            mark_contact(arrival.sender, now=now, left=True)
        case_record.add_task(
            f"left:{arrival.pk}", "address",
            "An automatic reply says that this contact has left. Put the right one on the record.",
            now=now, case=case, arrival=arrival,
        )  # fmt: skip
    elif verified and (back := notes.get("back_on")):
        record.note_away(arrival.sender, back)
    if verified and not notes.get("left"):
        _ewo_away(arrival, str(notes.get("back_on") or ""), now)
    if case:
        case_record.add_message(case, arrival.message_id, arrival)
    record.end(
        arrival, ArrivalState.FILED if case else ArrivalState.IGNORED,
        "attached" if case else "ignored", now, {"machine": "auto_reply"}, case=case,
    )  # fmt: skip


def _ewo_away(arrival: Arrival, back_on: str, now: datetime) -> None:
    """An EWO's automatic reply: the officer is asked to mark them away; until then they are asked as before."""
    people = current().people
    ewo = next((e for e in people.ewos if e.email == arrival.sender), None)
    if ewo is None:
        return
    deputy = next((e.name for e in people.ewos if e.email == ewo.deputy), ewo.deputy)
    stands_in = deputy or people.senior_ewo.name
    back = parse_date(back_on)
    until = f"until {back:%A} {back.day} {back:%B %Y}" if back else "and does not say until when"
    case_record.add_task(
        f"away:{arrival.sender}:{back_on or uk_date(now)}", "away",
        f"{ewo.name} ({ewo.email}) is away {until}, says an automatic reply. Mark them away under People: their"
        f" letters then go to {stands_in}, who stands in for them. Until that is done they are asked as before.",
        now=now, arrival=arrival,
    )  # fmt: skip
