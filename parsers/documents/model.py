"""The neutral document: what every format becomes before any form is looked for.

Formats know nothing of forms and forms nothing of formats; this is all that passes
between them. Nothing is flattened to a line of text, since a line cannot say which
column a tick stood in. Each piece keeps its place, so that a person can be shown the spot.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stood.

    `words` is for people ("table 2, row 1, cell 2"; "page 1, line 4"; "field Text7").
    `page` counts from 1; `box` is (left, top, right, bottom) in points from the page's top
    left corner. Both are None where the format has no pages of its own.
    `method` says how it was read: text, control, widget, ocr, ink.
    """

    words: str
    page: int | None = None
    box: Box | None = None
    method: str = "text"


@dataclass(frozen=True, slots=True)
class Text:
    """A run of words. `styles` holds any of bold, italic, heading, strike, highlight, underline."""

    text: str
    place: Place
    styles: frozenset[str] = frozenset()
    sure: float = 1.0  # below 1 only where the letters themselves are doubtful (OCR)


@dataclass(frozen=True, slots=True)
class Field:
    """A control that says what it is: content control, form field, widget, XFA leaf, comment.

    `label` is its own caption or tooltip, if it has one; `value` is "" when it was left empty
    (a placeholder is empty). For kind "tick" use `Mark` instead.
    """

    value: str
    place: Place
    label: str | None = None
    kind: Literal["text", "date", "choice"] = "text"
    name: str | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A tick box or what serves as one. `on` is None when its state cannot be told.

    `how`: glyph, control, legacy, widget, ink, strike, highlight. `label` is its own tooltip,
    if any; the caption printed beside it is an ordinary `Text` next to it.
    """

    on: bool | None
    how: str
    place: Place
    label: str | None = None
    name: str | None = None
    sure: float = 1.0


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid; `row` and `col` count from 0; merged cells appear once."""

    row: int
    col: int
    items: tuple[Text | Field | Mark | Table, ...]
    place: Place
    rowspan: int = 1
    colspan: int = 1
    header: bool = False
    shaded: bool = False
    _text: str | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def text(self) -> str:
        """The cell's words and control values, one line an item; marks are left out."""
        if self._text is not None:
            return self._text
        text = "\n".join([t for t in map(words_of, self.items) if t])
        object.__setattr__(self, "_text", text)  # worked out once; a reader asks many times
        return text


@dataclass(frozen=True, slots=True)
class Table:
    cells: tuple[Cell, ...]
    rows: int
    cols: int
    place: Place


Block = Text | Field | Mark | Table


@dataclass(frozen=True, slots=True)
class Document:
    """One document in reading order.

    `format` is what the bytes are (docx, doc, rtf, odt, xlsx, csv, html, pdf, acroform, xfa,
    scan, image, text), whatever the file's name says. `ocr` is true when any of it was read
    from a picture. `notes` are remarks for the officer (headers, footers and comments are blocks).
    `unseen` is what the file holds and nobody sees who opens it (a filtered row, a formula that was
    never worked out), each with the words it stands beside: never read, always told.
    """

    format: str
    blocks: tuple[Block, ...]
    pages: int = 0
    ocr: bool = False
    notes: tuple[str, ...] = field(default=())
    unseen: tuple[tuple[str, str, Place], ...] = ()

    def text(self) -> str:
        """Return every word in reading order, a line a block, for searching."""
        return "\n".join(t for t in (words_of(block) for block in self.blocks) if t)


def words_of(item: Text | Field | Mark | Table) -> str:
    """Return the words of an item; a mark has none."""
    match item:
        case Text():
            return item.text
        case Field():
            return item.value
        case Table():
            return "\n".join(words for cell in item.cells if (words := cell.text))
        case _:
            return ""


def walk(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Yield every block, then what stands in its cells, depth first."""
    for block in blocks:
        yield block
        if isinstance(block, Table):
            for cell in block.cells:
                yield from walk(cell.items)
