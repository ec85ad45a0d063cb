"""Whom a sentence is about: the child, or a sister, a friend, another child of the same name; and what was not so.

What a stranger would get wrong: "his sister is back in school" brings nobody back; "his aunt's address" is not his;
"we thought he had started, but that was a different boy" is no start.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from parsers.prose.names import WORD

_KIN = r"(?:(?:half|step)[- ]?)?(?:brother|sister|sibling|cousin|friend|aunt(?:ie|y)?|uncle|nephew|niece|classmate|neighbour)"
_OF_KIN = re.compile(
    rf"^\W*(?:(?i:and|but|also|meanwhile|however|so|please note|fyi)[ ,:]+)*(?:(?i:his|her|their|the child['’]s|one of (?:his|her))|{WORD}['’]s?)(?: (?:\w+ )?(?:older|younger|elder|big|little|twin|best|baby))? (?i:{_KIN})(?:['’]s)?\b"
)
_TELLS = re.compile(
    r"\b(?:says?|said|told|tells|thinks?|thought|believes?|reports?|reported|confirm\w*|rang|phoned|called|emailed|wrote|heard|saw|knows?|mentioned|explained|has been told)\b",
    re.I,
)
# "Miss Dobbs has left us": a teacher, unless a child goes with her.
_STAFF = re.compile(
    rf"^\W*(?:Mr|Mrs|Ms|Miss|Mx|Dr)\.? {WORD}(?: {WORD})? (?:has|is|was|will|left|joined|started)\b"
)
_WITH_A_CHILD = re.compile(
    r"\b(?:with|him|her|them|child(?:ren)?|family|son|daughter|boys?|girls?|kids|taken|took)\b",
    re.I,
)
_HIMSELF = re.compile(rf"\b(?:he|she), ({WORD}),")
_NOT_SO = re.compile(
    r"\b(?:we|i|they|school|staff) (?:had |all |originally |first |initially )?(?:thought|assumed|believed|understood)\b|\b(?:this|that|which|it) (?:was|is|has been|turned out(?: to be)?) (?:wrong|not true|untrue|incorrect|a mistake|mistaken|not the case|a different|another|an error|not (?:him|her|them))\b"
    r"|\bdifferent (?:child|pupil|boy|girl|family|[A-Z]\w+)\b|\bmistaken identity\b|\bin error\b|\bby mistake\b|\bturned out (?:not|to be (?:false|wrong|another))\b",
)


def of_another(sentence: str, forenames: Collection[str]) -> bool:
    """Say whether a sentence tells of somebody else than the children called `forenames`."""
    himself = _HIMSELF.search(sentence)
    if himself and himself[1] not in forenames:
        return True
    if (
        _STAFF.match(sentence)
        and not _WITH_A_CHILD.search(sentence)
        and not _TELLS.search(sentence)
    ):
        return True
    match = _OF_KIN.match(sentence)
    if match is None:
        return False
    rest = sentence[match.end() :]
    spoken = any(re.search(rf"\b{re.escape(name)}\b", rest) for name in forenames)
    return not (_TELLS.search(rest) or spoken or re.search(r"\b(?:also|too|both|neither)\b", rest))


def not_so(sentence: str) -> bool:
    """Say whether a sentence takes back what it tells: thought at first, another child's, done in error."""
    return _NOT_SO.search(sentence) is not None
