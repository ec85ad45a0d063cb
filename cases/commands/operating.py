"""Commands for whoever runs it: check, report, vocabulary, backup, restore, upgrade, reconcile."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from cases.commands import NeedsPerson, command, django
from cases.commands.moving import prepare


def add(commands: Any) -> None:
    """Add the commands."""
    check = command(
        commands, "check", "The doctor: what is missing or wrong, in plain words.",
        "cme check --json", run_check,
    )  # fmt: skip
    check.add_argument("--json", action="store_true")
    check.add_argument("--offline", action="store_true", help="do not sign in to the mail servers")
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
    return int(bad)


def run_report(arguments: argparse.Namespace) -> int:
    """Print one report."""
    django()
    from datetime import date

    from cases import clock, reports

    today = date.fromisoformat(arguments.on) if arguments.on else clock.today()
    print(reports.text(arguments.name, today))
    return 0


def run_vocabulary(arguments: argparse.Namespace) -> int:
    """Print the council's own labels."""
    django()
    import yaml

    from cases.models import Word

    words: dict[str, list[str]] = {}
    for row in Word.objects.order_by("field", "label"):
        words.setdefault(row.field, []).append(row.label)
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
