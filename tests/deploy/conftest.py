"""A data folder and commands of its own for each test, and a PostgreSQL on loopback that ends with the session."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Cme = Callable[..., "subprocess.CompletedProcess[str]"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
    found = shutil.which("initdb") or next(
        iter(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb"))), None
    )
    if not found:
        pytest.skip("PostgreSQL is not installed")
    programs = Path(found).resolve().parent
    folder, port, who = Path(tempfile.mkdtemp(prefix="cmepg")), free_port(), {}
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **who}
    subprocess.run(
        [programs / "initdb", "-D", folder / "db", "-U", "cme", "-A", "trust", "-N"],
        check=True,
        **quiet,
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    subprocess.run(
        [programs / "pg_ctl", "-D", folder / "db", "-o", options, "-w", "start"],
        check=True,
        **quiet,
    )
    try:
        yield f"postgresql://cme@127.0.0.1:{port}"
    finally:
        subprocess.run(
            [programs / "pg_ctl", "-D", folder / "db", "-m", "immediate", "stop"],
            check=False,
            **quiet,
        )
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(postgresql: str, tmp_path: Path) -> str:
    """The address of a new, empty PostgreSQL database."""
    name = f"t{abs(hash(tmp_path)):x}"
    subprocess.run(
        ["psql", "-q", f"{postgresql}/postgres", "-c", f"CREATE DATABASE {name}"], check=True
    )
    return f"{postgresql}/{name}"
