"""A referral's completeness and sense: what is missing or vague, compulsory school age, and what kind it is.

A country alone, a city alone or "with grandparents" is no destination: inspectors found such entries, and the child
behind them is not found by them. It counts as missing and is asked for.

Source: policy 2.1, 2.2, 9.3, 9.4, 9.8, 15.2, 16.1; the return's contents in law (docs/sources.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Missing:
    """Something a form does not say; `why` is the sentence for the school."""

    field: str
    why: str
    policy: str


_IDENTITY = (
    ("surname", "the child's surname"), ("forenames", "the child's forename"),
    ("date_of_birth", "the child's date of birth"),
)  # fmt: skip
_CONTACT = (
    ("address", "the child's last known address"),
    ("parents", "the name of at least one parent or carer, with a telephone number"),
)
_REQUIRED: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "cme": (
        ("last_attended", "the date the child last attended", "9.4"),
        ("school_name", "the name of the school", "9.4"),
        (
            "enquiries",
            "what enquiries were made and when, with the visit to the last known home",
            "9.8",
        ),
    ),
    "removal": (
        ("off_roll_date", "the date the child was taken off roll", "9.4"),
        ("ground", "the ground for taking the child off roll", "9.1"),
        ("school_name", "the name of the school", "9.4"),
    ),
    "ehe": (
        ("off_roll_date", "the date the child was taken off roll", "15.2"),
        ("school_name", "the name of the school", "15.2"),
    ),
    "admission": (
        ("admission_date", "the date the child was admitted", "9.4"),
        ("school_name", "the name of the school", "9.4"),
    ),
    "starters_leavers": (("school_name", "the name of the school", "9.6"),),
    "ewo_notification": (
        ("last_attended", "the date the child last attended", "10.4"),
        ("enquiries", "what enquiries were made and when", "10.1"),
    ),
}
_DESTINATION = ("cme", "removal")
_RELATIVES = re.compile(
    r"\b(grand(?:parents?|mother|father|ma|pa)|nan|aunt(?:ie|y)?|uncle|relatives?|family|cousins?|friends?"
    r"|mother|father|mum|dad|parents?)\b",
    re.I,
)
_NOWHERE = re.compile(
    r"^\W*(?:(?:believed|thought|understood|possibly|probably|may have|have|has|had|gone|moved|going|moving|returned|back|to be|is|"
    r"was|the|a|an|out|of|to|in|into|with|near|from|area|county|country|city|town|abroad|overseas|elsewhere|away|live|living|"
    r"unknown|not|known|yet|tbc|unsure|somewhere|another|school|new|different|home)\b\W*)+$",
    re.I,
)  # fmt: skip
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b", re.I)
_STREET = re.compile(r"\b\d{1,4}[a-z]?\b.*\b[a-z]{3,}", re.I)
_SCHOOL = re.compile(
    r"\b(school|academy|college|primary|secondary|high|grammar|nursery|infants?|juniors?|prep|pru|lyc[ée]e|gymnasium)\b", re.I,
)  # fmt: skip


_SOME_SCHOOL = re.compile(
    r"^\W*(?:(?:a|an|another|some|any|new|different|local|nearby|unknown|unnamed|private|state|primary|secondary|high|special|junior|"
    r"infant|independent|church|faith|academy|the)\s+)*(?:school|academy|college|primary|nursery|education)s?"
    r"(?:\s+(?:place|there|abroad|overseas|elsewhere|somewhere|locally|(?:in|near|at|around|outside|within|out of)\b.*))?\W*$",
    re.I,
)


def missing(form: str, fields: Mapping[str, object], on: date) -> tuple[Missing, ...]:
    """Return what a form of this kind should say and does not, in the order of asking."""
    if form in ("update", "checklist", "unknown"):
        return ()
    found = [
        Missing(name, why, "9.4")
        for name, why in (*_IDENTITY, *(_CONTACT if form != "starters_leavers" else ()))
        if not fields.get(name)
    ]
    parents = fields.get("parents")
    if isinstance(parents, list) and parents and not any(p.get("phone") for p in parents):
        found.append(Missing("parents", "a telephone number of a parent or carer", "9.3"))
    found += [Missing(*row) for row in _REQUIRED.get(form, ()) if not fields.get(row[0])]
    if form in _DESTINATION and (why := vague_destination(fields)):
        found.append(Missing("destination", why, "9.3"))
    if form == "ehe" and not fields.get("parental_letter"):
        found.append(
            Missing("parental_letter", "a copy of the parents' letter to the school", "15.2")
        )
    return tuple(found)


def vague_destination(fields: Mapping[str, object]) -> str | None:
    """Return what to ask when a destination is given but would not find the child, else None.

    Nothing at all is no vague destination: then nobody knows, and that is what the case is about.
    """
    school, address = fields.get("destination_school"), fields.get("destination_address")
    if (school and not is_vague(str(school), school=True)) or (
        address and not is_vague(str(address))
    ):
        return None
    told = school or address or fields.get("destination_country")
    if not told:
        return None
    return "the full address the family moved to, the date of the move, and the name of the next school"


def is_vague(text: str, *, school: bool = False) -> bool:
    """Return True when a destination names only a country, a city or a relative."""
    told = text.strip()
    if not told or _NOWHERE.match(told):
        return True
    if school and _SCHOOL.search(told):
        return bool(_SOME_SCHOOL.match(told))  # "a school in Leeds" names none
    # Neither a house nor a postcode: "Manchester", "Libya", "with grandparents in Leeds".
    return not (_POSTCODE.search(told) or _STREET.search(told))


def starts_compulsory_age(born: date) -> date:
    """Return the prescribed day on or after the fifth birthday (31 Dec, 31 Mar, 31 Aug)."""
    fifth = _birthday(born, 5)
    days = [date(fifth.year, 3, 31), date(fifth.year, 8, 31), date(fifth.year, 12, 31)]
    return next(d for d in days if d >= fifth)


def leaves_compulsory_age(born: date) -> date:
    """Return the last Friday in June of the school year in which the child becomes 16 (policy 16.1)."""
    sixteenth = _birthday(born, 16)
    year = sixteenth.year if (sixteenth.month, sixteenth.day) <= (8, 31) else sixteenth.year + 1
    day = date(year, 6, 30)
    return day - timedelta(days=(day.weekday() - 4) % 7)


def _birthday(born: date, age: int) -> date:
    try:
        return born.replace(year=born.year + age)
    except ValueError:  # born on 29 February
        return date(born.year + age, 3, 1)


def of_compulsory_age(born: date, on: date) -> bool:
    """Return True when a child is of compulsory school age on a day (policy 2.1)."""
    return starts_compulsory_age(born) <= on <= leaves_compulsory_age(born)


def year_group_of(born: date, on: date) -> int:
    """Return the national curriculum year that a birth date gives on a day: 0 is Reception, -1 Nursery 2."""
    start = on.year if on.month >= 9 else on.year - 1
    age = start - born.year - ((born.month, born.day) > (8, 31))
    return age - 4


def year_group_agrees(born: date, group: str, on: date) -> bool:
    """Return True when a form's year group fits the date of birth within one year."""
    number = {"R": 0, "N2": -1, "N1": -2}.get(group, int(group) if group.isdigit() else None)
    return number is None or abs(number - year_group_of(born, on)) <= 1


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something on a form that does not fit together; `why` is the sentence for the officer."""

    field: str
    why: str


def doubts(fields: Mapping[str, object], received: date) -> tuple[Doubt, ...]:
    """Return what does not fit together on a form: dates out of order, year group against birth, age."""
    found = []
    born, last = _date(fields.get("date_of_birth")), _date(fields.get("last_attended"))
    off = _date(fields.get("off_roll_date"))
    if last and last > received:
        found.append(Doubt("last_attended", "It is after the day the form came in."))
    if last and off and last > off:
        found.append(Doubt("off_roll_date", "It is before the last day attended."))
    if off and (received - off).days > 30:
        found.append(Doubt("off_roll_date", "The form came more than a month after it."))
    if born and not of_compulsory_age(born, received):
        found.append(Doubt("date_of_birth", "The child is not of compulsory school age."))
    group = fields.get("year_group")
    if born and group and not year_group_agrees(born, str(group), received):
        found.append(Doubt("year_group", "It does not fit the date of birth."))
    return tuple(found)


def _date(value: object) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def triage(form: str, fields: Mapping[str, object], received: date) -> str:
    """Return the triage class: cme, on_roll_attendance (policy 2.2, 16.1), not_of_age, ehe, excluded, information."""
    born = _date(fields.get("date_of_birth"))
    if born and not of_compulsory_age(born, received):
        return "not_of_age"
    told = str(fields.get("reason") or "") + " " + str(fields.get("narrative") or "")
    if re.search(r"\bpermanent(?:ly)? exclu", told, re.I):
        return "excluded"
    if form == "ehe":
        return "ehe"
    if form in ("admission", "checklist", "update"):
        return "information"
    if re.search(r"\b(still|remains?) on (?:our |the )?roll\b", told, re.I):
        return "on_roll_attendance"
    return "cme"
