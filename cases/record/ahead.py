"""What workers read ahead of its turn: claims by a unique key with an end, and readings, encrypted, until filed.

A claim is a row whose primary key is the arrival's, so of two workers the database lets one make it; a dead worker's
runs out and is taken over. Reading the same email twice would be harmless: reading changes nothing, and only
the poll files, in the order in which the mail came (cases/ahead.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from cases.models import Arrival, ArrivalState, ReadAhead
from cases.sealing import seal, unseal

SECONDS = 180
_CANDIDATES = 20  # so many workers may race for the oldest before one goes away with nothing


def claim_next(holder: str, now: datetime) -> Arrival | None:
    """Return the oldest unread arrival that nobody reads or has read, now claimed; None when there is none.

    One that failed before is left to the poll, which counts its attempts.
    """
    free = Q(ahead=None) | Q(ahead__sealed=None, ahead__expires_at__lte=now)
    waiting = Arrival.objects.filter(free, state=ArrivalState.KEPT, attempts=0, try_after=None)
    for arrival_id in waiting.order_by("id").values_list("id", flat=True)[:_CANDIDATES]:
        if claim(arrival_id, holder, now):
            arrival = Arrival.objects.select_related("raw").get(pk=arrival_id)
            if arrival.state == ArrivalState.KEPT:
                return arrival
            # The poll filed it since we looked; a reading left behind would be taken for a later one.
            forget(arrival_id)
    return None


def claim(arrival_id: int, holder: str, now: datetime) -> bool:
    """Return True when `holder` may read an arrival now: nobody has, and nobody's claim still runs."""
    until = now + timedelta(seconds=SECONDS)
    row, new = ReadAhead.objects.get_or_create(
        arrival_id=arrival_id, defaults={"holder": holder, "expires_at": until}
    )
    if new or (row.holder == holder and row.sealed is None):
        return True
    lapsed = ReadAhead.objects.filter(arrival_id=arrival_id, sealed=None, expires_at__lte=now)
    return bool(lapsed.update(holder=holder, expires_at=until))


def keep(arrival_id: int, holder: str, told: Mapping[str, Any] | None) -> bool:
    """Keep what was read (None: the reader gave up); False when the claim has gone to somebody else."""
    clear = b"" if told is None else json.dumps(told).encode()
    sealed = seal(clear, _bound(arrival_id)) if clear else b""
    mine = ReadAhead.objects.filter(arrival_id=arrival_id, holder=holder, sealed=None)
    return bool(mine.update(sealed=sealed))


def settled(arrival_id: int) -> bool:
    """Return True when an arrival's reader is done with it, well or not."""
    return ReadAhead.objects.filter(arrival_id=arrival_id).exclude(sealed=None).exists()


def reading(arrival_id: int) -> dict[str, Any] | None:
    """Return what was read ahead in an arrival, None when nothing was."""
    row = ReadAhead.objects.filter(arrival_id=arrival_id).first()
    if row is None or not row.sealed:
        return None
    told: dict[str, Any] = json.loads(unseal(bytes(row.sealed), _bound(arrival_id)))
    return told


def forget(arrival_id: int) -> None:
    """Drop what was read ahead: it is filed, or has to be read anew."""
    ReadAhead.objects.filter(arrival_id=arrival_id).delete()


def _bound(arrival_id: int) -> str:
    return f"read ahead: {arrival_id}"
