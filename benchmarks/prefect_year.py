"""Prefect's own database over a year of polls, really written and really pruned: how large it becomes, and how long pruning takes.

    python -m benchmarks.prefect_year [--days 365] [--runs N]

The house runs with quick intervals and an empty mailbox until Prefect has written down a run of each flow. Their rows are then written again, with ids and times of their own, as often as config.yaml's intervals make runs in a
day, and after each day Prefect's own vacuum deletes what this program's settings say (flows/environment.py). The year ends now.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.machines import ROOT, free_port, until
from benchmarks.orchestration import _no_emails

FLOWS = {"intake", "send", "chase"}
DAY = timedelta(days=1)
_ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d")
TABLES = ("flow_run", "flow_run_state", "task_run", "task_run_state", "events", "event_resources", "log", "artifact")  # fmt: skip


def house(folder: Path) -> Path:
    """Let the house run with nothing to do and return Prefect's database."""
    config = folder / "config.yaml"
    text = (ROOT / "config.yaml").read_text()
    quick = "  demonstration: {intake: 3 seconds, send: 5 seconds, chase: 8 seconds}"
    config.write_text(re.sub(r"^  demonstration: \{.*\}$", quick, text, flags=re.MULTILINE))
    theirs = ("CME_", "PREFECT_", "DJANGO_")
    env = {k: v for k, v in os.environ.items() if not k.startswith(theirs)} | {
        "CME_DATA": f"{folder}/data", "CME_CONFIG": str(config), "CME_PORT": str(free_port()),
    }  # fmt: skip
    _no_emails(env)
    database = folder / "data" / "prefect" / "prefect.db"
    running = subprocess.Popen(
        [sys.executable, "-m", "cases.commands", "demo"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL
    )  # fmt: skip
    try:
        until("a run of each flow", lambda: set(_completed(database)) >= FLOWS, 600, 2)
        time.sleep(15)  # what happened is written behind
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(90)
    return database


def _completed(database: Path) -> dict[str, str]:
    """Return a completed run of each flow that has one, the last."""
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(database)) as base:
        rows = base.execute(
            "SELECT f.name, r.id FROM flow_run r JOIN flow f ON f.id = r.flow_id WHERE r.state_type = 'COMPLETED' ORDER BY r.start_time"
        ).fetchall()
        return dict(rows)
    return {}


class Template:
    """The rows of one finished run of one flow, to be written again with other ids at another time."""

    def __init__(self, base: sqlite3.Connection, run: str) -> None:
        tasks = [t for (t,) in base.execute("SELECT id FROM task_run WHERE flow_run_id = ?", [run])]
        of = [f"prefect.flow-run.{uuid.UUID(run)}", *(f"prefect.task-run.{uuid.UUID(t)}" for t in tasks)]  # fmt: skip
        runs, marks = [run, *tasks], ",".join("?" * (len(tasks) + 1))
        where = {
            "flow_run": ("id = ?", [run]), "flow_run_state": ("flow_run_id = ?", [run]),
            "task_run": ("flow_run_id = ?", [run]), "log": ("flow_run_id = ?", [run]), "artifact": ("flow_run_id = ?", [run]),
            "task_run_state": (f"task_run_id IN ({marks})", runs),
            "events": (f"resource_id IN ({marks})", of),
            "event_resources": (f"event_id IN (SELECT id FROM events WHERE resource_id IN ({marks}))", of),
        }  # fmt: skip
        self.rows: list[tuple[str, list[Any]]] = []
        own: set[str] = set()
        for table in TABLES:
            condition, values = where[table]
            rows = base.execute(f"SELECT * FROM {table} WHERE {condition}", values).fetchall()
            columns = [c[1] for c in base.execute(f"PRAGMA table_info({table})")]
            own |= {row[columns.index("id")] for row in rows}
            if (
                table == "flow_run"
            ):  # unique for each flow: its deployment and the time it was scheduled for
                self.own_key = columns.index("idempotency_key")
            self.rows.append((table, rows))
        self.own = frozenset(own)
        self.count = sum(len(rows) for _, rows in self.rows)

    def again(self, at: datetime) -> Iterator[tuple[str, list[Any]]]:
        """Yield each table's rows as a run at that time would leave them."""
        new = {old: str(uuid.uuid4()) for old in self.own}
        for table, rows in self.rows:
            told = []
            for number, row in enumerate(rows):
                # No two states of one run at one time.
                when = (at + timedelta(milliseconds=number)).strftime("%Y-%m-%d %H:%M:%S.%f")
                told.append([_cell(value, new, when) for value in row])
            if table == "flow_run":
                told[0][self.own_key] = f"scheduled {uuid.uuid4()} {when}"
            yield table, told


def _cell(value: Any, new: dict[str, str], when: str) -> Any:
    if not isinstance(value, str):
        return value
    return new.get(value) or (when if len(value) < 40 and _TIME.match(value) else value)


def _templates(database: Path) -> dict[str, Template]:
    with closing(sqlite3.connect(database)) as base:
        return {name: Template(base, run) for name, run in _completed(database).items()}


def _a_day(every: dict[str, timedelta]) -> Iterator[tuple[str, timedelta]]:
    for name, interval in every.items():
        at = timedelta()
        while at < DAY:
            yield name, at
            at += interval


def write(database: Path, templates: dict[str, Template], every: dict[str, timedelta], day: datetime) -> int:  # fmt: skip
    """Write one day's runs; return how many."""
    runs = 0
    with closing(sqlite3.connect(database)) as base, base:
        base.execute("PRAGMA foreign_keys = OFF")  # a run's state and the run name each other
        for name, at in _a_day(every):
            runs += 1
            for table, rows in templates[name].again(day + at):
                if rows:
                    marks = ",".join("?" * len(rows[0]))
                    base.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
    return runs


async def _prune(age: timedelta) -> None:
    """Let Prefect delete as it would have so long ago."""
    from prefect.server.database import provide_database_interface
    from prefect.server.services import db_vacuum
    from prefect.settings import (
        PREFECT_SERVER_EVENTS_RETENTION_PERIOD,
        PREFECT_SERVER_SERVICES_DB_VACUUM_BATCH_SIZE,
        PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD,
        temporary_settings,
    )

    runs = PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD.value()
    events = PREFECT_SERVER_EVENTS_RETENTION_PERIOD.value()
    with temporary_settings(
        {
            PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD: runs + age,
            PREFECT_SERVER_EVENTS_RETENTION_PERIOD: events + age,
            PREFECT_SERVER_SERVICES_DB_VACUUM_BATCH_SIZE: 2000,
        }
    ):
        db = provide_database_interface()
        await db_vacuum.vacuum_old_flow_runs(db=db)
        await db_vacuum.vacuum_events_with_retention_overrides(db=db)
        await db_vacuum.vacuum_old_events(db=db)


def main() -> int:
    """Run the house, write the year, print what becomes of its database."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=365)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = house(Path(folder))
        os.environ |= {"CME_DATA": f"{folder}/own", "CME_SECRETS": f"{folder}/own.secrets"}
        from flows.environment import enter

        enter(free_port())
        os.environ["PREFECT_API_DATABASE_CONNECTION_URL"] = f"sqlite+aiosqlite:///{database}"
        from cases.config import current

        times = current().flows
        templates = _templates(database)
        every = {"intake": times.intake, "send": times.send, "chase": times.chase}
        for name, interval in every.items():
            print(f"{name:8} every {interval}: {templates[name].count} rows a run")
        today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        _year(database, templates, every, today - arguments.days * DAY, arguments.days)
        shutil.rmtree(database.parent, ignore_errors=True)
    return 0


def _year(
    database: Path, templates: dict[str, Template], every: dict[str, timedelta], first: datetime, days: int
) -> None:  # fmt: skip
    wrote = pruned = 0.0
    runs = 0
    for number in range(days):
        began = time.perf_counter()
        runs += write(database, templates, every, first + number * DAY)
        wrote += time.perf_counter() - began
        began = time.perf_counter()
        age = datetime.now(UTC) - (first + (number + 1) * DAY)
        asyncio.run(_prune(age))
        took = time.perf_counter() - began
        pruned += took
        if number + 1 in (1, 2, 3, 5, 7, 8, 10, 14, 21) or (number + 1) % 30 == 0 or number + 1 == days:  # fmt: skip
            with closing(sqlite3.connect(database)) as base:
                base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                left, events = (base.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("flow_run", "events"))  # fmt: skip
            print(f"day {number + 1:4}: {runs:8,} runs so far, {left:7,} kept, {events:8,} events, {database.stat().st_size / 1e6:8.1f} MB,"
                  f" pruned in {took:5.1f} s", flush=True)  # fmt: skip
    print(
        f"written in {wrote:.0f} s, pruned in {pruned:.0f} s; the largest tables, with their indexes:"
    )
    with closing(sqlite3.connect(database)) as base:
        for table, size in base.execute(
            "SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_master m USING (name) GROUP BY 1 ORDER BY 2 DESC LIMIT 8"
        ).fetchall():
            count = base.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
            print(f"  {table:28}{count:>12,} rows{size / 1e6:>10,.1f} MB")
        (free,) = base.execute("SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size").fetchone()  # fmt: skip
        print(f"  free for what comes {free / 1e6:>34,.1f} MB")


if __name__ == "__main__":
    sys.exit(main())
