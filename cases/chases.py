"""What is asked now, of whom: each step that has come is looked at once more and then chased, left waiting, or put to a person.

A sweep runs over batches of cases and then over the council's own tasks (weekly s2s, September's list, the year's report).
What was decided is remembered by the record (`Asked`), unique for each step, so that running twice, or after a crash anywhere,
asks nothing twice. The letters themselves are written by cases/digests.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cases import clocks, digests, unfiled
from cases.clock import UK, uk_date
from cases.clocks import House
from cases.models import Asked, Case, CaseEvent, CaseMessage, Task
from cases.recipients import Recipient, recipient_of
from cases.record import asking
from cases.record import cases as case_record
from policy import chasing
from policy.chasing import Ask, Chase, Seen, Wait
from policy.deadlines import CaseFacts, Deadline, deadlines

_LATELY = timedelta(days=3)
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Decided:
    """One step that has come, and what becomes of it. `case` is None for the council's own."""

    case: Case | None
    step: Chase | Wait | Ask
    recipient: Recipient


@dataclass(frozen=True, slots=True)
class _Look:
    """What is looked at before anything is written: loaded once for many cases."""

    house: House
    now: datetime
    unfiled: unfiled.Unfiled
    away: bool
    proposed: Mapping[int, frozenset[str]]


def sweep(now: datetime) -> dict[str, int]:
    """Decide and write everything that has fallen due, for all cases and the council; return counts."""
    told: Counter[str] = Counter()
    ids = clocks.open_case_ids()
    for start in range(0, len(ids), _BATCH):
        told.update(chase(ids[start : start + _BATCH], now))
    told.update(chase_council(now))
    told.update(digests.take_back_answered(now))
    told.update(digests.gather(now))
    return dict(told)


def chase(case_ids: list[int], now: datetime) -> dict[str, int]:
    """Decide what is asked on a batch of cases now, and remember it; return counts."""
    told: Counter[str] = Counter()
    for decided in _decided(case_ids, now, problems=True):
        told[_remember(decided, now)] += 1
    return dict(told)


def chase_council(now: datetime) -> dict[str, int]:
    """Decide what is asked about the council's own tasks now, and remember it; return counts."""
    return dict(Counter(_remember(decided, now) for decided in _decided_council(now)))


def would_chase(now: datetime) -> list[Decided]:
    """Return what a sweep would decide now, and write nothing."""
    return [*_decided(clocks.open_case_ids(), now, problems=False), *_decided_council(now)]


def _remember(decided: Decided, now: datetime) -> str:
    match decided.step:
        case Wait():
            return "waiting"
        case Ask() as ask:
            _task(decided.case, ask, now)
            return "put_to_a_person"
        case Chase() as step:
            return asking.ask(decided.case, step, decided.recipient.address, now=now)


def _task_key(case: Case | None, step: Chase | Ask) -> str:
    who = case.pk if case else clocks.COUNCIL
    return f"ask:{who}:{step.rule}:{step.step}:{step.started:%Y%m%d}"


def _task(case: Case | None, ask: Ask, now: datetime) -> None:
    what = clocks.house_of(uk_date(now)).by_name[ask.rule].what
    case_record.add_task(
        _task_key(case, ask), ask.kind, f"{what} {ask.why}", now=now, case=case, due_on=ask.due
    )


def _decided(case_ids: list[int], now: datetime, *, problems: bool) -> Iterator[Decided]:
    house = clocks.house_of(uk_date(now))
    cases = list(Case.objects.filter(pk__in=case_ids).select_related("child", "school"))
    known, gone = clocks.facts(cases), clocks.sent(cases)
    look = _look(house, now, cases)
    for case in cases:
        facts = known[case.pk]
        due = deadlines(facts, house.rules, house.calendars, house.today)
        if problems:
            _calendar_tasks(case, due, now)
        yield from _steps(case, facts, due, gone.get(case.pk, frozenset()), look)


def _decided_council(now: datetime) -> Iterator[Decided]:
    house, facts = clocks.house_of(uk_date(now)), clocks.council_facts()
    due = deadlines(facts, house.rules, house.calendars, house.today)
    yield from _steps(None, facts, due, clocks.council_sent(), _look(house, now, []))


def _look(house: House, now: datetime, cases: list[Case]) -> _Look:
    proposed: dict[int, set[str]] = {}
    rows = CaseEvent.objects.filter(case__in=cases, state="proposed")
    for case, kind in rows.values_list("case_id", "kind"):
        if case is not None:
            proposed.setdefault(case, set()).add(kind)
    return _Look(
        house, now, unfiled.look(house.config), unfiled.mailbox_away(house.config, now),
        {case: frozenset(kinds) for case, kinds in proposed.items()},
    )  # fmt: skip


def _steps(
    case: Case | None, facts: CaseFacts, due: Iterable[Deadline], gone: frozenset[chasing.Sent], look: _Look,
) -> Iterator[Decided]:  # fmt: skip
    house = look.house
    for step in chasing.chases(
        facts, due, gone, house.by_name, house.calendars, look.now.astimezone(UK),
        house.config.flows.working_hours,
    ):  # fmt: skip
        if isinstance(step, Wait):
            yield Decided(case, step, Recipient(None))
            continue
        recipient = recipient_of(case, facts, step.to, house.config, look.now.astimezone(UK))
        yield Decided(case, _looked(case, facts, step, recipient, look), recipient)


def _looked(
    case: Case | None, facts: CaseFacts, step: Chase, recipient: Recipient, look: _Look
) -> Chase | Wait | Ask:
    """Before asking, look (policy.chasing tells at what, and what follows)."""
    if look.away:
        return Wait(step.case, step.rule, step.step, unfiled.MAILBOX_AWAY, None)
    rule = look.house.by_name[step.rule]
    owner = recipient_of(case, facts, rule.who, look.house.config, look.now.astimezone(UK))
    who = [owner, recipient]
    addresses = {r.address for r in who if r.address} | ({facts.ewo} if facts.ewo else set())
    schools = {r.school for r in who if r.school}
    stops = {*rule.stops, *rule.ends}
    seen = Seen(
        unfiled=look.unfiled.concerns(case, addresses, schools),
        proposed=case is not None and bool(stops & look.proposed.get(case.pk, frozenset())),
        answered=case is not None and _written_since(case, step, owner),
        by_hand=any(
            e.kind == "asked_by_hand" and e.on > look.house.today - _LATELY for e in facts.events
        ),
        bounces=recipient.bounces,
        deputy=recipient.deputy,
    )
    return chasing.look_before_sending(facts, step, rule, seen)


def _written_since(case: Case, step: Chase, owner: Recipient) -> bool:
    """Was something of theirs filed on the case since they were asked, which the officer has not looked at?"""
    asked = Asked.objects.filter(case=case, rule=step.rule, started_on=step.started)
    last = asked.exclude(letter=None).order_by("-id").select_related("letter").first()
    if last is None or last.letter is None or last.letter.sent_at is None:
        return False
    theirs = CaseMessage.objects.filter(
        case=case, arrival__received_at__gt=last.letter.sent_at, arrival__machine=""
    )
    if owner.school:
        theirs = theirs.filter(arrival__school=owner.school)
    else:
        theirs = theirs.filter(arrival__sender=owner.address or "-")
    if not theirs.exists():
        return False
    done = Task.objects.filter(key=_task_key(case, step)).exclude(done_at=None)
    return not done.exists()


def _calendar_tasks(case: Case, due: Iterable[Deadline], now: datetime) -> None:
    """A count past the days that are known has no day: somebody adds next year's terms."""
    for problem in {d.problem for d in due if d.problem}:
        case_record.add_task(
            f"calendar:{problem}", "calendar",
            f"{problem[:1].upper()}{problem[1:]}. What is counted in these days has no due day until"
            " they are added (config.yaml for the county, Schools for one school).",
            now=now,
        )  # fmt: skip
