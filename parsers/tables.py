"""One table judged as a whole, then read: whichever of its layouts it is.

Label left, label above, label in the cell, rows or columns of people, grids of enquiries, yes/no
columns. A cell in a column of answers is an answer even when it reads like a label.

Source: docs/reading.md, "layouts".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from parsers.documents.model import Block, Cell, Field, Mark, Table, Text
from parsers.pairs import (
    OPTION,
    VALUEISH,
    Answer,
    Enquiry,
    Item,
    Strong,
    lines,
    numbered,
)
from parsers.vocabulary import Match
from parsers.words import is_no_value, squash, tokens, without_leaders

if TYPE_CHECKING:
    from parsers.finder import Finder


class TableReader:
    """Judges one table and hands its pairs to the finder."""

    def __init__(self, finder: Finder, table: Table, depth: int) -> None:
        self.f = finder
        self.t = table
        self.depth = depth
        self.sides: list[tuple[int, int, str | None]] = []
        self.rows: dict[int, list[Cell]] = {}
        for cell in table.cells:
            self.rows.setdefault(cell.row, []).append(cell)
        for cells in self.rows.values():
            cells.sort(key=lambda c: c.col)
        self.order = sorted(self.rows)
        self._filled = {id(cell): _is_filled(cell) for cell in table.cells}
        self._units = {id(cell): list(lines(cell.items)) for cell in table.cells}
        self._pairs: dict[int, bool] = {}
        self.known: dict[tuple[int, int], Match | None] = {}
        for cell in table.cells:
            self.known[cell.row, cell.col] = self._label(cell)
        self.values = self._value_columns()
        self.numbered = sum(_NUMBERED_CELL.match(c.text) is not None for c in table.cells) >= 3
        self.labels = self._label_columns()
        filled = [c for c in table.cells if self.filled(c)]
        inside = sum(self.known[c.row, c.col] is None and self._has_pair_cell(c) for c in filled)
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
        if colon and tail.strip() and self._answers(tail):
            asked = self.f.words.match(head)
            if asked is not None and asked.how in Strong:
                return None  # "Year: 8" asks and answers
        return self.f.words.match(text)

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

    def _options(self) -> bool:
        """Read a table of options, a box at the end or the front of each row, as one answer."""
        rows = [[c for c in cells if self.filled(c)] for cells in self.rows.values()]
        items: list[Item] = []
        marks = [c for row in rows for c in row if _CROSS.fullmatch(squash(c.text))]
        typed = self.t.cols == 2 and len(rows) > 2 and len(marks) == 1
        for row in rows:
            boxes = [c for c in row if len(c.items) == 1 and isinstance(c.items[0], Mark)]
            if not boxes and typed:
                cross = Mark(
                    _CROSS.fullmatch(squash(row[0].text)) is not None, "glyph", row[0].place
                )
                words = squash(row[-1].text)
                if len(words) > 12:
                    items.extend((cross, Text(words, cross.place)))
                continue
            words = " ".join(squash(c.text) for c in row if c not in boxes)
            if len(boxes) != 1 or not words or len(row) < 2:
                continue
            mark = boxes[0].items[0]
            if isinstance(mark, Mark):
                items.extend((mark, Text(words, mark.place)))
        if len(items) < 4 or len(items) < 2 * 0.7 * len(rows):
            return False
        asked = [(self.f.heading, self.f.words.match(self.f.heading)), self.f.last_label]
        for label, match in asked:
            if match is not None and match.field in ("ground", "reason"):
                place = items[0].place
                self.f.add(label, match, Answer(tuple(items)), place, "ticks")
                return True
        return False

    def read(self) -> None:
        if self._options() or self._labels_below():
            return
        index = 0
        while index < len(self.order):
            index = self._row(index)
        self.f.settle()

    def _cells(self, index: int) -> list[Cell]:
        return self.rows[self.order[index]] if index < len(self.order) else []

    def _row(self, index: int) -> int:
        cells = self._cells(index)
        filled = [c for c in cells if self.filled(c)]
        if not filled:
            return index + 1
        person = numbered(squash(filled[0].text)) if len(filled) == 1 else None
        if (
            person is not None
            and person.number
            and not any(isinstance(i, Mark | Field) for i in filled[0].items)
        ):
            self.f.settle()
            self.f.open(squash(filled[0].text), filled[0].place)
            return index + 1
        if len(cells) == 1 or (len(filled) == 1 and filled[0].colspan > self.t.cols / 2):
            return self._alone(filled[0], index)
        side = filled[0]
        if (
            side.rowspan > 1
            and len(filled) > 1
            and (not self.strong(side) or (len(filled) > 2 and self.strong(filled[1])))
            and self.f.words.section(squash(side.text))
        ):
            self.f.settle()
            self.f.open(squash(side.text), side.place)
            filled = filled[1:]
            cells = [c for c in cells if c is not side]
        if self._column_sections(filled, index):
            return index + 1
        for reader in (
            self._quadrants,
            self._enquiry_grid,
            self._yes_no_grid,
            self._people_columns,
            self._headed,
        ):
            after = reader(index, cells, filled)
            if after is not None:
                return after
        self._left(cells)
        return index + 1

    def _column_sections(self, filled: list[Cell], index: int) -> bool:
        """Remember headings that stand side by side, each over its own labels and answers."""
        after = self._cells(index + 1)
        if len(filled) < 2 or len(after) <= len(filled) or not all(c.colspan > 1 for c in filled):
            return False
        names = [self.f.words.section(squash(c.text)) for c in filled]
        if not all(names) or any(isinstance(i, Mark) for c in filled for i in c.items):
            return False
        self.sides = [
            (c.col, c.col + c.colspan, name) for c, name in zip(filled, names, strict=True)
        ]
        self.f.settle()
        self.f.child = None
        return True

    def _side(self, cell: Cell) -> None:
        for start, end, name in self.sides:
            if start <= cell.col < end:
                self.f.section, self.f.heading = name, ""

    def _alone(self, cell: Cell, index: int) -> int:
        self.sides = []
        text = squash(cell.text)
        plain = all(isinstance(i, Text) for i in cell.items)
        styles = frozenset({"bold"}) if cell.shaded or cell.header or _bold(cell) else frozenset()
        single = len(self.units(cell)) == 1
        following = self._cells(index + 1)
        over = len(following) > 1 and self.t.cols > 1 and self.f.words.section(text) is not None and len(text) < 60 and (
            len(tokens(text)) <= 2 and not text.endswith(":"))  # fmt: skip
        if plain and single and over:
            self.f.settle()
            self.f.open(text, cell.place)
            return index + 1
        if (
            plain
            and single
            and self.f.is_heading(
                text.rstrip(":"), styles | (frozenset({"bold"}) if self.t.cols > 1 else frozenset())
            )
        ):
            after = self._cells(index + 1)
            match = self.known[cell.row, cell.col]
            below = after[0] if len(after) == 1 else None
            takes = (
                match
                and match.how in Strong
                and below
                and not self.strong(below)
                and self.filled(below)
            )
            if takes is None and match and not self.f.words.section(text):
                takes = True
            if not takes:
                self.f.settle()
                self.f.open(text, cell.place)
                return index + 1
        if self._has_pair_cell(cell):
            self._inside(cell)
        else:
            self.f.run(cell.items, self.depth + 1)
        return index + 1

    # Grids

    def _enquiry_grid(self, index: int, cells: list[Cell], filled: list[Cell]) -> int | None:
        columns: dict[int, str] = {}
        for cell in filled:
            if any(isinstance(i, Mark) or (isinstance(i, Field) and i.value) for i in cell.items):
                return None
            name = self.f.words.grid_column(squash(cell.text))
            if name is not None:
                columns[cell.col] = name
        names = set(columns.values())
        enquiring = (
            self.f.section == "enquiries"
            or names & {"action", "spoke"}
            or ("address" in names and "date" in names and "time" in names)
        )
        first = min(c.col for c in cells)
        if len(names) < 2 or len(columns) < len(filled) * 0.6 or not enquiring:
            return None
        if not names & {"done", "date", "outcome"}:
            return None
        if "action" not in names and first not in columns:
            columns[first] = "action"
        self.f.found.asides.extend(squash(c.text) for c in filled)
        at = index + 1
        while at < len(self.order):
            row = self._cells(at)
            full = [c for c in row if self.filled(c)]
            if not full:
                at += 1
                continue
            if len(row) == 1 and self.t.cols > 1:
                break
            made: dict[str, Answer] = {}
            for cell in row:
                name = columns.get(cell.col)
                if name is None or not self.filled(cell):
                    continue
                answer = answer_of(cell)
                if name == "time":
                    answer = Answer()
                if name in made:
                    answer = Answer((*made[name].items, *answer.items))
                made[name] = answer
            if made:
                self.f.found.enquiries.append(Enquiry(made, row[0].place, self.f.heading))
            at += 1
        return at

    def _yes_no_grid(self, index: int, cells: list[Cell], filled: list[Cell]) -> int | None:
        options = {
            c.col: squash(c.text) for c in filled if OPTION.fullmatch(squash(c.text).strip(" .:?"))
        }
        if len(options) < 2 or len(filled) - len(options) > 1:
            plain = not any(
                isinstance(i, Text) and i.styles & {"strike", "highlight", "underline"}
                for i in filled[-1].items
            )
            if (
                len(filled) == 2
                and plain
                and (index == 0 or self.f.words.section(squash(filled[0].text)))
                and re.fullmatch(r"\W*(?:yes ?/ ?no|y ?/ ?n)\W*", squash(filled[-1].text), re.I)
                and (self.f.words.match(squash(filled[0].text)) is None)
            ):
                lead = squash(filled[0].text)
                if self.f.words.section(lead):
                    self.f.open(lead, filled[0].place)
                return index + 1
            return None
        if any(isinstance(i, Mark) for c in filled for i in c.items):
            return None
        below = {c.col: c for c in self._cells(index + 1)}
        if not below or all(c in below and OPTION.fullmatch(_plain(below[c])) for c in options):
            return None  # every row has its own options
        corner = [c for c in filled if c.col not in options]
        if corner and self.f.words.section(squash(corner[0].text)):
            self.f.open(squash(corner[0].text), corner[0].place)
        at = index + 1
        while at < len(self.order):
            row = self._cells(at)
            if len(row) < 2 or (len(row) == 1):
                break
            label = row[0]
            if not self.filled(label):
                at += 1
                continue
            if label.col in options:
                break
            items: list[Item] = []
            for cell in row[1:]:
                option = options.get(cell.col)
                if option is None:
                    items.extend(i for i in cell.items if isinstance(i, Text))
                    continue
                on = _ticked(cell)
                if on is not None:
                    items.extend((Mark(on, "glyph", cell.place), Text(option, cell.place)))
            self.f.add(
                squash(label.text),
                self.f.words.match(squash(label.text)),
                Answer(tuple(items)),
                row[-1].place,
                "ticks",
            )
            at += 1
        return at

    def _people_columns(self, index: int, cells: list[Cell], filled: list[Cell]) -> int | None:
        """Read columns of people: labels down the left, "Child 1" and "Child 2" across the top."""
        heads = [c for c in filled if c.col > 0]
        kinds = [numbered(squash(c.text)) for c in heads]
        roles = [
            re.fullmatch(
                r"\W*(mother|father|mum|dad|step\w+|carer|guardian)\W*", squash(c.text), re.I
            )
            for c in heads
        ]
        if len(heads) < 2 or not all(
            (k and k.number) or r for k, r in zip(kinds, roles, strict=True)
        ):
            return None
        below = [c for i in range(index + 1, len(self.order)) for c in self._cells(i)[:1]]
        if not any(self.strong(c) for c in below):
            return None
        self.f.found.asides.extend(squash(c.text) for c in filled)
        at = index + 1
        while at < len(self.order):
            row = self._cells(at)
            if len(row) < 2:
                break
            for cell in row[1:]:
                head = next((n for n, h in enumerate(heads) if h.col == cell.col), None)
                if head is None:
                    continue
                kind = kinds[head]
                owner = kind.kind if kind else "parent"
                number = kind.number if kind and kind.kind == "child" else None
                label = squash(row[0].text)
                self.f.add(label, self.f.words.match(label), answer_of(cell), cell.place, "column",
                           child=number, group=f"{self.t.place.words} column {cell.col}", section=owner)  # fmt: skip
            at += 1
        for top, role in zip(heads, roles, strict=True):
            if role:
                self.f.add("Relationship", self.f.words.match("Relationship"), Answer((Text(role[1], top.place),)),
                           top.place, "column", group=f"{self.t.place.words} column {top.col}", section="parent")  # fmt: skip
        return at

    def _headed(self, index: int, cells: list[Cell], filled: list[Cell]) -> int | None:
        """Read a row of headings: records below it, or one row of answers."""
        labels = [c for c in filled if self.strong(c)]
        below = self._cells(index + 1)
        loud = len(filled) >= 2 and len(filled) == len(cells) and all(_loud(c) for c in filled) and bool(below) and (
            len(below) == len(cells) and not any(_loud(c) for c in below) and not self.values)  # fmt: skip
        if loud and len(filled) == 2 and not labels and self.t.rows > 2:
            loud = False
        if not loud and (len(filled) < 2 or len(labels) < 2 or len(labels) < 0.5 * len(filled)):
            return None
        evens = {id(c) for c in cells[::2]}
        if (
            (not loud or any(_NUMBERED_CELL.match(c.text) for c in labels))
            and len(cells) > 2
            and {id(c) for c in labels} <= evens
            and len(labels) < len(filled)
        ):
            return None
        if any(isinstance(i, Mark) for c in filled for i in c.items):
            return None
        holes = sum(not self.filled(c) for c in cells if c.col < filled[-1].col)
        if holes > 1 or any(c.col in self.values for c in labels[:1]):
            return None
        if not below or abs(len(below) - len(cells)) > max(1, len(cells) // 3) or len(below) < 2:
            return None
        if [c.col for c in below if c.col in {x.col for x in cells}] == []:
            return None
        if self._mostly_labels(below) or (self.values and self._is_left(cells)):
            return None
        if self._mostly_pairs(below):
            return None
        if len(cells) == 2 and squash(below[0].text).endswith((":", "?", "*")):
            return None
        at = index + 1
        rows: list[list[Cell]] = []
        while at < len(self.order):
            row = self._cells(at)
            full = [c for c in row if self.filled(c)]
            if len(row) < 2 or (full and (self._mostly_labels(row) or self._mostly_pairs(row))):
                break
            if full and _TOTAL.match(squash(full[0].text)):
                self.f.found.asides.extend(c.text for c in full)
                at += 1
                continue
            if full:
                rows.append([self._same(c, rows[-1] if rows else []) for c in row])
            elif rows and at + 1 < len(self.order) and self._mostly_labels(self._cells(at + 1)):
                at += 1
                break
            at += 1
        owner = self._owner(cells)
        names = {self.known[c.row, c.col].field for c in labels if self.known[c.row, c.col]}  # type: ignore[union-attr]
        several = len(rows) > 1
        named = bool(names & {"full_name", "name", "surname", "forenames"})
        people = len(names) >= 2 and (named or (several and bool(names & {"date_of_birth", "upn"})))
        self.f.found.asides.extend(squash(c.text) for c in filled)
        if not rows:
            for c in filled:
                self.f.add(squash(c.text), self.known[c.row, c.col], Answer(), c.place, "above")
            return at
        for row in rows:
            child = None
            if people and owner == "child" and (several or at - index > 2 or self.f.found.records):
                self.f.found.records += 1
                child = 1000 + self.f.found.records
            group = f"{self.t.place.words} row {row[0].row}"
            for cell in row:
                head = next((c for c in cells if c.col <= cell.col < c.col + c.colspan), None)
                if head is None or not self.filled(head):
                    continue
                label = squash(head.text)
                match = self.known[head.row, head.col]
                self.f.add(label, match, answer_of(cell), cell.place, "record" if (several or child) else "above",
                           child=child, group=group if people else "", section=owner if people else None)  # fmt: skip
        return at

    def _same(self, cell: Cell, above: list[Cell]) -> Cell:
        """Return the cell above in place of a ditto mark."""
        if not _DITTO.fullmatch(squash(cell.text)):
            return cell
        told = next((c for c in above if c.col == cell.col), None)
        if told is None:
            return cell
        items = tuple(
            replace(i, sure=min(i.sure, 0.85)) if isinstance(i, Text) else i for i in told.items
        )
        return replace(cell, items=items)

    def _owner(self, heads: list[Cell]) -> str | None:
        owners = {m.owner for c in heads if (m := self.known[c.row, c.col]) and m.owner}
        names = [m.field for c in heads if (m := self.known[c.row, c.col])]
        if self.f.section in ("sibling", "parent"):
            return self.f.section
        if "siblings" in names or owners == {"sibling"} or "sibling_school" in names:
            return "sibling"
        if set(names) & {"relationship", "parent_relationship"} and not set(names) & {
            "upn",
            "date_of_birth",
            "year_group",
        }:
            return "parent"
        if sum(n.startswith("parent_") for n in names) >= max(2, len(names) - 1):
            return "parent"
        if set(names) & {"date_of_birth", "upn", "year_group", "surname", "full_name"}:
            return "child"
        return self.f.section

    def _mostly_labels(self, cells: list[Cell]) -> bool:
        full = [c for c in cells if self.filled(c)]
        return bool(full) and sum(self.strong(c) for c in full) >= max(1, 0.5 * len(full))

    def _mostly_pairs(self, cells: list[Cell]) -> bool:
        """Say whether a row's cells hold labels with their answers: they answer no heading above them."""
        full = [c for c in cells if self.filled(c)]
        return len(full) > 1 and sum(self._has_pair_cell(c) for c in full) >= 0.6 * len(full)

    def _is_left(self, cells: list[Cell]) -> bool:
        """Say whether a row reads label, answer, label, answer."""
        return (
            len(cells) % 2 == 0
            and all(c.col in self.values for c in cells[1::2])
            and self.strong(cells[0])
            and not all(self.strong(c) for c in cells)
        )

    # Label and answer side by side

    def _left(self, cells: list[Cell]) -> None:
        at = 0
        while at < len(cells):
            cell = cells[at]
            following = cells[at + 1] if at + 1 < len(cells) else None
            if not self.filled(cell):
                at += 1
                continue
            self._side(cell)
            taken = self._ticks(cells, at) or self._comb(cells, at)
            if taken:
                at += taken
                continue
            if self._is_label_cell(cell, following):
                text = squash(cell.text)
                gap = following is not None and following.col > cell.col + cell.colspan
                if gap and following and following.col in self.labels - self.values:
                    self.f.settle()
                    self.f.add(text, self.known[cell.row, cell.col], Answer(), cell.place)
                    at += 1
                    continue
                if following is None:
                    self.f.run(cell.items, self.depth + 1)
                    at += 1
                    continue
                if self.strong(following) and following.col not in self.values and len(cells) > 2:
                    self.f.add(text, self.known[cell.row, cell.col], Answer(), cell.place)
                    at += 1
                    continue
                self._pair(cell, following)
                at += 2
                while at < len(cells) and self._goes_on(cells[at], cells, at):
                    at += 1
                continue
            self._inside(cell)
            at += 1

    def _comb(self, cells: list[Cell], at: int) -> int:
        """Read a name or a date written one letter to a box; return the cells taken."""
        boxes = []
        for other in cells[at + 1 :]:
            if len(other.text.strip()) > 1 or any(not isinstance(i, Text) for i in other.items):
                break
            boxes.append(other)
        letters = "".join(b.text.strip() for b in boxes)
        if len(letters) < 4 or sum(bool(b.text.strip()) for b in boxes[: len(letters)]) < len(
            letters
        ):
            return 0
        match = self.known[cells[at].row, cells[at].col]
        if match is None:
            return 0
        if re.fullmatch(r"\d{8}", letters):
            letters = f"{letters[:2]}/{letters[2:4]}/{letters[4:]}"
        self.f.settle()
        place = boxes[0].place
        self.f.add(
            squash(cells[at].text), match, Answer((Text(letters, place, sure=0.9),)), place, "comb"
        )
        return 1 + len(boxes)

    def _labels_below(self) -> bool:
        """Read a table whose labels stand under their answers, row under row."""
        rows = [self.rows[n] for n in self.order]
        if len(rows) < 2 or len(rows) % 2:
            return False
        told = [
            sum(self.known[c.row, c.col] is not None for c in row if self.filled(c))
            / max(1, len(row))
            for row in rows
        ]
        if not all(x <= 0.34 for x in told[::2]) or not all(x == 1 for x in told[1::2]):
            return False
        if any(len(row) < 2 for row in rows):
            return False
        for answers, labels in zip(rows[::2], rows[1::2], strict=True):
            for label in labels:
                above = next((c for c in answers if c.col == label.col), None)
                match = self.known[label.row, label.col]
                self.f.add(
                    squash(label.text),
                    match,
                    answer_of(above) if above else Answer(),
                    label.place,
                    "below",
                )
        return True

    def _quadrants(self, index: int, cells: list[Cell], filled: list[Cell]) -> int | None:
        """Read headings side by side, each over one cell that holds a whole section of lines."""
        below = self._cells(index + 1)
        heads = [(c, self.f.words.section(squash(c.text))) for c in filled]
        if len(filled) < 2 or len(below) != len(cells) or not all(name for _, name in heads):
            return None
        if any(len(self.units(c)) > 1 or ":" in c.text for c in filled):
            return None
        under = [next((c for c in below if c.col == h.col), None) for h, _ in heads]
        if not all(
            c is not None and len(self.units(c)) > 1 and self._has_pair_cell(c) for c in under
        ):
            return None
        for (head, name), cell in zip(heads, under, strict=True):
            if cell is None:
                continue
            self.f.settle()
            self.f.found.headings.append(squash(head.text))
            self.f.section, self.f.heading = name, squash(head.text)
            self.f.group += 1
            self.f.run(cell.items, self.depth + 1)
            self.f.settle()
        return index + 2

    def _ticks(self, cells: list[Cell], at: int) -> int:
        """Read "Looked after? | Yes [x] | No [ ]" and "[x] | Looked after"; return the cells taken."""
        cell = cells[at]
        boxes = []
        for other in cells[at + 1 :]:
            if len(other.text) > 25 or not (
                _chosen(other) or (self.filled(other) and _option(other))
            ):
                break
            boxes.append(other)
        marked = any(isinstance(i, Mark | Table) for i in cell.items)
        text = squash(cell.text)
        if not marked and text and len(boxes) > 1 and all(_option(b) for b in boxes) and (
            any(_chosen(b) for b in boxes) or len({_plain(b) for b in boxes}) == len(boxes)
        ):  # fmt: skip
            self.f.settle()
            items = tuple(i for b in boxes for i in _boxed(b, boxes))
            match = self.known[cell.row, cell.col]
            self.f.add(text, match, Answer(items), boxes[0].place, "ticks")
            return 1 + len(boxes)
        following = cells[at + 1] if at + 1 < len(cells) else None
        if (
            at % 2 == 0
            and len(cells) % 2 == 0
            and marked
            and _option(cell)
            and following is not None
            and not any(isinstance(i, Mark | Field | Table) for i in following.items)
            and 3 < len(squash(following.text)) < 120
            and not (at and self.strong(cells[at - 1]))
        ):
            label = squash(following.text)
            lone = not text
            self.f.settle()
            self.f.add(
                label,
                self.f.words.match(label),
                answer_of(cell),
                cell.place,
                "lone" if lone else "ticks",
            )
            return 2
        choice = _SEXES.fullmatch(text) and any(
            isinstance(i, Text) and i.styles & {"strike", "highlight"} for i in cell.items
        )
        if choice and not (following and self.filled(following) and not self.strong(following)):
            self.f.settle()
            self.f.add("Sex", self.f.words.match("Sex"), answer_of(cell), cell.place, "cell")
            return 1
        return 0

    def _inside(self, cell: Cell) -> None:
        """Read a cell that holds its label and, on the lines below it, its answer."""
        units = self.units(cell)
        first = units[0] if units and not isinstance(units[0], Table) else []
        words = squash(" ".join(i.text for i in first if isinstance(i, Text)))
        match = (
            self.f.words.match(words) if words and all(isinstance(i, Text) for i in first) else None
        )
        rest = [u for u in units[1:] if not isinstance(u, Table)]
        if (
            match is None
            and len(rest) == len(units) - 1
            and 1 <= len(rest) <= 3
            and self.in_cells
            and len(words) < 60
        ):
            self.f.settle()
            self.f.add(words, None, Answer(tuple(i for u in rest for i in u)), cell.place, "cell")
            return
        if (
            match is None
            or match.how not in Strong
            or not rest
            or len(rest) < len(units) - 1
            or (
                any(self._has_pair(u) for u in rest)
                or (self.f.colons(words) and self.f.colons(words)[0][2])
            )
        ):
            self.f.run(cell.items, self.depth + 1)
            self.f.settle()
            return
        self.f.settle()
        label: tuple[str, Match] = (words, match)
        gathered: list[Item] = []
        for unit in rest:
            text = squash(" ".join(i.text for i in unit if isinstance(i, Text)))
            again = self.f.words.match(text) if len(unit) == 1 and gathered else None
            if (
                again is not None
                and again.how in Strong
                and not VALUEISH.fullmatch(text)
                and again.field != label[1].field
            ):
                self.f.add(label[0], label[1], Answer(tuple(gathered)), cell.place, "cell")
                label, gathered = (text, again), []
            else:
                gathered.extend(unit)
        self.f.add(label[0], label[1], Answer(tuple(gathered)), cell.place, "cell")

    def _goes_on(self, cell: Cell, cells: list[Cell], at: int) -> bool:
        return not self.filled(cell)

    def _pair(self, cell: Cell, following: Cell) -> None:
        self.f.settle()
        label, match = squash(cell.text), self.known[cell.row, cell.col]
        inner = self.units(following)
        if inner and self._has_pair(inner[0], first=True) and not _free(match):
            section = self.f.section
            owner = self.f.words.section(label)
            self.f.section = owner or section
            self.f.group += 1
            self.f.run(following.items, self.depth + 1)
            self.f.settle()
            self.f.section = section
            return
        if any(isinstance(i, Table) for i in following.items):
            self.f.run(following.items, self.depth + 1)
        self.f.add(label, match, answer_of(following), following.place)

    def _has_pair(self, unit: list[Item] | Table, first: bool = False) -> bool:
        if isinstance(unit, Table) or any(isinstance(i, Mark) for i in unit):
            return False
        text = without_leaders(
            " ".join(
                i.text if isinstance(i, Text) else i.value for i in unit if not isinstance(i, Mark)
            )
        )
        pairs = self.f.colons(text)[: 1 if first else None]
        return any(m and m.how in Strong and (v or len(unit) > 1) for _, m, v in pairs)

    def _is_label_cell(self, cell: Cell, following: Cell | None) -> bool:
        if cell.col in self.values and cell.col > 0 and not self.strong(cell):
            return False
        if any(
            isinstance(i, Mark | Table) or (isinstance(i, Field) and i.value) for i in cell.items
        ):
            return False
        if self.strong(cell):
            return True
        text = squash(cell.text)
        if (
            self.numbered
            and following is not None
            and _NUMBERED_CELL.match(text)
            and len(text) < 120
        ):
            return True
        if not text or len(text) > 200 or self._has_pair_cell(cell):
            return False
        if following is None or (self.in_cells and len(self.units(cell)) > 1):
            return False
        structural = (
            text.endswith((":", "?", "*"))
            or _bold(cell)
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
            self._is_label_cell(row[0], row[1]) if place else False)  # fmt: skip

    def _has_pair_cell(self, cell: Cell) -> bool:
        found = self._pairs.get(id(cell))
        if found is None:
            found = self._pairs[id(cell)] = self._holds_pair(cell)
        return found

    def _holds_pair(self, cell: Cell) -> bool:
        units = self.units(cell)
        if any(self._has_pair(u) for u in units):
            return True
        if len(units) > 1 and not isinstance(units[0], Table):
            first = squash(" ".join(i.text for i in units[0] if isinstance(i, Text)))
            match = self.f.words.match(first)
            return match is not None and match.how in Strong
        return False


def _is_filled(cell: Cell) -> bool:
    return any(not isinstance(i, Text) or bool(i.text.strip()) for i in cell.items)


_NUMBERED_CELL = re.compile(r"\s*(?:[a-z]\)|\d{1,2}(?:\.\d{1,2})?[.)]?)\s+(?=[^\W\d])", re.I)
_TOTAL = re.compile(r"(?:grand |sub-?)?totals?\b|number of\b|count\b", re.I)
_DITTO = re.compile(r"[\"”“〃]|''|ditto|do\.|-\s?[\"”“]\s?-", re.I)
_CROSS = re.compile(r"[xX✓✔√]")
_SEXES = re.compile(r"(?:boy|girl|male|female|m|f)(?: ?/ ?(?:boy|girl|male|female|m|f))+", re.I)


def _option(cell: Cell) -> bool:
    """Say whether a cell holds boxes and no more words than their options."""
    words = [squash(i.text).strip(" .:/,;") for i in cell.items if isinstance(i, Text)]
    return all(not w or OPTION.fullmatch(w) for w in words)


def _plain(cell: Cell) -> str:
    return squash(cell.text).strip(" .:?").casefold()


def _chosen(cell: Cell) -> bool:
    """Say whether a cell holds a box or tick, or words that somebody set off from the others."""
    return any(
        isinstance(i, Mark) or (isinstance(i, Text) and i.styles & {"strike", "highlight"})
        for i in cell.items
    )


def _boxed(cell: Cell, among: list[Cell]) -> Iterator[Item]:
    """Yield one option of several; where the others carry a tick, one without any is unticked."""
    ticked = next((i for c in among for i in c.items if isinstance(i, Mark)), None)
    if ticked is None or any(isinstance(i, Mark) for i in cell.items):
        yield from answer_of(cell).items
        return
    first = any(isinstance(c.items[0], Mark) for c in among if c.items)
    box = Mark(False, ticked.how, cell.place)
    yield from (box, *_flat(cell.items)) if first else (*_flat(cell.items), box)


def _free(match: Match | None) -> bool:
    return match is not None and match.field in {
        "narrative",
        "actions_taken",
        "reason",
        "visit_outcome",
        "siblings",
    }


def _loud(cell: Cell) -> bool:
    return cell.header or cell.shaded or _bold(cell)


def _bold(cell: Cell) -> bool:
    texts = [i for i in cell.items if isinstance(i, Text) and i.text.strip()]
    return bool(texts) and all("bold" in t.styles or "heading" in t.styles for t in texts)


def answer_of(cell: Cell) -> Answer:
    return Answer(tuple(_flat(cell.items)))


def _flat(items: Iterable[Block]) -> Iterator[Item]:
    for item in items:
        if isinstance(item, Table):
            for cell in item.cells:
                yield from _flat(cell.items)
        else:
            yield item


def _ticked(cell: Cell) -> bool | None:
    """Return whether a cell under "Yes" or "No" is ticked; None when it is empty."""
    marks = [i for i in cell.items if isinstance(i, Mark)]
    if marks:
        return any(m.on for m in marks)
    text = squash(cell.text)
    if not text or is_no_value(text):
        return None
    return True
