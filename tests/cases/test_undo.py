"""Every decision can be taken back: what it wrote is undone, what is due follows, the timeline tells it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from stories import NOW, OTHER, arrive, email, form, referred, values_of

from cases import clocks, filing
from cases.clock import uk_date
from cases.decisions import CannotDecide, decide_reading
from cases.models import (
    Arrival,
    Case,
    CaseEvent,
    Child,
    ChildKey,
    ChildVersion,
    Decision,
    Entry,
    FieldValue,
    Hold,
    Letter,
    ReadingRow,
)  # fmt: skip
from cases.record.entries import verify

pytestmark = pytest.mark.usefixtures("council")
LATER = NOW + timedelta(days=1)
BY = "officer"
MOVED = {"Home_address": "7 Harbour View, Easthaven EH9 9ZY"}


def due(ref: str) -> set[str]:
    return {row.rule for row in clocks.case_due(Case.objects.get(ref=ref), uk_date(LATER))}


def undo(kind: str, case: str) -> None:
    row = Decision.objects.get(kind=kind, case__ref=case, undone_at=None)
    filing.undo(row.pk, by=BY, why="it was another child", now=LATER)


def two_cases() -> tuple[str, str]:
    return referred()["cases"][0], arrive(email(files=[("two.docx", form(OTHER))]))["cases"][0]


def test_taking_back_a_new_case_leaves_nothing_due_and_the_email_waits_again() -> None:
    told = referred()
    ref = told["cases"][0]
    assert "assign_ewo" in due(ref)
    undo("new_case", ref)
    assert due(ref) == set()
    assert values_of(ref) == {}
    arrival = Arrival.objects.get(pk=told["arrival"])
    assert (arrival.state, Hold.objects.get(settled_at=None).reason) == ("held", "ambiguous")
    assert Letter.objects.exclude(state="cancelled").count() == 0
    assert Case.objects.get(ref=ref).pk not in clocks.open_case_ids()


def test_the_officer_decides_again_after_taking_back() -> None:
    told = referred()
    undo("new_case", told["cases"][0])
    reading = ReadingRow.objects.get()
    case = decide_reading(reading.pk, "new_case", by=BY, now=LATER)
    assert case is not None
    assert case.closed_on is None
    assert values_of(case.ref)["surname"] == "Thornbury"
    assert Arrival.objects.get(pk=told["arrival"]).state == "filed"


def test_taking_back_an_update_lets_the_old_value_hold_again() -> None:
    ref = referred()["cases"][0]
    told = arrive(email(files=[("b.docx", form(Date_last_attended="10/11/2026", **MOVED))]), LATER)
    assert told["verdict"] == "update"
    assert str(Case.objects.get(ref=ref).last_attended) == "2026-11-10"
    undo("update", ref)
    assert "Quayside" in values_of(ref)["address"]
    assert str(Case.objects.get(ref=ref).last_attended) == "2026-11-03"
    applied = CaseEvent.objects.filter(case__ref=ref, kind="last_attended", state="applied")
    assert [str(e.on) for e in applied] == ["2026-11-03"]


def test_taking_back_an_update_restores_the_child_s_own_row() -> None:
    referred()
    arrive(email(files=[("b.docx", form(**MOVED))]), LATER)
    assert "Harbour View" in Child.objects.get().address
    undo("update", Case.objects.get().ref)
    assert "Quayside" in Child.objects.get().address
    assert not any("harbour" in k.key for k in ChildKey.objects.all())
    assert all("Harbour" not in v.person["address"] for v in ChildVersion.objects.all())


def test_the_timeline_tells_of_it_and_stays_whole() -> None:
    ref = referred()["cases"][0]
    undo("new_case", ref)
    row = Entry.objects.get(act="decision undone")
    assert (row.by, row.case and row.case.ref, row.data["kind"]) == (BY, ref, "new_case")
    assert Decision.objects.get(kind="new_case").undone_by == BY
    assert verify().broken_at is None


def test_nothing_is_taken_back_twice() -> None:
    ref = referred()["cases"][0]
    undo("new_case", ref)
    row = Decision.objects.get(kind="new_case")
    with pytest.raises(CannotDecide):
        filing.undo(row.pk, by=BY, why="again", now=LATER)


def test_merging_moves_everything_and_unmerging_moves_it_back() -> None:
    keep, other = two_cases()
    before = {ref: (values_of(ref), due(ref)) for ref in (keep, other)}
    filing.merge_cases(keep, other, by=BY, why="one child", now=LATER)
    gone = Case.objects.get(ref=other)
    assert (gone.merged_into and gone.merged_into.ref, gone.status) == (keep, "closed")
    assert FieldValue.objects.filter(case=gone).count() == 0
    assert ReadingRow.objects.filter(case__ref=keep).count() == 2
    assert gone.pk not in clocks.open_case_ids()
    undo("merged", keep)
    assert {ref: (values_of(ref), due(ref)) for ref in (keep, other)} == before
    back = Case.objects.get(ref=other)
    assert (back.merged_into, back.closed_on, back.status) == (None, None, "open")
    assert Child.objects.filter(merged_into=None).count() == 2
    assert set(Entry.objects.values_list("act", flat=True)) >= {"cases merged", "merge undone"}


def test_a_form_about_a_merged_child_goes_to_the_kept_case() -> None:
    keep, other = two_cases()
    filing.merge_cases(keep, other, by=BY, why="one child", now=LATER)
    told = arrive(email(files=[("again.docx", form(OTHER, Year_group="7"))]), LATER)
    assert told["cases"] in ([keep], [])
    assert Case.objects.count() == 2


def test_a_case_is_not_merged_with_itself() -> None:
    ref = referred()["cases"][0]
    with pytest.raises(CannotDecide):
        filing.merge_cases(ref, ref, by=BY, why="slip", now=LATER)


def test_splitting_gives_the_second_form_a_case_of_its_own() -> None:
    ref = referred()["cases"][0]
    told = arrive(email(files=[("b.docx", form(**MOVED))]), LATER)
    reading = ReadingRow.objects.get(arrival_id=told["arrival"])
    new = filing.split_case(ref, reading.pk, by=BY, why="a cousin", now=LATER)
    assert new.ref != ref
    assert "Harbour View" in values_of(new.ref)["address"]
    assert "Quayside" in values_of(ref)["address"]
    assert "assign_ewo" in due(ref) & due(new.ref)
    assert new.child_id != Case.objects.get(ref=ref).child_id
    assert Entry.objects.filter(act="case split", case__ref=ref).count() == 1
    reading.refresh_from_db()
    assert (reading.case_id, reading.state) == (new.pk, "decided")


def test_the_officer_tells_a_provisional_case_to_be_the_known_child() -> None:
    ref = referred(UPN="")["cases"][0]
    told = arrive(email(files=[("b.docx", form(UPN="", Date_of_birth="14/03/2016", Home_address="", **{
        "Parent/carer_name": "", "Parent_telephone": ""}))]), LATER)  # fmt: skip
    [child] = told["children"]
    assert child["verdict"] == "provisional"
    reading = ReadingRow.objects.get(arrival_id=told["arrival"])
    case = decide_reading(reading.pk, "duplicate", by=BY, now=LATER, case_ref=ref)
    assert case is not None
    assert case.ref == ref
    assert Case.objects.filter(merged_into=None).count() == 1
    assert Arrival.objects.get(pk=told["arrival"]).state == "filed"


def test_setting_aside_and_taking_that_back() -> None:
    told = arrive(email("Dear team,\n\nWhat a week.\n"))
    assert told["verdict"] == "held"
    filing.set_aside(told["arrival"], by=BY, why="chatter", now=LATER)
    assert Arrival.objects.get().state == "set_aside"
    filing.undo(Decision.objects.get(kind="set aside").pk, by=BY, why="no", now=LATER)
    assert Arrival.objects.get().state == "held"
