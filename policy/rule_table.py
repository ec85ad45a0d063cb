"""One line of config.yaml's `deadlines` made into a rule, and everything that is wrong with the line.

All faults of a line are told at once, each with its field, in words for whoever edits the file. A text where a list belongs
("starts: off_roll") is a fault and not eight letters; so is "yes" in quotation marks, and a sequence whose steps do not
follow each other in time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date

from policy.deadlines import EVENTS, FLAGS, FORMS, ROLES, SCHOOL_AGE, WHEN, Rule, Step
from policy.periods import Period, parse_period

_TEXTS = ("what", "line", "who", "policy", "period", "statutory", "fixed")
_LISTS: Mapping[str, Collection[str]] = {
    "starts": EVENTS, "stops": EVENTS, "ends": EVENTS, "forms": FORMS, "flags": FLAGS, "when": WHEN,
}  # fmt: skip
_SWITCHES = ("repeats", "earlier_answers", "after_closing", "in_holidays", "council")
_STEP = ("name", "when", "letter", "to")
Say = Callable[[str], None]


class RuleRefused(ValueError):
    """A rule that cannot be used; `problems` has a line for each fault, beginning with its field."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


def rule_from(name: str, told: object, letters: Collection[str] | None = None) -> Rule:
    """Return the rule that a mapping of config.yaml describes; `letters` are the letters that there are.

    Raises:
        RuleRefused: with every field that cannot be used and why.
    """
    if not isinstance(told, Mapping):
        raise RuleRefused(["must be a list of settings, like what, who and period"])
    problems: list[str] = []

    def say(problem: str) -> None:
        # What is written wrongly is not said to be missing as well.
        field, _, why = problem.partition(": ")
        if not (why.startswith("is missing") and any(p.startswith(f"{field}: ") for p in problems)):
            problems.append(problem)

    for key in sorted(set(map(str, told)) - {*_TEXTS, *_LISTS, *_SWITCHES, "sequence"}):
        say(f"{key}: there is no such setting")
    texts = {key: _text(key, told.get(key), say) for key in _TEXTS}
    lists = {key: _words(key, told.get(key), known, say) for key, known in _LISTS.items()}
    switches = {key: _switch(key, told.get(key), say) for key in _SWITCHES}
    for need in ("what", "who", "policy"):
        if not texts[need]:
            say(f"{need}: is missing")
    if not lists["stops"]:
        say("stops: is missing")
    if texts["who"] and texts["who"] not in ROLES:
        say(f"who: {texts['who']} is not known; the roles are {', '.join(ROLES)}")
    _clock(texts, lists, switches, say)
    steps = _sequence(told.get("sequence"), letters, say)
    period = _period("period", texts["period"] or "0 days", say)
    statutory = _period("statutory", texts["statutory"], say) if texts["statutory"] else None
    if problems or period is None:
        raise RuleRefused(problems)
    return Rule(
        name=name, what=texts["what"], line=texts["line"] or texts["what"], who=texts["who"], policy=texts["policy"], period=period,
        statutory=statutory, fixed=texts["fixed"], starts=lists["starts"], stops=lists["stops"],
        ends=frozenset(lists["ends"]), forms=frozenset(lists["forms"]), flags=frozenset(lists["flags"]),
        when=frozenset(lists["when"]), sequence=steps, **switches,
    )  # fmt: skip


def _text(key: str, value: object, say: Say) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping | list | bool):
        say(f"{key}: must be words")
        return ""
    return str(value).strip()


def _words(key: str, value: object, known: Collection[str], say: Say) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        say(f"{key}: must be a list, like [{value}]")
        return ()
    for word in value:
        if word not in known:
            say(f"{key}: {word} is not known")
    return tuple(map(str, value))


def _switch(key: str, value: object, say: Say) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    say(f"{key}: write true or false")
    return False


def _clock(
    texts: Mapping[str, str],
    lists: Mapping[str, tuple[str, ...]],
    switches: Mapping[str, bool],
    say: Say,
) -> None:
    """A rule either counts a period from an event or has a day of its own, and never both."""
    fixed = texts["fixed"]
    if not fixed:
        if not texts["period"]:
            say("period: is missing")
        if not lists["starts"]:
            say("starts: is missing; the clock needs an event to run from")
        return
    if texts["period"] or lists["starts"] or switches["repeats"]:
        say("fixed: a rule with a day of its own has no period, starts or repeats")
    if fixed != SCHOOL_AGE and not _month_and_day(fixed):
        say(f'fixed: write a day of the year like "09-01", or {SCHOOL_AGE}')


def _month_and_day(text: str) -> bool:
    found = re.fullmatch(r"(\d\d)-(\d\d)", text)
    try:
        # Not 29 February: three years in four have none.
        return bool(found) and bool(date(2027, int(text[:2]), int(text[3:])))
    except ValueError:
        return False


def _period(key: str, text: str, say: Say) -> Period | None:
    try:
        return parse_period(text)
    except ValueError as error:
        say(f"{key}: {error}")
        return None


def _sequence(told: object, letters: Collection[str] | None, say: Say) -> tuple[Step, ...]:
    if told is None:
        return ()
    if not isinstance(told, list):
        say("sequence: must be a list of steps")
        return ()
    steps: list[Step] = []
    for number, row in enumerate(told, 1):
        step = _step(f"sequence {number}", row, letters, say)
        if step is None:
            continue
        if any(s.name == step.name for s in steps):
            say(f"sequence {number}.name: there is a step {step.name} above it")
        if steps and step.offset < steps[-1].offset:
            say(f"sequence {number}.when: comes before the step above it")
        steps.append(step)
    return tuple(steps)


def _step(place: str, told: object, letters: Collection[str] | None, say: Say) -> Step | None:
    if not isinstance(told, Mapping):
        say(f"{place}: must have {', '.join(_STEP)}")
        return None
    for key in sorted(set(map(str, told)) - set(_STEP)):
        say(f"{place}.{key}: there is no such setting")
    if missing := [key for key in _STEP if told.get(key) in (None, "")]:
        say(f"{place}.{missing[0]}: is missing")
        return None
    name, when, letter, to = (str(told[key]).strip() for key in _STEP)
    if to not in ROLES:
        say(f"{place}.to: {to} is not known; the roles are {', '.join(ROLES)}")
    if letters is not None and letter not in letters:
        say(f"{place}.letter: there is no letter called {letter} in templates/emails")
    return Step(name, _offset(place, when, say), letter, to)


def _offset(place: str, when: str, say: Say) -> int:
    found = re.fullmatch(r"([+-]?\d{1,3})(?: working days?)?", when)
    if not found or ("day" not in when and int(found[1])):
        say(
            f'{place}.when: steps count working days; write "-2 working days", "0" or "1 working day"'
        )
        return 0
    return int(found[1])
