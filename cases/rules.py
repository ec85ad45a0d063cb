"""The rules of config.yaml, and the calendars with what the site has learned of each school's days."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from cases.config import Config, ConfigError
from cases.models import School
from policy.calendar import Calendar, SchoolCalendar, england_bank_holidays
from policy.deadlines import Calendars, Rule, rule_from


def rules(config: Config) -> tuple[Rule, ...]:
    """Return the rules of the `deadlines` section.

    Raises:
        ConfigError: with every rule that cannot be used and why.
    """
    return _rules(config.file, _frozen(config.deadlines))


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple((k, _frozen(v)) for k, v in value.items())
    return tuple(_frozen(v) for v in value) if isinstance(value, list) else value


def _thawed(value: Any) -> Any:
    if isinstance(value, tuple) and all(isinstance(v, tuple) and len(v) == 2 for v in value):
        return {k: _thawed(v) for k, v in value}
    return [_thawed(v) for v in value] if isinstance(value, tuple) else value


@lru_cache(maxsize=4)
def _rules(file: str, frozen: Any) -> tuple[Rule, ...]:
    from pathlib import Path

    from cases.config import load

    made, problems = [], []
    for name, told in load(Path(file)).deadlines.items():
        try:
            made.append(rule_from(name, told))
        except (ValueError, KeyError, TypeError) as error:
            problems.append(f"deadlines.{name}: {error}")
    if problems:
        raise ConfigError(Path(file), problems)
    return tuple(made)


def calendars(config: Config) -> Calendars:
    """Return the council's working days and every school's own school days."""
    told = config.calendar
    council = Calendar(
        bank_holidays=england_bank_holidays(),
        closures=frozenset(_day(d) for d in told.get("closures", ())),
        known_until=bank_holidays_until(),
    )
    county = county_calendar(config)
    schools = {
        str(school.pk): SchoolCalendar(
            terms=_terms(school.terms) or county.terms,
            closed=county.closed | frozenset(_day(d) for d in school.closed_days),
            opened=county.opened,
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
        closed=frozenset(
            _day(d) for d in (*told.get("training_days", ()), *told.get("snow_days", ()))
        )
        | england_bank_holidays(),
        opened=frozenset(),
        name="the county",
    )


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
