"""Rows of a list that are about nobody, or only go on with the row above.

A stranger makes a child of every row: of the "e.g. Smith" that shows how to fill the list in, of
"None this week", of the total, of the second half of a name that did not fit its column.

Source: docs/reading.md, "layouts".
"""

from __future__ import annotations

import re
from dataclasses import replace

from parsers.documents.model import Cell, Text
from parsers.pairs import Pair
from parsers.words import squash

_DATED = re.compile(r"\d{1,2}[/. -]\w{1,9}[/. -]\d{2,4}|\d{4}-\d\d-\d\d")
_TOTAL = re.compile(r"(?:grand |sub-?)?totals?\b|number of\b|count\b", re.I)
_EVENTS = frozenset({"off_roll_date", "last_attended", "admission_date", "move_date"})
_NAMES = frozenset({"surname", "forenames", "full_name"})
_SHOWN = re.compile(
    r"\W*(?:e\.\s?g\b\.?|eg[.:]|for example\b|(?:worked |completed )?examples?\b(?!\w))", re.I
)
_NOBODY = re.compile(
    r"\W*(?:(?:none|nil|nothing)(?: (?:return|this|to|at|in|so|known|received|reported|recorded|for)\b.*)?"
    r"|(?:no|zero) (?:\w+ ){0,2}?(?:leavers?|starters?|joiners?|pupils?|child(?:ren)?|students?|learners?|changes?|admissions?"
    r"|removals?|deletions?|referrals?|movements?|entries|returns?|one|such|new|further|more|other)\b.*)\W*",
    re.I | re.S,
)


def each_its_own(pairs: list[Pair]) -> list[Pair]:
    """Number the children of lists of one row each: what a sheet says is of its own child only."""
    rows: dict[str, dict[str, str]] = {}
    for pair in pairs:
        if (
            pair.how == "above"
            and pair.child is None
            and pair.match
            and pair.group.startswith("sheet ")
        ):
            told = rows.setdefault(pair.group, {})
            told.setdefault(pair.match.field, squash(pair.answer.raw).casefold())
    named = {
        g: told for g, told in rows.items() if _NAMES & told.keys() and "date_of_birth" in told
    }
    who = {
        tuple(told.get(n, "") for n in (*sorted(_NAMES), "date_of_birth"))
        for told in named.values()
    }
    listed = [p for p in pairs if p.child is not None]
    events = any(p.match and p.match.field in _EVENTS for p in listed)
    if len(who) < len(named) or (len(named) < 2 and not events):
        return pairs
    last = max([1000, *(p.child for p in listed if p.child is not None)])
    numbers = {group: last + n for n, group in enumerate(named, 1)}
    return [replace(p, child=numbers.get(p.group, p.child)) for p in pairs]


def names_nobody(row: list[Cell], full: list[Cell]) -> bool:
    """Say whether a row of a list is a total, an example or the words that there is nobody."""
    first = squash(full[0].text)
    if _TOTAL.match(first) or any(_SHOWN.match(squash(c.text)) for c in full[:2]):
        return True
    words = squash(" ".join(c.text for c in full))
    return len(row) > 1 and len(full) <= 2 and not re.search(r"\d", words) and (
        _NOBODY.fullmatch(first) is not None)  # fmt: skip


def unwrapped(rows: list[list[Cell]], identity: frozenset[int]) -> list[list[Cell]]:
    """Join a row that only goes on with the words of the row above: "Fitzwilliam-" over "Smythe"."""
    made: list[list[Cell]] = []
    for row in rows:
        if made and (_wraps(made[-1], row) or _only_adds(row, identity)):
            below = {c.col: c for c in row if c.text.strip()}
            made[-1] = [_longer(c, below.get(c.col)) for c in made[-1]]
        else:
            made.append(row)
    return made


def _only_adds(row: list[Cell], identity: frozenset[int]) -> bool:
    """Say whether a row holds one remark beside empty columns of who it is about."""
    full = [c for c in row if c.text.strip()]
    return len(row) > 2 and len(identity) > 1 and len(full) == 1 and full[0].col > min(identity) and (
        full[0].col not in identity)  # fmt: skip


def _wraps(above: list[Cell], row: list[Cell]) -> bool:
    words = {c.col: squash(c.text) for c in above}
    full = [c for c in row if c.text.strip()]
    if any(_DATED.search(c.text) for c in full) or not any(_DATED.search(c.text) for c in above):
        return False
    return all(words.get(c.col) for c in full) and any(
        words[c.col].endswith(("-", ",")) for c in full
    )


def _longer(cell: Cell, below: Cell | None) -> Cell:
    if below is None or not cell.items:
        return cell
    first, last = squash(cell.text), squash(below.text)
    text = first + last if first.endswith("-") else f"{first} {last}"
    return replace(cell, items=(Text(text, cell.place, sure=0.9),))
