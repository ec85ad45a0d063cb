"""Ten years of a county in one database: how large it is, and whether what runs every few minutes is still quick.

    python -m benchmarks.growth [--cases 30000] [--arrivals 150000] [--url postgresql://...] [--data FOLDER]

The rows are `benchmarks.growth_fill`'s. On SQLite the size of every table with its indexes is told; then what runs every
few minutes, what a night does, each flow's work, a backup, and each page of the site.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.growth_fill import ACCOUNT, NOW, OPEN, fields, fill


def timed(what: str, work: Callable[[], Any], times: int = 5) -> None:
    """Print the median of a few runs."""
    took, told = [], None
    for _ in range(times):
        began = time.perf_counter()
        told = work()
        took.append(time.perf_counter() - began)
    print(f"{what:58}{sorted(took)[len(took) // 2] * 1000:>10.1f} ms   {told}", flush=True)


def sizes(arrivals: int) -> None:
    """Print how large the database is and, on SQLite, each table with its indexes."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            size = Path(connection.settings_dict["NAME"]).stat().st_size
            cursor.execute(
                "SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_master m USING (name) GROUP BY 1 ORDER BY 2 DESC"
            )
        else:
            cursor.execute("ANALYZE")
            cursor.execute("SELECT pg_database_size(current_database())")
            size = cursor.fetchone()[0]
            cursor.execute(
                "SELECT relname, pg_total_relation_size(relid) FROM pg_stat_user_tables ORDER BY 2 DESC"
            )
        tables = dict(cursor.fetchall())
        for table, bytes_ in tables.items():
            if bytes_ > 1e6:
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                print(f"  {table:28}{cursor.fetchone()[0]:>12,} rows{bytes_ / 1e6:>10,.0f} MB")
    print(f"{'database':58}{size / 1e6:>10,.0f} MB   {size / arrivals:,.0f} bytes an email")


def polls(cases: int) -> None:
    """Time what every poll and every sweep asks."""
    from cases import clocks
    from cases.record import children, ledger
    from cases.record.entries import entry

    for folder in ("INBOX", "Processed"):
        timed(
            f"known_uids of {folder} (every poll that looks there)",
            lambda f=folder: len(ledger.known_uids(ACCOUNT, f, 1, NOW)),  # type: ignore[misc]
        )
    timed("waiting (every poll)", lambda: len(ledger.waiting(NOW)))
    timed("to_move (every poll)", lambda: len(ledger.to_move()))
    for n in (1, cases // 2, cases - 1):
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


def _intake(raws: list[bytes]) -> dict[str, int]:
    """Keep, read and file a few new forms among the ten years."""
    from cases import clock, road
    from cases.record import ledger

    now = clock.now()
    for raw in raws:
        ledger.keep_raw(raw, now, now, ACCOUNT)
    told = road.file_batch(road.waiting())
    road.take_pictures()
    road.pool().close()
    return told


def _chase() -> dict[str, int]:
    from cases import chases, clock

    return chases.sweep(clock.now())


def _send() -> int:
    """Look for letters to send, as every five minutes: those of the sweep wait for approval."""
    from cases import clock, outbox
    from cases.models import Letter

    Letter.objects.filter(state="queued").update(state="held")
    return sum(outbox.send_ready(clock.now()).values())


def flows(folder: Path) -> None:
    """Time each flow's work, once, as it would run among the ten years."""
    from benchmarks.spread_mail import emails
    from cases import clock, health, house, picturing
    from cases.backup import backup
    from cases.config import current
    from cases.record import retention

    raws = list(emails(30))
    timed("intake: 30 new emails, a third scans, filed and pictured", lambda: _intake(raws), 1)
    timed("chase: the first sweep, letters written", _chase, 1)
    timed("chase: the next sweep", _chase, 1)
    timed("send: nothing to send", _send, 3)
    timed("pictures waiting", lambda: len(picturing.waiting(12)))
    timed(
        "housekeeping: the timeline proved, the daily line", lambda: house.nightly()["entries"], 1
    )
    timed("retention: what is due", lambda: len(list(retention.due(current().retention, NOW.date()))), 1)  # fmt: skip
    timed("the doctor, offline", lambda: len(list(health.checks(current(), NOW, deep=False))), 3)
    timed("backup", lambda: f"{backup(folder / 'ten-years.bak', clock.now())['size']:,} bytes", 1)


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
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "CME_DATA": arguments.data or f"{folder}/data",
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
        cases, arrivals = Case.objects.count(), Arrival.objects.count()
        print(f"{cases:,} cases, {arrivals:,} arrivals on {connection.vendor}")
        sizes(arrivals)
        polls(cases)
        from benchmarks import pages

        slow = pages.measure()
        flows(Path(folder))
        return slow


if __name__ == "__main__":
    sys.exit(main())
