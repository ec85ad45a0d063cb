"""Accounts of the people who sign in: made, changed, and given sight of protected children by two managers together.

A stranger would let a manager tick the box for themselves. Sight of a protected child is asked for by one manager and
given by another, who is neither the person it is for nor an account that the first one made; it is taken away at once.
The first password, and any that a manager made, is known to that manager: it opens nothing but the page that changes it.
"""

from __future__ import annotations

import re
import secrets
from datetime import date, datetime

from django.db import transaction

from cases.models import Entry, Person, Role, Setting
from cases.record.entries import entry
from cases.record.people import add_person

_FIRST, _ASKED = "first-password:", "protected-asked:"


def save_person(
    username: str, role: str, *, email: str, active: bool, by: str, now: datetime, away_from: str = "",
    away_until: str = "", areas: str = "", deputy: str = "", protected: bool = False,
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
    begins, ends = _day(away_from), _day(away_until)
    with transaction.atomic():
        person = Person.objects.filter(username=username).first()
        first = ""
        if person is None:
            person = add_person(username, role, by=by, now=now, email=email)
            first = _new_password(person, now)
        elif person.username == by and (role != person.role or not active):
            raise ValueError("Another manager changes your own role or closes your account.")
        person.role, person.email, person.is_active = role, email.strip().lower(), active
        person.away_from, person.away_until = begins, ends
        person.areas = [a.strip() for a in areas.split(",") if a.strip()]
        person.deputy = Person.objects.filter(username=deputy.strip()).exclude(pk=person.pk).first()
        if protected and not person.protected_cases:
            _ask_protected(person, by, now)
        if not protected:
            person.protected_cases = False
            Setting.objects.filter(key=f"{_ASKED}{person.pk}").delete()
        person.save()
        entry(
            "person changed", by, now=now,
            data={"person": person.pk, "role": role, "active": active, "protected": person.protected_cases},
        )  # fmt: skip
        return first


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError("A day is written like 2027-03-01.") from None


def _new_password(person: Person, now: datetime) -> str:
    made = "-".join(secrets.token_hex(3) for _ in range(4))
    person.set_password(made)
    person.save(update_fields=["password"])
    Setting.objects.update_or_create(
        key=f"{_FIRST}{person.pk}", defaults={"value": True, "changed_at": now}
    )
    return made


def reset_password(person: Person, *, by: str, now: datetime) -> str:
    """Return a new first password; sight of protected children does not outlive it."""
    with transaction.atomic():
        person.protected_cases = False
        person.save(update_fields=["protected_cases"])
        made = _new_password(person, now)
        entry("password reset", by, now=now, data={"person": person.pk})
        return made


def must_change(person: Person) -> bool:
    """Return True while a password that somebody else made has not been changed."""
    return Setting.objects.filter(key=f"{_FIRST}{person.pk}").exists()


def set_password(person: Person, new: str, *, now: datetime) -> None:
    """Set one's own new password (checked already)."""
    with transaction.atomic():
        person.set_password(new)
        person.save(update_fields=["password"])
        Setting.objects.filter(key=f"{_FIRST}{person.pk}").delete()
        entry("password changed", person.username, now=now, data={"person": person.pk})


def _ask_protected(person: Person, by: str, now: datetime) -> None:
    Setting.objects.update_or_create(
        key=f"{_ASKED}{person.pk}", defaults={"value": {"by": by}, "changed_at": now}
    )
    entry("protected children asked for", by, now=now, data={"person": person.pk})


def asked_protected() -> dict[int, str]:
    """Return for whom sight of protected children is asked, and by whom."""
    rows = Setting.objects.filter(key__startswith=_ASKED)
    return {int(r.key.removeprefix(_ASKED)): r.value["by"] for r in rows}


def grant_protected(person: Person, *, by: Person, now: datetime) -> None:
    """Give what another manager asked for.

    Raises:
        ValueError: this is not a second person; the text is for the page.
    """
    with transaction.atomic():
        row = Setting.objects.select_for_update().filter(key=f"{_ASKED}{person.pk}").first()
        if row is None:
            raise ValueError("Nobody asks for that any more.")
        asker = row.value["by"]
        made = {"act": "person added", "by": asker, "data__person": by.pk}
        if by.username in (asker, person.username) or Entry.objects.filter(**made).exists():
            raise ValueError(
                "A second manager gives it: not the one who asked, not the person it is for, nor an account"
                " that the one who asked has made."
            )
        person.protected_cases = True
        person.save(update_fields=["protected_cases"])
        row.delete()
        entry("protected children granted", by.username, now=now, data={"person": person.pk})
