"""Periods that say what they count: "5 school days", "72 working hours", "same day before 15:00".

Round Christmas and Easter the readings of a plain "5 days" lie up to 18 days apart, so the unit is part of every rule,
letter and report. The event's day is day 0 whatever its hour. A day that falls on a closed day rolls forward, never back.

Source: policy 9.6, 10.1, 11.4, 12.1, 15.2, 16.2; docs/sources.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from policy.calendar import BeyondCalendar, Calendar, SchoolCalendar, months_after

Unit = Literal["days", "working days", "school days", "weeks", "months", "same day"]
_SHAPE = re.compile(r"(\d+) (days?|working days?|school days?|weeks?|months?|working hours?)")
HOURS_A_DAY = 24  # "72 working hours" is read as 72 / 24 = 3 working days (docs/sources.md, A5)


@dataclass(frozen=True, slots=True)
class Period:
    """So many of a unit; `before` is the hour by which a "same day" is still the same day."""

    count: int
    unit: Unit
    before: time | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """The day by which, and the working in words."""

    day: date
    because: str


def parse_period(text: str, hours_a_day: int = HOURS_A_DAY) -> Period:
    """Return the period that the words mean.

    Raises:
        ValueError: the words name no unit that is known.
    """
    told = " ".join(str(text).lower().split())
    if found := re.fullmatch(r"same day(?: before (\d\d):(\d\d))?", told):
        before = time(int(found[1]), int(found[2])) if found[1] else None
        return Period(0, "same day", before, told)
    if told in ("monthly", "every month"):
        return Period(1, "months", None, "1 month")
    if told in ("weekly", "every week"):
        return Period(1, "weeks", None, "1 week")
    found = _SHAPE.fullmatch(told)
    if not found:
        raise ValueError(f'"{text}" is no period: write "5 school days", "4 weeks" or "monthly"')
    count, unit = int(found[1]), found[2].rstrip("s")
    if unit == "working hour":
        return Period(-(-count // hours_a_day), "working days", None, told)
    return Period(count, f"{unit}s", None, told)  # type: ignore[arg-type]


def due(
    event: date | datetime, period: Period, calendar: Calendar, school: SchoolCalendar | None
) -> Due:
    """Return the day by which something must be done, counting from `event`, and why that day.

    A school's days are counted by its own calendar; without one that is an error, not a guess.

    Raises:
        BeyondCalendar: the count runs past the last day the calendar knows.

    Source: policy 10.1, 12.1, 15.2 (docs/sources.md).
    """
    start = event.date() if isinstance(event, datetime) else event
    match period.unit:
        case "same day":
            return _same_day(event, start, period, calendar)
        case "working days":
            day = calendar.add(start, period.count)
            return Due(day, _said(period, start, calendar.closed_between(start, day)))
        case "school days":
            if school is None:
                raise BeyondCalendar("no school calendar to count school days by")
            day = school.add(start, period.count)
            return Due(day, _said(period, start, school.closed_between(start, day)))
        case "months":
            return _rolled(months_after(start, period.count), period, start, calendar)
        case unit:
            step = timedelta(weeks=1) if unit == "weeks" else timedelta(days=1)
            return _rolled(start + step * period.count, period, start, calendar)


def _same_day(event: date | datetime, start: date, period: Period, calendar: Calendar) -> Due:
    late = (
        period.before is not None
        and isinstance(event, datetime)
        and event.time() >= period.before
        and calendar.is_working_day(start)
    )
    if late:
        assert period.before is not None
        day = calendar.add(start, 1)
        return Due(
            day, f"the next working day, as it came on {_day(start)} after {period.before:%H:%M}"
        )
    day = calendar.forward(start)
    if day == start:
        return Due(day, f"the same day, {_day(start)}")
    return Due(day, f"the first working day after {_day(start)}")


def _rolled(day: date, period: Period, start: date, calendar: Calendar) -> Due:
    """A plain day that falls on a closed day rolls forward to the next working day."""
    forward = calendar.forward(day)
    told = f"{period.words} after {_day(start)}"
    if forward != day:
        told += f", moved on from {_day(day)}, when the council is closed"
    return Due(forward, told)


def _said(period: Period, start: date, closed: Iterable[date]) -> str:
    told = f"{period.words} after {_day(start)}"
    left_out = list(closed)
    if not left_out:
        return told
    if len(left_out) > 6:
        return f"{told}, not counting {len(left_out)} closed weekdays from {_day(left_out[0])} to {_day(left_out[-1])}"
    return f"{told}, not counting {_list(left_out)}"


def _list(days: list[date]) -> str:
    """25 and 28 Dec; 31 Dec and 1 Jan."""
    shown = [
        f"{d.day}" if i + 1 < len(days) and days[i + 1].month == d.month else f"{d:%-d %b}"
        for i, d in enumerate(days)
    ]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _day(day: date) -> str:
    return f"{day:%-d %b %Y}"
