"""What a manager had deleted goes from the mailbox too, wherever it lies there, and the proof says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from posthouse import PostHouse, servers
from stories import NOW, OTHER, email, form

from cases import road
from cases.config import Keep, Retention
from cases.models import Arrival, Case, Child, Entry, Sighting
from cases.record import retention

pytestmark = pytest.mark.usefixtures("council")
RULES = Retention(
    raw_email=Keep(years=2), documents=Keep(years=6), case=Keep(until_age=25), case_with_ehcp=Keep(until_age=35),
    case_looked_after=Keep(until_age=75), audit=Keep(years=10),
)  # fmt: skip
LATER = NOW + timedelta(days=4000)


@pytest.fixture
def house(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostHouse]:
    with servers.dovecot() as dovecot, servers.bad_smtp() as smtp:
        made = PostHouse(dovecot, smtp, dovecot.account(), tmp_path / "config.yaml")
        made.configure()
        monkeypatch.setattr("cases.settings.CONFIG_FILE", made.file)
        monkeypatch.setenv("CME_MAILBOX_PASSWORD", servers.PASSWORD)
        yield made


def closed(case: Case) -> retention.Due:
    Child.objects.filter(pk=case.child_id).update(date_of_birth=date(1990, 1, 1))
    Case.objects.filter(pk=case.pk).update(status="closed", closed_on=date(2006, 1, 1))
    return retention.Due("case", case.pk, case.ref, date(2015, 1, 1))


def test_the_copies_go_after_the_managers_confirmation_and_only_theirs(house: PostHouse) -> None:
    first, second = email(files=[("a.docx", form())]), email(files=[("b.docx", form(OTHER))])
    house.deliver(first, second)
    house.deliver(first, folder="Kept by hand")
    house.poll()
    assert sum(house.lies().values()) == 3
    road.erase_copies()
    assert sum(house.lies().values()) == 3, "nothing goes before somebody confirmed it"

    mine = Case.objects.get(child__surname="Thornbury")
    gone = retention.erase(closed(mine), RULES, by="manager", now=LATER)
    assert gone["mailbox copies to delete"] == 2
    officer = house.dovecot.client(house.user)
    officer.select_folder("Kept by hand")
    officer.delete_messages(officer.search("ALL"))
    officer.expunge()
    officer.logout()

    assert road.erase_copies() == {"deleted": 1, "not found": 1}
    assert road.erase_copies() == {}
    assert sum(house.lies().values()) == 1
    left = Case.objects.get()
    assert left.child.surname == "Mwangi"
    proof = Entry.objects.get(act="deleted from the mailbox")
    assert proof.data == {"kind": "mailbox", "gone": {"deleted": 1, "not found": 1}}

    # Somebody puts an old copy back: it is known, not taken in again, and goes too.
    house.deliver(first, folder="Put back")
    house.poll()
    assert Arrival.objects.count() == 2
    assert road.erase_copies() == {"deleted": 1}


def test_a_mailbox_that_is_away_is_tried_again(
    house: PostHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.deliver(email(files=[("a.docx", form())]))
    house.poll()
    retention.erase(closed(Case.objects.get()), RULES, by="manager", now=LATER)
    monkeypatch.setenv("CME_MAILBOX_PASSWORD", "another")
    assert road.erase_copies() == {}
    assert Sighting.objects.filter(gone_at=None).count() == 1
    monkeypatch.setenv("CME_MAILBOX_PASSWORD", servers.PASSWORD)
    assert road.erase_copies() == {"deleted": 1}
    assert house.lies() == {}
