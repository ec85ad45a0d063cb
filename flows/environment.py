"""Prefect's settings, put into this process before Prefect is imported.

Telemetry and analytics off, no web page of its own, events read and written in batches (a third of the processor time),
history for a week, heartbeats every 30 s for the automation in `flows/automations.py`.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

from flows.quiet import django

PORT_FILE = "prefect.port"
ALWAYS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_API_HOST": "127.0.0.1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TRIGGERS_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "604800",
    "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P2D",
    # In memory, Prefect's default, a slot held by a run that dies together with the server is never free again:
    # with limit 1 no poll would run any more. On disk it runs out: in a minute before the run begins, in five later.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    "PREFECT_SERVER_CONCURRENCY_INITIAL_DEPLOYMENT_LEASE_DURATION": "60",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    "PREFECT_TASKS_DEFAULT_NO_CACHE": "true",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_EVENTS_WORKER_MAX_QUEUE_SIZE": "20000",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
}


def settings(port: int, home: Path, auth: str, fernet: str) -> dict[str, str]:
    """Return Prefect's settings for the embedded server and its clients."""
    return {
        **ALWAYS,
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_API_AUTH_STRING": auth,
        "PREFECT_SERVER_API_AUTH_STRING": auth,
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_ENCRYPTION_KEY": fernet,
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": f"http://127.0.0.1:{port}",
    }


def enter(port: int) -> None:
    """Put the settings into this process's environment."""
    django()
    import base64

    from cases.settings import DATA, own_secret

    fernet = base64.urlsafe_b64encode(bytes.fromhex(own_secret("prefect_key"))).decode()
    home = DATA / "prefect"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ.update(settings(port, home, f"cme:{own_secret('prefect_auth')}", fernet))


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def chosen_port() -> int:
    """Return the port that the embedded server wrote down.

    Raises:
        FileNotFoundError: no server has been started on this data folder.
    """
    from cases.settings import DATA

    return int((DATA / PORT_FILE).read_text())
