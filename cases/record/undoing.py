"""Taking back and putting together: what an email brought is undone, two cases become one, and one becomes two again.

Nothing is deleted: rows are marked or moved, and what was moved is kept with the decision, so that undoing moves it back.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from cases.clock import uk_date
from cases.models import (
    Alert,
    Arrival,
    Asked,
    Case,
    CaseEvent,
    CaseMessage,
    FieldValue,
    Letter,
    LetterState,
    ReadingRow,
    Task,
)
from cases.record import asking, children
from cases.record.cases import mirror, see_form, touch, values
from cases.record.entries import entry


def take_back(case: Case, rows: Any, *, by: str, now: datetime) -> int:
    """Mark values as undone and let the ones before them hold again; return how many."""
    with transaction.atomic():
        open_rows = rows.filter(state__in=["applied", "proposed"])
        fields = set(open_rows.values_list("field", flat=True))
        taken = {row.field: row.value for row in open_rows.filter(state="applied")}
        count: int = open_rows.update(state="undone")
        # Imported cases have no values of their own: what the child's versions tell holds then.
        told = children.told(case.child) | {name: row.value for name, row in values(case).items()}
        for field in taken:
            mirror(case, field, told.get(field))
        children.put_back(case.child, taken, told, by=by, now=now)
        touch(case, now)
        entry("values taken back", by, now=now, case=case, data={"fields": sorted(fields)})
        return count


def take_back_events(case: Case, arrival: Arrival, *, by: str, now: datetime) -> int:
    """Mark the events that an email brought as undone; what is due follows from the rest."""
    count = CaseEvent.objects.filter(case=case, arrival=arrival).update(state="undone")
    if count:
        entry("events taken back", by, now=now, case=case, arrival=arrival, data={"count": count})
    return count


def forget_email(case: Case, arrival: Arrival, form: str) -> None:
    """An email turned out not to be about the case: neither a reply to it nor its form counts here."""
    case.messages.filter(arrival=arrival).delete()
    if form != case.form and not case.readings.filter(form=form).exclude(arrival=arrival).exists():
        case.forms_seen = [f for f in case.forms_seen if f != form]
        case.save(update_fields=["forms_seen"])


_MOVED = (
    (FieldValue, "case"), (CaseEvent, "case"), (CaseMessage, "case"), (Task, "case"),
    (Alert, "case"),
)  # fmt: skip


def merge(keep: Case, other: Case, *, by: str, now: datetime) -> dict[str, Any]:
    """Move everything of `other` onto `keep`; return what undoing must move back."""
    moved: dict[str, Any] = {"status": other.status, "child": other.child_id}
    have = set(keep.messages.values_list("message_id", flat=True))
    other.messages.filter(message_id__in=have).delete()
    for model, name in (*_MOVED, (Letter, "case"), (ReadingRow, "case")):
        rows = model.objects.filter(**{name: other})
        moved[model.__name__] = list(rows.values_list("pk", flat=True))
        rows.update(**{name: keep})
    moved["Asked"] = _move_asked(keep, other, now)
    # The kept case's own values still hold; the other's fill what was empty.
    for field, row in values(keep).items():
        mirror(keep, field, row.value)
    for form in other.forms_seen:
        see_form(keep, form)
    if other.child_id != keep.child_id:
        moved["versions"] = children.take_over(keep.child, other.child)
    other.merged_into, other.provisional, other.closed_on = keep, False, uk_date(now)
    other.status = "closed"
    touch(other, now)
    touch(keep, now)
    return moved


def _move_asked(keep: Case, other: Case, now: datetime) -> list[int]:
    """What was asked about `other` counts as asked about `keep`; what has not gone is taken back, for it names `other`.

    A step that both cases have is left: the same question went twice already.
    """
    why = f"the case is one with {keep.ref}"
    waits = [LetterState.HELD, LetterState.QUEUED]
    for row in Asked.objects.filter(case=other, state__in=["waiting", "written"]):
        if row.letter_id is None:
            asking.drop(row, why, now)
        elif Letter.objects.filter(pk=row.letter_id, state__in=waits).exists():
            asking.take_back(row.letter_id, [row], why, now=now)
    here = set(Asked.objects.filter(case=keep).values_list("rule", "step", "started_on"))
    gone = Asked.objects.filter(case=other).exclude(state="dropped")
    moved = [row.pk for row in gone if (row.rule, row.step, row.started_on) not in here]
    Asked.objects.filter(pk__in=moved).update(case=keep)
    return moved


def unmerge(keep: Case, other: Case, moved: dict[str, Any], *, by: str, now: datetime) -> None:
    """Move back what `merge` moved."""
    for model, name in (*_MOVED, (Letter, "case"), (ReadingRow, "case"), (Asked, "case")):
        ids = moved.get(model.__name__, [])
        model.objects.filter(pk__in=ids).update(**{name: other})
    if "versions" in moved:
        children.give_back(keep.child, other.child, moved["versions"])
    other.merged_into, other.closed_on, other.status = None, None, moved["status"]
    for case in (keep, other):
        for field, row in values(case).items():
            mirror(case, field, row.value)
        touch(case, now)
    entry("merge undone", by, now=now, case=keep, data={"other": other.ref})
    entry("merge undone", by, now=now, case=other, data={"from": keep.ref})


def withdraw(case: Case, *, by: str, now: datetime) -> None:
    """Close a case that was opened by mistake; its reading waits for a new decision."""
    case.status, case.closed_on, case.provisional = "closed", uk_date(now), False
    touch(case, now)
    entry("withdrawn", by, now=now, case=case)
