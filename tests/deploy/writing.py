"""`python -m tests.deploy.writing STOP_FILE`: write emails and timeline entries until the file is there, then tell how many.

The live writer under which backups and moves are made. Each line it prints is committed.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path


def main(stop: Path) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "cases.settings"
    import django

    django.setup()
    from cases.record import ledger

    number = 0
    while not stop.exists():
        number += 1
        now = datetime.now(UTC)
        raw = f"From: office@alder.example\r\nSubject: {number} of {os.getpid()}\r\n\r\nwords\r\n".encode()
        ledger.keep_raw(raw, now, now, "import")
        print(number, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
