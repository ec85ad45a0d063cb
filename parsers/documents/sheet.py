"""Workbooks and lists: .xlsx by its parts, .csv by its separator; a sheet is one table.

A date in a workbook is a number that only its style calls a date; it comes back in ISO form. A
formula comes back as the value stored beside it. What Excel shows as 8.2E+11 is left so: digits
that are gone cannot be guessed. Hidden sheets, rows and columns are left out and noted, since
hidden sheets are mostly the lists behind drop-downs, and hidden rows last term's pupils.

The parts are read with the same counting reader as Word's: a reader of whole workbooks would
inflate every part first.

Source: ECMA-376 part 1, 18 (SpreadsheetML), 18.8.30 for the built-in formats.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lxml import etree

from parsers.documents import limits
from parsers.documents.lines import Line, is_blank
from parsers.documents.model import Block, Cell, Document, Place, Table
from parsers.documents.parcel import Parcel
from parsers.documents.sniff import decode, delimiter_of
from parsers.documents.word_styles import attribute, local

_SHEETS = 50
_UNSEEN = 40  # rows and formulas told of; a longer list helps nobody
_BUILT_IN_DATES = frozenset({*range(14, 18), 22, *range(27, 32), *range(34, 37), *range(50, 59)})
_BUILT_IN_TIMES = frozenset({18, 19, 20, 21, 32, 33, 45, 46, 47})
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_LETTERS_OUT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_CELL_CHARACTERS = 32_767


def read_csv(data: bytes, name: str = "") -> Document:
    """Return a list kept as text, as one table.

    Raises:
        Unreadable: the bytes are no text.
        Refused: more than 5,000 rows.
    """
    limits.check_size(data)
    if len(data) > limits.TEXT_CHARACTERS:
        raise limits.Refused("the list is longer than 5 million characters")
    text = decode(data)
    if text is None:
        raise limits.Unreadable("the file is no text")
    text = text.lstrip("\ufeff")
    declared = re.match(r"sep=(.)\r?\n", text)
    if declared:
        text = text[declared.end() :]
    delimiter = declared[1] if declared else delimiter_of(text, name or "list.csv") or ","
    made = _Grid("line")
    try:
        rows = csv.reader(text.replace("\0", "").splitlines(keepends=True), delimiter=delimiter)
        number = 0
        for row in rows:
            if any(not is_blank(cell) for cell in row):
                for column, words in enumerate(row):
                    place = Place(f"row {number + 1}, column {column + 1}")
                    made.put(number, column, words, place)
                number += 1
    except csv.Error:
        raise limits.Unreadable("the list is damaged") from None
    table = made.table(Place("list"))
    return Document("csv", (table,) if table else (), notes=made.notes())


def read(data: bytes, *, format: str = "xlsx") -> Document:
    """Return a workbook's visible sheets, each as one table.

    Raises:
        Unreadable: damaged, or no workbook.
        Refused: over a limit, or hostile.
    """
    limits.begin()
    return _Workbook(Parcel(data)).document(format)


@dataclass(slots=True)
class _Grid:
    """Cells as they come; empty ones are never kept, and the used corner is found at the end."""

    name: str
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    wide: bool = False
    rows: set[int] = field(default_factory=set)
    room: list[int] = field(  # cells and characters left, for all sheets together
        default_factory=lambda: [limits.GRID_CELLS, limits.DOCUMENT_CHARACTERS]
    )

    def put(
        self, row: int, column: int, words: str, place: Place,
        styles: frozenset[str] = frozenset(), shaded: bool = False,
    ) -> None:  # fmt: skip
        if is_blank(words) or (row, column) in self.cells:
            return
        self.rows.add(row)
        words = words[:_CELL_CHARACTERS]
        self.room[0] -= 1
        self.room[1] -= len(words)
        if len(self.rows) > limits.GRID_ROWS or self.room[0] < 0:
            raise limits.Refused("a sheet has more than 5,000 rows or 25,000 cells")
        if self.room[1] < 0:
            raise limits.Refused("the sheets hold more than 2 million characters")
        line = Line(place)
        line.add(words, styles)
        self.cells[row, column] = Cell(row, column, tuple(line.items()), place, shaded=shaded)

    def beside(self, row: int, column: int) -> str:
        """Return the words left of an empty cell, or those at the head of its column."""
        left = self.cells.get((row, column - 1))
        above = [c for (r, col), c in self.cells.items() if col == column and r < row]
        head = min(above, key=lambda c: c.row, default=None)
        return " / ".join(c.text for c in (left, head) if c is not None)[:120]

    def table(
        self, place: Place, merged: dict[tuple[int, int], tuple[int, int]] | None = None,
        covered: frozenset[tuple[int, int]] = frozenset(),
    ) -> Table | None:  # fmt: skip
        """Return the used part of the grid; blank rows and columns inside it stay in place."""
        merged = merged or {}
        if not self.cells:
            return None
        rows = {row: index for index, row in enumerate(_closed(self.rows))}
        left = min(column for _, column in self.cells)
        found = []
        for (row, column), cell in sorted(self.cells.items()):
            if (row, column) in covered:
                continue
            at = column - left
            if at >= limits.GRID_COLUMNS:
                self.wide = True
                continue
            tall, broad = merged.get((row, column), (1, 1))
            found.append(
                Cell(rows[row], at, cell.items, cell.place,
                     max(1, min(tall, len(rows) - rows[row])),
                     max(1, min(broad, limits.GRID_COLUMNS - at)), False, cell.shaded)
            )  # fmt: skip
        if not found:
            return None
        height = max(cell.row + cell.rowspan for cell in found)
        width = max(cell.col + cell.colspan for cell in found)
        return Table(tuple(found), height, width, place)

    def notes(self) -> tuple[str, ...]:
        return ("Columns beyond the 64th were left out.",) if self.wide else ()


def _closed(rows: set[int]) -> list[int]:
    """Return the rows between first and last; gaps of more than 20 blank rows are closed up."""
    found: list[int] = []
    for row in sorted(rows):
        if found and row - found[-1] <= 20:
            found.extend(range(found[-1] + 1, row))
        found.append(row)
    return found


@dataclass(frozen=True, slots=True)
class _Style:
    kind: str = ""  # "", "date" or "time"
    flags: frozenset[str] = frozenset()
    shaded: bool = False


class _Workbook:
    def __init__(self, parcel: Parcel) -> None:
        self._parcel = parcel
        self._main = self._main_part()
        self._related = parcel.relations(self._main)
        self._strings = self._shared_strings()
        self._styles = self._cell_styles()
        self._from_1904 = False
        self._notes: list[str] = []
        self._unseen: list[tuple[str, str, Place]] = []
        self._room = [limits.GRID_CELLS, limits.DOCUMENT_CHARACTERS]

    def document(self, format: str) -> Document:
        root = limits.parse_xml(self._parcel.read(self._main))
        blocks: list[Block] = []
        number = 0
        for element in root.iter("{*}workbookPr"):
            self._from_1904 = attribute(element, "date1904") in ("1", "true")
        for element in root.iter("{*}sheet"):
            number += 1
            if number > _SHEETS:
                self._notes.append("Only the first 50 sheets were read.")
                break
            if (attribute(element, "state") or "visible") != "visible":
                self._notes.append(f"Sheet {number} is hidden; it was left out.")
                continue
            kind, target = self._related.get(_relation_id(element), ("", ""))
            if kind == "worksheet" and self._parcel.find(target):
                table = self._sheet(
                    target, (attribute(element, "name") or str(number))[:60], number
                )
                if table is not None:
                    blocks.append(table)
        notes = tuple(dict.fromkeys(self._notes))
        return Document(format, tuple(blocks), notes=notes, unseen=tuple(self._unseen[:_UNSEEN]))

    def _main_part(self) -> str:
        for kind, target in self._parcel.relations("").values():
            if kind == "officeDocument" and self._parcel.find(target):
                return target
        if self._parcel.find("xl/workbook.xml"):
            return "xl/workbook.xml"
        raise limits.Unreadable("the package holds no workbook")

    def _part(self, kind: str) -> etree._Element | None:
        for told, target in self._related.values():
            if told == kind and self._parcel.find(target):
                return limits.parse_xml(self._parcel.read(target))
        return None

    def _shared_strings(self) -> list[tuple[str, bool]]:
        root = self._part("sharedStrings")
        return [] if root is None else [_rich(item) for item in root]

    def _cell_styles(self) -> list[_Style]:
        root = self._part("styles")
        if root is None:
            return []
        formats: dict[int, str] = {}
        parts: dict[str, list[etree._Element]] = {}
        for group in root:
            parts[local(str(group.tag))] = list(group)
        for element in parts.get("numFmts", ()):
            formats[_int(attribute(element, "numFmtId"))] = attribute(element, "formatCode") or ""
        fonts = [_font(element) for element in parts.get("fonts", ())]
        fills = [_is_filled(element) for element in parts.get("fills", ())]
        found = []
        for element in parts.get("cellXfs", ()):
            number = _int(attribute(element, "numFmtId"))
            font, fill = _int(attribute(element, "fontId")), _int(attribute(element, "fillId"))
            found.append(
                _Style(_format_kind(number, formats.get(number)),
                       fonts[font] if font < len(fonts) else frozenset(),
                       fills[fill] if fill < len(fills) else False)
            )  # fmt: skip
        return found

    def _sheet(self, target: str, name: str, number: int) -> Table | None:
        root = limits.parse_xml(self._parcel.read(target))
        hidden = _hidden_columns(root)
        grid = _Grid(name, room=self._room)
        row_number = -1
        lost: list[tuple[int, int]] = []
        for row in root.iter("{*}row"):
            told = _int(attribute(row, "r"))
            row_number = told - 1 if told else row_number + 1
            if attribute(row, "hidden") in ("1", "true"):
                if any(True for _ in row.iter("{*}v", "{*}t")):
                    self._notes.append(f"Sheet {number} has hidden rows; they were left out.")
                    place = Place(f'sheet "{name}", row {row_number + 1}')
                    self._hide(row, number, place)
                continue
            column = -1
            for cell in row:
                column = _column(attribute(cell, "r"), column + 1)
                words = self._value(cell, number)
                if is_blank(words):
                    if _never_worked_out(cell):
                        lost.append((row_number, column))
                    continue
                if column in hidden:
                    self._notes.append(f"Sheet {number} has hidden columns; they were left out.")
                    continue
                style = self._style(cell)
                place = Place(f'sheet "{name}", cell {_letters(column)}{row_number + 1}')
                grid.put(row_number, column, words, place, style.flags, style.shaded)
        for at, column in lost[:_UNSEEN]:
            place = Place(f'sheet "{name}", cell {_letters(column)}{at + 1}')
            self._unseen.append((grid.beside(at, column), "a formula without its value", place))
        merged, covered = _merged(root)
        table = grid.table(Place(f'sheet "{name}"'), merged, covered)
        self._notes.extend(f"Sheet {number}: {note}" for note in grid.notes())
        return table

    def _hide(self, row: etree._Element, number: int, place: Place) -> None:
        if len(self._unseen) < _UNSEEN:
            words = [self._value(cell, number) for cell in row]
            self._unseen.append(("hidden row", " | ".join(w for w in words if w)[:300], place))

    def _style(self, cell: etree._Element) -> _Style:
        index = _int(attribute(cell, "s"))
        return self._styles[index] if index < len(self._styles) else _Style()

    def _value(self, cell: etree._Element, number: int) -> str:
        kind, value, inline = attribute(cell, "t") or "n", "", None
        for child in cell:
            match local(str(child.tag)):
                case "v":
                    value = child.text or ""
                case "is":
                    inline = child
        if inline is not None:
            return _rich(inline)[0]
        if not value:
            if _never_worked_out(cell):
                self._notes.append(f"Sheet {number} has formulas without a stored value.")
            return ""
        if kind == "s":
            index = _int(value)
            return self._strings[index][0] if index < len(self._strings) else ""
        if kind == "b":
            return "TRUE" if value in ("1", "true") else "FALSE"
        if kind == "d":
            return value.removesuffix("T00:00:00").removesuffix("T00:00:00.000")
        if kind != "n":
            return value
        return self._shown(value, self._style(cell).kind)

    def _shown(self, value: str, kind: str) -> str:
        """Return a number as a person reads it: a date in ISO form, a whole number without .0"""
        try:
            number = float(value)
        except ValueError:
            return value
        if kind and 0 <= number < 2_958_466:
            return _dated(number, kind, self._from_1904)
        if number.is_integer() and abs(number) < 1e15 and "e" not in value.casefold():
            return str(int(number))
        if "e" in value.casefold() or len(value) < 16:
            return value
        return repr(round(number, 10))


def _never_worked_out(cell: etree._Element) -> bool:
    """Say whether a cell holds a formula without the value that Excel stores beside it."""
    told = {local(str(child.tag)): child.text for child in cell}
    return "f" in told and not told.get("v") and attribute(cell, "t") != "str"


def _relation_id(element: etree._Element) -> str:
    for key, value in element.attrib.items():
        if str(key).endswith("}id"):
            return str(value)
    return ""


def _rich(item: etree._Element) -> tuple[str, bool]:
    """Return a string's words without its phonetic reading."""
    words = []
    for child in item:
        name = local(str(child.tag))
        if name == "t":
            words.append(child.text or "")
        elif name == "r":
            words.extend(inner.text or "" for inner in child if local(str(inner.tag)) == "t")
    return _escaped("".join(words)), len(words) > 1


def _escaped(words: str) -> str:
    """Undo `_x000D_`, which is how the format writes control characters."""
    if "_x" not in words:
        return words
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)).replace("\r", ""), words)


def _font(element: etree._Element) -> frozenset[str]:
    names = {"b": "bold", "i": "italic", "strike": "strike", "u": "underline"}
    return frozenset(
        names[local(str(child.tag))] for child in element
        if local(str(child.tag)) in names and attribute(child, "val") not in ("0", "false", "none")
    )  # fmt: skip


def _is_filled(element: etree._Element) -> bool:
    for pattern in element:
        if attribute(pattern, "patternType") in (None, "none"):
            continue
        colours = [attribute(child, "rgb") or "theme" for child in pattern
                   if local(str(child.tag)) == "fgColor"]  # fmt: skip
        return not any(colour.upper() in ("FFFFFFFF", "00FFFFFF") for colour in colours)
    return False


def _format_kind(number: int, code: str | None) -> str:
    if code is None:
        if number in _BUILT_IN_DATES:
            return "date"
        return "time" if number in _BUILT_IN_TIMES else ""
    bare = _LETTERS_OUT.sub("", code).casefold().split(";")[0]
    if "general" in bare:
        return ""
    if re.search(r"[dy]|m(?!.*[hs])", bare):
        return "date"
    return "time" if re.search(r"h|s", bare) else ""


def _dated(number: float, kind: str, from_1904: bool) -> str:
    """Return a day number as an ISO date, with its time if it has one.

    Excel counts a 29 February 1900 that never was, so its days before March 1900 are one off.
    """
    start = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)
    if not from_1904 and number < 60:
        start += timedelta(days=1)
    moment = start + timedelta(seconds=round(number * 86_400))
    if kind == "time" and number < 1:
        return moment.strftime("%H:%M")
    if moment.hour == moment.minute == moment.second == 0:
        return moment.date().isoformat()
    return moment.isoformat(sep=" ", timespec="minutes")


def _hidden_columns(root: etree._Element) -> frozenset[int]:
    found: set[int] = set()
    for element in root.iter("{*}col"):
        if attribute(element, "hidden") in ("1", "true"):
            first, last = _int(attribute(element, "min")), _int(attribute(element, "max"))
            found.update(range(max(0, first - 1), min(last, 16_384)))
    return frozenset(found)


def _merged(
    root: etree._Element,
) -> tuple[dict[tuple[int, int], tuple[int, int]], frozenset[tuple[int, int]]]:
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    covered: set[tuple[int, int]] = set()
    for element in root.iter("{*}mergeCell"):
        ends = list(_cells_named(attribute(element, "ref") or ""))
        if len(ends) != 2 or len(spans) > limits.GRID_ROWS:
            continue
        (top, left), (bottom, right) = ends
        tall, broad = bottom - top + 1, right - left + 1
        if tall < 1 or broad < 1:
            continue
        spans[top, left] = (min(tall, limits.GRID_ROWS), min(broad, limits.GRID_COLUMNS))
        if tall * broad <= 1_000 and len(covered) < limits.GRID_CELLS:
            covered.update(
                (row, column) for row in range(top, bottom + 1)
                for column in range(left, right + 1) if (row, column) != (top, left)
            )  # fmt: skip
    return spans, frozenset(covered)


def _cells_named(reference: str) -> Iterator[tuple[int, int]]:
    for letters, row in _REFERENCE.findall(reference):
        yield int(row) - 1, _column(letters, 0)


def _column(reference: str | None, otherwise: int) -> int:
    letters = re.match(r"\$?([A-Za-z]{1,3})", reference or "")
    if not letters:
        return otherwise
    number = 0
    for letter in letters[1].upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _letters(column: int) -> str:
    found, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(65 + rest) + found
    return found


def _int(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 10 else 0
