"""Which lines are headings: said by their style, their number, or words that open a section.

Source: docs/reading.md, "layouts".
"""

from __future__ import annotations

import re

from parsers.pairs import Strong, numbered
from parsers.vocabulary import Vocabulary
from parsers.words import tokens

# What makes a loud line a question rather than a heading over other questions.
ASKS = re.compile(
    r"[?:]\s*$|\b(?:names?|dates?|address|number|phone|telephone|e-?mail|when|who|where|why|what|which|how|reasons?|relationship)\b",
    re.I,
)


def is_heading(words: Vocabulary, text: str, styles: frozenset[str]) -> bool:
    if len(text) > 90 or re.search(r"\d{2}/\d{2}|@", text):
        return False
    person = numbered(text)
    if person is not None and person.number:
        return True
    label, _, answer = text.partition(":")
    asked = words.match(label) if answer.strip() else None
    if asked is not None and asked.how in Strong:
        return False
    section = words.section(text)
    if section is None:
        return False
    loud = bool(styles & {"bold", "heading", "underline"}) or (text.isupper() and len(text) > 3)
    loud = (
        loud
        or re.match(r"^\s*(?:section|part)\s+\w{1,2}\b|^\s*[A-Z\d]{1,2}[.)]\s", text, re.I)
        is not None
    )
    titled = tokens(text) in words.sections
    known = words.match(text)
    if known and known.how in Strong and not (titled and loud):
        return known.how == "grammar" and loud and not ASKS.search(text)
    return loud or (titled and len(text) < 45)
