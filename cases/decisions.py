"""What the officer decides, and taking it back. The same steps follow as if the machine had decided.

Every decision is a row; undoing it restores what it changed, recomputes what is due (deadlines follow from
events, so taking the events back is enough) and takes back letters that have not gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from cases import answering, applying, layouts
from cases.clock import uk_date
from cases.models import (
    Arrival,
    ArrivalState,
    Case,
    Decision,
    FieldValue,
    Hold,
    LayoutLabel,
    ReadingRow,
)  # fmt: skip
from cases.record import arrivals as record
from cases.record import cases as case_record
from cases.record import children, officer_words, undoing
from cases.record import layouts as layout_record
from cases.record.entries import entry
from cases.verdicts import update_case

_FILED = ("new_case", "update", "duplicate", "sibling")
CHOICES = ("new_case", "update", "duplicate", "sibling", "supporting", "set_aside")


class CannotDecide(Exception):
    """The choice does not fit; the text says why, for the page."""


def decide_reading(
    reading_id: int,
    choice: str,
    *,
    by: str,
    now: datetime,
    case_ref: str | None = None,
    corrected: Mapping[str, Any] | None = None,
    why: str = "",
) -> Case | None:
    """Do what the officer chose about one child and return the case it concerns.

    Raises:
        CannotDecide: no such choice, or the case that it needs is missing.
    """
    if choice not in CHOICES:
        raise CannotDecide("There is no such choice.")
    with transaction.atomic():
        reading = (
            ReadingRow.objects.select_for_update().select_related("arrival").get(pk=reading_id)
        )
        if corrected:
            record.correct(reading, corrected)
            layouts.learn(reading, corrected, by=by, now=now)
        if choice in _FILED:
            layouts.judged(reading, corrected or {})
        other = Case.objects.filter(ref=case_ref).first() if case_ref else None
        if choice in ("update", "duplicate", "sibling") and other is None:
            raise CannotDecide("Say which case it is.")
        case = _follow(reading, choice, other, by, now)
        case_record.decide(
            f"officer: {choice}", by=by, now=now, case=case, reading=reading,
            arrival=reading.arrival, why=why, shown={"candidates": reading.candidates},
        )  # fmt: skip
        _settled(reading.arrival, by, now)
        return case


def _follow(
    reading: ReadingRow, choice: str, other: Case | None, by: str, now: datetime
) -> Case | None:
    own = reading.case if reading.case and reading.case.provisional else None
    match choice:
        case "new_case" | "sibling":
            case = _confirm(own, reading, by, now) if own else _open(reading, by, now)
            if other is not None:
                children.link_family(
                    case.child, other.child, "said by the officer", now=now, by=by,
                    state="confirmed",
                )  # fmt: skip
            return case
        case "update" | "duplicate":
            assert other is not None
            if own is not None and own.pk != other.pk:
                merge_cases(other.ref, own.ref, by=by, why="the same child", now=now)
                record.note_verdict(
                    reading, "duplicate", case=other, by=by, now=now, why="the same child"
                )
                return other
            update_case(reading, other, by=by, now=now)
            return other
        case _:
            record.note_verdict(reading, "attached" if choice == "supporting" else "ignored")
            return reading.case


def _confirm(case: Case, reading: ReadingRow, by: str, now: datetime) -> Case:
    """A provisional case is a child's own: not related to any candidate."""
    case.provisional = False
    applied = {k: v for k, v in reading.corrected.items() if v not in (None, "")}
    if applied:
        applying.write(case, reading, applied, by=by, now=now)
        on_child = {k: v for k, v in applied.items() if k in children.CHILD_FIELDS}
        if on_child:
            children.change(case.child, on_child, by=by, now=now)
    case_record.touch(case, now)
    record.note_verdict(reading, "new_case", case=case, by=by, now=now)
    return case


def _open(reading: ReadingRow, by: str, now: datetime) -> Case:
    if reading.case is not None:
        return _confirm(reading.case, reading, by, now)
    on = uk_date(reading.arrival.received_at)
    case = applying.open_for(reading, None, by=by, now=now, on=on, provisional=False)
    record.note_verdict(reading, "new_case", case=case, by=by, now=now)
    return case


def _settled(arrival: Arrival, by: str, now: datetime) -> None:
    """Settle the holds that waited for this decision; the arrival ends when nothing waits."""
    waiting = arrival.readings.filter(state="waiting").exists()
    if waiting:
        return
    for hold in arrival.holds.filter(settled_at=None, reason__in=("ambiguous", "incomplete")):
        record.settle_hold(hold, by=by, how="decided", now=now)
    arrival.refresh_from_db()
    if arrival.state == ArrivalState.HELD and not arrival.holds.filter(settled_at=None).exists():
        record.end(arrival, ArrivalState.FILED, arrival.verdict, now, by=by)


def set_aside(arrival_id: int, *, by: str, why: str, now: datetime) -> None:
    """Set an arrival aside with a reason: nothing is to be done about it."""
    with transaction.atomic():
        arrival = Arrival.objects.select_for_update().get(pk=arrival_id)
        record.settle_holds(arrival, by=by, how="set aside", now=now)
        case_record.decide("set aside", by=by, now=now, arrival=arrival, why=why)
        record.end(arrival, ArrivalState.SET_ASIDE, "ignored", now, by=by)


def settle_hold(hold_id: int, *, by: str, how: str, now: datetime) -> None:
    """Write down how a held document was dealt with."""
    record.settle_hold(
        Hold.objects.select_related("arrival").get(pk=hold_id), by=by, how=how, now=now
    )


def read_again(
    arrival_id: int, *, by: str, now: datetime, passwords: Sequence[str] = ()
) -> dict[str, Any]:
    """Read a held arrival again, with passwords if need be, and return what became of it."""
    from cases import road

    arrival = Arrival.objects.get(pk=arrival_id)
    record.read_again(arrival, by=by, now=now)
    return road.file_one(arrival_id, now, passwords=tuple(passwords))


def ask_school(arrival_id: int, missing: list[str], *, by: str, now: datetime) -> bool:
    """Write a letter that asks the school for just the missing things; False when none can be written."""
    arrival = Arrival.objects.select_related("school").get(pk=arrival_id)
    return answering.ask_for(arrival, missing, by=by, now=now)


def teach(label: str, field: str, *, by: str, now: datetime) -> int:
    """Add a label to the council's own words and read again what waits for it; return how many."""
    from cases import road

    officer_words.add(label, field, by=by, now=now)
    waiting = [
        r.arrival_id
        for r in ReadingRow.objects.filter(arrival__state=ArrivalState.HELD).only(
            "unread", "arrival"
        )
        if any(applying.same(u.get("label", ""), label) for u in r.unread)
    ]
    held = Hold.objects.filter(settled_at=None, reason__in=("unknown_form", "incomplete"))
    ids = list(dict.fromkeys([*waiting, *held.values_list("arrival_id", flat=True)]))
    again = [
        i for i in ids if not ReadingRow.objects.filter(arrival_id=i).exclude(case=None).exists()
    ]
    for arrival_id in again:
        record.read_again(Arrival.objects.get(pk=arrival_id), by=by, now=now)
        road.file_one(arrival_id, now)
    return len(again)


def change_field(
    case: Case, field: str, value: Any, *, by: str, why: str, now: datetime, version: int
) -> list[LayoutLabel]:
    """Write an officer's own value on a case; return what it teaches of the form's layout.

    Raises:
        ChangedMeanwhile: the case is no longer at `version`.
    """
    with transaction.atomic():
        case_record.change_field(case, field, value, by=by, why=why, now=now, version=version)
        rows = case.readings.exclude(document=None).select_related("document", "arrival__school")
        newest = list(rows.order_by("-arrival__received_at", "-id")[:10])
        reading = next((r for r in newest if field in r.fields), next(iter(newest), None))
        return layouts.learn(reading, {field: value}, by=by, now=now) if reading else []


def merge_cases(ref_keep: str, ref_other: str, *, by: str, why: str, now: datetime) -> Case:
    """Put everything of one case on another (two files for one episode), so that it can be undone."""
    with transaction.atomic():
        keep = Case.objects.select_for_update().get(ref=ref_keep)
        other = Case.objects.select_for_update().get(ref=ref_other)
        if keep.pk == other.pk:
            raise CannotDecide("These are one case already.")
        moved = undoing.merge(keep, other, by=by, now=now)
        case_record.decide(
            "merged", by=by, now=now, case=keep, other_case=other, why=why, undo=moved
        )
        entry("cases merged", by, now=now, case=keep, data={"other": other.ref})
        entry("cases merged", by, now=now, case=other, data={"into": keep.ref})
        return keep


def split_case(ref: str, reading_id: int, *, by: str, why: str, now: datetime) -> Case:
    """Take one reading off a case and open its own: it was another child."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(ref=ref)
        reading = ReadingRow.objects.select_related("arrival", "document").get(
            pk=reading_id, case=case
        )
        _detach(case, reading, by, now)
        on = uk_date(reading.arrival.received_at)
        new = applying.open_for(reading, None, by=by, now=now, on=on, provisional=False)
        record.note_verdict(reading, "new_case", case=new, by=by, now=now)
        case_record.decide(
            "split", by=by, now=now, case=new, other_case=case, reading=reading, why=why
        )
        entry("case split", by, now=now, case=case, data={"new": new.ref})
        return new


def _detach(case: Case, reading: ReadingRow, by: str, now: datetime) -> None:
    rows = FieldValue.objects.filter(case=case, arrival=reading.arrival, document=reading.document)
    children.forget_versions(case.child, reading.arrival)
    undoing.take_back(case, rows, by=by, now=now)
    undoing.take_back_events(case, reading.arrival, by=by, now=now)
    undoing.forget_email(case, reading.arrival, reading.form)
    record.detach(reading)


def undo(decision_id: int, *, by: str, why: str, now: datetime) -> None:
    """Take a decision back.

    Raises:
        CannotDecide: it was taken back already, or this kind is undone by its own opposite.
    """
    from cases.record.letters import cancel_for

    with transaction.atomic():
        row = Decision.objects.select_for_update().get(pk=decision_id)
        if row.undone_at is not None:
            raise CannotDecide("It was taken back already.")
        if row.kind == "merged" and row.case and row.other_case:
            undoing.unmerge(row.case, row.other_case, row.undo, by=by, now=now)
        elif row.reading and row.case:
            reading = row.reading
            _detach(row.case, reading, by, now)
            layout_record.take_back(reading, by=by, now=now)
            opened = row.kind in ("new_case", "provisional", "reopened")
            if opened:
                undoing.withdraw(row.case, by=by, now=now)
            cancel_for(row.case, rule=None, why="the decision was taken back", now=now)
            record.hold(
                reading.arrival, "ambiguous", "A decision was taken back. Decide again.", now,
                reading.document,
            )  # fmt: skip
            record.end(reading.arrival, ArrivalState.HELD, "held", now, by=by)
        elif row.kind == "set aside" and row.arrival:
            record.hold(row.arrival, "ambiguous", "It was set aside, and that was taken back.", now)
            record.end(row.arrival, ArrivalState.HELD, "held", now, by=by)
        else:
            raise CannotDecide("This decision is undone by its own opposite on the case.")
        case_record.mark_undone(row, by=by, now=now)


def accept_proposed(field_value_id: int, *, by: str, now: datetime) -> None:
    """Accept a proposed value, and the event of that day if it is one."""
    _settle_proposed(field_value_id, True, by, now)


def refuse_proposed(field_value_id: int, *, by: str, now: datetime) -> None:
    """Refuse a proposed value, and the event of that day if it is one."""
    _settle_proposed(field_value_id, False, by, now)


def _settle_proposed(field_value_id: int, accept: bool, by: str, now: datetime) -> None:
    with transaction.atomic():
        row = FieldValue.objects.select_related("case__child").get(pk=field_value_id)
        case_record.settle_proposed(row, accept, by=by, now=now)
        kind = applying.EVENT_OF.get(row.field)
        waiting = row.case.events.filter(kind=kind, arrival=row.arrival, state="proposed")
        for event in waiting.exclude(arrival=None):
            case_record.settle_event(event, accept, by=by, now=now)
