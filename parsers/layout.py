"""Tables that do not look like one: words lined up by spaces, and two lists side by side.

A stranger would read a line of three headings as a label with two words for its answer, and two
lists beside one another as one list of very odd children.

Source: docs/reading.md, "layouts".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from parsers.documents.model import Cell, Place, Table, Text, walk, words_of
from parsers.pairs import Item, Strong
from parsers.vocabulary import Vocabulary
from parsers.words import squash

Unit = list[Item] | Table
_PIECE = re.compile(r"\S+(?: \S+)*")


def with_tables(units: Sequence[Unit], words: Vocabulary) -> list[Unit]:
    """Return the units with every run of lines that spaces line up under headings made a table."""
    made: list[Unit] = []
    at = 0
    while at < len(units):
        table, taken = _aligned(units, at, words)
        made.append(table if table is not None else units[at])
        at += taken if table is not None else 1
    return made


def continued(units: Sequence[Unit], words: Vocabulary) -> list[Unit]:
    """Return the units with a list that goes on over the page, without a heading of its own, made one."""
    made: list[Unit] = []
    for unit in units:
        before = made[-1] if made else None
        if isinstance(unit, Table) and isinstance(before, Table) and _goes_on(before, unit, words):
            cells = tuple(replace(c, row=c.row + before.rows, header=False) for c in unit.cells)
            made[-1] = replace(before, cells=before.cells + cells, rows=before.rows + unit.rows)
        else:
            made.append(unit)
    return made


def _goes_on(before: Table, table: Table, words: Vocabulary) -> bool:
    if before.cols != table.cols or table.cols < 3 or before.place.page == table.place.page:
        return False
    heads = [c for c in before.cells if c.row == min(x.row for x in before.cells)]
    first = [c for c in table.cells if c.row == min(x.row for x in table.cells)]
    known = [
        m is not None and m.how in Strong for m in (words.match(squash(c.text)) for c in heads)
    ]
    if len(known) < 3 or sum(known) < 0.6 * len(known):
        return False
    again = [m for c in first if (m := words.match(squash(c.text))) is not None and m.how in Strong]
    dated = [c for c in first if re.search(r"\d{1,2}[/. -]\w{1,9}[/. -]\d{2,4}", c.text)]
    return not again and bool(dated) and len(first) == len(heads)


def all_words(units: Sequence[Unit]) -> list[str]:
    """Return the words of lines and cells, one by one."""
    return [
        words_of(item)
        for unit in units
        for item in walk((unit,) if isinstance(unit, Table) else tuple(unit))
        if not isinstance(item, Table)
    ]


def _line(unit: Unit) -> str:
    if isinstance(unit, list) and len(unit) == 1 and isinstance(unit[0], Text):
        return unit[0].text.expandtabs(4).rstrip()
    return ""


def _pieces(line: str) -> list[tuple[int, str]]:
    return [(m.start(), m[0]) for m in _PIECE.finditer(line)]


def _aligned(units: Sequence[Unit], at: int, words: Vocabulary) -> tuple[Table | None, int]:
    heads = _pieces(_line(units[at])) if "  " in _line(units[at]) else []
    if len(heads) < 3 or any(":" in text for _, text in heads):
        return None, 1
    known = [m is not None and m.how in Strong for m in (words.match(t) for _, t in heads)]
    if sum(known) < max(2, 0.6 * len(heads)):
        return None, 1
    rows = [heads]
    while at + len(rows) < len(units):
        row = _pieces(_line(units[at + len(rows)]))
        if len(row) < 2 or len(row) > len(heads):
            break
        rows.append(row)
    if len(rows) < 2 or not _under(rows):
        return None, 1
    first = units[at]
    place = first[0].place if isinstance(first, list) else first.place
    return _table(rows, place), len(rows)


def _under(rows: list[list[tuple[int, str]]]) -> bool:
    """Say whether most of what stands below begins where a heading begins."""
    starts = [start for start, _ in rows[0]]
    below = [start for row in rows[1:] for start, _ in row]
    return sum(any(abs(s - t) <= 2 for t in starts) for s in below) >= 0.8 * len(below)


def _table(rows: list[list[tuple[int, str]]], place: Place) -> Table:
    starts = [start for start, _ in rows[0]]
    cells: list[Cell] = []
    for number, row in enumerate(rows):
        for start, text in row:
            col = min(range(len(starts)), key=lambda c: abs(starts[c] - start))
            here = replace(place, words=f"{place.words}, row {number + 1}, column {col + 1}")
            cells.append(Cell(number, col, (Text(text, here),), here))
    return Table(tuple(cells), len(rows), len(starts), place)


def beside(table: Table, words: Vocabulary) -> list[Table]:
    """Return the lists that stand side by side, parted by an empty column; one when there is one."""
    filled = {c.col + n for c in table.cells if c.items for n in range(c.colspan)}
    if table.rows < 3 or len(filled) < 4:
        return [table]
    for gap in sorted(set(range(min(filled), max(filled))) - filled):
        left = tuple(c for c in table.cells if c.col < gap)
        right = tuple(replace(c, col=c.col - gap - 1) for c in table.cells if c.col > gap)
        if _share(left, right, words):
            one = replace(table, cells=left, cols=gap)
            other = replace(table, cells=right, cols=table.cols - gap - 1)
            return [one, *beside(other, words)]
    return [table]


def _share(left: tuple[Cell, ...], right: tuple[Cell, ...], words: Vocabulary) -> bool:
    """Say whether one row holds the same two headings on both sides."""
    heads: dict[tuple[int, str], int] = {}
    for side, cells in ((1, left), (2, right)):
        for cell in cells:
            text = squash(cell.text).casefold()
            if text and len(text) < 40 and words.match(text) is not None:
                heads[cell.row, text] = heads.get((cell.row, text), 0) | side
    rows = [row for (row, _), sides in heads.items() if sides == 3]
    return any(rows.count(row) >= 2 for row in rows)
