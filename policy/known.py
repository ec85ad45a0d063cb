"""The values that matching compares: a child as one document gave them, a child on file, and what came in.

Every version of a child is kept: an old address or a former surname still finds them. "" and None mean unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date


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
    earlier: tuple[
        tuple[str, date], ...
    ] = ()  # the child's closed cases before this one: id, closing


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


def completed(versions: Iterable[Person]) -> tuple[Person, ...]:
    """Return the versions of a child, oldest first, each with its blanks filled from those before it.

    An email may tell a name and a birthday only; the address and the school that were known then still hold.
    """
    told: list[Person] = []
    for version in versions:
        before = told[-1] if told else version
        blanks = {
            f.name: getattr(before, f.name) for f in fields(Person) if not getattr(version, f.name)
        }
        told.append(replace(version, **blanks))
    return tuple(told)
