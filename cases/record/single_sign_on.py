"""People who come by single sign-on: who is who, and who waits to be let in.

A person is a digest of tenant and object id, bound to one account here when a manager lets them in. Their role follows
what the provider says at each sign-in; the timeline tells every change.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from django.db import transaction

from cases.models import Person, Setting
from cases.record.entries import entry
from cases.record.people import add_person

_BOUND, _WAITS = "sso:", "sso-waits:"
MOST_WAITING = 50


def key_of(tenant: str, person: str) -> str:
    """Return the digest by which a person of a tenant is known."""
    return hashlib.sha256(f"{tenant}\n{person}".encode()).hexdigest()[:40]


def person_of(key: str, role: str, *, now: datetime) -> Person | None:
    """Return the account that is bound to this person, with the role that they have now; None when there is none."""
    with transaction.atomic():
        row = Setting.objects.filter(key=_BOUND + key).first()
        person = Person.objects.filter(pk=row.value["person"]).first() if row else None
        if person is not None and person.is_active and person.role != role:
            before, person.role = person.role, role
            person.save(update_fields=["role"])
            entry(
                "role by single sign-on", "system: sign-in", now=now,
                data={"person": person.pk, "from": before, "to": role},
            )  # fmt: skip
        return person


def signed_in(person: Person, *, now: datetime) -> None:
    """Write down that somebody came in."""
    entry("signed in", person.username, now=now, data={"by": "single sign-on"})


def ask(key: str, name: str, role: str, *, now: datetime) -> None:
    """Remember that somebody with a role knocked; the oldest make room."""
    with transaction.atomic():
        _, new = Setting.objects.update_or_create(
            key=_WAITS + key, defaults={"value": {"name": name, "role": role}, "changed_at": now}
        )
        if new:
            entry("asked to be let in", "system: sign-in", now=now, data={"role": role})
        rows = Setting.objects.filter(key__startswith=_WAITS).order_by("-changed_at")
        Setting.objects.filter(pk__in=[r.pk for r in rows[MOST_WAITING:]]).delete()


def waiting() -> list[tuple[str, str, str]]:
    """Return who waits: key, name, role."""
    rows = Setting.objects.filter(key__startswith=_WAITS).order_by("changed_at")
    return [(r.key.removeprefix(_WAITS), r.value["name"], r.value["role"]) for r in rows]


def let_in(key: str, username: str, *, by: str, now: datetime) -> Person:
    """Bind who waits to an account: an existing one of that user name, or a new one without a password.

    Raises:
        ValueError: nobody waits by that key, or the account is bound to somebody else; the text is for the page.
    """
    username = username.strip()
    if not re.fullmatch(r"[\w.@+-]{2,60}", username):
        raise ValueError("A user name is 2 to 60 letters, digits or . @ + - _")
    with transaction.atomic():
        row = Setting.objects.select_for_update().filter(key=_WAITS + key).first()
        if row is None:
            raise ValueError("Nobody waits to be let in by that name any more.")
        person = Person.objects.filter(username=username).first()
        if person is not None:
            if person.username == by:
                raise ValueError("Nobody binds their own account; ask another manager.")
            bound = Setting.objects.filter(key__startswith=_BOUND)
            if any(b.value["person"] == person.pk for b in bound):
                raise ValueError("That user name belongs to somebody else's account already.")
        else:
            person = add_person(username, row.value["role"], by=by, now=now)
        Setting.objects.update_or_create(
            key=_BOUND + key, defaults={"value": {"person": person.pk}, "changed_at": now}
        )
        row.delete()
        entry("let in", by, now=now, data={"person": person.pk, "role": person.role})
        return person


def turn_away(key: str, *, by: str, now: datetime) -> None:
    """Forget who waits; if they knock again they stand there again."""
    with transaction.atomic():
        gone, _ = Setting.objects.filter(key=_WAITS + key).delete()
        if gone:
            entry("turned away", by, now=now)
