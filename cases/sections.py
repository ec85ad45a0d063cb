"""The sections of config.yaml that are the team's own tables: deadlines, letters, codes and calendar.

What they may say is the policy's to know (policy/rule_table.py, policy/codes.py); here every fault of all four is gathered,
each with its place, so that whoever edits the file sees them at once and in plain words, before anything runs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from mail import letters
from policy.codes import CodesRefused, codes_from
from policy.rule_table import RuleRefused, rule_from

MODES = ("off", "hold", "send")
SWITCHES = ("accept_ewo_replies", "bounced_to_deputy")
_DAYS = ("closures", "training_days", "snow_days")


def problems(tree: Mapping[str, Any]) -> Iterator[str]:
    """Yield every fault of the four sections, beginning with its place in the file."""
    there = letters.names()
    yield from _deadlines(tree.get("deadlines"), there)
    yield from _letters(tree.get("letters"), there)
    yield from _codes(tree.get("codes"))
    yield from _calendar(tree.get("calendar"))


def _deadlines(told: object, there: Collection[str]) -> Iterator[str]:
    if not isinstance(told, Mapping) or not told:
        yield "deadlines: is missing; without it nothing is ever due"
        return
    for name, rule in told.items():
        try:
            rule_from(str(name), rule, there)
        except RuleRefused as refused:
            dot = "." if isinstance(rule, Mapping) else ": "
            yield from (f"deadlines.{name}{dot}{problem}" for problem in refused.problems)


def _letters(told: object, there: Collection[str]) -> Iterator[str]:
    if not isinstance(told, Mapping):
        yield "letters: is missing; say at least default: hold"
        return
    for kind, value in told.items():
        if kind == "demonstration_sends":
            yield from _demonstration(value, there)
        elif kind in SWITCHES:
            if not isinstance(value, bool):
                yield f"letters.{kind}: write true or false"
        elif kind != "default" and kind not in there:
            yield f"letters.{kind}: there is no letter of that name in templates/emails"
        elif mode(value) not in MODES:
            yield f"letters.{kind}: write off, hold or send"


def _demonstration(value: object, there: Collection[str]) -> Iterator[str]:
    if not isinstance(value, list):
        yield "letters.demonstration_sends: must be a list of letters"
        return
    for kind in value:
        if kind not in there:
            yield f"letters.demonstration_sends: there is no letter called {kind}"


def mode(value: object) -> str:
    """Return the mode that a value of the `letters` section means: YAML reads a bare `off` as false."""
    return "off" if value is False else str(value)


def _codes(told: object) -> Iterator[str]:
    try:
        codes_from(told)
    except CodesRefused as refused:
        dot = "." if isinstance(told, Mapping) else ": "
        yield from (f"codes{dot}{problem}" for problem in refused.problems)


def _calendar(told: object) -> Iterator[str]:
    if not isinstance(told, Mapping):
        yield "calendar: is missing; without terms no school day can be counted"
        return
    for key in sorted(set(map(str, told)) - {"terms", *_DAYS}):
        yield f"calendar.{key}: there is no such setting"
    for key in _DAYS:
        for place, day in enumerate(_list(told.get(key)), 1):
            if _day(day) is None:
                yield f"calendar.{key}.{place}: is no date; write it like 2027-03-01"
    yield from _terms(_list(told.get("terms")))


def _terms(rows: list[Any]) -> Iterator[str]:
    if not rows:
        yield "calendar.terms: is missing; without terms no school day can be counted"
    last: date | None = None
    for place, row in enumerate(rows, 1):
        days = [_day(day) for day in _list(row)]
        if len(days) != 2 or days[0] is None or days[1] is None:
            yield f"calendar.terms.{place}: write the first and the last day, like [2027-01-06, 2027-02-12]"
            continue
        if days[1] < days[0]:
            yield f"calendar.terms.{place}: ends before it begins"
        elif last is not None and days[0] <= last:
            yield f"calendar.terms.{place}: begins before the one above it has ended"
        last = max(days[1], last or days[1])


def _list(value: object) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
