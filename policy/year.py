"""A school year of invented cases, played day by day: what goes out when, for reading through before anything is real.

Nothing here is a simulation of families: answers come when a seeded chance says so, so that every sequence is seen both answered
early and left to escalate. The rules and calendars are the council's own, so a wrong setting shows as a wrong row.
"""

from __future__ import annotations

import random
from calendar import monthcalendar
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from policy.chasing import SCHOOLS, Chase, Sent, chases
from policy.deadlines import Calendars, CaseFacts, Event, Rule, deadlines

HOURS = (time(8, 30), time(17, 0))
NOON = time(12)
# What each invented case begins with; the days are counted from its own first day.
STORIES: tuple[tuple[str, tuple[str, ...], frozenset[str]], ...] = (
    ("cme", ("last_attended", "referral_received", "ewo_assigned"), frozenset()),
    ("cme", ("last_attended", "referral_received", "ewo_assigned", "home_visit_failed"), frozenset()),
    ("ewo_notification", ("referral_received", "ewo_notification_form_received"),
     frozenset({"child_protection_plan"})),
    ("removal", ("off_roll", "referral_received"), frozenset()),
    ("ehe", ("off_roll", "ehe_decided", "referral_received"), frozenset()),
    ("admission", ("admitted",), frozenset()),
    ("cme", ("referral_received", "placed"), frozenset()),
    ("cme", ("referral_received", "place_offered"), frozenset()),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One letter of the year, and the day its answer came (None: never in the year)."""

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
    rows: list[Row] = []
    for number in range(count):
        rows += _one(_invented(number, days, chance, calendars), table, calendars, days, chance)
    council = _facts("council", "", (Event("s2s_read", days[0]),), frozenset())
    rows += _one(council, table, calendars, days, chance)
    return Year(first, last, tuple(sorted(rows, key=lambda r: (r.on, r.case, r.rule))), calendars)


def _span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _facts(case: str, form: str, events: tuple[Event, ...], flags: frozenset[str]) -> CaseFacts:
    return CaseFacts(
        case, "open", None, frozenset({form} - {""}), flags, events, None, None, None, False, {}
    )


def _invented(
    number: int, days: Sequence[date], chance: random.Random, calendars: Calendars
) -> CaseFacts:
    form, kinds, flags = STORIES[number % len(STORIES)]
    begin = days[chance.randrange(len(days) * 3 // 4)]
    events = []
    for kind in kinds:
        events.append(Event(kind, begin, datetime.combine(begin, time(chance.randint(9, 16)))))
        begin = calendars.council.add(begin, chance.randint(1, 3))
    return _facts(f"CME-{days[0].year}-{number + 1:04}", form, tuple(events), flags)


def _one(
    facts: CaseFacts,
    table: dict[str, Rule],
    calendars: Calendars,
    days: Sequence[date],
    chance: random.Random,
) -> list[Row]:
    """Play one case from its first event to the year's end."""
    rows: list[Row] = []
    sent: set[Sent] = set()
    coming: dict[str, tuple[date, str]] = {}
    story, facts = facts.events, replace(facts, events=())
    for day in days:
        told = tuple(e for e in story if e.on <= day)
        for rule, (on, kind) in list(coming.items()):
            if on <= day:
                story += (Event(kind, day),)
                told += (Event(kind, day),)
                rows = [
                    replace(r, answered=r.answered or day) if r.rule == rule else r for r in rows
                ]
                del coming[rule]
        facts = replace(facts, events=told)
        now = datetime.combine(day, NOON)
        open_now = deadlines(facts, table.values(), calendars, day)
        for step in chases(facts, open_now, frozenset(sent), table, calendars, now, HOURS):
            if not isinstance(step, Chase):
                continue
            sent.add(Sent(step.rule, step.step, step.started, day))
            rows.append(Row(day, facts.case, step.rule, step.step, step.letter, step.to, step.due))
            answer = _answer(table[step.rule])
            if step.rule not in coming and answer:
                on = calendars.council.add(day, chance.choice((1, 2, 4, 9)))
                coming[step.rule] = (on, answer)
    return rows


def _answer(rule: Rule) -> str | None:
    return rule.stops[0] if rule.stops and rule.stops[0] != "closed" else None


def faults(year: Year) -> tuple[str, ...]:
    """Return what must never be seen in a year: a letter on a closed day, after its answer, or sent twice."""
    found = []
    council, county = year.calendars.council, year.calendars.county
    for r in year.rows:
        if not council.is_working_day(r.on):
            found.append(f"{r.on} {r.case} {r.rule}: the council is closed")
        if r.to in SCHOOLS and not county.is_school_day(r.on):
            found.append(f"{r.on} {r.case} {r.rule}: the school is closed")
        if r.answered is not None and r.on >= r.answered:
            found.append(f"{r.on} {r.case} {r.rule}: answered on {r.answered}")
    twice = Counter((r.case, r.rule, r.step, r.due) for r in year.rows)
    found += [f"{key}: sent {n} times" for key, n in twice.items() if n > 1]
    return tuple(found)


def as_table(year: Year) -> str:
    """Return the year as lines of text: day, case, letter, to whom, due, answered."""
    lines = [
        f"{'Sent':<15} {'Case':<14} {'Rule':<26} {'Step':<9} {'Letter':<17} {'To':<24} {'Due':<10} Answered"
    ]
    lines += [
        f"{r.on:%a %d %b %Y} {r.case:<14} {r.rule:<26} {r.step:<9} {r.letter:<17} {r.to:<24} "
        f"{r.due:%d %b %y}  {f'{r.answered:%d %b %y}' if r.answered else '-'}"
        for r in year.rows
    ]  # fmt: skip
    return "\n".join([*lines, "", f"{len(year.rows)} letters."])


def _months(year: Year) -> list[tuple[int, int]]:
    return sorted({(d.year, d.month) for d in _span(year.first, year.last)})


def as_calendar(year: Year) -> str:
    """Return the year as a wall calendar: letters a day, "." none, "-" council closed, "s" school closed."""
    count = Counter(r.on for r in year.rows)
    lines = ['A number: letters that day.  "." none  "s" schools closed  "-" council closed']
    for y, m in _months(year):
        lines += ["", f"{date(y, m, 1):%B %Y}", "Mon Tue Wed Thu Fri Sat Sun"]
        for week in monthcalendar(y, m):
            cells = ["" if n == 0 else _cell(date(y, m, n), count, year.calendars) for n in week]
            lines.append(" ".join(f"{c:>3}" for c in cells).rstrip())
    return "\n".join(lines)


def _cell(day: date, count: Counter[date], calendars: Calendars) -> str:
    if count[day]:
        return str(count[day])
    if not calendars.council.is_working_day(day):
        return "-"
    return "." if calendars.county.is_school_day(day) else "s"


def as_svg(year: Year) -> str:
    """Return the wall calendar as a picture: the darker, the more letters; grey is closed."""
    count, cell = Counter(r.on for r in year.rows), 22
    months = _months(year)
    parts = []
    for place, (y, m) in enumerate(months):
        left, top = 10 + (place % 4) * 8 * cell, 10 + (place // 4) * 9 * cell
        parts.append(f'<text x="{left}" y="{top + 12}">{date(y, m, 1):%B %Y}</text>')
        for w, week in enumerate(monthcalendar(y, m)):
            for d, n in enumerate(week):
                if n:
                    parts.append(
                        _square(date(y, m, n), left + d * cell, top + 20 + w * cell, count, year)
                    )
    width, height = 10 + 32 * cell, 10 + -(-len(months) // 4) * 9 * cell
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="Arial" '
        f'font-size="11" role="img" aria-label="Letters by day">{"".join(parts)}</svg>\n'
    )


def _square(day: date, x: int, y: int, count: Counter[date], year: Year) -> str:
    told = _cell(day, count, year.calendars)
    colour = {"-": "#bbb", "s": "#ddd", ".": "#fff"}.get(told, "#9cc3e6")
    label = f'<text x="{x + 3}" y="{y + 14}">{told}</text>' if told.isdigit() else ""
    return f'<rect x="{x}" y="{y}" width="20" height="20" fill="{colour}" stroke="#999"/>{label}'
