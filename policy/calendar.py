"""Working days and school days: the council's calendar, each school's own, and counting along them.

A working day is a weekday that is neither an England bank holiday nor one of the council's closure days. A
school day is one on which that school has a session, so it differs by school; a rule must say which it means. A count that
runs past the days known says so and never guesses.

Source: bank holidays from the library named in docs/decisions/0007; closures and terms from config.yaml.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache

ONE = timedelta(days=1)


class BeyondCalendar(Exception):
    """The count runs past the last day the calendar knows; the text says which calendar and until when."""


@lru_cache(maxsize=1)
def england_bank_holidays() -> frozenset[date]:
    """Return every bank holiday of England that the library's own (offline) list holds."""
    from govuk_bank_holidays.bank_holidays import BankHolidays

    book = BankHolidays(use_cached_holidays=True)
    return frozenset(h["date"] for h in book.get_holidays(division=BankHolidays.ENGLAND_AND_WALES))


@dataclass(frozen=True)
class Calendar:
    """The council's working days. `known_until` is the last day whose holidays are known."""

    bank_holidays: frozenset[date]
    closures: frozenset[date]
    known_until: date
    _index: dict[str, list[date]] = field(default_factory=dict, compare=False, repr=False)

    def is_working_day(self, day: date) -> bool:
        """Return True when the council works that day."""
        return day.weekday() < 5 and day not in self.bank_holidays and day not in self.closures

    def closed_between(self, start: date, end: date) -> tuple[date, ...]:
        """Return the weekdays after `start` and up to `end` on which the council is closed."""
        return tuple(
            d for d in _days(start + ONE, end) if d.weekday() < 5 and not self.is_working_day(d)
        )

    def forward(self, day: date) -> date:
        """Return the day itself, or the next working day. Never back."""
        while not self.is_working_day(day):
            day += ONE
        self._check(day)
        return day

    def add(self, day: date, count: int) -> date:
        """Return the working day that is `count` working days after `day`, which is day 0."""
        days = self._all(day)
        place = bisect_right(days, day) + count - 1
        if count <= 0:
            return self.forward(day)
        if place >= len(days):
            raise BeyondCalendar(f"bank holidays are known until {self.known_until:%d %B %Y} only")
        return days[place]

    def back(self, day: date, count: int) -> date:
        """Return the working day that is `count` working days before `day`."""
        while count > 0:
            day -= ONE
            count -= self.is_working_day(day)
        return day

    def _all(self, since: date) -> list[date]:
        first = min(since, date(since.year, 1, 1))
        key = first.isoformat()
        if key not in self._index:
            self._index[key] = [d for d in _days(first, self.known_until) if self.is_working_day(d)]
        return self._index[key]

    def _check(self, day: date) -> None:
        if day > self.known_until:
            raise BeyondCalendar(f"bank holidays are known until {self.known_until:%d %B %Y} only")


@dataclass(frozen=True)
class SchoolCalendar:
    """One school's days: terms (first and last day, both open) and closed days in them."""

    terms: tuple[tuple[date, date], ...]
    closed: frozenset[date] = frozenset()
    name: str = "this school"

    @cached_property
    def days(self) -> tuple[date, ...]:
        """Every school day known, in order."""
        found = {
            d
            for first, last in self.terms
            for d in _days(first, last)
            if d.weekday() < 5 and d not in self.closed
        }
        return tuple(sorted(found))

    @cached_property
    def _set(self) -> frozenset[date]:
        return frozenset(self.days)

    @property
    def known_until(self) -> date:
        """The last day known."""
        return self.days[-1] if self.days else date.min

    def is_school_day(self, day: date) -> bool:
        """Return True when the school has a session that day."""
        return day in self._set

    def add(self, day: date, count: int) -> date:
        """Return the school day that is `count` school days after `day`, which is day 0.

        Raises:
            BeyondCalendar: the terms are not known so far ahead.
        """
        place = bisect_right(self.days, day) + count - 1
        if not self.days or place >= len(self.days):
            known = f"{self.known_until:%B %Y}" if self.days else "any day"
            raise BeyondCalendar(f"no term dates after {known} for {self.name}")
        return self.days[max(place, 0)]

    def closed_between(self, start: date, end: date) -> tuple[date, ...]:
        """Return the weekdays after `start` and up to `end` without school."""
        return tuple(d for d in _days(start + ONE, end) if d.weekday() < 5 and d not in self._set)


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += ONE


def months_after(day: date, count: int) -> date:
    """Return the same day `count` months later, or the month's last day when it has none."""
    month = day.month - 1 + count
    year, month = day.year + month // 12, month % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, min(day.day, (following - ONE).day))
