"""Chasing: which step of a rule's sequence is due now, to whom, or why it waits.

Letters go in working hours on working days only, and to schools on their school days unless the rule says otherwise; the
clock itself runs on. At most the latest step that is due is sent: after a week away nobody gets three letters at once.
An answer stops the chase because the deadline is then no longer open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from policy.calendar import Calendar, SchoolCalendar
from policy.deadlines import Calendars, CaseFacts, Deadline, Rule, Step

SCHOOLS = ("school", "new_school")


@dataclass(frozen=True, slots=True)
class Sent:
    """A step that was taken for a clock that started on `started`."""

    rule: str
    step: str
    started: date
    on: date


@dataclass(frozen=True, slots=True)
class Chase:
    """A letter to write now. `to` is a role; the record knows the address."""

    case: str
    rule: str
    step: str
    letter: str
    to: str
    on: date
    due: date
    because: str
    what: str
    started: date


@dataclass(frozen=True, slots=True)
class Wait:
    """A step that is due and waits; `until` is None when nobody can say."""

    case: str
    rule: str
    step: str
    why: str
    until: date | None


def chases(
    facts: CaseFacts,
    open_deadlines: Iterable[Deadline],
    sent: frozenset[Sent],
    rules: Mapping[str, Rule],
    calendars: Calendars,
    now: datetime,
    working_hours: tuple[time, time],
) -> tuple[Chase | Wait, ...]:
    """Return what to write now on one case; nothing outside working hours. `now` is UK time."""
    today = now.date()
    if not calendars.council.is_working_day(today):
        return ()
    if not working_hours[0] <= now.time() <= working_hours[1]:
        return ()
    found: list[Chase | Wait] = []
    for deadline in open_deadlines:
        rule = rules[deadline.rule]
        if deadline.due is None:
            continue
        step = _due_step(deadline, rule, sent, calendars, today)
        if step is None:
            continue
        found.append(_take(facts, deadline, rule, step, calendars, today))
    return tuple(found)


def _take(
    facts: CaseFacts, deadline: Deadline, rule: Rule, step: Step, calendars: Calendars, today: date
) -> Chase | Wait:
    until = facts.snoozed.get(rule.name)
    if until is not None and today < until:
        return Wait(facts.case, rule.name, step.name, "snoozed by the officer", until)
    if step.to in SCHOOLS and not rule.in_holidays:
        school = calendars.of(facts.school)
        if not school.is_school_day(today):
            return Wait(
                facts.case, rule.name, step.name, "the school is closed", _opens(school, today)
            )
    assert deadline.due is not None
    return Chase(
        facts.case, rule.name, step.name, step.letter, step.to, today, deadline.due,
        deadline.because, deadline.what, deadline.started,
    )  # fmt: skip


def _opens(school: SchoolCalendar, today: date) -> date | None:
    return next((d for d in school.days if d > today), None)


def _due_step(
    deadline: Deadline, rule: Rule, sent: frozenset[Sent], calendars: Calendars, today: date
) -> Step | None:
    """Return the latest step whose day has come, unless it or a later one was taken already."""
    taken = {s.step: s.on for s in sent if (s.rule, s.started) == (rule.name, deadline.started)}
    if any(on >= today for on in taken.values()):
        return None
    come = [s for s in rule.sequence if step_day(s, deadline, calendars.council) <= today]
    if not taken:
        # Nobody is told of before whoever owes it has been asked.
        come = [s for s in come if s.to == rule.sequence[0].to]
    if not come:
        return None
    latest = come[-1]
    place = rule.sequence.index(latest)
    if any(s.name in taken for s in rule.sequence[place:]):
        return None
    return latest


def step_day(step: Step, deadline: Deadline, council: Calendar) -> date:
    """Return the day from which a step may be taken."""
    assert deadline.due is not None
    if step.offset == 0:
        return council.forward(deadline.due)
    if step.offset < 0:
        return max(council.back(deadline.due, -step.offset), deadline.started)
    return council.add(deadline.due, step.offset)


def next_letter(
    deadline: Deadline,
    rule: Rule,
    sent: frozenset[Sent],
    calendars: Calendars,
    today: date,
) -> tuple[str, date] | None:
    """Return the next letter of a rule's sequence and the day it may go, or None when all are gone."""
    if deadline.due is None:
        return None
    taken = {s.step for s in sent if (s.rule, s.started) == (rule.name, deadline.started)}
    done = [i for i, s in enumerate(rule.sequence) if s.name in taken]
    left = rule.sequence[(max(done) + 1 if done else 0) :]
    coming = [(s, step_day(s, deadline, calendars.council)) for s in left]
    passed = [pair for pair in coming if pair[1] <= today]
    if not done:
        passed = [pair for pair in passed if pair[0].to == rule.sequence[0].to]
    if passed:
        return passed[-1][0].letter, calendars.council.forward(today)
    return (coming[0][0].letter, coming[0][1]) if coming else None


def look_before_sending(
    facts: CaseFacts,
    chase: Chase,
    *,
    unfiled: bool = False,
    bounces: bool = False,
    by_hand_lately: bool = False,
) -> Chase | Wait:
    """Return the chase, or why it must wait: an answer may lie unread, or the letter would not arrive.

    Args:
        facts: the case as it stands now, which may be later than when the chase was found.
        chase: the letter that is about to be written.
        unfiled: there is mail from that school or EWO that nobody has filed yet.
        bounces: the address is known to send letters back.
        by_hand_lately: somebody wrote about this by hand within the last days.
    """
    after_closing = chase.rule.startswith("follow_up")
    why = ""
    if facts.status == "closed" and not after_closing:
        why = "the case is closed"
    elif "protected" in facts.flags:
        why = "the case is protected; the officer writes"
    elif unfiled:
        why = "there is mail from them that is not filed yet"
    elif by_hand_lately:
        why = "somebody wrote by hand lately"
    elif bounces:
        why = "the address sends letters back; find another"
    return Wait(chase.case, chase.rule, chase.step, why, None) if why else chase


def digest(found: Iterable[tuple[str, Chase]]) -> dict[str, tuple[Chase, ...]]:
    """Return what each address owes, the most overdue first, so that one letter holds it all."""
    by_address: dict[str, list[Chase]] = {}
    for address, chase in found:
        by_address.setdefault(address, []).append(chase)
    return {a: tuple(sorted(c, key=lambda x: (x.due, x.case))) for a, c in by_address.items()}
