"""Accounts: two managers for protected children, first passwords that are changed, nothing wiped by a change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
PASSWORD = "an invented password 7"


@pytest.fixture
def manager(client: Client, people: dict[str, Any]) -> Client:
    client.force_login(people["manager"])
    return client


def test_an_account_that_the_asker_made_cannot_agree(
    manager: Client, people: dict[str, Any]
) -> None:
    from cases.models import Person

    where = reverse("people")
    manager.post(where, {"username": "puppet", "role": "manager"})
    manager.post(where, {"username": "officer", "role": "officer", "protected": "yes"})
    puppet = Client()
    puppet.force_login(Person.objects.get(username="puppet"))
    page = puppet.post(where, {"do": "grant", "username": "officer"}, follow=True)
    assert "A second manager gives it" in page.content.decode()
    assert not Person.objects.get(username="officer").protected_cases
    named = Client()
    named.force_login(people["named"])
    named.post(where, {"do": "grant", "username": "officer"})
    assert Person.objects.get(username="officer").protected_cases
    manager.post(where, {"username": "officer", "role": "officer", "protected": "no"})
    assert not Person.objects.get(username="officer").protected_cases


def test_every_step_towards_protected_children_stands_in_the_trail(
    manager: Client, people: dict[str, Any]
) -> None:
    from cases.models import Entry

    where = reverse("people")
    manager.post(where, {"username": "officer", "role": "officer", "protected": "yes"})
    named = Client()
    named.force_login(people["named"])
    named.post(where, {"do": "grant", "username": "officer"})
    told = Entry.objects.filter(act__startswith="protected children").values_list("act", "by")
    assert list(told) == [
        ("protected children asked for", "manager"),
        ("protected children granted", "named"),
    ]


def test_nobody_changes_their_own_role_or_closes_themselves(
    manager: Client, people: dict[str, Any]
) -> None:
    from cases.models import Person

    for told in ({"role": "auditor"}, {"role": "manager", "active": "no"}):
        manager.post(reverse("people"), {"username": "manager", **told})
    me = Person.objects.get(username="manager")
    assert (me.role, me.is_active) == ("manager", True)


def test_the_form_to_change_somebody_holds_what_is_known(
    manager: Client, people: dict[str, Any]
) -> None:
    from cases.models import Person

    Person.objects.filter(username="ewo").update(areas=["North"], deputy=people["officer"])
    page = manager.get(reverse("people") + "?change=ewo").content.decode()
    assert 'value="ewo@wrenshire.example"' in page
    assert 'value="North"' in page
    assert 'value="officer"' in page


def test_a_first_password_opens_only_the_page_that_changes_it(
    manager: Client, people: dict[str, Any]
) -> None:
    from cases.record.accounts import save_person

    first = save_person("newcomer", "officer", email="", active=True, by="manager", now=NOW)
    browser = Client()
    browser.post(reverse("sign-in"), {"username": "newcomer", "password": first})
    assert browser.get("/")["Location"] == reverse("password")
    assert browser.get(reverse("cases"))["Location"] == reverse("password")
    told = {"password_now": "wrong", "new": PASSWORD}
    assert "is not right" in browser.post(reverse("password"), told).content.decode()
    browser.post(reverse("password"), {"password_now": first, "new": first})
    assert browser.get("/").status_code == 302
    browser.post(reverse("password"), {"password_now": first, "new": PASSWORD})
    assert browser.get("/").status_code == 200
    again = Client()
    again.post(reverse("sign-in"), {"username": "newcomer", "password": PASSWORD})
    assert again.get("/").status_code == 200


def test_a_forgotten_password_is_made_anew_and_sight_of_protected_children_ends(
    manager: Client, people: dict[str, Any]
) -> None:
    from cases.models import Person

    page = manager.post(reverse("people"), {"do": "reset", "username": "named"}, follow=True)
    assert "A new first password for named, shown once" in page.content.decode()
    assert not Person.objects.get(username="named").protected_cases
    own = manager.post(reverse("people"), {"do": "reset", "username": "manager"}, follow=True)
    assert "A new first password" not in own.content.decode()


def test_the_first_link_lives_by_the_real_clock(client: Client, db: Any) -> None:
    """The demonstration's clock leaps two weeks while the address is still being read."""
    from cases import clock
    from cases.record import ledger
    from cases.record.people import make_link

    token = make_link(datetime.now(UTC))
    ledger.remember(clock.DEMONSTRATION, 14 * 86400, datetime.now(UTC))
    assert client.post(reverse("start", args=[token])).status_code == 302
    assert client.get("/").status_code == 200


def test_a_link_older_than_its_time_is_used_up(client: Client, db: Any) -> None:
    from cases.record.people import make_link

    token = make_link(datetime.now(UTC) - timedelta(hours=25))
    assert client.post(reverse("start", args=[token])).status_code == 410


def test_a_council_with_one_manager_is_told_how_to_have_a_second(
    client: Client, people: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    import argparse

    from cases.commands import NeedsPerson
    from cases.commands.requests import run_add_manager
    from cases.models import Person

    client.force_login(people["manager"])
    Person.objects.filter(username="named").update(is_active=False)
    assert "cme add-manager NAME" in client.get("/people/").content.decode()
    run_add_manager(argparse.Namespace(username="head.of.service"))
    second = Person.objects.get(username="head.of.service")
    assert second.check_password(capsys.readouterr().out.split()[-1])
    assert "cme add-manager NAME" not in client.get("/people/").content.decode()
    client.post("/people/", {"username": "officer", "role": "officer", "protected": "yes"})
    client.force_login(second)
    client.post("/people/", {"do": "grant", "username": "officer"})
    assert Person.objects.get(username="officer").protected_cases
    with pytest.raises(NeedsPerson, match="there already"):
        run_add_manager(argparse.Namespace(username="head.of.service"))
