"""Who is this? One form or email against the few children it might concern.

The score sorts, the guards keep safe: no score, however high, links where a guard says that a person must look.
"Ask" never waits: the caller opens a provisional case at once and shows the candidates. A changed surname, forename,
date of birth, sex or permanent UPN is proposed and never applied by itself.

The policy's rule (9.5): an update comes as an email with the details; a new form for an open case's child is
what makes duplicates, so a form that adds nothing is a duplicate and one that adds something an update.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from policy import upn as upns
from policy.names import fold, given, joined, like, tokens
from policy.names_data import BOTH, MUHAMMAD
from policy.scoring import FieldBits, Weighed, compare_dates, compare_upns, weigh

LINK = 6.0
NEW = -2.0
CLOSE = 6.0  # a second child within so many bits makes it a question
FAMILY = 6.0
RETURNED_AFTER = timedelta(days=21)
IDENTITY = ("surname", "forename", "dob", "gender", "upn")
COMPARED = (
    "surname", "forename", "middle_names", "known_as", "dob", "gender", "upn", "address", "postcode",
    "parents", "school_name", "school_urn", "school_laestab", "last_attended",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """The child columns that are compared; "" and None mean unknown."""

    surname: str = ""
    forename: str = ""
    middle_names: str = ""
    known_as: str = ""
    dob: date | None = None
    gender: str = ""
    upn: str = ""
    address: str = ""
    postcode: str = ""
    parents: tuple[str, ...] = ()
    school_name: str = ""
    school_urn: str = ""
    school_laestab: str = ""
    last_attended: date | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A child on file: every version of them, oldest first, and the case that speaks for them."""

    child_id: str
    case_id: str
    case_ref: str
    status: str  # open or closed
    opened_on: date | None
    closed_on: date | None
    persons: tuple[Person, ...]
    message_ids: frozenset[str] = frozenset()
    protected: bool = False


@dataclass(frozen=True, slots=True)
class Incoming:
    """One child on one form or email, with what the email around it says."""

    person: Person
    received_on: date
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    subject: str = ""
    sender: str = ""
    note: str = ""
    case_refs: tuple[str, ...] = ()
    is_form: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known child with the bits for being the same, by field, and the guards that fired."""

    known: Known
    bits: float
    family_bits: float
    fields: tuple[FieldBits, ...]
    guards: tuple[str, ...]
    thread: bool = False

    @property
    def case_id(self) -> str:
        return self.known.case_id

    @property
    def case_ref(self) -> str:
        return self.known.case_ref

    @property
    def child_id(self) -> str:
        return self.known.child_id


@dataclass(frozen=True, slots=True)
class FamilyLink:
    child_id: str
    why: str


@dataclass(frozen=True, slots=True)
class NewChild:
    """A child not on file. `family` are children who look like brothers or sisters."""

    family: tuple[FamilyLink, ...] = ()


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The same child and case, and nothing new."""

    case_id: str
    child_id: str
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Update:
    """The same child and case, with fields filled or changed; `proposed` ones need an officer."""

    case_id: str
    child_id: str
    changed: tuple[str, ...]
    proposed: tuple[str, ...]
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class ReReferral:
    """A child whose case was closed is missing again: a new episode."""

    child_id: str
    case_id: str
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Attached:
    """A form that came late, for a case that is closed: kept on it, opens nothing."""

    case_id: str
    child_id: str
    why: str
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Resend:
    """The same message again."""

    case_id: str
    child_id: str


@dataclass(frozen=True, slots=True)
class AskOfficer:
    """A person must look; `candidates` best first, `why` in words."""

    candidates: tuple[Candidate, ...]
    why: str
    family: tuple[FamilyLink, ...] = field(default=())


Verdict = NewChild | Duplicate | Update | ReReferral | Attached | Resend | AskOfficer


def decide(incoming: Incoming, known: Sequence[Known]) -> Verdict:
    """Return the verdict about one child. `known` are the candidates that the blocking keys found."""
    again = _resent(incoming, known)
    if again is not None:
        return again
    if not incoming.is_form and _names_nobody(incoming.person):
        return _told_by_thread(incoming, known)
    candidates = rank(incoming, known)
    shown = tuple(c for c in candidates if c.bits >= NEW and not c.known.protected)
    hidden = any((c.bits >= NEW or c.thread) and c.known.protected for c in candidates)
    family = _family(candidates)
    if hidden:
        return AskOfficer(
            shown, "A protected child may be meant: a named officer must look.", family
        )
    elsewhere = [c for c in candidates if c.thread and not c.known.protected]
    if not shown:
        return _new(incoming, elsewhere, family)
    best = shown[0]
    if elsewhere and not any(c.child_id == best.child_id for c in elsewhere):
        return AskOfficer(
            (best, *elsewhere), "The email answers another child's case than it describes.", family
        )
    others = [c for c in shown[1:] if c.child_id != best.child_id and best.bits - c.bits < CLOSE]
    if others:
        return AskOfficer((best, *others), "More than one child on file fits.", family)
    if best.guards:
        return AskOfficer((best,), best.guards[0], family)
    if best.bits < LINK:
        return AskOfficer((best,), "Not enough agrees to be sure.", family)
    # One email may name several children: its Message-ID alone never makes two of them one.
    if incoming.message_id and incoming.message_id in best.known.message_ids:
        return Resend(best.case_id, best.child_id)
    return _same_child(incoming, best)


def _resent(incoming: Incoming, known: Sequence[Known]) -> Resend | None:
    """The same message about the same child. An email may carry several children: each is looked at."""
    if not incoming.message_id:
        return None
    before = [k for k in known if incoming.message_id in k.message_ids and not k.protected]
    if _names_nobody(incoming.person):
        return Resend(before[0].case_id, before[0].child_id) if len(before) == 1 else None
    for k in before:
        if any(_same_block(incoming.person, p) for p in k.persons):
            return Resend(k.case_id, k.child_id)
    return None


def _same_block(a: Person, b: Person) -> bool:
    return (joined(a.surname), joined(a.forename), a.dob, _bare(a.upn)) == (
        joined(b.surname), joined(b.forename), b.dob, _bare(b.upn)
    )  # fmt: skip


def _names_nobody(person: Person) -> bool:
    return not (person.surname or person.forename or person.known_as or person.upn or person.dob)


def _points_to(incoming: Incoming, known: Known) -> bool:
    return bool(known.message_ids & {*incoming.in_reply_to, *incoming.references}) or (
        bool(known.case_ref) and known.case_ref in incoming.case_refs
    )


def _told_by_thread(incoming: Incoming, known: Sequence[Known]) -> Verdict:
    """An email that names no child speaks of the case it answers, when there is only one."""
    told = [k for k in known if _points_to(incoming, k)]
    candidates = tuple(c for c in rank(incoming, told) if not c.known.protected)
    if any(k.protected for k in told):
        return AskOfficer((), "A protected child may be meant: a named officer must look.")
    if len(candidates) != 1:
        return AskOfficer(candidates, "The email names no child and no single case.")
    return _same_child(incoming, candidates[0])


def _new(incoming: Incoming, thread: list[Candidate], family: tuple[FamilyLink, ...]) -> Verdict:
    """Nobody on file fits. An answer on a case about a child of no known family is a question."""
    kin = {link.child_id for link in family} | {
        c.child_id for c in thread if _share_surname(incoming.person, c.known)
    }
    if thread and not any(c.child_id in kin for c in thread):
        if incoming.is_form:
            return AskOfficer(
                tuple(thread), "The form came in answer to another child's case.", family
            )
        return AskOfficer(tuple(thread), "The email answers a case of another child.", family)
    told = {link.child_id for link in family}
    threads = (FamilyLink(c.child_id, "same surname and thread") for c in thread)
    return NewChild((*family, *(link for link in threads if link.child_id not in told)))


def _share_surname(person: Person, known: Known) -> bool:
    mine = set(tokens(person.surname))
    return any(mine & set(tokens(p.surname)) for p in known.persons)


def rank(incoming: Incoming, known: Sequence[Known]) -> list[Candidate]:
    """Return every candidate with its score, best first; the order of `known` does not matter."""
    scored = [score(incoming, k) for k in known]
    return sorted(scored, key=lambda c: (-c.bits, c.known.status != "open", c.child_id, c.case_id))


def score(incoming: Incoming, known: Known) -> Candidate:
    """Weigh one incoming child against one known one: the version that fits best speaks."""
    here = _points_to(incoming, known)
    thread = "points_here" if here else None
    person = incoming.person
    weighed = [(weigh(person, p, thread), p) for p in known.persons]
    crossed = [p for p in known.persons if _might_be_turned(person, p)]
    if crossed:
        turned = replace(person, surname=person.forename, forename=person.surname)
        weighed += [(weigh(turned, p, thread, exchanged=True), p) for p in crossed]
    best, version = max(weighed, key=lambda pair: pair[0].bits)
    guards = tuple(guards_of(person, version, best, known, here))
    return Candidate(known, best.bits, best.family_bits, best.fields, guards, here)


def _might_be_turned(a: Person, b: Person) -> bool:
    """Surname and forename exchanged? Only the first letters: the scores and the guards judge the rest."""
    if not a.surname or not a.forename:
        return False
    return (fold(a.surname)[:1], fold(a.forename)[:1]) == (
        fold(b.forename)[:1],
        fold(b.surname)[:1],
    )


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
    if fore == "near" and sur == "different":
        yield "Neither name agrees exactly."
    if born == "different":
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
    if "names" in levels and not (_surely(weighed) and settled and not _borne_both_ways(a)):
        yield "Surname and forename look exchanged."


def _supported(levels: dict[str, str]) -> bool:
    """Does anything beside name and birthday agree: address, postcode or parents?

    One parent's name alone says little where few names are borne by many (a namesake's father was called
    as hers): it needs the school, or an address that does not contradict.
    """
    address, parents = levels.get("address"), levels.get("parents")
    if address in ("same", "postcode", "near") or parents == "both":
        return True
    return parents == "same" and (address is None or levels.get("school") == "same")


def _borne_both_ways(person: Person) -> bool:
    return bool({*tokens(person.surname), *tokens(person.forename)} & BOTH)


def _bare_muhammad(person: Person) -> bool:
    names = given(person.forename)
    return len(names) == 1 and names[0] in MUHAMMAD


def _same_child(incoming: Incoming, best: Candidate) -> Verdict:
    """The child is known: what is this form to their case?"""
    known = best.known
    if not known.case_id:
        return ReReferral(known.child_id, "", best)
    changed, proposed = changes(incoming.person, known)
    if known.status == "open":
        if changed or proposed:
            return Update(known.case_id, known.child_id, changed, proposed, best)
        return Duplicate(known.case_id, known.child_id, best)
    last, closed = incoming.person.last_attended, known.closed_on
    if last is not None and closed is not None:
        if last > closed:
            return ReReferral(known.child_id, known.case_id, best)
        return Attached(known.case_id, known.child_id, "The case was closed already.", best)
    if not incoming.is_form:
        return Attached(known.case_id, known.child_id, "The case is closed.", best)
    if closed is not None and incoming.received_on - closed >= RETURNED_AFTER:
        return ReReferral(known.child_id, known.case_id, best)
    return AskOfficer((best,), "The case was closed lately and the form gives no last attendance.")


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
        if name in IDENTITY and olds and not _temporary_gives_way(name, olds):
            proposed.append(name)
        else:
            changed.append(name)
    return tuple(changed), tuple(proposed)


def _says_same(name: str, new: object, old: object) -> bool:
    match name:
        case "dob":
            return new == old
        case "last_attended":
            return new == old
        case "upn":
            return compare_upns(str(new), str(old)) in ("equal", "equal_temporary")
        case "gender":
            return str(new)[:1].upper() == str(old)[:1].upper() or str(new)[:1].upper() == "U"
        case "parents":
            assert isinstance(new, tuple)
            assert isinstance(old, tuple)
            have = {" ".join(sorted(tokens(p))) for p in old}
            return all(" ".join(sorted(tokens(p))) in have for p in new)
        case "forename" | "surname":
            # Only spelling: no change (a person links it all the same where a guard says so).
            one, two = joined(str(new)), joined(str(old))
            return one == two or like(one, two) or set(tokens(str(new))) == set(tokens(str(old)))
        case "middle_names" | "known_as":
            had = tokens(str(old))
            return all(
                any(t == o or (len(t) == 1 and o[0] == t) for o in had) for t in tokens(str(new))
            )
        case "address":
            return _same_address(str(new), str(old))
        case "postcode" | "school_urn" | "school_laestab":
            return _bare(new) == _bare(old)
        case _:
            return fold(str(new)) == fold(str(old))


def _same_address(new: str, old: str) -> bool:
    a, b = _bare(_abbreviated(new)), _bare(_abbreviated(old))
    return a == b or (len(a) > 8 and (a in b or b in a))


def _abbreviated(address: str) -> str:
    told = address.lower()
    for long, short in (("road", "rd"), ("street", "st"), ("avenue", "ave"), ("close", "cl"),
                        ("lane", "ln"), ("drive", "dr"), ("court", "ct"), ("gardens", "gdns")):  # fmt: skip
        told = told.replace(long, short)
    return told


def _bare(value: object) -> str:
    return "".join(c for c in str(value).lower() if c.isalnum())


def _temporary_gives_way(name: str, olds: list[object]) -> bool:
    if name != "upn":
        return False
    found = [upns.canonical(str(o)) for o in olds]
    return all(u is not None and upns.kind(u) == "temporary" for u in found)


def _family(candidates: Iterable[Candidate]) -> tuple[FamilyLink, ...]:
    """Known children who look like brothers or sisters of this one: same address, or same parents."""
    found = []
    for c in candidates:
        levels = {f.field: f.level for f in c.fields}
        shared = [n for n in ("address", "parents") if levels.get(n) in ("same", "both")]
        if shared and not c.known.protected:
            found.append(FamilyLink(c.child_id, f"same {' and '.join(shared)}"))
    return tuple(found)


__all__ = [
    "AskOfficer", "Attached", "Candidate", "Duplicate", "FamilyLink", "Incoming", "Known", "NewChild",
    "Person", "ReReferral", "Resend", "Update", "Verdict", "changes", "compare_dates", "decide",
    "rank", "score",
]  # fmt: skip
