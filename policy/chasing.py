"""Chasing: which step of a rule's sequence is due now, to whom, or why it waits.

Letters go in working hours on working days only, and to schools on their school days unless the rule says otherwise; the
clock itself runs on. A stranger would send every step whose day has come: after a fortnight's holiday a school would get two
letters at once, and its manager a third. Here a step keeps its distance from the letter that really went before it, steps
to one person that have come together are one letter, and nobody is told of a silence before whoever owes has been asked.
An answer stops the chase because the deadline is then no longer open.

Source: policy 10.1, 15.2, Appendix 3; docs/sources.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from policy.calendar import BeyondCalendar, Calendar, SchoolCalendar
from policy.deadlines import Calendars, CaseFacts, Deadline, Rule, Step

SCHOOLS = ("school", "new_school")
NOT_GONE = "the letter before it has not gone yet"


@dataclass(frozen=True, slots=True)
class Sent:
    """A step that was taken for a clock that started on `started`; `gone` is false while its letter waits."""

    rule: str
    step: str
    started: date
    on: date
    gone: bool = True


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


@dataclass(frozen=True, slots=True)
class Ask:
    """A step that no letter can take: a person decides, and `why` says about what. `kind` is the task's."""

    case: str
    rule: str
    step: str
    why: str
    due: date
    started: date
    kind: str = "chase"


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
        step = _due_step(deadline, rule, sent, calendars.council, today)
        if isinstance(step, Wait):
            found.append(step)
        elif step is not None:
            found.append(_take(facts, deadline, rule, step, calendars, today))
    return tuple(found)


def _take(
    facts: CaseFacts, deadline: Deadline, rule: Rule, step: Step, calendars: Calendars, today: date
) -> Chase | Wait:
    if step.to in SCHOOLS and not rule.in_holidays:
        school = calendars.of_role(facts, step.to)
        if not school.is_school_day(today):
            return Wait(
                facts.case, rule.name, step.name, "the school is closed", _opens(school, today)
            )
    assert deadline.due is not None
    return Chase(
        facts.case, rule.name, step.name, step.letter, step.to, today, deadline.due,
        deadline.because, rule.line if step.to == rule.who else rule.what, deadline.started,
    )  # fmt: skip


def _opens(school: SchoolCalendar, today: date) -> date | None:
    return next((d for d in school.days if d > today), None)


def _due_step(
    deadline: Deadline, rule: Rule, sent: frozenset[Sent], council: Calendar, today: date
) -> Step | Wait | None:
    coming = _coming(deadline, rule, _taken(deadline, sent), council)
    if not coming or coming[0][1] > today:
        return None
    to = coming[0][0].to
    come = [step for step, on in coming if on <= today]
    # The last of those at the head of the line that go to one person.
    several = next((i for i, step in enumerate(come) if step.to != to), len(come))
    step = come[several - 1]
    # What lies in the outbox for the same person is overtaken by this; anybody else waits until it has gone.
    unsent = {s.step for s in sent if _of(deadline, s) and not s.gone}
    if any(step.to != to for step in rule.sequence if step.name in unsent):
        return Wait(deadline.case, rule.name, step.name, NOT_GONE, None)
    return step


def _taken(deadline: Deadline, sent: frozenset[Sent]) -> dict[str, date]:
    return {s.step: s.on for s in sent if _of(deadline, s)}


def _of(deadline: Deadline, sent: Sent) -> bool:
    return (sent.rule, sent.started) == (deadline.rule, deadline.started)


def _coming(
    deadline: Deadline, rule: Rule, taken: Mapping[str, date], council: Calendar
) -> list[tuple[Step, date]]:
    """Return the steps that are left, each with the day from which it may be taken."""
    if deadline.due is None:
        return []
    done = [i for i, step in enumerate(rule.sequence) if step.name in taken]
    if not done:
        return [(s, step_day(s, deadline, council)) for s in rule.sequence]
    last = rule.sequence[done[-1]]
    left = []
    for step in rule.sequence[done[-1] + 1 :]:
        gap = max(step.offset - last.offset, 1)
        on = max(step_day(step, deadline, council), _add(council, taken[last.name], gap))
        left.append((step, on))
    return left


def step_day(step: Step, deadline: Deadline, council: Calendar) -> date:
    """Return the day from which a step may be taken, if nothing delays the one before it."""
    assert deadline.due is not None
    if step.offset < 0:
        return max(council.back(deadline.due, -step.offset), deadline.started)
    return _add(council, deadline.due, step.offset)


def _add(council: Calendar, day: date, count: int) -> date:
    try:
        return council.add(day, count)
    except BeyondCalendar:
        return date.max  # nobody knows yet: not today


def next_letter(
    facts: CaseFacts,
    deadline: Deadline,
    rule: Rule,
    sent: frozenset[Sent],
    calendars: Calendars,
    today: date,
) -> tuple[str, date] | None:
    """Return the next letter of a rule's sequence and the day it may go, or None when all are gone.

    The day is one on which it would really go: a working day, for a school one of its own, and not a snoozed one.
    """
    council = calendars.council
    coming = _coming(deadline, rule, _taken(deadline, sent), council)
    if not coming:
        return None
    on = max(coming[0][1], today, facts.snoozed.get(rule.name, today))
    if on == date.max:
        return None
    to = coming[0][0].to
    school = None
    if to in SCHOOLS and not rule.in_holidays:
        school = calendars.of_role(facts, to)
    found = _open_day(on, council, school)
    if found is None:
        return None
    same = [s for s, day in coming if day <= found]
    several = next((i for i, step in enumerate(same) if step.to != to), len(same))
    return same[several - 1].letter, found


def _open_day(day: date, council: Calendar, school: SchoolCalendar | None) -> date | None:
    """Return the first day from this one on which the council works and the school is open."""
    if school is None:
        try:
            return council.forward(day)
        except BeyondCalendar:
            return None
    return next((d for d in school.days if d >= day and council.is_working_day(d)), None)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at the record showed, just before a letter would be written.

    `unfiled`: there is mail from that school or EWO that nobody has filed. `proposed`: their answer is on the case and
    waits for the officer. `answered`: something of theirs was filed on the case since they were last asked.
    `by_hand`: somebody asked by hand within the last days. `bounces`: the address sends letters back; `deputy` then
    tells that the configuration lets another address on the record be used.
    """

    unfiled: bool = False
    proposed: bool = False
    answered: bool = False
    by_hand: bool = False
    bounces: bool = False
    deputy: bool = False


def look_before_sending(
    facts: CaseFacts, chase: Chase, rule: Rule, seen: Seen
) -> Chase | Wait | Ask:
    """Return the chase, or why it waits, or what a person must decide first.

    `facts` are the case as it stands now, which may be later than when the chase was found. What comes first holds:
    a closed case is not chased however much mail lies unread.
    """
    until = facts.snoozed.get(rule.name)

    def wait(why: str, until: date | None = None) -> Wait:
        return Wait(chase.case, chase.rule, chase.step, why, until)

    def ask(why: str, kind: str = "chase") -> Ask:
        return Ask(chase.case, chase.rule, chase.step, why, chase.due, chase.started, kind)

    if facts.status == "closed" and not rule.after_closing:
        return wait("the case is closed")
    if until is not None and chase.on < until:
        return wait("snoozed by the officer", until)
    if "protected" in facts.flags:
        return ask("The child is protected: nothing is written by itself. Ask by hand.")
    if seen.unfiled:
        return wait("there is mail from them that is not filed yet")
    if seen.proposed:
        return wait("their answer is on the case and waits to be accepted")
    if seen.by_hand:
        return wait("somebody asked by hand lately")
    if seen.answered:
        return ask(
            "They have written since they were asked, and it did not say so plainly. Look whether it is the answer."
        )
    if seen.bounces and not seen.deputy:
        return ask("The address on the record sends letters back. Find another.", "address")
    return chase
