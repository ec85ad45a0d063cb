"""Unique pupil numbers: mending how people type them, and the check letter.

Thirteen characters: a check letter, the authority (3), the school (4), the year (2) and a serial
(3); a temporary number ends in a letter. python-stdnum is not used: it refuses numbers of
authorities created since 2011, mends nothing and cannot tell a temporary number.

Source: Government Data Standards Catalogue, Unique Pupil Number 2.0 (docs/sources.md).
"""

from __future__ import annotations

import re
from typing import Literal

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"  # no I, O, S
_SHAPE = re.compile(r"[A-Z][0-9]{11}[0-9A-Z]")
_DIGITS = str.maketrans("OILSB", "01158")


def canonical(raw: str) -> str | None:
    """Return the thirteen characters with O/0, I/1, S/5 and B/8 mended, or None when it is no UPN by shape."""
    bare = re.sub(r"[^0-9A-Za-z]", "", raw).upper()
    if len(bare) != 13:
        return None
    last = bare[12] if bare[12] not in "OILS" else bare[12].translate(_DIGITS)
    mended = bare[0] + bare[1:12].translate(_DIGITS) + last
    return mended if _SHAPE.fullmatch(mended) else None


def kind(upn: str) -> Literal["permanent", "temporary"] | None:
    """Return which kind a canonical UPN is, or None when its check letter is wrong."""
    if not _SHAPE.fullmatch(upn) or upn[0] not in LETTERS:
        return None
    last = upn[12]
    if last.isalpha() and last not in LETTERS:
        return None
    values = [int(c) for c in upn[1:12]] + [LETTERS.index(last) if last.isalpha() else int(last)]
    total = sum(value * position for position, value in enumerate(values, start=2))
    if LETTERS[total % 23] != upn[0]:
        return None
    return "temporary" if last.isalpha() else "permanent"
