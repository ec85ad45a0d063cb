"""Guards: the reasons for which a person must look, whatever the score.

Each comes from a story in which a score would have hidden a child; the story stands in docs/matching.md and in the guard's
test. A guard never asks for more than the two forms can give: it says which agreement is missing.
"""

from __future__ import annotations

from collections.abc import Iterable

from policy.known import Known, Person
from policy.names import given, muhammad, tokens
from policy.names_data import BOTH
from policy.scoring import Weighed


def _surely(weighed: Weighed) -> bool:
    """Do both names agree exactly once they are exchanged?"""
    return weighed.levels.get("forename") == "exact" and weighed.levels.get("surname") == "exact"


def guards_of(a: Person, b: Person, weighed: Weighed, known: Known, thread: bool) -> Iterable[str]:
    """Yield, in words, every reason why a person must look whatever the score (matching facts, section 6)."""
    levels = weighed.levels
    fore, sur = levels.get("forename", "missing"), levels.get("surname", "missing")
    born, upn = levels.get("date_of_birth", "missing"), levels.get("upn", "missing")
    upn_same = upn in ("equal", "equal_temporary")
    settled = upn_same or levels.get("address") == "same"
    backed = settled or levels.get("parents") == "both"
    kin = levels.get("parents") in ("same", "both")
    in_thread = thread and fore == "exact" and sur == "exact"  # the mail names the case's own child
    if fore in ("different", "missing", "initial", "part") and not (
        fore == "initial" and upn == "equal" and born == "exact"
    ):
        yield "The forenames do not agree."
    if _bare_muhammad(a) != _bare_muhammad(b) and fore != "exact":
        yield "One form says only Muhammad."
    if fore == "near_two_names":
        yield "The forenames are one letter apart and both are names: twins are called so."
    if fore == "near" and not (upn in ("equal", "equal_temporary", "near") and born == "exact"):
        yield "The forename is spelt otherwise and no pupil number confirms it."
    if fore == "spelling" and not (born == "exact" and backed):
        yield "The forename is spelt otherwise and too little else confirms it."
    if fore in ("near", "spelling") and sur == "different":
        yield "Neither name agrees exactly."
    if born in ("different", "same_day"):
        yield "The dates of birth differ by more than a slip of the pen."
    if born in ("swapped", "one_digit") and not (
        upn_same or (fore == sur == "exact" and levels.get("address") == "same" and kin)
    ):
        yield "The dates of birth differ and nothing else confirms it."
    if born == "missing" and not (upn_same or in_thread):
        yield "No date of birth to compare, and no equal pupil number."
    if upn == "other":
        yield "The two forms carry different permanent pupil numbers."
    if upn == "neighbour":
        yield "The pupil numbers are neighbours: entered together, so perhaps twins."
    if not (upn_same or upn == "near" or thread or _supported(levels)):
        yield "Nothing but the name and the birthday agrees."
    if sur in ("different", "missing") and not (fore == "exact" and born == "exact" and backed):
        yield "The surname differs and not enough else confirms it."
    if fore != "exact" and levels.get("sex") == "other":
        yield "The forename is not exact and the sex differs."
    if sur == "different" and set(given(a.forename)) & set(tokens(b.surname)):
        yield "The forename is the other's surname: the names may be exchanged."
    if "names" in levels and not (_surely(weighed) and settled and not _borne_both_ways(a)):
        yield "Surname and forename look exchanged."


def _supported(levels: dict[str, str]) -> bool:
    """Does anything beside name and birthday agree: the address, or the parents and the school?

    Parents' names alone say little where few names are borne by many: a namesake's parents were both called as
    hers. One parent is enough only where no address contradicts.
    """
    address, parents = levels.get("address"), levels.get("parents")
    if address in ("same", "postcode") or (address == "near" and parents in ("same", "both")):
        return True  # a street alone is not enough: a namesake lived two doors away
    if parents in ("same", "both") and levels.get("school") == "same":
        return True
    return parents == "same" and address is None and levels.get("school") is None


def _borne_both_ways(person: Person) -> bool:
    return bool({*tokens(person.surname), *tokens(person.forename)} & BOTH)


def _bare_muhammad(person: Person) -> bool:
    names = given(person.forename)
    return len(names) == 1 and muhammad(names[0])
