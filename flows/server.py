"""The embedded Prefect server: `python -m flows.server`, on loopback, SQLite in the data folder.

The ephemeral server schedules nothing, so one machine runs a real one as a child of `cme start`.
"""

from __future__ import annotations

import os
import sys

from flows.environment import PORT_FILE, enter, free_port


def main() -> None:
    """Choose a port, write it down and become the server."""
    port = free_port()
    enter(port)
    from cases.settings import DATA

    (DATA / PORT_FILE).write_text(str(port))
    os.execv(sys.executable, [sys.executable, "-m", "prefect", "server", "start", "--no-ui"])


if __name__ == "__main__":
    main()
