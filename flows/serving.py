"""Serve the flows: one table of deployments, used on one machine and on several.

`python -m flows.serving` serves all flows from this process (the embedded set-up); the Prefect server must be up
(`cases/commands/running.py` starts it). Limits are 1 with CANCEL_NEW: a poll that runs late is skipped, never
queued, since the next tick is the retry. `pause_on_shutdown=False`: a stop must not leave the schedules paused.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

from flows.quiet import django


def deployments() -> list[dict[str, Any]]:
    """Return each deployment's flow, name and schedule, from config.yaml."""
    from cases.config import current
    from flows.chase import chase
    from flows.housekeeping import housekeeping
    from flows.intake import intake
    from flows.send import send

    times = current().flows
    hour, minute = times.housekeeping.split(":")
    nightly = {"cron": f"{int(minute)} {int(hour)} * * *", "timezone": "Europe/London"}
    return [
        {"flow": intake, "name": "intake", "interval": times.intake},
        {"flow": send, "name": "send", "interval": times.send},
        {"flow": chase, "name": "chase", "interval": times.chase},
        {"flow": housekeeping, "name": "housekeeping", "cron": nightly},
    ]


def served() -> list[Any]:
    """Return the deployments as Prefect serves them."""
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.deployments.runner import EntrypointType
    from prefect.schedules import Cron, Interval

    limit = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    made = []
    for row in deployments():
        if "interval" in row:
            schedule = Interval(max(row["interval"], timedelta(seconds=2)), timezone="Europe/London")
        else:
            schedule = Cron(row["cron"]["cron"], timezone=row["cron"]["timezone"])
        made.append(
            row["flow"].to_deployment(
                row["name"],
                schedules=[schedule],
                concurrency_limit=limit,
                entrypoint_type=EntrypointType.MODULE_PATH,
            )
        )
    return made


def main() -> None:
    """Serve until told to stop; INT drains, TERM ends now."""
    django()
    from prefect import serve

    from flows.automations import apply

    apply()
    serve(*served(), limit=3, pause_on_shutdown=False, print_starting_message=False)


if __name__ == "__main__":
    sys.exit(main())
