"""The same stories on PostgreSQL: a cluster of our own on loopback, started here and stopped here."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from stories import email, form

ROOT = Path(__file__).resolve().parents[2]
STORIES = [
    "tests/cases/test_filing.py", "tests/cases/test_record.py", "tests/cases/test_undo.py", "tests/flows/test_ahead.py",
    "tests/cases/test_layouts.py", "tests/review/test_deletion.py", "tests/review/test_safety.py::test_a_page_asks_the_database_at_most_fifteen_things",
]  # fmt: skip
pytestmark = pytest.mark.xdist_group("postgresql")


def binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def as_postgres(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of PostgreSQL's, which refuses to be root."""
    if os.geteuid() == 0:
        who = pwd.getpwnam("postgres")
        command = (
            "setpriv",
            f"--reuid={who.pw_uid}",
            f"--regid={who.pw_gid}",
            "--clear-groups",
            *command,
        )
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd="/", timeout=120
    )


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of an empty database in a cluster that is thrown away."""
    where = binaries()
    if where is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed, and CI is set")
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="cme-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = str(folder / "data")
    made = as_postgres(
        str(where / "initdb"),
        "-D",
        data,
        "-U",
        "postgres",
        "--auth=trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "-N",
    )
    assert made.returncode == 0, made.stderr
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    begun = as_postgres(
        str(where / "pg_ctl"), "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start"
    )
    try:
        assert begun.returncode == 0, begun.stderr
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        as_postgres(str(where / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def test_the_stories_and_a_walk_over_every_page_hold_on_postgresql(cluster: str) -> None:
    env = {**os.environ, "CME_DATABASE_URL": cluster, "CME_TESTS_DATABASE_URL": cluster}
    for name in [n for n in env if n.startswith("PYTEST_") or n in ("CME_DATA", "CME_SECRETS")]:
        del env[name]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-k", "not backup", *STORIES],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:]


def test_the_commands_and_a_backup_work_on_postgresql(cluster: str, tmp_path: Path) -> None:
    env = {
        **os.environ, "CME_DATABASE_URL": f"{cluster.removesuffix('/postgres')}/cme",
        "CME_DATA": str(tmp_path / "data"), "CME_SECRETS": str(tmp_path / "secrets"),
    }  # fmt: skip
    port = cluster.rpartition(":")[2].partition("/")[0]
    subprocess.run(["createdb", "-h", "127.0.0.1", "-p", port, "-U", "postgres", "cme"], check=True)
    (tmp_path / "mail").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "mail" / "1.eml").write_bytes(email(files=[("form.docx", form())]))

    def cme(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cases.commands", *arguments],
            cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    taken = cme("intake", "--from", str(tmp_path / "mail"), "--json")
    assert (taken.returncode, '"verdict": "new_case"' in taken.stdout) == (0, True), taken.stderr
    assert cme("due", "--json").returncode == 0
    assert cme("verify").returncode == 0
    backup = tmp_path / "cme.bak"
    made = cme("backup", str(backup))
    assert made.returncode == 0, made.stderr
    proved = cme("restore", str(backup), "--check")
    assert (proved.returncode, "could be restored" in proved.stdout) == (0, True), proved.stderr
