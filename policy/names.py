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

from policy.forenames import FORENAMES
from policy.names_data import (
    KEYBOARD,
    MUHAMMAD,
    ONE_NAME,
    ONE_SOUND,
    PARTICLES,
    SHORT_FORMS,
    SPELLINGS,
    TITLES,
)  # fmt: skip

VOWELS = frozenset("aeiouy")
Level = Literal[
    "exact",
    "variant",
    "spelling",
    "near",
    "near_two_names",
    "initial",
    "part",
    "alike",
    "different",
    "missing",
]


@lru_cache(maxsize=200_000)
def fold(text: str) -> str:
    """Return a name in plain lower-case letters; apostrophes go, hyphens and dots become blanks."""
    plain = _letters(anyascii(text).lower())
    plain = re.sub(r"['`’‘\"]", "", plain)
    return re.sub(r"[^a-z]+", " ", plain).strip()


_FIGURE = re.compile(r"(?<=[a-z])[0158](?=[a-z])")


def _letters(plain: str) -> str:
    """Read a scanner's figures between letters as letters: Su1eyman, Beth1ehem, M1na."""
    if not any(c in plain for c in "0158"):
        return plain

    def read(found: re.Match[str]) -> str:
        around = plain[found.start() - 1], plain[found.end()]
        if found[0] == "1":
            return "l" if any(c in VOWELS for c in around) else "i"
        return {"0": "o", "5": "s", "8": "b"}[found[0]]

    return _FIGURE.sub(read, plain)


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
    """Return the forenames that count, in order; a leading Muhammad gives way to the next forename.

    A middle name does not take its place: a twin may be called by what is his brother's middle name.
    """
    first = tuple("muhammad" if muhammad(t) else t for t in tokens(forename))
    if len(first) > 1 and first[0] in MUHAMMAD:
        first = first[1:]
    return (*first, *tokens(middle))


def one_apart(a: str, b: str) -> bool:
    """Return True when two words differ by one letter, or two neighbours exchanged."""
    return abs(len(a) - len(b)) <= 1 and OSA.distance(a, b, score_cutoff=1) <= 1


@lru_cache(maxsize=200_000)
def muhammad(word: str) -> bool:
    """Return True for any spelling of Muhammad, mistyped ones too: it never tells two brothers apart."""
    if word in MUHAMMAD:
        return True
    if len(word) < 6 or word[0] != "m" or word in FORENAMES:
        return False
    return any(len(m) >= 6 and one_apart(word, m) for m in MUHAMMAD)


def short_form(a: str, b: str) -> bool:
    """Return True when one is a usual short form of the other."""
    return b in SHORT_FORMS.get(a, ()) or a in SHORT_FORMS.get(b, ())


def alike(a: str, b: str) -> bool:
    """Return True when two forenames may be one badly written or cut short; only ever a reason to ask."""
    short, long = sorted((a, b), key=len)
    if len(short) < 3:
        return False
    if long.startswith(short) or long.endswith(short):
        return True  # Bea and Beatrix, Seun and Oluwaseun
    if short[:4] == long[:4] and len(short) >= 5:
        return True  # Clemmie and Clementine
    if a in FORENAMES and b in FORENAMES:
        return False  # Hassan and Hussain
    return JaroWinkler.similarity(a, b) >= 0.88 or (
        len(short) >= 4 and short[0] == long[0] and OSA.distance(a, b, score_cutoff=2) <= 2
    )


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
    if a[0] in MUHAMMAD and b[0] in MUHAMMAD:
        return _after_muhammad(a[1:], b[1:])
    if a[0] == b[0] or "".join(a) == "".join(b):
        return "exact"
    if a[0] in MUHAMMAD or b[0] in MUHAMMAD:
        return "part" if a[0] in b[1:] or b[0] in a[1:] else "different"
    if len(a[0]) == 1 or len(b[0]) == 1:
        return "initial" if a[0][0] == b[0][0] else "different"
    if a[0] in known_as or b[0] in known_as:
        return "variant"
    if a[0] in b[1:] or b[0] in a[1:]:
        return "part"
    if one_name(a[0], b[0]):
        return "spelling"
    if like(a[0], b[0]):
        return "near" if _is_slip(a[0], b[0]) else "near_two_names"
    if short_form(a[0], b[0]):
        return "initial"  # a dictionary's short form alone is no agreement: Elsie and Alice are twins too
    return "alike" if alike(a[0], b[0]) else "different"


@lru_cache(maxsize=200_000)
def one_name(a: str, b: str) -> bool:
    """Return True when two words are one name as two alphabets or offices spell it: no family gives both."""
    if b in ONE_NAME.get(a, ()):
        return True
    if a + a[-1:] == b or b + b[-1:] == a or (a in FORENAMES and b in FORENAMES):
        return False  # a name with its last letter twice is a slip, or a twin's
    if (
        len(a) == len(b) >= 5
        and (a[0], a[-1]) == (b[0], b[-1])
        and sorted(a) == sorted(b)
        and one_apart(a, b)
    ):
        return True  # two neighbours exchanged: nobody calls a twin so
    return min(len(a), len(b)) >= 3 and bool(_spellings(a) & _spellings(b))


@lru_cache(maxsize=50_000)
def _spellings(word: str) -> frozenset[str]:
    """Return what a word comes to once long vowels and doubled letters are made one.

    And, read as Somali is written: Xasan is Hasan, Cali is Ali, Jaamac is Jama.
    """
    somali = re.sub(r"c(?![hk])", "", word.replace("x", "h"))
    told = set()
    for way in (word, somali) if word[:1] in "xc" or "x" in word or "aa" in word else (word,):
        way = re.sub(r"ee(?![aeiou])", "i", way)  # Andreea and Andreeia are two
        for written, sound_of in ONE_SOUND:
            way = way.replace(written, sound_of)
        told.add(re.sub(r"(.)\1+", r"\1", way))
    return frozenset(t for t in told if len(t) >= 2)


def compare_middle(a: tuple[str, ...], b: tuple[str, ...], other: frozenset[str]) -> str:
    """Return same, initial, other or missing for the names after the first.

    `other` are words that either form gives in another place, as where a father's name is the surname to one office
    and a middle name to another: those contradict nothing.
    """
    one, two = ([t for t in names if t not in other] for names in (a, b))
    if not one or not two:
        return "missing"
    if any(
        x == y or (len(x) > 1 < len(y) and (like(x, y) or one_name(x, y))) for x in one for y in two
    ):
        return "same"
    if any(x[0] == y[0] and 1 in (len(x), len(y)) for x in one for y in two):
        return "initial"
    return "other"


def _after_muhammad(a: tuple[str, ...], b: tuple[str, ...]) -> Level:
    """Brothers may all be called Muhammad: the next name tells them apart, if both forms give one."""
    if not a and not b:
        return "exact"
    if not a or not b:
        return "part"
    return "exact" if a[0] == b[0] else compare_forenames(a, b)


def _is_slip(a: str, b: str) -> bool:
    """Return True when one word is the other mistyped or written another way, not another child's name.

    Twins are called Amira and Amina, Jayden and Kayden, Adrian and Adriana: a change of the first or last
    letter, or to a letter that lies nowhere near on the keyboard, is no slip of the pen.
    """
    if a in FORENAMES and b in FORENAMES:
        return False
    if a[0] != b[0] or a[-1] != b[-1] or a + a[-1] == b or b + b[-1] == a:
        return False
    if _skeleton(a) == _skeleton(b):
        return True
    if min(len(a), len(b)) < 5 or not one_apart(a, b):
        return False  # a letter more or less in Lia or Mira makes another name
    if len(a) != len(b):
        long, short = (a, b) if len(a) > len(b) else (b, a)
        if long[:-2] + long[-1] == short and long[-2] != long[-3]:
            return False  # Nadia and Nada, Majka and Maja: a letter before the last, too
        return (a in FORENAMES) != (b in FORENAMES)
    changed = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    if len(changed) == 2:
        return True
    x, y = changed[0]
    spoken = (x in VOWELS) == (y in VOWELS)  # Hakan and Halan can both be called out
    return beside(x, y) and not spoken and (a in FORENAMES) != (b in FORENAMES)


def beside(a: str, b: str) -> bool:
    """Return True when two letters lie beside each other on a keyboard; m and n tell names apart."""
    return {a, b} != {"m", "n"} and any(f"{a}{b}" in row or f"{b}{a}" in row for row in KEYBOARD)


@lru_cache(maxsize=50_000)
def _skeleton(word: str) -> str:
    """Return a word with spellings of one sound made one and doubled letters single.

    Only what transliteration and clerks change: Yousuf and Yusuf, Zaynab and Zainab, Sofiia and Sofia.
    """
    for written, sound_of in SPELLINGS:
        word = word.replace(written, sound_of)
    return re.sub(r"(.)\1+", r"\1", word)


def compare_surnames(a: str, b: str) -> Level:
    """Return how far two surnames agree; one half of a double-barrelled name is "part"."""
    one, two = tokens(a), tokens(b)
    if not one or not two:
        return "missing"
    if one == two or joined(a) == joined(b) or sorted(one) == sorted(two):
        return "exact"
    if set(one) & set(two):
        return "part"
    if len(one) == len(two) and all(
        x == y or one_name(x, y) for x, y in zip(one, two, strict=True)
    ):
        return "near"
    return "near" if like("".join(one), "".join(two)) else "different"


def _one_person(a: tuple[str, ...], b: tuple[str, ...], initials: bool = False) -> bool:
    """Return True when every part of the shorter name stands in the longer: one surname of two words is not enough."""
    if not set(a) & set(b):
        return False  # one word at least is spelt alike
    short, long = sorted((a, b), key=len)
    first = initials or any(
        short[0] == end or one_name(short[0], end) for end in (long[0], long[-1])
    )
    if not first:
        return False  # "Mrs Cole-Varley" is any of them
    return all(
        t in long
        or any(
            t == o or one_name(t, o) or (initials and 1 in (len(t), len(o)) and t[0] == o[0])
            for o in long
        )
        for t in short
    )


def compare_people(
    a: tuple[str, ...], b: tuple[str, ...]
) -> Literal["both", "same", "one_of_two", "other", "missing"]:
    """Return whether two forms name common parents (full names, order free): both of them, one, or none."""
    one = {tokens(p) for p in a if len(tokens(p)) >= 2}
    two = {tokens(p) for p in b if len(tokens(p)) >= 2}
    if not one or not two:
        return "missing"
    shared = sum(any(_one_person(x, y) for y in two) for x in one)
    if not shared and any(_one_person(x, y, initials=True) for x in one for y in two):
        return "missing"  # "M Nuur" may be Mahamed Nuur
    if shared == 1 and min(len(one), len(two)) >= 2:
        return "one_of_two"  # the other parents contradict each other
    return "both" if shared >= 2 else "same" if shared else "other"


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """Return a code under which misspelt forms of a name usually meet; for finding only."""
    return jellyfish.metaphone(word)[:6]
