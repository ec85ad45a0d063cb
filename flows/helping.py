"""Readers for one council's poll: runs of its `read` deployment, asked for when more mail waits than one machine should read.

Only a deployment for several machines (flows/deploying.py) has readers. They are help, never needed: when the server
does not answer, or no worker is free, the poll reads everything itself. A run too many is cancelled by the deployment's own limit.
"""

from __future__ import annotations

import logging

from prefect import runtime

log = logging.getLogger("cme.flows")
EACH = 20  # a reader's process takes about as long to start as ten emails to read
INTAKE, READ = "intake-", "read-"


def council() -> str:
    """Return the council whose poll this run is, "" on one machine."""
    try:
        name = str(runtime.deployment.name or "")
    except Exception as error:  # it is asked of the server, and a poll needs no server
        log.warning("the deployment's name could not be asked for: %s", type(error).__name__)
        return ""
    return name.removeprefix(INTAKE) if name.startswith(INTAKE) else ""


def call(name: str, waiting: int) -> int:
    """Ask for readers for a council's waiting emails; return for how many."""
    from prefect.client.orchestration import get_client

    wanted = 0
    try:
        with get_client(sync_client=True) as client:
            deployment = client.read_deployment_by_name(f"read/{READ}{name}")
            limit = deployment.global_concurrency_limit
            most = limit.limit if limit else 1
            while wanted < min(most, waiting // EACH):
                client.create_flow_run_from_deployment(deployment.id)
                wanted += 1
    except Exception as error:
        log.warning("readers could not be asked for: %s", type(error).__name__)
    return wanted
