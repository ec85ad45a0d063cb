"""Word's tables: rows and cells through whatever wraps them, and the grid that they stand in.

A cell merged downwards is repeated in each row it spans, marked as a continuation, with its old
words still in it; Word shows the first only, and so is it read. A control may wrap cells or rows.
Spans are numbers in the file, so each is clamped; a grid wider than any form has is closed up to
the columns in which cells begin.

Source: ECMA-376 part 1, 17.4 (tables), 17.7.6 (what a table's style does to its first row).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from parsers.documents import limits
from parsers.documents.lines import Item
from parsers.documents.model import Cell, Place, Table
from parsers.documents.word_controls import Control, control_of
from parsers.documents.word_styles import (
    NAMES,
    Styles,
    TableLook,
    attribute,
    is_on,
    is_shade,
    local,
)

ReadCell = Callable[[etree._Element, Control | None, Place, frozenset[str]], list[Item]]
NOT_SHOWN = frozenset({
    "del", "moveFrom", "pPr", "rPr", "proofErr", "bookmarkStart", "bookmarkEnd", "sectPr",
    "commentRangeStart", "commentRangeEnd", "sdtPr", "sdtEndPr", "tblPr", "tblGrid", "trPr",
    "tcPr", "tblPrEx", "permStart", "permEnd", "customXmlPr", "smartTagPr", "rt",
})  # fmt: skip
_NOTHING: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Grown:
    """A cell while its table is being read; `col` and `end` are columns of the grid."""

    row: int
    col: int
    end: int
    items: tuple[Item, ...]
    place: Place
    header: bool
    shaded: bool
    rowspan: int = 1


class Tables:
    """Reads one document's tables; `read_cell` gives what stands in a cell."""

    def __init__(self, styles: Styles, read_cell: ReadCell) -> None:
        self._styles = styles
        self._read_cell = read_cell
        self._cells = 0
        self.deleted = self.hidden = False

    def read(self, element: etree._Element, words: str) -> Table | None:
        """Return a table, or None if it has no cells; `words` names it in places."""
        if words.count("table ") > limits.TABLES_DEEP:
            raise limits.Refused("the document's tables are nested too deeply")
        look = self._look(element)
        grown: list[_Grown] = []
        above: dict[int, _Grown] = {}
        number = 0
        for row in _rows(element):
            header, skipped, gone = _row_facts(row)
            if gone:
                self.deleted = self.deleted or gone == "del"
                self.hidden = self.hidden or gone == "hidden"
                continue
            if number >= limits.GRID_ROWS:
                raise limits.Refused("a table has more than 5,000 rows")
            above = self._row(row, words, number, skipped, header, look, grown, above)
            number += 1
        return _finished(grown, Place(words)) if grown else None

    def _row(
        self, row: etree._Element, words: str, number: int, column: int, header: bool,
        look: TableLook, grown: list[_Grown], above: dict[int, _Grown],
    ) -> dict[int, _Grown]:  # fmt: skip
        """Add a row's cells; return those that a cell of the next row may continue."""
        ordinal = 0
        below: dict[int, _Grown] = {}
        for cell, holder in _row_cells(row, None):
            span, down, across, shaded = _cell_facts(cell)
            if down == "gone":
                self.deleted = True
                continue
            end = column + span
            continued = above.get(column) if down == "continue" else None
            if continued is not None:
                continued.rowspan = number - continued.row + 1
                below[column] = continued
            elif across == "continue" and grown and grown[-1].row == number:
                grown[-1].end = end
            else:
                ordinal += 1
                self._count()
                base = look.row if number == 0 else _NOTHING
                if column == 0:
                    base |= look.column
                    shaded = shaded or look.column_shaded
                place = Place(f"{words}, row {number + 1}, cell {ordinal}")
                items = tuple(self._read_cell(cell, holder, place, base))
                shaded = shaded or (number == 0 and look.row_shaded)
                grown.append(_Grown(number, column, end, items, place, header, shaded))
                if down is not None:
                    below[column] = grown[-1]
            column = end
        return below

    def _count(self) -> None:
        self._cells += 1
        if self._cells > limits.GRID_CELLS:
            raise limits.Refused("the document's tables have more than 25,000 cells")

    def _look(self, element: etree._Element) -> TableLook:
        """Return what the table's style does, as far as the table asks for it."""
        look, row, column = self._styles.table(None), False, False
        for child in element[0] if len(element) and local(element[0].tag) == "tblPr" else ():
            name = local(child.tag)
            if name == "tblStyle":
                look = self._styles.table(attribute(child, "val"))
            elif name == "tblLook":
                row, column = _look_bits(child)
        return TableLook(
            look.row if row else _NOTHING,
            look.column if column else _NOTHING,
            look.row_shaded and row,
            look.column_shaded and column,
        )


def _rows(parent: etree._Element) -> Iterator[etree._Element]:
    for element in parent:
        name = NAMES.get(element.tag) or local(element.tag)
        if name == "tr":
            yield element
        elif name == "sdt":
            _, content = control_of(element)
            if content is not None:
                yield from _rows(content)
        elif name == "AlternateContent":
            yield from _rows(chosen(element))
        elif name not in NOT_SHOWN:
            yield from _rows(element)


def _row_cells(
    parent: etree._Element, control: Control | None
) -> Iterator[tuple[etree._Element, Control | None]]:
    for element in parent:
        name = NAMES.get(element.tag) or local(element.tag)
        if name == "tc":
            yield element, control
        elif name == "sdt":
            holder, content = control_of(element)
            if content is not None:
                yield from _row_cells(content, holder)
        elif name not in NOT_SHOWN:
            yield from _row_cells(element, control)


def chosen(alternate: etree._Element) -> etree._Element:
    """Return the first choice of alternate content, or its fallback when a choice shows nothing."""
    fallback = alternate
    for child in alternate:
        name = local(child.tag)
        if name == "Choice" and len(child):
            return child
        if name == "Fallback":
            fallback = child
    return fallback if fallback is not alternate else etree.Element("none")


def _row_facts(row: etree._Element) -> tuple[bool, int, str]:
    """Return whether a row is a heading, how many columns it skips, and why it is not shown."""
    header, skipped, gone = False, 0, ""
    for properties in row:
        if local(properties.tag) != "trPr":
            continue
        for child in properties:
            name = local(child.tag)
            if name == "tblHeader":
                header = is_on(child)
            elif name == "gridBefore":
                skipped = _number(child, 0)
            elif name == "del":
                gone = "del"
            elif name == "hidden" and is_on(child):
                gone = gone or "hidden"
    return header, skipped, gone


def _cell_facts(cell: etree._Element) -> tuple[int, str | None, str | None, bool]:
    """Return a cell's columns, its vertical and horizontal merging, and whether it is shaded."""
    span, down, across, shaded = 1, None, None, False
    if len(cell) and local(cell[0].tag) == "tcPr":
        for child in cell[0]:
            name = local(child.tag)
            if name == "gridSpan":
                span = _number(child, 1)
            elif name == "vMerge":
                down = attribute(child, "val") or "continue"
            elif name == "hMerge":
                across = attribute(child, "val") or "continue"
            elif name == "shd":
                shaded = is_shade(child)
            elif name == "cellDel":  # deleted, and the deletion not yet accepted
                return 1, "gone", None, False
    return max(1, span), down, across, shaded


def _number(element: etree._Element, otherwise: int) -> int:
    value = attribute(element, "val") or ""
    if not (value.isascii() and value.isdigit()):
        return otherwise
    return min(int(value[:6]), 1_000)


def _look_bits(element: etree._Element) -> tuple[bool, bool]:
    row, column = attribute(element, "firstRow"), attribute(element, "firstColumn")
    if row is not None or column is not None:
        return row in ("1", "true", "on"), column in ("1", "true", "on")
    try:
        bits = int(attribute(element, "val") or "0", 16)
    except ValueError:
        return False, False
    return bool(bits & 0x20), bool(bits & 0x80)


def _finished(grown: list[_Grown], place: Place) -> Table:
    """Return the table; a grid wider than the limit is closed up to the columns that begin cells."""
    widest = max(cell.end for cell in grown)
    if widest > limits.GRID_COLUMNS:
        starts = sorted({cell.col for cell in grown})
        at = {column: min(index, limits.GRID_COLUMNS - 1) for index, column in enumerate(starts)}
        for cell in grown:
            beyond = [at[column] for column in starts if column >= cell.end]
            cell.end = max(beyond[0] if beyond else len(set(at.values())), at[cell.col] + 1)
            cell.col = at[cell.col]
        widest = max(cell.end for cell in grown)
    cells = tuple(
        Cell(
            cell.row, cell.col, cell.items, cell.place, cell.rowspan, cell.end - cell.col,
            cell.header, cell.shaded,
        )
        for cell in grown
    )  # fmt: skip
    rows = max(cell.row + cell.rowspan for cell in grown)
    return Table(cells, rows, widest, place)
