"""To whom a letter of a rule goes: the address on the record of a role, a deputy where somebody is away, nobody else.

A stranger would write to the school that referred the child when "the new school" is asked: it would learn where the child
went. The new school is the one that the record names as receiving; one that is not on our register has no address, and
the officer asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from cases.config import Config, EwoPart
from cases.models import Case, Contact, Letter, LetterState, Person, School
from policy.deadlines import CaseFacts

_BOUNCED_LATELY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address on the record; `bounces` when letters to it come back, `deputy` when it stands in for another."""

    address: str | None
    bounces: bool = False
    deputy: bool = False
    school: int | None = None


def recipient_of(
    case: Case | None, facts: CaseFacts, role: str, config: Config, now: datetime
) -> Recipient:
    """Return whom a step asks; an address of None when there is none on the record."""
    today = now.date()
    match role:
        case "school" | "new_school":
            key = facts.new_school if role == "new_school" else facts.school
            return _of_school(int(key), config, now) if key else Recipient(None)
        case "ewo":
            return _of_ewo(case, config, now, today)
        case _:
            address = getattr(config.people, role).email
            return Recipient(address or None, bounces=bool(address) and comes_back(address, now))


def _of_school(key: int, config: Config, now: datetime) -> Recipient:
    """The main contact; while it is away, another of the school; when it bounces, another if so configured."""
    known = list(Contact.objects.filter(school=key, left_at=None).order_by("-main", "id"))
    if not known:
        return Recipient(None, school=key)
    here = [c for c in known if c.away_until is None or c.away_until < now.date()] or known
    first = here[0]
    if not _contact_bounces(first, now):
        return Recipient(first.address, deputy=first is not known[0], school=key)
    if config.letters.get("bounced_to_deputy"):
        for other in here[1:]:
            if not _contact_bounces(other, now):
                return Recipient(other.address, deputy=True, school=key)
    return Recipient(first.address, bounces=True, school=key)


def _contact_bounces(contact: Contact, now: datetime) -> bool:
    return contact.bounced_at is not None or comes_back(contact.address, now)


def _of_ewo(case: Case | None, config: Config, now: datetime, today: date) -> Recipient:
    """The case's EWO, else the one of the school's area, else the senior; their deputy while they are away."""
    senior = config.people.senior_ewo.email
    address = case.ewo_address if case else ""
    if not address and case and (near := _of_area(case.school, config)):
        address = near.email
    address = address or senior
    if not address:
        return Recipient(None)
    bounces = comes_back(address, now)
    if not (_away(address, today) or (bounces and config.letters.get("bounced_to_deputy"))):
        return Recipient(address, bounces=bounces)
    deputy = next((e.deputy for e in config.people.ewos if e.email == address), "")
    for other in (deputy, senior):
        if other and other != address and not _away(other, today) and not comes_back(other, now):
            return Recipient(other, deputy=True)
    return Recipient(address, bounces=bounces)


def _of_area(school: School | None, config: Config) -> EwoPart | None:
    area = school.area.casefold() if school and school.area else ""
    for ewo in config.people.ewos:
        if area and area in map(str.casefold, ewo.areas):
            return ewo
    return None


def _away(address: str, today: date) -> bool:
    rows = Person.objects.filter(email=address, away_from__lte=today)
    return rows.filter(Q(away_until=None) | Q(away_until__gte=today)).exists()


def comes_back(address: str, now: datetime) -> bool:
    """Return True when the newest letter to this address came back, not long ago."""
    gone = [LetterState.SENT, LetterState.UNDELIVERED, LetterState.REFUSED]
    newest = (
        Letter.objects.filter(recipient=address.lower(), state__in=gone)
        .order_by("-id")
        .values_list("state", "written_at")
        .first()
    )
    if newest is None or newest[0] == LetterState.SENT:
        return False
    return now - newest[1] < _BOUNCED_LATELY
