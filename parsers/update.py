"""What an email says in plain words: what changed, and a referral told as a story.

placeholder
"""
from __future__ import annotations
from collections.abc import Sequence
from datetime import date
from parsers.documents.model import Document
from parsers.reading import Reading, Signal
from parsers.vocabulary import Vocabulary
def read(text: str, path: str, *, on: date, attached: bool, document: Document, words: Vocabulary) -> list[Reading]:
    return []
def signals(text: str, path: str, covering: bool = False) -> tuple[Signal, ...]:
    return ()
