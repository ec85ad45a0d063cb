"""Everything held on one child as a ZIP, with what is about other people kept apart.

A subject access request gives a child, or whoever speaks for them, what is about them. Forms and emails name other people
too: parents, brothers and sisters, a referrer, a second child of the same return. A program cannot judge what of that may
go out, so nothing is blacked out and nothing left out: what is about this child stands under `about-the-child/`, what names
or may name others under `to-look-through/`, and README.txt says why each file stands where it stands.

Source: UK GDPR, article 15; Data Protection Act 2018, schedule 2, paragraph 16 (other people's information).
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from cases.clock import UK
from cases.models import (
    Alert,
    Arrival,
    Case,
    Child,
    ChildVersion,
    Entry,
    FamilyLink,
    FieldValue,
    Letter,
    ReadingRow,
    Task,
)
from cases.record import ledger
from cases.record.retention import cases_of

# Answers of a form that are about somebody else than the child.
OTHERS = (
    "parents", "siblings", "referrer_name", "referrer_role", "referrer_phone", "referrer_email", "social_worker",
    "enquiries", "narrative",
)  # fmt: skip
CLEAR, LOOK = "about-the-child", "to-look-through"


def gather(child: Child, now: datetime) -> bytes:
    """Return the ZIP. A child found to be the same as this one is gathered too."""
    same = [child, *Child.objects.filter(merged_into=child)]
    cases = list(Case.objects.filter(child__in=same).order_by("id"))
    arrivals = _arrivals(cases)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        told = _Told(archive)
        told.json(f"{CLEAR}/child.json", [_columns(c) for c in same])
        versions = ChildVersion.objects.filter(child__in=same).order_by("id")
        told.json(
            f"{CLEAR}/as-forms-gave-the-child.json",
            list(versions.values("person", "added_at", "arrival_id")),
        )
        links = FamilyLink.objects.filter(Q(a__in=same) | Q(b__in=same))
        told.json(
            f"{LOOK}/family.json",
            [_columns(link) for link in links],
            "names other children by number",
        )
        for case in cases:
            _case(told, case)
        for arrival in arrivals:
            _email(told, arrival, {c.pk for c in cases})
        looked = Entry.objects.filter(Q(case__in=cases) | Q(arrival__in=arrivals)).order_by("id")
        told.text(
            f"{LOOK}/who-did-and-looked-at-what.txt",
            _lines(looked),
            "names the people who worked on it",
        )
        archive.writestr("README.txt", told.readme(now))
    return out.getvalue()


class _Told:
    """The archive, and why each file stands where it stands."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive, self.why = archive, dict[str, str]()

    def bytes(self, name: str, data: bytes, why: str = "") -> None:
        self.archive.writestr(name, data)
        self.why[name] = why

    def text(self, name: str, text: str, why: str = "") -> None:
        self.bytes(name, text.encode(), why)

    def json(self, name: str, rows: Any, why: str = "") -> None:
        self.text(name, json.dumps(rows, indent=1, default=str, ensure_ascii=False), why)

    def readme(self, now: datetime) -> str:
        look = [f"  {name}: {why}" for name, why in self.why.items() if name.startswith(LOOK)]
        return "\n".join([
            f"Everything held on one child, gathered {now.astimezone(UK):%d %B %Y, %H:%M}.",
            "",
            f"{CLEAR}/ is about the child alone, as far as a program can tell. Read it before it leaves the team.",
            f"{LOOK}/ names other people, or may. Read each file and cover what is theirs, unless they agree or it is",
            "reasonable to give it without (Data Protection Act 2018, schedule 2, paragraph 16). Ask Social Care first where a",
            "safeguarding concern was raised: what could put a child at risk is not given.",
            "",
            *look,
            "",
            "Emails are as they came; any mail program opens them. What was deleted because its time was over is not here.",
            "",
        ])  # fmt: skip


def _arrivals(cases: list[Case]) -> list[Arrival]:
    """Return every email that any row of the cases names."""
    about: set[int] = set()
    for model in (ReadingRow, FieldValue, Alert, Task):
        rows = model._default_manager.filter(case__in=cases).exclude(arrival=None)
        about.update(rows.values_list("arrival_id", flat=True))
    for case in cases:
        about.update(case.messages.exclude(arrival=None).values_list("arrival_id", flat=True))
        about.update(case.events.exclude(arrival=None).values_list("arrival_id", flat=True))
    return list(Arrival.objects.filter(pk__in=about).select_related("raw").order_by("id"))


def _case(told: _Told, case: Case) -> None:
    here, look = f"{CLEAR}/{case.ref}", f"{LOOK}/{case.ref}"
    told.json(f"{here}/case.json", _columns(case))
    values = FieldValue.objects.filter(case=case).order_by("field", "id")
    columns = ("field", "value", "raw", "place", "by", "at", "state")
    told.json(f"{here}/answers.json", list(values.exclude(field__in=OTHERS).values(*columns)))
    told.json(
        f"{look}/answers-about-others.json", list(values.filter(field__in=OTHERS).values(*columns)),
        "parents, brothers and sisters, the referrer, and free words",
    )  # fmt: skip
    rows = case.events.order_by("on", "id")
    told.json(f"{look}/events.json", list(rows.values("kind", "on", "note", "by", "recorded_at", "state")),
              "notes are free words and can name anybody")  # fmt: skip
    told.json(f"{look}/alerts-and-tasks.json",
              [_columns(r) for r in (*case.alerts.order_by("id"), *case.tasks.order_by("id"))],
              "quotes what was written about a risk")  # fmt: skip
    decisions = case.decisions.order_by("id").values("kind", "by", "at", "why")
    told.json(f"{look}/decisions.json", list(decisions), "reasons are free words")
    for letter in Letter.objects.filter(case=case).select_related("raw").order_by("id"):
        data = ledger.open_bytes(letter.raw)
        others = len(letter.covers or []) > 1
        where = f"{look if others else here}/letters/{letter.pk}.eml"
        told.bytes(where, data, "speaks of other children too, by reference" if others else "")


def _email(told: _Told, arrival: Arrival, cases: set[int]) -> None:
    if arrival.raw is None:
        return
    more = len(cases_of(arrival) - cases)
    why = (
        f"is about {more} other case{'s' if more > 1 else ''} too"
        if more
        else "a sender's own words and forms"
    )
    told.bytes(f"{LOOK}/emails/{arrival.pk}.eml", ledger.open_bytes(arrival.raw), why)


def _columns(row: Any) -> dict[str, str]:
    return {f.name: str(getattr(row, f.attname)) for f in row._meta.concrete_fields}


def _lines(entries: Iterable[Entry]) -> str:
    return "".join(f"{e.at.astimezone(UK):%Y-%m-%d %H:%M}  {e.by:20}  {e.act}\n" for e in entries)
