"""`cme start` and `cme demo`: everything on one machine, watched, started again when it dies."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cases.commands import NeedsPerson, command
from cases.commands.moving import prepare

STOP_SECONDS = 30
READY_SECONDS = 120
LOG_BYTES, LOGS_KEPT = 5_000_000, 5  # of each child


class Child:
    """One process of the house, started again a second after it dies."""

    def __init__(self, name: str, module: str, log: Path) -> None:
        self.name, self.module, self.log = name, module, log
        self.process: subprocess.Popen[bytes] | None = None
        self.deaths = 0
        self.next_start = 0.0

    def watch(self) -> None:
        """Start the process if it is not there."""
        if self.process and self.process.poll() is None:
            return
        if self.process:
            self.deaths += 1
            self.process = None
            self.next_start = time.monotonic() + min(30, 1.5**self.deaths)
            say(f"{self.name} stopped; it is started again ({self.log})")
        if time.monotonic() >= self.next_start:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self.module],
                stdout=self.log.open("ab"),
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def rotate(self) -> None:
        """Keep the log small: what is full is copied aside and emptied, since its writer holds it open.

        The writer appends, so it goes on at the new end; a line between copy and cut would be lost.
        """
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            for number in range(LOGS_KEPT - 1, 0, -1):
                older = _numbered(self.log, number)
                if older.exists():
                    older.replace(_numbered(self.log, number + 1))
            shutil.copyfile(self.log, _numbered(self.log, 1))
            os.truncate(self.log, 0)

    def stop(self, sign: int) -> None:
        """Ask the process to stop, and insist after a while."""
        if self.process is None or self.process.poll() is not None:
            return
        # Only the process itself: a poll under way is a child of it, and is to end by itself.
        self.process.send_signal(sign)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(5)


def _numbered(log: Path, number: int) -> Path:
    return log.with_name(f"{log.name}.{number}")


def add(commands: Any) -> None:
    """Add the commands."""
    command(
        commands, "start", "Start everything on this machine: the flows and the officer's site.",
        "CME_CONFIG=/etc/cme/config.yaml cme start", run_start,
    )  # fmt: skip
    demo = command(
        commands, "demo", "The same on an embedded mailbox into which invented emails arrive.",
        "cme demo", run_demo,
    )  # fmt: skip
    demo.add_argument("--year", action="store_true", help="play a school year and print it")
    demo.add_argument("--seconds", type=int, default=0, help="stop by itself after so long")
    demo.add_argument("--gap", type=float, default=8, help="seconds between two emails")


def say(line: str) -> None:
    """Print a progress line with the time."""
    print(f"{datetime.now():%H:%M:%S}  {line}", flush=True)


def run_start(arguments: argparse.Namespace) -> int:
    """Run on the configured mailbox until Ctrl-C."""
    prepare()
    from cases.config import current

    if current().mailbox.kind == "embedded":
        raise NeedsPerson(
            "config.yaml points at the embedded mailbox: use `cme demo`, or set mailbox.kind."
        )
    return house(0, None)


def run_demo(arguments: argparse.Namespace) -> int:
    """Run on an embedded mailbox with invented emails until Ctrl-C."""
    prepare()
    if arguments.year:
        from cases.demonstration import print_year

        return print_year()
    from cases.demonstration import Demonstration

    return house(arguments.seconds, Demonstration(arguments.gap))


def house(seconds: int, demonstration: Any) -> int:
    """Start the children, watch them, and stop them in order at the end."""
    from cases.record.people import make_link
    from cases.settings import DATA, PORT

    logs = DATA / "logs"
    logs.mkdir(parents=True, exist_ok=True, mode=0o700)
    ready = DATA / "flows.ready"
    for stale in (ready, DATA / "prefect.port"):
        stale.unlink(missing_ok=True)
    if demonstration:
        demonstration.start()
    children = [
        Child("the Prefect server", "flows.server", logs / "prefect.log"),
        Child("the flows", "flows.serving", logs / "flows.log"),
        Child("the site", "review.serve", logs / "site.log"),
    ]
    stopping = _on_signals()
    say("Starting; the first time takes about twenty seconds.")
    begun, announced = time.monotonic(), False
    try:
        while not stopping:
            for child in children:
                child.watch()
                child.rotate()
            if not announced and ready.exists():
                announced = True
                link = f"http://127.0.0.1:{PORT}/start/{make_link(datetime.now(UTC))}/"
                say(f"Ready. The officer's site: http://127.0.0.1:{PORT}/")
                say(f"Sign in once by this link: {link}")
                if demonstration:
                    demonstration.announce(say)
            elif not announced and time.monotonic() - begun > READY_SECONDS:
                say(f"The flows are not ready after {READY_SECONDS} seconds; see {logs}")
                return 1
            if demonstration and announced:
                demonstration.tick(say)
            if seconds and time.monotonic() - begun > seconds:
                break
            time.sleep(0.5)
    finally:
        say("Stopping.")
        children[1].stop(signal.SIGINT)  # drains: a poll under way is finished
        children[2].stop(signal.SIGTERM)
        children[0].stop(signal.SIGTERM)
        if demonstration:
            demonstration.stop()
    return 0


def _on_signals() -> list[int]:
    """Return a list that fills when the process is told to stop."""
    told: list[int] = []

    def note(number: int, frame: object) -> None:
        told.append(number)

    signal.signal(signal.SIGINT, note)
    signal.signal(signal.SIGTERM, note)
    return told
