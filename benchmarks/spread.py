"""The same mail of one council on 1, 2 and 4 machines, with Prefect and by plain processes: what is lost, doubled, gained, spent.

    python -m benchmarks.spread [--emails 600] [--machines 1,2,4] [--waiting SECONDS] [--fault machine|database|prefect]

A third of the emails are scans, every tenth is a second form about the child before it. For each number of machines
(processes held to one core each, in turn) the mail is filed twice, on a fresh PostgreSQL database each: by plain
processes, one that polls and others that read ahead for it, and by the same code through Prefect's server, work pool and
deployments, while sending and chasing stand still. The processor time is that of all processes of either way, Prefect's
server and workers included, less what these use while nothing happens (measured before, told apart: it is there with or without
mail); so the difference is what orchestrating this mail costs. What is on file must be the same every time. `--waiting
0.4` lets a scan take that long waiting instead of seconds reckoning, so that many machines can be shown on few cores. With
`--fault` something breaks after a third, and the plain processes are left out but for one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from benchmarks.machines import CORES, ROOT, Cluster, Machines, clear, kill_machine, until
from benchmarks.orchestration import house_of, spent
from benchmarks.spread_mail import emails

PASSWORD = "invented-embedded"
IDLE_SECONDS = 30
STEP = [sys.executable, "-m", "benchmarks.spread", "--step"]
LOOK = 1.0  # seconds between two looks at what is left: looking costs too
WAIT = '''
import importlib.abc, sys, time
class Slow(importlib.abc.MetaPathFinder):
    """After the module that looks at pictures is imported, looking is waiting."""
    def find_spec(self, name, path=None, target=None):
        if name != "parsers.documents.picture":
            return None
        sys.meta_path.remove(self)
        import importlib.util
        spec = importlib.util.find_spec(name)
        real = spec.loader.exec_module
        def run(module):
            real(module)
            module._recognised = lambda grey: time.sleep(SECONDS) or []
        spec.loader.exec_module = run
        return spec
sys.meta_path.insert(0, Slow())
'''


def step(what: str, *rest: str) -> None:
    """Do one thing as the council, in a process of its own, and print what came of it as JSON."""
    from cases.commands.moving import prepare

    prepare()
    from cases import ahead, road
    from cases.record import ledger

    now = datetime.now(UTC)
    match what:
        case "keep":
            ledger.remember("embedded_post", {"imap": int(rest[1]), "smtp": int(rest[2])}, now)
            for file in sorted(Path(rest[0]).glob("*.eml")):
                ledger.keep_raw(file.read_bytes(), now, now, "cme@wrenshire.example")
        case "poll":
            while ids := road.waiting():
                ahead.file_together(ids)
            road.pool().close()
        case "read":
            while road.waiting():
                ahead.read_some(50)
                time.sleep(ahead.PAUSE)
            road.pool().close()
        case _:
            print(json.dumps(on_file(), default=str))


def on_file() -> dict[str, Any]:
    """Return what the council's database holds, and how long the filing took from its first to its last."""
    from cases.models import Arrival, Case, Entry, ReadAhead
    from cases.record.entries import verify

    filed = Entry.objects.filter(act__in=("arrival filed", "arrival held", "arrival ignored"))
    times = list(filed.order_by("id").values_list("at", flat=True))
    return {
        "verdicts": list(Arrival.objects.order_by("id").values_list("state", "verdict")),
        "cases": list(Case.objects.order_by("id").values_list("child__surname", "child__date_of_birth")),
        "filed": len(times), "arrivals": filed.values("arrival").distinct().count(),
        "left": ReadAhead.objects.count(), "broken": verify().broken_at,
        "took": (times[-1] - times[0]).total_seconds() if times else 0,
    }  # fmt: skip


class Council:
    """The mail of one council, kept on a database of its own, and the machines that are to file it."""

    def __init__(
        self, folder: Path, cluster: Cluster, mail: Path, post: Any, *, waiting: float, every: str
    ) -> None:
        text = (ROOT / "config.yaml").read_text()
        # The demonstration's quick intervals are for eyes.
        text = "\n".join(
            n for n in text.splitlines() if not n.strip().startswith("demonstration: {")
        )
        text = text.replace("  intake: 2 minutes", f"  intake: {every}")
        text = text.replace("  send: 5 minutes", "  send: 12 hours").replace(
            "  chase: 15 m", "  chase: 720 m"
        )
        self.machines = Machines(folder, cluster, text)
        (folder / "secrets").mkdir(mode=0o700)
        (folder / "secrets" / "embedded_password").write_text(PASSWORD)
        (folder / "secrets" / "embedded_password").chmod(0o600)
        if waiting:
            (folder / "slow").mkdir()
            (folder / "slow" / "sitecustomize.py").write_text(f"SECONDS = {waiting}\n{WAIT}")
            self.machines.shared["PYTHONPATH"] = str(folder / "slow")
        self.step("keep", str(mail), str(post.imap_port), str(post.smtp_port))

    def begin(self, core: int, *words: str) -> subprocess.Popen[bytes]:
        """Begin one step on one core."""
        return subprocess.Popen(
            ["taskset", "-c", str(core), *STEP, *words], cwd=ROOT, stderr=subprocess.DEVNULL,
            env={**self.machines.shared, **self.machines.council},
        )  # fmt: skip

    def step(self, *words: str) -> Any:
        """Do one step in a process of the council's own and return what it told."""
        done = subprocess.run(
            [*STEP, *words], cwd=ROOT, check=False, capture_output=True, text=True,
            env={**self.machines.shared, **self.machines.council},
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        return json.loads(done.stdout) if done.stdout.strip() else None

    def unread(self) -> int:
        """Return how many emails are not filed yet."""
        told = subprocess.run(
            ["psql", "-At", self.machines.url, "-c", "SELECT count(*) FROM cases_arrival WHERE state = 'kept'"],
            capture_output=True, text=True, check=False,
        ).stdout.strip()  # fmt: skip
        return int(told) if told else -1


def spread(council: Council, count: int, fault: str = "", limit: float = 7200) -> dict[str, Any]:
    """Let `count` machines file the council's mail, with a fault after a third of it; return what is on file."""
    machines, total = council.machines, council.unread()
    machines.start_server()
    machines.deploy(max(1, count - 1))
    for _ in range(count):
        machines.start_worker()
    watched = [psutil.Process(p.pid) for p in (*machines.workers, machines.server) if p]
    idle = _idle(watched)
    before, began = _spent(watched), time.monotonic()
    machines.poll()
    if fault:
        until("the first third", lambda: 0 <= council.unread() < total * 2 / 3, limit, LOOK)
        inflict(council, fault)
    until("all of it", lambda: council.unread() == 0, limit, LOOK)
    used, busy = _spent(watched) - before, time.monotonic() - began
    until("the poll's end", lambda: not council.step("told")["left"], 300)
    machines.stop()
    spent_on_it = {} if fault else {"used": used - idle * busy, "idle": idle}
    return {**council.step("told"), **spent_on_it}


def plain(council: Council, count: int, limit: float = 7200) -> dict[str, Any]:
    """Let the same code file the council's mail in `count` processes that nobody orchestrates."""
    begun = [
        council.begin(CORES[n % len(CORES)], "read" if n else "poll") for n in range(count)
    ]  # fmt: skip
    watched = [psutil.Process(p.pid) for p in begun]
    used = 0.0
    try:

        def done() -> bool:
            nonlocal used
            used = max(used, _spent(watched))
            if begun[0].poll():
                raise RuntimeError("the process that files has failed")
            return council.unread() == 0

        until("all of it", done, limit, LOOK)
        used = max(used, _spent(watched))
    finally:
        for process in begun:
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()
    return {**council.step("told"), "used": used}


def _spent(watched: list[psutil.Process]) -> float:
    return sum(spent(house_of(p)) for p in watched if p.is_running())


def _idle(watched: list[psutil.Process]) -> float:
    """Return how much of a core the processes use while nothing happens."""
    time.sleep(10)  # what they began with
    before, began = _spent(watched), time.monotonic()
    time.sleep(IDLE_SECONDS)
    return (_spent(watched) - before) / (time.monotonic() - began)


def inflict(council: Council, fault: str) -> None:
    """Let one thing break, and come back as its service manager or administrator would bring it."""
    machines = council.machines
    match fault:
        case "machine":
            kill_machine(machines.workers.pop(0))  # the one that polls, since it was first
            machines.start_worker()
        case "database":
            machines.cluster.restart()
        case "prefect":
            assert machines.server
            kill_machine(machines.server)
            time.sleep(5)
            machines.start_server()


def whole(told: dict[str, Any], plain: dict[str, Any], emails: int) -> str:
    """Return what was lost or doubled, and what else differs from what plain processes put on file."""
    lost, doubled = emails - told["arrivals"], told["filed"] - told["arrivals"]
    found = [k for k in ("verdicts", "cases") if told[k] != plain[k]]
    found += [f"the timeline is broken at {told['broken']}"] if told["broken"] else []
    differs = f"differs: {', '.join(found)}" if found else "the same on file"
    return f"lost {lost}, doubled {doubled}, {differs}"


def row(name: str, told: dict[str, Any], whole_: str, first: float = 0) -> None:
    """Print one row of the table."""
    used = f"{told['used']:8.1f} s" if "used" in told else " " * 10
    gained = f"{first / told['took']:5.2f} x" if first else " " * 7
    print(f"{name:34}{told['took']:8.1f} s   processor {used}   {gained}   load {os.getloadavg()[0]:4.1f}   {whole_}",
          flush=True)  # fmt: skip


def compare(bare: dict[str, Any], told: dict[str, Any]) -> None:
    """Print what Prefect cost on top of the same work, and what it costs anyway."""
    wall, used = told["took"] / bare["took"] - 1, told["used"] / bare["used"] - 1
    print(f"{'  orchestration on top':34}{100 * wall:+8.1f} %   processor {100 * used:+8.1f} %   and {100 * told['idle']:.1f} % of a core"
          " with or without mail", flush=True)  # fmt: skip


def main() -> int:
    """Make the mail, file it in each way, print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--emails", type=int, default=90)
    parser.add_argument("--machines", default="1,2,4")
    parser.add_argument("--waiting", type=float, default=0, metavar="SECONDS")
    parser.add_argument("--step", nargs="+", help=argparse.SUPPRESS)
    parser.add_argument("--fault", choices=["machine", "database", "prefect"], default="")
    arguments = parser.parse_args()
    if arguments.step:
        step(*arguments.step)
        return 0
    folder = Path(tempfile.mkdtemp(prefix="cme-spread-"))
    folder.chmod(0o755)
    os.environ |= {"CME_DATA": f"{folder}/own", "DJANGO_SETTINGS_MODULE": "cases.settings"}
    from mail import demo_post

    (folder / "mail").mkdir()
    for number, raw in enumerate(emails(arguments.emails)):
        (folder / "mail" / f"{number:05}.eml").write_bytes(raw)
    cluster = Cluster(folder / "postgresql")
    post = demo_post.start(folder / "post", folder / "sent", password=PASSWORD)
    try:
        return _table(arguments, folder, cluster, post)
    finally:
        post.stop()
        cluster.stop()
        clear(folder)


def _table(arguments: argparse.Namespace, folder: Path, cluster: Cluster, post: Any) -> int:
    count, fault = arguments.emails, arguments.fault

    def council(name: str) -> Council:
        return Council(
            folder / name, cluster, folder / "mail", post,
            waiting=arguments.waiting, every="10 seconds" if fault else "12 hours",
        )  # fmt: skip

    print(f"{count} emails, {count // 3} of them scans, {len(CORES)} cores")
    first: dict[str, Any] = {}
    through: dict[str, Any] = {}
    failed = False
    for machines in map(int, arguments.machines.split(",")):
        bare: dict[str, Any] = {}
        if not first or not fault:
            bare = plain(council(f"plain{machines}"), machines)
            first = first or bare
            row(f"{machines} plain processes", bare, whole(bare, first, count), first["took"])
        told = spread(council(f"on{machines}"), machines, fault)
        through = through or told
        name = f"{machines} machines, {fault} broken" if fault else f"{machines} machines, Prefect"
        found = whole(told, first, count)
        row(name, told, found, 0 if fault else through["took"])
        failed |= found != "lost 0, doubled 0, the same on file"
        if "used" in told and bare:
            compare(bare, told)
    each = first["used"] / count
    print(
        f"{each:.2f} s of processor an email: 2,000 are {2000 * each / 60:.0f} minutes of one core, each time"
    )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
