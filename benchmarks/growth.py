"""Ten years of a county in one database: how large it is, and whether what runs every few minutes is still quick.

    python -m benchmarks.growth [--cases 30000] [--arrivals 150000] [--url postgresql://...]

Rows are written in bulk with invented values of the usual length; raw emails and pages are 1 kB stand-ins, so the size
told is that of the records: add to it the emails' own bytes (mean size x arrivals), which no query reads.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

OPEN = 400
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
SYLLABLES = (
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
)
STREETS = ("Larch Road", "Mill Lane", "Station Street", "The Green", "Abbey Close")


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


def fill(cases: int, arrivals: int) -> None:
    """Write the ten years."""
    from cases.models import (
        Arrival,
        Case,
        CaseEvent,
        Child,
        ChildKey,
        ChildVersion,
        Document,
        FieldValue,
        ReadingRow,
        Sighting,
        StoredBytes,
    )
    from cases.record.children import as_person, keys, person_of
    from cases.record.entries import entry

    began = NOW - timedelta(days=3652)

    def batches(total: int, size: int = 2000) -> Any:
        return (range(a, min(a + size, total)) for a in range(0, total, size))

    for some in batches(cases):
        rows = [(n, fields(n)) for n in some]
        made = Child.objects.bulk_create([Child(surname=f["surname"], forenames=f["forenames"], date_of_birth=f["date_of_birth"],
                                                created_at=began) for _, f in rows])  # fmt: skip
        told = [person_of(f) for _, f in rows]
        ChildVersion.objects.bulk_create(
            [
                ChildVersion(child=c, person=p, added_at=began)
                for c, p in zip(made, told, strict=True)
            ]
        )
        ChildKey.objects.bulk_create(
            [
                ChildKey(key=k[:120], child=c)
                for c, p in zip(made, told, strict=True)
                for k in sorted(keys(as_person(p)))
            ]
        )
        opened = [(began + timedelta(days=3650 * n / cases)).date() for n, _ in rows]
        held = Case.objects.bulk_create([
            Case(ref=f"CME-{day.year}-{n:06}", child=c, opened_on=day, changed_at=NOW, form="cme", forms_seen=["cme"],
                 status="open" if n >= cases - OPEN else "closed", outcome="" if n >= cases - OPEN else "A1",
                 closed_on=None if n >= cases - OPEN else min(day + timedelta(days=40), NOW.date()))
            for (n, _), c, day in zip(rows, made, opened, strict=True)])  # fmt: skip
        CaseEvent.objects.bulk_create([CaseEvent(case=c, kind=k, on=c.opened_on, by="system: intake", recorded_at=NOW)
                                       for c in held for k in ("last_attended", "referral_received", "ewo_assigned")
                                       + (("found",) if c.closed_on else ())])  # fmt: skip
        FieldValue.objects.bulk_create([FieldValue(case=c, field=k, value=v, raw=str(v), place="table 1, row 3", by="system: intake", at=NOW)
                                        for c, (_, f) in zip(held, rows, strict=True) for k, v in [*f.items(), *((f"more_{i}", v) for i in range(3) for v in f.values())]])  # fmt: skip
    for some in batches(arrivals):
        raws = StoredBytes.objects.bulk_create(
            [
                StoredBytes(sha256=f"{n:064x}", size=1000, sealed=os.urandom(1000), kept_at=NOW)
                for n in some
            ]
        )
        came = Arrival.objects.bulk_create([
            Arrival(content_key=f"{n:064x}", raw=r, received_at=NOW, kept_at=NOW, account="cme@wrenshire.example", state="filed", moved=True,
                    sender="office@alder.example", subject=f"CME referral {n}", new_text="Please find attached the form. " * 10)
            for n, r in zip(some, raws, strict=True)])  # fmt: skip
        Sighting.objects.bulk_create([Sighting(account="cme@wrenshire.example", folder="Processed" if n % 50 else "INBOX", uidvalidity=1, uid=n + 1,
                                               arrival=a, seen_at=NOW) for n, a in zip(some, came, strict=True)])  # fmt: skip
        papers = Document.objects.bulk_create([Document(arrival=a, path="form.docx", format="docx", decision="read", text="Surname of child, forenames, date of birth. " * 40)
                                               for a in came])  # fmt: skip
        ReadingRow.objects.bulk_create([ReadingRow(arrival=a, document=d, number=1, form="cme", state="decided", case_id=n % cases + 1, verdict="update",
                                                   fields={k: {"value": v, "raw": v, "place": "table 1", "sure": 0.99} for k, v in fields(n % cases).items()})
                                        for n, a, d in zip(some, came, papers, strict=True)])  # fmt: skip
    for n in range(2000):
        entry("kept", "system: intake", now=NOW, data={"size": n})


def timed(what: str, work: Callable[[], Any], times: int = 5) -> None:
    """Print the median of a few runs."""
    took, told = [], None
    for _ in range(times):
        began = time.perf_counter()
        told = work()
        took.append(time.perf_counter() - began)
    print(f"{what:58}{sorted(took)[len(took) // 2] * 1000:>10.1f} ms   {told}", flush=True)


def main() -> int:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=30_000)
    parser.add_argument("--arrivals", type=int, default=150_000)
    parser.add_argument("--url", default="")
    parser.add_argument(
        "--data", default="", help="a data folder to fill, or to measure if it is filled already"
    )
    arguments = parser.parse_args()
    folder = tempfile.TemporaryDirectory()
    os.environ |= {
        "CME_DATA": arguments.data or f"{folder.name}/data",
        "DJANGO_SETTINGS_MODULE": "cases.settings",
        "CME_DATABASE_URL": arguments.url,
    }
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    from cases.models import Arrival, Case

    began = time.perf_counter()
    if not Case.objects.exists():
        fill(arguments.cases, arguments.arrivals)
        print(f"written in {time.perf_counter() - began:.0f} s")
    arguments.cases, arguments.arrivals = Case.objects.count(), Arrival.objects.count()
    print(f"{arguments.cases:,} cases, {arguments.arrivals:,} arrivals on {connection.vendor}")
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = Path(connection.settings_dict["NAME"]).stat().st_size
    else:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            cursor.execute("SELECT pg_database_size(current_database())")
            size = cursor.fetchone()[0]
    print(
        f"{'database':58}{size / 1e6:>10,.0f} MB   {size / arguments.arrivals:,.0f} bytes an email"
    )
    from cases import clocks, health
    from cases.config import current
    from cases.record import children, ledger
    from cases.record.entries import entry

    timed(
        "known_uids of INBOX (every poll)",
        lambda: len(ledger.known_uids("cme@wrenshire.example", "INBOX", 1, NOW)),
    )
    timed(
        "known_uids of Processed (every poll that sweeps it)",
        lambda: len(ledger.known_uids("cme@wrenshire.example", "Processed", 1, NOW)),
    )
    timed("waiting (every poll)", lambda: len(ledger.waiting(NOW)))
    timed("to_move (every poll)", lambda: len(ledger.to_move()))
    for n in (1, arguments.cases // 2, arguments.cases - 1):
        person = children.as_person(children.person_of(fields(n)))
        timed(f"children.candidates, child {n:,}", lambda p=person: len(children.candidates(p)))  # type: ignore[misc]
    timed("timeline: one entry", lambda: entry("kept", "system: intake", now=NOW).pk)
    timed("open_case_ids", lambda: len(clocks.open_case_ids()))
    timed(
        f"clocks.all_due ({OPEN} open cases and those followed up)",
        lambda: len(list(clocks.all_due(NOW.date()))),
        3,
    )
    timed("counts of arrivals by state", lambda: sum(ledger.counts().values()))
    timed("the doctor, offline", lambda: len(list(health.checks(current(), NOW, deep=False))), 3)
    return 0


if __name__ == "__main__":
    sys.exit(main())
