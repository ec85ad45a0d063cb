"""The words of a PDF page, each with its box and the look of its font.

PDFium gives letters; words that stand beside each other in one style become one token, cut where a
standing rule or a tick's glyph parts them. Symbol fonts (Wingdings, ZapfDingbats) give ticks.

Source: ISO 32000-1, 9 (text) and annex D.6 (ZapfDingbats).
"""

from __future__ import annotations

import ctypes
import math
import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from parsers.documents import glyphs
from parsers.documents.model import Box, Mark, Place
from parsers.documents.page import Page, Rule, Token, union
from parsers.documents.page_rules import merged
from parsers.documents.pdf_view import View

CHARACTERS = 20_000
Address = ctypes.c_void_p
# PDFium's own functions by their addresses, since its wrappers check each argument each time. They
# are short, so the interpreter's lock is kept.
_loose_box = ctypes.PYFUNCTYPE(ctypes.c_int, Address, ctypes.c_int, Address)(
    ctypes.cast(raw.FPDFText_GetLooseCharBox, Address).value or 0
)
_text_object = ctypes.PYFUNCTYPE(Address, Address, ctypes.c_int)(
    ctypes.cast(raw.FPDFText_GetTextObject, Address).value or 0
)
_DINGBATS = {
    0x33: True, 0x34: True, 0x35: True, 0x36: True, 0x37: True, 0x38: True,
    0x6E: True, 0x6F: False, 0x70: False, 0x71: False, 0x72: False,
}  # fmt: skip


class _Font:
    __slots__ = ("bold", "italic", "name", "symbol")

    def __init__(self, name: str, weight: int, stroked: bool) -> None:
        plain = name.split("+", 1)[-1]
        folded = plain.casefold()
        self.bold = (
            any(w in folded for w in ("bold", "black", "heavy", "demi")) or weight >= 600 or stroked
        )
        self.italic = "italic" in folded or "oblique" in folded
        family = re.sub(r"[-,].*$", "", folded).replace("mt", "").strip()
        family = re.sub(r"(?<=wingdings)\s*(?=\d)", " ", family).strip()
        self.name = family
        self.symbol = glyphs.is_symbol_font(family) or family in ("zapfdingbats", "itczapfdingbats")

    def state(self, code: int) -> bool | None:
        if "dingbats" in self.name:
            return _DINGBATS.get(code)
        return glyphs.symbol(self.name, code)


def words_of(text: pdfium.PdfTextPage, view: View, page: Page, apart: bool = False) -> int:
    """Put the page's words, with their boxes, into `page`; return how many letters there are.

    Words that stand beside each other in one style become one token, unless they are to be kept
    `apart` since small boxes are drawn among them.
    """
    count = raw.FPDFText_CountChars(text.raw)
    if count <= 0:
        return 0
    letters = _characters(text.raw, min(count, CHARACTERS))
    reader = _Letters(text.raw, letters, view)
    walls = _Walls(page.standing)
    runs = [found.span() for found in _RUN.finditer(letters)]
    owners = [reader.owner(start) for start, _ in runs]
    owners.append(-1)
    tokens, number = page.tokens, 0
    plain = letters.isascii() and "\x02" not in letters
    open_token: Token | None = None
    for n, (start, end) in enumerate(runs):
        number += end - start
        box = first = reader.box(start)
        font = closing = reader.font(owners[n], start)
        word = letters[start:end]
        odd = font.symbol or (not plain and glyphs.private(word))
        if end - start > 1:
            last = reader.box(end - 1)
            # A text object's letters stand together, so one that begins the next word ends this.
            if owners[n + 1] != owners[n]:
                closing = reader.font(reader.owner(end - 1), end - 1)
            odd = odd or closing.symbol or font.bold != closing.bold
            odd = odd or last[1] > first[3] + 1 or last[0] < first[0] - 1
            box = (
                first[0], min(first[1], last[1]), max(first[2], last[2]), max(first[3], last[3]),
            )  # fmt: skip
        if odd or walls.between(box[0] + 1.5, box[2] - 1.5, (box[1] + box[3]) / 2):
            tokens.extend(_lettered(reader, start, end, walls))
            open_token = None
            continue
        cleaned = word if plain else _clean(word)
        if not cleaned:
            continue
        loose = apart or (not word.isalnum() and _BLANKS.search(word) is not None)
        if open_token is not None and not loose and _beside(open_token, box, font, walls):
            old = open_token.box
            open_token.text += " " + cleaned
            open_token.box = (old[0], min(old[1], box[1]), box[2], max(old[3], box[3]))
            continue
        token = Token(box, cleaned, font.bold, font.italic, lead=box[2])
        tokens.append(token)
        open_token = None if loose else token
    return number


def quarters(text: pdfium.PdfTextPage, view: View) -> int:
    """Return by how many quarters, clockwise, a page must be turned for its words to be level."""
    count = raw.FPDFText_CountChars(text.raw)
    if count < 20:
        return 0
    a, b, c, d, _, _ = view.matrix
    seen = [0, 0, 0, 0]
    for at in range(0, min(count, CHARACTERS), max(1, count // 40)):
        angle = raw.FPDFText_GetCharAngle(text.raw, at)
        if angle >= 0:
            x, y = math.cos(angle), -math.sin(angle)  # PDFium counts them clockwise
            way = math.atan2(b * x + d * y, a * x + c * y)  # downwards is positive
            seen[round(way / (math.pi / 2)) % 4] += 1
    most = max(range(4), key=lambda n: seen[n])
    return -most % 4 if seen[most] > 0.8 * sum(seen) else 0


_BLANKS = re.compile(r"[_.…·\-]{2}|…|^\W+$")


def _beside(token: Token, box: Box, font: _Font, walls: _Walls) -> bool:
    """Say whether a word goes on where a token of its style ends, only a space between."""
    old = token.box
    return (
        -1 <= box[0] - old[2] <= max(4.0, 0.6 * (box[3] - box[1]))
        and abs(box[1] - old[1]) < 0.5
        and abs(box[3] - old[3]) < 0.5
        and token.bold == font.bold
        and token.italic == font.italic
        and not walls.between(old[2] - 1, box[0] + 1, (box[1] + box[3]) / 2)
    )


class _Walls:
    """Standing rules, by their places from left to right."""

    __slots__ = ("ats", "rules")

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = sorted(merged(rules), key=lambda r: r.at)
        self.ats = [r.at for r in self.rules]

    def between(self, left: float, right: float, y: float) -> bool:
        begin = bisect_right(self.ats, left)
        if begin == len(self.ats) or self.ats[begin] >= right:
            return False
        for rule in self.rules[begin:]:
            if rule.at >= right:
                return False
            if rule.start <= y <= rule.end:
                return True
        return False


def _characters(handle: Any, count: int) -> str:
    """Return one character for each of PDFium's, so that places in the string are its indexes."""
    buffer = (ctypes.c_ushort * (count + 1))()
    got = raw.FPDFText_GetText(handle, 0, count, buffer)
    text = bytes(buffer)[: 2 * max(0, got - 1)].decode("utf-16-le", "replace")
    if len(text) == count:
        return text
    made = []
    for i in range(count):
        code = raw.FPDFText_GetUnicode(handle, i)
        made.append(chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd")
    return "".join(made)


_RUN = re.compile(r"[^\s\u00a0\u2000-\u200b\u3000\x00]+")


def _clean(text: str) -> str:
    if text.isascii() and "\x02" not in text:
        return text
    # PDFium writes its own signs where a hyphen ends a line.
    return (
        text.replace("\x02", "-")
        .replace("\ufffe", "-")
        .replace("\u00ad", "-")
        .translate(_LIGATURES)
    )


_LIGATURES = str.maketrans({
    "ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "\ufeff": "", "\u200b": "",
})  # fmt: skip


class _Letters:
    """A page's letters with their boxes and fonts, asked of PDFium without new objects."""

    __slots__ = ("_at", "_fonts", "_handle", "_rect", "_straight", "_view", "handle", "text")

    def __init__(self, handle: Any, text: str, view: View) -> None:
        self.handle = handle
        self.text = text
        self._view = view
        self._handle = ctypes.cast(handle, Address).value
        self._rect = (ctypes.c_float * 4)()  # left, top, right, bottom
        self._at = ctypes.addressof(self._rect)
        self._fonts: dict[int, _Font] = {}
        a, b, c, d, _, _ = view.matrix
        self._straight = a > 0 > d and b == c == 0

    def box(self, index: int) -> Box:
        if not _loose_box(self._handle, index, self._at):
            return 0.0, 0.0, 0.0, 0.0
        left, top, right, bottom = self._rect
        if self._straight and left <= right and bottom <= top:
            a, _, _, d, e, f = self._view.matrix
            return a * left + e, d * top + f, a * right + e, d * bottom + f
        return self._view.to_view(left, bottom, right, top)

    def owner(self, index: int) -> int:
        """Return the text object a letter belongs to; 0 if PDFium made the letter up."""
        return _text_object(self._handle, index) or 0

    def font(self, owner: int, index: int) -> _Font:
        known = self._fonts.get(owner)
        if known is None:
            known = self._fonts[owner] = self._face(index)
        return known

    def _face(self, index: int) -> _Font:
        buffer = ctypes.create_string_buffer(128)
        flags = ctypes.c_int()
        raw.FPDFText_GetFontInfo(self.handle, index, buffer, 128, flags)
        thing = raw.FPDFText_GetTextObject(self.handle, index)
        mode = raw.FPDFTextObj_GetTextRenderMode(thing) if thing else 0
        name = buffer.value.decode("utf-8", "replace")
        return _face(name, raw.FPDFText_GetFontWeight(self.handle, index), mode == 2)


@lru_cache(maxsize=256)
def _face(name: str, weight: int, stroked: bool) -> _Font:
    return _Font(name, weight, stroked)


def _lettered(reader: _Letters, start: int, end: int, walls: _Walls) -> list[Token]:
    """Return a run of letters as the tokens that a rule, a tick or a turn inside it makes of it."""
    made: list[Token] = []
    open_word = False
    for i in range(start, end):
        font, box = reader.font(reader.owner(i), i), reader.box(i)
        sign = reader.text[i]
        if font.symbol or "\uf000" <= sign <= "\uf0ff":
            state = font.state(ord(sign))
            if state is None and glyphs.is_tick(sign):
                state = glyphs.state(sign)[0]
            if state is not None:
                made.append(Token(box, item=Mark(state, "glyph", Place(""))))
            open_word = False
            continue
        letter = _clean(sign)
        last = made[-1] if made else None
        if last is not None and open_word:
            y = (box[1] + box[3]) / 2
            middle = (last.box[2] + box[0]) / 2
            near = max(2.0, (box[0] - last.box[2]) / 2 + 1)
            cut = (
                box[1] > last.box[3]
                or box[0] < last.box[0] - 2
                or walls.between(middle - near, middle + near, y)
            )
            if not cut and font.bold == last.bold:
                last.text += letter
                last.box = union((last.box, box))
                continue
            made.append(Token(box, letter, font.bold, font.italic, glued=not cut))
        else:
            made.append(Token(box, letter, font.bold, font.italic))
        open_word = True
    return [t for t in made if t.item is not None or t.text]
