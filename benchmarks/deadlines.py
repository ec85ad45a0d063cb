"""How long a sweep over all open cases takes, from 1,000 to 100,000, beside counting day by day.

python -m benchmarks.deadlines
"""

from __future__ import annotations

import resource
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import yaml

from policy import deadlines as engine
from policy.calendar import Calendar, SchoolCalendar, england_bank_holidays
from policy.deadlines import Calendars, CaseFacts, Event, deadlines
from policy.periods import due
from policy.rule_table import rule_from

TODAY = date(2026, 11, 25)
CONFIG = Path(__file__).resolve().parent.parent / "config.yaml"
WANTED = 13


class DayByDay(Calendar):
    """The same answers by asking each day in turn."""

    def add(self, day: date, count: int) -> date:
        """Return the day `count` working days on."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        return day


class SchoolDayByDay(SchoolCalendar):
    """School days by asking each term for each day."""

    def add(self, day: date, count: int) -> date:
        """Return the day `count` school days on."""
        while count > 0:
            day += timedelta(days=1)
            open_day = any(a <= day <= b for a, b in self.terms)
            count -= open_day and day.weekday() < 5 and day not in self.closed
        return day


def case(number: int) -> CaseFacts:
    """Return an invented open case, referred on one of sixty days."""
    on = date(2026, 9, 3) + timedelta(days=number % 60)
    kinds = (
        "last_attended",
        "referral_received",
        "ewo_assigned",
        "place_offered",
        "left_county_suspected",
    )
    return CaseFacts(
        f"CME-{number}", "open", None, frozenset({"cme"}), frozenset({"child_protection_plan"}),
        tuple(Event(k, on) for k in kinds), None, None, None, False, {},
    )  # fmt: skip


def main() -> int:
    """Print one line a size."""
    told = yaml.safe_load(CONFIG.read_text("utf-8"))
    rules = [rule_from(n, t) for n, t in told["deadlines"].items()]
    rules = [r for r in rules if r.starts and not r.council][:WANTED]
    holidays = england_bank_holidays()
    terms = tuple((a, b) for a, b in told["calendar"]["terms"])
    indexed = Calendars(
        Calendar(holidays, frozenset(), date(2028, 12, 31)),
        SchoolCalendar(terms, closed=holidays),
        {},
    )
    naive = Calendars(
        DayByDay(holidays, frozenset(), date(2028, 12, 31)),
        SchoolDayByDay(terms, closed=holidays),
        {},
    )
    counted = engine._counted
    for count, calendars, name in (
        (1_000, indexed, "indexed"), (1_000, naive, "day by day"), (10_000, indexed, "indexed"),
        (100_000, indexed, "indexed"),
    ):  # fmt: skip
        # Naive also means: every case counts for itself.
        engine._counted = due if calendars is naive else counted  # type: ignore[assignment]
        began, worked = time.perf_counter(), time.process_time()
        found = sum(len(deadlines(case(n), rules, calendars, TODAY)) for n in range(count))
        took, worked = time.perf_counter() - began, time.process_time() - worked
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{count:>7} cases x {len(rules)} rules, {name:<10}: {found} open, {took:.2f} s, of which {worked:.2f} s of one core, peak {peak} MB",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
