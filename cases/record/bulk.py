"""Writing many rows at once: imports. Ten thousand old cases take seconds, not minutes."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import transaction

from cases.clock import uk_date
from cases.models import (
    Case,
    CaseEvent,
    CaseMessage,
    Child,
    ChildKey,
    ChildVersion,
    FieldValue,
    School,
)
from cases.record.children import as_person
from cases.record.entries import entry
from cases.record.people import add_contact
from policy.blocking import keys

IMPORT = "system: import"
SOURCE_WORDS = (
    ("free", "FRS"), ("academ", "ACA"), ("independent", "IND"), ("maintained", "SCH"),
    ("community", "SCH"), ("voluntary", "SCH"), ("foundation", "SCH"),
)  # fmt: skip
_BATCH = 1000
_AS_WRITTEN = (
    "surname", "known_as", "address", "postcode", "school_name", "school_urn", "school_laestab",
)  # fmt: skip


def add_cases(rows: list[dict[str, Any]], now: datetime) -> None:
    """Write imported cases; rows with one child_id become episodes of one child."""
    with transaction.atomic():
        children = _children(rows, now)
        persons = [_person(row) for row in rows]
        schools = {s.urn: s for s in School.objects.exclude(urn="")}
        cases = Case.objects.bulk_create(
            [_case(row, children[_who(row, i)], schools, now) for i, row in enumerate(rows)],
            _BATCH,
        )
        versions: list[ChildVersion] = []
        wanted: dict[int, set[str]] = defaultdict(set)
        for i, (row, person) in enumerate(zip(rows, persons, strict=True)):
            child = children[_who(row, i)]
            versions.append(ChildVersion(child=child, person=person, added_at=now))
            wanted[child.pk] |= {k[:120] for k in keys(as_person(person))}
        ChildVersion.objects.bulk_create(versions, _BATCH)
        ChildKey.objects.bulk_create(
            [ChildKey(child_id=c, key=k) for c, found in wanted.items() for k in sorted(found)],
            _BATCH,
            ignore_conflicts=True,
        )
        CaseMessage.objects.bulk_create(
            [
                CaseMessage(case=case, message_id=m[:400])
                for case, row in zip(cases, rows, strict=True)
                for m in dict.fromkeys(row["told"].get("message_id", "").split())
            ],
            _BATCH,
        )
        CaseEvent.objects.bulk_create([e for case in cases for e in _events(case, now)], _BATCH)
        FieldValue.objects.bulk_create(
            [v for c, r in zip(cases, rows, strict=True) for v in _values(c, r, now)], _BATCH
        )
        entry("cases imported", IMPORT, now=now, data={"cases": len(cases)})


def _values(case: Case, row: dict[str, Any], now: datetime) -> list[FieldValue]:
    """What the table says, as values of the case: a form that says it again changes nothing."""
    told, dates = row["told"], row["dates"]
    parents = [told.get("parent1", ""), told.get("parent2", "")]
    values: dict[str, Any] = {
        "forenames": f"{told.get('forename', '')} {told.get('middle_names', '')}".strip(),
        "date_of_birth": dates["dob"] and dates["dob"].isoformat(),
        "sex": told.get("gender", "")[:1].upper(),
        "upn": row["upn"],
        "last_attended": dates["last_attended"] and dates["last_attended"].isoformat(),
        "parents": [{"name": name} for name in parents if name],
        **{name: told.get(name, "") for name in _AS_WRITTEN},
    }
    return [
        FieldValue(
            case=case, field=name, value=value, raw=str(value)[:2000], place="the imported table",
            by=IMPORT, at=now, sure=1.0, state="applied",
        )
        for name, value in values.items()
        if value
    ]  # fmt: skip


def _events(case: Case, now: datetime) -> list[CaseEvent]:
    """What the table tells of the case's clocks: when it was opened, last attendance, and its closing."""
    told = (
        ("referral_received", case.opened_on), ("last_attended", case.last_attended),
        ("closed", case.closed_on),
    )  # fmt: skip
    return [
        CaseEvent(case=case, kind=kind, on=on, by=IMPORT, recorded_at=now)
        for kind, on in told
        if on
    ]


def _who(row: dict[str, Any], number: int) -> str:
    return row["told"].get("child_id") or f"row {number}"


def _children(rows: list[dict[str, Any]], now: datetime) -> dict[str, Child]:
    made: dict[str, Child] = {}
    for number, row in enumerate(rows):
        told, dates = row["told"], row["dates"]
        forenames = f"{told.get('forename', '')} {told.get('middle_names', '')}".strip()
        # A later row of the same child speaks for today.
        made[_who(row, number)] = Child(
            surname=told.get("surname", "")[:120], forenames=forenames[:160],
            known_as=told.get("known_as", "")[:80], date_of_birth=dates["dob"],
            sex=told.get("gender", "")[:1].upper(), upn=row["upn"],
            address=told.get("address", ""), postcode=told.get("postcode", "")[:10], created_at=now,
        )  # fmt: skip
    Child.objects.bulk_create(list(made.values()), _BATCH)
    return made


def _case(row: dict[str, Any], child: Child, schools: dict[str, School], now: datetime) -> Case:
    told, dates = row["told"], row["dates"]
    opened = dates["opened_on"] or uk_date(now)
    return Case(
        ref=row["ref"], child=child, opened_on=opened, changed_at=now,
        status="closed" if row["closed"] else "open", form="cme", forms_seen=["cme"],
        closed_on=(dates["closed_on"] or opened) if row["closed"] else None,
        school=schools.get(told.get("school_urn", "")),
        school_name=told.get("school_name", "")[:200], last_attended=dates["last_attended"],
        reporter=told.get("sender", "")[:320].lower(),
    )  # fmt: skip


def _person(row: dict[str, Any]) -> dict[str, Any]:
    told, dates = row["told"], row["dates"]
    return {
        **{
            name: told.get(name, "")
            for name in (
                "surname", "forename", "middle_names", "known_as", "gender", "address", "postcode",
                "school_name", "school_urn", "school_laestab",
            )
        },
        "upn": row["upn"],
        "dob": dates["dob"].isoformat() if dates["dob"] else None,
        "last_attended": dates["last_attended"].isoformat() if dates["last_attended"] else None,
        "parents": [p for p in (told.get("parent1", ""), told.get("parent2", "")) if p],
    }  # fmt: skip


def save_school(values: dict[str, Any], contact: str, now: datetime) -> bool:
    """Write one school, found by URN, else LAESTAB, else name; return True when it is new.

    What the team typed (domains, contacts) is kept where the list says nothing.
    """
    for name in ("urn", "laestab", "name"):
        if values[name]:
            school = School.objects.filter(agency=False, **{name: values[name]}).first()
            if school:
                break
    else:
        school = None
    new = school is None
    school = school or School()
    for name, value in values.items():
        if value not in ("", None, []):
            setattr(school, name, value)
    school.open = values["open"]
    school.save()
    if contact and "@" in contact:
        add_contact(school, contact, main=True, now=now)
    return new
