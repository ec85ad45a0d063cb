"""The shipped rules and calendars, and cases made for a test."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import yaml

from policy.calendar import Calendar, SchoolCalendar, england_bank_holidays
from policy.deadlines import Calendars, CaseFacts, Event
from policy.rule_table import rule_from

SHIPPED: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "config.yaml").read_text("utf-8")
)
RULES = {name: rule_from(name, told) for name, told in SHIPPED["deadlines"].items()}
HOLIDAYS = england_bank_holidays()
COUNTY = SchoolCalendar(
    tuple((a, b) for a, b in SHIPPED["calendar"]["terms"]), closed=HOLIDAYS, name="the county"
)
CALENDARS = Calendars(Calendar(HOLIDAYS, frozenset(), date(2028, 12, 31)), COUNTY, {})
HOURS = (time(8, 30), time(17, 0))


def day(text: str) -> date:
    """Return "Thu 2026-10-22" as a date, and fail when the weekday is wrong."""
    told = datetime.strptime(text[4:], "%Y-%m-%d").date()
    assert told.strftime("%a") == text[:3], f"{text}: that is a {told:%A}"
    return told


def event(kind: str, on: date, hour: int | None = None) -> Event:
    """Return an event, with its hour where that matters."""
    return Event(kind, on, None if hour is None else datetime.combine(on, time(hour)))


def case(*events: Event, form: str = "cme", **more: Any) -> CaseFacts:
    """Return the facts of one case."""
    told: dict[str, Any] = {
        "case": "CME-2026-0001", "status": "open", "outcome": None, "forms": frozenset({form}),
        "flags": frozenset(), "events": tuple(events), "date_of_birth": None, "school": None,
        "ewo": None, "destination_named": False, "snoozed": {},
    }  # fmt: skip
    return CaseFacts(**{**told, **more})
