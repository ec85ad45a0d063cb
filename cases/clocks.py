"""What is due on each case and for the council as a whole: facts from the record, rules from the policy.

Nothing about deadlines is stored: they follow from events, so taking an event back or learning of a snow day is
enough. What is stored is what was asked (`Asked`). Dates that stand on the case itself (last attended, off roll) hold over
the events that first told of them, so that a correction moves the clock; a destination that would find nobody is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, prefetch_related_objects
from django.db.models.functions import Lower

from cases import clock, rules
from cases.clock import UK, uk_date
from cases.config import Config, current
from cases.models import (
    Asked,
    Case,
    CaseEvent,
    Entry,
    FieldValue,
    LetterState,
    School,
    Snooze,
)  # fmt: skip
from policy import chasing, referral
from policy.deadlines import Calendars, CaseFacts, Deadline, Event, Rule, deadlines

COUNCIL = "council"
# Steps that count as never taken: answered before they were written, overtaken by a later one, or without an address.
NOT_TAKEN = ("dropped", "overtaken", "task")
_BATCH = 500
WAITS = (LetterState.HELD, LetterState.QUEUED, LetterState.SENDING)
_NO_FORMS = frozenset({"update", "unknown", "checklist"})
_CLOSED_FOLLOWED = ("found", "placed", "returned")
_INSIDE = frozenset({"england", "wales", "united kingdom", "uk", "great britain", "gb"})


@dataclass(frozen=True, slots=True)
class DueRow:
    """One open deadline, as `cme due` and the pages show it."""

    case: str
    rule: str
    what: str
    who: str
    due: date | None
    overdue: bool
    because: str
    next_letter: str | None
    next_letter_on: date | None
    problem: str | None

    def told(self) -> dict[str, Any]:
        """Return the row as the contract writes it."""
        return {
            "case": self.case, "rule": self.rule, "what": self.what, "who": self.who,
            "due": self.due.isoformat() if self.due else None, "overdue": self.overdue,
            "because": self.because or self.problem, "next_letter": self.next_letter,
            "next_letter_on": self.next_letter_on.isoformat() if self.next_letter_on else None,
            "problem": self.problem,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class House:
    """What a sweep needs once: rules, calendars and the day."""

    config: Config
    rules: tuple[Rule, ...]
    by_name: Mapping[str, Rule]
    calendars: Calendars
    today: date


def house_of(today: date) -> House:
    config = current()
    made = rules.rules(config)
    return House(config, made, {r.name: r for r in made}, rules.calendars(config), today)


def open_case_ids() -> list[int]:
    """Return the ids of cases with clocks that may run: open ones, and closed ones still followed up."""
    followed = Q(closed_on__gte=_long_ago()) & Q(events__kind__in=_CLOSED_FOLLOWED)
    rows = Case.objects.filter(merged_into=None).filter(Q(closed_on=None) | followed)
    return list(rows.order_by("id").values_list("id", flat=True).distinct())


def _long_ago() -> date:
    return clock.today() - timedelta(days=400)


def facts(cases: Iterable[Case]) -> dict[int, CaseFacts]:
    """Return what the policy needs to know of each case; a handful of queries for any number."""
    rows = list(cases)
    prefetch_related_objects(rows, "school")
    events: dict[int, list[Event]] = defaultdict(list)
    found = CaseEvent.objects.filter(case__in=rows, state="applied").order_by("on", "id")
    for e in found:
        if e.case_id is not None:
            events[e.case_id].append(_event(e))
    snoozed: dict[int, dict[str, date]] = defaultdict(dict)
    for s in Snooze.objects.filter(case__in=rows).order_by("id"):
        snoozed[s.case_id][s.rule] = s.until
    abroad, named = _abroad(rows), _schools_named(rows)
    return {
        case.pk: _facts(case, events[case.pk], snoozed[case.pk], case.pk in abroad, named)
        for case in rows
    }


def _event(row: CaseEvent) -> Event:
    # The hour decides what "the same day" is, and the hour is the UK's.
    return Event(row.kind, row.on, row.at.astimezone(UK) if row.at else None, row.subject or None)


def _facts(
    case: Case, events: list[Event], snoozed: dict[str, date], abroad: bool,
    named: Mapping[str, tuple[int, str]],
) -> CaseFacts:  # fmt: skip
    vague = not case.receiving_school or referral.is_vague(case.receiving_school, school=True)
    told = _dated(case, [e for e in events if not (vague and e.kind == "destination_named")])
    receiving = named.get(case.receiving_school.lower())
    flags = set(case.flags)
    if case.child.protected:
        flags.add("protected")
    if abroad:
        flags.add("moved_abroad")
    if case.school and case.school.type == "independent":
        flags.add("of_independent_school")
    if receiving and receiving[1] == "independent":
        flags.add("independent_school")
    old = str(case.school_id) if case.school_id else None
    back = max(
        (e for e in told if e.kind in ("placed", "returned")), key=lambda e: e.on, default=None
    )
    new = str(receiving[0]) if receiving else None
    return CaseFacts(
        case=case.ref, status=case.status, outcome=case.outcome or None,
        forms=_forms(case), events=tuple(told), flags=frozenset(flags),
        date_of_birth=case.child.date_of_birth, school=old, ewo=case.ewo_address or None,
        destination_named=not vague, snoozed=snoozed,
        new_school=old if back and back.kind == "returned" else new,
    )  # fmt: skip


def _forms(case: Case) -> frozenset[str]:
    """The kinds of form on a case; one that plain words opened, without any, is about a child who is missing.

    Policy 6.2, 13.1: whoever becomes aware of such a child tells us, and 13.2 lets an EWO enquire, form or none.
    """
    seen = frozenset(case.forms_seen)
    return seen if seen - _NO_FORMS else seen | {"cme"}


def _dated(case: Case, events: list[Event]) -> list[Event]:
    """The case's own dates hold: one that was corrected, by a form or by hand, replaces what was told before."""
    for kind, on in (("last_attended", case.last_attended), ("off_roll", case.off_roll_date)):
        if on is not None:
            events = [*(e for e in events if e.kind != kind), Event(kind, on)]
    return events


def _abroad(cases: list[Case]) -> set[int]:
    """The cases whose child is believed to have gone to another country than England or Wales."""
    told: dict[int, str] = {}
    rows = FieldValue.objects.filter(case__in=cases, field="destination_country", state="applied")
    for case, value in rows.order_by("at", "id").values_list("case_id", "value"):
        told[case] = str(value or "").strip().lower()
    return {case for case, country in told.items() if country and country not in _INSIDE}


def _schools_named(cases: list[Case]) -> dict[str, tuple[int, str]]:
    """Return the schools of our register that the cases name as receiving, by their name in small letters."""
    names = {c.receiving_school.lower() for c in cases if c.receiving_school}
    rows = School.objects.filter(agency=False).annotate(small=Lower("name")).filter(small__in=names)
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for name, key, kind in rows.values_list("small", "pk", "type"):
        found[name].append((key, kind.lower()))
    return {name: keys[0] for name, keys in found.items() if len(keys) == 1}


def council_facts() -> CaseFacts:
    """Return the facts of what is due without a case: weekly s2s, September's list, the year's report."""
    rows = CaseEvent.objects.filter(case=None, state="applied").order_by("on", "id")
    first = Entry.objects.order_by("id").values_list("at", flat=True).first()
    begun = Event("in_use", uk_date(first) if first else clock.today())
    return CaseFacts(
        case=COUNCIL, status="open", outcome=None, forms=frozenset(), flags=frozenset(),
        events=(begun, *(_event(e) for e in rows)), date_of_birth=None, school=None, ewo=None,
        destination_named=False, snoozed={},
    )  # fmt: skip


def sent(cases: Iterable[Case]) -> dict[int, frozenset[chasing.Sent]]:
    """Return the steps that were taken on each case, with the day on which their letters went."""
    rows = Asked.objects.filter(case__in=list(cases)).exclude(state__in=NOT_TAKEN)
    found: dict[int, set[chasing.Sent]] = defaultdict(set)
    for row in rows.select_related("letter"):
        if row.case_id is not None:
            found[row.case_id].add(_sent(row))
    return {case: frozenset(steps) for case, steps in found.items()}


def council_sent() -> frozenset[chasing.Sent]:
    """Return the steps that were taken about the council's own tasks."""
    rows = Asked.objects.filter(case=None).exclude(state__in=NOT_TAKEN).select_related("letter")
    return frozenset(_sent(row) for row in rows)


def _sent(row: Asked) -> chasing.Sent:
    letter = row.letter
    if letter is None:
        gone, at = row.state != "waiting", row.decided_at
    else:
        gone, at = letter.state not in WAITS, letter.sent_at or row.decided_at
    return chasing.Sent(row.rule, row.step, row.started_on, uk_date(at), gone)


def all_due(today: date) -> list[DueRow]:
    """Return every open deadline, soonest first."""
    house = house_of(today)
    rows: list[DueRow] = []
    ids = open_case_ids()
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        cases = list(Case.objects.filter(pk__in=batch).select_related("child"))
        rows += _due_rows(cases, house)
    rows += council_due(today)
    return sorted(rows, key=lambda r: (r.due or date.max, r.case, r.rule))


def council_due(today: date) -> list[DueRow]:
    """Return the council's own open deadlines, soonest first."""
    house, told, gone = house_of(today), council_facts(), council_sent()
    found = deadlines(told, house.rules, house.calendars, today)
    rows = [_row(told, d, house, gone) for d in found]
    return sorted(rows, key=lambda r: (r.due or date.max, r.rule))


def open_clocks(cases: Iterable[Case], today: date) -> dict[int | None, set[tuple[str, date]]]:
    """Return each case's open rules with the days they started; the council's own stand under None.

    A rule that is snoozed today is not open, nor is any of a protected child: nothing is written about it.
    """
    house = house_of(today)
    unique = list({case.pk: case for case in cases}.values())
    every: dict[int | None, CaseFacts] = {None: council_facts()}
    for start in range(0, len(unique), _BATCH):
        for case, known in facts(unique[start : start + _BATCH]).items():
            every[case] = known
    return {
        key: {
            (d.rule, d.started)
            for d in deadlines(told, house.rules, house.calendars, today)
            if told.snoozed.get(d.rule, today) <= today and "protected" not in told.flags
        }
        for key, told in every.items()
    }


def case_due(case: Case, today: date) -> list[DueRow]:
    """Return one case's open deadlines, soonest first."""
    rows = _due_rows([case], house_of(today))
    return sorted(rows, key=lambda r: (r.due or date.max, r.rule))


def _due_rows(cases: list[Case], house: House) -> list[DueRow]:
    told, gone = facts(cases), sent(cases)
    return [
        _row(told[case.pk], d, house, gone.get(case.pk, frozenset()))
        for case in cases
        for d in deadlines(told[case.pk], house.rules, house.calendars, house.today)
    ]


def _row(told: CaseFacts, d: Deadline, house: House, gone: frozenset[chasing.Sent]) -> DueRow:
    rule = house.by_name[d.rule]
    following = chasing.next_letter(told, d, rule, gone, house.calendars, house.today)
    letter, on = following if following else (None, None)
    return DueRow(
        case=told.case, rule=d.rule, what=d.what, who=d.who, due=d.due,
        overdue=d.overdue(house.today), because=d.because, next_letter=letter, next_letter_on=on,
        problem=d.problem,
    )  # fmt: skip
