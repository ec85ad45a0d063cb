"""Deadlines: from a case's events and the rules of config.yaml to what is due, and why.

Nothing is stored: a deadline is a pure function of events, rules, calendars and today, so an event taken back or a snow day
learned of later puts everything right by itself. Where law and local policy differ both days are held and the earlier one
is chased. A count past the known calendar has no day and says so; it never guesses.

Source: policy 1.1, 8 to 12, 15.2, 16 (docs/sources.md lists each rule).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from policy.calendar import BeyondCalendar, Calendar, SchoolCalendar
from policy.periods import Due, Period, due, parse_period

# Every event that a rule may name, in words.
EVENTS: Mapping[str, str] = {
    "referral_received": "a referral came in", "cme_form_received": "the CME form came in",
    "removal_form_received": "the removal form came in", "ehe_form_received": "the EHE form came in",
    "admission_form_received": "the admission form came in",
    "starters_leavers_form_received": "the starters and leavers return came in",
    "ewo_notification_form_received": "the EWO's NCME1 came in",
    "checklist_form_received": "the school's check list came in", "update_form_received": "an update came in",
    "unknown_form_received": "a form of no known kind came in",
    "parental_letter_received": "the parents' letter came in", "last_attended": "last attended",
    "off_roll": "taken off roll", "admitted": "put on roll", "moved": "moved",
    "ewo_assigned": "an EWO was assigned", "first_action": "the EWO began",
    "home_visit": "the home was visited", "home_visit_failed": "the visit found nobody",
    "ewo_report": "the EWO reported", "social_care_informed": "Social Care was told",
    "concern_raised": "a concern was raised", "ctf_uploaded": "the CTF was uploaded",
    "left_county_suspected": "the child may have left the county", "s2s_posted": "posted on s2s",
    "s2s_read": "s2s messages were read and EMS searched", "destination_named": "a destination was named",
    "place_offered": "a place was offered", "found": "found", "placed": "in provision",
    "returned": "back at school", "follow_up_6_done": "confirmed at six weeks",
    "follow_up_18_done": "confirmed at eighteen weeks", "monthly_done": "monitored with the key worker",
    "review_done": "reviewed with the manager", "care_first_checked": "Care First was checked",
    "ems_flagged": "flagged on EMS", "ehe_decided": "withdrawn to home education",
    "on_roll_advised": "the school was advised", "police_told": "the police were told",
    "transfer_list_received": "the transfer list came in", "report_issued": "the report was issued",
    "asked_by_hand": "somebody asked by hand", "missing_again": "missing again", "closed": "closed",
}  # fmt: skip
ROLES = (
    "school", "new_school", "ewo", "senior_ewo", "integrated_team_manager", "cme_officer", "manager",
    "lead_attendance_officer", "admissions", "duty",
)  # fmt: skip
WHEN = ("destination_not_named", "on_roll", "assigned", "not_assigned", "age_known", "visit_failed")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on a UK day; `at` its instant (UK time) where the hour matters."""

    kind: str
    on: date
    at: datetime | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """All that the rules may look at. `school` is the key of its calendar."""

    case: str
    status: str
    outcome: str | None
    forms: frozenset[str]
    flags: frozenset[str]
    events: tuple[Event, ...]
    date_of_birth: date | None
    school: str | None
    ewo: str | None
    destination_named: bool
    snoozed: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One letter of a rule's sequence: `offset` counts from the due day, in working days."""

    name: str
    offset: int
    letter: str
    to: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the deadlines table."""

    name: str
    what: str
    who: str
    policy: str
    period: Period
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    statutory: Period | None = None
    forms: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    when: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    repeats: bool = False
    earlier_answers: bool = False
    after_closing: bool = False
    in_holidays: bool = False
    council: bool = False
    fixed: str = ""  # "09-01": a day of each year; "compulsory school age": the child's own
    sequence: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendars:
    """The council's days, the county's school days, and those of schools that have their own."""

    council: Calendar
    county: SchoolCalendar
    schools: Mapping[str, SchoolCalendar]

    def of(self, school: str | None) -> SchoolCalendar:
        """Return a school's calendar, the county's by default."""
        return self.schools.get(school or "", self.county)


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something open. `due` is the earlier of the statutory and the local day, None when unknown."""

    case: str
    rule: str
    what: str
    who: str
    due: date | None
    because: str
    problem: str | None
    started: date
    statutory_due: date | None = None
    local_due: date | None = None

    def overdue(self, today: date) -> bool:
        """Return True after the day by which it must be done."""
        return self.due is not None and today > self.due


def rule_from(name: str, told: Mapping[str, Any]) -> Rule:
    """Return the rule that a mapping of config.yaml describes.

    Raises:
        ValueError: naming the field and why it cannot be used.
    """
    known = {
        "what", "who", "policy", "period", "statutory", "starts", "stops", "forms", "flags", "when", "ends",
        "repeats", "earlier_answers", "after_closing", "in_holidays", "council", "fixed", "sequence",
    }  # fmt: skip
    if extra := sorted(set(told) - known):
        raise ValueError(f"{extra[0]}: there is no such setting")
    for need in ("what", "who", "policy", "stops"):
        if not told.get(need):
            raise ValueError(f"{need}: is missing")
    fixed = str(told.get("fixed", ""))
    if not fixed and not told.get("period"):
        raise ValueError("period: is missing")
    _known_words("who", [told["who"]], ROLES)
    _known_words("when", told.get("when", []), WHEN)
    for field_name in ("starts", "stops", "ends"):
        _known_words(field_name, told.get(field_name, []), EVENTS)
    return Rule(
        name=name, what=str(told["what"]), who=str(told["who"]), policy=str(told["policy"]),
        period=_period("period", told.get("period") or "0 days"),
        statutory=_period("statutory", told["statutory"]) if told.get("statutory") else None,
        starts=tuple(told.get("starts", ())), stops=tuple(told["stops"]),
        forms=frozenset(told.get("forms", ())), flags=frozenset(told.get("flags", ())),
        when=frozenset(told.get("when", ())), ends=frozenset(told.get("ends", ())),
        repeats=bool(told.get("repeats")), earlier_answers=bool(told.get("earlier_answers")),
        after_closing=bool(told.get("after_closing")), in_holidays=bool(told.get("in_holidays")),
        council=bool(told.get("council")), fixed=fixed,
        sequence=tuple(_step(i, s) for i, s in enumerate(told.get("sequence", ()), 1)),
    )  # fmt: skip


def _known_words(name: str, words: Iterable[str], known: Iterable[str]) -> None:
    for word in words:
        if word not in known:
            raise ValueError(f"{name}: {word} is not known")


def _period(name: str, text: object) -> Period:
    try:
        return parse_period(str(text))
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _step(number: int, told: Mapping[str, Any]) -> Step:
    place = f"sequence {number}"
    if missing := {"name", "when", "letter", "to"} - set(told):
        raise ValueError(f"{place}: {sorted(missing)[0]} is missing")
    _known_words(f"{place}.to", [told["to"]], ROLES)
    words = str(told["when"]).split()
    try:
        count = int(words[0])
    except (ValueError, IndexError):
        raise ValueError(f'{place}.when: write "-2 working days", "0" or "1 working day"') from None
    if count and words[1:] not in (["working", "day"], ["working", "days"]):
        raise ValueError(f"{place}.when: steps count working days")
    return Step(str(told["name"]), count, str(told["letter"]), str(told["to"]))


def deadlines(
    facts: CaseFacts, rules: Iterable[Rule], calendars: Calendars, today: date
) -> tuple[Deadline, ...]:
    """Return everything that is open on a case today, one line for each rule that applies."""
    found = []
    for rule in rules:
        if applies(rule, facts) and (open_since := _start(rule, facts, today)):
            found.append(_deadline(rule, facts, open_since, calendars))
    return tuple(found)


def applies(rule: Rule, facts: CaseFacts) -> bool:
    """Return True when the rule is about this kind of case in this state."""
    if rule.council != (facts.case == "council"):
        return False
    if facts.status == "closed" and not rule.after_closing:
        return False
    if rule.forms and not rule.forms & facts.forms:
        return False
    if rule.flags and not rule.flags & facts.flags:
        return False
    return all(_holds(condition, facts) for condition in rule.when)


def _holds(condition: str, facts: CaseFacts) -> bool:
    kinds = {e.kind for e in facts.events}
    match condition:
        case "destination_not_named":
            return not facts.destination_named
        case "on_roll":
            return "off_roll" not in kinds
        case "assigned":
            return facts.ewo is not None or "ewo_assigned" in kinds
        case "not_assigned":
            return facts.ewo is None and "ewo_assigned" not in kinds
        case "visit_failed":
            return "home_visit_failed" in kinds
        case _:
            return facts.date_of_birth is not None


def _start(rule: Rule, facts: CaseFacts, today: date) -> Event | None:
    """Return the event from which the clock runs, or None when it does not run (or was stopped)."""
    if rule.fixed:
        return _fixed_start(rule, facts, today)
    start = _first_kind(rule.starts, facts.events)
    if start is None:
        return None
    answered = [
        e
        for e in facts.events
        if e.kind in rule.stops and (rule.earlier_answers or e.on >= start.on)
    ]
    if any(e.kind in rule.ends and e.on >= start.on for e in facts.events):
        return None
    if not rule.repeats:
        return None if answered else start
    return max([start, *answered], key=lambda e: e.on)


def _first_kind(kinds: Iterable[str], events: Iterable[Event]) -> Event | None:
    """The newest event of the first kind that there is: "from placed, else found"."""
    told = list(events)
    for kind in kinds:
        same = [e for e in told if e.kind == kind]
        if same:
            return max(same, key=lambda e: (e.on, e.at is not None))
    return None


def _fixed_start(rule: Rule, facts: CaseFacts, today: date) -> Event | None:
    """A rule with a day of its own: open from a month before it until it is done."""
    day = _fixed_day(rule, facts, today)
    yearly = rule.fixed != "compulsory school age"
    if (
        day is None
        or today < day - timedelta(days=31)
        or (yearly and today > day + timedelta(days=60))
    ):
        return None
    window = day - timedelta(days=31)
    if any(e.kind in rule.stops and e.on >= window for e in facts.events):
        return None
    return Event("fixed", day)


def _fixed_day(rule: Rule, facts: CaseFacts, today: date) -> date | None:
    if rule.fixed == "compulsory school age":
        from policy.referral import leaves_compulsory_age

        return leaves_compulsory_age(facts.date_of_birth) if facts.date_of_birth else None
    month, day = (int(part) for part in rule.fixed.split("-"))
    here = date(today.year, month, day)
    if today > here + timedelta(days=334):
        here = date(today.year + 1, month, day)
    return here if today >= here - timedelta(days=31) else date(today.year - 1, month, day)


def _due(event: date | datetime, period: Period, council: Calendar, school: SchoolCalendar) -> Due:
    """Many cases share a day: count it once. The hour matters to "same day" alone, and only by the minute."""
    if isinstance(event, datetime):
        event = (
            event.replace(second=0, microsecond=0) if period.unit == "same day" else event.date()
        )
    return _counted(event, period, council, school)


@lru_cache(maxsize=50_000)
def _counted(
    event: date | datetime, period: Period, council: Calendar, school: SchoolCalendar
) -> Due:
    return due(event, period, council, school)


def _deadline(rule: Rule, facts: CaseFacts, start: Event, calendars: Calendars) -> Deadline:
    school = calendars.of(facts.school)
    event = start.at if start.at is not None and start.at.date() == start.on else start.on
    told = Deadline(facts.case, rule.name, rule.what, rule.who, None, "", None, start.on)
    if rule.fixed:
        try:
            day = calendars.council.forward(start.on)
        except BeyondCalendar as beyond:
            return replace(told, problem=str(beyond))
        yearly = "-" in rule.fixed
        because = (
            f"every year on {start.on:%-d %B}"
            if yearly
            else f"the end of compulsory school age is {start.on:%-d %b %Y}"
        )
        return replace(told, due=day, because=because)
    try:
        local = _due(event, rule.period, calendars.council, school)
        statute = _due(event, rule.statutory, calendars.council, school) if rule.statutory else None
    except BeyondCalendar as beyond:
        return replace(told, problem=str(beyond))
    first, because = local.day, local.because
    if statute is not None:
        if statute.day < local.day:
            first = statute.day
            because = f"{statute.because} by law (the council's own limit is {local.day:%-d %b %Y})"
        else:
            because = f"{local.because} (by law {statute.day:%-d %b %Y})"
    return replace(
        told,
        due=first,
        because=f"{because}: {EVENTS.get(start.kind, start.kind)}",
        statutory_due=statute.day if statute else None,
        local_due=local.day,
    )
