"""The same stories on PostgreSQL: a cluster of our own on loopback, started here and stopped here."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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


@dataclass
class Cluster:
    """A cluster that is thrown away: the address of an empty database, and how it is stopped and started."""

    url: str
    start: Callable[[], None]
    stop: Callable[[], None]

    @property
    def port(self) -> str:
        return self.url.rpartition(":")[2].partition("/")[0]

    def another(self, name: str) -> str:
        """Make one more database, and return its address."""
        subprocess.run(
            ["createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "postgres", name], check=True
        )
        return f"{self.url.removesuffix('/postgres')}/{name}"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
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
    control = (str(where / "pg_ctl"), "-D", data, "-w", "-l", str(folder / "log"))

    def start() -> None:
        begun = as_postgres(*control, "-o", options, "start")
        assert begun.returncode == 0, begun.stderr

    def stop() -> None:
        as_postgres(*control, "-m", "immediate", "stop")

    try:
        start()
        yield Cluster(f"postgresql://postgres@127.0.0.1:{port}/postgres", start, stop)
    finally:
        stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_the_stories_and_a_walk_over_every_page_hold_on_postgresql(cluster: Cluster) -> None:
    env = {**os.environ, "CME_DATABASE_URL": cluster.url, "CME_TESTS_DATABASE_URL": cluster.url}
    for name in [n for n in env if n.startswith("PYTEST_") or n in ("CME_DATA", "CME_SECRETS")]:
        del env[name]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-k", "not backup", *STORIES],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:]


def of_its_own(database: str, folder: Path) -> dict[str, str]:
    return {
        **os.environ, "CME_DATABASE_URL": database, "CME_DATA": str(folder / "data"),
        "CME_SECRETS": str(folder / "secrets"),
    }  # fmt: skip


def test_the_commands_and_a_backup_work_on_postgresql(cluster: Cluster, tmp_path: Path) -> None:
    env = of_its_own(cluster.another("cme"), tmp_path)
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


# A poll that has kept two emails and goes on when it is told to; what it says stands on a line each.
POLL = """
import sys
from pathlib import Path
from cases.commands.moving import prepare
prepare()
from cases import clock, road
from cases.models import Arrival
from cases.record import ledger
from flows.quiet import quiet
for name in sys.argv[1:]:
    ledger.keep_raw(Path(name).read_bytes(), clock.now(), clock.now(), "import")
waiting = road.waiting()
print(len(waiting), flush=True)
for _ in "while it is away", "when it is back":
    sys.stdin.readline()
    try:
        print(sorted(quiet(road.file_batch)(waiting).items()), flush=True)
    except Exception as error:
        print(type(error).__name__, flush=True)
print(list(Arrival.objects.order_by("id").values_list("state", "verdict", "attempts")), flush=True)
road.pool().close()
"""


def test_a_database_that_stops_between_fetch_and_filing_loses_nothing(
    cluster: Cluster, tmp_path: Path
) -> None:
    mails = []
    for number, words in enumerate(("The form.\n", "Nothing in particular.\n")):
        files = [("form.docx", form())] if not number else []
        mails.append(tmp_path / f"{number}.eml")
        mails[-1].write_bytes(email(words, files))
    (tmp_path / "data").mkdir()
    poll = subprocess.Popen(
        [sys.executable, "-c", POLL, *map(str, mails)], cwd=ROOT, env=of_its_own(cluster.another("away"), tmp_path),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert poll.stdin
    assert poll.stdout
    try:
        assert poll.stdout.readline() == "2\n"
        cluster.stop()
        print(file=poll.stdin, flush=True)
        assert poll.stdout.readline() == "FlowFailed\n"
        cluster.start()
        said, troubles = poll.communicate("\n", timeout=120)
    finally:
        poll.kill()
    filed, rows = said.splitlines()
    assert filed == "[('held', 1), ('new_case', 1)]", troubles
    # An outage is nobody's try: the emails are filed as if it had not been.
    assert rows == "[('filed', 'new_case', 0), ('held', 'held', 0)]"
