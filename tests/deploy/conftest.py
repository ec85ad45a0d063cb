"""A data folder and commands of its own for each test, and a PostgreSQL on loopback that ends with the session."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.machines import Cluster

ROOT = Path(__file__).resolve().parents[2]
Cme = Callable[..., "subprocess.CompletedProcess[str]"]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """This process's environment without what belongs to another installation."""
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("CME_", "DJANGO_", "PREFECT_"))
    }
    return {
        **kept,
        "CME_DATA": str(folder / "data"),
        "CME_SECRETS": str(folder / "secrets"),
        **more,
    }


@pytest.fixture
def cme(tmp_path: Path) -> Cme:
    """Run `cme` on a data folder of the test's own."""

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cases.commands", *arguments], cwd=ROOT, env=environment(tmp_path, **more),
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    return run


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server, without a database's name."""
    folder = Path(tempfile.mkdtemp(prefix="cmepg"))
    folder.chmod(0o755)  # PostgreSQL, another user, must reach it
    try:
        cluster = Cluster(folder / "postgresql")
    except FileNotFoundError:
        pytest.skip("PostgreSQL is not installed")
    try:
        yield cluster.url
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(postgresql: str, tmp_path: Path) -> str:
    """The address of a new, empty PostgreSQL database."""
    name = f"t{abs(hash(tmp_path)):x}"
    subprocess.run(
        ["psql", "-q", f"{postgresql}/postgres", "-c", f"CREATE DATABASE {name}"], check=True
    )
    return f"{postgresql}/{name}"
