"""What a form fills or changes of a child on file, and which of it may only be proposed.

A surname, forename, date of birth, sex or permanent UPN that changes is proposed; spelling, abbreviations and blanks are no
change. The intake and `cme match` ask the same questions here.
"""

from __future__ import annotations

from policy import upn as upns
from policy.known import Known, Person
from policy.names import fold, given, joined, like, tokens
from policy.scoring import compare_upns

IDENTITY = ("surname", "forename", "dob", "gender", "upn")
COMPARED = (
    "surname", "forename", "middle_names", "known_as", "dob", "gender", "upn", "address", "postcode",
    "parents", "school_name", "school_urn", "school_laestab", "last_attended",
)  # fmt: skip


def changes(person: Person, known: Known) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the columns that a form fills or changes, and those of them that may only be proposed.

    A value that any earlier version gave is no change; differences of spelling and blanks are none.
    """
    changed, proposed = [], []
    for name in COMPARED:
        new = getattr(person, name)
        olds = [getattr(p, name) for p in known.persons if getattr(p, name)]
        if not new or any(_says_same(name, new, old) for old in olds):
            continue
        if name in IDENTITY and olds and not (name == "upn" and all(gives_way(o) for o in olds)):
            proposed.append(name)
        else:
            changed.append(name)
    return tuple(changed), tuple(proposed)


def _says_same(name: str, new: object, old: object) -> bool:
    match name:
        case "upn":
            return compare_upns(str(new), str(old)) in ("equal", "equal_temporary")
        case "gender":
            return same_sex(str(old), str(new))
        case "parents":
            assert isinstance(new, tuple)
            assert isinstance(old, tuple)
            have = {" ".join(sorted(tokens(p))) for p in old}
            return all(" ".join(sorted(tokens(p))) in have for p in new)
        case "forename" | "surname":
            # Only spelling: no change (a person links it all the same where a guard says so).
            return same_surname(str(old), str(new)) or like(joined(str(new)), joined(str(old)))
        case "middle_names" | "known_as":
            had = tokens(str(old))
            return all(
                any(t == o or (len(t) == 1 and o[0] == t) for o in had) for t in tokens(str(new))
            )
        case "address":
            return same_address(str(old), str(new))
        case "postcode" | "school_urn" | "school_laestab":
            return _bare(new) == _bare(old)
        case "dob" | "last_attended":
            return new == old
        case _:
            return fold(str(new)) == fold(str(old))


def same_surname(old: str, new: str) -> bool:
    """Return True when two names are one in another alphabet, order, or without its particles."""
    return joined(old) == joined(new) or set(tokens(old)) == set(tokens(new))


def same_forenames(old: str, new: str) -> bool:
    """Return True when `new` says no more than `old`: written otherwise, or its middle names left out or as initials."""
    had, told = given(old), given(new)
    if not had or not told or joined(old) == joined(new):
        return joined(old) == joined(new)
    return had[0] == told[0] and all(
        t in had or any(len(t) == 1 and o[0] == t for o in had) for t in told
    )


def adds_middle_names(old: str, new: str) -> bool:
    """Return True when `new` is `old` with more names after it: a blank filled, no other name."""
    had, told = given(old), given(new)
    return bool(had) and len(told) > len(had) and told[: len(had)] == had


def same_sex(old: str, new: str) -> bool:
    """Return True when the sex is the same, or not said."""
    return new[:1].upper() in (old[:1].upper(), "U")


def same_address(old: str, new: str, more_is_same: bool = True) -> bool:
    """Return True when an address is the other one abbreviated, or a part of it.

    `more_is_same`: also when `new` is longer, as where the postcode stands in a column of its own.
    """
    a, b = _bare(_abbreviated(new)), _bare(_abbreviated(old))
    return a == b or (len(a) > 8 and a in b) or (more_is_same and len(b) > 8 and b in a)


_SHORT = (
    ("road", "rd"), ("street", "st"), ("avenue", "ave"), ("close", "cl"), ("lane", "ln"), ("drive", "dr"),
    ("court", "ct"), ("gardens", "gdns"), ("apartment", "flat"), ("terrace", "ter"), ("crescent", "cres"),
)  # fmt: skip


def _abbreviated(address: str) -> str:
    told = address.lower()
    for long, short in _SHORT:
        told = told.replace(long, short)
    return told


def _bare(value: object) -> str:
    return "".join(c for c in str(value).lower() if c.isalnum())


def gives_way(upn: str) -> bool:
    """Return True for a number that a good one may replace by itself: temporary, or mistyped."""
    told = upns.canonical(upn)
    return told is None or upns.kind(told) != "permanent"
