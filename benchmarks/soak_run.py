"""The program's side of the soak: one process that polls or sends on order, and may be told where to die.

Orders come as JSON, one a line, on standard input; each is answered by one line. `benchmarks.soak` gives them, and kills.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import signal
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

SERIAL = re.compile(rb"(?m)^X-Soak: (\d+)\r?$")


def die_at(module: str, name: str, side: str, count: int) -> None:
    """Make the count-th call of a function the last thing this process does, as a power cut would."""
    where = importlib.import_module(module)
    real = getattr(where, name)
    calls = iter(range(count, -1, -1))

    def dying(*args: Any, **more: Any) -> Any:
        last = next(calls, 0) == 1
        if last and side == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = real(*args, **more)
        if last:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(where, name, dying)


def resident() -> int:
    """Return the memory of this process and its readers, in kB."""
    import psutil

    me = psutil.Process()
    return sum(p.memory_info().rss for p in [me, *me.children(recursive=True)]) // 1024


def poll() -> dict[str, Any]:
    """Run the road once, as `cme intake` does."""
    from cases import road

    with road.only_one("intake") as mine:
        if not mine:
            return {"another_run": 1}
        new = road.fetch()
        told = road.file_batch(road.waiting())
        return {"new": new, **told, "moved": road.move_away(), "kb": resident()}


def report() -> dict[str, Any]:
    """Return every arrival by the number that its sender gave it, with the digest of its kept bytes."""
    from cases import road
    from cases.models import Arrival, Case
    from cases.record.entries import verify
    from cases.record.ledger import open_bytes

    rows = []
    for arrival in Arrival.objects.select_related("raw").iterator(chunk_size=200):
        raw = open_bytes(arrival.raw) if arrival.raw else b""
        serial = SERIAL.search(raw)
        rows.append((int(serial[1]) if serial else None, digest(raw), arrival.state))
    return {
        "arrivals": rows, "cases": Case.objects.count(), "chain_broken_at": verify().broken_at,
        "reconciled": road.reconcile(),
    }  # fmt: skip


def digest(raw: bytes) -> str:
    """Return the digest of a message, whatever its line ends are."""
    return sha256(raw.replace(b"\r\n", b"\n").rstrip(b"\n")).hexdigest()


def write(count: int) -> dict[str, Any]:
    """Write so many letters into the outbox, approved."""
    from cases.config import current
    from cases.letter_facts import shared_facts
    from cases.record import letters

    now = datetime.now(UTC)
    facts = shared_facts(now) | {"initials": "A.T.", "kinds": ["refuge"]}
    made = [
        letters.queue(
            f"soak:{n}", "duty_alert", f"office{n}@alder.example",
            facts | {"reference": f"CME-2026-{n:04d}"}, config=current(), now=now, mode="send",
        )
        for n in range(1, count + 1)
    ]  # fmt: skip
    return {"written": sum(m is not None for m in made)}


def send(minutes: int) -> dict[str, Any]:
    """Send what is ready as if so many minutes had passed."""
    from cases import outbox, road

    with road.only_one("send") as mine:
        assert mine
        return outbox.send_ready(datetime.now(UTC) + timedelta(minutes=minutes), lambda _: None)


def outcomes() -> dict[str, Any]:
    """Return each letter's Message-ID and state."""
    from cases.models import Letter

    return {"letters": list(Letter.objects.values_list("message_id", "state"))}


def obey() -> None:
    """Obey until the line ends."""
    from cases.models import Lease

    # A dead run's lease runs out by itself after a minute and a half; nobody waits for it here.
    Lease.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    orders = {"poll": poll, "report": report, "write": write, "send": send, "outcomes": outcomes}
    print(json.dumps({"pid": os.getpid()}), flush=True)
    while line := os.read(0, 1 << 20):
        order = json.loads(line)
        if point := order.get("die"):
            die_at(*point)
        print(json.dumps(orders[order["do"]](*order.get("with", []))), flush=True)


def main() -> None:
    """Get ready once, and let a fresh process obey after each death: starting Python is not what is soaked."""
    from cases.commands.moving import prepare

    prepare()
    from django.db import connections

    import cases.outbox
    import cases.road  # noqa: F401

    connections.close_all()
    while True:
        child = os.fork()
        if not child:
            obey()
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(json.dumps({"ended": code}), flush=True)
        if code != -signal.SIGKILL:
            return
