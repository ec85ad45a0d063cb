"""Tick glyphs: which characters are boxes and ticks, in which font, and whether they are on.

A stranger would read the letter "þ" as a letter; in Wingdings it is a ticked box. And "●" is a
bullet on most pages but half of a pair of radio buttons on some, so circles count only beside
their opposite or when a line has two of them.

Source: the character maps of Wingdings, Wingdings 2 and Webdings; Unicode blocks 2600, 2700, 1F5xx.
"""

from __future__ import annotations

import re

_OFF = "☐□▢◻⬜❏❐❑❒🗆⬚◽▫"
_ON = "☑☒✓✔✗✘✅❌✕✖🗹🗷🗸🗶🗵⊠⍻☓🗴"
_CROSSES = "✗✘❌✕✖☓🗴🗶"  # a cross is a tick on most forms and a "no" on a few
_ROUND_OFF = "○◯⭘⚪"
_ROUND_ON = "●◉⦿⬤⚫🔘"
_SQUARE_ON = "■◼⬛▣◾"

_ALWAYS = _OFF + _ON
_SOMETIMES = _ROUND_OFF + _ROUND_ON + _SQUARE_ON
_BRACKETS = r"\[\s?[xX✓✔√]\s?\]|\(\s?[xX✓✔√]\s?\)|\[[ _\u00a0]{0,3}\]|\([ \u00a0]{1,3}\)"
_ANY = re.compile(f"[{_ALWAYS}{_SOMETIMES}]|{_BRACKETS}")
_PRIVATE = re.compile("[\uf000-\uf0ff]")
_VARIATION = re.compile("[\ufe0e\ufe0f]")
_LONE_TICK = re.compile(r"\s*(?:[xX√]|\[\s*[xX]\s*\])\s*")
_OPTIONS = r"(?:yes|no|n/?a|not known|unknown|male|female|y|n|m|f)"
_TYPED = re.compile(
    rf"\s*(?:{_OPTIONS}[ \t:.\-_]*(?:[xX√](?![\w]))?[ \t,;/|]*){{2,6}}\s*", re.IGNORECASE
)
_TYPED_TICK = re.compile(r"(?<=[\s:.\-_])[xX√](?!\w)")

# The private copies that Word writes (F0xx) are taken down to their low byte first.
_FONTS: dict[str, dict[int, bool]] = {
    "wingdings": {
        0xFC: True, 0xFE: True, 0xFD: True, 0xFB: True, 0x78: True,
        0x6F: False, 0x70: False, 0x71: False, 0x72: False, 0xA8: False, 0x6E: True,
    },
    "wingdings 2": {
        0x4F: True, 0x50: True, 0x51: True, 0x52: True, 0x53: True, 0x54: True, 0x55: True,
        0x56: True, 0xA3: False, 0x2A: False, 0x30: False, 0xA2: True,
    },
    "webdings": {0x61: True, 0x72: True, 0x63: False, 0x67: True},
    "symbol": {0xD6: True},
    "marlett": {0x61: True, 0x62: True, 0x72: True},
}  # fmt: skip
SYMBOL_FONTS = frozenset({*_FONTS, "wingdings 3"})


def is_symbol_font(font: str | None) -> bool:
    """Say whether a font draws pictures in place of letters."""
    return font is not None and font.casefold() in SYMBOL_FONTS


def symbol(font: str | None, code: int) -> bool | None:
    """Return whether a symbol font's character is a box that is on or off; None if it is neither."""
    low = code - 0xF000 if 0xF000 <= code <= 0xF0FF else code
    return _FONTS.get((font or "wingdings").casefold(), {}).get(low)


def private(text: str) -> bool:
    """Say whether a text holds characters of the range in which symbol fonts are kept."""
    return not text.isascii() and _PRIVATE.search(text) is not None


def state(glyph: str) -> tuple[bool, float]:
    """Return whether a glyph or a bracket pair is on, and how surely that is what it means."""
    if glyph[0] in "[(":
        return bool(glyph[1:-1].strip(" _\u00a0")), 0.97
    if glyph in _CROSSES:
        return True, 0.85
    return glyph in _ON or glyph in _ROUND_ON or glyph in _SQUARE_ON, 1.0


def split(text: str, alone: bool = True) -> list[str | tuple[bool, float]]:
    """Return a text as words and ticks in their order; words come back as they were.

    A lone "x" is a tick, and so is an "x" beside one of a line's options ("Yes x  No"); but
    between controls it is a word ("2 x 3"), which `alone` tells.
    """
    if "\ufe0f" in text or "\ufe0e" in text:
        text = _VARIATION.sub("", text)
    if alone and _LONE_TICK.fullmatch(text):
        return [(True, 0.93)]
    if len(text) < 60 and _TYPED.fullmatch(text) and _TYPED_TICK.search(text):
        return _cut(text, list(_TYPED_TICK.finditer(text)), typed=True)
    found = list(_ANY.finditer(text))
    if not found:
        return [text]
    kept = [match for match in found if match[0] not in _SOMETIMES]
    loose = [match for match in found if match[0] in _SOMETIMES]
    if len(loose) > 1 or any(match[0] in "□☐▢◻⬜" for match in kept):
        kept = found
    return _cut(text, kept) if kept else [text]


def _cut(
    text: str, found: list[re.Match[str]], typed: bool = False
) -> list[str | tuple[bool, float]]:
    pieces: list[str | tuple[bool, float]] = []
    at = 0
    for match in found:
        if match.start() > at:
            pieces.append(text[at : match.start()])
        pieces.append((True, 0.9) if typed else state(match[0]))
        at = match.end()
    if at < len(text):
        pieces.append(text[at:])
    return pieces


def worth_a_look(text: str) -> bool:
    """Say cheaply whether a text may hold ticks or a control's prompt."""
    return _MAYBE.search(text) is not None


def is_tick(character: str) -> bool:
    """Say whether one character is a box or a tick of its own, in any font."""
    return character in _ALWAYS


_MAYBE = re.compile(
    f"[{_ALWAYS}{_SOMETIMES}√]"
    r"|[\[(][\s_xX✓✔√]{0,3}[\])]|(?<!\w)[xX](?!\w)|[Cc]lick|[Tt]ap\b|[Cc]hoose|CLICK|TAP\b|CHOOSE"
)
