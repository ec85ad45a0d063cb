"""One run of the road in a process of its own, which may be told to kill itself at a point.

    python crash_run.py IMAP-PORT SMTP-PORT [MODULE FUNCTION before|after]

Without a point it is the clean run after the crash: it finds the dead run's lease, lets it run out, and goes on.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from cases.commands.moving import prepare


def die_at(module: str, name: str, side: str) -> None:
    """Make the first call of a function the last thing this process does, as a power cut would."""
    where = importlib.import_module(module)
    real = getattr(where, name)

    def dying(*args: Any, **more: Any) -> Any:
        if side == "after":
            real(*args, **more)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(where, name, dying)


def run(now: datetime) -> None:
    from cases import outbox, road

    with road.only_one("intake") as mine:
        if mine:
            road.fetch()
            road.file_batch(road.waiting())
            road.move_away()
    with road.only_one("send") as mine:
        if mine:
            outbox.send_ready(now, pause=lambda seconds: None)


def told() -> dict[str, Any]:
    from cases.models import Arrival, Case, Lease, Letter, Sighting
    from cases.record import ledger
    from cases.record.entries import verify

    return {
        "states": ledger.counts(), "verdicts": sorted(Arrival.objects.values_list("verdict", flat=True)),
        "cases": Case.objects.count(), "moved": Arrival.objects.filter(moved=True).count(),
        "letters": list(Letter.objects.values_list("message_id", "state")),
        "sightings": Sighting.objects.count(), "leases": Lease.objects.count(), "broken": verify().broken_at,
    }  # fmt: skip


def main() -> None:
    imap, smtp, *point = sys.argv[1:]
    prepare()
    from cases import road
    from cases.models import Lease
    from cases.record import ledger

    now = datetime.now(UTC)
    ledger.remember("embedded_post", {"imap": int(imap), "smtp": int(smtp)}, now)
    if point:
        die_at(*point)
        run(now)
        raise SystemExit("the point was never reached")
    left = Lease.objects.count()
    run(now)  # a dead run's lease still holds: this one may do nothing of the kind
    Lease.objects.update(expires_at=now - timedelta(seconds=1))
    run(now)
    run(now + timedelta(minutes=20))  # what was unknown is old enough to be settled
    print(json.dumps({"left": left, **told()}))
    road.pool().close()


if __name__ == "__main__":
    main()
