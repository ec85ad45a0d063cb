"""Chases: who is asked what on which day, and when a letter waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy.calendar import SchoolCalendar
from policy.chasing import Ask, Chase, Seen, Sent, Wait, chases, look_before_sending, next_letter
from policy.deadlines import Calendars, CaseFacts, deadlines
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


STRIKES = st.lists(
    st.datetimes(datetime(2026, 10, 22), datetime(2026, 11, 6)), max_size=12, unique=True
)


def strike(at_: list[datetime]) -> set[tuple[date, str]]:
    """Let the clock strike at these instants, each letter going at once; return what went when."""
    sent: set[Sent] = set()
    for now in sorted(at_):
        for step in at("ewo_home_visit", VISIT, now, *sent):
            assert isinstance(step, Chase)
            sent.add(Sent(step.rule, step.step, step.started, now.date()))
    return {(s.on, s.step) for s in sent}


@settings(max_examples=60, deadline=None)
@given(STRIKES)
def test_a_pause_outside_hours_adds_nothing(extra: list[datetime]) -> None:
    """However often the clock strikes at night, at weekends and on closed days, the same letters go on the same days."""
    days = [datetime(2026, 10, 22, 12) + timedelta(days=n) for n in range(16)]
    outside = [
        t
        for t in extra
        if not CALENDARS.council.is_working_day(t.date()) or not HOURS[0] <= t.time() <= HOURS[1]
    ]
    assert all(at("ewo_home_visit", VISIT, now) == () for now in outside)
    assert strike([*days, *outside]) == strike(days)
    assert strike([*days, *extra]) == strike(days)


def test_nothing_on_a_bank_holiday() -> None:
    facts = case(event("ewo_assigned", day("Fri 2026-12-18"), 9))
    assert at("ewo_home_visit", facts, noon("Mon 2026-12-28")) == ()


def test_a_school_is_not_written_to_in_its_holidays() -> None:
    facts = case(event("off_roll", day("Fri 2026-10-16")), form="removal")
    (found,) = at("starters_leavers_return", facts, noon("Mon 2026-10-26"))
    assert isinstance(found, Wait)
    assert (found.why, found.until) == ("the school is closed", day("Mon 2026-11-02"))


@pytest.mark.parametrize("answer", ["home_visit", "home_visit_failed", "placed", "found"])
def test_an_answer_stops_the_chase(answer: str) -> None:
    facts = case(*VISIT.events, event(answer, day("Mon 2026-10-26")))
    assert at("ewo_home_visit", facts, noon("Wed 2026-10-28")) == ()


def test_the_next_letter_is_told_beforehand() -> None:
    rule = RULES["ewo_home_visit"]
    (found,) = deadlines(VISIT, [rule], CALENDARS, STARTED)
    assert next_letter(VISIT, found, rule, frozenset(), CALENDARS, STARTED) == (
        "ewo_visit",
        day("Mon 2026-10-26"),
    )
    gone = frozenset({taken("escalate", "Thu 2026-10-29")})
    assert next_letter(VISIT, found, rule, gone, CALENDARS, day("Fri 2026-10-30")) is None


def test_the_day_of_the_next_letter_is_one_on_which_it_would_go() -> None:
    """Not in half term, not while it is snoozed, not at a weekend."""
    rule = RULES["starters_leavers_return"]
    facts = case(event("off_roll", day("Fri 2026-10-16")), form="removal")
    (found,) = deadlines(facts, [rule], CALENDARS, day("Sat 2026-10-24"))
    assert found.due == day("Wed 2026-10-21")
    told = next_letter(facts, found, rule, frozenset(), CALENDARS, day("Sat 2026-10-24"))
    assert told == ("starters_leavers", day("Mon 2026-11-02"))
    snoozed = case(*facts.events, form="removal", snoozed={rule.name: day("Fri 2026-11-06")})
    told = next_letter(snoozed, found, rule, frozenset(), CALENDARS, day("Sat 2026-10-24"))
    assert told == ("starters_leavers", day("Fri 2026-11-06"))


def test_a_reminder_keeps_its_distance_from_the_letter_that_really_went() -> None:
    """Asked only after half term, the school is not reminded the next day."""
    rule = "starters_leavers_return"
    facts = case(event("off_roll", day("Fri 2026-10-16")), form="removal")
    asked = Sent(rule, "ask", date(2026, 10, 16), day("Mon 2026-11-02"))
    assert at(rule, facts, noon("Tue 2026-11-03"), asked) == ()
    assert at(rule, facts, noon("Fri 2026-11-06"), asked) == ()
    (found,) = at(rule, facts, noon("Mon 2026-11-09"), asked)  # five working days later
    assert found.step == "remind"


def test_nobody_is_told_of_a_silence_before_the_reminder_has_gone() -> None:
    """After the holidays the school is reminded first, and the officer hears of it later."""
    rule = "starters_leavers_return"
    facts = case(event("off_roll", day("Wed 2026-12-02")), form="removal")
    asked = Sent(rule, "ask", date(2026, 12, 2), day("Wed 2026-12-09"))
    (held,) = at(rule, facts, noon("Mon 2027-01-04"), asked)
    assert isinstance(held, Wait)
    (found,) = at(rule, facts, noon("Wed 2027-01-06"), asked)
    assert (found.step, found.to) == ("remind", "school")
    reminded = replace(asked, step="remind", on=day("Wed 2027-01-06"))
    assert at(rule, facts, noon("Thu 2027-01-07"), asked, reminded) == ()
    (found,) = at(rule, facts, noon("Tue 2027-01-12"), asked, reminded)
    assert (found.step, found.to) == ("officer", "cme_officer")


def test_a_letter_that_waits_for_approval_is_overtaken_by_the_next_to_the_same_person() -> None:
    waiting = replace(taken("before", "Mon 2026-10-26"), gone=False)
    (found,) = at("ewo_home_visit", VISIT, noon("Wed 2026-10-28"), waiting)
    assert isinstance(found, Chase)
    assert found.step == "after"
    waiting = replace(taken("after", "Wed 2026-10-28"), gone=False)
    (found,) = at("ewo_home_visit", VISIT, noon("Fri 2026-10-30"), waiting)
    assert isinstance(found, Wait)  # nobody above is told while the EWO has not been asked
    assert found.why == "the letter before it has not gone yet"


def test_the_new_school_s_own_days_count_for_a_letter_to_it() -> None:
    """The old school is open on 26 October, the new one has its half term."""
    old = SchoolCalendar(((day("Mon 2026-10-05"), day("Fri 2026-12-18")),), name="Old")
    calendars = Calendars(CALENDARS.council, CALENDARS.county, {"1": old})
    facts = case(event("placed", day("Mon 2026-09-14")), school="1", new_school="2")
    found = deadlines(facts, [RULES["follow_up_six_weeks"]], calendars, day("Mon 2026-10-26"))
    now = noon("Mon 2026-10-26")
    (told,) = chases(facts, found, frozenset(), RULES, calendars, now, HOURS)
    assert isinstance(told, Wait)
    assert told.until == day("Mon 2026-11-02")


def test_before_sending_every_combination_is_chased_or_waits_or_is_asked() -> None:
    """Nine things that may be so; the first that is decides, in the order in which a person would look."""
    (found,) = at("ewo_home_visit", VISIT, noon("Mon 2026-10-26"))
    assert isinstance(found, Chase)
    for look in product((False, True), repeat=9):
        _looked(found, *look)


def _looked(found: Chase, closed: bool, snoozed: bool, protected: bool, unfiled: bool, proposed: bool, by_hand: bool, answered: bool, bounces: bool, deputy: bool) -> None:  # fmt: skip
    facts = case(
        *VISIT.events, status="closed" if closed else "open",
        flags=frozenset({"protected"} if protected else ()),
        snoozed={"ewo_home_visit": day("Mon 2026-11-09")} if snoozed else {},
    )  # fmt: skip
    seen = Seen(
        unfiled=unfiled, proposed=proposed, answered=answered, by_hand=by_hand, bounces=bounces,
        deputy=deputy,
    )  # fmt: skip
    told = look_before_sending(facts, found, RULES["ewo_home_visit"], seen)
    order = [
        (closed, Wait, "closed"), (snoozed, Wait, "snoozed"), (protected, Ask, "protected"),
        (unfiled, Wait, "not filed"), (proposed, Wait, "accepted"), (by_hand, Wait, "by hand"),
        (answered, Ask, "written since"), (bounces and not deputy, Ask, "letters back"),
    ]  # fmt: skip
    first = next(((kind, why) for holds, kind, why in order if holds), None)
    if first is None:
        assert told == found
    else:
        assert type(told) is first[0]
        assert first[1] in told.why


def test_a_snooze_ends_on_its_day() -> None:
    (found,) = at("ewo_home_visit", VISIT, noon("Mon 2026-10-26"))
    assert isinstance(found, Chase)
    for until, waits in ((date(2026, 10, 26), False), (date(2026, 10, 27), True)):
        facts = case(*VISIT.events, snoozed={"ewo_home_visit": until})
        told = look_before_sending(facts, found, RULES["ewo_home_visit"], Seen())
        assert isinstance(told, Wait) is waits


def test_a_closed_case_is_still_asked_after() -> None:
    facts = case(event("placed", day("Mon 2026-09-14")), status="closed", new_school="1")
    (found,) = at("follow_up_six_weeks", facts, noon("Mon 2026-11-02"))
    assert isinstance(found, Chase)
    assert look_before_sending(facts, found, RULES["follow_up_six_weeks"], Seen()) == found


def test_a_letter_about_several_things_says_each_to_whoever_owes_it() -> None:
    (found,) = at("ewo_home_visit", VISIT, noon("Mon 2026-10-26"))
    assert isinstance(found, Chase)
    assert found.what == RULES["ewo_home_visit"].line
    sent = taken("after", "Wed 2026-10-28")
    (above,) = at("ewo_home_visit", VISIT, noon("Fri 2026-10-30"), sent)
    assert isinstance(above, Chase)
    assert above.what == RULES["ewo_home_visit"].what
