"""What the pages write beside decisions: schools' contacts and domains, people, passwords."""

from __future__ import annotations

import re
import secrets
from datetime import date, datetime

from django.db import transaction

from cases.models import Person, Role, School
from cases.record.entries import entry
from cases.record.people import add_contact, add_person

_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[a-z0-9][a-z0-9.-]*\.[a-z]{2,}")
_DOMAIN = re.compile(r"[a-z0-9][a-z0-9.-]*\.[a-z]{2,}")


def change_school(school: School, *, address: str, domain: str, by: str, now: datetime) -> None:
    """Put an address or a domain on a school's record.

    Raises:
        ValueError: it is neither an address nor a domain; the text is for the page.
    """
    address, domain = address.strip().lower(), domain.strip().lower().lstrip("@")
    if address and not _ADDRESS.fullmatch(address):
        raise ValueError("That is not an email address.")
    if domain and not _DOMAIN.fullmatch(domain):
        raise ValueError("That is not a domain.")
    if not address and not domain:
        raise ValueError("Type an address or a domain.")
    with transaction.atomic():
        if address:
            add_contact(school, address, now=now, main=not school.contacts.exists())
        if domain and domain not in school.domains:
            school.domains = [*school.domains, domain]
            school.save(update_fields=["domains"])
        entry("school changed", by, now=now, data={"school": school.pk})


def save_person(
    username: str, role: str, *, email: str, active: bool, by: str, now: datetime, away_from: str = "",
    away_until: str = "",
) -> str:  # fmt: skip
    """Make or change somebody who may sign in; return a new person's first password, else "".

    Raises:
        ValueError: something cannot be used; the text is for the page.
    """
    username = username.strip()
    if not re.fullmatch(r"[\w.@+-]{2,60}", username):
        raise ValueError("A user name is 2 to 60 letters, digits or . @ + - _")
    if role not in Role.values:
        raise ValueError("Choose a role.")
    with transaction.atomic():
        person = Person.objects.filter(username=username).first()
        first = ""
        if person is None:
            first = "-".join(secrets.token_hex(3) for _ in range(4))
            person = add_person(username, role, by=by, now=now, email=email, password=first)
        person.role, person.email, person.is_active = role, email.strip().lower(), active
        person.away_from = date.fromisoformat(away_from) if away_from else None
        person.away_until = date.fromisoformat(away_until) if away_until else None
        person.save()
        entry("person changed", by, now=now, data={"person": person.pk, "role": role, "active": active})
        return first


def set_password(person: Person, new: str, *, now: datetime) -> None:
    """Set one's own new password (checked already)."""
    with transaction.atomic():
        person.set_password(new)
        person.save(update_fields=["password"])
        entry("password changed", person.username, now=now, data={"person": person.pk})
