"""A whole house, `cme demo`, as a process with children, looked at from outside; and how the tests wait for what it does."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psutil

from benchmarks.machines import free_port
from tests.deploy.conftest import ROOT, environment

# The demonstration polls every few seconds, a process takes two or three to start on a busy machine: two
# intervals of a real installation are four minutes, and a test should not need them.
PATIENCE = 180
# Writes down every address that any Python process of the house connects to or looks up.
AUDIT = """
import os, sys
def note(event, args):
    if event in ("socket.connect", "socket.getaddrinfo"):
        where = args[1] if event == "socket.connect" else (args[0], args[1])
        with open({file!r}, "a") as out:
            out.write(f"{{event}} {{where!r}}\\n")
sys.addaudithook(note)
"""


class House:
    """A running `cme demo` on a port and a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.data, self.connects = folder / "data", folder / "connects.txt"
        (folder / "audit").mkdir()
        (folder / "audit" / "sitecustomize.py").write_text(AUDIT.format(file=str(self.connects)))
        env = environment(
            folder, CME_PORT=str(self.port), PYTHONPATH=f"{folder / 'audit'}{os.pathsep}{ROOT}"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cases.commands", "demo", "--gap", "1"], cwd=folder,
            stdout=(folder / "out").open("wb"), stderr=subprocess.STDOUT, env=env,
        )  # fmt: skip

    def said(self) -> str:
        return (self.folder / "out").read_text()

    def child(self, *words: str) -> psutil.Process:
        """The one child whose command has these words."""
        found = [p for p in self.children() if set(words) <= set(command_of(p))]
        assert len(found) == 1, f"{words}: {[command_of(p) for p in found]}"
        return found[0]

    def children(self, recursive: bool = False) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive)

    def rows(self, query: str) -> list[Any]:
        """Rows of our own database; none before its tables are there."""
        with (
            suppress(sqlite3.OperationalError),
            closing(sqlite3.connect(self.data / "cme.sqlite3", timeout=20)) as base,
        ):
            return base.execute(query).fetchall()
        return []

    def last_poll(self) -> str:
        told = self.rows("SELECT value FROM cases_setting WHERE key = 'last_proved_poll'")
        return json.loads(told[0][0]) if told else ""

    def let_leases_run_out(self) -> None:
        """Do what `LEASE_SECONDS` would do, so that no test waits for them."""
        with closing(sqlite3.connect(self.data / "cme.sqlite3", timeout=20)) as base, base:
            base.execute("UPDATE cases_lease SET expires_at = '2026-01-01 00:00:00'")

    def answers(self) -> bool:
        with (
            suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=3) as answer,
        ):
            return bool(answer.read().strip() == b"ok")
        return False

    def stop(self) -> int:
        """End it as Ctrl-C or a service manager does and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait(10)


def command_of(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return process.cmdline()
    return []


def wait(what: str, seen: Callable[[], bool], seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < until, f"{what}: not within {seconds:.0f} seconds"
        time.sleep(0.3)
