"""What is denied, doubted or only wished for: "has not returned", "if he is found", "unless she moves"."""

from __future__ import annotations

import re

_BEFORE = re.compile(
    r"(?:n['’]t|\bnot|\b(?:never|no|nor|neither|unless|until|whether|without|unable|cannot|hoping|hope|expect(?:ed)? to be|yet to|refused to|if|nobody|no one|nothing))\b[^.;!?\n]{0,28}$",
    re.I,
)
_IF = re.compile(
    r"\b(?:if|whether|unless|until|in case|should (?:he|she|they)|when|once|might|may)\b[^.;!?\n]{0,60}$",
    re.I,
)
_IF_AFTER = re.compile(
    r"[^.;!?\n]{0,90}\b(?:if|unless) (?:he|she|they|the|we|no|not|mum|dad|parents?)\b", re.I
)
_TURNED = re.compile(r"[,;]|\b(?:but|and|however|though|although)\b", re.I)


def denied(text: str, at: int) -> bool:
    """Say whether what stands at `at` of a sentence is denied by the words before it."""
    before = text[max(0, at - 60) : at]
    match = _BEFORE.search(before)
    if match is None:
        return False
    # "no answer, neighbour says moved": the denial ends with its clause
    return not _TURNED.search(before[match.start() :])


def doubted(text: str, at: int) -> bool:
    """Say whether what stands at `at` hangs on an "if", a "when" or a "might"."""
    before = text[max(0, at - 70) : at]
    match = _IF.search(before)
    if match is None and _IF_AFTER.match(text[at:]):
        return True
    return match is not None and not re.search(
        r",\s.*\b(?:he|she|they|we|i)\b", before[match.start() :], re.I
    )
