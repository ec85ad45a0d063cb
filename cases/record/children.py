"""Children: every version kept, keys to find them by, families proposed.

`person` is the neutral mapping that matching compares (the child columns of `cme match`). A changed surname,
forename, date of birth, sex or permanent UPN never reaches the child's row by itself; it is proposed
on the case and an officer accepts it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count

from cases.models import Arrival, Case, CaseMessage, Child, ChildKey, ChildVersion, FamilyLink
from cases.record.entries import entry
from policy.blocking import keys
from policy.known import Known, Person, completed
from policy.names import fold
from policy.names_data import MUHAMMAD

CHILD_FIELDS = {
    "surname", "forenames", "known_as", "date_of_birth", "sex", "upn", "address", "postcode",
    "year_group",
}  # fmt: skip
_LIMITS = {
    "surname": 120, "forenames": 160, "known_as": 80, "sex": 1, "upn": 13, "postcode": 10,
    "year_group": 4,
}  # fmt: skip
COMMON_KEY = 400  # a key borne by more children than this says nothing


def person_of(fields: Mapping[str, Any], school_name: str = "") -> dict[str, Any]:
    """Return the columns that matching compares out of a reading's plain values."""
    forename, middle_names = _forenames(str(fields.get("forenames") or ""))
    parents = [p.get("name", "") for p in fields.get("parents") or [] if p.get("name")]
    return {
        "surname": fields.get("surname") or "",
        "forename": forename,
        "middle_names": middle_names,
        "known_as": fields.get("known_as") or "",
        "dob": fields.get("date_of_birth"),
        "gender": fields.get("sex") or "",
        "upn": fields.get("upn") or "",
        "address": fields.get("address") or "",
        "postcode": fields.get("postcode") or "",
        "parents": parents[:4],
        "school_name": fields.get("school_name") or school_name,
        "school_urn": fields.get("school_urn") or "",
        "school_laestab": fields.get("school_laestab") or "",
        "last_attended": fields.get("last_attended"),
    }


def _forenames(written: str) -> tuple[str, str]:
    """Return the name that tells a child from a brother, and the rest: Muhammad alone tells nobody apart."""
    words = written.split()
    first = 2 if words and fold(words[0]) in MUHAMMAD else 1
    return " ".join(words[:first]), " ".join(words[first:])


def as_person(told: Mapping[str, Any]) -> Person:
    """Return the columns as matching's own value."""
    return Person(
        **{
            **told,
            "dob": _date(told.get("dob")),
            "last_attended": _date(told.get("last_attended")),
            "parents": tuple(told.get("parents") or ()),
        }
    )


def _date(value: object) -> date | None:
    if isinstance(value, date) or value is None:
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def add_child(
    fields: Mapping[str, Any], *, by: str, now: datetime, arrival: Arrival | None = None,
    protected: bool = False, school_name: str = "",
) -> Child:  # fmt: skip
    """Make a child from plain values and return it; `school_name` is the sender's, for a form that names none."""
    child = Child(created_at=now, protected=protected)
    _set(child, fields)
    child.save()
    add_version(child, person_of(fields, school_name), now=now, arrival=arrival)
    entry("child added", by, now=now, arrival=arrival, data={"child": child.pk})
    return child


def add_version(
    child: Child, person: dict[str, Any], *, now: datetime, arrival: Arrival | None
) -> None:
    """Keep one more version of a child, as a document gave it, and its keys."""
    last = ChildVersion.objects.filter(child=child).order_by("-id").first()
    if last is None or last.person != person:
        ChildVersion.objects.create(child=child, person=person, arrival=arrival, added_at=now)
    have = set(ChildKey.objects.filter(child=child).values_list("key", flat=True))
    new = {k[:120] for k in keys(as_person(person))} - have
    ChildKey.objects.bulk_create([ChildKey(key=k, child=child) for k in sorted(new)])


def change(
    child: Child,
    fields: Mapping[str, Any],
    *,
    by: str,
    now: datetime,
    arrival: Arrival | None = None,
) -> None:
    """Set values on the child's own row (applied or accepted ones only) and keep the version."""
    with transaction.atomic():
        _set(child, fields)
        child.version += 1
        child.save()
        last = ChildVersion.objects.filter(child=child).order_by("-id").first()
        now_held = dict(last.person) if last else person_of({})
        told = person_of({f: _json(getattr(child, f)) for f in CHILD_FIELDS if getattr(child, f)})
        told = {k: v or now_held.get(k, "") for k, v in told.items()}
        add_version(child, told, now=now, arrival=arrival)
        entry("child changed", by, now=now, data={"child": child.pk, "fields": sorted(fields)})


def told(child: Child) -> dict[str, Any]:
    """Return what the newest version tells of a child, by the names that readings use."""
    last = ChildVersion.objects.filter(child=child).order_by("-id").first()
    person = last.person if last else {}
    forenames = f"{person.get('forename', '')} {person.get('middle_names', '')}".strip()
    names = {"date_of_birth": "dob", "sex": "gender"}
    plain = ("surname", "known_as", "upn", "address", "postcode", "last_attended", "school_name")
    found = {name: person.get(names.get(name, name)) for name in (*plain, *names)}
    return {name: value for name, value in {**found, "forenames": forenames}.items() if value}


def put_back(
    child: Child, taken: Mapping[str, Any], held: Mapping[str, Any], *, by: str, now: datetime
) -> None:
    """Take values back off the child's own row, where they still stand, for those that hold now."""
    fields = {f for f in CHILD_FIELDS & set(taken) if _json(getattr(child, f)) == taken[f]}
    if not fields:
        return
    _set(child, {f: held.get(f) for f in fields})
    child.version += 1
    child.save()
    entry("child changed", by, now=now, data={"child": child.pk, "fields": sorted(fields)})


def _json(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _set(child: Child, fields: Mapping[str, Any]) -> None:
    for name in CHILD_FIELDS & set(fields):
        value = fields[name]
        if name == "date_of_birth":
            value = _date(value)
        elif value is None:
            value = ""
        elif name in _LIMITS:
            value = str(value)[: _LIMITS[name]]
        setattr(child, name, value)


def candidates(
    person: Person, *, cases: Iterable[int] = (), children: Iterable[int] = (), limit: int = 30
) -> list[Known]:
    """Return the few known children whom this one might be, with all their versions and cases.

    `cases` are those that a reply or a reference names, `children` others that must be looked at.
    """
    wanted = [k[:120] for k in keys(person)]
    counted = dict(
        ChildKey.objects.filter(key__in=wanted)
        .order_by()
        .values_list("key")
        .annotate(n=Count("child"))
    )
    usable = [k for k in wanted if 0 < counted.get(k, 0) <= COMMON_KEY]
    votes: dict[int, float] = defaultdict(float)
    for key, child in ChildKey.objects.filter(key__in=usable).values_list("key", "child_id"):
        votes[child] += 1.0 / counted[key] + 0.25
    best = sorted(votes, key=lambda c: (-votes[c], c))[:limit]
    named = Case.objects.filter(pk__in=list(cases)).values_list("child_id", flat=True)
    return known([*best, *named, *children])


def known(child_ids: Iterable[int]) -> list[Known]:
    """Return children as matching knows them: one `Known` for each case, or one without a case."""
    ids = list(dict.fromkeys(child_ids))
    children = Child.objects.filter(pk__in=ids, merged_into=None).in_bulk()
    versions: dict[int, list[Person]] = defaultdict(list)
    for v in ChildVersion.objects.filter(child_id__in=ids).order_by("id"):
        versions[v.child_id].append(as_person(v.person))
    cases: dict[int, list[Case]] = defaultdict(list)
    for case in Case.objects.filter(child_id__in=ids, merged_into=None).order_by("id"):
        cases[case.child_id].append(case)
    messages = _messages([c.pk for rows in cases.values() for c in rows])
    return [_known(children[i], versions[i], cases[i], messages) for i in ids if i in children]


def _messages(case_ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = CaseMessage.objects.filter(case_id__in=case_ids)
    for case_id, message_id in rows.values_list("case_id", "message_id"):
        found[case_id].append(message_id)
    return found


def _known(
    child: Child, versions: list[Person], cases: list[Case], messages: dict[int, list[str]]
) -> Known:
    """The newest episode speaks for the child; an open one before a closed one."""
    newest = max(cases, key=lambda c: (c.closed_on is None, c.opened_on, c.pk), default=None)
    before = [c for c in cases if newest and c.closed_on and c.closed_on <= newest.opened_on]
    return Known(
        child_id=str(child.pk),
        case_id=str(newest.pk) if newest else "",
        case_ref=newest.ref if newest else "",
        status="closed" if newest is None or newest.closed_on else "open",
        opened_on=newest.opened_on if newest else None,
        closed_on=newest.closed_on if newest else None,
        persons=completed(versions) or (as_person(person_of({})),),
        message_ids=frozenset(m for c in cases for m in messages.get(c.pk, ())),
        protected=child.protected,
        earlier=tuple(
            (str(c.pk), c.closed_on)
            for c in sorted(before, key=lambda c: c.opened_on)
            if c.closed_on and c != newest
        ),
    )


def link_family(
    a: Child, b: Child, why: str, *, now: datetime, by: str, state: str = "proposed"
) -> None:
    """Propose (or confirm) that two children are brothers or sisters, once."""
    if a.pk == b.pk:
        return
    first, second = sorted((a, b), key=lambda c: c.pk)
    row, new = FamilyLink.objects.get_or_create(
        a=first, b=second, defaults={"why": why[:200], "at": now, "state": state}
    )
    if not new and state != "proposed" and row.state != state:
        row.state, row.at = state, now
        row.save(update_fields=["state", "at"])
    if new or state != "proposed":
        entry("family link", by, now=now, data={"children": [first.pk, second.pk], "state": state})


def take_over(keep: Child, other: Child) -> dict[str, list[int]]:
    """Move another child's versions, keys and cases onto this one; return what was moved."""
    versions = list(other.versions.values_list("pk", flat=True))
    cases = list(Case.objects.filter(child=other).values_list("pk", flat=True))
    ChildVersion.objects.filter(pk__in=versions).update(child=keep)
    have = set(keep.keys.values_list("key", flat=True))
    keys_moved = list(other.keys.exclude(key__in=have).values_list("pk", flat=True))
    ChildKey.objects.filter(pk__in=keys_moved).update(child=keep)
    other.merged_into = keep
    other.save(update_fields=["merged_into"])
    return {"versions": versions, "cases": cases, "keys": keys_moved}


def give_back(keep: Child, other: Child, moved: dict[str, list[int]]) -> None:
    """Undo `take_over`."""
    ChildVersion.objects.filter(pk__in=moved["versions"]).update(child=other)
    ChildKey.objects.filter(pk__in=moved["keys"]).update(child=other)
    other.merged_into = None
    other.save(update_fields=["merged_into"])


def forget_versions(child: Child, arrival: Arrival) -> None:
    """Take back what an email said of a child who turned out to be another."""
    ChildVersion.objects.filter(child=child, arrival=arrival).delete()
    wanted = {k[:120] for v in child.versions.all() for k in keys(as_person(v.person))}
    ChildKey.objects.filter(child=child).exclude(key__in=wanted).delete()
