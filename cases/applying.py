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
from cases.models import Arrival, Case, Child, Document, ReadingRow, School
from cases.record import cases as record
from cases.record import children
from policy import upn as upns

IDENTITY = ("surname", "forenames", "date_of_birth", "sex", "upn")
# Who sent it and when does not change what is known of the child.
NO_CHANGE = {
    "referrer_name", "referrer_role", "referrer_phone", "referrer_email", "referral_date",
    "narrative", "enquiries", "reason", "source_code", "school_urn", "school_laestab", "postcode",
}  # fmt: skip
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


def differences(case: Case, fields: Mapping[str, Any]) -> list[Change]:
    """Return what a document fills or changes on a case, in the document's order."""
    held = {name: row.value for name, row in record.values(case).items()}
    child = case.child
    for name in IDENTITY:
        value = getattr(child, name)
        held.setdefault(name, value.isoformat() if isinstance(value, date) else value)
    found = []
    for name, new in fields.items():
        old = held.get(name)
        if new in (None, "", [], {}) or name in NO_CHANGE:
            continue
        if new is False and not old:
            continue  # a "no" where nothing was known fills nothing that anyone waits for
        if same(old, new) or (isinstance(new, list) and _within(new, old)):
            continue
        if name == "forenames" and old and _first_same(str(old), str(new)):
            continue
        found.append(Change(name, old or None, new))
    return found


def _within(new: list[Any], old: Any) -> bool:
    """True when a list says nothing that the older one did not."""
    have = [_bare(v) for v in old] if isinstance(old, list) else []
    return all(_bare(v) in have for v in new)


def _first_same(old: str, new: str) -> bool:
    """Middle names left out are not a change of name."""
    a, b = old.split(), new.split()
    return bool(a and b) and same(a[0], b[0]) and (len(b) == 1 or same(old, new))


def identity_change(change: Change) -> bool:
    """Return True when an officer must accept this change (a filled blank is no change)."""
    if change.field not in IDENTITY or change.old is None:
        return False
    # A temporary number giving way to a permanent one is what the council hopes for.
    return not (change.field == "upn" and upns.kind(str(change.old)) == "temporary")


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
    if child is None:
        child = children.add_child(fields, by=by, now=now, arrival=arrival)
    else:
        told = children.person_of(fields)
        children.add_version(child, told, now=now, arrival=arrival)
    school = find_school(fields, arrival)
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
    changes = differences(case, plain(reading))
    kept_back = [c for c in changes if not trusted or identity_change(c) or _typed(case, c.field)]
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
    finish(case, reading, now=now, by=by, opened=False, on=on)
    return [c.field for c in applied], [c.field for c in kept_back]


def _typed(case: Case, field: str) -> bool:
    """True when the value that holds was typed by a person: a document never overwrites it."""
    row = record.values(case).get(field)
    return row is not None and row.place.startswith("typed")


def finish(
    case: Case, reading: ReadingRow, *, now: datetime, by: str, opened: bool, on: date
) -> None:
    """Tie the reading and its email to the case, and note what starts or stops its clocks."""
    arrival = reading.arrival
    record.see_form(case, reading.form)
    record.add_message(case, arrival.message_id, arrival)
    record.link_alerts(arrival, case)
    record.touch(case, now)
    note_events(case, reading, by=by, now=now, opened=opened, on=on)


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


def note_events(
    case: Case, reading: ReadingRow, *, by: str, now: datetime, opened: bool, on: date
) -> None:
    """Note the events that this form tells of (policy/deadlines.py knows the kinds)."""
    fields = plain(reading)
    noted: list[tuple[str, date | None, str]] = []
    if opened:
        noted.append(("referral_received", on, ""))
    noted.append((f"{reading.form}_form_received", on, ""))
    for field, kind in (
        ("last_attended", "last_attended"), ("off_roll_date", "off_roll"),
        ("admission_date", "admitted"), ("move_date", "moved"), ("ctf_sent", "ctf_uploaded"),
    ):  # fmt: skip
        if value := fields.get(field):
            noted.append((kind, _day(value) or on, ""))
    if fields.get("parental_letter") is True and _letter_enclosed(reading):
        noted.append(("parental_letter_received", on, ""))
    if fields.get("destination_school"):
        noted.append(("destination_named", on, ""))
    have = set(case.events.filter(state="applied").values_list("kind", "on"))
    for kind, when, note in noted:
        if when and (kind, when) not in have:
            record.note_event(
                case, kind, when, by=by, now=now, note=note, arrival=reading.arrival, at=now
            )


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
