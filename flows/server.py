"""The embedded Prefect server: `python -m flows.server`, on loopback, SQLite in the data folder.

The ephemeral server schedules nothing, so one machine runs a real one as a child of `cme start`. Prefect begins its
SQLite transactions as readers and lets them turn into writers; when another has written meanwhile, SQLite refuses at once,
whatever the timeout ("database is locked", hundreds of times in a few minutes of the demonstration). Here each
begins as a writer and waits for its turn.
"""

from __future__ import annotations

import os
import runpy
import socket
import sys
from typing import Any

from flows.environment import PORT_FILE, chosen_port, enter, free_port


def port_to_use() -> int:
    """Return the port of the server before us if it is free, so that the flows find us again."""
    try:
        port = chosen_port()
        with socket.socket() as probe:
            # As the server itself binds: what its dead connections leave behind does not count.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    except (OSError, ValueError):
        return free_port()


def main() -> None:
    """Choose a port, write it down and become the server."""
    port = port_to_use()
    enter(port)
    from cases.settings import DATA

    (DATA / PORT_FILE).write_text(str(port))
    # A new process image: the server needs nothing of ours but the environment.
    os.execv(sys.executable, [sys.executable, "-m", "flows.server", "serve"])


def begin_as_writers() -> None:
    """Let every SQLite transaction of Prefect's that may write take the write lock when it begins."""
    from prefect.server.database.configurations import AioSqliteConfiguration

    begin: Any = AioSqliteConfiguration.begin_transaction

    def as_writer(self: Any, session: Any, with_for_update: bool = False) -> Any:
        return begin(self, session, with_for_update=True)

    AioSqliteConfiguration.begin_transaction = as_writer  # type: ignore[method-assign]


def serve() -> None:
    """Be the server, until told to stop."""
    begin_as_writers()
    sys.argv = ["prefect", "server", "start", "--no-ui"]
    runpy.run_module("prefect", run_name="__main__")


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["serve"] else main()
