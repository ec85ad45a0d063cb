"""A school year of invented cases, played day by day: what goes out when, for reading through before anything is real.

Nothing here is a simulation of families: answers come when a seeded chance says so, or never, so that every sequence is seen
both answered early and left to escalate. The rules and calendars are the council's own, so a wrong setting shows as a wrong row.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from policy.chasing import Chase, Sent, chases
from policy.deadlines import Calendars, CaseFacts, Event, Rule, deadlines

HOURS = (time(8, 30), time(17, 0))
NOON = time(12)


@dataclass(frozen=True, slots=True)
class Story:
    """What an invented case begins with; the days are counted from its own first day."""

    form: str
    kinds: tuple[str, ...]
    flags: frozenset[str] = frozenset()
    born: date | None = None


STORIES = (
    Story("cme", ("last_attended", "referral_received", "ewo_assigned")),
    Story("cme", ("last_attended", "referral_received", "ewo_assigned", "home_visit_failed")),
    Story("ewo_notification", ("referral_received", "ewo_notification_form_received"),
          frozenset({"child_protection_plan"})),
    Story("removal", ("off_roll", "referral_received")),
    Story("ehe", ("off_roll", "ehe_form_received", "referral_received"), frozenset({"ehcp"})),
    Story("admission", ("admitted",)),
    Story("cme", ("referral_received", "placed")),
    Story("cme", ("referral_received", "place_offered"), born=date(2011, 3, 9)),
    Story("removal", ("ehe_decided", "referral_received")),
    Story("removal", ("off_roll", "referral_received"), frozenset({"moved_abroad"})),
    Story("cme", ("last_attended", "referral_received", "found", "placed")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One letter of the year, and the day on which its question was settled (None: never in the year)."""

    on: date
    case: str
    rule: str
    step: str
    letter: str
    to: str
    due: date
    answered: date | None = None


@dataclass(frozen=True, slots=True)
class Year:
    """The year as it was played."""

    first: date
    last: date
    rows: tuple[Row, ...]
    cases: tuple[CaseFacts, ...]  # as they stood at its end, with every event of the year
    calendars: Calendars


def play(
    rules: Iterable[Rule],
    calendars: Calendars,
    first: date = date(2026, 9, 1),
    last: date = date(2027, 7, 30),
    count: int = 24,
    seed: int = 7,
) -> Year:
    """Return a played year: `count` invented cases and the council's own tasks. The same seed, the same year."""
    table = {r.name: r for r in rules}
    chance = random.Random(seed)
    days = [d for d in _span(first, last) if calendars.council.is_working_day(d)]
    council = CaseFacts(
        "council", "open", None, frozenset(), frozenset(), (Event("in_use", days[0]),), None, None,
        None, False,
    )  # fmt: skip
    invented = [_invented(number, days, chance, calendars) for number in range(count)]
    rows: list[Row] = []
    cases: list[CaseFacts] = []
    for facts in (*invented, council):
        letters, ended = _one(facts, table, calendars, days, chance)
        rows += letters
        cases.append(ended)
    rows.sort(key=lambda r: (r.on, r.case, r.rule))
    return Year(first, last, tuple(rows), tuple(cases), calendars)


def _span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _invented(
    number: int, days: Sequence[date], chance: random.Random, calendars: Calendars
) -> CaseFacts:
    story = STORIES[number % len(STORIES)]
    begin = days[chance.randrange(len(days) * 3 // 4)]
    events = []
    for kind in story.kinds:
        events.append(Event(kind, begin, datetime.combine(begin, time(chance.randint(9, 16)))))
        begin = calendars.council.add(begin, chance.randint(1, 3))
    return CaseFacts(
        f"CME-{days[0].year}-{number + 1:04}", "open", None, frozenset({story.form}), story.flags,
        tuple(events), story.born, None, None, False,
    )  # fmt: skip


def _one(
    facts: CaseFacts,
    table: dict[str, Rule],
    calendars: Calendars,
    days: Sequence[date],
    chance: random.Random,
) -> tuple[list[Row], CaseFacts]:
    """Play one case from its first event to the year's end; return its letters, and the case as it then stood."""
    rows: list[Row] = []
    sent: set[Sent] = set()
    asked: set[tuple[str, date]] = set()
    story = list(facts.events)
    for day in days:
        facts = replace(facts, events=tuple(e for e in story if e.on <= day))
        now = datetime.combine(day, NOON)
        open_now = deadlines(facts, table.values(), calendars, day)
        for step in chases(facts, open_now, frozenset(sent), table, calendars, now, HOURS):
            if not isinstance(step, Chase):
                continue
            sent.add(Sent(step.rule, step.step, step.started, day))
            rows.append(Row(day, facts.case, step.rule, step.step, step.letter, step.to, step.due))
            after = chance.choice((1, 2, 4, 9, None))
            if after is not None and (step.rule, step.started) not in asked:
                asked.add((step.rule, step.started))
                on = calendars.council.add(day, after)
                story.append(Event(table[step.rule].stops[0], on))
    ended = replace(facts, events=tuple(e for e in story if e.on <= days[-1]))
    return [replace(r, answered=_answered(r, table[r.rule], ended)) for r in rows], ended


def _answered(row: Row, rule: Rule, facts: CaseFacts) -> date | None:
    """Return the day on which a letter's question was settled, by its answer or otherwise."""
    settles = {*rule.stops, *rule.ends}
    return min((e.on for e in facts.events if e.kind in settles and e.on > row.on), default=None)
