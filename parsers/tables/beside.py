"""Label and answer beside one another in a row, or both in one cell.

Source: docs/reading.md, "layouts".
"""

from __future__ import annotations

import re

from parsers.documents.model import Cell, Table, Text
from parsers.pairs import VALUEISH, Answer, Item, Strong
from parsers.tables import grids
from parsers.tables.cells import answer_of
from parsers.tables.judged import Judged
from parsers.vocabulary import Match
from parsers.words import squash


def read_row(t: Judged, cells: list[Cell]) -> None:
    at = 0
    while at < len(cells):
        cell = cells[at]
        following = cells[at + 1] if at + 1 < len(cells) else None
        if not t.filled(cell):
            at += 1
            continue
        taken = grids.ticks(t, cells, at) or _comb(t, cells, at)
        if taken:
            at += taken
            continue
        if t.is_label(cell, following):
            text = squash(cell.text)
            gap = following is not None and following.col > cell.col + cell.colspan
            if gap and following and following.col in t.labels - t.values:
                t.f.settle()
                t.f.add(text, t.known[cell.row, cell.col], Answer(), cell.place)
                at += 1
                continue
            if following is None:
                t.f.run(cell.items, t.depth + 1)
                at += 1
                continue
            if t.strong(following) and following.col not in t.values and len(cells) > 2:
                t.f.add(text, t.known[cell.row, cell.col], Answer(), cell.place)
                at += 1
                continue
            _pair(t, cell, following)
            at += 2
            while at < len(cells) and _goes_on(t, cells[at], cells, at):
                at += 1
            continue
        inside(t, cell)
        at += 1


def _comb(t: Judged, cells: list[Cell], at: int) -> int:
    """Read a name or a date written one letter to a box; return the cells taken."""
    boxes = []
    for other in cells[at + 1 :]:
        if len(other.text.strip()) > 1 or any(not isinstance(i, Text) for i in other.items):
            break
        boxes.append(other)
    letters = "".join(b.text.strip() for b in boxes)
    if len(letters) < 4 or sum(bool(b.text.strip()) for b in boxes[: len(letters)]) < len(letters):
        return 0
    match = t.known[cells[at].row, cells[at].col]
    if match is None:
        return 0
    if re.fullmatch(r"\d{8}", letters):
        letters = f"{letters[:2]}/{letters[2:4]}/{letters[4:]}"
    t.f.settle()
    place = boxes[0].place
    t.f.add(squash(cells[at].text), match, Answer((Text(letters, place, sure=0.9),)), place, "comb")
    return 1 + len(boxes)


def inside(t: Judged, cell: Cell) -> None:
    """Read a cell that holds its label and, on the lines below it, its answer."""
    units = t.units(cell)
    first = units[0] if units and not isinstance(units[0], Table) else []
    words = squash(" ".join(i.text for i in first if isinstance(i, Text)))
    match = t.f.words.match(words) if words and all(isinstance(i, Text) for i in first) else None
    rest = [u for u in units[1:] if not isinstance(u, Table)]
    if (
        match is None
        and len(rest) == len(units) - 1
        and 1 <= len(rest) <= 3
        and t.in_cells
        and len(words) < 60
    ):
        t.f.settle()
        t.f.add(words, None, Answer(tuple(i for u in rest for i in u)), cell.place, "cell")
        return
    if (
        match is None
        or match.how not in Strong
        or not rest
        or len(rest) < len(units) - 1
        or (
            any(t.has_pair(u) for u in rest)
            or (t.f.parts.colons(words) and t.f.parts.colons(words)[0][2])
        )
    ):
        t.f.run(cell.items, t.depth + 1)
        t.f.settle()
        return
    t.f.settle()
    label: tuple[str, Match] = (words, match)
    gathered: list[Item] = []
    for unit in rest:
        text = squash(" ".join(i.text for i in unit if isinstance(i, Text)))
        again = t.f.words.match(text) if len(unit) == 1 and gathered else None
        if (
            again is not None
            and again.how in Strong
            and not VALUEISH.fullmatch(text)
            and again.field != label[1].field
        ):
            t.f.add(label[0], label[1], Answer(tuple(gathered)), cell.place, "cell")
            label, gathered = (text, again), []
        else:
            gathered.extend(unit)
    t.f.add(label[0], label[1], Answer(tuple(gathered)), cell.place, "cell")


def _goes_on(t: Judged, cell: Cell, cells: list[Cell], at: int) -> bool:
    return not t.filled(cell)


def _pair(t: Judged, cell: Cell, following: Cell) -> None:
    t.f.settle()
    label, match = squash(cell.text), t.known[cell.row, cell.col]
    inner = t.units(following)
    if inner and t.has_pair(inner[0], first=True) and not _free(match):
        section = t.f.section
        owner = t.f.words.section(label)
        t.f.section = owner or section
        t.f.group += 1
        t.f.run(following.items, t.depth + 1)
        t.f.settle()
        t.f.section = section
        return
    if any(isinstance(i, Table) for i in following.items):
        t.f.run(following.items, t.depth + 1)
    t.f.add(label, match, answer_of(following), following.place)


def _free(match: Match | None) -> bool:
    return match is not None and match.field in {
        "narrative",
        "actions_taken",
        "reason",
        "visit_outcome",
        "siblings",
    }
