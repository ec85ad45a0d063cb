"""Days and periods: the worked dates that a team leader can check against a wall calendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.calendar import BeyondCalendar, Calendar, SchoolCalendar, england_bank_holidays
from policy.periods import due, parse_period

COUNCIL = Calendar(england_bank_holidays(), frozenset(), date(2028, 12, 31))
TERMS = SchoolCalendar(
    terms=(
        (date(2026, 9, 3), date(2026, 10, 23)), (date(2026, 11, 2), date(2026, 12, 18)),
        (date(2027, 1, 6), date(2027, 2, 12)), (date(2027, 2, 22), date(2027, 3, 25)),
        (date(2027, 4, 13), date(2027, 5, 28)), (date(2027, 6, 7), date(2027, 7, 21)),
    ),
    closed=england_bank_holidays(),
    name="Alder Grove",
)  # fmt: skip


def day(text: str) -> date:
    """Return "Thu 2026-10-22" as a date, and fail when the weekday is wrong."""
    told = datetime.strptime(text[4:], "%Y-%m-%d").date()
    assert told.strftime("%a") == text[:3], f"{text}: that is a {told:%A}"
    return told


@pytest.mark.parametrize(
    ("event", "period", "expected"),
    [
        ("Thu 2026-10-22", "5 days", "Tue 2026-10-27"),
        ("Thu 2026-10-22", "5 working days", "Thu 2026-10-29"),
        ("Thu 2026-10-22", "5 school days", "Thu 2026-11-05"),  # across half term
        ("Thu 2026-10-22", "10 working days", "Thu 2026-11-05"),
        ("Thu 2026-10-22", "10 school days", "Thu 2026-11-12"),
        ("Thu 2026-10-22", "20 school days", "Thu 2026-11-26"),
        ("Thu 2026-10-22", "72 working hours", "Tue 2026-10-27"),
        ("Thu 2026-10-22", "4 weeks", "Thu 2026-11-19"),
        ("Thu 2026-10-22", "6 weeks", "Thu 2026-12-03"),
        ("Thu 2026-10-22", "18 weeks", "Thu 2027-02-25"),
        ("Wed 2026-12-16", "5 days", "Mon 2026-12-21"),
        ("Wed 2026-12-16", "5 working days", "Wed 2026-12-23"),
        ("Wed 2026-12-16", "5 school days", "Fri 2027-01-08"),
        ("Wed 2026-12-16", "10 working days", "Mon 2027-01-04"),
        ("Wed 2026-12-16", "10 school days", "Fri 2027-01-15"),
        ("Wed 2026-12-16", "20 school days", "Fri 2027-01-29"),
        ("Wed 2026-12-16", "72 working hours", "Mon 2026-12-21"),
        ("Wed 2026-12-16", "4 weeks", "Wed 2027-01-13"),
        ("Wed 2026-12-16", "6 weeks", "Wed 2027-01-27"),
        ("Wed 2026-12-16", "18 weeks", "Wed 2027-04-21"),
        ("Wed 2027-03-24", "5 days", "Tue 2027-03-30"),  # Mon 29 March is a bank holiday: forward
        ("Wed 2027-03-24", "5 working days", "Fri 2027-04-02"),
        ("Wed 2027-03-24", "5 school days", "Fri 2027-04-16"),
        ("Wed 2027-03-24", "10 working days", "Fri 2027-04-09"),
        ("Wed 2027-03-24", "10 school days", "Fri 2027-04-23"),
        ("Wed 2027-03-24", "20 school days", "Mon 2027-05-10"),
        ("Wed 2027-03-24", "72 working hours", "Wed 2027-03-31"),
        ("Wed 2027-03-24", "4 weeks", "Wed 2027-04-21"),
        ("Wed 2027-03-24", "6 weeks", "Wed 2027-05-05"),
        ("Wed 2027-03-24", "18 weeks", "Wed 2027-07-28"),
        ("Thu 2027-05-27", "5 days", "Tue 2027-06-01"),
        ("Thu 2027-05-27", "5 working days", "Fri 2027-06-04"),
        ("Thu 2027-05-27", "5 school days", "Thu 2027-06-10"),
        ("Thu 2027-05-27", "10 working days", "Fri 2027-06-11"),
        ("Thu 2027-05-27", "10 school days", "Thu 2027-06-17"),
        ("Thu 2027-05-27", "20 school days", "Thu 2027-07-01"),
        ("Thu 2027-05-27", "72 working hours", "Wed 2027-06-02"),
        ("Thu 2027-05-27", "4 weeks", "Thu 2027-06-24"),
        ("Thu 2027-05-27", "6 weeks", "Thu 2027-07-08"),
        ("Thu 2027-05-27", "18 weeks", "Thu 2027-09-30"),
        ("Mon 2027-07-19", "5 days", "Mon 2027-07-26"),  # Saturday 24 July rolls forward
        ("Mon 2027-07-19", "5 working days", "Mon 2027-07-26"),
        ("Mon 2027-07-19", "10 working days", "Mon 2027-08-02"),
        ("Mon 2027-07-19", "72 working hours", "Thu 2027-07-22"),
        ("Mon 2027-07-19", "4 weeks", "Mon 2027-08-16"),
        ("Mon 2027-07-19", "6 weeks", "Tue 2027-08-31"),  # 30 August is a bank holiday: forward
        ("Mon 2027-07-19", "18 weeks", "Mon 2027-11-22"),
        (
            "Sun 2027-01-31",
            "monthly",
            "Mon 2027-03-01",
        ),  # no 31 February: the 28th, a Sunday, rolls
    ],
)
def test_a_deadline_says_which_days_it_counts(event: str, period: str, expected: str) -> None:
    assert due(day(event), parse_period(period), COUNCIL, TERMS).day == day(expected)


BANK = {
    2025: "1 Jan, 18 Apr, 21 Apr, 5 May, 26 May, 25 Aug, 25 Dec, 26 Dec",
    2026: "1 Jan, 3 Apr, 6 Apr, 4 May, 25 May, 31 Aug, 25 Dec, 28 Dec",
    2027: "1 Jan, 26 Mar, 29 Mar, 3 May, 31 May, 30 Aug, 27 Dec, 28 Dec",
    2028: "3 Jan, 14 Apr, 17 Apr, 1 May, 29 May, 28 Aug, 25 Dec, 26 Dec",
}  # fmt: skip


@pytest.mark.parametrize(("year", "told"), BANK.items())
def test_the_bank_holidays_are_those_of_a_printed_list(year: int, told: str) -> None:
    found = sorted(d for d in england_bank_holidays() if d.year == year)
    assert ", ".join(f"{d:%-d %b}" for d in found) == told


def test_a_school_year_has_its_hundred_and_ninety_days() -> None:
    assert len(TERMS.days) == 190


@pytest.mark.parametrize("period", ["5 school days", "10 school days", "20 school days"])
def test_a_count_past_the_known_terms_says_so(period: str) -> None:
    with pytest.raises(BeyondCalendar, match="no term dates after July 2027 for Alder Grove"):
        due(day("Mon 2027-07-19"), parse_period(period), COUNCIL, TERMS)


def test_the_working_is_told_in_words() -> None:
    told = due(day("Wed 2026-12-16"), parse_period("10 working days"), COUNCIL, TERMS)
    assert told.because == "10 working days after 16 Dec 2026, not counting 25, 28 Dec and 1 Jan"


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (datetime(2026, 10, 22, 9, 0), "Thu 2026-10-22"),
        (datetime(2026, 10, 22, 15, 0), "Fri 2026-10-23"),  # after the cut-off
        (datetime(2026, 10, 23, 16, 0), "Mon 2026-10-26"),  # late on a Friday
        (datetime(2026, 10, 24, 9, 0), "Mon 2026-10-26"),  # on a Saturday
        (datetime(2026, 12, 25, 23, 0), "Tue 2026-12-29"),
    ],
)
def test_the_same_day_ends_at_the_cut_off(event: datetime, expected: str) -> None:
    assert due(event, parse_period("same day before 15:00"), COUNCIL, None).day == day(expected)


def test_a_period_without_a_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="no period"):
        parse_period("5")


DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 1))
PERIODS = st.sampled_from(["5 days", "5 working days", "72 working hours", "4 weeks", "monthly"])


@given(DAYS, PERIODS, st.frozensets(DAYS, max_size=12))
def test_more_closed_days_never_bring_a_date_forward(
    event: date, period: str, closures: frozenset[date]
) -> None:
    fewer = due(event, parse_period(period), COUNCIL, None).day
    more = Calendar(england_bank_holidays(), closures, date(2028, 12, 31))
    assert due(event, parse_period(period), more, None).day >= fewer


IN_TERM = st.dates(date(2026, 9, 3), date(2027, 4, 1))


@given(IN_TERM, st.integers(1, 20), st.frozensets(IN_TERM, max_size=8))
def test_more_days_without_school_never_bring_a_date_forward(
    event: date, count: int, snow: frozenset[date]
) -> None:
    snowed = SchoolCalendar(TERMS.terms, closed=TERMS.closed | snow)
    assert snowed.add(event, count) >= TERMS.add(event, count)
    assert snowed.is_school_day(snowed.add(event, count))


@given(DAYS, PERIODS)
def test_a_due_day_is_a_working_day_after_the_event(event: date, period: str) -> None:
    found = due(event, parse_period(period), COUNCIL, None).day
    assert COUNCIL.is_working_day(found)
    assert found >= event + timedelta(days=1)
