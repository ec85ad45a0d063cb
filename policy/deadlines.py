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

from policy.calendar import BeyondCalendar, Calendar, SchoolCalendar
from policy.periods import Due, Period, due
from policy.referral import leaves_compulsory_age

SCHOOL_AGE = "compulsory school age"  # a rule's `fixed` day that is each child's own
_AHEAD = timedelta(days=31)  # a yearly day is shown from a month before it

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
    "home_visit": "the home was visited", "home_visit_failed": "the visit did not find the child",
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
    "sen_told": "the SEN officer was told", "in_use": "this program was put to use",
}  # fmt: skip
ROLES = (
    "school", "new_school", "ewo", "senior_ewo", "integrated_team_manager", "cme_officer", "manager",
    "lead_attendance_officer", "admissions", "duty",
)  # fmt: skip
WHEN: Mapping[str, str] = {
    "destination_not_named": "no receiving school is named",
    "on_roll": "the child is still on roll",
    "assigned": "an EWO has the case",
    "not_assigned": "no EWO has the case",
    "age_known": "the date of birth is known",
    "visit_failed": "a visit did not find the child",
    "home_educated": "the child is, or is to be, educated at home",
    "outside_system": "the child goes to home education, an independent school, or abroad",
    "admission_service": "the school is maintained or uses the council's Admission Service, so no independent one",
}
FORMS = (
    "cme", "removal", "ehe", "admission", "starters_leavers", "ewo_notification", "checklist", "update", "unknown",
)  # fmt: skip
# What the record says of a case beside its events, as far as a rule may ask for it.
FLAGS = (
    "child_protection_plan", "child_in_need", "looked_after", "ehcp", "sen_support", "young_carer", "eal",
    "private_fostering", "traveller", "safeguarding_concern", "protected", "moved_abroad", "independent_school",
    "of_independent_school",
)  # fmt: skip
# What tells that a pupil is withdrawn to home education, whichever of them the school sends first (policy 15.1, 15.2).
_EHE = frozenset({"ehe_decided", "ehe_form_received", "parental_letter_received"})


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on a UK day; `at` its instant (UK time) where the hour matters."""

    kind: str
    on: date
    at: datetime | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """All that the rules may look at. `school` and `new_school` are keys of calendars."""

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
    new_school: str | None = None


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
    line: str = ""  # what a letter about several things says to whoever owes this one


@dataclass(frozen=True, slots=True)
class Calendars:
    """The council's days, the county's school days, and those of schools that have their own."""

    council: Calendar
    county: SchoolCalendar
    schools: Mapping[str, SchoolCalendar]

    def of(self, school: str | None) -> SchoolCalendar:
        """Return a school's calendar, the county's by default."""
        return self.schools.get(school or "", self.county)

    def of_role(self, facts: CaseFacts, role: str) -> SchoolCalendar:
        """Return the calendar of the school that a letter to this role goes to."""
        return self.of(facts.new_school if role == "new_school" else facts.school)


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
        case "home_educated":
            return _home_educated(facts, kinds)
        case "outside_system":
            told = {"moved_abroad", "independent_school"} & facts.flags
            return bool(told) or _home_educated(facts, kinds)
        case "admission_service":
            return "of_independent_school" not in facts.flags
        case _:
            return facts.date_of_birth is not None


def _home_educated(facts: CaseFacts, kinds: set[str]) -> bool:
    return "ehe" in facts.forms or bool(kinds & _EHE)


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
            return max(same, key=lambda e: (e.on, e.at is not None, e.at))
    return None


def _fixed_start(rule: Rule, facts: CaseFacts, today: date) -> Event | None:
    """A rule with a day of its own: open from a month before it until it is done.

    A day of last year's is nobody's debt who had not begun yet: a council that starts in March owes no list of September's.
    """
    day = _fixed_day(rule, facts, today)
    if day is None or today < day - _AHEAD:
        return None
    begun = _first_kind(("in_use",), facts.events)
    if begun is not None and begun.on > day + _AHEAD:
        return None
    if any(e.kind in rule.stops and e.on >= day - _AHEAD for e in facts.events):
        return None
    return Event("fixed", day)


def _fixed_day(rule: Rule, facts: CaseFacts, today: date) -> date | None:
    if rule.fixed == SCHOOL_AGE:
        return leaves_compulsory_age(facts.date_of_birth) if facts.date_of_birth else None
    month, day = (int(part) for part in rule.fixed.split("-"))
    days = (date(today.year + n, month, day) for n in (1, 0, -1))
    return next(d for d in days if today >= d - _AHEAD)


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
    told = Deadline(facts.case, rule.name, rule.what, rule.who, None, "", None, start.on)
    try:
        if rule.fixed:
            return _on_its_day(rule, told, calendars)
        return _counted_from(rule, told, start, calendars, calendars.of(facts.school))
    except BeyondCalendar as beyond:
        return replace(told, problem=str(beyond))


def _on_its_day(rule: Rule, told: Deadline, calendars: Calendars) -> Deadline:
    day = told.started
    if rule.fixed == SCHOOL_AGE:
        because = f"the end of compulsory school age is {day:%-d %b %Y}"
    else:
        because = f"every year on {day:%-d %B}"
    forward = calendars.council.forward(day)
    if forward != day:
        because += f", moved on from {day:%-d %b %Y}, when the council is closed"
    return replace(told, due=forward, because=because)


def _counted_from(
    rule: Rule, told: Deadline, start: Event, calendars: Calendars, school: SchoolCalendar
) -> Deadline:
    event = start.at if start.at is not None and start.at.date() == start.on else start.on
    local = _due(event, rule.period, calendars.council, school)
    statute = _due(event, rule.statutory, calendars.council, school) if rule.statutory else None
    first, because = local.day, local.because
    if statute is not None and statute.day < local.day:
        first = statute.day
        because = f"{statute.because} by law (the council's own limit is {local.day:%-d %b %Y})"
    elif statute is not None:
        because = f"{local.because} (by law {statute.day:%-d %b %Y})"
    return replace(
        told,
        due=first,
        because=f"{because}: {EVENTS.get(start.kind, start.kind)}",
        statutory_due=statute.day if statute else None,
        local_due=local.day,
    )
