"""One paragraph or line while it is being read: runs, controls and ticks in their order.

Word cuts a sentence into runs wherever somebody once paused; neighbours of equal style are one
run here. All items of one paragraph share one `Place.words`, which is how a reader of forms
tells "same line" from "next line". Prompts such as "Click or tap here to enter text" are empty
controls, whatever made them.
"""

from __future__ import annotations

import re

from parsers.documents import glyphs
from parsers.documents.model import Field, Mark, Place, Table, Text

Item = Text | Field | Mark | Table
PLAIN: frozenset[str] = frozenset()

_PROMPT = re.compile(
    r"\W*(?:"
    r"(?:please )?(?:click|tap)(?: or tap| or click)?(?: here| to (?:enter|add|choose|select|type)).*"
    r"|(?:click|tap) or (?:tap|click)\b.*"
    r"|(?:please )?(?:choose|select|pick) (?:an?|one|from|your|the) "
    r"(?:item|option|date|list|drop.?down|building block|value|answer|reason|one)s?\b.{0,30}"
    r"|(?:please )?(?:choose|select)(?: an?)?(?: item| one| option)?"
    r"|(?:please )?(?:enter|type|insert) (?:text|date|a date|name|here|your text|any content).{0,40}"
    r"|pick (?:a )?date"
    r"|-*\s*(?:please )?select\s*-*"
    r")\W*",
    re.IGNORECASE | re.DOTALL,
)
_PROMPT_STARTS = re.compile(
    r"\W*(?:please|click|tap|choose|select|pick|enter|type|insert)\b", re.IGNORECASE
)
_PLAIN_PROMPT = re.compile(r"\W*(?:click|tap|choose an item)\b", re.IGNORECASE)
_BLANK = " \t\n\r\u00a0\u2002\u2003\u2007\u2009\u200b\u200c\u200d\u200e\u200f\u202f\u2060\ufeff"


def is_prompt(text: str) -> bool:
    """Say whether a text is what a control shows before anybody answers."""
    if len(text) > 90 or not _PROMPT_STARTS.match(text):
        return False
    return _PROMPT.fullmatch(text.strip()) is not None


def is_blank(text: str) -> bool:
    """Say whether a text has nothing but spaces, of any width, in it."""
    return not text.strip(_BLANK)


class _Run:
    __slots__ = ("parts", "styles")

    def __init__(self, parts: list[str], styles: frozenset[str]) -> None:
        self.parts = parts
        self.styles = styles


class Line:
    """Collects what stands in one paragraph and gives it back as items of the model."""

    __slots__ = ("_pieces", "place", "tables")

    def __init__(self, place: Place) -> None:
        self.place = place
        self._pieces: list[_Run | Field | Mark] = []
        self.tables: list[Item] = []

    def add(self, text: str, styles: frozenset[str] = PLAIN) -> None:
        """Add words; they join the words before them if the styles are the same."""
        last = self._pieces[-1] if self._pieces else None
        if isinstance(last, _Run) and (last.styles == styles or not text.strip()):
            last.parts.append(text)
        else:
            self._pieces.append(_Run([text], styles))

    def put(self, item: Field | Mark) -> None:
        """Add a control or a tick."""
        self._pieces.append(item)

    def after(self, items: tuple[Item, ...] | list[Item]) -> None:
        """Keep blocks (a text box's) for the end of the paragraph to which they are anchored."""
        self.tables.extend(items)

    def items(self) -> list[Item]:
        """Return the paragraph's items in order, glyphs as marks, spaces at its edges gone."""
        pieces = self._pieces
        if not pieces:
            return self.tables
        found: list[Item] = []
        last = len(pieces) - 1
        if last == 0 and isinstance(pieces[0], _Run):
            text = "".join(pieces[0].parts).strip(_BLANK)
            if text:
                _words(text, pieces[0].styles, self.place, found, True)
            return found + self.tables if self.tables else found
        alone = all(isinstance(piece, _Run) for piece in pieces)
        for index, piece in enumerate(pieces):
            if not isinstance(piece, _Run):
                found.append(piece)
                continue
            text = "".join(piece.parts)
            if index == 0:
                text = text.lstrip(_BLANK)
            if index == last:
                text = text.rstrip(_BLANK)
            if text.strip(_BLANK):
                _words(text, piece.styles, self.place, found, alone)
        return found + self.tables if self.tables else found


def _words(text: str, styles: frozenset[str], place: Place, found: list[Item], alone: bool) -> None:
    if not glyphs.worth_a_look(text):
        found.append(Text(text, place, styles))
        return
    if _PLAIN_PROMPT.match(text) and is_prompt(text):
        found.append(Field("", place))
        return
    for piece in glyphs.split(text, alone):
        if isinstance(piece, tuple):
            found.append(Mark(piece[0], "glyph", place, sure=piece[1]))
        elif not is_blank(piece):
            found.append(Text(piece.strip(_BLANK), place, styles))
