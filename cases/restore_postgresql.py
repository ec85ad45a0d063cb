"""Putting a PostgreSQL dump back: into a database of its own first, where it must prove its timeline."""

from __future__ import annotations

import subprocess
import sys
import uuid
from pathlib import Path

from django.db import connection

from cases.settings import ENVIRONMENT


def restore(dump: Path, only_check: bool) -> str:
    """Restore a dump into a new database beside ours and prove it; return the sentence to print.

    A database in use is never overwritten: the new one is named, and the runbook says how to switch.

    Raises:
        RuntimeError: a step failed; the text says which.
    """
    name = f"cme_restored_{uuid.uuid4().hex[:8]}"
    told = connection.settings_dict
    where = {"-h": told["HOST"], "-p": told["PORT"], "-U": told["USER"]}
    server = [part for flag, value in where.items() if value for part in (flag, str(value))]
    environment = {**ENVIRONMENT, "PGPASSWORD": str(told["PASSWORD"])}
    _run(["createdb", *server, name], environment, "a new database could not be made")
    try:
        _run(
            ["pg_restore", *server, "--no-owner", "-d", name, str(dump)], environment,
            "the dump could not be restored",
        )  # fmt: skip
        url = ENVIRONMENT.get("CME_DATABASE_URL", "").rpartition("/")[0] + f"/{name}"
        proof = _run(
            [sys.executable, "-m", "cases.commands", "verify"],
            {**environment, "CME_DATABASE_URL": url},
            "the restored timeline does not prove",
        )
    except RuntimeError:
        _run(["dropdb", *server, name], environment, "the trial database could not be dropped")
        raise
    if only_check:
        _run(["dropdb", *server, name], environment, "the trial database could not be dropped")
        return f"{proof}\nThe backup could be restored."
    return f"{proof}\nRestored into the database {name}; point CME_DATABASE_URL at it."


def _run(command: list[str], environment: dict[str, str], failed: str) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{failed} ({command[0]}: exit {done.returncode})")
    return done.stdout.strip()
