"""The last table of an old Word file (.doc), read from the file's own pieces.

LibreOffice drops a table that nothing follows, not even the empty paragraph that Word puts there:
all its cells become one line. Programs other than Word make such files, LibreOffice among them. So
a file that ends with a table has that table read here. Merged cells, ticks of form fields and looks
(bold, struck out) are not: it is the second way, and the document says so.

A cell ends with the character 7, and so does a row; only the paragraph's properties tell which.

Source: MS-DOC 2.4.1 (retrieving text), 2.8.25 (Clx), 2.9.175 (PapxFkp), 2.6.2 (sprmPFInTable, sprmPFTtp).
"""

from __future__ import annotations

import io
import re
import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from parsers.documents import limits
from parsers.documents.lines import Item, Line, is_blank
from parsers.documents.model import Cell, Place, Table

_PAGE = 512
_ROW_END = struct.pack("<HB", 0x2417, 1)
_IN_TABLE = struct.pack("<HB", 0x2416, 1)
_CELL, _FIELD, _RESULT, _FIELD_END = "\x07", "\x13", "\x14", "\x15"
_PARAGRAPH = re.compile("[\r\x0c\x07]")
_SIGNS = str.maketrans({"\x0b": "\n", "\x1e": "-", "\x1f": "", "\xa0": " ", "\x01": "", "\x08": ""})
_PIECES = 20_000


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    offset: int
    wide: bool


def last_table(data: bytes, number: int) -> Table | None:
    """Return the table that ends a document, called table `number`; None if none does.

    None as well if the file is damaged or of before 1997: what the conversion made of it stands.
    """
    try:
        pieces = _Pieces(data)
        if not pieces.text.endswith(_CELL):
            return None
        rows = _rows(pieces)
    except Exception:  # olefile and struct let many kinds through
        return None
    return _table(rows, number) if rows else None


class _Pieces:
    """The main text of a file, and where its rows end."""

    def __init__(self, data: bytes) -> None:
        import olefile

        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            self._words = ole.openstream("WordDocument").read()
            flags = struct.unpack_from("<H", self._words, 0x0A)[0]
            with ole.openstream("1Table" if flags & 0x0200 else "0Table") as stream:
                self._table = stream.read()
        if flags & 0x0100:
            raise limits.Unreadable("the file is encrypted")
        self._pieces = list(self._found())
        self._starts = [piece.start for piece in self._pieces]
        length = struct.unpack_from("<I", self._words, 0x4C)[0]
        self.text = "".join(self._text(piece) for piece in self._pieces)[:length]
        self._ends: dict[int, bytes] = dict(self._paragraphs())

    def _found(self) -> Iterator[_Piece]:
        at, size = struct.unpack_from("<II", self._words, 0x01A2)
        end = at + size
        while at < end and self._table[at] == 1:  # properties that pieces share
            at += 3 + struct.unpack_from("<H", self._table, at + 1)[0]
        size = struct.unpack_from("<I", self._table, at + 1)[0]
        count = min((size - 4) // 12, _PIECES)
        at += 5
        places = struct.unpack_from(f"<{count + 1}I", self._table, at)
        at += 4 * ((size - 4) // 12 + 1)
        for n in range(count):
            coded = struct.unpack_from("<I", self._table, at + 8 * n + 2)[0]
            wide = not coded & 0x40000000
            offset = coded & 0x3FFFFFFF
            yield _Piece(places[n], places[n + 1], offset if wide else offset // 2, wide)

    def _text(self, piece: _Piece) -> str:
        size = piece.end - piece.start
        if not 0 <= size <= limits.TEXT_CHARACTERS:
            raise limits.Unreadable("the file is damaged")
        data = self._words[piece.offset : piece.offset + size * (2 if piece.wide else 1)]
        text: str = data.decode("utf-16-le" if piece.wide else "cp1252", "replace")
        return text.ljust(size)[:size]

    def _paragraphs(self) -> Iterator[tuple[int, bytes]]:
        """Yield where in the stream each paragraph ends, and its properties."""
        at, size = struct.unpack_from("<II", self._words, 0x0102)
        count = min((size - 4) // 8, _PIECES)
        pages = struct.unpack_from(f"<{count}I", self._table, at + 4 * ((size - 4) // 8 + 1))
        for number in pages:
            page = self._words[_PAGE * number : _PAGE * (number + 1)]
            if len(page) < _PAGE:
                continue
            runs = page[-1]
            ends = struct.unpack_from(f"<{runs + 1}I", page, 0)
            for n in range(runs):
                where = 2 * page[4 * (runs + 1) + 13 * n]
                words = page[where] or page[where + 1]
                start = where + (1 if page[where] else 2)
                yield ends[n + 1], page[start : start + 2 * words] if where else b""

    def ending(self, place: int) -> bytes:
        """Return the properties of the paragraph that ends with the character at a place."""
        at = bisect_right(self._starts, place) - 1
        piece = self._pieces[at]
        end = piece.offset + (place - piece.start + 1) * (2 if piece.wide else 1)
        return self._ends.get(end, b"")


def _rows(pieces: _Pieces) -> list[list[list[Item]]]:
    """Return the rows of the last table, from its first paragraph that stands in a cell."""
    rows: list[list[list[Item]]] = []
    row: list[list[Item]] = []
    cell: list[Item] = []
    at = 0
    for found in _PARAGRAPH.finditer(pieces.text):
        words, at = pieces.text[at : found.start()], found.end()
        properties = pieces.ending(found.start())
        if found[0] == _CELL and _ROW_END in properties:
            rows.append(row)
            row, cell = [], []
        elif found[0] == _CELL:
            row.append([*cell, *_items(_shown(words))])
            cell = []
        elif _IN_TABLE in properties:
            cell.extend(_items(_shown(words)))
        else:
            rows, row, cell = [], [], []
    return [r for r in rows if r][: limits.GRID_ROWS]


def _shown(words: str) -> str:
    """Return words without the codes of fields, which stand before what the fields show."""
    if _FIELD in words:
        words = re.sub(
            f"{_FIELD}[^{_FIELD}{_RESULT}{_FIELD_END}]*(?:{_RESULT}|(?={_FIELD_END}))", "", words
        )
    return words.replace(_FIELD_END, "").translate(_SIGNS)


def _items(words: str) -> list[Item]:
    line = Line(Place(""))
    if not is_blank(words):
        line.add(words)
    return line.items()


def _table(rows: list[list[list[Item]]], number: int) -> Table:
    where = f"table {number}"
    cells: list[Cell] = []
    for r, row in enumerate(rows):
        for c, items in enumerate(row[: limits.GRID_COLUMNS]):
            name = f"{where}, row {r + 1}, cell {c + 1}"
            cells.append(Cell(r, c, tuple(_placed(items, name)), Place(name)))
    wide = max(len(row) for row in rows)
    return Table(tuple(cells), len(rows), min(wide, limits.GRID_COLUMNS), Place(where))


def _placed(items: list[Item], name: str) -> Iterator[Item]:
    """Yield a cell's items with their places, one for each paragraph."""
    paragraph, last = 0, None
    for item in items:
        if item.place is not last:
            paragraph, last = paragraph + 1, item.place
        words = name if paragraph == 1 else f"{name}, paragraph {paragraph}"
        yield replace(item, place=Place(words))
