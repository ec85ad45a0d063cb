"""Pages over 30,000 cases and 150,000 emails: the median of each must stay under 200 ms.

The record is made by bulk inserts in a temporary data folder on SQLite; the pages are asked through the whole
stack (sessions, roles, templates) in one process. `python -m benchmarks.pages [cases]` prints a table.
"""

from __future__ import annotations

import os
import random
import resource
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

CASES, EMAILS_A_CASE, OPEN_SHARE, LIMIT_MS, TIMES = 30_000, 5, 0.05, 200, 15
SURNAMES = [
    "Thornbury",
    "Larch",
    "Marchwood",
    "Quiller",
    "Ashgrove",
    "Kellaway",
    "Ferrier",
    "Larkspur",
    "Hollin",
    "Wexcombe",
    "Dunmore",
    "Sallow",
]
FORENAMES = [
    "Ayaan",
    "Elin",
    "Bo",
    "Ivo",
    "Wren",
    "Maya",
    "Tomas",
    "Leila",
    "Jude",
    "Noor",
    "Kit",
    "Zofia",
    "Amara",
    "Rowan",
    "Idris",
]


def fill(count: int) -> None:
    """Write `count` cases with their emails, fields, events and timeline."""
    from django.db import transaction

    from cases.models import (
        Arrival,
        Case,
        CaseEvent,
        Child,
        ChildKey,
        Entry,
        FieldValue,
        ReadingRow,
        School,
    )
    from policy.blocking import keys
    from policy.matching import Person

    rng, now = random.Random(7), datetime.now(UTC)
    schools = School.objects.bulk_create(
        [School(name=f"School number {n}", urn=str(900100 + n)) for n in range(300)]
    )
    names = [
        (
            rng.choice(FORENAMES) + rng.choice(["", "a", "el", "is"]),
            rng.choice(SURNAMES) + rng.choice(["", "s", "ton", "by"]),
        )
        for _ in range(count)
    ]
    born = [date(2010, 1, 1) + timedelta(days=rng.randrange(3000)) for _ in range(count)]
    with transaction.atomic():
        children = Child.objects.bulk_create(
            [Child(forenames=f, surname=s, date_of_birth=b, created_at=now) for (f, s), b in zip(names, born, strict=True)], batch_size=2000)  # fmt: skip
        ChildKey.objects.bulk_create(
            [ChildKey(key=k, child=c) for c in children for k in keys(Person(forename=c.forenames, surname=c.surname, dob=c.date_of_birth))],
            batch_size=2000, ignore_conflicts=True)  # fmt: skip
        still = [rng.random() < OPEN_SHARE for _ in range(count)]
        opened = [
            now.date() - timedelta(days=rng.randrange(1, 90) if o else rng.randrange(120, 2500))
            for o in still
        ]
        cases = Case.objects.bulk_create(
            [Case(ref=f"CME-{d.year}-{n:05}", child=c, status="open" if o else "closed", outcome="" if o else "EMI", opened_on=d,
                  closed_on=None if o else d + timedelta(days=60), school=rng.choice(schools), last_attended=d - timedelta(days=9),
                  changed_at=now, forms_seen=["cme"]) for n, (c, d, o) in enumerate(zip(children, opened, still, strict=True))], batch_size=2000)  # fmt: skip
        CaseEvent.objects.bulk_create(
            [CaseEvent(case=c, kind=k, on=c.opened_on, by="system: intake", recorded_at=now) for c in cases for k in ("referral_received", "last_attended")], batch_size=2000)  # fmt: skip
        FieldValue.objects.bulk_create(
            [FieldValue(case=c, field=f, value="x", by="system: intake", at=now) for c in cases for f in ("surname", "forenames", "reason")], batch_size=2000)  # fmt: skip
        arrivals = Arrival.objects.bulk_create(
            [Arrival(content_key=f"{n:064}", state="held" if n % 3000 == 0 else "filed", verdict="update", received_at=now - timedelta(minutes=n),
                     kept_at=now, sender="office@school.example", school=rng.choice(schools), subject="A form") for n in range(count * EMAILS_A_CASE)], batch_size=2000)  # fmt: skip
        ReadingRow.objects.bulk_create(
            [ReadingRow(arrival=a, number=1, form="update", case=cases[n // EMAILS_A_CASE], state="decided", verdict="update") for n, a in enumerate(arrivals)], batch_size=2000)  # fmt: skip
        Entry.objects.bulk_create(
            [Entry(at=now, by="system: intake", act="filed: update", case=cases[n // EMAILS_A_CASE], arrival=a, previous="0", hash=f"{n:064}") for n, a in enumerate(arrivals)], batch_size=2000)  # fmt: skip


def main() -> int:
    """Print each page's median and worst, and fail when a median is over the limit."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CME_DATA"] = folder + "/data"
        os.environ["DJANGO_SETTINGS_MODULE"] = "cases.settings"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        began = time.perf_counter()
        fill(count)
        print(
            f"{count} cases, {count * EMAILS_A_CASE} emails made in {time.perf_counter() - began:.0f} s"
        )
        return measure()


def measure() -> int:
    """Ask every page and say how long it took."""
    from django.test import Client

    from cases.models import Arrival, Case, Person

    client: Any = Client(HTTP_HOST="127.0.0.1")
    client.force_login(Person.objects.create(username="manager", role="manager"))
    case = Case.objects.filter(closed_on=None).select_related("child").first()
    held = Arrival.objects.filter(state="held").first()
    assert case is not None
    assert held is not None
    client.post("/cases/", {"q": f"{case.child.forenames} {case.child.surname}z"})
    addresses = ["/", "/emails/", f"/email/{held.pk}/", "/cases/", "/cases/?status=all&page=200", "/cases/?search=1", f"/case/{case.ref}/",
                 f"/child/{case.child_id}/", "/letters/", "/schools/", "/figures/", "/reports/", "/reports/deletion/", "/rules/", "/status/", "/people/", "/audit/"]  # fmt: skip
    slow = 0
    print(f"{'page':32}{'first':>8}{'median':>8}{'worst':>8}  ms (limit {LIMIT_MS})")
    for address in addresses:
        took = []
        for _ in range(TIMES):
            start = time.perf_counter()
            answer = client.get(address)
            took.append(1000 * (time.perf_counter() - start))
            assert answer.status_code == 200, (address, answer.status_code)
        median = statistics.median(took)
        slow += median > LIMIT_MS
        shown = address.replace(case.ref, "REF")
        print(
            f"{shown:32}{took[0]:8.0f}{median:8.0f}{max(took[1:]):8.0f}{'  over' if median > LIMIT_MS else ''}"
        )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return int(slow > 0)


if __name__ == "__main__":
    sys.exit(main())
