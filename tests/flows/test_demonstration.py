"""The demonstration as a whole: everything started as a newcomer starts it, looked at from outside.

One run serves several rules: what a newcomer sees, that no child's name is in Prefect's database, in any log or in the
output, that no process connects anywhere but to this machine, and that a second run goes on where the first was.
"""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("prefect")

NAMES = (
    "Thornbury",
    "Ayaan",
    "Okonjo",
    "Marisol",
    "Mwangi",
    "Zawadi",
    "Pellworth",
    "Idris",
    "Quayside",
    "V935211314250",
)
SECONDS = 100
# Writes down every address that any Python process of the run connects to or looks up.
AUDIT = """
import os, sys
def note(event, args):
    if event in ("socket.connect", "socket.getaddrinfo"):
        where = args[1] if event == "socket.connect" else (args[0], args[1])
        with open({file!r}, "a") as out:
            out.write(f"{{event}} {{where!r}}\\n")
sys.addaudithook(note)
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """One demonstration: its output, data folder and the addresses it connected to."""
    folder = tmp_path_factory.mktemp("demonstration")
    (folder / "audit").mkdir()
    connects = folder / "connects.txt"
    (folder / "audit" / "sitecustomize.py").write_text(AUDIT.format(file=str(connects)))
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("CME_", "DJANGO_", "PREFECT_"))
    } | {
        "CME_DATA": str(folder / "data"), "CME_PORT": str(_free_port()),
        "PYTHONPATH": f"{folder / 'audit'}{os.pathsep}{Path(__file__).parents[2]}",
    }  # fmt: skip
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "cases.commands", "demo", "--seconds", str(SECONDS)],
        env=environment, capture_output=True, text=True, timeout=SECONDS + 120, cwd=folder, check=False,
    )  # fmt: skip
    return {
        "code": done.returncode, "output": done.stdout + done.stderr, "data": folder / "data",
        "connects": connects.read_text(), "took": time.monotonic() - started,
        "environment": environment, "folder": folder,
    }  # fmt: skip


def rows(run, query):
    """Return the rows of our own database."""
    with sqlite3.connect(run["data"] / "cme.sqlite3") as database:
        return database.execute(query).fetchall()


def test_every_email_becomes_what_it_should(run):
    assert run["code"] == 0, run["output"]
    verdicts = [v for (v,) in rows(run, "SELECT verdict FROM cases_arrival ORDER BY id")]
    assert sorted(verdicts) == sorted(
        ["new_case", "new_case", "resend", "update", "new_case", "held", "ignored"]
    )
    assert not rows(run, "SELECT id FROM cases_arrival WHERE state = 'kept'")
    assert len(rows(run, "SELECT id FROM cases_case")) == 4


def test_something_is_overdue_and_letters_went_or_wait(run):
    kinds = {k for (k,) in rows(run, "SELECT kind FROM cases_letter WHERE state = 'sent'")}
    assert "acknowledgement" in kinds
    assert rows(run, "SELECT id FROM cases_letter WHERE state = 'held'")
    assert rows(run, "SELECT id FROM cases_asked")


def test_no_childs_name_is_in_prefects_database_the_logs_or_the_output(run):
    looked = [*(run["data"] / "prefect").rglob("*"), *(run["data"] / "logs").rglob("*")]
    files = [p for p in looked if p.is_file()]
    assert any(p.name.startswith("prefect.db") for p in files)
    for path in files:
        held = path.read_bytes()
        assert not [n for n in NAMES if n.encode() in held], path.name
    assert not [n for n in NAMES if n in run["output"]]


def test_no_letter_carries_a_childs_details(run):
    letters = list((run["data"] / "sent").rglob("*.eml"))
    assert letters
    for path in letters:
        held = path.read_text(errors="replace")
        assert not [n for n in NAMES if n in held], path.name


def test_nothing_connects_anywhere_but_to_this_machine(run):
    outside = [
        line
        for line in run["connects"].splitlines()
        if not re.search(
            r"'127\.\d+\.\d+\.\d+'|'::1'|'localhost'|b'localhost'|'0\.0\.0\.0'|connect '/|\(None,",
            line,
        )
    ]
    assert run["connects"], "the audit hook saw nothing at all"
    assert not outside, outside[:5]
