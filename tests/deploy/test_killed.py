"""kill -9 of each part of the running house: it comes back, and the next poll runs within two intervals."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest

from tests.deploy.conftest import ROOT, environment, free_port

pytestmark = pytest.mark.xdist_group("prefect")
# The demonstration polls every few seconds, a process takes two or three to start on a busy machine: two
# intervals of a real installation are four minutes, and a test should not need them.
PATIENCE = 180


class House:
    """A running `cme demo` on a port and a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cases.commands", "demo"], cwd=ROOT, stdout=(folder / "out").open("wb"),
            stderr=subprocess.STDOUT, env=environment(folder, CME_PORT=str(self.port)),
        )  # fmt: skip

    def said(self) -> str:
        return (self.folder / "out").read_text()

    def child(self, *words: str) -> psutil.Process:
        """The one child whose command has these words."""
        found = [
            p for p in psutil.Process(self.process.pid).children() if set(words) <= set(_command(p))
        ]
        assert len(found) == 1, f"{words}: {[_command(p) for p in found]}"
        return found[0]

    def last_poll(self) -> str:
        with closing(sqlite3.connect(self.folder / "data" / "cme.sqlite3", timeout=20)) as base:
            row = base.execute(
                "SELECT value FROM cases_setting WHERE key = 'last_proved_poll'"
            ).fetchone()
        return json.loads(row[0]) if row else ""

    def answers(self) -> bool:
        with (
            suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=3) as answer,
        ):
            return bool(answer.read().strip() == b"ok")
        return False

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()


def _command(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return process.cmdline()
    return []


def wait(what: str, seen: Callable[[], bool], seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < until, f"{what}: not within {seconds:.0f} seconds"
        time.sleep(0.3)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(tmp_path_factory.mktemp("house"))
    try:
        wait("the house is ready", lambda: "Ready." in made.said(), 120)
        wait("the first poll", lambda: bool(made.last_poll()))
        yield made
    finally:
        made.stop()


PARTS = {
    "the Prefect server": ("flows.server",),
    "the flows": ("flows.serving",),
    "the site": ("review.serve",),
}


@pytest.mark.parametrize("part", PARTS)
def test_a_killed_part_comes_back_and_the_polls_go_on(house: House, part: str) -> None:
    killed = house.child(*PARTS[part])
    os.kill(killed.pid, signal.SIGKILL)
    wait("it is noticed", lambda: f"{part} stopped; it is started again" in house.said())
    wait(
        "it is back",
        lambda: any(
            set(PARTS[part]) <= set(_command(p))
            for p in psutil.Process(house.process.pid).children()
        ),
    )
    before = house.last_poll()
    if part != "the site":
        wait("the next poll", lambda: house.last_poll() > before)
    wait("the site answers", house.answers)
    assert house.process.poll() is None


def test_a_killed_run_holds_the_next_up_for_an_interval_at_most(house: House) -> None:
    def runs() -> list[psutil.Process]:
        everyone = psutil.Process(house.process.pid).children(recursive=True)
        return [p for p in everyone if "prefect.engine" in _command(p)]

    wait("a run is under way", lambda: bool(runs()))
    for run in runs():
        with suppress(psutil.Error):
            run.kill()
    before = house.last_poll()
    wait("the next poll", lambda: house.last_poll() > before)


def test_nothing_outlives_the_house(house: House) -> None:
    everyone = psutil.Process(house.process.pid).children(recursive=True)
    house.stop()
    _, alive = psutil.wait_procs(everyone, timeout=20)
    assert [_command(p) for p in alive] == []
