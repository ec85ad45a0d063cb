"""Cases: opened, changed, closed; their fields with every source, their events, tasks and alerts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from cases.clock import uk_date
from cases.models import (
    Arrival,
    Case,
    CaseEvent,
    CaseMessage,
    Child,
    Decision,
    Document,
    FieldValue,
    Person,
    School,
    Setting,
    Snooze,
    Task,
)  # fmt: skip
from cases.record.entries import entry
from policy.status import Refused, move

# What the case row itself carries, so that lists and clocks need no look at every value.
_ON_CASE = {
    "reason_code": "reason_code", "source_code": "source_code", "last_attended": "last_attended",
    "off_roll_date": "off_roll_date", "destination_school": "receiving_school",
    "school_name": "school_name", "dfe_reason": "dfe_reason",
}  # fmt: skip
_DATES = {"last_attended", "off_roll_date"}
FLAGS = (
    "child_protection_plan", "child_in_need", "looked_after", "ehcp", "sen_support", "young_carer",
    "eal", "private_fostering", "traveller", "safeguarding_concern",
)  # fmt: skip


class ChangedMeanwhile(Exception):
    """Somebody else changed the case since the page was read; nothing was written."""


class NotAllowed(Exception):
    """The status table forbids it; the text says why."""


def next_ref(prefix: str, year: int) -> str:
    """Return the next case reference of a year: CME-2026-0001."""
    key = f"last_ref_{prefix}_{year}"
    row, _ = Setting.objects.select_for_update().get_or_create(
        key=key, defaults={"value": 0, "changed_at": datetime.now().astimezone()}
    )
    number = int(row.value) + 1
    ref = f"{prefix}-{year}-{number:04d}"
    while Case.objects.filter(ref=ref).exists():  # an imported case may bear it
        number += 1
        ref = f"{prefix}-{year}-{number:04d}"
    row.value = number
    row.save(update_fields=["value"])
    return ref


def open_case(
    child: Child,
    *,
    prefix: str,
    on: date,
    now: datetime,
    by: str,
    form: str,
    provisional: bool,
    school: School | None = None,
    arrival: Arrival | None = None,
    reporter: str = "",
    ref: str = "",
) -> Case:
    """Open a case for a child and return it."""
    with transaction.atomic():
        case = Case.objects.create(
            ref=ref or next_ref(prefix, on.year), child=child, opened_on=on, changed_at=now,
            form=form, forms_seen=[form] if form else [], provisional=provisional, school=school,
            school_name=school.name if school else "", reporter=reporter,
        )  # fmt: skip
        entry(
            "opened", by, now=now, case=case, arrival=arrival,
            data={"form": form, "provisional": provisional, "child": child.pk},
        )  # fmt: skip
        return case


def apply_value(
    case: Case,
    field: str,
    value: Any,
    *,
    by: str,
    now: datetime,
    raw: str = "",
    place: str = "",
    sure: float = 1.0,
    document: Document | None = None,
    arrival: Arrival | None = None,
    proposed: bool = False,
) -> FieldValue:
    """Write a field's new value beside its older ones; a proposed one changes nothing yet."""
    row = FieldValue.objects.create(
        case=case, field=field, value=value, raw=raw, place=place[:200], sure=sure,
        document=document, arrival=arrival, by=by, at=now,
        state="proposed" if proposed else "applied",
    )  # fmt: skip
    if not proposed:
        mirror(case, field, value)
    return row


def mirror(case: Case, field: str, value: Any) -> None:
    """Write a value onto the case row itself, where that carries it."""
    if name := _ON_CASE.get(field):
        if field in _DATES:
            value = date.fromisoformat(value) if value else None
        elif value is None:
            value = ""  # a text column: nothing is known any more
        limit = getattr(Case._meta.get_field(name), "max_length", None)
        setattr(case, name, value[:limit] if isinstance(value, str) and limit else value)
    if field in FLAGS:
        flags = set(case.flags) - {field}
        case.flags = sorted(flags | {field} if value else flags)


def touch(case: Case, now: datetime) -> None:
    """Save the case row after changes and raise its version."""
    case.changed_at = now
    case.version += 1
    case.save()


def values(case: Case) -> dict[str, FieldValue]:
    """Return the value that holds for each field of a case."""
    rows = FieldValue.objects.filter(case=case, state="applied").order_by("at", "id")
    return {row.field: row for row in rows}


def change_field(
    case: Case, field: str, value: Any, *, by: str, why: str, now: datetime, version: int
) -> None:
    """Write an officer's own value.

    Raises:
        ChangedMeanwhile: the case is no longer at `version`.
    """
    from cases.record import children

    with transaction.atomic():
        row = Case.objects.select_for_update().get(pk=case.pk)
        if row.version != version:
            raise ChangedMeanwhile
        apply_value(row, field, value, by=by, now=now, raw=str(value), place="typed by hand")
        if field in children.CHILD_FIELDS:
            children.change(row.child, {field: value}, by=by, now=now)
        touch(row, now)
        decide("corrected", by=by, now=now, case=row, why=why)
        entry("field changed", by, now=now, case=row, data={"field": field})
        case.refresh_from_db()


def settle_proposed(row: FieldValue, accept: bool, *, by: str, now: datetime) -> None:
    """Accept or refuse a proposed value."""
    from cases.record import children

    with transaction.atomic():
        row.state = "applied" if accept else "refused"
        row.save(update_fields=["state"])
        if accept:
            FieldValue.objects.filter(pk=row.pk).update(at=now)
            case = row.case
            mirror(case, row.field, row.value)
            if row.field in children.CHILD_FIELDS:
                children.change(case.child, {row.field: row.value}, by=by, now=now)
            touch(case, now)
        entry(
            "proposal accepted" if accept else "proposal refused", by, now=now, case=row.case,
            data={"field": row.field},
        )  # fmt: skip


def note_event(
    case: Case | None,
    kind: str,
    on: date,
    *,
    by: str,
    now: datetime,
    note: str = "",
    at: datetime | None = None,
    subject: str = "",
    arrival: Arrival | None = None,
    proposed: bool = False,
) -> CaseEvent:
    """Write down something that starts or stops a clock; what is due follows from it."""
    with transaction.atomic():
        row = CaseEvent.objects.create(
            case=case, kind=kind, on=on, at=at, by=by, note=note, subject=subject, arrival=arrival,
            recorded_at=now, state="proposed" if proposed else "applied",
        )  # fmt: skip
        entry(
            "event proposed" if proposed else "event", by, now=now, case=case, arrival=arrival,
            data={"kind": kind, "on": on.isoformat(), "event": row.pk},
        )  # fmt: skip
        if case and not proposed:
            status_after(case, kind, by=by, now=now)
        return row


def settle_event(row: CaseEvent, accept: bool, *, by: str, now: datetime) -> None:
    """Accept or refuse a proposed event (an EWO's visit told by email)."""
    with transaction.atomic():
        row.state = "applied" if accept else "undone"
        row.save(update_fields=["state"])
        entry(
            "event accepted" if accept else "event refused", by, now=now, case=row.case,
            data={"kind": row.kind, "event": row.pk},
        )  # fmt: skip
        if row.case:
            if accept:
                status_after(row.case, row.kind, by=by, now=now)
            raise_version(row.case)


def status_after(case: Case, event: str, *, by: str, now: datetime) -> None:
    """Move the case along the status table if the event moves it; else leave it."""
    new = move(case.status, event)
    if isinstance(new, Refused) or new == case.status:
        return
    old, case.status = case.status, new
    if new == "closed":
        case.closed_on = case.closed_on or uk_date(now)
    elif old == "closed":
        case.closed_on, case.outcome = None, ""
    touch(case, now)
    entry("status", by, now=now, case=case, data={"from": old, "to": new, "event": event})


def assign(case: Case, *, ewo_address: str, person: Person | None, by: str, now: datetime) -> None:
    """Give the case to an EWO; their clocks start (policy 10.1, Appendix 3)."""
    with transaction.atomic():
        case.ewo, case.ewo_address = person, ewo_address.lower()
        touch(case, now)
        note_event(case, "ewo_assigned", uk_date(now), by=by, now=now, at=now, subject=ewo_address)


def close(case: Case, outcome: str, *, by: str, why: str, now: datetime) -> None:
    """Close the case with an outcome.

    Raises:
        NotAllowed: S2S never closes a case (policy 16.1), or the status table forbids it.
    """
    if outcome == "S2S":
        raise NotAllowed("S2S is recorded on the case, but never closes it (policy 16.1).")
    new = move(case.status, "closed")
    if isinstance(new, Refused):
        raise NotAllowed(new.why)
    with transaction.atomic():
        case.outcome, case.closed_on, case.provisional = outcome, uk_date(now), False
        decide("closed", by=by, now=now, case=case, why=why)
        note_event(case, "closed", uk_date(now), by=by, now=now, at=now)
        entry("closed", by, now=now, case=case, data={"outcome": outcome})


def set_outcome(case: Case, outcome: str, *, by: str, why: str, now: datetime) -> None:
    """Record an outcome without closing (S2S): the child is posted on s2s, and the case stays open.

    Raises:
        NotAllowed: any other outcome closes the case, and a closed case takes none.
    """
    if outcome != "S2S":
        raise NotAllowed("Only S2S is recorded without closing the case.")
    if case.closed_on is not None:
        raise NotAllowed("The case is closed.")
    with transaction.atomic():
        case.outcome = outcome
        touch(case, now)
        decide("outcome", by=by, now=now, case=case, why=why)
        entry("outcome", by, now=now, case=case, data={"outcome": outcome})
        if not case.events.filter(kind="s2s_posted", state="applied").exists():
            note_event(case, "s2s_posted", uk_date(now), by=by, now=now, at=now)


def snooze(case: Case, rule: str, until: date, *, by: str, why: str, now: datetime) -> None:
    """Keep one rule's letters quiet on a case until a day."""
    with transaction.atomic():
        Snooze.objects.create(case=case, rule=rule, until=until, why=why, by=by, at=now)
        entry("snoozed", by, now=now, case=case, data={"rule": rule, "until": until.isoformat()})


def add_task(
    key: str,
    kind: str,
    what: str,
    *,
    now: datetime,
    case: Case | None = None,
    arrival: Arrival | None = None,
    due_on: date | None = None,
    role: str = "cme_officer",
) -> Task:
    """Make a task once; the same key again is the same task."""
    with transaction.atomic():
        row, new = Task.objects.get_or_create(
            key=key[:200],
            defaults={
                "kind": kind, "what": what, "made_at": now, "case": case, "arrival": arrival,
                "due_on": due_on, "role": role,
            },
        )  # fmt: skip
        if new:
            entry(
                "task", "system: tasks", now=now, case=case, arrival=arrival,
                data={"kind": kind, "task": row.pk},
            )  # fmt: skip
        return row


def finish_task(task_id: int, *, by: str, now: datetime) -> None:
    """Tick a task off."""
    with transaction.atomic():
        row = Task.objects.get(pk=task_id)
        row.done_at, row.done_by = now, by
        row.save(update_fields=["done_at", "done_by"])
        entry("task done", by, now=now, case=row.case, data={"task": row.pk, "kind": row.kind})


def add_message(case: Case, message_id: str, arrival: Arrival | None = None) -> None:
    """Remember that this Message-ID belongs to the case."""
    if message_id:
        CaseMessage.objects.get_or_create(
            case=case, message_id=message_id[:400], defaults={"arrival": arrival}
        )


def decide(
    kind: str,
    *,
    by: str,
    now: datetime,
    case: Case | None = None,
    reading: Any = None,
    arrival: Arrival | None = None,
    other_case: Case | None = None,
    why: str = "",
    shown: dict[str, Any] | None = None,
    undo: dict[str, Any] | None = None,
) -> Decision:
    """Write a decision as a row that can be taken back."""
    return Decision.objects.create(
        kind=kind, by=by, at=now, case=case, reading=reading, arrival=arrival,
        other_case=other_case, why=why, shown=shown or {}, undo=undo or {},
    )  # fmt: skip


def mark_undone(row: Decision, *, by: str, now: datetime) -> None:
    """Mark a decision as taken back; the timeline tells it."""
    row.undone_at, row.undone_by = now, by
    row.save(update_fields=["undone_at", "undone_by"])
    data = {"decision": row.pk, "kind": row.kind}
    entry("decision undone", by, now=now, case=row.case, data=data)


def see_form(case: Case, form: str) -> None:
    """Remember that a form of this kind has come in on the case."""
    if form and form not in case.forms_seen:
        case.forms_seen = [*case.forms_seen, form]


def raise_version(case: Case) -> None:
    """Raise the version without other changes."""
    Case.objects.filter(pk=case.pk).update(version=F("version") + 1)
