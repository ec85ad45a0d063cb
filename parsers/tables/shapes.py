"""What stands in a cell, by its shape alone: a date, a number, a postcode answer; no heading has one.

A row of headings whose words nobody knows is told by what stands under it: "House number or name |
Town | Postcode" over "7 Angel Yard | Blackmoor | BK2 7HN".

Source: docs/reading.md, "layouts".
"""

from __future__ import annotations

import re

from parsers.documents.model import Cell, Field, Mark
from parsers.tables.judged import Judged
from parsers.words import squash

_VALUE = re.compile(
    r"\d{1,2}(?:st|nd|rd|th)?[ ./-]\w{2,9}[ ./,-]+\d{2,4}|\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d\d-\d\d.*"
    r"|[\d +()/-]{5,}|\S+@\S+\.\S+|[A-Z]\d{11}[A-Z\d]|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"
    r"|y(?:es)?|no?|n/?a|(?:y(?:ea)?r? ?)?\d{1,3}|.*\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}",
    re.I | re.S,
)


def is_value(cell: Cell) -> bool:
    """Say whether a cell holds what no heading looks like: a date, a number, a control with a value."""
    if any(isinstance(i, Mark) or (isinstance(i, Field) and i.value) for i in cell.items):
        return True
    return _VALUE.fullmatch(squash(cell.text)) is not None


def above(t: Judged, cells: list[Cell], below: list[Cell]) -> bool:
    """Say whether a row is headings over the row below, by what stands in the two."""
    if len(cells) < 3 or [c.col for c in cells] != [c.col for c in below]:
        return False
    if not all(t.filled(c) for c in cells) or any(is_value(c) or len(c.text) > 90 for c in cells):
        return False
    if not any(t.strong(c) for c in cells) or any(t.strong(c) for c in below[::2]):
        return False
    asked = below[::2] if len(cells) % 2 == 0 else below
    return any(is_value(c) for c in asked)
