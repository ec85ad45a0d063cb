"""What stood in a table or a form's field and found no question: told, never dropped in silence.

However a table is judged, a cell may be left between two readings of it. Here every filled cell is
looked for among the labels, answers, headings and enquiries that were found; what is in none of
them is told to the officer beside the words to its left.

Source: docs/contract.md, `unread`; docs/reading.md, "layouts".
"""

from __future__ import annotations

import re

from parsers.documents.model import Document, Field, Mark, Place, Table, walk
from parsers.pairs import OPTION, Found
from parsers.words import is_no_value, squash

_MOST = 40  # told of one document; a longer list helps nobody


def untold(document: Document, found: Found) -> list[tuple[str, str, Place]]:
    """Return each cell's words that nothing took up, with the words left of it and its place.

    What was typed into a form's field outside tables comes first, with the field's own caption or name.
    What the file holds and does not show comes last.
    """
    whole, joined = _told(found)
    lost = [
        ((item.label or item.name or "")[:120], squash(item.value), item.place)
        for item in document.blocks
        if isinstance(item, Field) and not _field_told(item, whole, joined)
    ]
    for block in walk(document.blocks):
        if not isinstance(block, Table) or len({c.row for c in block.cells}) > 300:
            continue
        left: dict[int, str] = {}
        for cell in sorted(block.cells, key=lambda c: (c.row, c.col)):
            text = _plain(cell.text)
            before, left[cell.row] = left.get(cell.row, ""), squash(cell.text)
            alone = cell.colspan >= block.cols or not before
            if alone or not text or is_no_value(cell.text) or len(text) > 300:
                continue
            if any(isinstance(item, Table | Mark) for item in cell.items):
                continue
            if text in whole or (len(text) > 3 and text in joined):
                continue
            if OPTION.fullmatch(text) and any(f" {text} " in f" {words} " for words in whole):
                continue  # one of the options of an answer
            if not _taken_apart(text, whole):
                lost.append((before[:120], squash(cell.text), cell.place))
    return [*lost, *document.unseen][:_MOST]


def _field_told(item: Field, whole: set[str], joined: str) -> bool:
    """Say whether a field's value is told, or says nothing, or is too long to be told beside it."""
    text = _plain(item.value)
    if not text or is_no_value(item.value) or len(text) > 300 or text in whole:
        return True
    return (len(text) > 3 and text in joined) or _taken_apart(text, whole)


def _taken_apart(text: str, whole: set[str]) -> bool:
    """Say whether a cell's words are all told, its label and its answer each for itself."""
    for piece in sorted((w for w in whole if w and w in text), key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(piece)}\b", " ", text)
    return len(re.sub(r"\W", "", text)) < 3


def _told(found: Found) -> tuple[set[str], str]:
    words = [w for p in found.pairs for w in (p.label, p.answer.raw, p.answer.written)]
    words += [a.raw for e in found.enquiries for a in e.columns.values()]
    words += [t.text for t in found.loose] + found.headings + found.asides
    plain = [_plain(w) for w in words]
    return set(plain), "\n".join(plain)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().casefold()
