"""Commands for whoever runs it: check, link, report, vocabulary, backup, restore, upgrade, move-database, reconcile."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from cases.commands import NeedsPerson, command, django
from cases.commands.moving import not_newer, prepare


def add(commands: Any) -> None:
    """Add the commands."""
    check = command(
        commands, "check", "The doctor: what is missing or wrong, in plain words.",
        "cme check --json", run_check,
    )  # fmt: skip
    check.add_argument("--json", action="store_true")
    check.add_argument("--offline", action="store_true", help="do not sign in to the mail servers")
    check.add_argument(
        "--alarm", action="store_true", help="also write the file ALARM and tell the second address"
    )
    check.add_argument("--show", action="store_true", help="print the whole configuration")
    report = command(
        commands, "report", "Print a report: open-cases, review-pack, daily, schools, census.",
        "cme report open-cases", run_report,
    )  # fmt: skip
    report.add_argument("name", choices=["open-cases", "review-pack", "daily", "schools", "census"])
    report.add_argument("--on", metavar="YYYY-MM-DD", help="the census day")
    command(
        commands, "vocabulary", "Print the labels that the council has taught, as YAML.",
        "cme vocabulary", run_vocabulary,
    )  # fmt: skip
    backup = command(
        commands, "backup", "Write an encrypted copy of the database, also while it is in use.",
        "cme backup /backups/cme-2026-11-25.bak", run_backup,
    )  # fmt: skip
    backup.add_argument("file", type=Path)
    restore = command(
        commands, "restore", "Put a backup back, or prove that it could be.",
        "cme restore /backups/cme-2026-11-25.bak --check", run_restore,
    )  # fmt: skip
    restore.add_argument("file", type=Path)
    restore.add_argument("--check", action="store_true", help="restore elsewhere and prove it")
    upgrade = command(
        commands, "upgrade", "After a new version is installed: back up, bring the tables up to date, check.",
        "cme upgrade --backup /var/backups/cme/before-0.2.bak", run_upgrade,
    )  # fmt: skip
    upgrade.add_argument("--backup", type=Path, metavar="FILE", help="where the backup goes")
    move = command(
        commands, "move-database", "Move everything from SQLite into an empty PostgreSQL, and prove it there.",
        "cme move-database postgresql://cme@127.0.0.1/cme", run_move_database,
    )  # fmt: skip
    move.add_argument(
        "url",
        nargs="?",
        help="without it CME_DATABASE_URL_TO, which keeps a password off the list of processes",
    )
    move.add_argument("--from", dest="source", help=argparse.SUPPRESS)
    command(commands, "metrics", "Print the counts that a monitor reads, in Prometheus's format.",
            "cme metrics", run_metrics)  # fmt: skip
    keep = command(
        commands, "retention", "List what config.yaml's retention says is due for deletion; with --confirm, delete it.",
        "cme retention --confirm manager", run_retention,
    )  # fmt: skip
    keep.add_argument(
        "--today", type=date.fromisoformat, metavar="YYYY-MM-DD", help="only to look ahead"
    )
    keep.add_argument("--confirm", metavar="MANAGER", help="delete, in the name of this manager")
    link = command(
        commands,
        "link",
        "Print a link that signs the first manager in, once.",
        "cme link",
        run_link,
    )
    link.add_argument("--hours", type=int, default=24, help="how long it holds")
    command(commands, "reconcile", "Hold the mailbox against the ledger now.", "cme reconcile",
            run_reconcile)  # fmt: skip


def run_check(arguments: argparse.Namespace) -> int:
    """Print each check; exit 1 when one is bad."""
    prepare()
    from cases import clock, health
    from cases.config import as_lines, current

    config = current()
    if arguments.show:
        print("\n".join(as_lines(config)))
        return 0
    bad = False
    marks = {"ok": "ok   ", "note": "note ", "bad": "BAD  "}
    for check in health.checks(config, clock.now(), deep=not arguments.offline):
        bad = bad or check.level == "bad"
        if arguments.json:
            print(json.dumps({"level": check.level, "what": check.what, "say": check.say}))
        else:
            print(f"{marks[check.level]}{check.what:16}{check.say}")
    if arguments.alarm:
        from cases import alarms

        alarms.sound(clock.now())
    return int(bad)


def run_report(arguments: argparse.Namespace) -> int:
    """Print one report."""
    django()
    from cases import clock, reports

    today = date.fromisoformat(arguments.on) if arguments.on else clock.today()
    print(reports.text(arguments.name, today))
    return 0


def run_vocabulary(arguments: argparse.Namespace) -> int:
    """Print the council's own labels, and what it put right on layouts."""
    django()
    import yaml

    from cases.models import LayoutLabel, Word

    words: dict[str, Any] = {}
    for row in Word.objects.order_by("field", "label"):
        words.setdefault(row.field, []).append(row.label)
    told: dict[int, dict[str, Any]] = {}
    for lesson in LayoutLabel.objects.select_related("layout").order_by("layout_id", "label"):
        layout = told.setdefault(
            lesson.layout_id,
            {"prints": lesson.layout.prints, "form": lesson.layout.form, "labels": []},
        )
        layout["labels"].append(
            {"label": lesson.label, "field": lesson.field or None, "key": lesson.key}
        )
    if told:
        words["layouts"] = list(told.values())
    print(yaml.safe_dump(words, allow_unicode=True, sort_keys=True) if words else "{}")
    return 0


def run_backup(arguments: argparse.Namespace) -> int:
    """Write a backup."""
    django()
    from cases import clock
    from cases.backup import backup
    from cases.record import ledger

    head = backup(arguments.file, clock.now())
    ledger.remember("last_backup", clock.now().isoformat(), clock.now())
    print(f"{arguments.file}: {head['size']:,} bytes of {head['vendor']}, encrypted.")
    return 0


def run_restore(arguments: argparse.Namespace) -> int:
    """Restore a backup, or prove it in another place."""
    django()
    from cases.backup import BackupRefused, unseal
    from cases.settings import DATA, ENVIRONMENT, SECRETS

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "data"
        place.mkdir(mode=0o700)
        try:
            head = unseal(arguments.file, place / "cme.sqlite3")
        except BackupRefused as error:
            raise NeedsPerson(str(error)) from None
        if head["vendor"] != "sqlite":
            return _restore_postgresql(place / "cme.sqlite3", arguments.check)
        elsewhere = {
            k: v for k, v in ENVIRONMENT.items() if k not in ("CME_DATA", "CME_DATABASE_URL")
        }
        elsewhere |= {"CME_DATA": str(place), "CME_SECRETS": str(SECRETS)}
        proof = subprocess.run(
            [sys.executable, "-m", "cases.commands", "verify"],
            env=elsewhere, capture_output=True, text=True, check=False,
        )  # fmt: skip
        print(proof.stdout.strip() or proof.stderr.strip())
        if proof.returncode:
            raise NeedsPerson("The backup opens, but its timeline does not prove. Keep it aside.")
        if arguments.check:
            print(f"{arguments.file.name} of {head['made_at']} could be restored.")
            return 0
        target = DATA / "cme.sqlite3"
        if target.exists():
            raise NeedsPerson(
                f"There is a database in {DATA} already. Stop everything and move it away first."
            )
        shutil.move(place / "cme.sqlite3", target)
        print(f"Restored to {target}.")
        return 0


def _restore_postgresql(dump: Path, only_check: bool) -> int:
    from cases.restore_postgresql import restore

    try:
        print(restore(dump, only_check))
    except RuntimeError as error:
        raise NeedsPerson(str(error)) from None
    return 0


def run_upgrade(arguments: argparse.Namespace) -> int:
    """Back up, migrate, prove the timeline, check. Refuses to go down."""
    django()
    from cases import clock
    from cases.backup import backup
    from cases.record import ledger
    from cases.record.entries import verify
    from cases.settings import DATA

    not_newer()
    if _is_new():
        prepare()
        print("A new database was made.")
        return 0
    now = datetime.now(UTC)
    target = arguments.backup or DATA / "backups" / f"before-upgrade-{now:%Y%m%d-%H%M%S}.bak"
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    head = backup(target, now)
    print(f"Backed up: {target}, {head['size']:,} bytes.", flush=True)
    prepare()
    ledger.remember("last_backup", clock.now().isoformat(), clock.now())
    chain = verify()
    if chain.broken_at is not None:
        raise NeedsPerson(f"The timeline does not prove from entry {chain.broken_at} on.")
    print(f"Tables are up to date; {chain.count} entries of the timeline proved.", flush=True)
    arguments.show = arguments.json = False
    arguments.offline = True
    return run_check(arguments)


def _is_new() -> bool:
    from django.db import connection

    return "cases_entry" not in connection.introspection.table_names()


def run_move_database(arguments: argparse.Namespace) -> int:
    """Move SQLite's rows to PostgreSQL. The work is done by a child whose own database is the new one."""
    django()
    from django.db import connection

    from cases.settings import ENVIRONMENT

    if arguments.source:
        return _move_here(arguments.source)
    url = arguments.url or ENVIRONMENT.get("CME_DATABASE_URL_TO", "")
    if not url.startswith(("postgresql://", "postgres://")):
        raise NeedsPerson("Name the new database: cme move-database postgresql://user@host/name")
    if connection.vendor != "sqlite":
        raise NeedsPerson("This installation is on PostgreSQL already (CME_DATABASE_URL).")
    prepare()
    connection.close()
    return subprocess.run(
        [sys.executable, "-m", "cases.commands", "move-database", "--from",
         str(connection.settings_dict["NAME"])],
        env={**ENVIRONMENT, "CME_DATABASE_URL": url}, check=False,
    ).returncode  # fmt: skip


def _move_here(source: str) -> int:
    from django.core.management import call_command
    from django.db import Error

    from cases.record.move import MoveRefused, move

    try:
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        moved = move(source)
    except MoveRefused as error:
        raise NeedsPerson(f"{error} Nothing was moved; go on with SQLite.") from None
    except Error as error:
        raise NeedsPerson(
            f"The database refused ({type(error).__name__}). Nothing was moved; go on with SQLite."
        ) from None
    for table, rows in moved.rows.items():
        if rows:
            print(f"{table:28}{rows:>10,}")
    for column, count in moved.mended.items():
        print(f"{count:,} values of {column} held what PostgreSQL cannot and were mended")
    print(
        f"Every table is equal on both sides; {moved.entries:,} entries proved, last {moved.last_hash}."
    )
    print(
        "Now set CME_DATABASE_URL in /etc/cme/environment, start everything, and put cme.sqlite3 away."
    )
    return 0


def run_metrics(arguments: argparse.Namespace) -> int:
    """Print the counts."""
    django()
    from cases import metrics

    print(metrics.text(), end="")
    return 0


def run_retention(arguments: argparse.Namespace) -> int:
    """List what is due, or delete it in a manager's name."""
    prepare()
    from cases import clock, road
    from cases.config import current
    from cases.models import Person, Role
    from cases.record import retention

    told, by = current().retention, arguments.confirm
    if by and arguments.today:
        raise NeedsPerson("--today is for looking ahead; nothing is deleted before its day.")
    if by and not Person.objects.filter(username=by, role=Role.MANAGER, is_active=True).exists():
        raise NeedsPerson(
            f"{by} is not a manager who can sign in; a deletion is a manager's decision."
        )
    rows = retention.due(told, arguments.today or clock.today())
    for row in rows:
        print(f"{row.kind:12}{row.name:20}kept until {row.until:%d %B %Y}", end="" if by else "\n")
        if by:
            try:
                gone = retention.erase(row, told, by=by, now=clock.now())
                print(": deleted,", ", ".join(f"{n} {what}" for what, n in gone.items() if n))
            except retention.NotDeleted as error:
                print(f": {error}")
    if by:
        copies = road.erase_copies()
        print(
            "In the mailbox:", ", ".join(f"{n} {what}" for what, n in copies.items()) or "no copies"
        )
    end = (
        "deleted; mailbox copies that could not be reached go with the next poll, older backups by their own rule"
        if by
        else "due; nothing was deleted"
    )
    print(f"{len(rows)} {end}.")
    return 0


def run_link(arguments: argparse.Namespace) -> int:
    """Print a one-time sign-in link."""
    prepare()
    from cases.record.people import make_link
    from cases.settings import ENVIRONMENT, HTTPS, PORT

    host = (ENVIRONMENT.get("CME_HOSTS") or "").split()
    site = f"https://{host[0]}" if HTTPS or host else f"http://127.0.0.1:{PORT}"
    # By the real clock, as the site judges it: the demonstration's leaps ahead.
    print(f"{site}/start/{make_link(datetime.now(UTC), arguments.hours)}/")
    print(f"It signs one manager in, once, within {arguments.hours} hours.", file=sys.stderr)
    return 0


def run_reconcile(arguments: argparse.Namespace) -> int:
    """Print what differs between mailbox and ledger."""
    prepare()
    from cases import road
    from mail.errors import TryLater

    try:
        told = road.reconcile()
    except TryLater as trouble:
        raise NeedsPerson(f"The mailbox cannot be read now: {trouble}") from None
    for what, count in told.items():
        print(f"{what.replace('_', ' '):20}{count}")
    return int(bool(told["not_in_ledger"]))
