"""Cells of the tables that people hand in."""

from __future__ import annotations

import re
from datetime import date

from parsers import dates

_ISO = re.compile(r"\d{4}-\d\d-\d\d(?![\d])")
# Only two-digit years ask when we are: those of registers run from 1969 to 2068.
_UP_TO = date(2063, 1, 1)


def day(text: str) -> date | None:
    """Return the date in a cell as people and spreadsheets write it, the day first; None for a blank.

    A date and time, a serial number (43210) and a month in words are read as on forms.

    Raises:
        ValueError: it holds none, or more than one.
    """
    told = text.strip().strip("'’").strip()
    if not told or told.casefold() in ("nat", "none", "n/a", "-"):
        return None
    if _ISO.match(told):
        return date.fromisoformat(told[:10])
    read = dates.read(told, on=_UP_TO, sheet=True)
    if isinstance(read, str):
        raise ValueError(read)
    return read.day
