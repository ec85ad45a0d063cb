"""Who may run now: one poll, one sending at a time, by a row that runs out. Prefect's slot is a lease too and may run out first.

The lease is short, so that a run that was killed holds nobody up for more than a poll's interval, and is renewed from a
thread of its own, so that one slow scan does not lose it. The thread renews only while the work moves on: a run that hangs
loses its lease after `STUCK_SECONDS` and another takes over; the row lock on each email keeps the two from harm.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from django.db import DatabaseError, InterfaceError, connections

from cases.record import ledger

LEASE_SECONDS = 90
RENEW_SECONDS = 25.0
STUCK_SECONDS = 600.0
_moved_on = time.monotonic()


@contextmanager
def only_one(name: str) -> Iterator[bool]:
    """Give True to one run at a time."""
    still_mine()
    holder = ledger.new_holder()
    if not _take(name, holder):
        yield False
        return
    ended = threading.Event()
    threading.Thread(target=_renew, args=[name, holder, ended], daemon=True).start()
    try:
        yield True
    finally:
        ended.set()
        ledger.leave_lease(name, holder)


def still_mine() -> None:
    """Say that the work moves on; long work calls it now and then."""
    global _moved_on
    _moved_on = time.monotonic()


def _take(name: str, holder: str) -> bool:
    return ledger.take_lease(name, holder, LEASE_SECONDS, datetime.now().astimezone())


def _renew(name: str, holder: str, ended: threading.Event) -> None:
    try:
        while not ended.wait(RENEW_SECONDS):
            if time.monotonic() - _moved_on > STUCK_SECONDS:
                return
            # A database that is away for a moment: the next turn tries again.
            with suppress(DatabaseError, InterfaceError):
                if not _take(name, holder):
                    return
            connections.close_all()  # this thread's own
    finally:
        connections.close_all()
