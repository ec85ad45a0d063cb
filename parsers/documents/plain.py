"""Plain words: text files, typed forms in a message's body, and lists drawn with bars.

A line is a paragraph here, named "line n". Rows of bars ("| Surname | Thornbury |") are a table,
and so are the +---+ boxes some systems draw. XML that is no document of an office program is
read leaf by leaf, each a control named by its tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import etree

from parsers.documents import limits
from parsers.documents.lines import Item, Line, is_blank
from parsers.documents.model import Cell, Document, Field, Place, Table
from parsers.documents.sniff import decode
from parsers.documents.word_styles import local

_LINES = 50_000
_LEAVES = 5_000


def read(data: bytes) -> Document:
    """Return a text file's lines and tables.

    Raises:
        Unreadable: the bytes are no text.
    """
    limits.check_size(data)
    if len(data) > limits.TEXT_CHARACTERS:
        raise limits.Refused("the text is longer than 5 million characters")
    text = decode(data)
    if text is None:
        raise limits.Unreadable("the file is no text")
    return read_text(text)


def read_text(text: str) -> Document:
    """Return the lines and tables of words that are already decoded, such as a message's body."""
    lines = text.lstrip("\ufeff").splitlines()
    if len(lines) > _LINES:
        raise limits.Refused("the text has more than 50,000 lines")
    blocks: list[Item] = []
    at = tables = 0
    while at < len(lines):
        end = _table_end(lines, at)
        if end > at:
            tables += 1
            blocks.append(_table(lines[at:end], at, tables))
            at = end
            continue
        line = Line(Place(f"line {at + 1}"))
        line.add(lines[at].expandtabs(4) if "\t" not in lines[at].strip() else lines[at])
        blocks.extend(line.items())
        at += 1
    return Document("text", tuple(blocks))


def _table_end(lines: Sequence[str], at: int) -> int:
    """Return where a table of bars that begins here ends; `at` itself if none begins."""
    if not (_is_row(lines[at]) or _is_rule(lines[at])):
        return at
    end, rows, width = at, 0, 0
    while end < len(lines) and (_is_row(lines[end]) or _is_rule(lines[end])):
        if not _is_rule(lines[end]):
            columns = len(_columns(lines[end]))
            if rows and columns != width:
                break
            rows, width = rows + 1, columns
        end += 1
    return end if rows >= 2 and width >= 2 else at


def _is_row(line: str) -> bool:
    stripped = line.strip()
    return stripped.count("|") >= (2 if stripped.startswith("|") else 1) and len(stripped) < 5_000


def _is_rule(line: str) -> bool:
    return (
        len(line) < 1_000
        and line.strip()[:1] in ("|", "+", "-", "=")
        and (re.fullmatch(r"[\s|+:=_-]{4,}", line) is not None)
    )


def _columns(line: str) -> list[str]:
    return [part.strip() for part in line.strip().strip("|").split("|")]


def _table(lines: Sequence[str], first: int, number: int) -> Table:
    cells: list[Cell] = []
    row = 0
    headed = any(_is_rule(line) for line in lines[1:-1])
    for offset, line in enumerate(lines):
        if _is_rule(line):
            continue
        for column, words in enumerate(_columns(line)[: limits.GRID_COLUMNS]):
            place = Place(f"table {number}, row {row + 1}, cell {column + 1}, line "
                          f"{first + offset + 1}")  # fmt: skip
            inner = Line(place)
            inner.add(words.replace("**", ""), frozenset({"bold"}) if "**" in words else
                      frozenset())  # fmt: skip
            cells.append(Cell(row, column, tuple(inner.items()), place, header=headed and row == 0))
        row += 1
    width = max(cell.col for cell in cells) + 1
    return Table(tuple(cells), row, width, Place(f"table {number}, line {first + 1}"))


def read_xml(root: etree._Element) -> Document:
    """Return an XML file's leaves as controls, each labelled with its tag or its name."""
    blocks = tuple(_leaves(root))
    if not blocks:
        raise limits.Unreadable("the file holds no words")
    return Document("xml", blocks)


def _leaves(root: etree._Element) -> Iterator[Item]:
    count = 0
    for element in root.iter():
        words = element.text or ""
        if len(element) or is_blank(words):
            continue
        count += 1
        if count > _LEAVES:
            raise limits.Refused("the file has more than 5,000 values")
        named = element if element.get("name") else element.getparent()
        label = named.get("name") if named is not None else None
        name = local(str(element.tag))
        spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", name)
        yield Field(words.strip(), Place(f"element {count}", method="control"),
                    label or spaced, "text", name)  # fmt: skip
