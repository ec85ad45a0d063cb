"""Days that nobody knows, days that were put right, and what the record makes of a destination."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from chased import (
    at,
    left,
    opened,
)
from stories import NOW

from cases import chases, clocks
from cases.models import (
    School,
    Task,
)  # fmt: skip
from cases.record import cases as record

pytestmark = pytest.mark.usefixtures("council")


def test_a_count_past_the_known_terms_is_a_task_and_no_guess() -> None:
    opened(("last_attended", "2027-07-19"), form="cme")
    rows = {r.rule: r for r in clocks.all_due(date(2027, 7, 20))}
    assert rows["ten_school_days"].due is None
    assert rows["ten_school_days"].problem == "no term dates after July 2027 for the county"
    chases.sweep(at("2027-07-20"))
    chases.sweep(at("2027-07-21"))
    (task,) = Task.objects.filter(kind="calendar")
    assert task.what.startswith("No term dates after July 2027 for the county.")


def test_a_school_s_own_terms_and_a_day_closed_later_count_anew() -> None:
    case = opened(("last_attended", "2026-11-12"), form="cme")
    school = School.objects.get(name="Alder Grove Primary School")

    def due() -> date | None:
        return {r.rule: r.due for r in clocks.case_due(case, date(2026, 11, 13))}["ten_school_days"]

    assert due() == date(2026, 11, 26)
    school.closed_days = ["2026-11-20"]  # a training day that was told later
    school.save()
    assert due() == date(2026, 11, 27)
    school.terms, school.closed_days = (
        [["2026-11-02", "2026-11-13"], ["2026-11-23", "2026-12-18"]],
        [],
    )
    school.save()
    assert due() == date(2026, 12, 3)  # an academy with a half term of its own


def test_a_date_that_is_corrected_moves_the_clock() -> None:
    case = opened(("last_attended", "2026-11-12"), form="cme", last_attended=date(2026, 11, 12))
    record.change_field(
        case, "last_attended", "2026-11-05", by="officer", why="misread", now=NOW, version=case.version
    )  # fmt: skip
    rows = {r.rule: r.due for r in clocks.case_due(case, date(2026, 11, 13))}
    assert rows["ten_school_days"] == date(2026, 11, 19)


def test_the_hour_that_ends_the_day_is_the_uk_s() -> None:
    """Half past two in London's summer is half past one by the clock that instants are kept in."""
    case = opened(form="cme")
    late = datetime(2026, 10, 22, 14, 30, tzinfo=UTC)  # 15:30 in summer time
    record.note_event(case, "referral_received", date(2026, 10, 22), by="test", now=late, at=late)
    rows = {r.rule: r.due for r in clocks.case_due(case, date(2026, 10, 22))}
    assert rows["assign_ewo"] == date(2026, 10, 23)


def test_a_destination_that_would_find_nobody_stops_nothing() -> None:
    vague = opened(
        ("last_attended", "2026-11-02"), form="cme", receiving_school="a school in Leeds"
    )
    record.note_event(vague, "destination_named", date(2026, 11, 20), by="test", now=NOW)
    named = opened(
        ("last_attended", "2026-11-02"), form="cme", receiving_school="Harbour High School"
    )
    record.note_event(named, "destination_named", date(2026, 11, 20), by="test", now=NOW)
    assert "lost_pupil_ctf" in {r.rule for r in clocks.case_due(vague, date(2026, 11, 24))}
    assert "lost_pupil_ctf" not in {r.rule for r in clocks.case_due(named, date(2026, 11, 24))}


@pytest.mark.parametrize(
    ("more", "country", "owed"),
    [
        ({}, "", False), ({"forms_seen": ["ehe"]}, "", True), ({}, "Poland", True), ({}, "England", False),
        ({}, "Scotland", True), ({"receiving_school": "Dunlin House School"}, "", True),
        ({"receiving_school": "Birchwood Academy"}, "", False),
    ],
)  # fmt: skip
def test_a_transfer_file_for_outside_is_owed_for_whoever_leaves_the_system(
    more: dict[str, Any], country: str, owed: bool
) -> None:
    case = left(**more)
    if country:
        record.apply_value(case, "destination_country", country, by="test", now=NOW)
    assert ("outside_ctf" in {r.rule for r in clocks.case_due(case, date(2026, 11, 18))}) is owed


def test_s2s_is_recorded_and_closes_nothing() -> None:
    case = opened(
        ("left_county_suspected", "2026-11-20"), ("referral_received", "2026-11-02"), form="cme"
    )
    record.set_outcome(case, "S2S", by="officer", why="all enquiries made", now=NOW)
    case.refresh_from_db()
    assert (case.outcome, case.status, case.closed_on) == ("S2S", "s2s", None)
    rules = {r.rule for r in clocks.case_due(case, date(2026, 11, 24))}
    assert "s2s_posting" not in rules
    assert {"manager_review", "care_first_check"} <= rules
    with pytest.raises(record.NotAllowed):
        record.set_outcome(case, "DEC", by="officer", why="", now=NOW)
    with pytest.raises(record.NotAllowed):
        record.close(case, "S2S", by="officer", why="", now=NOW)
    record.close(case, "EMI", by="officer", why="traced abroad", now=NOW)
    with pytest.raises(record.NotAllowed):
        record.set_outcome(case, "S2S", by="officer", why="", now=NOW)


def test_a_child_told_of_in_plain_words_is_looked_for_like_one_on_a_form() -> None:
    case = opened(
        ("referral_received", "2026-11-23"), ("last_attended", "2026-11-09"), form="update"
    )
    due = {r.rule for r in clocks.all_due(NOW.date()) if r.case == case.ref}
    assert {"assign_ewo", "ten_school_days", "lost_pupil_ctf", "ems_flag"} <= due
    record.see_form(case, "removal")  # a form then says what it is about
    case.save()
    assert "assign_ewo" not in {r.rule for r in clocks.all_due(NOW.date()) if r.case == case.ref}


@pytest.mark.parametrize(
    ("school", "owed"),
    [("Alder Grove Primary School", True), ("Birchwood Academy", True), ("Dunlin House School", False)],
)  # fmt: skip
def test_an_independent_school_owes_no_starters_and_leavers_return(school: str, owed: bool) -> None:
    case = opened(("off_roll", "2026-11-16"), form="removal")
    case.school = School.objects.get(name=school)
    case.save()
    rules = {r.rule for r in clocks.all_due(NOW.date()) if r.case == case.ref}
    assert ("starters_leavers_return" in rules) == owed
