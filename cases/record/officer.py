"""What the pages write beside decisions: schools' contacts and domains, frozen figures, saved lists."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django.db import transaction

from cases.models import (
    Arrival,
    Case,
    Child,
    Contact,
    FamilyLink,
    Figures,
    Person,
    ReadingRow,
    School,
    Setting,
)
from cases.record.entries import entry
from cases.record.people import add_contact

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


def freeze_figures(
    name: str, on: date, figures: dict[str, Any], *, by: str, now: datetime
) -> Figures:
    """Keep figures as they are sent."""
    with transaction.atomic():
        row = Figures.objects.create(name=name, census_on=on, figures=figures, by=by, at=now)
        entry("figures frozen", by, now=now, data={"figures": row.pk, "on": on.isoformat()})
        return row


def settle_family(link: FamilyLink, yes: bool, *, by: str, now: datetime) -> None:
    """Confirm or refuse that two children are brothers or sisters."""
    with transaction.atomic():
        link.state, link.at = "confirmed" if yes else "refused", now
        link.save(update_fields=["state", "at"])
        entry(
            "family link",
            by,
            now=now,
            data={"children": [link.a_id, link.b_id], "state": link.state},
        )


def set_legal_hold(case: Case, on: bool, *, by: str, now: datetime) -> None:
    """Keep a case whatever retention says, or let it go its way again."""
    with transaction.atomic():
        case.legal_hold = on
        case.save(update_fields=["legal_hold"])
        entry("legal hold", by, now=now, case=case, data={"on": on})


def set_protected(child: Child, on: bool, *, case: Case, by: str, now: datetime) -> None:
    """Show a child only to the people named for protected children, or to the team again."""
    with transaction.atomic():
        child.protected = on
        child.save(update_fields=["protected"])
        entry("protected", by, now=now, case=case, data={"child": child.pk, "on": on})


def views(person: Person) -> list[dict[str, str]]:
    """Return the lists that a person saved: name and filters, never search words."""
    row = Setting.objects.filter(key=f"views:{person.pk}").first()
    return list(row.value) if row else []


def save_view(person: Person, name: str, query: str, *, now: datetime) -> None:
    """Save a list's filters under a name; an empty query forgets it."""
    kept = [v for v in views(person) if v["name"] != name]
    if query:
        kept.append({"name": name, "query": query})
    Setting.objects.update_or_create(
        key=f"views:{person.pk}", defaults={"value": kept[-20:], "changed_at": now}
    )


def change_contact(contact_id: int, *, left: bool, by: str, now: datetime) -> None:
    """Mark that somebody has left, so that no letter goes there, or put their address right again."""
    with transaction.atomic():
        row = Contact.objects.select_for_update().get(pk=contact_id)
        row.left_at = now if left else None
        row.bounced_at = None if not left else row.bounced_at
        row.save(update_fields=["left_at", "bounced_at"])
        entry("contact changed", by, now=now, data={"contact": row.pk, "left": left})


def start_reading(arrival: Arrival, form: str, *, by: str, now: datetime) -> ReadingRow:
    """Begin a reading that the officer types in, for a form that the program could not read."""
    with transaction.atomic():
        number = max([0, *arrival.readings.values_list("number", flat=True)]) + 1
        row = ReadingRow.objects.create(arrival=arrival, number=number, form=form, why="")
        entry("typed by hand", by, now=now, arrival=arrival, data={"reading": row.pk, "form": form})
        return row
