"""What Prefect costs: on top of a large batch, while nothing happens, and in memory.

    python -m benchmarks.orchestration [--emails 200] [--each 100] [--standing 120]

Marginal: the same work (half processor, half waiting, `--each` ms an email) as a plain loop and as a flow in batches of
50, against a real server with this program's own settings. Standing: `cme demo`'s server and flows with the
intervals of config.yaml and an empty mailbox, processor time of all its processes over `--standing` seconds.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
BATCH = 50


def email(milliseconds: float) -> None:
    """Be one email: half of the time reckoning, half waiting."""
    until = time.thread_time() + milliseconds / 2000
    while time.thread_time() < until:
        sum(range(500))
    time.sleep(milliseconds / 2000)


def spent(processes: list[psutil.Process]) -> float:
    """Return the processor seconds of processes and of their children that have ended."""
    total = 0.0
    for process in processes:
        with suppress(psutil.Error):
            told = process.cpu_times()
            total += told.user + told.system + told.children_user + told.children_system
    return total


def house_of(root: psutil.Process) -> list[psutil.Process]:
    """Return a process and its living children (whose ended children it counts itself)."""
    return [root, *root.children(recursive=True)]


def marginal(emails: int, each: float, server: psutil.Process) -> None:
    """Print what a flow in batches adds to a plain loop, in wall and processor time, the server's included."""
    from prefect import flow, task
    from prefect.cache_policies import NO_CACHE

    @task(cache_policy=NO_CACHE, persist_result=False)
    def batch(count: int) -> int:
        for _ in range(count):
            email(each)
        return count

    @flow(persist_result=False)
    def poll() -> int:
        return sum(batch(BATCH) for _ in range(emails // BATCH))

    def plain() -> int:
        for _ in range(emails):
            email(each)
        return emails

    poll()  # the first run pays for imports
    me = psutil.Process()

    def measured(work: Callable[[], int], settle: float) -> tuple[float, float]:
        time.sleep(settle)
        before, began = spent([me, server]), time.perf_counter()
        work()
        wall = time.perf_counter() - began
        time.sleep(settle)  # the server writes task runs down after the flow has ended
        return wall, spent([me, server]) - before

    # In turns, so that a busy moment of the machine falls on both.
    runs = [(measured(plain, 5), measured(poll, 5)) for _ in range(3)]
    for name, at in (("wall", 0), ("processor, server included", 1)):
        bare = sorted(p[at] for p, _ in runs)[1]
        with_it = sorted(f[at] for _, f in runs)[1]
        print(
            f"{emails} emails of {each:.0f} ms, {name:28}plain {bare:7.2f} s   with Prefect {with_it:7.2f} s   {100 * (with_it / bare - 1):+.1f} %",
            flush=True,
        )


def standing(seconds: int) -> None:
    """Print what the house costs while the mailbox is empty."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yaml"
        text = (ROOT / "config.yaml").read_text()
        # The demonstration's quick intervals are for eyes; here the real ones are wanted.
        config.write_text(
            "\n".join(
                line
                for line in text.splitlines()
                if not line.strip().startswith("demonstration: {")
            )
        )
        env = {**{k: v for k, v in os.environ.items() if not k.startswith(("CME_", "PREFECT_", "DJANGO_"))},
               "CME_DATA": f"{folder}/data", "CME_CONFIG": str(config), "CME_PORT": "18799"}  # fmt: skip
        _no_emails(env)
        out = Path(folder) / "out"
        house = subprocess.Popen(
            [sys.executable, "-m", "cases.commands", "demo"],
            cwd=ROOT,
            env=env,
            stdout=out.open("wb"),
        )
        try:
            began = time.monotonic()
            while "Ready." not in out.read_text():
                if house.poll() is not None or time.monotonic() - began > 120:
                    raise SystemExit(f"The house did not start: {out.read_text()}")
                time.sleep(0.5)
            print(f"ready after {time.monotonic() - began:.0f} s (first start)", flush=True)
            time.sleep(10)
            root = psutil.Process(house.pid)
            before, began = spent(house_of(root)), time.monotonic()
            peak = 0
            while time.monotonic() - began < seconds:
                peak = max(peak, sum(_memory(p) for p in house_of(root)))
                time.sleep(1)
            told, wall = spent(house_of(root)) - before, time.monotonic() - began
            print(
                f"standing cost over {wall:.0f} s, every schedule running, no mail: {100 * told / wall:.1f} % of one core"
            )
            for process in root.children():
                with suppress(psutil.Error):
                    name = next(
                        (
                            w
                            for w in process.cmdline()
                            if w in ("flows.server", "flows.serving", "review.serve")
                        ),
                        "?",
                    )
                    print(f"  {name:16}{_memory(process) / 2**20:6.0f} MiB", flush=True)
            print(f"  {'all, at most':16}{peak / 2**20:6.0f} MiB (with a run under way)")
            prefect = Path(folder) / "data" / "prefect" / "prefect.db"
            print(f"  Prefect's database {prefect.stat().st_size / 1e6:.1f} MB after this")
        finally:
            house.send_signal(signal.SIGTERM)
            house.wait(90)


def _no_emails(env: dict[str, str]) -> None:
    """Tell the demonstration that its emails have arrived already."""
    code = (
        "from cases.commands.moving import prepare; prepare()\n"
        "from cases.record import ledger; from datetime import datetime, UTC\n"
        "ledger.remember('demonstration_emails', 99, datetime.now(UTC)); ledger.remember('demonstration_jumped', True, datetime.now(UTC))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, check=True)


def _memory(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        # Pages shared between processes count once.
        return int(process.memory_full_info().pss)
    return 0


def main() -> int:
    """Start a server of our own, measure, stop it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--emails", type=int, default=200)
    parser.add_argument("--each", type=float, default=100)
    parser.add_argument("--standing", type=int, default=120)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"CME_DATA": f"{folder}/data", "CME_SECRETS": f"{folder}/secrets"}
        from flows.environment import chosen_port, enter

        server = subprocess.Popen(
            [sys.executable, "-m", "flows.server"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while not (Path(folder) / "data" / "prefect.port").exists():
                time.sleep(0.2)
            enter(chosen_port())
            from flows.serving import _wait_for_server

            _wait_for_server()
            marginal(arguments.emails, arguments.each, psutil.Process(server.pid))
        finally:
            server.terminate()
            server.wait(30)
    if arguments.standing:
        standing(arguments.standing)
    return 0


if __name__ == "__main__":
    sys.exit(main())
