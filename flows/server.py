"""The embedded Prefect server: `python -m flows.server`, on loopback, SQLite in the data folder.

The ephemeral server schedules nothing, so one machine runs a real one as a child of `cme start`.
"""

from __future__ import annotations

import os
import socket
import sys

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
    os.execv(sys.executable, [sys.executable, "-m", "prefect", "server", "start", "--no-ui"])


if __name__ == "__main__":
    main()
