"""Chases: who is asked what on which day, and when a letter waits."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from policy.chasing import (
    Chase,
    Sent,
    Wait,
    chases,
    digest,
    look_before_sending,
    next_letter,
)
from policy.deadlines import CaseFacts, deadlines
from tests.policy.rules import CALENDARS, HOURS, RULES, case, day, event


def at(name: str, facts: CaseFacts, now: datetime, *sent: Sent) -> tuple[Chase | Wait, ...]:
    """Return what one rule writes at an instant."""
    found = deadlines(facts, [RULES[name]], CALENDARS, now.date())
    return chases(facts, found, frozenset(sent), RULES, CALENDARS, now, HOURS)


def noon(on: str) -> datetime:
    """Return twelve o'clock on a day."""
    return datetime.combine(day(on), time(12))


VISIT = case(event("ewo_assigned", day("Thu 2026-10-22"), 9))  # due Tue 27 October
STARTED = date(2026, 10, 22)


def taken(step: str, on: str, rule: str = "ewo_home_visit") -> Sent:
    """Return a step that was taken."""
    return Sent(rule, step, STARTED, day(on))


@pytest.mark.parametrize(
    ("today", "sent", "step"),
    [
        ("Fri 2026-10-23", (), None),
        ("Mon 2026-10-26", (), "before"),
        ("Mon 2026-10-26", (taken("before", "Mon 2026-10-26"),), None),  # once
        ("Tue 2026-10-27", (taken("before", "Mon 2026-10-26"),), None),
        ("Wed 2026-10-28", (taken("before", "Mon 2026-10-26"),), "after"),
        ("Thu 2026-10-29", (taken("after", "Wed 2026-10-28"),), "escalate"),
        (
            "Fri 2026-10-30",
            (taken("after", "Wed 2026-10-28"), taken("escalate", "Thu 2026-10-29")),
            None,
        ),
        (
            "Mon 2026-11-09",
            (),
            "after",
        ),  # after weeks away: one letter, and the EWO before the senior
        ("Sat 2026-10-31", (), None),
    ],
)
def test_the_steps_of_a_home_visit(today: str, sent: tuple[Sent, ...], step: str | None) -> None:
    found = at("ewo_home_visit", VISIT, noon(today), *sent)
    assert [c.step for c in found] == ([step] if step else [])


@pytest.mark.parametrize(("hour", "written"), [(8, False), (9, True), (16, True), (18, False)])
def test_letters_go_in_working_hours(hour: int, written: bool) -> None:
    now = datetime.combine(day("Mon 2026-10-26"), time(hour))
    assert bool(at("ewo_home_visit", VISIT, now)) is written


def test_a_pause_outside_hours_adds_nothing() -> None:
    night = datetime.combine(day("Mon 2026-10-26"), time(23))
    assert at("ewo_home_visit", VISIT, night) == ()
    assert len(at("ewo_home_visit", VISIT, noon("Tue 2026-10-27"))) == 1


def test_nothing_on_a_bank_holiday() -> None:
    facts = case(event("ewo_assigned", day("Fri 2026-12-18"), 9))
    assert at("ewo_home_visit", facts, noon("Mon 2026-12-28")) == ()


def test_a_school_is_not_written_to_in_its_holidays() -> None:
    facts = case(event("off_roll", day("Fri 2026-10-16")), form="removal")
    (found,) = at("starters_leavers_return", facts, noon("Mon 2026-10-26"))
    assert isinstance(found, Wait)
    assert (found.why, found.until) == ("the school is closed", day("Mon 2026-11-02"))


def test_a_snoozed_rule_waits() -> None:
    until = day("Mon 2026-11-09")
    facts = case(*VISIT.events, snoozed={"ewo_home_visit": until})
    (found,) = at("ewo_home_visit", facts, noon("Wed 2026-10-28"))
    assert isinstance(found, Wait)
    assert found.until == until


@pytest.mark.parametrize("answer", ["home_visit", "home_visit_failed", "placed", "found"])
def test_an_answer_stops_the_chase(answer: str) -> None:
    facts = case(*VISIT.events, event(answer, day("Mon 2026-10-26")))
    assert at("ewo_home_visit", facts, noon("Wed 2026-10-28")) == ()


def test_the_next_letter_is_told_beforehand() -> None:
    rule = RULES["ewo_home_visit"]
    (found,) = deadlines(VISIT, [rule], CALENDARS, STARTED)
    assert next_letter(found, rule, frozenset(), CALENDARS, STARTED) == (
        "ewo_visit",
        day("Mon 2026-10-26"),
    )
    gone = frozenset({taken("escalate", "Thu 2026-10-29")})
    assert next_letter(found, rule, gone, CALENDARS, day("Fri 2026-10-30")) is None


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        ({"unfiled": True}, "not filed"),
        ({"bounces": True}, "sends letters back"),
        ({"by_hand_lately": True}, "by hand"),
    ],
)
def test_a_look_before_sending(seen: dict[str, bool], why: str) -> None:
    (found,) = at("ewo_home_visit", VISIT, noon("Mon 2026-10-26"))
    assert isinstance(found, Chase)
    assert look_before_sending(VISIT, found) == found
    held = look_before_sending(VISIT, found, **seen)
    assert isinstance(held, Wait)
    assert why in held.why


@pytest.mark.parametrize(
    ("change", "why"),
    [({"status": "closed"}, "closed"), ({"flags": frozenset({"protected"})}, "protected")],
)
def test_a_closed_or_protected_case_waits(change: dict[str, object], why: str) -> None:
    (found,) = at("ewo_home_visit", VISIT, noon("Mon 2026-10-26"))
    assert isinstance(found, Chase)
    held = look_before_sending(case(*VISIT.events, **change), found)
    assert isinstance(held, Wait)
    assert why in held.why


def test_one_letter_holds_all_that_one_recipient_owes() -> None:
    (one,) = at("ewo_home_visit", VISIT, noon("Mon 2026-10-26"))
    assert isinstance(one, Chase)
    assert digest([("a@b.example", one), ("a@b.example", one), ("c@b.example", one)]) == {
        "a@b.example": (one, one),
        "c@b.example": (one,),
    }
