"""The rules of config.yaml, and the calendars with what the site has learned of each school's days."""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from cases.config import Config
from cases.models import School
from policy.calendar import Calendar, SchoolCalendar, england_bank_holidays
from policy.codes import codes_from
from policy.deadlines import Calendars, Rule
from policy.rule_table import rule_from


def rules(config: Config) -> tuple[Rule, ...]:
    """Return the rules of the `deadlines` section, which was checked when the file was read."""
    return _rules(json.dumps(config.deadlines, default=str))


@lru_cache(maxsize=4)
def _rules(told: str) -> tuple[Rule, ...]:
    return tuple(rule_from(name, rule) for name, rule in json.loads(told).items())


def codes(config: Config, name: str, on: date | None) -> dict[str, str]:
    """Return the codes of one list that may be used on a day, with their meanings; None: of every day."""
    every = [c for c in codes_from(config.codes) if c.list == name]
    return {c.code: c.meaning for c in every if on is None or c.valid_on(on)}


def calendars(config: Config) -> Calendars:
    """Return the council's working days and every school's own school days."""
    told = config.calendar
    council = Calendar(
        bank_holidays=england_bank_holidays(),
        closures=frozenset(_day(d) for d in told.get("closures") or ()),
        known_until=bank_holidays_until(),
    )
    county = county_calendar(config)
    schools = {
        str(school.pk): SchoolCalendar(
            terms=_terms(school.terms) or county.terms,
            closed=_closed(told, own_terms=bool(school.terms))
            | frozenset(_day(d) for d in school.closed_days),
            name=school.name,
        )
        for school in School.objects.filter(agency=False)
        if school.terms or school.closed_days
    }
    return Calendars(council=council, county=county, schools=schools)


def county_calendar(config: Config) -> SchoolCalendar:
    """Return the county's default terms."""
    told = config.calendar
    return SchoolCalendar(
        terms=_terms(told.get("terms", ())),
        closed=_closed(told, own_terms=False),
        name="the county",
    )


def _closed(told: dict[str, Any], *, own_terms: bool) -> frozenset[date]:
    """Snow falls on every school; the county's training days are not those of a school with its own terms."""
    days = [*(told.get("snow_days") or ()), *(() if own_terms else told.get("training_days") or ())]
    return frozenset(_day(d) for d in days) | england_bank_holidays()


def known_until(config: Config) -> date:
    """Return the last day of the county's known terms."""
    return max((end for _, end in county_calendar(config).terms), default=date.min)


def bank_holidays_until() -> date:
    """Return the last day up to which the library knows every bank holiday: its last year's end."""
    return date(max(d.year for d in england_bank_holidays()), 12, 31)


def _terms(told: Any) -> tuple[tuple[date, date], ...]:
    return tuple(sorted((_day(a), _day(b)) for a, b in told))


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value))
