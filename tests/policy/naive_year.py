"""The year's letters worked out a second time, by hand as it were: one day after another, with a wall calendar.

Nothing of `policy/` is used but the values that the played year hands over. Bank holidays are typed from a printed list, days
are counted one by one, and the rules are read from config.yaml as they stand there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from policy.deadlines import CaseFacts, Event

FILE = yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text("utf-8"))
BANK = {
    date(2026, 8, 31), date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1), date(2027, 3, 26),
    date(2027, 3, 29), date(2027, 5, 3), date(2027, 5, 31), date(2027, 8, 30), date(2027, 12, 27),
    date(2027, 12, 28), date(2028, 1, 3),
}  # fmt: skip
ONE = timedelta(days=1)
Letter = tuple[date, str, str, str]  # the day, the case, the rule, the step


def working(day: date) -> bool:
    return day.weekday() < 5 and day not in BANK


def school(day: date) -> bool:
    return working(day) and any(a <= day <= b for a, b in FILE["calendar"]["terms"])


def walk(day: date, count: int, counts: Any) -> date | None:
    """Go on (or back) until so many days that count have passed; None where the printed calendar ends."""
    step = ONE if count >= 0 else -ONE
    left = abs(count)
    if count == 0:
        while not counts(day):
            day += ONE
    while left:
        day += step
        if day > date(2028, 1, 31):
            return None
        left -= counts(day)
    return day


def due(event: Event, period: str) -> date | None:
    if period.startswith("same day"):
        hour = int(period.split()[-1][:2])
        late = event.at is not None and event.at.hour >= hour and working(event.on)
        return walk(event.on, 1 if late else 0, working)
    if period == "weekly":
        return walk(event.on + timedelta(days=7), 0, working)
    if period == "monthly":
        return walk(_month_later(event.on), 0, working)
    count, unit = int(period.split()[0]), period.split(maxsplit=1)[1]
    if unit.startswith("working hour"):
        return walk(event.on, count // 24, working)
    if unit.startswith("working day"):
        return walk(event.on, count, working)
    if unit.startswith("school day"):
        return walk(event.on, count, school)
    days = count * (7 if unit.startswith("week") else 1)
    return walk(event.on + timedelta(days=days), 0, working)


def _month_later(day: date) -> date:
    year, month = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
    for last in range(day.day, 0, -1):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    raise AssertionError


def about(rule: Mapping[str, Any], case: CaseFacts, seen: list[Event]) -> bool:
    """Is the rule about this kind of case?"""
    kinds = {e.kind for e in seen}
    home = "ehe" in case.forms or kinds & {
        "ehe_decided", "ehe_form_received", "parental_letter_received",
    }  # fmt: skip
    conditions = {
        "home_educated": bool(home), "age_known": case.date_of_birth is not None,
        "admission_service": "of_independent_school" not in case.flags,
        "outside_system": bool(home) or "moved_abroad" in case.flags,
        "destination_not_named": not case.destination_named,
    }  # fmt: skip
    return (
        rule.get("council", False) == (case.case == "council")
        and (not rule.get("forms") or bool(set(rule["forms"]) & case.forms))
        and (not rule.get("flags") or bool(set(rule["flags"]) & case.flags))
        and all(conditions[name] for name in rule.get("when", []))
    )


def clock(
    rule: Mapping[str, Any], case: CaseFacts, seen: list[Event], today: date
) -> tuple[date, date] | None:
    """Return when the clock started and the day it is due, if it runs."""
    if "fixed" in rule:
        return _own_day(rule, case, seen, today)
    for kind in rule["starts"]:
        same = [e for e in seen if e.kind == kind]
        if same:
            # The newest; of one day the one whose hour is known, and the later.
            start = sorted(same, key=lambda e: (e.on, e.at is not None, e.at))[-1]
            break
    else:
        return None
    after = [e for e in seen if e.on >= start.on]
    if any(e.kind in rule.get("ends", []) for e in after):
        return None
    answers = [
        e for e in (seen if rule.get("earlier_answers") else after) if e.kind in rule["stops"]
    ]
    if answers and not rule.get("repeats"):
        return None
    if answers:
        last = sorted(answers, key=lambda e: e.on)[-1]
        start = last if last.on > start.on else start
    days = [due(start, rule["period"])]
    if "statutory" in rule:
        days.append(due(start, rule["statutory"]))
    known = [d for d in days if d is not None]
    return (start.on, min(known)) if len(known) == len(days) else None


def _own_day(
    rule: Mapping[str, Any], case: CaseFacts, seen: list[Event], today: date
) -> tuple[date, date] | None:
    if rule["fixed"] == "compulsory school age":
        assert case.date_of_birth
        turns = case.date_of_birth.year + 16 + (case.date_of_birth.month > 8)
        day = date(turns, 6, 30)
        while day.weekday() != 4:
            day -= ONE
    else:
        month, number = map(int, rule["fixed"].split("-"))
        day = date(today.year, month, number)
        if today < day - timedelta(days=31):
            day = date(today.year - 1, month, number)
        begun = min(e.on for e in seen if e.kind == "in_use")
        if begun > day + timedelta(days=31):
            return None
    if today < day - timedelta(days=31):
        return None
    if any(e.kind in rule["stops"] and e.on >= day - timedelta(days=31) for e in seen):
        return None
    found = walk(day, 0, working)
    assert found
    return day, found


def letters(case: CaseFacts, first: date, last: date) -> Iterator[Letter]:
    """Yield every letter that should go about a case, day by day."""
    sent: dict[tuple[str, date], list[tuple[int, date]]] = {}
    day = first - ONE
    while day < last:
        day += ONE
        if not working(day):
            continue
        seen = [e for e in case.events if e.on <= day]
        for name, rule in FILE["deadlines"].items():
            if not about(rule, case, seen):
                continue
            running = clock(rule, case, seen, day)
            if running is None:
                continue
            started, end = running
            done = sent.setdefault((name, started), [])
            number = _number(rule, started, end, done, day)
            if number is None:
                continue
            step = rule["sequence"][number]
            to_school = step["to"] in ("school", "new_school") and not rule.get("in_holidays")
            if to_school and not school(day):
                continue
            done.append((number, day))
            yield day, case.case, name, step["name"]


def _number(
    rule: Mapping[str, Any], started: date, end: date, done: list[tuple[int, date]], today: date
) -> int | None:
    """Return which step has come today, the last of those at the front that go to one person."""
    steps = rule.get("sequence", [])
    front = done[-1][0] + 1 if done else 0
    chosen = None
    for number in range(front, len(steps)):
        on = walk(end, _offset(steps[number]), working)
        if _offset(steps[number]) < 0 and on is not None:
            on = max(on, started)
        if done:
            gap = _offset(steps[number]) - _offset(steps[done[-1][0]])
            later = walk(done[-1][1], max(gap, 1), working)
            on = max(on, later) if on and later else None
        if on is None or on > today or steps[number]["to"] != steps[front]["to"]:
            break
        chosen = number
    return chosen


def _offset(step: Mapping[str, Any]) -> int:
    found = re.match(r"-?\d+", str(step["when"]))
    assert found
    return int(found[0])
