"""Bits for and against: the same child (S), another of the family (F), or a stranger (R).

Classic linkage weighs S against R only, so that address, parents, surname and birthday outvote the one forename
that differs: measured elsewhere, it merged 88 % of new twins. Each field's level here has three probabilities; a child's
total is log2 of S against F and R together, with the prior of each. Weights are set by judgement, to be
set anew from officers' answers (docs/matching.md). An empty field says nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import log2
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA, JaroWinkler

from policy import upn as upns
from policy.blocking import house, postcode
from policy.names import (
    compare_forenames,
    compare_middle,
    compare_people,
    compare_surnames,
    fold,
    given,
    muhammad,
    one_apart,
    tokens,
)  # fmt: skip

if TYPE_CHECKING:
    from policy.known import Person

# P(level | same), P(level | family), P(level | stranger)
Weights = tuple[float, float, float]
TABLE: dict[str, dict[str, Weights]] = {
    "forename": {
        "exact": (0.86, 0.008, 0.008), "variant": (0.05, 0.004, 0.003), "spelling": (0.05, 0.001, 0.003), "near": (0.06, 0.005, 0.003),
        "near_two_names": (0.012, 0.02, 0.004), "initial": (0.02, 0.03, 0.03), "part": (0.015, 0.012, 0.004),
        "alike": (0.012, 0.03, 0.006), "different": (0.002, 0.92, 0.95),
    },
    "middle": {"same": (0.80, 0.06, 0.03), "initial": (0.12, 0.08, 0.08), "other": (0.04, 0.86, 0.89)},
    "surname": {
        "exact": (0.88, 0.80, 0.004), "near": (0.06, 0.05, 0.004), "part": (0.03, 0.05, 0.003),
        "different": (0.03, 0.10, 0.99),
    },
    "date_of_birth": {
        "exact": (0.93, 0.035, 0.0003), "swapped": (0.02, 0.001, 0.0003), "one_digit": (0.03, 0.02, 0.005),
        "same_day": (0.003, 0.003, 0.0025), "different": (0.005, 0.944, 0.994),
    },
    "upn": {
        "equal": (0.70, 0.012, 0.00001), "equal_temporary": (0.60, 0.02, 0.0005),
        "near": (0.08, 0.006, 0.0005), "neighbour": (0.002, 0.05, 0.0005), "other": (0.02, 0.93, 0.998),
    },
    "sex": {"same": (0.985, 0.5, 0.5), "other": (0.015, 0.5, 0.5)},
    "address": {
        "same": (0.62, 0.58, 0.0006), "postcode": (0.12, 0.12, 0.003), "near": (0.05, 0.05, 0.002),
        "other": (0.21, 0.25, 0.994),
    },
    "parents": {
        "both": (0.45, 0.42, 0.00005), "same": (0.37, 0.32, 0.002), "one_of_two": (0.02, 0.04, 0.002),
        "other": (0.16, 0.22, 0.996),
    },
    "names": {"exchanged": (0.06, 0.5, 0.5)},
    "all_else": {"differs": (0.0005, 0.5, 0.5)},
    "last_day": {"same": (0.50, 0.50, 0.01), "other": (0.50, 0.50, 0.99)},
    "school": {"same": (0.72, 0.50, 0.03), "other": (0.28, 0.50, 0.97)},
    "thread": {"points_here": (0.50, 0.06, 0.06), "points_elsewhere": (0.01, 0.05, 0.05)},
}  # fmt: skip
_AT_THE_END = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?[\dO][A-Z]{2}\s*$", re.I)
FAR = 5  # so many of thirteen characters differ
PRIOR_FAMILY = 1.0
PRIOR_STRANGER = 300.0


@dataclass(frozen=True, slots=True)
class FieldBits:
    """One field's part in a score: its level in a word and its bits for (+) or against (-)."""

    field: str
    level: str
    bits: float


_PRICED = {
    (name, level): ((s, f, r), FieldBits(name, level, log2(s / max(f, r))))
    for name, levels in TABLE.items()
    for level, (s, f, r) in levels.items()
}


@dataclass(frozen=True, slots=True)
class Weighed:
    """What comparing two versions of a child gives."""

    bits: float
    family_bits: float  # F against R: how much they look like one family
    levels: dict[str, str]
    fields: tuple[FieldBits, ...]


def weigh(a: Person, b: Person, thread: str | None = None, exchanged: bool = False) -> Weighed:
    """Compare two versions field by field and return the bits for "the same child".

    Pupil number, address and parents that all contradict weigh more together than one by one: a namesake
    with one birthday is then more likely than a child about whom three offices were wrong.
    """
    found = {name: level for name, level in _levels(a, b).items() if level != "missing"}
    if all(found.get(name) == "other" for name in ("upn", "address", "parents")):
        found["all_else"] = "differs"
    if exchanged:
        found["names"] = "exchanged"
    if thread:
        found["thread"] = thread
    same, family, stranger = 1.0, PRIOR_FAMILY, PRIOR_STRANGER
    fields = []
    for name, level in found.items():
        (s, f, r), told = _PRICED[name, level]
        fields.append(told)
        same, family, stranger = same * s, family * f, stranger * r
    return Weighed(
        bits=log2(same / (family + stranger)),
        family_bits=log2(family / stranger),
        levels=found,
        fields=tuple(fields),
    )


def _levels(a: Person, b: Person) -> dict[str, str]:
    nicknames = other_names(a) | other_names(b)
    mine, theirs = _given(a, b), _given(b, a)
    fore = compare_forenames(mine, theirs, nicknames)
    return {
        "forename": fore,
        "middle": _compare_middle(a, b) if fore in ("exact", "near", "spelling") else "missing",
        "surname": _compare_surnames(a, b),
        "date_of_birth": compare_dates(a.dob, b.dob),
        "upn": compare_upns(a.upn, b.upn),
        "sex": _compare_sex(a.gender, b.gender),
        "address": compare_addresses(a, b),
        "parents": compare_people(a.parents, b.parents),
        "school": _compare_schools(a, b),
        "last_day": _compare_last_days(a, b),
    }


def other_names(person: Person) -> frozenset[str]:
    """Return what a child is known as; a form that repeats the forename there says nothing of anybody else."""
    return frozenset(tokens(person.known_as)) - frozenset(tokens(person.forename))


def _given(person: Person, other: Person) -> tuple[str, ...]:
    """Muhammad followed by the father's name is a child called Muhammad, not one called by the second name."""
    names = given(person.forename, person.middle_names)
    first = tokens(person.forename)[:1]
    if len(names) < 2 or not first or not muhammad(first[0]):
        return names
    parents = {t for p in (*person.parents, *other.parents) for t in tokens(p)[:1]}
    rest = tuple(t for t in names if t not in parents)
    return names if len(rest) == len(names) else ("muhammad", *(t for t in rest if t != "muhammad"))


def _compare_middle(a: Person, b: Person) -> str:
    """The names after the first: Bảo Long and Bảo Trân are brother and sister."""
    mine, theirs = given(a.forename, a.middle_names)[1:], given(b.forename, b.middle_names)[1:]
    if not mine or not theirs:
        return "missing"
    elsewhere = {*tokens(a.surname), *tokens(b.surname), *tokens(a.known_as), *tokens(b.known_as)}
    elsewhere |= {*tokens(a.forename)} & {*tokens(b.forename)}  # a first name of two words
    return compare_middle(mine, theirs, frozenset(elsewhere))


def _compare_surnames(a: Person, b: Person) -> str:
    """A surname that is the other form's middle name, or a parent's, is the family's name in another custom."""
    level = compare_surnames(a.surname, b.surname)
    if level != "different":
        return level
    for one, two in ((a, b), (b, a)):
        surname = tokens(one.surname)
        if two.middle_names and not set(surname).isdisjoint(tokens(two.middle_names)):
            return "part"
        if any(surname == tokens(p)[-len(surname) :] for p in two.parents):
            return "part"
    return level


def _compare_last_days(a: Person, b: Person) -> str:
    if a.last_attended is None or b.last_attended is None:
        return "missing"
    return "same" if a.last_attended == b.last_attended else "other"


@lru_cache(maxsize=50_000)
def compare_dates(a: date | None, b: date | None) -> str:
    """Return exact, swapped (day and month), one_digit (or two exchanged), same_day (another year), different or missing."""
    if a is None or b is None:
        return "missing"
    if a == b:
        return "exact"
    if (a.year, a.month, a.day) == (b.year, b.day, b.month):
        return "swapped"
    one, two = f"{a:%d%m%Y}", f"{b:%d%m%Y}"
    apart = [i for i in range(8) if one[i] != two[i]]
    if len(apart) == 1 or (one[:4] == two[:4] and abs(a.year - b.year) == 1):
        return "one_digit"
    i, j = apart[0], apart[-1]
    if len(apart) == 2 and j - i == 1 and (one[i], one[j]) == (two[j], two[i]) and j not in (2, 4):
        return "one_digit"
    return "same_day" if one[:4] == two[:4] else "different"


@lru_cache(maxsize=50_000)
def compare_upns(a: str, b: str) -> str:
    """Return equal, equal_temporary, near, neighbour, other or missing.

    A differing temporary number says nothing; one with a wrong check letter may be a misspelling, unless it is far off.
    """
    one, two = upns.canonical(a or ""), upns.canonical(b or "")
    if one is None or two is None:
        return _misshapen(a, b)
    kinds = upns.kind(one), upns.kind(two)
    if one == two:
        return "equal_temporary" if kinds[0] == "temporary" else "equal"
    apart = sum(x != y for x, y in zip(one, two, strict=True))
    if None in kinds:  # mistyped: two wrong digits are near, nine are another number altogether
        return "near" if apart <= 2 else "other" if apart >= FAR else "missing"
    if "temporary" in kinds:
        return "missing"
    if one[1:10] == two[1:10] and abs(int(one[10:]) - int(two[10:])) <= 3:
        return "neighbour"
    return "other"


def _misshapen(a: str, b: str) -> str:
    """One of two numbers has a character too many or too few: near when that is all that differs."""
    one, two = (re.sub(r"[^0-9A-Z]", "", n.upper()) for n in (a or "", b or ""))
    if min(len(one), len(two)) < 11 or one == two:
        return "missing"
    return "near" if OSA.distance(one, two, score_cutoff=1) <= 1 else "missing"


def _compare_sex(a: str, b: str) -> str:
    one, two = a[:1].upper(), b[:1].upper()
    if one not in ("M", "F") or two not in ("M", "F"):
        return "missing"
    return "same" if one == two else "other"


def compare_addresses(a: Person, b: Person) -> str:
    """Return same (house and street), postcode only, near (street without a shared number), other or missing."""
    codes = _code(a), _code(b)
    if not (a.address or codes[0]) or not (b.address or codes[1]):
        return "missing"
    code_same = bool(codes[0]) and codes[0] == codes[1]
    if not a.address or not b.address:
        return ("postcode" if code_same else "other") if all(codes) else "missing"
    (numbers_a, street_a), (numbers_b, street_b) = house(a.address), house(b.address)
    street_same = _streets_alike(street_a, street_b)
    elsewhere = all(codes) and not code_same and not one_apart(*codes)
    if numbers_a and numbers_a == numbers_b and (street_same or code_same) and not elsewhere:
        return "same"
    if not numbers_a and not numbers_b and street_same and (code_same or not all(codes)):
        return "same"
    if code_same:
        return "postcode"
    return "near" if street_same and not elsewhere else "other"


def _code(person: Person) -> str:
    """Return the postcode that stands in its own field, else at the address's end."""
    if person.postcode:
        return postcode(person.postcode)
    found = _AT_THE_END.search(person.address)
    return postcode(found[0]) if found else ""


def _streets_alike(a: str, b: str) -> bool:
    if not a or not b:
        return False
    short = min(len(a), len(b))
    return JaroWinkler.similarity(a[: short + 2], b[: short + 2]) >= 0.90


def _compare_schools(a: Person, b: Person) -> str:
    for one, two in ((a.school_urn, b.school_urn), (a.school_laestab, b.school_laestab)):
        if one and two:
            return "same" if one == two else "other"
    one, two = fold(a.school_name), fold(b.school_name)
    if not one or not two:
        return "missing"
    return "same" if one == two or JaroWinkler.similarity(one, two) >= 0.93 else "other"
