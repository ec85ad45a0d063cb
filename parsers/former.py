"""Answers about what was before, and questions about a brother that name nobody: told, and never taken.

A stranger lets "Previous address" compete with "Current address", and makes a brother called Yes of
"Sibling 1 also missing? Yes".

Source: docs/reading.md, "whose it is".
"""

from __future__ import annotations

import re
from dataclasses import replace

from parsers.pairs import Pair
from parsers.vocabulary import Match
from parsers.words import squash

_FORMER = re.compile(r"\W*(?:previous|former|old|earlier|prior|past)\b", re.I)
_BEFORE = re.compile(r"\bbefore (?:this|that)(?: one| school| setting)?\W*$", re.I)
_NOW = re.compile(r"\W*(?:current|present|home|new|his|her|their)\b|\W*address\W*$", re.I)
_PLAINLY = re.compile(r"\W*(?:yes|no|y|n)\W*", re.I)


def aside(pairs: list[Pair]) -> list[Pair]:
    """Return the pairs; those that ask for what was before are outside where another asks what is now."""
    living = any(_asks(p, "address") and _NOW.match(p.label) for p in pairs)
    school = any(_asks(p, "school_name") for p in pairs)
    return [_outside(p) if _is_aside(p, living, school) else p for p in pairs]


def _asks(pair: Pair, field: str) -> bool:
    return (
        pair.match is not None and pair.match.field == field and bool(squash(pair.answer.written))
    )


def _is_aside(pair: Pair, living: bool, school: bool) -> bool:
    if pair.match is None:
        if pair.section == "office":  # an answer that the office's own part has no label for
            return bool(squash(pair.answer.written))
        return school and _BEFORE.search(pair.label) is not None
    if pair.match.field == "address":
        return living and _FORMER.match(pair.label) is not None
    return pair.match.field == "siblings" and pair.match.how != "exact" and (
        _PLAINLY.fullmatch(squash(pair.answer.written)) is not None)  # fmt: skip


def _outside(pair: Pair) -> Pair:
    found = pair.match or Match("outside", 1.0, "exact")
    return replace(pair, match=replace(found, field="outside", owner=None), section="other")
