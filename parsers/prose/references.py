"""The council's references in an email, and an email about several cases taken apart at them.

What a stranger would get wrong: an EWO answers for four cases in one email, a line for each; read as one, the
first family's new address becomes everybody's.
"""

from __future__ import annotations

import re

SHAPE = r"[A-Z]{2,6}-\d{4}-\d+"
REFERENCE = re.compile(rf"\b{SHAPE}\b")
_BEGINS = re.compile(
    r"^[ \t]*(?:(?:[-•*·▪–]|\d{1,2}[.)]|(?i:re|ref|case|our ref|your ref)[ .:]*)[ \t]*)*"
    rf"\(?(?P<ref>{SHAPE})\b",
    re.M,
)


def parts(text: str) -> list[tuple[str, str]]:
    """Return (reference, the words about it) for each reference that begins a line; none for fewer than two.

    The words keep their line numbers. What stands before the first reference is about none of them.
    """
    begun = list(_BEGINS.finditer(text))
    if len({m["ref"] for m in begun}) < 2:
        return []
    found = []
    for number, match in enumerate(begun):
        end = begun[number + 1].start() if number + 1 < len(begun) else len(text)
        above = "\n" * text.count("\n", 0, match.start())
        words = re.sub(r"^[\s)\]:,;–—-]+", "", text[match.end() : end])
        if words.strip():
            found.append((match["ref"], above + words))
    return found
