"""Housekeeping: the timeline proved, its anchor and the daily line written where the database is not."""

from __future__ import annotations

import os
from datetime import datetime

from cases import alarms, clock
from cases.models import Arrival, ArrivalState, Letter
from cases.record import ledger
from cases.record.entries import anchor, entry, verify
from cases.settings import DATA

HOUSE = "system: housekeeping"


def nightly() -> dict[str, int]:
    """Do the night's work and return its counts."""
    now = clock.now()
    chain = verify()
    ledger.remember(
        "audit_chain",
        {"entries": chain.count, "broken_at": chain.broken_at, "at": now.isoformat()},
        now,
    )
    entry("night", HOUSE, now=now, data={"entries": chain.count, "broken_at": chain.broken_at})
    write_daily_line(now)
    alarms.sound(now)
    return {"entries": chain.count, "chain_broken": int(chain.broken_at is not None)}


def daily_line(now: datetime) -> str:
    """Return one line that says where every arrival is and what went out."""
    counts = ledger.counts()
    states = ", ".join(f"{counts[state]} {label.lower()}" for state, label in ArrivalState.choices)
    sent = Letter.objects.filter(sent_at__date=clock.uk_date(now)).count()
    return f"{now:%Y-%m-%d %H:%M} {Arrival.objects.count()} emails: {states}; {sent} letters today"


def write_daily_line(now: datetime) -> None:
    """Append the daily line and the audit anchor to daily.log (copy it off the machine: runbook)."""
    path = DATA / "daily.log"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"{daily_line(now)}; audit {anchor()}\n")
