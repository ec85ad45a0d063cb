"""Run the flows once over a mailbox, against Prefect's own test server, and copy its database at the end.

    python flow_run.py IMAP-PORT SMTP-PORT COPY

Heartbeats are off: they cost a second a flow.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PLANTED = "Planted Thornbury-Marker"


def main() -> None:
    imap, smtp, copy = sys.argv[1:]
    os.environ["DO_NOT_TRACK"] = "1"
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
    os.environ.pop("PREFECT_FLOWS_HEARTBEAT_FREQUENCY", None)
    from cases.commands.moving import prepare

    prepare()
    from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL
    from prefect.testing.utilities import prefect_test_harness

    from cases.models import Arrival, Case, Letter
    from cases.record import ledger

    ledger.remember("embedded_post", {"imap": int(imap), "smtp": int(smtp)}, datetime.now(UTC))
    with prefect_test_harness(server_startup_timeout=120):
        from cases import road

        pictures = road.take_pictures
        road.take_pictures = lambda: pictures(1)  # a Word form's picture is seconds of LibreOffice
        from flows.chase import chase
        from flows.intake import intake
        from flows.quiet import FlowFailed
        from flows.send import send

        told: dict[str, Any] = {
            "intake": intake(),
            "again": intake(),
            "chase": chase(),
            "chase_again": chase(),
            "send": send(),
        }
        real, road.waiting = road.waiting, _breaks
        try:
            intake()
        except FlowFailed as error:
            told["failed"] = str(error)
        road.waiting = real
        told["after"] = intake()
        told |= {
            "arrivals": Arrival.objects.count(), "cases": Case.objects.count(),
            "sent": Letter.objects.filter(state="sent").count(), "states": ledger.counts(),
        }  # fmt: skip
        time.sleep(2)  # runs and events are written behind
        url = PREFECT_API_DATABASE_CONNECTION_URL.value()
        with (
            closing(sqlite3.connect(str(url).rpartition(":///")[2])) as live,
            closing(sqlite3.connect(copy)) as still,
        ):
            live.backup(still)
        road.pool().close()
    Path(copy).with_suffix(".json").write_text(json.dumps(told))


def _breaks() -> list[int]:
    raise RuntimeError(PLANTED)


if __name__ == "__main__":
    main()
