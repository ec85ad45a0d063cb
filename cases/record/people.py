"""People who sign in, the first sign-in link, schools and contacts from the configuration."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.dateparse import parse_datetime

from cases.config import Config
from cases.models import Contact, Person, Role, School, Setting
from cases.record.entries import entry

_LINK = "sign_in_link"
SOURCES = {
    "academy": "ACA", "free": "FRS", "independent": "IND", "maintained": "SCH",
    "alternative provision": "SCH", "special": "SCH",
}  # fmt: skip


def make_link(now: datetime, hours: int = 24) -> str:
    """Return the token of a one-time link that signs the first manager in; only its digest is kept."""
    token = secrets.token_urlsafe(24)
    until = now + timedelta(hours=hours)
    Setting.objects.update_or_create(
        key=_LINK,
        defaults={
            "value": {"digest": _digest(token), "until": until.isoformat()},
            "changed_at": now,
        },
    )
    return token


def take_link(token: str, now: datetime, *, stamp: datetime | None = None) -> Person | None:
    """Return the manager whom a sign-in link lets in, once, or None. The link is used up.

    `now` is the real instant, by which links run; `stamp`, what the timeline shows where its clock is moved.
    """
    with transaction.atomic():
        row = Setting.objects.select_for_update().filter(key=_LINK).first()
        if row is None or not secrets.compare_digest(row.value["digest"], _digest(token)):
            return None
        until = parse_datetime(row.value["until"])
        row.delete()
        if until is None or until < now:
            return None
        person = Person.objects.filter(role=Role.MANAGER, is_active=True).order_by("id").first()
        if person is None:
            person = add_person("manager", Role.MANAGER, by="system: start", now=stamp or now)
        entry("signed in by link", person.username, now=stamp or now)
        return person


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def add_person(
    username: str, role: str, *, by: str, now: datetime, email: str = "", password: str = "",
    areas: list[str] | None = None,
) -> Person:  # fmt: skip
    """Make somebody who may sign in; without a password only by a link or single sign-on."""
    with transaction.atomic():
        person = Person(username=username, role=role, email=email.lower(), areas=areas or [])
        if password:
            person.set_password(password)
        else:
            person.set_unusable_password()
        person.save()
        entry("person added", by, now=now, data={"person": person.pk, "role": role})
        return person


def seed(config: Config, now: datetime) -> None:
    """Write the configuration's schools and agencies that the record does not know yet."""
    with transaction.atomic():
        for part in config.schools:
            ages = part.ages or (None, None)
            school, new = School.objects.get_or_create(
                name=part.name,
                defaults={
                    "urn": part.urn, "laestab": part.laestab, "type": part.type,
                    "area": part.area, "low_age": ages[0], "high_age": ages[1],
                    "domains": [d.lower() for d in part.domains],
                    "source_code": SOURCES.get(part.type, "SCH"),
                },
            )  # fmt: skip
            if new and part.contact:
                add_contact(school, part.contact, main=True, now=now)
        for agency in config.agencies:
            row, new = School.objects.get_or_create(
                name=agency.name,
                agency=True,
                defaults={
                    "domains": [d.lower() for d in agency.domains],
                    "source_code": agency.source,
                },
            )
            if new and agency.contact:
                add_contact(row, agency.contact, main=True, now=now)


def add_contact(
    school: School, address: str, *, now: datetime, main: bool = False, name: str = "",
    role: str = "",
) -> Contact:  # fmt: skip
    """Put an address on the record of a school; letters may go there from now on."""
    row, _ = Contact.objects.get_or_create(
        school=school,
        address=address.lower(),
        defaults={"main": main, "added_at": now, "name": name, "role": role},
    )
    return row


def mark_contact(address: str, *, now: datetime, bounced: bool = False, left: bool = False) -> int:
    """Mark an address as bouncing or its owner as gone; return how many contacts that touched."""
    changes = {}
    if bounced:
        changes["bounced_at"] = now
    if left:
        changes["left_at"] = now
    return Contact.objects.filter(address=address.lower()).update(**changes)
