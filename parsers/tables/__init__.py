"""One table judged as a whole, then read: whichever of its layouts it is.

Label left, label above, label in the cell, rows or columns of people, grids of enquiries, yes/no
columns. A cell in a column of answers is an answer even when it reads like a label. `judged.py`
tells labels from answers; the other modules read one kind of layout each; here a table is walked
row by row, each row offered to the layouts in turn.

Source: docs/reading.md, "layouts".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parsers.documents.model import Cell, Field, Mark, Table, Text
from parsers.headings import is_heading
from parsers.pairs import Strong, numbered
from parsers.tables import beside, grids, halves, people
from parsers.tables.cells import is_bold
from parsers.tables.judged import Judged
from parsers.words import squash, tokens

if TYPE_CHECKING:
    from parsers.finder import Finder


def read(finder: Finder, table: Table, depth: int) -> None:
    """Judge one table and hand its pairs to the finder."""
    t = Judged(finder, table, depth)
    if grids.options(t) or people.labels_below(t):
        return
    index = 0
    while index < len(t.order):
        index = _row(t, index)
    t.f.settle()


def _row(t: Judged, index: int) -> int:
    cells = t.row(index)
    filled = [c for c in cells if t.filled(c)]
    if not filled:
        return index + 1
    person = numbered(squash(filled[0].text)) if len(filled) == 1 else None
    if (
        person is not None
        and person.number
        and not any(isinstance(i, Mark | Field) for i in filled[0].items)
    ):
        t.f.settle()
        t.f.open(squash(filled[0].text), filled[0].place)
        return index + 1
    if len(cells) == 1 or (len(filled) == 1 and filled[0].colspan > t.t.cols / 2):
        return _alone(t, filled[0], index)
    side = filled[0]
    if (
        side.rowspan > 1
        and len(filled) > 1
        and (not t.strong(side) or (len(filled) > 2 and t.strong(filled[1])))
        and t.f.words.section(squash(side.text))
    ):
        t.f.settle()
        t.f.open(squash(side.text), side.place)
        filled = filled[1:]
        cells = [c for c in cells if c is not side]
    after = halves.read(t, index, filled, read) or halves.twins(t, index, cells, read)
    if after is not None:
        return after
    for reader in (
        people.quadrants,
        grids.enquiries,
        grids.yes_no,
        people.columns,
        people.over_lines,
        people.headed,
    ):
        after = reader(t, index, cells, filled)
        if after is not None:
            return after
    beside.read_row(t, cells)
    return index + 1


def _alone(t: Judged, cell: Cell, index: int) -> int:
    text = squash(cell.text)
    plain = all(isinstance(i, Text) for i in cell.items)
    styles = frozenset({"bold"}) if cell.shaded or cell.header or is_bold(cell) else frozenset()
    single = len(t.units(cell)) == 1
    following = t.row(index + 1)
    over = len(following) > 1 and t.t.cols > 1 and t.f.words.section(text) is not None and len(text) < 60 and (
        len(tokens(text)) <= 2 and not text.endswith(":"))  # fmt: skip
    if plain and single and over:
        t.f.settle()
        t.f.open(text, cell.place)
        return index + 1
    if (
        plain
        and single
        and is_heading(
            t.f.words,
            text.rstrip(":"),
            styles | (frozenset({"bold"}) if t.t.cols > 1 else frozenset()),
        )
    ):
        after = t.row(index + 1)
        match = t.known[cell.row, cell.col]
        below = after[0] if len(after) == 1 else None
        takes = match and match.how in Strong and below and not t.strong(below) and t.filled(below)
        if takes is None and match and not t.f.words.section(text):
            takes = True
        if not takes:
            t.f.settle()
            t.f.open(text, cell.place)
            return index + 1
    if t.has_pair_cell(cell):
        beside.inside(t, cell)
    else:
        t.f.run(cell.items, t.depth + 1)
    return index + 1
