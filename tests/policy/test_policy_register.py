"""The policy's register of timers and watched tasks, each with its rule, its section and a worked day: none is missing.

T numbers are the policy's thirteen timers, O numbers its obligations in the order of its sections, of these the ones that a
system can watch. How each is read stands in docs/sources.md.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from policy.deadlines import deadlines
from tests.policy.rules import CALENDARS, RULES, case, day, event

# number, rule, section, form and more, event (None: a day of its own), its day and hour, due
REGISTER: list[tuple[str, str, str, dict[str, Any], str | None, str, int | None, str]] = [
    # T1, O1: ten school days, across half term
    ("T1 O1", "ten_school_days", "1.1", {}, "last_attended", "Mon 2026-10-19", None, "Mon 2026-11-09"),
    # T2, O32: the same day, and after three o'clock the next working day
    ("T2 O32", "ewo_first_response", "10.1", {}, "ewo_assigned", "Thu 2026-10-22", 9, "Thu 2026-10-22"),
    ("T2 O32", "ewo_first_response", "10.1", {}, "ewo_assigned", "Thu 2026-12-24", 16, "Tue 2026-12-29"),
    # T3, O33: 72 working hours are three working days, here over Easter's two bank holidays
    ("T3 O33", "ewo_home_visit", "10.1", {}, "ewo_assigned", "Thu 2027-03-25", 9, "Thu 2027-04-01"),
    # T4, O29: five days, a Saturday rolls on to Monday
    ("T4 O29", "starters_leavers_return", "9.6", {"form": "removal"}, "off_roll", "Mon 2026-11-09", None, "Mon 2026-11-16"),
    # T5, O59, O60: form and letter; the law's five school days come before the policy's ten working days
    ("T5 O59", "ehe_return", "15.2", {"form": "removal"}, "ehe_decided", "Thu 2026-10-22", None, "Thu 2026-11-05"),
    ("T5 O60", "ehe_parental_letter", "15.2", {"form": "ehe"}, "ehe_form_received", "Thu 2026-10-22", None, "Thu 2026-11-05"),
    # T6, O50: four weeks of non-attendance, counted as twenty school days
    ("T6 O50", "lost_pupil_ctf", "11.4", {}, "last_attended", "Wed 2026-12-16", None, "Fri 2027-01-29"),
    # T7, O40: monthly; the 31st of January has no twin in February, and the 28th is a Sunday
    ("T7 O40", "child_protection_monthly", "10.4", {"flags": frozenset({"child_protection_plan"})},
     "referral_received", "Fri 2027-01-29", None, "Mon 2027-03-01"),
    # T8, O53: weekly, from the day this program was put to use and then from each reading
    ("T8 O53", "s2s_weekly", "11.7", {"case": "council"}, "in_use", "Mon 2026-11-02", None, "Mon 2026-11-09"),
    # T9, O54: six and eighteen weeks, from placed, else from found
    ("T9 O54", "follow_up_six_weeks", "12.1", {}, "placed", "Wed 2026-12-16", None, "Wed 2027-01-27"),
    ("T9 O54", "follow_up_eighteen_weeks", "12.1", {}, "found", "Wed 2026-12-16", None, "Wed 2027-04-21"),
    # T10, O73: six-weekly; 30 August is a bank holiday
    ("T10 O73", "manager_review", "16.2", {}, "referral_received", "Mon 2027-07-19", None, "Tue 2027-08-31"),
    # T11, O48 and T12, O21: days of their own
    ("T11 O48", "open_case_report", "10.11", {"case": "council"}, None, "Mon 2027-08-30", None, "Tue 2027-08-31"),
    ("T12 O21", "transfer_list", "8.1", {"case": "council"}, None, "Wed 2027-09-01", None, "Wed 2027-09-01"),
    # T13, O69: the last Friday in June of the school year in which the child is sixteen
    ("T13 O69", "end_of_school_age", "16.1", {"date_of_birth": date(2010, 9, 1)}, None, "Thu 2027-06-24", None, "Fri 2027-06-25"),
    # Tasks that a system can watch
    ("O34", "social_care_told", "10.1", {}, "home_visit_failed", "Sat 2026-10-24", 10, "Mon 2026-10-26"),
    ("O39 O52", "s2s_posting", "11.6", {}, "left_county_suspected", "Thu 2026-10-22", 15, "Fri 2026-10-23"),
    ("O46", "police_told", "10.9", {}, "found", "Fri 2026-10-23", 14, "Fri 2026-10-23"),
    ("O51", "outside_ctf", "11.5", {"form": "ehe"}, "off_roll", "Wed 2027-03-24", None, "Fri 2027-04-16"),
    ("O61", "sen_officer_told", "15.3", {"form": "ehe", "flags": frozenset({"ehcp"})}, "ehe_form_received",
     "Thu 2026-10-22", 9, "Thu 2026-10-22"),
    ("O66", "ems_flag", "16.1", {"form": "removal"}, "referral_received", "Thu 2026-10-22", 9, "Thu 2026-10-22"),
    ("O67", "care_first_check", "16.1", {}, "referral_received", "Thu 2026-10-22", 15, "Fri 2026-10-23"),
    ("O72", "place_not_taken_up", "16.1", {}, "place_offered", "Thu 2027-05-27", None, "Thu 2027-06-10"),
    ("O78", "assign_ewo", "Appendix 3", {}, "referral_received", "Thu 2026-10-22", 9, "Thu 2026-10-22"),
    ("O78", "ewo_report", "Appendix 3", {}, "ewo_assigned", "Thu 2027-05-27", 9, "Fri 2027-06-11"),
]  # fmt: skip
WATCHED = {
    "O1", "O21", "O29", "O32", "O33", "O34", "O39", "O40", "O46", "O48", "O50", "O51", "O52", "O53", "O54",
    "O59", "O60", "O61", "O66", "O67", "O69", "O72", "O73", "O78",
}  # fmt: skip


@pytest.mark.parametrize(
    ("number", "name", "section", "more", "start", "on", "hour", "due"), REGISTER
)
def test_each_timer_and_task_has_its_rule_its_section_and_its_day(
    number: str, name: str, section: str, more: dict[str, Any], start: str | None, on: str,
    hour: int | None, due: str,
) -> None:  # fmt: skip
    assert RULES[name].policy == section
    events = [event(start, day(on), hour)] if start else []
    (found,) = deadlines(case(*events, **more), [RULES[name]], CALENDARS, day(on))
    assert found.due == day(due), number
    assert found.because


def numbers() -> set[str]:
    return {number for row in REGISTER for number in row[0].split()}


def test_no_timer_is_missing() -> None:
    assert {n for n in numbers() if n.startswith("T")} == {f"T{n}" for n in range(1, 14)}


def test_no_watched_task_is_missing() -> None:
    assert {n for n in numbers() if n.startswith("O")} == WATCHED


def test_no_rule_stands_outside_the_register() -> None:
    assert {row[1] for row in REGISTER} == set(RULES)


def test_how_each_rule_is_read_is_written_down() -> None:
    words = (Path(__file__).parents[2] / "docs" / "sources.md").read_text("utf-8")
    assert {name for name in RULES if name not in words} == set()
