"""What is due for the council as a whole: asked once, of the right person, and never across an answer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from chased import (
    asked,
    at,
    opened,
    post,
)
from django.db import IntegrityError, transaction
from stories import NOW

from cases import chases, clocks
from cases.models import (
    Asked,
    Entry,
    Letter,
)  # fmt: skip
from cases.record import cases as record
from cases.record.entries import entry

pytestmark = pytest.mark.usefixtures("council")


def test_the_council_s_weekly_reading_is_asked_for_from_the_day_it_began() -> None:
    entry("started", "system", now=at("2026-11-02"))
    rows = {r.rule: r for r in clocks.all_due(date(2026, 11, 3))}
    assert rows["s2s_weekly"].due == date(2026, 11, 9)
    assert chases.chase_council(at("2026-11-06")) == {}
    chases.sweep(at("2026-11-09"))
    letter = Letter.objects.get(kind="s2s_reading")
    assert (letter.recipient, letter.case, letter.state) == (
        "officer@wrenshire.example",
        None,
        "held",
    )
    assert letter.subject == "[CME team] This week's s2s messages"
    assert post(at("2026-11-09", 11)) == ["officer@wrenshire.example"]
    chases.sweep(at("2026-11-10"))
    assert asked("s2s_weekly") == ["note"]
    chases.sweep(at("2026-11-12"))
    assert Letter.objects.get(kind="s2s_reading_manager").recipient == "manager@wrenshire.example"
    record.note_event(None, "s2s_read", date(2026, 11, 12), by="officer", now=at("2026-11-12", 12))
    told = chases.sweep(at("2026-11-12", 13))
    assert told["taken_back"] == 1  # the manager is not told of what has been done
    assert Letter.objects.get(kind="s2s_reading_manager").state == "cancelled"
    rows = {r.rule: r for r in clocks.all_due(date(2026, 11, 12))}
    assert rows["s2s_weekly"].due == date(2026, 11, 19)


def test_the_council_s_own_letters_go_once_however_often_the_clock_strikes() -> None:
    opened()
    for hour in (9, 10, 11, 15):
        chases.sweep(at("2026-12-04", hour))
    assert Asked.objects.filter(case=None, rule="s2s_weekly").count() == 1
    assert Letter.objects.filter(kind="s2s_reading").count() == 1


def test_september_s_list_is_asked_of_admissions_and_then_told_to_the_lead_officer() -> None:
    entry("started", "system", now=at("2026-07-01"))
    chases.chase_council(at("2026-08-31"))  # a bank holiday
    assert not Asked.objects.filter(rule="transfer_list").exists()
    days = [date(2026, 9, 1) + timedelta(days=n) for n in range(30)]
    for day in days:
        record.note_event(None, "s2s_read", day, by="officer", now=at(day.isoformat(), 9))
        chases.sweep(at(day.isoformat()))
        post(at(day.isoformat(), 11))
    rows = Asked.objects.filter(rule="transfer_list").order_by("id")
    assert [(r.step, r.recipient) for r in rows] == [
        ("ask", "admissions@wrenshire.example"), ("remind", "admissions@wrenshire.example"),
        ("escalate", "attendance@wrenshire.example"),
    ]  # fmt: skip
    assert [r.letter.kind for r in rows if r.letter] == [
        "transfer_list",
        "transfer_list",
        "transfer_list_late",
    ]


def test_a_council_that_begins_in_march_owes_no_list_of_last_september() -> None:
    entry("started", "system", now=at("2027-03-01"))
    assert {r.rule for r in clocks.council_due(date(2027, 3, 2))} == {"s2s_weekly"}
    assert {r.rule for r in clocks.council_due(date(2027, 8, 10))} == {
        "s2s_weekly", "transfer_list", "open_case_report",
    }  # fmt: skip


def test_the_council_s_tasks_share_a_letter_with_what_the_officer_owes_on_cases() -> None:
    opened(("found", "2026-11-20"), form="cme")
    chases.sweep(at("2026-12-04"))
    letter = Letter.objects.get(recipient="officer@wrenshire.example")
    assert letter.kind == "digest_team"
    assert {c["rule"] for c in letter.covers} >= {"s2s_weekly", "police_told"}


@pytest.mark.parametrize(
    ("modes", "state"),
    [
        ({"default": "hold"}, "held"), ({"default": "send"}, "queued"),
        ({"default": "send", "s2s_reading": "hold"}, "held"),
        ({"default": "hold", "s2s_reading": "send", "police_told": "send"}, "queued"),
        ({"default": "send", "digest_team": "hold"}, "held"),
    ],
)  # fmt: skip
def test_a_letter_about_several_things_is_held_when_one_of_them_is(
    modes: dict[str, str], state: str, configured: Any
) -> None:
    configured(letters=modes)
    opened(("found", "2026-11-20"), form="cme")
    chases.sweep(at("2026-12-04"))
    assert Letter.objects.get(recipient="officer@wrenshire.example").state == state


def test_a_kind_of_letter_that_is_off_is_not_in_one_about_several_either(configured: Any) -> None:
    configured(letters={"default": "hold", "police_told": False})
    opened(("found", "2026-11-20"), form="cme")
    chases.sweep(at("2026-12-04"))
    letter = Letter.objects.get(recipient="officer@wrenshire.example")
    assert letter.kind == "s2s_reading"
    assert asked("police_told", "off") == ["note"]
    before = Entry.objects.count()
    chases.sweep(at("2026-12-04", 11))
    assert Entry.objects.count() == before  # decided once, and not every quarter of an hour


def test_the_database_itself_lets_the_council_be_asked_once_only() -> None:
    """Two runs at once, as on several machines: the second one's row is refused."""
    told = {
        "case": None, "council": "council", "rule": "s2s_weekly", "step": "note",
        "started_on": date(2026, 11, 2), "kind": "s2s_reading", "role": "cme_officer", "what": "Read.",
        "decided_at": NOW,
    }  # fmt: skip
    Asked.objects.create(**told)
    with pytest.raises(IntegrityError), transaction.atomic():
        Asked.objects.create(**told)
    assert Asked.objects.count() == 1
