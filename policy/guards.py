"""Guards: the reasons for which a person must look, whatever the score.

Each comes from a story in which a score would have hidden a child; the story stands in docs/matching.md and in the guard's
test. A guard never asks for more than the two forms can give: it says which agreement is missing.
"""

from __future__ import annotations

from collections.abc import Iterable

from policy.known import Known, Person
from policy.names import given, joined, muhammad, tokens
from policy.names_data import BOTH, MUHAMMAD
from policy.scoring import Weighed, compare_upns


def _surely(weighed: Weighed) -> bool:
    """Do both names agree exactly once they are exchanged?"""
    return weighed.levels.get("forename") == "exact" and weighed.levels.get("surname") == "exact"


def guards_of(a: Person, b: Person, weighed: Weighed, known: Known, thread: bool) -> Iterable[str]:
    """Yield, in words, every reason why a person must look whatever the score (matching facts, section 6)."""
    levels = weighed.levels
    fore, sur = levels.get("forename", "missing"), levels.get("surname", "missing")
    born, upn = levels.get("date_of_birth", "missing"), levels.get("upn", "missing")
    upn_same = upn in ("equal", "equal_temporary")
    # Of a child with two numbers on file the one that fits best was weighed; the other contradicts all the same.
    numbers = {upn} if upn_same else {upn, *(compare_upns(a.upn, p.upn) for p in known.persons)}
    settled = upn_same or levels.get("address") == "same"
    backed = settled or levels.get("parents") == "both"
    kin = levels.get("parents") in ("same", "both")
    in_thread = (
        thread and fore == "exact" and sur in ("exact", "near", "part")
    )  # the mail names the case's own child
    if fore in ("different", "missing", "initial", "part", "alike") and not (
        fore == "initial" and upn == "equal" and born == "exact"
    ):
        yield "The forenames do not agree."
    if _bare_muhammad(a) != _bare_muhammad(b) and fore != "exact":
        yield "One form says only Muhammad."
    if _bare_muhammad(a) and _mistyped(a) != _mistyped(b) and not upn_same:
        yield "The forename is spelt otherwise and no pupil number confirms it."
    if fore == "near_two_names":
        yield "The forenames are one letter apart and both are names: twins are called so."
    if fore == "near" and not (upn in ("equal", "equal_temporary", "near") and born == "exact"):
        yield "The forename is spelt otherwise and no pupil number confirms it."
    if fore == "spelling" and not (born == "exact" and backed):
        yield "The forename is spelt otherwise and too little else confirms it."
    if fore in ("near", "spelling") and sur in ("different", "part"):
        yield "Neither name agrees exactly."
    if born in ("different", "same_day"):
        yield "The dates of birth differ by more than a slip of the pen."
    if levels.get("middle") == "other":
        yield "The forenames after the first differ."
    one_house = fore == sur == "exact" and levels.get("address") == "same"
    one_school = levels.get("school") == levels.get("last_day") == "same"
    unsaid = levels.get("parents") is None and (born == "swapped" or one_school)
    if born in ("swapped", "one_digit") and not (upn_same or (one_house and (kin or unsaid))):
        yield "The dates of birth differ and nothing else confirms it."
    if born == "missing" and not (
        upn_same or in_thread or (one_house and kin and one_school and not _bare_muhammad(a))
    ):
        yield "No date of birth to compare, and no equal pupil number."
    if "other" in numbers:
        yield "The two forms carry different permanent pupil numbers."
    if "neighbour" in numbers:
        yield "The pupil numbers are neighbours: entered together, so perhaps twins."
    if not (upn_same or upn == "near" or thread or _supported(levels)):
        yield "Nothing but the name and the birthday agrees."
    if sur in ("different", "missing") and not (fore == "exact" and born == "exact" and backed):
        yield "The surname differs and not enough else confirms it."
    alike = fore == "exact" and joined(a.forename) == joined(b.forename)
    if not alike and levels.get("sex") == "other":
        yield "The forename is not exact and the sex differs."
    if sur in ("different", "part") and set(given(a.forename)) & set(tokens(b.surname)):
        yield "The forename is the other's surname: the names may be exchanged."
    if "names" in levels and not (_surely(weighed) and settled and not _borne_both_ways(a)):
        yield "Surname and forename look exchanged."


def _supported(levels: dict[str, str]) -> bool:
    """Does anything beside name and birthday agree: the address, or the parents and something more?

    A namesake's parents bear her surname and often one of a few forenames, so that one parent's name says little:
    with one, the school must agree and the last day in it not contradict; with both, the school or the middle names.
    Many leave on one day, with the term: the day alone says nothing.
    """
    address, parents = levels.get("address"), levels.get("parents")
    kin = parents in ("same", "both")
    if address == "same" or (address in ("postcode", "near") and kin):
        return (
            True  # a street or a caravan site alone is not enough: namesakes lived two doors apart
        )
    school, middle, day = (
        levels.get("school") == "same",
        levels.get("middle") == "same",
        levels.get("last_day"),
    )
    if school and (
        (kin and day != "other") or (address == "postcode" and day == "same" and parents is None)
    ):
        return True
    return (parents == "both" and (school or middle)) or (kin and school and middle)


def _borne_both_ways(person: Person) -> bool:
    return bool({*tokens(person.surname), *tokens(person.forename)} & BOTH)


def _mistyped(person: Person) -> bool:
    return tokens(person.forename)[0] not in MUHAMMAD


def _bare_muhammad(person: Person) -> bool:
    names = given(person.forename)
    return len(names) == 1 and muhammad(names[0])
