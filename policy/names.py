"""Names as people write them: folded, split, and compared without taking twins for one child.

Phonetic likeness finds candidates and never counts as agreement: Hassan and Hussain sound alike by every
code, and so do many twins. Muhammad in front of another forename is taken off, else half of all
brothers would agree. Lists here are our own and small; officers' answers are the honest measure.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

import jellyfish
from anyascii import anyascii
from rapidfuzz.distance import OSA, JaroWinkler

from policy.names_data import FORENAMES, MUHAMMAD, PARTICLES, SHORT_FORMS, TITLES

Level = Literal[
    "exact", "variant", "near", "near_two_names", "initial", "part", "different", "missing"
]


@lru_cache(maxsize=200_000)
def fold(text: str) -> str:
    """Return a name in plain lower-case letters; apostrophes go, hyphens and dots become blanks."""
    plain = anyascii(text).lower()
    plain = re.sub(r"['`’‘\"]", "", plain)
    return re.sub(r"[^a-z]+", " ", plain).strip()


@lru_cache(maxsize=200_000)
def tokens(text: str) -> tuple[str, ...]:
    """Return the parts of a name that tell people apart: particles and titles left out."""
    parts = fold(text).split()
    told = tuple(p for p in parts if p not in PARTICLES and p not in TITLES)
    return told or tuple(parts)


@lru_cache(maxsize=200_000)
def joined(text: str) -> str:
    """Return a name as one word, so that "Al Khatib", "Al-Khatib" and "Alkhatib" are equal."""
    return fold(text).replace(" ", "")


@lru_cache(maxsize=200_000)
def given(forename: str, middle: str = "") -> tuple[str, ...]:
    """Return the forenames that count, in order; a leading Muhammad gives way to the next one."""
    parts = tokens(f"{forename} {middle}")
    if len(parts) > 1 and parts[0] in MUHAMMAD:
        return parts[1:]
    return parts


def one_apart(a: str, b: str) -> bool:
    """Return True when two words differ by one letter, or two neighbours exchanged."""
    return abs(len(a) - len(b)) <= 1 and OSA.distance(a, b, score_cutoff=1) <= 1


def short_form(a: str, b: str) -> bool:
    """Return True when one is a usual short form of the other."""
    return b in SHORT_FORMS.get(a, ()) or a in SHORT_FORMS.get(b, ())


def like(a: str, b: str) -> bool:
    """Return True when two words could be one word misspelt or written in another alphabet's way."""
    if one_apart(a, b):
        return min(len(a), len(b)) >= 3
    if min(len(a), len(b)) < 5:
        return False
    return OSA.distance(a, b, score_cutoff=2) <= 2 and JaroWinkler.similarity(a, b) >= 0.88


def compare_forenames(
    a: tuple[str, ...], b: tuple[str, ...], known_as: frozenset[str] = frozenset()
) -> Level:
    """Return how far two children's forenames agree. `known_as` are names that either form gives."""
    if not a or not b:
        return "missing"
    if a[0] == b[0] or "".join(a) == "".join(b):
        return "exact"
    if a[0] in MUHAMMAD and b[0] in MUHAMMAD:
        return "exact"
    if a[0] in MUHAMMAD or b[0] in MUHAMMAD:
        return "different"
    if len(a[0]) == 1 or len(b[0]) == 1:
        return "initial" if a[0][0] == b[0][0] else "different"
    if a[0] in known_as or b[0] in known_as:
        return "variant"
    if a[0] in b[1:] or b[0] in a[1:]:
        return "part"
    if like(a[0], b[0]):
        return "near_two_names" if _both_borne(a[0], b[0]) else "near"
    if short_form(a[0], b[0]):
        return "initial"  # a dictionary's short form alone is no agreement: Elsie and Alice are twins too
    return "different"


def _both_borne(a: str, b: str) -> bool:
    """True unless exactly one of the two is a name we know: then the other is its misspelling."""
    return (a in FORENAMES) == (b in FORENAMES)


def compare_surnames(a: str, b: str) -> Level:
    """Return how far two surnames agree; one half of a double-barrelled name is "part"."""
    one, two = tokens(a), tokens(b)
    if not one or not two:
        return "missing"
    if one == two or joined(a) == joined(b) or sorted(one) == sorted(two):
        return "exact"
    if set(one) & set(two):
        return "part"
    return "near" if like("".join(one), "".join(two)) else "different"


def compare_people(a: tuple[str, ...], b: tuple[str, ...]) -> Literal["same", "other", "missing"]:
    """Return whether two forms name a common parent (full name, order of parents free)."""
    one = {frozenset(tokens(p)) for p in a if len(tokens(p)) >= 2}
    two = {frozenset(tokens(p)) for p in b if len(tokens(p)) >= 2}
    if not one or not two:
        return "missing"
    return "same" if any(len(x & y) >= 2 for x in one for y in two) else "other"


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """Return a code under which misspelt forms of a name usually meet; for finding only."""
    return jellyfish.metaphone(word)[:6]
