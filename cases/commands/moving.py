"""Commands that move mail and letters: intake, chase, send, and the imports."""

from __future__ import annotations

import argparse
import errno
import json
import mailbox
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cases.commands import NeedsPerson, command, django
from cases.commands.looking import instant


def add(commands: Any) -> None:
    """Add the commands."""
    intake = command(
        commands, "intake", "Take the mail in: one poll now, or the emails of a folder or mbox.",
        "cme intake --from old-mailbox.mbox --json", run_intake,
    )  # fmt: skip
    intake.add_argument("--from", dest="source", type=Path, metavar="PATH")
    intake.add_argument("--json", action="store_true")
    chase = command(
        commands, "chase", "Write what has fallen due into the outbox.",
        "cme chase --today 2026-12-01 --dry-run", run_chase,
    )  # fmt: skip
    chase.add_argument("--today", type=date.fromisoformat, metavar="YYYY-MM-DD")
    chase.add_argument("--dry-run", action="store_true", help="say what would go, write nothing")
    command(commands, "send", "Send what waits in the outbox.", "cme send", run_send)
    cases = command(
        commands, "import-cases", "Bring in the cases that the team has (CSV or Excel).",
        "cme import-cases cases.xlsx", run_import_cases,
    )  # fmt: skip
    cases.add_argument("file", type=Path)
    schools = command(
        commands, "import-schools", "Bring in schools (GIAS extract or the council's own list).",
        "cme import-schools edubasealldata.csv", run_import_schools,
    )  # fmt: skip
    schools.add_argument("file", type=Path)
    schools.add_argument("--la", help="only this local authority's code, e.g. 935")


def prepare() -> None:
    """Set Django up, bring the tables up to date and write the configuration's schools.

    Raises:
        NeedsPerson: a newer version of the program has changed this database; nothing is written to it.
    """
    django()
    not_newer()
    from django.core.management import call_command

    from cases import clock
    from cases.config import current
    from cases.record.people import seed

    config = current()
    call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    seed(config, clock.now())


def not_newer() -> None:
    """Refuse a database that a newer version has changed: this one would write what that one cannot read."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    unknown = sorted(f"{a}.{n}" for a, n in loader.applied_migrations if (a, n) not in
                     loader.disk_migrations and a in loader.migrated_apps)  # fmt: skip
    if unknown:
        raise NeedsPerson(
            f"This database was made by a newer version ({', '.join(unknown)}). Install that version"
            " again, or restore the backup that was made before it."
        )


def run_intake(arguments: argparse.Namespace) -> int:
    """Run the whole road once."""
    prepare()
    from django.db import DatabaseError, InterfaceError

    from cases import road
    from mail.errors import TryLater

    try:
        told = _from_path(arguments.source) if arguments.source else _from_mailbox()
    except TryLater as trouble:
        raise NeedsPerson(f"The mailbox cannot be read now: {trouble}") from None
    except (DatabaseError, InterfaceError, OSError) as error:
        if isinstance(error, OSError) and error.errno != errno.ENOSPC:
            raise
        raise NeedsPerson(
            f"The database cannot be written ({type(error).__name__}): is the disk full? Nothing is lost; what is not"
            " on file is still where it was. See `cme check`, then run this again."
        ) from None
    finally:
        road.pool().close()
    for row in told:
        print(json.dumps(row, ensure_ascii=False) if arguments.json else _line(row), flush=True)
    if not told and not arguments.json:
        print("No new email.")
    return int(any(row["verdict"] in ("held", "unread") for row in told))


def _now() -> Any:
    from cases import clock

    return clock.now()


def _from_mailbox() -> list[dict[str, Any]]:
    from cases import road

    with road.only_one("intake") as mine:
        if not mine:
            raise NeedsPerson("Another poll is running; try again in a few minutes.")
        road.fetch()
        told = _file_waiting()
        road.move_away()
        road.erase_copies()
    return [{"file": None, **row} for row in told.values()]


def _from_path(source: Path) -> list[dict[str, Any]]:
    from cases import filing, road
    from cases.models import Arrival
    from cases.record import ledger
    from mail.headers import received_at

    if not source.exists():
        raise FileNotFoundError(2, "no such file", str(source))
    told: list[tuple[str, Arrival, dict[str, Any] | None]] = []
    for name, raw in emails_of(source):
        arrival, new = ledger.keep_raw(raw, received_at(raw, _now()), _now(), "import")
        if new:
            road.file_one(arrival.pk, _now())
        told.append((name, arrival, None if new else filing.seen_again(arrival)))
    _file_waiting()
    for _, arrival, _ in told:
        arrival.refresh_from_db()  # a later email may have told the password of this one
    return [{"file": name, **(seen or filing.outcome(one))} for name, one, seen in told]


def _file_waiting() -> dict[int, dict[str, Any]]:
    """File what waits, and once more what a password in a later email has let open; by arrival."""
    from cases import road
    from cases.record import ledger

    told: dict[int, dict[str, Any]] = {}
    for _ in ("what waits", "what was released"):
        for arrival_id in ledger.waiting(_now()):
            told[arrival_id] = road.file_one(arrival_id, _now())
    return told


def emails_of(source: Path) -> Iterator[tuple[str, bytes]]:
    """Yield (name, bytes) of each email of an mbox, a Maildir or a folder of .eml, in name order."""
    if source.is_file():
        if source.suffix.lower() in (".eml", ".msg"):
            yield source.name, source.read_bytes()
            return
        box = mailbox.mbox(source, create=False)
        width = len(str(len(box)))
        for number, key in enumerate(box.keys(), 1):
            yield f"{source.name}:{number:0{width}}", box.get_bytes(key)
    elif (source / "cur").is_dir() or (source / "new").is_dir():
        files = [*(source / "new").glob("*"), *(source / "cur").glob("*")]
        for path in sorted(files, key=lambda p: p.name):
            yield path.name, path.read_bytes()
    else:
        for path in sorted(source.rglob("*"), key=lambda p: str(p.relative_to(source))):
            if path.is_file() and path.suffix.lower() in (".eml", ".msg"):
                yield str(path.relative_to(source)), path.read_bytes()


def _line(row: dict[str, Any]) -> str:
    parts = [row["file"] or row["message_id"] or "", row["verdict"], ", ".join(row["cases"])]
    parts += [f"held: {h['text']}" for h in row["held"]]
    return "  ".join(p for p in parts if p)


def run_chase(arguments: argparse.Namespace) -> int:
    """Write, or only say, what has fallen due."""
    prepare()
    from cases import chases, road

    now = instant(arguments.today)
    if arguments.dry_run:
        return _say_chases(now)
    with road.only_one("chase") as mine:
        if not mine:
            raise NeedsPerson("Another run is chasing; try again in a few minutes.")
        told = chases.sweep(now)
    print(", ".join(f"{count} {what}" for what, count in sorted(told.items())) or "Nothing is due.")
    return 0


def _say_chases(now: datetime) -> int:
    from cases import chases, clock
    from cases.config import current
    from policy.chasing import Chase

    rows = chases.would_chase(now)
    written = [row.step for row in rows if isinstance(row.step, Chase)]
    for step in written:
        print(
            f"{step.case:16}{step.rule:28}{step.step:16}{step.letter:28}to {step.to}: {step.what}"
        )
    for row in rows:
        if not isinstance(row.step, Chase):
            until = getattr(row.step, "until", None)
            when = f" (until {until:%d %b %Y})" if until else ""
            print(
                f"{row.step.case:16}{row.step.rule:28}{row.step.step:16}waits: {row.step.why}{when}"
            )
    hours = current().flows.working_hours
    outside = not rows and not hours[0] <= now.astimezone(clock.UK).time() <= hours[1]
    why = " (it is outside working hours; give --today)" if outside else ""
    print(f"{len(written)} letters or tasks would be written; nothing was{why}.")
    return 0


def run_send(arguments: argparse.Namespace) -> int:
    """Send what waits."""
    prepare()
    from cases import outbox, road
    from cases.record import ledger

    with road.only_one("send") as mine:
        if not mine:
            raise NeedsPerson("Another run is sending; try again in a few minutes.")
        told = outbox.send_ready(_now())
    print(
        ", ".join(f"{count} {what}" for what, count in sorted(told.items())) or "Nothing to send."
    )
    if told.get("server_away"):
        raise NeedsPerson(f"Sending stopped: {ledger.recall('last_send_trouble', '')}")
    return int(any(told.get(k) for k in ("stopped", "server_away", "uncertain", "refused")))


def run_import_cases(arguments: argparse.Namespace) -> int:
    """Bring cases in, and report row by row what could not be used."""
    prepare()
    from cases.importing import import_cases

    report = import_cases(arguments.file, _now())
    return _report(report)


def run_import_schools(arguments: argparse.Namespace) -> int:
    """Bring schools in."""
    prepare()
    from cases.importing import import_schools

    return _report(import_schools(arguments.file, _now(), arguments.la))


def _report(report: Any) -> int:
    for problem in report.problems:
        print(problem)
    print(f"{report.added} added, {report.changed} changed, {report.unused} rows not used.")
    return int(bool(report.problems))
