"""Deadlines met, and how soon schools tell: worked out from events by the policy's own periods, never stored.

A case counts once for each rule, from the newest time its clock started, as `policy.deadlines` counts. In time means that
something which stops the clock happened on or before the due day; late, that it happened afterwards or has not happened
and the day is over. A clock that still runs within its time is counted apart and in no share.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import median

from cases import clocks, rules
from cases.config import current
from cases.models import Case, CaseEvent, School
from policy.deadlines import CaseFacts, Event, Rule, deadlines

DAYS = 90
SCHOOL_DAYS = 365


@dataclass(frozen=True, slots=True)
class Met:
    """One rule's clocks that started in the last ninety days."""

    what: str
    who: str
    in_time: int
    late: int
    running: int

    @property
    def share(self) -> int | None:
        """Return the percentage in time of those that are decided."""
        decided = self.in_time + self.late
        return round(100 * self.in_time / decided) if decided else None


@dataclass(frozen=True, slots=True)
class Told:
    """How soon one school told us of children after the last day they attended."""

    school: str
    cases: int
    middle: float
    longest: int


def counted(rule: Rule) -> bool:
    """Return True for a rule whose clock starts and stops once."""
    return bool(rule.starts) and not (rule.repeats or rule.council or rule.fixed)


def deadlines_met(today: date, *, school: School | None = None) -> list[Met]:
    """Return, for every rule that ran in the last ninety days, how often it was kept; of a school, what it owes."""
    config = current()
    asked = [r for r in rules.rules(config) if counted(r) and (school is None or r.who == "school")]
    calendars = rules.calendars(config)
    since = today - timedelta(days=DAYS)
    starts = {kind for rule in asked for kind in rule.starts}
    ids = (
        CaseEvent.objects.filter(state="applied", on__gte=since, on__lte=today, kind__in=starts)
        .exclude(case=None)
        .values("case")
    )
    cases = Case.objects.filter(pk__in=ids, merged_into=None).select_related("child")
    if school is not None:
        cases = cases.filter(school=school)
    tally: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for facts in clocks.facts(cases).values():
        for rule in asked:
            place = verdict(rule, facts, calendars, since, today)
            if place is not None:
                tally[rule.name][place] += 1
    return [Met(r.what, r.who, *tally[r.name]) for r in asked if r.name in tally]


def verdict(
    rule: Rule, facts: CaseFacts, calendars: rules.Calendars, since: date, today: date
) -> int | None:
    """Return 0 for in time, 1 for late, 2 for still running; None when the rule does not count here."""
    start = next(
        (max(same, key=lambda e: (e.on, e.at is not None))
         for kind in rule.starts if (same := [e for e in facts.events if e.kind == kind])),
        None,
    )  # fmt: skip
    if start is None or not since <= start.on <= today:
        return None
    done = min((e.on for e in facts.events if _stops(rule, e, start)), default=None)
    ended = min(
        (e.on for e in facts.events if e.kind in rule.ends and e.on >= start.on), default=None
    )
    # As the clock stood when it started: an answer, and the closing that followed, hide it today.
    running = replace(
        facts, status="open" if facts.status == "closed" else facts.status,
        ewo=None if "not_assigned" in rule.when and "ewo_assigned" in rule.stops else facts.ewo,
        destination_named=facts.destination_named and "destination_named" not in rule.stops,
        events=tuple(
            e for e in facts.events
            if e is start or (e.kind not in rule.stops and e.kind not in rule.ends)
        ),
    )  # fmt: skip
    due = next((d.due for d in deadlines(running, [rule], calendars, today)), None)
    if due is None:
        return None
    if done is not None:
        return int(done > due)
    if ended is not None and ended <= due:
        return None
    if facts.status == "closed" and not rule.after_closing:
        closed = max((e.on for e in facts.events if e.kind == "closed"), default=None)
        if closed is None or closed <= due:
            return None  # the case was closed before anything was owed
    return 1 if today > due else 2


def _stops(rule: Rule, event: Event, start: Event) -> bool:
    return event.kind in rule.stops and (rule.earlier_answers or event.on >= start.on)


def schools_told(today: date, *, school: School | None = None) -> list[Told]:
    """Return the schools whose cases were opened in the last year, slowest first, twenty at most."""
    waits: dict[str, list[int]] = defaultdict(list)
    rows = Case.objects.filter(
        merged_into=None, school__isnull=False, last_attended__isnull=False,
        opened_on__gt=today - timedelta(days=SCHOOL_DAYS), opened_on__lte=today,
    ).exclude(school__agency=True)  # fmt: skip
    if school is not None:
        rows = rows.filter(school=school)
    for name, opened, attended in rows.values_list("school__name", "opened_on", "last_attended"):
        if opened >= attended:
            waits[name].append((opened - attended).days)
    told = [Told(s, len(d), median(d), max(d)) for s, d in waits.items()]
    return sorted(told, key=lambda t: (-t.middle, t.school))[:20]
