"""The timeline and audit trail: append-only, hash-chained, without personal data.

Each row's hash covers the row before, so a changed or removed row shows; a cut-off tail does not, so
`anchor` gives the count and last hash to write down elsewhere each day (docs/runbook.md). Two
writers would fork the chain: SQLite's immediate transactions and an advisory lock on PostgreSQL
put them in a row.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from cases.models import Arrival, Case, Entry

_LOCK = 0x434D45  # "CME"
_FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class Chain:
    """What `verify` found. `broken_at` is the id of the first entry that does not fit, or None."""

    count: int
    last_hash: str
    broken_at: int | None


def entry(
    act: str,
    by: str,
    *,
    now: datetime,
    case: Case | None = None,
    arrival: Arrival | None = None,
    why: str = "",
    data: dict[str, Any] | None = None,
) -> Entry:
    """Append one row to the timeline and return it. `data` holds ids, field names and codes only."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        last = Entry.objects.order_by("-id").values_list("hash", flat=True).first() or _FIRST
        row = Entry(
            at=now.astimezone(UTC), by=by, act=act, case=case, arrival=arrival, why=why,
            data=data or {}, previous=last,
        )  # fmt: skip
        row.hash = _hash(row)
        row.save(force_insert=True)
        return row


def verify() -> Chain:
    """Walk the whole chain and return what it holds and where it breaks, if it does."""
    previous, count, broken = _FIRST, 0, None
    for row in Entry.objects.order_by("id").iterator(chunk_size=2000):
        count += 1
        if broken is None and (row.previous != previous or row.hash != _hash(row)):
            broken = row.id
        previous = row.hash
    return Chain(count, previous, broken)


def anchor() -> str:
    """Return the line to be kept elsewhere each day: count and last hash."""
    last = Entry.objects.order_by("-id").values_list("hash", flat=True).first() or _FIRST
    return f"{Entry.objects.count()} {last}"


def _hash(row: Entry) -> str:
    told = [
        row.previous, row.at.astimezone(UTC).isoformat(timespec="microseconds"), row.by, row.act,
        row.case_id, row.arrival_id, row.why, row.data,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
