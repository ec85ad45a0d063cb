"""What is due for deletion by config.yaml's `retention`, and deleting it, with a line of proof that stays.

A stranger would get four things wrong. The timeline is append-only, so its entries stay (they hold ids and codes, no
child's details) and outlive the case they name. An email can be about several children: it goes when the last of
them is due. The ledger's row of an email stays as a husk, or the next poll would take the same email in again. And
a case under legal hold keeps everything that belongs to it, its emails' bytes and pages included.

Times run from the day on which the last case concerned was closed; an email that led to no case counts from its arrival.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from cases.clock import UK, uk_date
from cases.config import Keep, Retention
from cases.models import (
    Alert,
    Arrival,
    ArrivalState,
    Case,
    CaseEvent,
    CaseMessage,
    Child,
    Document,
    FieldValue,
    Hold,
    Letter,
    PageImage,
    ReadingRow,
    Sighting,
    StoredBytes,
    Task,
)
from cases.record.entries import entry

# Whatever says that an email is about a case.
_ABOUT: tuple[Any, ...] = (ReadingRow, CaseMessage, FieldValue, Task, Alert, CaseEvent)


@dataclass(frozen=True, slots=True)
class Due:
    """One thing whose time is over. `kind`: case, raw_email or documents; `key` is its row, `name` what to print."""

    kind: str
    key: int
    name: str
    until: date


class NotDeleted(Exception):
    """It may not be deleted after all: open again, under legal hold, or not due. The text says which."""


def kept_until(rule: Keep, born: date | None, closed: date) -> date | None:
    """Return the day on which something may go, or None while the rule cannot be counted (no date of birth)."""
    if rule.years is not None:
        return _later(closed, rule.years)
    if born is None or rule.until_age is None:
        return None
    # Never before the case itself was closed, however old the person is.
    return max(_later(born, rule.until_age), closed)


def _later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 3, 1)


def _sooner(day: date, rule: Keep) -> date:
    return _later(day, -(rule.years or 0))


def rule_of(case: Case, told: Retention) -> Keep:
    """Return the rule for a case: looked after before EHCP before the rest."""
    if "looked_after" in case.flags:
        return told.case_looked_after
    return told.case_with_ehcp if "ehcp" in case.flags else told.case


def due(told: Retention, today: date, most: int | None = None) -> list[Due]:
    """Return everything whose time is over, cases first, oldest first.

    The database leaves out whatever cannot be due yet, so that a look does not walk through every closed case; what it
    leaves is counted exactly. `most`: of each kind of email's parts that many are enough.
    """
    held = Case.objects.filter(merged_into=OuterRef("pk"), legal_hold=True)
    cases = Case.objects.exclude(closed_on=None).filter(legal_hold=False, merged_into=None)
    cases = cases.filter(_may_be_due(told, today)).exclude(Exists(held)).select_related("child")
    found = [
        Due("case", c.pk, c.ref, until)
        for c in cases.order_by("closed_on", "id").iterator(chunk_size=1000)
        if (until := _case_until(c, told)) and until <= today
    ]
    return [*found, *_emails(told, today, most)]


def _may_be_due(told: Retention, today: date) -> Q:
    """Return what must be true of every case that is due by any of the rules."""
    rules = (told.case, told.case_with_ehcp, told.case_looked_after)
    ages = [r.until_age for r in rules if r.until_age is not None]
    years = [r.years for r in rules if r.years is not None]
    may = Q(pk__in=[])
    if ages:
        may |= Q(child__date_of_birth__lte=_later(today, -min(ages)))
    if years:
        may |= Q(closed_on__lte=_later(today, -min(years)))
    return may


def _case_until(case: Case, told: Retention) -> date | None:
    if case.closed_on is None:
        return None
    return kept_until(rule_of(case, told), case.child.date_of_birth, case.closed_on)


def _emails(told: Retention, today: date, most: int | None) -> list[Due]:
    documents = Document.objects.filter(arrival=OuterRef("pk")).filter(
        Q(kept__isnull=False) | ~Q(text="") | Q(pages__isnull=False)
    )
    rows = Arrival.objects.annotate(papers=Exists(documents)).exclude(
        state__in=[ArrivalState.KEPT, ArrivalState.HELD]
    )
    found = []
    for kind, rule, there in (
        ("raw_email", told.raw_email, Q(raw__isnull=False)),
        ("documents", told.documents, Q(papers=True)),
    ):
        # No email is due sooner than its time after it came, nor while a case of it is open, held or closed too lately.
        cut = _sooner(today, rule)
        old = rows.filter(there, received_at__lt=_midnight_after(cut))
        keeping = Case.objects.filter(Q(closed_on=None) | Q(legal_hold=True) | Q(closed_on__gt=cut))
        for model in _ABOUT:
            of = model._default_manager.filter(arrival=OuterRef("pk"), case__in=keeping)
            old = old.exclude(Exists(of))
        mine: list[Due] = []
        seen = 0
        while most is None or len(mine) < most:
            rows_on = old.filter(pk__gt=seen).order_by("id").values_list("id", "received_at")
            batch = dict(rows_on[:500])
            if not batch:
                break
            seen = max(batch)
            for key, last in _last_days(batch).items():
                until = kept_until(rule, None, last)
                if until is not None and until <= today:
                    mine.append(Due(kind, key, f"email {key}", until))
        found += mine
    return sorted(found, key=lambda d: (d.key, d.kind == "documents"))


def _midnight_after(day: date) -> datetime:
    """Return the instant at which the UK's day ends; comparing instants lets the database use its index."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=UK)


def _last_days(arrivals: dict[int, datetime]) -> dict[int, date]:
    """Return the day from which each email's time runs, leaving out those that a case keeps."""
    about: dict[int, set[int]] = {key: set() for key in arrivals}
    for model in _ABOUT:
        rows = model._default_manager.filter(arrival__in=arrivals).exclude(case=None)
        for arrival, case in rows.values_list("arrival_id", "case_id"):
            about[arrival].add(case)
    ids = {case for cases in about.values() for case in cases}
    told = {
        key: (closed, held)
        for key, closed, held in Case.objects.filter(pk__in=ids).values_list("id", "closed_on", "legal_hold")
    }  # fmt: skip
    found = {}
    for key, cases in about.items():
        last = _last([told[c] for c in cases if c in told], arrivals[key])
        if last is not None:
            found[key] = last
    return found


def _last(cases: list[tuple[date | None, bool]], received: datetime) -> date | None:
    """Return the day on which the last case was closed; without a case the day of arrival; None while one keeps it."""
    if not cases:
        return uk_date(received)
    closed = [day for day, _ in cases if day]
    return max(closed) if len(closed) == len(cases) and not any(held for _, held in cases) else None


def cases_of(arrival: Arrival) -> set[int]:
    """Return every case that an email is about."""
    told: set[int] = set()
    for model in _ABOUT:
        rows = model._default_manager.filter(arrival=arrival).exclude(case=None)
        told.update(rows.values_list("case_id", flat=True))
    return told


def _last_day(arrival: Arrival) -> date | None:
    """Return the day from which an email's time runs, None while a case of it is open or held."""
    rows = Case.objects.filter(pk__in=cases_of(arrival)).values_list("closed_on", "legal_hold")
    return _last(list(rows), arrival.received_at)


def erase(what: Due, told: Retention, *, by: str, now: datetime) -> dict[str, int]:
    """Delete one thing that is due and return what went, as counts; a line of proof stays in the timeline.

    Raises:
        NotDeleted: it is not due (any more).
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")  # or the freed pages keep the words
    with transaction.atomic():
        gone = (
            _delete_case(what.key, told, by, now) if what.kind == "case"
            else _delete_of_email(what, told, by, now)
        )  # fmt: skip
        return dict(gone)


def _delete_case(key: int, told: Retention, by: str, now: datetime) -> Counter[str]:
    case = Case.objects.select_for_update(of=("self",)).select_related("child").get(pk=key)
    until = _case_until(case, told)
    if case.legal_hold or Case.objects.filter(merged_into=case, legal_hold=True).exists():
        raise NotDeleted(f"{case.ref} is under legal hold.")
    if until is None or until > uk_date(now):
        raise NotDeleted(f"{case.ref} is not due.")
    gone: Counter[str] = Counter()
    everyone = [case, *Case.objects.filter(merged_into=case)]
    ids = {c.pk for c in everyone}
    children = {c.child_id for c in everyone}
    for arrival in list(_arrivals(ids)):
        if cases_of(arrival) <= ids:
            gone += _husk(arrival, now)
        else:
            gone["emails that stay for another child"] += 1
    ReadingRow.objects.filter(case__in=ids).delete()
    gone += _delete_letters(ids)
    for rows in (Task.objects.filter(case__in=ids), Alert.objects.filter(case__in=ids)):
        rows.delete()
    Case.objects.filter(pk__in=ids).delete()
    gone["cases"] += len(ids)
    gone += _delete_children(children)
    entry(
        "deleted by retention", by, now=now,
        data={"kind": "case", "cases": sorted(ids), "until": until.isoformat(), "gone": dict(gone)},
    )  # fmt: skip
    return gone


def _arrivals(cases: set[int]) -> Iterable[Arrival]:
    about: set[int] = set()
    for model in _ABOUT:
        rows = model._default_manager.filter(case__in=cases).exclude(arrival=None)
        about.update(rows.values_list("arrival_id", flat=True))
    return Arrival.objects.filter(pk__in=about)


def _husk(arrival: Arrival, now: datetime) -> Counter[str]:
    """Empty an email down to what keeps it from being taken in again: its digest and its places."""
    gone = _delete_papers(arrival)
    gone += _delete_raw(arrival, now)
    gone["emails"] += 1
    Hold.objects.filter(arrival=arrival).delete()
    ReadingRow.objects.filter(arrival=arrival).delete()
    Document.objects.filter(arrival=arrival).delete()
    arrival.sender = arrival.sender_name = arrival.subject = arrival.new_text = ""
    arrival.message_id = arrival.trust_why = arrival.trouble = ""
    arrival.case_refs, arrival.thread_ids, arrival.attachment_hashes = [], [], []
    arrival.email_notes = {}
    arrival.save()
    return gone


def _delete_raw(arrival: Arrival, now: datetime) -> Counter[str]:
    """Delete an email's own bytes here; the mailbox's copies go with the next poll (`road.erase_copies`)."""
    raw, arrival.raw = arrival.raw_id, None
    lying = arrival.sighting_set.filter(gone_at=None, erase_at=None).update(erase_at=now)
    arrival.erase_at = arrival.erase_at or now
    arrival.save(update_fields=["raw", "erase_at"])
    return drop_bytes({raw} - {None}) + Counter({"mailbox copies to delete": lying})  # type: ignore[arg-type]


def copies_to_erase(limit: int = 500) -> list[Sighting]:
    """Return every place where the mailbox may still hold an email whose deletion was confirmed."""
    rows = Sighting.objects.filter(erase_at__isnull=False)
    return list(rows.select_related("arrival").order_by("folder", "uidvalidity", "uid")[:limit])


def note_erased(row: Sighting, *, now: datetime) -> None:
    """Write down that the mailbox holds nothing at this place any more."""
    row.gone_at, row.erase_at = now, None
    row.save(update_fields=["gone_at", "erase_at"])


def prove_erased(told: Counter[str], *, by: str, now: datetime) -> None:
    """Put the proof of what was deleted from the mailbox into the timeline, as counts."""
    data = {"kind": "mailbox", "gone": dict(told)}
    entry("deleted from the mailbox", by, now=now, data=data)


def _delete_papers(arrival: Arrival) -> Counter[str]:
    papers = Document.objects.filter(arrival=arrival)
    pages = PageImage.objects.filter(document__in=papers)
    stored = set(pages.values_list("png_id", flat=True))
    stored |= set(papers.exclude(kept=None).values_list("kept_id", flat=True))
    gone = Counter({"pages": pages.count(), "documents": papers.count()})
    pages.delete()
    papers.update(kept=None, text="", layout={})
    return gone + drop_bytes(stored)


def _delete_letters(cases: set[int]) -> Counter[str]:
    letters = Letter.objects.filter(case__in=cases)
    stored = set(letters.values_list("raw_id", flat=True))
    gone = Counter({"letters": letters.count()})
    letters.delete()
    return gone + drop_bytes(stored)


def drop_bytes(keys: set[str]) -> Counter[str]:
    """Delete stored bytes that nothing names any more: the same attachment may belong to another email."""
    free = StoredBytes.objects.filter(pk__in=keys).exclude(
        Q(Exists(Arrival.objects.filter(raw=OuterRef("pk"))))
        | Q(Exists(Document.objects.filter(kept=OuterRef("pk"))))
        | Q(Exists(PageImage.objects.filter(png=OuterRef("pk"))))
        | Q(Exists(Letter.objects.filter(raw=OuterRef("pk"))))
    )
    ids = list(free.values_list("pk", flat=True))
    StoredBytes.objects.filter(pk__in=ids).delete()
    return Counter({"stored files": len(ids)})


def _delete_children(ids: set[int]) -> Counter[str]:
    """Delete the children who have no case left, and those who were found to be the same child."""
    alone = Child.objects.filter(pk__in=ids, cases__isnull=True)
    same = Child.objects.filter(merged_into__in=alone, cases__isnull=True)
    gone = {*alone.values_list("pk", flat=True), *same.values_list("pk", flat=True)}
    Child.objects.filter(pk__in=gone).delete()
    return Counter({"children": len(gone)})


def _delete_of_email(what: Due, told: Retention, by: str, now: datetime) -> Counter[str]:
    arrival = Arrival.objects.select_for_update().get(pk=what.key)
    last = _last_day(arrival)
    rule = told.raw_email if what.kind == "raw_email" else told.documents
    until = kept_until(rule, None, last) if last else None
    if until is None or until > uk_date(now):
        raise NotDeleted(f"{what.name} is not due, or a case of it is open or under legal hold.")
    gone = _delete_raw(arrival, now) if what.kind == "raw_email" else _delete_papers(arrival)
    if what.kind == "documents" and not cases_of(arrival):
        gone += _husk(arrival, now)  # it led nowhere: nothing else would ever delete its words
    entry(
        "deleted by retention", by, now=now, arrival=arrival,
        data={"kind": what.kind, "until": until.isoformat(), "gone": dict(gone)},
    )  # fmt: skip
    return gone
