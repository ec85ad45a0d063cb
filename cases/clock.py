"""Now and today, in one place, so that the demonstration can run ahead of the calendar.

Everything below the flows and the pages takes `now` and `today` as arguments; only their edges ask
here. Instants are UTC; days are UK dates. The demonstration's clock is moved by a row of
`Setting` that only `cme demo` writes, and every page says so.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

UK = ZoneInfo("Europe/London")
DEMONSTRATION = "demonstration_seconds_ahead"


def now() -> datetime:
    """Return this instant, or the demonstration's."""
    return datetime.now(UTC) + timedelta(seconds=_seconds_ahead())


def today() -> date:
    """Return today's UK date."""
    return uk_date(now())


def uk_date(instant: datetime) -> date:
    """Return the UK date of an instant."""
    return instant.astimezone(UK).date()


def demonstration() -> str | None:
    """Return the sentence that every page shows while the clock is moved, else None."""
    if not _seconds_ahead():
        return None
    here = now().astimezone(UK)
    return (
        "This is a demonstration with invented children. Its clock is moved ahead, so that some"
        f" things are already overdue: here it is {here:%A} {here.day} {here:%B %Y, %H:%M}."
    )


def _seconds_ahead() -> int:
    from cases.models import Setting

    row = Setting.objects.filter(key=DEMONSTRATION).first()
    return int(row.value) if row else 0
