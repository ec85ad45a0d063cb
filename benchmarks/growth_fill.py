"""Ten years of a county, written in bulk: for `benchmarks.growth`.

Every table that grows gets the rows that the program itself would write, with invented values of the usual length; the
timeline is a real chain that proves. Raw emails and letters are stand-ins of 1 kB that nobody opens, so the
database's size is that of the records: the emails' own bytes come on top (mean size x arrivals), and no query reads them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

OPEN = 400
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
BEGAN = NOW - timedelta(days=3652)
ACCOUNT = "cme@wrenshire.example"
BY = "system: intake"
ROWS = 2000
SYLLABLES = [
    "al",
    "ber",
    "cor",
    "dun",
    "el",
    "far",
    "gre",
    "hol",
    "ing",
    "jas",
    "ken",
    "lor",
    "mar",
    "nev",
    "os",
    "pel",
]
STREETS = ("Larch Road", "Mill Lane", "Station Street", "The Green", "Abbey Close")
LETTERS = ("acknowledgement", "first_chase", "second_chase", "ewo_update", "escalation")
ACTS = ("arrival kept", "arrival filed", "case opened", "values written", "letter written", "letter sent", "read")  # fmt: skip


def word(number: int, long: int) -> str:
    """Return an invented name, the same for the same number."""
    number = number * 2654435761 % 2**32
    return "".join(SYLLABLES[number >> 4 * i & 15] for i in range(long)).capitalize()


def fields(number: int) -> dict[str, Any]:
    """Return an invented child."""
    born = date(2006, 1, 1) + timedelta(days=number * 7919 % 7000)
    return {
        "surname": word(number // 2, 3), "forenames": f"{word(number + 7, 2)} {word(number + 3, 2)}",
        "date_of_birth": born.isoformat(), "postcode": f"W{number % 40} {number % 9}{chr(65 + number % 20)}{chr(65 + number // 20 % 20)}",
        "address": f"{number % 200} {STREETS[number % 5]}, Wrenford", "parent_name": f"{word(number // 2 + 1, 2)} {word(number // 2, 3)}",
    }  # fmt: skip


def _form(number: int) -> dict[str, Any]:
    """Return the values of a whole form: the child's six and as many again twice."""
    told = fields(number)
    return told | {f"more_{i}_{name}": value for i in range(3) for name, value in told.items()}


def fill(cases: int, arrivals: int) -> None:
    """Write the ten years."""
    from cases.models import School

    schools = School.objects.bulk_create(
        [School(name=f"{word(n, 3)} School", urn=str(900100 + n)) for n in range(300)]
    )
    for some in _batches(cases):
        _cases(some, cases, schools)
    for some in _batches(arrivals):
        _arrivals(some, cases, schools)
    _timeline(cases, arrivals)


def _batches(total: int) -> Iterator[range]:
    return (range(a, min(a + ROWS, total)) for a in range(0, total, ROWS))


def _day(number: int, cases: int) -> date:
    return (BEGAN + timedelta(days=3650 * number / cases)).date()


def _cases(some: range, total: int, schools: list[Any]) -> None:
    from cases.models import Asked, Case, CaseEvent, Child, ChildKey, ChildVersion, FieldValue
    from cases.record.children import as_person, keys, person_of

    told = [fields(n) for n in some]
    made = Child.objects.bulk_create(
        Child(surname=f["surname"], forenames=f["forenames"], date_of_birth=f["date_of_birth"], created_at=BEGAN)
        for f in told
    )  # fmt: skip
    people = list(zip(made, map(person_of, told), strict=True))
    ChildVersion.objects.bulk_create(ChildVersion(child=c, person=p, added_at=BEGAN) for c, p in people)  # fmt: skip
    ChildKey.objects.bulk_create(
        ChildKey(key=key[:120], child=c) for c, p in people for key in sorted(keys(as_person(p)))
    )
    first_open = total - OPEN
    held = Case.objects.bulk_create(
        Case(ref=f"CME-{_day(n, total).year}-{n:06}", child=c, opened_on=_day(n, total), changed_at=NOW, form="cme",
             forms_seen=["cme"], school=schools[n % len(schools)], status="open" if n >= first_open else "closed",
             outcome="" if n >= first_open else "A1",
             closed_on=None if n >= first_open else min(_day(n, total) + timedelta(days=40), NOW.date()))
        for n, c in zip(some, made, strict=True)
    )  # fmt: skip
    CaseEvent.objects.bulk_create(
        CaseEvent(case=c, kind=kind, on=c.opened_on, by=BY, recorded_at=NOW)
        for c in held
        for kind in ("last_attended", "referral_received", "ewo_assigned", *(("found",) if c.closed_on else ()))
    )  # fmt: skip
    FieldValue.objects.bulk_create(
        FieldValue(case=c, field=name, value=value, raw=str(value), place="table 1, row 3", by=BY, at=NOW)
        for c, n in zip(held, some, strict=True)
        for name, value in _form(n).items()
    )  # fmt: skip
    letters = _letters(held)
    Asked.objects.bulk_create(
        Asked(case_id=letter.case_id, rule="reply", step=letter.kind, started_on=BEGAN.date(), kind=letter.kind, role="ewo",
              recipient=letter.recipient, what="What has become of the enquiries?", decided_at=NOW, letter=letter, state="written")
        for letter in letters
    )  # fmt: skip


def _letters(held: list[Any]) -> list[Any]:
    from cases.models import CaseMessage, Letter

    of = [(case, kind) for case in held for kind in LETTERS]
    raws = _stored(f"letter {c.pk} {kind}" for c, kind in of)
    letters = Letter.objects.bulk_create(
        Letter(key=f"{kind}:{c.ref}", case=c, kind=kind, rule="reply", step=kind, recipient="office@alder.example",
               subject=f"{c.ref}: what we still need", message_id=f"<{kind}.{c.pk}@wrenshire.example>", raw=raw,
               state="sent", written_at=NOW, sent_at=NOW, tries=1)
        for (c, kind), raw in zip(of, raws, strict=True)
    )  # fmt: skip
    CaseMessage.objects.bulk_create(CaseMessage(case_id=m.case_id, message_id=m.message_id) for m in letters)  # fmt: skip
    return letters


def _stored(names: Any) -> list[Any]:
    import hashlib

    from cases.models import StoredBytes

    return StoredBytes.objects.bulk_create(
        StoredBytes(sha256=hashlib.sha256(name.encode()).hexdigest(), size=1000, sealed=os.urandom(1000), kept_at=NOW)
        for name in names
    )  # fmt: skip


def _arrivals(some: range, cases: int, schools: list[Any]) -> None:
    from cases.models import Arrival, Decision, Document, Hold, ReadingRow, Sighting

    came = Arrival.objects.bulk_create(
        Arrival(content_key=f"{n:064x}", canonical=f"{n + 1:064x}", raw=raw, kept_at=NOW, account=ACCOUNT, moved=True, pictured=True,
                received_at=BEGAN + timedelta(days=3650 * n % 3650), state="held" if n % 3000 == 0 else "filed", verdict="update",
                sender="office@alder.example", school=schools[n % len(schools)], subject=f"CME referral {n}", trust="proved",
                message_id=f"<in.{n}@alder.example>", new_text="Please find attached the form. " * 10)
        for n, raw in zip(some, _stored(f"arrival {n}" for n in some), strict=True)
    )  # fmt: skip
    rows = list(zip(some, came, strict=True))
    Sighting.objects.bulk_create(
        Sighting(account=ACCOUNT, folder="Processed" if n % 50 else "INBOX", uidvalidity=1, uid=n + 1, arrival=a, seen_at=NOW)
        for n, a in rows
    )  # fmt: skip
    Hold.objects.bulk_create(
        Hold(arrival=a, reason="unknown_form", text="No form was recognised.", at=NOW)
        for n, a in rows
        if a.state == "held"
    )
    papers = Document.objects.bulk_create(
        Document(arrival=a, path="form.docx", format="docx", decision="read", sha256=f"{n:064x}",
                 text="Surname of child, forenames, date of birth. " * 40)
        for n, a in rows
    )  # fmt: skip
    read = ReadingRow.objects.bulk_create(
        ReadingRow(arrival=a, document=d, number=1, form="cme", state="decided", case_id=n % cases + 1, verdict="update",
                   fields={k: {"value": v, "raw": v, "place": "table 1, row 3", "sure": 0.99} for k, v in _form(n % cases).items()})
        for (n, a), d in zip(rows, papers, strict=True)
    )  # fmt: skip
    Decision.objects.bulk_create(
        Decision(reading=r, arrival_id=r.arrival_id, kind="update", case_id=r.case_id, by=BY, at=NOW,
                 shown={"bits": [["surname agrees", 9.1], ["date of birth agrees", 11.2], ["postcode agrees", 7.0]]})
        for r in read
    )  # fmt: skip


def _timeline(cases: int, arrivals: int) -> None:
    """Write the chain: a few entries for each arrival and each case, each hashed over the one before."""
    from cases.models import Entry
    from cases.record import entries

    previous = entries._FIRST
    for some in _batches(3 * arrivals + 10 * cases):
        made = []
        for n in some:
            row = Entry(at=NOW, by=BY, act=ACTS[n % len(ACTS)], case_id=n % cases + 1, arrival_id=n % arrivals + 1,
                        data={"fields": ["surname", "address", "postcode"], "letter": n}, previous=previous)  # fmt: skip
            row.hash = previous = entries._hash(row)
            made.append(row)
        Entry.objects.bulk_create(made)
