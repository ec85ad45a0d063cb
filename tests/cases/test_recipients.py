"""Of whom something is asked: deputies, addresses that send back, and the new school instead of the old one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from chased import (
    ALDER,
    BIRCHWOOD,
    NORTH,
    SOUTH,
    at,
    left,
    opened,
    post,
)
from stories import NOW, arrive, email

from cases import chases, clocks
from cases.config import current
from cases.models import (
    Asked,
    Contact,
    Letter,
    School,
    Task,
)  # fmt: skip
from cases.recipients import recipient_of
from cases.record import letters
from cases.record.people import add_contact, mark_contact

pytestmark = pytest.mark.usefixtures("council")


def test_an_address_that_sends_letters_back_is_a_task() -> None:
    school = School.objects.get(name="Alder Grove Primary School")
    add_contact(school, "head@alder.example", now=NOW)
    left()
    mark_contact(ALDER, now=NOW, bounced=True)
    chases.sweep(at("2026-11-18"))
    assert not Letter.objects.filter(recipient__endswith="alder.example").exists()
    assert Task.objects.filter(kind="address", what__contains="sends letters back").count() == 1


def test_if_so_configured_the_school_s_deputy_is_asked_instead(configured: Any) -> None:
    configured(letters={"default": "hold", "bounced_to_deputy": True})
    school = School.objects.get(name="Alder Grove Primary School")
    add_contact(school, "head@alder.example", now=NOW)
    left()
    mark_contact(ALDER, now=NOW, bounced=True)
    chases.sweep(at("2026-11-18"))
    assert Letter.objects.get(kind="starters_leavers").recipient == "head@alder.example"
    mark_contact("head@alder.example", now=NOW, bounced=True)
    left()
    chases.sweep(at("2026-11-19"))
    assert Task.objects.filter(kind="address", what__contains="sends letters back").count() == 1


@pytest.mark.parametrize("deputy", [True, False])
def test_an_ewo_whose_letters_come_back(deputy: bool, configured: Any) -> None:
    configured(letters={"default": "hold", "bounced_to_deputy": deputy})
    opened(("ewo_assigned", "2026-11-12"), form="cme", ewo_address=NORTH)
    chases.sweep(at("2026-11-16"))
    post(at("2026-11-16", 11))
    letter = Letter.objects.get(recipient=NORTH)
    letters.mark_undelivered(letter.message_id, "550 no such person", now=at("2026-11-16", 12))
    chases.sweep(at("2026-11-18"))
    assert Letter.objects.filter(recipient=SOUTH).exists() is deputy
    tasks = Task.objects.filter(kind="address", what__contains="sends letters back")
    assert tasks.exists() is not deputy


def test_a_contact_who_is_away_is_stood_in_for() -> None:
    school = School.objects.get(name="Alder Grove Primary School")
    add_contact(school, "head@alder.example", now=NOW)
    Contact.objects.filter(address=ALDER).update(away_until=date(2026, 11, 20))
    left()
    chases.sweep(at("2026-11-18"))
    assert Letter.objects.get(kind="starters_leavers").recipient == "head@alder.example"


def test_without_an_address_it_is_a_task_until_there_is_one() -> None:
    Contact.objects.all().delete()
    left()
    chases.sweep(at("2026-11-18"))
    chases.sweep(at("2026-11-19"))
    assert Task.objects.filter(kind="address", what__contains="no address").count() == 1
    add_contact(School.objects.get(name="Alder Grove Primary School"), ALDER, now=NOW, main=True)
    chases.sweep(at("2026-11-20"))
    assert Letter.objects.get(kind="starters_leavers").recipient == ALDER


def test_the_ewo_of_the_school_s_area_is_asked_while_none_is_assigned() -> None:
    opened(("last_attended", "2026-11-02"), form="cme", school="Birchwood Academy")
    chases.sweep(at("2026-11-16"))
    post(at("2026-11-16", 11))
    for day in ("2026-11-23", "2026-11-24"):
        chases.sweep(at(day))
    assert Asked.objects.get(rule="ten_school_days", step="ewo").recipient == SOUTH


def test_after_a_child_is_found_the_new_school_is_asked() -> None:
    case = opened(("placed", "2026-10-07"), form="cme", receiving_school="birchwood academy")
    chases.sweep(at("2026-11-18"))
    assert Letter.objects.get(kind="follow_up").recipient == BIRCHWOOD
    assert Asked.objects.get(rule="follow_up_six_weeks", case=case).recipient == BIRCHWOOD


def test_a_new_school_that_we_do_not_know_is_the_officer_s_to_find() -> None:
    opened(("placed", "2026-10-07"), form="cme", receiving_school="Somewhere Else School")
    chases.sweep(at("2026-11-18"))
    assert not Letter.objects.filter(kind="follow_up").exists()
    assert Task.objects.filter(
        what__contains="no address on the record to ask (new school)"
    ).exists()


def test_a_child_who_came_back_is_asked_after_at_their_own_school() -> None:
    opened(("returned", "2026-10-07"), form="cme")
    chases.sweep(at("2026-11-18"))
    assert Letter.objects.get(kind="follow_up").recipient == ALDER


@pytest.mark.parametrize(("dmarc", "tasks"), [("pass", 1), ("fail", 0)])
def test_an_ewo_s_automatic_reply_asks_the_officer_to_mark_them_away(
    dmarc: str, tasks: int
) -> None:
    for day in ("2026-11-18", "2026-11-19"):
        told = arrive(
            email(
                "I am on annual leave until Monday 7 December 2026.\n", sender=NORTH, dmarc=dmarc,
                subject="Automatic reply: First enquiries", headers=[("Auto-Submitted", "auto-replied")], sent=at(day),
            ),
            at(day),
        )  # fmt: skip
        assert told["verdict"] == "ignored"
    found = Task.objects.filter(kind="away")
    assert found.count() == tasks  # one, however many of our letters were answered
    for task in found:
        assert (
            "EWO North (ewo.north@wrenshire.example) is away until Monday 7 December 2026"
            in task.what
        )
        assert "EWO South" in task.what
    case = left(ewo_address=NORTH)
    facts = clocks.facts([case])[case.pk]
    assert (
        recipient_of(case, facts, "ewo", current(), at("2026-11-20")).address == NORTH
    )  # never silently
