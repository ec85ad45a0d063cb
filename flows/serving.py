"""Serve the flows: one table of deployments, used on one machine and on several.

`python -m flows.serving` serves all flows from this process beside the embedded server. Limits are 1 with CANCEL_NEW:
a poll that runs late is skipped, never queued, since the next tick is the retry. `pause_on_shutdown=False`: a
stop must not leave the schedules paused.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from flows.environment import chosen_port, enter

READY_FILE = "flows.ready"
START_SECONDS = 120


def deployments() -> list[dict[str, Any]]:
    """Return each deployment's flow, name and schedule, from config.yaml."""
    from cases.config import current
    from flows.chase import chase
    from flows.housekeeping import housekeeping
    from flows.intake import intake
    from flows.send import send

    config = current()
    times = config.flows
    quick = times.demonstration if config.mailbox.kind == "embedded" else None
    every = quick or times
    hour, minute = times.housekeeping.split(":")
    return [
        {"flow": intake, "name": "intake", "interval": every.intake},
        {"flow": send, "name": "send", "interval": every.send},
        {"flow": chase, "name": "chase", "interval": every.chase},
        {"flow": housekeeping, "name": "housekeeping", "cron": f"{int(minute)} {int(hour)} * * *"},
    ]


def served(council: str = "", readers: int = 0, **more: Any) -> list[Any]:
    """Return the deployments as Prefect takes them; `more` is what a work pool wants to know besides.

    `readers`: so many runs may read ahead for the council's poll at once (several machines only).
    """
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.deployments.runner import EntrypointType

    from flows.read import read

    rows = deployments()
    if readers:
        rows.append({"flow": read, "name": "read", "limit": readers})
    return [
        row["flow"].to_deployment(
            f"{row['name']}-{council}" if council else row["name"],
            schedules=_schedules(row),
            concurrency_limit=ConcurrencyLimitConfig(
                limit=row.get("limit", 1), collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW
            ),
            entrypoint_type=EntrypointType.MODULE_PATH,
            **more,
        )
        for row in rows
    ]


def _schedules(row: dict[str, Any]) -> list[Any]:
    from prefect.schedules import Cron, Interval

    if "interval" in row:
        return [Interval(max(row["interval"], timedelta(seconds=2)), timezone="Europe/London")]
    return [Cron(row["cron"], timezone="Europe/London")] if "cron" in row else []


def future_runs() -> int:
    """Return how many runs are scheduled ahead: the only honest sign that the server works."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas import filters

    wanted = filters.FlowRunFilter(
        state=filters.FlowRunFilterState(type=filters.FlowRunFilterStateType(any_=["SCHEDULED"])),
        expected_start_time=filters.FlowRunFilterExpectedStartTime(after_=datetime.now(UTC)),
    )
    with get_client(sync_client=True) as client:
        return len(client.read_flow_runs(flow_run_filter=wanted, limit=5))


def _wait_for_server() -> None:
    from prefect.client.orchestration import get_client

    until = time.monotonic() + START_SECONDS
    while True:
        try:
            enter(chosen_port())
            with get_client(sync_client=True) as client:
                client._client.get("/ready").raise_for_status()
                return
        except Exception:
            if time.monotonic() > until:
                raise SystemExit("The Prefect server did not come up.") from None
            time.sleep(0.5)


def _tell_when_ready() -> None:
    from cases.settings import DATA

    while True:
        try:
            if future_runs():
                (DATA / READY_FILE).write_text(datetime.now(UTC).isoformat())
                return
        except Exception:
            time.sleep(0.5)
        time.sleep(0.5)


def _end_when_the_server_moves(port: int) -> None:
    """End when the server has come back on another port: whoever watches us starts us again, and we find it."""
    while True:
        time.sleep(5)
        try:
            moved = chosen_port() != port
        except (FileNotFoundError, ValueError):
            moved = False
        if moved:
            os.kill(os.getpid(), signal.SIGINT)  # drains: a poll under way is finished
            return


def main() -> None:
    """Serve until told to stop; INT drains, TERM ends now."""
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            enter(chosen_port())
            break
        except (FileNotFoundError, ValueError):
            if time.monotonic() > until:
                raise SystemExit("The Prefect server has not chosen its port.") from None
            time.sleep(0.2)
    from cases.health import migrations_waiting

    if left := migrations_waiting():
        # Whoever watches us starts us again: after `cme upgrade` it goes on by itself.
        raise SystemExit(f"{left} changes of the tables wait: run `cme upgrade`.")
    _wait_for_server()
    from prefect import serve

    from flows.automations import apply

    apply()
    threading.Thread(target=_end_when_the_server_moves, args=[chosen_port()], daemon=True).start()
    threading.Thread(target=_tell_when_ready, daemon=True).start()
    serve(*served(), limit=3, pause_on_shutdown=False, print_starting_message=False)


if __name__ == "__main__":
    sys.exit(main())
