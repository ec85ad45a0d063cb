"""Two children in one form's cells: as many names as birthdays, a line for each.

A stranger would read "Ivy Marr / Noah Marr" as one child with a long name.

Source: docs/reading.md, "layouts".
"""

from __future__ import annotations

import re
from dataclasses import replace

from parsers.documents.model import Text
from parsers.pairs import Answer, Pair

_OWN = frozenset({"full_name", "name", "surname", "forenames", "date_of_birth", "upn", "year_group", "sex"})  # fmt: skip
_NAMES = frozenset({"full_name", "name", "forenames"})
_DAY = re.compile(r".*\d{1,2}\W{1,3}\w{1,9}\W{1,3}\d{2,4}.*|\d{4}-\d\d-\d\d")


def apart(pairs: list[Pair]) -> list[Pair]:
    """Return the pairs with each line of names and birthdays given to a child of its own."""
    asked = [
        p for p in pairs if p.child is None and p.section in (None, "child") and _field(p) in _OWN
    ]
    births = [p for p in asked if _field(p) == "date_of_birth" and p.answer.items]
    count = len(_lines(births[0])) if len(births) == 1 else 0
    if not 2 <= count <= 8 or not all(_DAY.fullmatch(line) for line in _lines(births[0])):
        return pairs
    named = [p for p in asked if _field(p) in _NAMES and len(_lines(p)) == count]
    if len(named) != 1:
        return pairs
    made: list[Pair] = []
    for pair in pairs:
        told = _lines(pair) if any(pair is p for p in asked) else []
        if len(told) == count:
            made.extend(replace(pair, child=n + 1, answer=Answer((Text(line, pair.place),)))
                        for n, line in enumerate(told))  # fmt: skip
        else:
            made.append(pair)
    return made


def _field(pair: Pair) -> str:
    return pair.match.field if pair.match else ""


def _lines(pair: Pair) -> list[str]:
    if pair.answer.marked:
        return []
    return [line.strip(" ,;") for line in pair.answer.written.splitlines() if line.strip(" ,;")]
