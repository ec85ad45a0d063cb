"""The container files, without a container: linted, and the commands that they start run with the environment that they give."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import yaml

from benchmarks.machines import free_port
from tests.deploy.conftest import ROOT, environment
from tests.deploy.house import wait

DEPLOY = ROOT / "deploy"
TEXT = (DEPLOY / "Containerfile").read_text().replace("\\\n", " ")
STEPS = [line.split(" ", 1) for line in TEXT.splitlines() if line and not line.startswith("#")]
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def given(word: str) -> list[str]:
    return [rest.strip() for name, rest in STEPS if name == word]


def test_the_container_file_keeps_the_rules_of_its_trade() -> None:
    """What the common linters of such files ask for, as far as it applies."""
    known = {"FROM", "RUN", "WORKDIR", "COPY", "USER", "ENV", "VOLUME", "ENTRYPOINT", "CMD"}
    assert {name for name, _ in STEPS} <= known
    for image in [*given("FROM"), *(s["image"] for s in COMPOSE["services"].values())]:
        assert re.search(r":[\w.-]+$", image) or image == "cme-intake", f"{image}: no version"
        assert not image.endswith(":latest")
    for run in given("RUN"):
        assert "sudo" not in run
        assert not re.search(r";|\|", run), "a step that fails must end the build: &&"
        if "apt-get install" in run:
            assert "apt-get update &&" in re.sub(r" +", " ", run)
            assert "--no-install-recommends" in run
            assert "rm -rf /var/lib/apt/lists/*" in run
        if "pip install" in run:
            assert "--no-cache-dir" in run
            assert "--require-hashes" in run or "--no-deps" in run
    assert all(Path(place).is_absolute() for place in given("WORKDIR"))
    for word in ("ENTRYPOINT", "CMD"):
        (told,) = given(word)
        assert isinstance(yaml.safe_load(told), list), (
            "a shell in between would swallow the signals"
        )
    assert not re.search(r"(?i)password|secret_|_key", " ".join(given("ENV")))


def settings(folder: Path, **more: str) -> dict[str, str]:
    """What the image and compose.yaml set, with the volume in a folder of the test's."""
    told = dict(pair.split("=", 1) for line in given("ENV") for pair in shlex.split(line))
    part = COMPOSE["x-part"]
    told |= {k: v for k, v in part["environment"].items() if k != "CME_DATABASE_URL"}
    (folder / "config.yaml").write_text((ROOT / "config.yaml").read_text())
    places = {"/var/lib/cme": str(folder), "/etc/cme": str(folder)}
    for old, new in places.items():
        told = {k: v.replace(old, new) for k, v in told.items()}
    return environment(folder) | told | more


def command(*words: str) -> list[str]:
    """The entry point's command line with this Python."""
    (entry,) = given("ENTRYPOINT")
    program, *rest = yaml.safe_load(entry)
    assert program == "/opt/cme-intake/.venv/bin/python"
    return [sys.executable, *rest, *words]


def test_the_images_own_command_is_the_doctor(tmp_path: Path) -> None:
    (words,) = given("CMD")
    done = subprocess.run(command(*yaml.safe_load(words)), cwd=ROOT, env=settings(tmp_path),
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert "tables up to date" in done.stdout, done.stderr
    assert (tmp_path / "data" / "cme.sqlite3").exists(), "the data lie in the volume"
    assert (tmp_path / "secrets").is_dir()


@pytest.mark.xdist_group("prefect")
def test_the_parts_of_compose_come_up_together(tmp_path: Path, database: str) -> None:
    """On PostgreSQL, in any order, each with the command and the signal that compose.yaml names."""
    port = free_port()
    env = settings(tmp_path, CME_DATABASE_URL=database, CME_PORT=str(port))
    subprocess.run(
        command("cases.commands", "upgrade"), cwd=ROOT, env=env, check=False, capture_output=True
    )
    parts = {n: s for n, s in COMPOSE["services"].items() if n != "database"}
    running = {
        name: subprocess.Popen(command(*part["command"]), cwd=ROOT, env=env, start_new_session=True)
        for name, part in parts.items()
    }

    def healthy() -> bool:
        with (
            suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=3) as told,
        ):
            return bool(told.read() == b"ok")
        return False

    try:
        wait("the site", healthy)
        wait("a run is scheduled", (tmp_path / "data" / "flows.ready").exists)
        assert {name: p.poll() for name, p in running.items()} == dict.fromkeys(parts)
        for name in ("flows", "site", "prefect"):
            running[name].send_signal(getattr(signal, parts[name].get("stop_signal", "SIGTERM")))
            running[name].wait(60)
    finally:
        for process in running.values():
            with suppress(psutil.Error):
                for child in psutil.Process(process.pid).children(recursive=True):
                    child.kill()
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)
