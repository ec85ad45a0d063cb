"""Several machines, on one: two councils, two workers, one killed; every run is its own council's and the polls go on."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from flows.workers import CouncilMissing, environment_of
from tests.deploy.conftest import ROOT, environment, free_port

COUNCILS = ("lark", "wren")


def test_a_councils_file_is_private_and_plain(tmp_path: Path) -> None:
    file = tmp_path / "wren"
    file.write_text("# our own\nCME_DATA=/x\n\nCME_DATABASE_URL=postgresql://a:b=c@h/d\n")
    file.chmod(0o644)
    with pytest.raises(CouncilMissing, match="chmod 600"):
        environment_of("wren", tmp_path)
    file.chmod(0o600)
    assert environment_of("wren", tmp_path) == {
        "CME_DATA": "/x",
        "CME_DATABASE_URL": "postgresql://a:b=c@h/d",
    }
    for name in ("../wren", "lark", ""):
        with pytest.raises(CouncilMissing):
            environment_of(name, tmp_path)
    file.write_text("PATH=/tmp\n")
    with pytest.raises(CouncilMissing, match="line 1"):
        environment_of("wren", tmp_path)


def shared(folder: Path, port: int) -> dict[str, str]:
    """The environment of the server and of each worker, as deploy/shared.environment has it."""
    lines = (ROOT / "deploy" / "shared.environment").read_text().splitlines()
    told = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    told |= {
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api", "PREFECT_SERVER_API_PORT": str(port), "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_API_AUTH_STRING": "cme:shared", "PREFECT_SERVER_API_AUTH_STRING": "cme:shared", "CME_COUNCILS": str(folder / "councils"),
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": f"http://127.0.0.1:{port}",
    }  # fmt: skip
    clean = environment(folder)
    return {k: v for k, v in clean.items() if not k.startswith("CME_")} | told


def troubles(folder: Path, council: str) -> str:
    """When the council last tried its mailbox: there is no mail server here, so each poll writes its trouble down."""
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(folder / council / "cme.sqlite3", timeout=20)) as base,
    ):
        row = base.execute(
            "SELECT changed_at FROM cases_setting WHERE key = 'last_poll_trouble'"
        ).fetchone()
        return row[0] if row else ""
    return ""


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[tuple[Path, list[subprocess.Popen[bytes]]]]:
    """A Prefect server, both councils deployed, two workers."""
    (tmp_path / "councils").mkdir()
    port = free_port()
    env = shared(tmp_path, port)
    for name in COUNCILS:
        file = tmp_path / "councils" / name
        file.write_text(f"CME_CONFIG={ROOT / 'config.yaml'}\nCME_DATA={tmp_path / name}\n")
        file.chmod(0o600)
    started: list[subprocess.Popen[bytes]] = []

    def start(*words: str) -> subprocess.Popen[bytes]:
        with (tmp_path / f"log{len(started)}").open("wb") as log:
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", *words],
                    cwd=ROOT,
                    env=env,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )
        return started[-1]

    try:
        start("prefect", "server", "start", "--no-ui")
        until = time.monotonic() + 90
        while True:
            with (
                suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api/ready", timeout=3),
            ):
                break
            assert time.monotonic() < until, "the Prefect server did not come up"
            time.sleep(0.5)
        for name in COUNCILS:
            made = {
                **env,
                "CME_DATA": str(tmp_path / name),
                "CME_CONFIG": str(ROOT / "config.yaml"),
            }
            subprocess.run(
                [sys.executable, "-m", "cases.commands", "upgrade"],
                cwd=ROOT,
                env=made,
                check=False,
                capture_output=True,
            )
            told = subprocess.run(
                [sys.executable, "-m", "flows.deploying", name],
                cwd=ROOT,
                env=env,
                check=True,
                capture_output=True,
                text=True,
            )
            assert f"intake/intake-{name}" in told.stdout
        for _ in range(2):
            start("flows.workers", "work", "--limit", "2")
        yield tmp_path, started[1:]
    finally:
        for process in reversed(started):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)


@pytest.mark.xdist_group("prefect")
def test_two_councils_and_two_workers_of_which_one_dies(
    machines: tuple[Path, list[subprocess.Popen[bytes]]],
) -> None:
    folder, workers = machines

    def wait_for_polls(since: dict[str, str]) -> None:
        until = time.monotonic() + 90
        while not all(troubles(folder, c) > since[c] for c in COUNCILS):
            assert time.monotonic() < until, {c: troubles(folder, c) for c in COUNCILS}
            time.sleep(0.5)

    wait_for_polls(dict.fromkeys(COUNCILS, ""))
    os.kill(workers[0].pid, signal.SIGKILL)
    workers[0].wait(10)
    wait_for_polls({c: troubles(folder, c) for c in COUNCILS})
    with closing(sqlite3.connect(folder / "prefect" / "prefect.db", timeout=20)) as base:
        (jobs,) = zip(
            *base.execute("SELECT infra_overrides FROM deployment").fetchall(), strict=True
        )
        strange = base.execute(
            "SELECT count(*) FROM flow_run WHERE parameters NOT IN ('{}', 'null')"
        ).fetchone()
    assert {tuple(json.loads(job)) for job in jobs} == {("command", "working_dir")}
    assert strange == (0,), "Prefect is told a council's name and nothing else"
