"""What is due on each case, and what is written about it: facts from the record, rules from the policy.

Nothing about deadlines is stored: they follow from events, so taking an event back or learning of a snow day is
enough. What is stored is what was asked (`Asked`), unique for each step, so that running twice, or
after a crash anywhere, asks nothing twice. `gather_digests` then puts what one recipient owes into one letter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from cases import answering, clock, rules
from cases.clock import UK, uk_date
from cases.config import Config, current
from cases.letter_facts import facts_of, shared_facts
from cases.models import Arrival, ArrivalState, Asked, Case, Contact
from cases.record import asking
from cases.record import cases as case_record
from mail.letters import LetterRefused
from policy import chasing
from policy.deadlines import Calendars, CaseFacts, Deadline, Event, Rule, deadlines

COUNCIL = "council"
_CLOSED_FOLLOWED = ("found", "placed")


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
            "because": self.because, "next_letter": self.next_letter,
            "next_letter_on": self.next_letter_on.isoformat() if self.next_letter_on else None,
            "problem": self.problem,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _House:
    """What a sweep needs once: rules, calendars and the day."""

    config: Config
    rules: tuple[Rule, ...]
    by_name: Mapping[str, Rule]
    calendars: Calendars
    today: date


def _house(today: date) -> _House:
    config = current()
    made = rules.rules(config)
    return _House(config, made, {r.name: r for r in made}, rules.calendars(config), today)


def open_case_ids() -> list[int]:
    """Return the ids of cases with clocks that may run: open ones, and closed ones still followed up."""
    from django.db.models import Q

    followed = Q(closed_on__gte=_long_ago()) & Q(events__kind__in=_CLOSED_FOLLOWED)
    rows = Case.objects.filter(merged_into=None).filter(Q(closed_on=None) | followed)
    return list(rows.order_by("id").values_list("id", flat=True).distinct())


def _long_ago() -> date:
    return clock.today() - timedelta(days=400)


def facts(cases: Iterable[Case]) -> dict[int, CaseFacts]:
    """Return what the policy needs to know of each case; a handful of queries for any number."""
    from cases.models import CaseEvent, Snooze

    rows = list(cases)
    events: dict[int, list[Event]] = defaultdict(list)
    found = CaseEvent.objects.filter(case__in=rows, state="applied").order_by("on", "id")
    for e in found:
        if e.case_id is not None:
            events[e.case_id].append(Event(e.kind, e.on, e.at, e.subject or None))
    snoozed: dict[int, dict[str, date]] = defaultdict(dict)
    for s in Snooze.objects.filter(case__in=rows).order_by("id"):
        snoozed[s.case_id][s.rule] = s.until
    return {case.pk: _facts(case, events[case.pk], snoozed[case.pk]) for case in rows}


def _facts(case: Case, events: list[Event], snoozed: dict[str, date]) -> CaseFacts:
    return CaseFacts(
        case=case.ref, status=case.status, outcome=case.outcome or None,
        forms=frozenset(case.forms_seen), events=tuple(events),
        flags=frozenset(case.flags) | ({"protected"} if case.child.protected else set()),
        date_of_birth=case.child.date_of_birth,
        school=str(case.school_id) if case.school_id else None, ewo=case.ewo_address or None,
        destination_named=bool(case.receiving_school), snoozed=snoozed,
    )  # fmt: skip


def council_facts() -> CaseFacts:
    """Return the facts of what is due without a case: weekly s2s, September's list, the year's report."""
    from cases.models import CaseEvent

    rows = CaseEvent.objects.filter(case=None, state="applied").order_by("on", "id")
    return CaseFacts(
        case=COUNCIL, status="open", outcome=None, forms=frozenset(), flags=frozenset(),
        events=tuple(Event(e.kind, e.on, e.at, e.subject or None) for e in rows),
        date_of_birth=None, school=None, ewo=None, destination_named=False, snoozed={},
    )  # fmt: skip


def _sent(cases: Iterable[Case]) -> dict[int, frozenset[chasing.Sent]]:
    found: dict[int, set[chasing.Sent]] = defaultdict(set)
    for a in Asked.objects.filter(case__in=list(cases)).exclude(state="dropped"):
        if a.case_id is not None:
            found[a.case_id].add(chasing.Sent(a.rule, a.step, a.started_on, uk_date(a.decided_at)))
    return {case: frozenset(sent) for case, sent in found.items()}


def all_due(today: date) -> list[DueRow]:
    """Return every open deadline, soonest first."""
    house = _house(today)
    rows: list[DueRow] = []
    ids = open_case_ids()
    for start in range(0, len(ids), 500):
        cases = list(Case.objects.filter(pk__in=ids[start : start + 500]).select_related("child"))
        rows += _due_rows(cases, house)
    rows += [
        _row(COUNCIL, d, house, frozenset())
        for d in deadlines(council_facts(), house.rules, house.calendars, today)
    ]
    return sorted(rows, key=lambda r: (r.due or date.max, r.case, r.rule))


def open_rules(cases: Iterable[Case], today: date) -> dict[int, set[str]]:
    """Return the rules that are open on each case; one look at rules and calendars for all of them."""
    house, told = _house(today), facts(cases)
    return {
        case: {d.rule for d in deadlines(known, house.rules, house.calendars, today)}
        for case, known in told.items()
    }


def case_due(case: Case, today: date) -> list[DueRow]:
    """Return one case's open deadlines, soonest first."""
    rows = _due_rows([case], _house(today))
    return sorted(rows, key=lambda r: (r.due or date.max, r.rule))


def _due_rows(cases: list[Case], house: _House) -> list[DueRow]:
    told, sent = facts(cases), _sent(cases)
    return [
        _row(case.ref, d, house, sent.get(case.pk, frozenset()))
        for case in cases
        for d in deadlines(told[case.pk], house.rules, house.calendars, house.today)
    ]


def _row(case: str, d: Deadline, house: _House, sent: frozenset[chasing.Sent]) -> DueRow:
    following = chasing.next_letter(d, house.by_name[d.rule], sent, house.calendars, house.today)
    letter, on = following if following else (None, None)
    return DueRow(
        case=case, rule=d.rule, what=d.what, who=d.who, due=d.due, overdue=d.overdue(house.today),
        because=d.because, next_letter=letter, next_letter_on=on, problem=d.problem,
    )  # fmt: skip


def _decided(
    cases: list[Case], told: Mapping[int, CaseFacts], now: datetime, house: _House
) -> Iterable[tuple[Case, chasing.Chase | chasing.Wait]]:
    sent = _sent(cases)
    for case in cases:
        due = deadlines(told[case.pk], house.rules, house.calendars, house.today)
        for step in chasing.chases(
            told[case.pk], due, sent.get(case.pk, frozenset()), house.by_name, house.calendars,
            now.astimezone(UK), house.config.flows.working_hours,
        ):  # fmt: skip
            yield case, step


def chase(case_ids: list[int], now: datetime) -> dict[str, int]:
    """Decide what is asked on a batch of cases now, and remember it; return counts."""
    house = _house(uk_date(now))
    told: Counter[str] = Counter()
    cases = list(Case.objects.filter(pk__in=case_ids).select_related("child", "school"))
    known = facts(cases)
    for case, step in _decided(cases, known, now, house):
        if isinstance(step, chasing.Chase):
            recipient = recipient_of(case, step.to, house.config)
            step = _looked(case, step, recipient, known[case.pk], now)
        if isinstance(step, chasing.Wait):
            told["waiting"] += 1
            continue
        told[asking.ask(case, step, recipient, now=now)] += 1
    return dict(told)


def _looked(
    case: Case, step: chasing.Chase, recipient: str | None, known: CaseFacts, now: datetime
) -> chasing.Chase | chasing.Wait:
    """Before asking, look: mail of theirs unread, an address that sends back, somebody who asked by hand."""
    bounces = bool(recipient) and contact_bounces(recipient or "")
    lately = uk_date(now) - timedelta(days=3)
    by_hand = any(e.kind == "asked_by_hand" and e.on >= lately for e in known.events)
    looked = chasing.look_before_sending(
        known, step, bounces=bounces, by_hand_lately=by_hand,
        unfiled=_unread_mail(recipient, step.to, {case.school_id} if case.school_id else set()),
    )  # fmt: skip
    if isinstance(looked, chasing.Wait) and bounces:
        case_record.add_task(
            f"bounces:{case.pk}:{step.rule}:{step.step}", "address",
            f"{step.what} The address on the record sends letters back; find another.",
            now=now, case=case, due_on=step.due,
        )  # fmt: skip
    return looked


def would_chase(now: datetime) -> list[chasing.Chase]:
    """Return what `chase` would ask now, and write nothing."""
    house = _house(uk_date(now))
    cases = list(Case.objects.filter(pk__in=open_case_ids()).select_related("child", "school"))
    decided = _decided(cases, facts(cases), now, house)
    return [step for _, step in decided if isinstance(step, chasing.Chase)]


def recipient_of(case: Case | None, role: str, config: Config) -> str | None:
    """Return the address on the record of whoever a step asks, None when there is none."""
    people = config.people
    match role:
        case "school" | "school_contact" | "new_school":
            return answering.school_address(case.school) if case and case.school else None
        case "ewo":
            if case and case.ewo_address:
                return _not_away(case.ewo_address, config)
            return people.senior_ewo.email or None
        case _:
            part = getattr(people, role, None)
            return (part.email or None) if part else None


def _not_away(address: str, config: Config) -> str:
    """An EWO's deputy while they are away."""
    from cases.models import Person

    person = Person.objects.filter(email=address).first()
    today = clock.today()
    if person and person.away_from and person.away_from <= today <= (person.away_until or date.max):
        deputy = next((e.deputy for e in config.people.ewos if e.email == address), "")
        return deputy or address
    return address


def gather_digests(now: datetime) -> dict[str, int]:
    """Write one letter to each recipient who owes something, at most one a day; return counts."""
    config, told = current(), Counter[str]()
    for recipient in asking.recipients():
        rows = asking.still_owed(recipient, now)
        if not rows:
            continue
        if asking.written_today(recipient, now):
            told["tomorrow"] += len(rows)
        elif _unread_from(rows, recipient):
            told["answer_unread"] += len(rows)
        else:
            told[_write(rows, recipient, config, now)] += 1
    return dict(told)


def _unread_from(rows: list[Asked], recipient: str) -> bool:
    """Is there mail from them that nobody has filed yet? Then they may have answered already."""
    schools = {row.case.school_id for row in rows if row.case and row.case.school_id}
    return _unread_mail(recipient, rows[0].role, schools)


def _unread_mail(recipient: str | None, role: str, schools: set[int]) -> bool:
    waiting = Arrival.objects.filter(state__in=[ArrivalState.KEPT, ArrivalState.HELD])
    if recipient and waiting.filter(sender=recipient).exists():
        return True
    return role in chasing.SCHOOLS and waiting.filter(school__in=schools).exists()


def _write(rows: list[Asked], recipient: str, config: Config, now: datetime) -> str:
    """Write the letter for what one recipient owes: its own if it is one thing, else a digest."""
    first = rows[0]
    if len(rows) == 1:
        case = first.case
        base = facts_of(case, now) if case else shared_facts(now) | {"reference": COUNCIL}
        letter_facts = base | {
            "what": first.what, "due": first.due_on, "because": first.because,
            "overdue": bool(first.due_on and first.due_on < uk_date(now)), "name": recipient,
        }  # fmt: skip
        kind, key = first.kind, f"ask:{first.pk}"
    else:
        kind = (
            "digest_school"
            if first.role in chasing.SCHOOLS
            else ("digest_ewo" if first.role in ("ewo", "senior_ewo") else "digest_team")
        )
        key = f"digest:{recipient}:{uk_date(now)}:{first.pk}"
        lines = [
            {
                "reference": r.case.ref if r.case else COUNCIL,
                "initials": r.case.child.initials if r.case else "",
                "what": r.what, "due": r.due_on,
                "overdue": bool(r.due_on and r.due_on < uk_date(now)),
            }
            for r in rows
        ]  # fmt: skip
        letter_facts = shared_facts(now) | {"lines": lines, "name": recipient}
    try:
        return asking.write(rows, key, kind, recipient, letter_facts, config=config, now=now)
    except LetterRefused as refusal:
        case_record.add_task(
            f"letter-gap:{key}", "letter", f"A reminder was not written: {refusal}",
            now=now, case=first.case,
        )  # fmt: skip
        return "refused"


def contact_bounces(address: str) -> bool:
    """Return True when letters to this address came back."""
    return Contact.objects.filter(address=address).exclude(bounced_at=None).exists()
