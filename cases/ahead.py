"""Reading ahead: any number of workers read one council's mail; its one poll files it, in the order in which it came.

Reading a scan takes a second, filing it a few milliseconds, so the reading is what is spread. Filing is not: whether
a form opens a case or is the second about a child depends on what was filed before it, and two of a family or a
thread filed side by side would each find nobody. A worker therefore only reads, and what it read waits, encrypted,
in the database for the poll that holds the council's lease. A worker that dies leaves a claim that runs out; the
poll alone, without any worker, does all the work as on one machine.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from typing import Any

from cases import clock, filing, road
from cases.record import ahead as record
from cases.record import ledger

log = logging.getLogger("cme.ahead")
PAUSE = 0.1
POLL = "the poll"  # there is one: what a dead one claimed is the next one's at once


def read_some(most: int) -> int:
    """Read up to `most` arrivals that nobody reads yet, oldest first; return how many there were to read."""
    holder = ledger.new_holder()
    done = 0
    while done < most and _read_next(holder):
        done += 1
    road.note_deaths()
    return done


def _read_next(holder: str) -> bool:
    """Read one arrival for the poll to file; False when there is none that nobody reads."""
    arrival = record.claim_next(holder, clock.now())
    if arrival is None:
        return False
    told: dict[str, Any] | None = None
    try:
        told = filing.examine(arrival, road.pool(), clock.now())
    except Exception as error:
        # The poll reads it once more in its turn and counts the attempt: the same road for every failure.
        log.warning("arrival %s, read ahead: %s", arrival.pk, type(error).__name__)
    record.keep(arrival.pk, holder, told)
    return True


def file_together(arrival_ids: list[int]) -> dict[str, int]:
    """File arrivals in their order, reading what no worker reads; return a count for each verdict."""
    told: Counter[str] = Counter()
    for arrival_id in arrival_ids:
        _until_readable(arrival_id)
        told[road.file_one(arrival_id, clock.now())["verdict"]] += 1
    road.note_deaths()
    return dict(told)


def _until_readable(arrival_id: int) -> None:
    """Return when a worker has read an arrival or it is ours to read; until then read what comes after it."""
    while True:
        road.still_mine()
        if record.claim(arrival_id, POLL, clock.now()) or record.settled(arrival_id):
            return
        if not _read_next(POLL):
            time.sleep(PAUSE)
