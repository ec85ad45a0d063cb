"""One table judged as a whole, before a cell of it is paired.

A stranger would look each cell up among the labels and pair it with its neighbour. "School" and
"Mother" are labels and answers both: only the column or the row they stand in tells which. So the
columns of labels and of answers are found first, and a label among the answers is an answer.

Source: docs/reading.md, "layouts".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from parsers.documents.model import Cell, Field, Mark, Table, Text
from parsers.pairs import VALUEISH, Item, Strong, lines
from parsers.tables.cells import is_bold, is_filled
from parsers.vocabulary import Match
from parsers.words import is_no_value, squash, without_leaders

if TYPE_CHECKING:
    from parsers.finder import Finder

_GUIDES = re.compile(
    r"\b(?:please|give|where possible|choose|write|if|list|state|enter|at least|include|tick|use)\b"
)
NUMBERED = re.compile(r"\s*(?:[a-z]\)|\d{1,2}(?:\.\d{1,2})?[.)]?)\s+(?=[^\W\d])", re.I)


class Judged:
    """A table, what is a label in it and what an answer; it hands its pairs to the finder."""

    def __init__(self, finder: Finder, table: Table, depth: int) -> None:
        self.f = finder
        self.t = table
        self.depth = depth
        self.tops: list[
            tuple[int, int, str | None, str]
        ] = []  # headings over the headings of a list
        self.rows: dict[int, list[Cell]] = {}
        for cell in table.cells:
            self.rows.setdefault(cell.row, []).append(cell)
        for cells in self.rows.values():
            cells.sort(key=lambda c: c.col)
        self.order = sorted(self.rows)
        self._filled = {id(cell): is_filled(cell) for cell in table.cells}
        self._units = {id(cell): list(lines(cell.items)) for cell in table.cells}
        self._pairs: dict[int, bool] = {}
        self.known: dict[tuple[int, int], Match | None] = {}
        for cell in table.cells:
            self.known[cell.row, cell.col] = self._label(cell)
        self.values = self._value_columns()
        self.numbered = sum(NUMBERED.match(c.text) is not None for c in table.cells) >= 3
        self.labels = self._label_columns()
        filled = [c for c in table.cells if self.filled(c)]
        inside = sum(self.known[c.row, c.col] is None and self.has_pair_cell(c) for c in filled)
        self.in_cells = inside >= 2 and inside >= 0.3 * len(filled) and not any(
            c.col > 0 and self.strong(c) for c in filled)  # fmt: skip
        finder.in_cell_form |= self.in_cells
        several = [len(self.units(c)) > 1 for c in filled]
        self.in_cells = self.in_cells or (finder.in_cell_form and bool(several) and all(several))

    def _label(self, cell: Cell) -> Match | None:
        if any(
            isinstance(i, Mark | Table) or (isinstance(i, Field) and i.value) for i in cell.items
        ):
            return None
        text = squash(cell.text)
        if not text or len(text) > 200:
            return None
        units = self.units(cell)
        if len(units) > 1 and not isinstance(units[0], Table):
            first = self.f.words.match(
                squash(" ".join(i.text for i in units[0] if isinstance(i, Text)))
            )
            whole = self.f.words.match(text)
            rest = squash(
                " ".join(
                    i.text
                    for u in units[1:]
                    if not isinstance(u, Table)
                    for i in u
                    if isinstance(i, Text)
                )
            )
            answered = bool(rest) and not rest.startswith(("(", "[", "*", "/"))
            if first and first.how in Strong and (whole is None or whole.how != "exact" or (
                answered and whole.field == first.field)):  # fmt: skip
                return None
        head, colon, tail = text.partition(":")
        if colon and tail.strip():
            asked = self.f.words.match(head)
            if asked is not None and asked.how in Strong:
                if self._guides(cell, tail.strip()):
                    return asked
                if self._answers(tail):
                    return None  # "Year: 8" asks and answers
        return self.f.words.match(text)

    def _guides(self, cell: Cell, tail: str) -> bool:
        """Say whether the words after a label's colon tell how to fill in the cell beside it."""
        row = self.rows[cell.row]
        beside = next((c for c in row if c.col == cell.col + cell.colspan), None)
        if beside is None or not tail[0].islower() or len(tail.split()) < 3:
            return False
        if self.filled(beside):
            return ":" not in beside.text and not re.search(r"\d", tail)
        return _GUIDES.search(tail) is not None

    def _answers(self, tail: str) -> bool:
        """Say whether the words after a label's colon answer it and do not go on asking."""
        return not is_no_value(tail) and not tail.strip().startswith(("(", "[", "*", "_", "/")) and (
            self.f.words.match(tail) is None
        )  # fmt: skip

    def strong(self, cell: Cell) -> bool:
        match = self.known[cell.row, cell.col]
        return match is not None and match.how in Strong and not (
            cell.col > 0 and VALUEISH.fullmatch(squash(cell.text)) is not None
            and not self._heads(cell) and not self._asks(cell))  # fmt: skip

    def _asks(self, cell: Cell) -> bool:
        """Say whether a cell stands where a row of pairs has a label: "Surname | x | School | y"."""
        row = self.rows[cell.row]
        place = row.index(cell)
        if len(row) < 4 or len(row) % 2 or place % 2:
            return False
        labels = [self.known[c.row, c.col] for c in row[::2]]
        return (
            all(labels)
            and all(self.filled(c) for c in row)
            and not any(
                (m := self.known[c.row, c.col]) is not None and m.how == "exact" for c in row[1::2]
            )
        )

    def _heads(self, cell: Cell) -> bool:
        """Say whether every cell beside this one is a label as well, as in a row of headings."""
        return len(self.rows[cell.row]) > 2 and all(
            self.known[c.row, c.col] for c in self.rows[cell.row] if c.text.strip()
        )

    def filled(self, cell: Cell) -> bool:
        return self._filled[id(cell)]

    def units(self, cell: Cell) -> list[list[Item] | Table]:
        """Return a cell's paragraphs and tables."""
        return self._units[id(cell)]

    def _value_columns(self) -> frozenset[int]:
        """Return columns that hold answers: their left neighbour is mostly labels, they are not."""
        tally: dict[int, list[int]] = {}
        for cell in self.t.cells:
            if self.filled(cell) and cell.colspan < self.t.cols:
                counts = tally.setdefault(cell.col, [0, 0])
                counts[0] += 1
                counts[1] += self.strong(cell)
        found = set()
        for col, (count, labels) in tally.items():
            left = [tally[c] for c in tally if c < col]
            if not left or count < 3:
                continue
            n, strong = max((x for x in left), key=lambda x: x[1])
            if n < 2:
                continue
            if labels <= 0.34 * count and strong >= 0.6 * n:
                found.add(col)
        return frozenset(found)

    def _label_columns(self) -> frozenset[int]:
        """Return columns that hold mostly labels."""
        columns: dict[int, list[bool]] = {}
        for cell in self.t.cells:
            if self.filled(cell) and cell.colspan < self.t.cols:
                columns.setdefault(cell.col, []).append(self.strong(cell))
        return frozenset(
            col for col, known in columns.items() if sum(known) >= max(2, 0.5 * len(known))
        )

    def row(self, index: int) -> list[Cell]:
        return self.rows[self.order[index]] if index < len(self.order) else []

    def mostly_labels(self, cells: list[Cell]) -> bool:
        full = [c for c in cells if self.filled(c)]
        return bool(full) and sum(self.strong(c) for c in full) >= max(1, 0.5 * len(full))

    def mostly_pairs(self, cells: list[Cell]) -> bool:
        """Say whether a row's cells hold labels with their answers: they answer no heading above them."""
        full = [c for c in cells if self.filled(c)]
        return len(full) > 1 and sum(self.has_pair_cell(c) for c in full) >= 0.6 * len(full)

    def is_left(self, cells: list[Cell]) -> bool:
        """Say whether a row reads label, answer, label, answer."""
        return (
            len(cells) % 2 == 0
            and all(c.col in self.values for c in cells[1::2])
            and self.strong(cells[0])
            and not all(self.strong(c) for c in cells)
        )

    def has_pair(self, unit: list[Item] | Table, first: bool = False) -> bool:
        if isinstance(unit, Table) or any(isinstance(i, Mark) for i in unit):
            return False
        text = without_leaders(
            " ".join(
                i.text if isinstance(i, Text) else i.value for i in unit if not isinstance(i, Mark)
            )
        )
        pairs = self.f.parts.colons(text)[: 1 if first else None]
        return any(m and m.how in Strong and (v or len(unit) > 1) for _, m, v in pairs)

    def is_label(self, cell: Cell, following: Cell | None) -> bool:
        if cell.col in self.values and cell.col > 0 and not self.strong(cell):
            return False
        if any(
            isinstance(i, Mark | Table) or (isinstance(i, Field) and i.value) for i in cell.items
        ):
            return False
        if self.strong(cell):
            return True
        text = squash(cell.text)
        if self.numbered and following is not None and NUMBERED.match(text) and len(text) < 120:
            return True
        if not text or len(text) > 200 or self.has_pair_cell(cell):
            return False
        if following is None or (self.in_cells and len(self.units(cell)) > 1):
            return False
        structural = (
            text.endswith((":", "?", "*"))
            or is_bold(cell)
            or cell.shaded
            or cell.col == 0
            or (following.col in self.values)
            or self._paired(cell, following)
        )
        return structural and not re.search(r"\d{2}[/.]\d{2}|@", text)

    def _paired(self, cell: Cell, following: Cell) -> bool:
        """Say whether a cell stands where a row of two or three pairs has a label."""
        row = self.rows[cell.row]
        place = row.index(cell)
        return len(row) in (4, 6) and place % 2 == 0 and self.filled(following) and len(cell.text) < 60 and (
            self.is_label(row[0], row[1]) if place else False)  # fmt: skip

    def has_pair_cell(self, cell: Cell) -> bool:
        found = self._pairs.get(id(cell))
        if found is None:
            found = self._pairs[id(cell)] = self._holds_pair(cell)
        return found

    def _holds_pair(self, cell: Cell) -> bool:
        units = self.units(cell)
        if any(self.has_pair(u) for u in units):
            return True
        if len(units) > 1 and not isinstance(units[0], Table):
            first = squash(" ".join(i.text for i in units[0] if isinstance(i, Text)))
            match = self.f.words.match(first)
            return match is not None and match.how in Strong
        return False
