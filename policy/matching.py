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
from datetime import timedelta
from math import inf

from policy import upn as upns
from policy.changes import changes
from policy.guards import guards_of
from policy.known import Incoming, Known, Person
from policy.names import compare_forenames, compare_surnames, fold, given, joined, tokens
from policy.scoring import FieldBits, compare_upns, other_names, weigh

LINK = 6.0
NEW = -2.0
CLOSE = 6.0  # a second child within so many bits makes it a question
RETURNED_AFTER = timedelta(days=21)


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
    if not incoming.is_form and (child := _half_named(incoming, known)) is not None:
        return _same_child(incoming, child)
    candidates = rank(incoming, known)
    shown = tuple(
        c for c in candidates if c.bits >= NEW and not c.known.protected and not _namesake(c)
    )
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
    told = best.thread and not best.guards  # the thread says which of two namesakes is meant
    others = [
        c for c in shown[1:]
        if c.child_id != best.child_id and best.bits - c.bits < CLOSE and not (told and c.guards and not c.thread)
    ]  # fmt: skip
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


def _namesake(candidate: Candidate) -> bool:
    """A birthday altogether different and no number, address, parent or thread in common: another of that name."""
    levels = {f.field: f.level for f in candidate.fields}
    return levels.get("date_of_birth") == "different" and not (
        candidate.thread
        or levels.get("upn", "other") != "other"
        or levels.get("address", "other") != "other"
        or levels.get("parents", "other") != "other"
    )


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
    return _named(a) == _named(b)


def _named(p: Person) -> tuple[object, ...]:
    return joined(p.surname), joined(p.forename), p.dob, upns.canonical(p.upn) or p.upn


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


def _half_named(incoming: Incoming, known: Sequence[Known]) -> Candidate | None:
    """The one child whose case an email answers, when it calls them by forename or surname alone."""
    person = incoming.person
    told = [k for k in known if _points_to(incoming, k)]
    if len(told) != 1 or told[0].protected or bool(person.forename) == bool(person.surname):
        return None
    agrees = any(_half_agrees(person, version) for version in told[0].persons)
    return score(incoming, told[0]) if agrees else None


def _half_agrees(person: Person, version: Person) -> bool:
    if person.dob not in (None, version.dob):
        return False
    if compare_upns(person.upn, version.upn) not in ("missing", "equal", "equal_temporary"):
        return False
    if person.surname:
        return compare_surnames(person.surname, version.surname) == "exact"
    names = given(person.forename), given(version.forename, version.middle_names)
    return compare_forenames(*names, other_names(version)) in ("exact", "variant")


def _new(incoming: Incoming, thread: list[Candidate], family: tuple[FamilyLink, ...]) -> Verdict:
    """Nobody on file fits. An answer on a case about a child of no known family is a question."""
    kin = {link.child_id for link in family} | {
        c.child_id for c in thread if _share_surname(incoming.person, c.known)
    }
    unsure = not incoming.is_form and not (incoming.person.dob or incoming.person.upn)
    if thread and (unsure or not any(c.child_id in kin for c in thread)):
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
    scored = [score(incoming, k, NEW) for k in known]
    return sorted(scored, key=lambda c: (-c.bits, c.known.status != "open", c.child_id, c.case_id))


def score(incoming: Incoming, known: Known, least: float = -inf) -> Candidate:
    """Weigh one incoming child against one known one: the version that fits best speaks.

    Below `least` bits nobody is shown, and the guards are left out.
    """
    here = _points_to(incoming, known)
    thread = "points_here" if here else None
    person = incoming.person
    weighed = [(weigh(person, p, thread), p) for p in known.persons]
    crossed = [p for p in known.persons if _might_be_turned(person, p)]
    if crossed:
        turned = replace(person, surname=person.forename, forename=person.surname)
        weighed += [(weigh(turned, p, thread, exchanged=True), p) for p in crossed]
    best, version = max(weighed, key=lambda pair: pair[0].bits)
    hopeless = best.bits < least and not here
    guards = () if hopeless else tuple(guards_of(person, version, best, known, here))
    return Candidate(known, best.bits, best.family_bits, best.fields, guards, here)


def _might_be_turned(a: Person, b: Person) -> bool:
    """Surname and forename exchanged? Only the first letters: the scores and the guards judge the rest."""
    if not a.surname or not a.forename:
        return False
    return (
        fold(a.surname)[:1] == fold(b.forename)[:1] or fold(a.forename)[:1] == fold(b.surname)[:1]
    )


def _same_child(incoming: Incoming, best: Candidate) -> Verdict:
    """The child is known: what is this form to their case?"""
    known = best.known
    if not known.case_id:
        return ReReferral(known.child_id, "", best)
    changed, proposed = changes(incoming.person, known)
    if known.status == "open":
        if (before := _earlier_case(incoming, known)) is not None:
            return Attached(before, known.child_id, "It tells of an earlier episode.", best)
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


def _earlier_case(incoming: Incoming, known: Known) -> str | None:
    """The closed case that a late form tells of: the child was last in school before it was closed."""
    last = incoming.person.last_attended
    if last is None or not incoming.is_form or known.persons[-1].last_attended == last:
        return None
    return next((case for case, closed in known.earlier if last <= closed), None)


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
    "Person", "ReReferral", "Resend", "Update", "Verdict", "decide", "rank", "score",
]  # fmt: skip
