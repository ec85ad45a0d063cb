"""The played year against a second reckoning: no chase on a closed day, none after an answer, none missing, none too many."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree

import pytest

from policy.year import Year, play
from policy.year_drawn import as_calendar, as_svg, as_table
from tests.policy import naive_year
from tests.policy.rules import CALENDARS, RULES

PLAYED = play(RULES.values(), CALENDARS)
SEVERAL = [PLAYED, play(RULES.values(), CALENDARS, seed=8, count=33)]


@pytest.mark.parametrize("year", SEVERAL)
def test_the_letters_are_those_of_a_second_reckoning(year: Year) -> None:
    """Worked out again by other code from the same events: nothing is missing and nothing is too many."""
    expected = {
        letter for case in year.cases for letter in naive_year.letters(case, year.first, year.last)
    }
    sent = [(r.on, r.case, r.rule, r.step) for r in year.rows]
    assert len(sent) == len(set(sent)) > 200
    assert set(sent) - expected == set()
    assert expected - set(sent) == set()


@pytest.mark.parametrize("year", SEVERAL)
def test_no_letter_goes_on_a_closed_day(year: Year) -> None:
    closed = [r for r in year.rows if not naive_year.working(r.on)]
    to_schools = [r for r in year.rows if r.to in ("school", "new_school")]
    assert closed == []
    assert len(to_schools) > 20
    assert [r for r in to_schools if not naive_year.school(r.on)] == []


@pytest.mark.parametrize("year", SEVERAL)
def test_no_letter_goes_after_its_answer(year: Year) -> None:
    """A rule that begins again may ask again, but only after its new period."""
    events = {case.case: case.events for case in year.cases}
    checked = 0
    for row in year.rows:
        rule = RULES[row.rule]
        answers = [e.on for e in events[row.case] if e.kind in rule.stops and e.on <= row.on]
        if rule.repeats or rule.fixed or not answers:
            continue
        starts = [e.on for e in events[row.case] if e.kind in rule.starts and e.on <= row.on]
        checked += 1
        assert max(starts) > max(answers), row
    assert checked < len(year.rows)


@pytest.mark.parametrize("year", SEVERAL)
def test_nobody_gets_two_letters_about_one_thing_on_one_day(year: Year) -> None:
    told = Counter((r.on, r.case, r.rule) for r in year.rows)
    assert set(told.values()) == {1}


def test_a_missing_and_an_idle_letter_would_be_seen() -> None:
    case = next(c for c in PLAYED.cases if any(r.case == c.case for r in PLAYED.rows))
    expected = set(naive_year.letters(case, PLAYED.first, PLAYED.last))
    sent = {(r.on, r.case, r.rule, r.step) for r in PLAYED.rows if r.case == case.case}
    assert expected == sent
    other = next(c for c in PLAYED.cases if c.case != case.case)
    assert set(naive_year.letters(other, PLAYED.first, PLAYED.last)) != sent


def test_every_rule_that_writes_is_seen_in_the_year() -> None:
    seen = {r.rule for y in SEVERAL for r in y.rows}
    never = {name for name, rule in RULES.items() if rule.sequence} - seen
    assert never == {"transfer_list", "open_case_report"} - seen


def test_the_council_s_own_tasks_are_in_the_year() -> None:
    own = {r.rule for r in PLAYED.rows if r.case == "council"}
    assert {"s2s_weekly", "transfer_list"} <= own


def test_the_same_seed_plays_the_same_year() -> None:
    again = play(RULES.values(), CALENDARS, count=2).rows
    assert play(RULES.values(), CALENDARS, count=2).rows == again


def test_it_can_be_read() -> None:
    table = as_table(PLAYED).splitlines()
    assert table[-1] == f"{len(PLAYED.rows)} letters."
    assert len({line.index("  ") for line in table[1:3]}) == 1
    assert "December 2026" in as_calendar(PLAYED)
    picture = ElementTree.fromstring(as_svg(PLAYED))
    squares = picture.findall(".//{http://www.w3.org/2000/svg}rect")
    assert len(squares) == (PLAYED.last.replace(day=31) - PLAYED.first).days + 1
