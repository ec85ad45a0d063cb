"""Several machines, on one: two councils, two workers, and every part killed in the middle; nothing is lost or doubled."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from benchmarks.machines import Cluster, clear, kill_machine, until
from benchmarks.spread import PASSWORD, Council
from benchmarks.spread_mail import emails
from flows.workers import CouncilMissing, environment_of
from mail import demo_post
from tests.deploy.conftest import ROOT
from tests.deploy.house import command_of

EMAILS = 21  # a third of them scans, which take more than a second each


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


class Two:
    """Two councils on two machines: one has mail to be read, the other no mail server at all."""

    def __init__(self, folder: Path, post: demo_post.DemoPost) -> None:
        (folder / "mail").mkdir()
        for number, raw in enumerate(emails(EMAILS)):
            (folder / "mail" / f"{number:03}.eml").write_bytes(raw)
        self.cluster = Cluster(folder / "postgresql")
        self.wren = Council(
            folder / "shared", self.cluster, folder / "mail", post, waiting=1.2, every="10 seconds"
        )
        self.machines, self.folder = self.wren.machines, folder
        file = folder / "shared" / "councils" / "lark"
        told = {"CME_CONFIG": str(ROOT / "config.yaml"), "CME_DATA": str(folder / "lark"),
                "CME_DATABASE_URL": self.cluster.make("lark")}  # fmt: skip
        file.write_text("".join(f"{k}={v}\n" for k, v in told.items()))
        file.chmod(0o600)
        self.lark = told["CME_DATABASE_URL"]
        self.machines.shared["PREFECT_SERVER_SERVICES_REPOSSESSOR_LOOP_SECONDS"] = "3"
        tables = subprocess.Popen(
            [sys.executable, "-m", "cases.commands", "upgrade"], cwd=ROOT, stdout=subprocess.DEVNULL,
            env={**self.machines.shared, **told},
        )  # fmt: skip
        self.machines.start_server()
        for _ in range(2):
            self.machines.start_worker(limit=2)  # the first makes the pool
        self.machines.deploy(readers=1)
        tables.wait(60)
        self.machines.run("flows.deploying", "lark")

    def ask(self, url: str, question: str) -> str:
        """What a database answers; nothing while it is away."""
        return subprocess.run(
            ["psql", "-At", url, "-c", question], capture_output=True, text=True, check=False
        ).stdout.strip()

    def lark_polled(self, since: str) -> str:
        """When the council without a mail server last tried, if after `since`."""
        when = self.ask(
            self.lark, "SELECT changed_at FROM cases_setting WHERE key = 'last_poll_trouble'"
        )
        return when if when > since else ""

    def five_minutes_pass(self) -> None:
        """Every lease runs out: the dead poll's, what dead readers had claimed, and the places that Prefect had given them."""
        files = self.folder / "shared" / "prefect" / "concurrency_leases"
        for file in files.glob("*.json"):
            told = json.loads(file.read_text())
            past = "2026-01-01T00:00:00+00:00"
            told = dict.fromkeys(told, past) if file.stem == "expirations" else {**told, "expiration": past}  # fmt: skip
            file.write_text(json.dumps(told))
        self.ask(self.machines.url, "UPDATE cases_lease SET expires_at = now()")
        self.ask(
            self.machines.url, "UPDATE cases_readahead SET expires_at = now() WHERE sealed IS NULL"
        )

    def engines(self) -> list[psutil.Process]:
        """The processes in which runs go on, on both machines."""
        return [
            child
            for worker in self.machines.workers
            for child in psutil.Process(worker.pid).children(recursive=True)
            if "prefect.engine" in command_of(child)
        ]


@pytest.fixture
def two() -> Iterator[Two]:
    folder = Path(
        tempfile.mkdtemp(prefix="cme-several-")
    )  # PostgreSQL, another user, must reach it
    folder.chmod(0o755)
    post = demo_post.start(folder / "post", folder / "sent", password=PASSWORD)
    made: list[Two] = []
    try:
        made.append(Two(folder, post))
        yield made[0]
    finally:
        for one in made:
            one.machines.stop()
            one.cluster.stop()
        post.stop()
        clear(folder)


@pytest.mark.xdist_group("prefect")
def test_two_councils_two_machines_and_everything_that_breaks(two: Two) -> None:
    wren, machines = two.wren, two.machines
    until("both machines read", lambda: len(two.engines()) >= 2 and 0 < wren.unread() < EMAILS)
    for engine in two.engines():  # the poll and its reader, in the middle of an email each
        with suppress(psutil.Error):
            engine.kill()
    two.five_minutes_pass()
    until("the next poll goes on", lambda: 0 <= wren.unread() < EMAILS * 3 / 4)
    polled = until("the other council polls", lambda: two.lark_polled(""))
    machines.cluster.restart()
    two.five_minutes_pass()
    until("after the database's restart", lambda: 0 <= wren.unread() < EMAILS / 2)
    assert machines.server
    kill_machine(machines.server)
    kill_machine(machines.workers.pop())
    two.five_minutes_pass()
    machines.start_server()
    machines.start_worker(limit=2)
    until("after the Prefect server's restart", lambda: wren.unread() == 0, seconds=400)
    until("the poll has ended", lambda: not wren.step("told")["left"])
    told = wren.step("told")
    assert told["filed"] == told["arrivals"] == EMAILS, "each email was filed, and once"
    assert told["broken"] is None
    forms = [n for n in range(EMAILS) if n % 3 != 1]
    children = {n - 1 if n % 10 == 9 else n for n in forms}
    assert len(told["cases"]) == len({tuple(c) for c in told["cases"]}) == len(children)
    assert until("the other council polls on", lambda: two.lark_polled(polled))
    prefect = machines.shared["PREFECT_SERVER_DATABASE_CONNECTION_URL"].replace("+asyncpg", "")
    jobs = two.ask(
        prefect, "SELECT DISTINCT jsonb_object_keys(infra_overrides::jsonb) FROM deployment"
    )
    assert set(jobs.split()) == {"command", "working_dir"}
    readers = "SELECT count(*) FROM flow_run r JOIN flow f ON f.id = r.flow_id WHERE f.name = 'read' AND r.start_time IS NOT NULL"
    assert int(two.ask(prefect, readers)) > 0, "the poll asked for readers, and a machine was one"
    strange = "SELECT count(*) FROM flow_run WHERE parameters::text NOT IN ('{}', 'null')"
    assert two.ask(prefect, strange) == "0", "Prefect is told a council's name and nothing else"
