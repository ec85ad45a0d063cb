"""Cells of the tables that people hand in."""

from __future__ import annotations

from datetime import date, datetime

_SHAPES = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y")


def day(text: str) -> date | None:
    """Return an ISO or day-first date, its time of day left out; None for a blank.

    Raises:
        ValueError: it is neither.
    """
    told = text.strip().split(" ")[0].split("T")[0]
    if not told:
        return None
    for shape in _SHAPES:
        try:
            return datetime.strptime(told, shape).date()
        except ValueError:
            continue
    raise ValueError
