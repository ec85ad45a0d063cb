"""Cases made for a story about chasing, and the post that carries its letters."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from stories import NOW, arrive, email

from cases.models import (
    Arrival,
    Asked,
    Case,
    CaseEvent,
    Letter,
    School,
)  # fmt: skip
from cases.record import cases as record
from cases.record import children, ledger, letters

ALDER, BIRCHWOOD, NORTH = (
    "office@alder.example",
    "attendance@birchwood.example",
    "ewo.north@wrenshire.example",
)
SOUTH, SENIOR = "ewo.south@wrenshire.example", "senior.ewo@wrenshire.example"


def at(day: str, hour: int = 10) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00").replace(tzinfo=UTC)


def opened(
    *events: tuple[str, str], form: str = "removal", school: str = "Alder Grove Primary School", **more: Any
) -> Case:  # fmt: skip
    """Return an open case whose clocks run from these events only."""
    number = Case.objects.count()
    child = children.add_child(
        {"surname": f"Fennimore{number}", "forenames": "Pell", "date_of_birth": "2015-05-04"},
        by="test", now=NOW,
    )  # fmt: skip
    case = record.open_case(
        child, prefix="CME", on=date(2026, 11, 2), now=NOW, by="test", form=form, provisional=False,
        school=School.objects.get(name=school),
    )  # fmt: skip
    for name, value in more.items():
        setattr(case, name, value)
    case.save()
    for kind, on in events:
        record.note_event(case, kind, date.fromisoformat(on), by="test", now=NOW)
    return case


def left(**more: Any) -> Case:
    """A pupil taken off roll: the starters and leavers return is due on Tuesday 17 November."""
    return opened(("off_roll", "2026-11-12"), **more)


def post(now: datetime) -> list[str]:
    """Let everything that waits go, as an officer and the mail server would; return to whom."""
    letters.approve(
        Letter.objects.filter(state="held").values_list("pk", flat=True), by="officer", now=now
    )
    gone = []
    for key in letters.ready(now, 100):
        row = letters.claim(key, now)
        assert row is not None
        letters.mark_sent(row, "250 taken", now=now)
        gone.append(row.recipient)
    return gone


def asked(rule: str, state: str = "written") -> list[str]:
    rows = Asked.objects.filter(rule=rule, state=state).order_by("id")
    return list(rows.values_list("step", flat=True))


def keep(sender: str, subject: str = "News", day: str = "2026-11-18") -> Arrival:
    """Let an email be kept that nobody has read yet."""
    arrival, _ = ledger.keep_raw(
        email("Something.\n", sender=sender, subject=subject), at(day), at(day), "a"
    )
    return arrival


def reply(text: str, subject: str, day: str = "2026-11-18", sender: str = NORTH) -> dict[str, Any]:
    return arrive(email(text, sender=sender, subject=subject, sent=at(day)), at(day))


def told_on(case: Case) -> list[tuple[str, date, str]]:
    rows = CaseEvent.objects.filter(case=case, arrival__isnull=False).order_by("id")
    rows = rows.exclude(kind="update_form_received")
    return [(e.kind, e.on, e.state) for e in rows]
