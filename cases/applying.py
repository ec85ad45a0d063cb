"""What a verdict does to the record: a case opened, values written beside their sources, events noted.

Step 9 of the road, and the same for the machine and the officer: who decides differs, what
follows does not. A changed surname, forename, date of birth, sex or permanent UPN is proposed and never
applied by itself; nothing that an officer typed is overwritten by a document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cases.config import current
from cases.importing import school_named
from cases.models import Arrival, Case, Child, Document, FieldValue, ReadingRow, School
from cases.record import alerts, children
from cases.record import cases as record
from policy import codes
from policy import upn as upns
from policy.changes import (
    adds_middle_names,
    gives_way,
    same_address,
    same_forenames,
    same_sex,
    same_surname,
)  # fmt: skip

IDENTITY = ("surname", "forenames", "date_of_birth", "sex", "upn")
# Who sent it and when does not change what is known of the child.
NO_CHANGE = {
    "referrer_name", "referrer_role", "referrer_phone", "referrer_email", "referral_date",
    "narrative", "enquiries", "reason", "source_code", "school_urn", "school_laestab", "postcode",
}  # fmt: skip
# The event that a field's day is: accepting the one accepts the other.
EVENT_OF = {
    "last_attended": "last_attended", "off_roll_date": "off_roll", "admission_date": "admitted",
    "move_date": "moved", "ctf_sent": "ctf_uploaded",
}  # fmt: skip
OF_A_SCHOOL = frozenset({"school_name", "last_attended", "off_roll_date"})
SYSTEM = "system: intake"


@dataclass(frozen=True, slots=True)
class Change:
    """A field that a document fills or changes. `old` is None when it was empty."""

    field: str
    old: Any
    new: Any


def plain(reading: ReadingRow) -> dict[str, Any]:
    """Return a reading's values without their evidence, the officer's corrections over them."""
    told = {name: cell["value"] for name, cell in reading.fields.items()}
    return {**told, **reading.corrected}


def same(a: Any, b: Any) -> bool:
    """Return True when two values say the same but for spelling of blanks, case and punctuation."""
    return bool(_bare(a) == _bare(b))


def _bare(value: Any) -> Any:
    match value:
        case str():
            # Letters of every alphabet count: two names in Arabic are not one because neither is Latin.
            return re.sub(r"[\W_]+", "", value.casefold())
        case list():
            return sorted(str(_bare(v)) for v in value)
        case dict():
            return {k: _bare(v) for k, v in sorted(value.items()) if v not in (None, "")}
        case _:
            return value


def differences(case: Case, fields: Mapping[str, Any], *, news: bool = False) -> list[Change]:
    """Return what a document fills or changes on a case, in the document's order.

    A form often repeats what was put right since it was first sent: a value that the case held before is no
    change. `news`: an email's own words mean what they say, even an old address gone back to.
    """
    told: dict[str, list[Any]] = {}
    for row in FieldValue.objects.filter(case=case, state="applied").order_by("at", "id"):
        told.setdefault(row.field, []).append(row.value)
    for name in IDENTITY:
        value = getattr(case.child, name)
        told.setdefault(name, [value.isoformat() if isinstance(value, date) else value])
    found = []
    for name, new in fields.items():
        held = told.get(name, [None])
        if new in (None, "", [], {}) or name in NO_CHANGE or (new is False and not held[-1]):
            continue  # a "no" where nothing was known fills nothing that anyone waits for
        if any(_says_no_more(name, old, new) for old in (held[-1:] if news else held)):
            continue
        if name == "forenames" and same(new, (told.get("known_as") or [""])[-1]):
            continue
        whole = _joined(held[-1], new) if isinstance(new, list) else new
        found.append(Change(name, held[-1] or None, whole))
    return found


def _joined(old: Any, new: list[Any]) -> list[Any]:
    """Return a list of people with what both documents say of each: a parent left out is not gone."""
    told = [dict(p) if isinstance(p, dict) else p for p in old or []]
    for one in new:
        mine = next((p for p in told if isinstance(p, dict) and _names_same(p, one)), None)
        if mine is not None:
            mine.update({k: v for k, v in one.items() if v not in (None, "")})
        elif one not in told:
            told.append(one)
    return told


def _names_same(one: Any, other: Any) -> bool:
    return (
        isinstance(other, dict) and bool(one.get("name")) and same(one["name"], other.get("name"))
    )


def _says_no_more(name: str, old: Any, new: Any) -> bool:
    """Does a value say what the old one did, or less: spelt or abbreviated otherwise, or a part of it?"""
    if same(old, new):
        return True
    if isinstance(new, list):
        have = [_bare(v) for v in old] if isinstance(old, list) else []
        return all(_bare(v) in have for v in new)
    if not isinstance(old, str) or not isinstance(new, str) or not old:
        return False
    match name:
        case "surname":
            return same_surname(old, new)
        case "forenames":
            return same_forenames(old, new)
        case "sex":
            return same_sex(old, new)
        case "address":
            return same_address(old, new, more_is_same=False)
        case _:
            return False


def identity_change(change: Change) -> bool:
    """Return True when an officer must accept this change (a filled blank is no change)."""
    if change.field == "upn" and upns.kind(str(change.new)) is None:
        return True  # its check letter is wrong: a person looks before it is anyone's number
    if change.field not in IDENTITY or change.old is None:
        return False
    if change.field == "upn":
        # A temporary or mistyped number giving way to a permanent one is what the council hopes for.
        return not (gives_way(str(change.old)) and not gives_way(str(change.new)))
    return not (change.field == "forenames" and adds_middle_names(str(change.old), str(change.new)))


def write(
    case: Case,
    reading: ReadingRow,
    fields: Mapping[str, Any],
    *,
    by: str,
    now: datetime,
    proposed: bool = False,
) -> None:
    """Write values with the places where they stood."""
    for name, value in fields.items():
        cell = reading.fields.get(name, {})
        typed = name in reading.corrected
        record.apply_value(
            case, name, value, by=by, now=now, raw=str(cell.get("raw", ""))[:2000],
            place="typed by the officer" if typed else str(cell.get("place", "")),
            sure=1.0 if typed else float(cell.get("sure", 1.0)), document=reading.document,
            arrival=reading.arrival, proposed=proposed,
        )  # fmt: skip


def open_for(
    reading: ReadingRow,
    child: Child | None,
    *,
    by: str,
    now: datetime,
    on: date,
    provisional: bool,
) -> Case:
    """Open a case for a reading, on a known child or a new one, with everything that it says."""
    fields = plain(reading)
    arrival = reading.arrival
    school = find_school(fields, arrival)
    attends = school.name if school and not school.agency else ""
    if child is None:
        child = children.add_child(fields, by=by, now=now, arrival=arrival, school_name=attends)
    else:
        told = children.person_of(fields, attends)
        children.add_version(child, told, now=now, arrival=arrival)
    case = record.open_case(
        child, prefix=current().council.reference, on=on, now=now, by=by, form=reading.form,
        provisional=provisional, school=school, arrival=arrival, reporter=arrival.sender,
    )  # fmt: skip
    if school and not fields.get("source_code"):
        case.source_code = school.source_code
    write(case, reading, fields, by=by, now=now)
    finish(case, reading, now=now, by=by, opened=True, on=on)
    return case


def update(case: Case, reading: ReadingRow, *, by: str, now: datetime, on: date, trusted: bool) -> tuple[list[str], list[str]]:  # fmt: skip
    """Apply what a document changes; return the fields applied and those only proposed."""
    changes = differences(case, plain(reading), news=reading.form == "update")
    older = _told_late(case, reading)
    kept_back = [
        c
        for c in changes
        if not trusted
        or identity_change(c)
        or _typed(case, c.field)
        or (older and c.field in OF_A_SCHOOL and c.old is not None)
    ]
    applied = [c for c in changes if c not in kept_back]
    write(case, reading, {c.field: c.new for c in applied}, by=by, now=now)
    write(case, reading, {c.field: c.new for c in kept_back}, by=by, now=now, proposed=True)
    on_child = {c.field: c.new for c in applied if c.field in children.CHILD_FIELDS}
    if on_child:
        children.change(case.child, on_child, by=by, now=now, arrival=reading.arrival)
    if trusted:
        children.add_version(
            case.child, children.person_of(plain(reading)), now=now, arrival=reading.arrival
        )
    waiting = frozenset(c.field for c in kept_back)
    finish(case, reading, now=now, by=by, opened=False, on=on, trusted=trusted, waiting=waiting)
    return [c.field for c in applied], [c.field for c in kept_back]


def _told_late(case: Case, reading: ReadingRow) -> bool:
    """Does another school's form tell of an earlier day than we know? It is true of that school, not of today."""
    fields = plain(reading)
    last = _day(fields.get("last_attended"))
    if reading.form == "update" or not last or not case.last_attended:
        return False
    school = find_school(fields, reading.arrival)
    return last < case.last_attended and school is not None and school.pk != case.school_id


def _typed(case: Case, field: str) -> bool:
    """True when the value that holds was typed by a person: a document never overwrites it."""
    row = record.values(case).get(field)
    return row is not None and row.place.startswith("typed")


def finish(
    case: Case,
    reading: ReadingRow,
    *,
    now: datetime,
    by: str,
    opened: bool,
    on: date,
    trusted: bool = True,
    waiting: frozenset[str] = frozenset(),
) -> None:
    """Tie the reading and its email to the case, and note what starts or stops its clocks.

    Who is not verified starts and stops none; nor does a value that waits for the officer.
    """
    arrival = reading.arrival
    record.see_form(case, reading.form)
    record.add_message(case, arrival.message_id, arrival)
    alerts.link_alerts(arrival, case)
    record.touch(case, now)
    for kind, when, field in _events(reading, opened=opened, on=on):
        if (kind, when) not in set(case.events.exclude(state="undone").values_list("kind", "on")):
            record.note_event(
                case, kind, when, by=by, now=now, arrival=reading.arrival, at=now,
                proposed=not trusted or field in waiting,
            )  # fmt: skip


def find_school(fields: Mapping[str, Any], arrival: Arrival) -> School | None:
    """Return the school a form names, else the one whose address it came from."""
    named = school_named(
        str(fields.get("school_name") or ""),
        str(fields.get("school_urn") or ""),
        str(fields.get("school_laestab") or ""),
    )
    if named:
        return named
    sender = arrival.school
    return sender if sender and not sender.agency else None


def _events(reading: ReadingRow, *, opened: bool, on: date) -> list[tuple[str, date, str]]:
    """Return the events that a form tells of, each with its field (policy/deadlines.py knows the kinds)."""
    fields = plain(reading)
    told = [("referral_received", on, "")] if opened else []
    told.append((f"{reading.form}_form_received", on, ""))
    for field, kind in EVENT_OF.items():
        if value := fields.get(field):
            told.append((kind, _day(value) or on, field))
    if fields.get("parental_letter") is True and _letter_enclosed(reading):
        told.append(("parental_letter_received", on, ""))
    if fields.get("destination_school"):
        told.append(("destination_named", on, ""))
    if _home_educated(fields):
        told.append(("ehe_decided", _day(fields.get("off_roll_date")) or on, "ground"))
    return told


def _home_educated(fields: Mapping[str, Any]) -> bool:
    """A removal form may say it by its ground or where the next school stands: then the EHE form is owed as well (15.2)."""
    told = fields.get("ground")
    ground = told if isinstance(told, Mapping) else {}
    known = codes.ground(str(ground.get("scheme") or ""), str(ground.get("letter") or ""))
    words = f"{known.meaning if known else ''} {ground.get('meaning') or ''} {fields.get('destination_school') or ''}"
    return bool(re.search(r"educated otherwise|home[- ]?educat|\behe\b", words, re.I))


def _letter_enclosed(reading: ReadingRow) -> bool:
    return Document.objects.filter(arrival=reading.arrival, decision="kept").exists()


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def values_as_told(case: Case) -> dict[str, Any]:
    """Return the values that hold on a case, without their evidence."""
    return {name: row.value for name, row in record.values(case).items()}
