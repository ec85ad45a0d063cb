"""Before anything is sent, look: who asks what of whom, what makes a letter wait, and what takes one back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from stories import NOW, arrive, email

from cases import chases, clocks, digests, outbox
from cases.config import current
from cases.models import (
    Arrival,
    Asked,
    Case,
    CaseEvent,
    Contact,
    Entry,
    Letter,
    School,
    Task,
)  # fmt: skip
from cases.record import cases as record
from cases.record import children, ledger, letters
from cases.record.entries import entry
from cases.record.people import add_contact, mark_contact
from mail.letters import LetterRefused

pytestmark = pytest.mark.usefixtures("council")
ALDER, BIRCHWOOD, NORTH = (
    "office@alder.example",
    "attendance@birchwood.example",
    "ewo.north@wrenshire.example",
)
SOUTH, SENIOR = "ewo.south@wrenshire.example", "senior.ewo@wrenshire.example"


def at(day: str, hour: int = 10) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00").replace(tzinfo=UTC)


def opened(
    *events: tuple[str, str], form: str = "removal", school: str = "Alder Grove Primary School", **more: Any
) -> Case:  # fmt: skip
    """Return an open case whose clocks run from these events only."""
    number = Case.objects.count()
    child = children.add_child(
        {"surname": f"Fennimore{number}", "forenames": "Pell", "date_of_birth": "2015-05-04"},
        by="test", now=NOW,
    )  # fmt: skip
    case = record.open_case(
        child, prefix="CME", on=date(2026, 11, 2), now=NOW, by="test", form=form, provisional=False,
        school=School.objects.get(name=school),
    )  # fmt: skip
    for name, value in more.items():
        setattr(case, name, value)
    case.save()
    for kind, on in events:
        record.note_event(case, kind, date.fromisoformat(on), by="test", now=NOW)
    return case


def left(**more: Any) -> Case:
    """A pupil taken off roll: the starters and leavers return is due on Tuesday 17 November."""
    return opened(("off_roll", "2026-11-12"), **more)


def post(now: datetime) -> list[str]:
    """Let everything that waits go, as an officer and the mail server would; return to whom."""
    letters.approve(
        Letter.objects.filter(state="held").values_list("pk", flat=True), by="officer", now=now
    )
    gone = []
    for key in letters.ready(now, 100):
        row = letters.claim(key, now)
        assert row is not None
        letters.mark_sent(row, "250 taken", now=now)
        gone.append(row.recipient)
    return gone


def asked(rule: str, state: str = "written") -> list[str]:
    rows = Asked.objects.filter(rule=rule, state=state).order_by("id")
    return list(rows.values_list("step", flat=True))


# The council's own tasks


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


# Before sending, look


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Change sections of the configuration for one test."""

    def change(**sections: Any) -> None:
        config = current().model_copy(update=sections)
        for module in (chases.clocks, digests, chases.clocks.rules):
            if hasattr(module, "current"):
                monkeypatch.setattr(module, "current", lambda: config)

    return change


def keep(sender: str, subject: str = "News", day: str = "2026-11-18") -> Arrival:
    """Let an email be kept that nobody has read yet."""
    arrival, _ = ledger.keep_raw(
        email("Something.\n", sender=sender, subject=subject), at(day), at(day), "a"
    )
    return arrival


def test_a_school_is_asked_when_nothing_stands_against_it() -> None:
    left()
    assert chases.sweep(at("2026-11-18"))["letters"] >= 1
    assert Letter.objects.get(recipient=ALDER).kind == "starters_leavers"


@pytest.mark.parametrize("sender", [ALDER, "head@alder.example"])
def test_an_email_that_nobody_has_read_yet_makes_the_letter_wait(sender: str) -> None:
    left()
    arrival = keep(sender)
    assert arrival.sender == ""  # its sender is not even on the row
    chases.sweep(at("2026-11-18"))
    assert not Letter.objects.filter(recipient=ALDER).exists()
    Arrival.objects.update(state="ignored")
    chases.sweep(at("2026-11-18", 11))
    assert Letter.objects.filter(recipient=ALDER).exists()


def test_an_unread_email_of_somebody_else_about_the_case_makes_it_wait_too() -> None:
    case = left()
    keep("duty@socialcare.wrenshire.example", f"RE: {case.ref.lower()}")
    chases.sweep(at("2026-11-18"))
    assert not Letter.objects.filter(recipient=ALDER).exists()
    keep("office@cedar.example")  # and an email of another school holds nothing up
    assert Asked.objects.filter(case=case).count() == 0


def test_a_held_email_makes_the_letter_wait() -> None:
    left()
    told = arrive(
        email("See attached.\n", [("form.pdf", b"%PDF-1.4 broken")], sender=ALDER),
        at("2026-11-18", 9),
    )
    assert told["held"]
    chases.sweep(at("2026-11-18"))
    assert not Letter.objects.filter(recipient=ALDER).exists()


def test_mail_that_comes_between_deciding_and_writing_makes_it_wait() -> None:
    case = left()
    chases.chase([case.pk], at("2026-11-18"))
    assert asked("starters_leavers_return", "waiting") == ["ask"]
    keep(ALDER)
    assert digests.gather(at("2026-11-18"))["answer_unread"] == 1
    assert not Letter.objects.filter(recipient=ALDER).exists()


def test_a_mailbox_that_cannot_be_read_may_hold_any_answer() -> None:
    left()
    ledger.remember("last_proved_poll", at("2026-11-18", 8).isoformat(), at("2026-11-18", 8))
    chases.sweep(at("2026-11-18"))
    assert not Letter.objects.exists()
    (row, *_) = [r for r in chases.would_chase(at("2026-11-18")) if r.case]
    assert getattr(row.step, "why", "") == "the mailbox cannot be read; their answer may lie there"
    ledger.remember("last_proved_poll", at("2026-11-18").isoformat(), at("2026-11-18"))
    chases.sweep(at("2026-11-18"))
    assert Letter.objects.filter(recipient=ALDER).exists()


def test_somebody_who_asked_by_hand_lately_is_enough() -> None:
    case = left()
    record.note_event(case, "asked_by_hand", date(2026, 11, 17), by="officer", now=at("2026-11-17"))
    chases.sweep(at("2026-11-18"))
    assert not Letter.objects.filter(recipient=ALDER).exists()
    chases.sweep(at("2026-11-20"))
    assert Letter.objects.filter(recipient=ALDER).exists()


def test_an_answer_that_waits_to_be_accepted_makes_the_reminder_wait() -> None:
    case = opened(("ewo_assigned", "2026-11-12"), form="cme", ewo_address=NORTH)
    event = record.note_event(
        case, "home_visit_failed", date(2026, 11, 16), by="system: intake", now=NOW, proposed=True
    )
    chases.sweep(at("2026-11-18"))
    assert "ewo_home_visit" not in set(Asked.objects.values_list("rule", flat=True))
    record.settle_event(event, False, by="officer", now=at("2026-11-18", 11))
    chases.sweep(at("2026-11-18", 12))
    assert "ewo_home_visit" in set(Asked.objects.values_list("rule", flat=True))


def test_a_protected_child_is_the_officer_s_to_write_about() -> None:
    case = left()
    case.child.protected = True
    case.child.save()
    assert chases.sweep(at("2026-11-18"))["put_to_a_person"] == 1
    assert not Letter.objects.filter(recipient=ALDER).exists()
    (task,) = Task.objects.filter(kind="chase")
    assert "Ask by hand" in task.what
    chases.sweep(at("2026-11-18", 11))
    assert Task.objects.filter(kind="chase").count() == 1


def test_a_child_who_becomes_protected_has_its_letters_taken_back() -> None:
    case = left()
    chases.sweep(at("2026-11-18"))
    case.child.protected = True
    case.child.save()
    digests.take_back_answered(at("2026-11-18", 11))
    assert Letter.objects.get(recipient=ALDER).state == "cancelled"


def test_a_school_that_wrote_since_it_was_asked_is_not_reminded_unread() -> None:
    """It was filed as news and did not stop the clock: a person looks, and may let the reminder go."""
    case = left()
    chases.sweep(at("2026-11-18"))
    post(at("2026-11-18", 11))
    told = arrive(
        email("The office is short of staff, the return will follow next week.\n", sender=ALDER,
              subject=f"Re: [{case.ref}]", sent=at("2026-11-19")),
        at("2026-11-19"),
    )  # fmt: skip
    assert told["cases"] == [case.ref]
    chases.sweep(at("2026-11-25"))
    assert asked("starters_leavers_return") == ["ask"]
    (task,) = Task.objects.filter(kind="chase", case=case)
    assert "written since they were asked" in task.what
    record.finish_task(task.pk, by="officer", now=at("2026-11-25", 11))
    chases.sweep(at("2026-11-25", 12))
    assert asked("starters_leavers_return") == ["ask", "remind"]


def test_a_closed_case_s_letters_are_taken_back() -> None:
    case = left()
    chases.sweep(at("2026-11-18"))
    record.close(case, "EMI", by="officer", why="told", now=at("2026-11-18", 11))
    chases.sweep(at("2026-11-18", 12))
    assert Letter.objects.get(recipient=ALDER).state == "cancelled"
    assert asked("starters_leavers_return", "dropped") == ["ask"]


# Bounces and deputies


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


# The new school, and not the old one


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


# Letters that wait


def test_a_letter_is_taken_back_when_it_is_answered_before_anybody_approves_it() -> None:
    case = left()
    chases.sweep(at("2026-11-18"))
    record.note_event(
        case, "starters_leavers_form_received", date(2026, 11, 18), by="officer", now=NOW
    )
    assert digests.take_back_answered(at("2026-11-18", 12)) == {"taken_back": 1}
    letter = Letter.objects.get(recipient=ALDER)
    assert (letter.state, letter.why) == ("cancelled", "answered meanwhile")
    assert letters.approve([letter.pk], by="officer", now=NOW) == 0


def test_an_approved_letter_does_not_go_across_an_answer() -> None:
    """The answer came after the officer's approval and before the next run that sends."""
    case = left()
    chases.sweep(at("2026-11-18"))
    letters.approve(
        Letter.objects.values_list("pk", flat=True), by="officer", now=at("2026-11-18", 11)
    )
    for letter in Letter.objects.exclude(recipient=ALDER):
        letters.cancel(letter.pk, by="officer", why="not now", now=NOW)
    record.note_event(
        case, "starters_leavers_form_received", date(2026, 11, 18), by="officer", now=NOW
    )
    told = outbox.send_ready(at("2026-11-18", 12), lambda _: None)
    assert told.get("taken_back") == 1
    assert Letter.objects.get(recipient=ALDER).state == "cancelled"


def test_what_is_left_of_a_letter_is_asked_anew_without_what_was_answered() -> None:
    first, second, third = left(), left(), left()
    chases.sweep(at("2026-11-18"))
    letter = Letter.objects.get(recipient=ALDER)
    assert (letter.kind, len(letter.covers)) == ("digest_school", 3)
    record.note_event(
        second, "starters_leavers_form_received", date(2026, 11, 18), by="officer", now=NOW
    )
    chases.sweep(at("2026-11-18", 12))
    letter.refresh_from_db()
    assert letter.state == "cancelled"
    (anew,) = Letter.objects.filter(recipient=ALDER, state="held")
    assert {c["case"] for c in anew.covers} == {first.pk, third.pk}


def test_an_answer_that_is_taken_back_is_asked_for_again() -> None:
    case = left()
    chases.chase([case.pk], at("2026-11-18"))
    event = record.note_event(
        case, "starters_leavers_form_received", date(2026, 11, 18), by="officer", now=NOW
    )
    digests.gather(at("2026-11-18"))
    assert asked("starters_leavers_return", "dropped") == ["ask"]
    CaseEvent.objects.filter(pk=event.pk).update(state="undone")
    chases.sweep(at("2026-11-18", 11))
    assert asked("starters_leavers_return") == ["ask"]


def test_a_reminder_takes_the_place_of_a_letter_that_nobody_let_go() -> None:
    """The officer was away for a week: the EWO gets one letter, and the senior hears nothing of a silence."""
    opened(("ewo_assigned", "2026-11-12"), form="cme", ewo_address=NORTH)
    for day in ("2026-11-16", "2026-11-18", "2026-11-19", "2026-11-20", "2026-11-23"):
        chases.sweep(at(day))
    assert asked("ewo_home_visit") == ["after"]
    assert asked("ewo_home_visit", "overtaken") == ["before"]
    assert not Letter.objects.filter(recipient=SENIOR).exists()
    assert post(at("2026-11-23", 11)).count(NORTH) == 1
    chases.sweep(at("2026-11-24"))
    assert "escalate" in asked("ewo_home_visit")


def test_a_snoozed_rule_s_letter_is_taken_back_and_comes_when_the_snooze_is_over() -> None:
    case = left()
    chases.sweep(at("2026-11-18"))
    record.snooze(
        case, "starters_leavers_return", date(2026, 11, 25), by="officer", why="promised", now=NOW
    )
    chases.sweep(at("2026-11-18", 12))
    assert Letter.objects.get(recipient=ALDER).state == "cancelled"
    (waits,) = [r.step for r in chases.would_chase(at("2026-11-19")) if r.case]
    assert getattr(waits, "why", "") == "snoozed by the officer"
    chases.sweep(at("2026-11-25"))
    assert Letter.objects.filter(recipient=ALDER, state="held").count() == 1


def test_a_letter_with_a_gap_is_a_task_and_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left(), left(school="Birchwood Academy")
    real = letters.render

    def broken(kind: str, facts: Any) -> Any:
        if facts.get("school", "").startswith("Alder"):
            raise LetterRefused("starters_leavers: due is missing")
        return real(kind, facts)

    monkeypatch.setattr(letters, "render", broken)
    told = chases.sweep(at("2026-11-18"))
    assert told["refused"] == 1
    assert Task.objects.filter(kind="letter").count() == 1
    assert Letter.objects.filter(recipient=BIRCHWOOD).exists()
    chases.sweep(at("2026-11-18", 11))
    assert Task.objects.filter(kind="letter").count() == 1


# Days that nobody knows, and days that were put right


def test_a_count_past_the_known_terms_is_a_task_and_no_guess() -> None:
    opened(("last_attended", "2027-07-19"), form="cme")
    rows = {r.rule: r for r in clocks.all_due(date(2027, 7, 20))}
    assert rows["ten_school_days"].due is None
    assert rows["ten_school_days"].problem == "no term dates after July 2027 for the county"
    chases.sweep(at("2027-07-20"))
    chases.sweep(at("2027-07-21"))
    (task,) = Task.objects.filter(kind="calendar")
    assert task.what.startswith("No term dates after July 2027 for the county.")


def test_a_school_s_own_terms_and_a_day_closed_later_count_anew() -> None:
    case = opened(("last_attended", "2026-11-12"), form="cme")
    school = School.objects.get(name="Alder Grove Primary School")

    def due() -> date | None:
        return {r.rule: r.due for r in clocks.case_due(case, date(2026, 11, 13))}["ten_school_days"]

    assert due() == date(2026, 11, 26)
    school.closed_days = ["2026-11-20"]  # a training day that was told later
    school.save()
    assert due() == date(2026, 11, 27)
    school.terms, school.closed_days = (
        [["2026-11-02", "2026-11-13"], ["2026-11-23", "2026-12-18"]],
        [],
    )
    school.save()
    assert due() == date(2026, 12, 3)  # an academy with a half term of its own


def test_a_date_that_is_corrected_moves_the_clock() -> None:
    case = opened(("last_attended", "2026-11-12"), form="cme", last_attended=date(2026, 11, 12))
    record.change_field(
        case, "last_attended", "2026-11-05", by="officer", why="misread", now=NOW, version=case.version
    )  # fmt: skip
    rows = {r.rule: r.due for r in clocks.case_due(case, date(2026, 11, 13))}
    assert rows["ten_school_days"] == date(2026, 11, 19)


def test_the_hour_that_ends_the_day_is_the_uk_s() -> None:
    """Half past two in London's summer is half past one by the clock that instants are kept in."""
    case = opened(form="cme")
    late = datetime(2026, 10, 22, 14, 30, tzinfo=UTC)  # 15:30 in summer time
    record.note_event(case, "referral_received", date(2026, 10, 22), by="test", now=late, at=late)
    rows = {r.rule: r.due for r in clocks.case_due(case, date(2026, 10, 22))}
    assert rows["assign_ewo"] == date(2026, 10, 23)


def test_a_destination_that_would_find_nobody_stops_nothing() -> None:
    vague = opened(
        ("last_attended", "2026-11-02"), form="cme", receiving_school="a school in Leeds"
    )
    record.note_event(vague, "destination_named", date(2026, 11, 20), by="test", now=NOW)
    named = opened(
        ("last_attended", "2026-11-02"), form="cme", receiving_school="Harbour High School"
    )
    record.note_event(named, "destination_named", date(2026, 11, 20), by="test", now=NOW)
    assert "lost_pupil_ctf" in {r.rule for r in clocks.case_due(vague, date(2026, 11, 24))}
    assert "lost_pupil_ctf" not in {r.rule for r in clocks.case_due(named, date(2026, 11, 24))}


@pytest.mark.parametrize(
    ("more", "country", "owed"),
    [
        ({}, "", False), ({"forms_seen": ["ehe"]}, "", True), ({}, "Poland", True), ({}, "England", False),
        ({}, "Scotland", True), ({"receiving_school": "Dunlin House School"}, "", True),
        ({"receiving_school": "Birchwood Academy"}, "", False),
    ],
)  # fmt: skip
def test_a_transfer_file_for_outside_is_owed_for_whoever_leaves_the_system(
    more: dict[str, Any], country: str, owed: bool
) -> None:
    case = left(**more)
    if country:
        record.apply_value(case, "destination_country", country, by="test", now=NOW)
    assert ("outside_ctf" in {r.rule for r in clocks.case_due(case, date(2026, 11, 18))}) is owed


def test_s2s_is_recorded_and_closes_nothing() -> None:
    case = opened(
        ("left_county_suspected", "2026-11-20"), ("referral_received", "2026-11-02"), form="cme"
    )
    record.set_outcome(case, "S2S", by="officer", why="all enquiries made", now=NOW)
    case.refresh_from_db()
    assert (case.outcome, case.status, case.closed_on) == ("S2S", "s2s", None)
    rules = {r.rule for r in clocks.case_due(case, date(2026, 11, 24))}
    assert "s2s_posting" not in rules
    assert {"manager_review", "care_first_check"} <= rules
    with pytest.raises(record.NotAllowed):
        record.set_outcome(case, "DEC", by="officer", why="", now=NOW)
    with pytest.raises(record.NotAllowed):
        record.close(case, "S2S", by="officer", why="", now=NOW)
    record.close(case, "EMI", by="officer", why="traced abroad", now=NOW)
    with pytest.raises(record.NotAllowed):
        record.set_outcome(case, "S2S", by="officer", why="", now=NOW)


# EWOs answer by email


def reply(text: str, subject: str, day: str = "2026-11-18", sender: str = NORTH) -> dict[str, Any]:
    return arrive(email(text, sender=sender, subject=subject, sent=at(day)), at(day))


def told_on(case: Case) -> list[tuple[str, date, str]]:
    rows = CaseEvent.objects.filter(case=case, arrival__isnull=False).order_by("id")
    rows = rows.exclude(kind="update_form_received")
    return [(e.kind, e.on, e.state) for e in rows]


def test_an_ewo_s_answer_is_proposed_and_stops_the_clock_when_it_is_accepted() -> None:
    case = opened(("ewo_assigned", "2026-11-12"), form="cme", ewo_address=NORTH)
    reply("Visited 16 November, no answer, neighbour says moved in October.\n", f"Re: [{case.ref}]")
    assert told_on(case) == [("home_visit_failed", date(2026, 11, 16), "proposed")]
    event = CaseEvent.objects.get(case=case, kind="home_visit_failed")
    assert event.note.startswith("moved, no answer: Visited 16 November")
    assert "ewo_home_visit" in {r.rule for r in clocks.case_due(case, date(2026, 11, 18))}
    record.settle_event(event, True, by="officer", now=at("2026-11-18", 11))
    rules = {r.rule for r in clocks.case_due(case, date(2026, 11, 18))}
    assert "ewo_home_visit" not in rules
    assert "social_care_told" in rules  # nobody was found: policy 10.1


def test_one_answer_about_several_cases_is_told_apart() -> None:
    one = opened(("ewo_assigned", "2026-11-12"), form="cme", ewo_address=NORTH)
    two = opened(("ewo_assigned", "2026-11-12"), form="cme", ewo_address=NORTH)
    three = opened(("ewo_assigned", "2026-11-12"), form="cme", ewo_address=NORTH)
    chases.sweep(at("2026-11-16"))
    letter = Letter.objects.get(recipient=NORTH)
    assert letter.kind == "digest_ewo"
    reply(
        f"{one.ref}: visited 16 November, no answer.\n{two.ref} - saw mum and the child on 17 November at home.\n"
        f"{three.ref}: rang the school, will visit Friday.\n",
        f"Re: {letter.subject}",
    )
    assert told_on(one) == [("home_visit_failed", date(2026, 11, 16), "proposed")]
    assert told_on(two) == [("home_visit", date(2026, 11, 17), "proposed")]
    assert told_on(three) == [("first_action", date(2026, 11, 18), "proposed")]


def test_an_answer_to_several_that_names_none_is_the_officer_s_to_read() -> None:
    one = opened(("ewo_assigned", "2026-11-12"), form="cme", ewo_address=NORTH)
    opened(("ewo_assigned", "2026-11-12"), form="cme", ewo_address=NORTH)
    chases.sweep(at("2026-11-16"))
    letter = Letter.objects.get(recipient=NORTH)
    told = reply("Visited, no answer.\n", f"Re: {letter.subject}")
    assert told["verdict"] == "held"
    assert told_on(one) == []


@pytest.mark.parametrize(
    ("sender", "accept", "state"),
    [(NORTH, False, "proposed"), (NORTH, True, "applied"), (SOUTH, True, "proposed")],
)
def test_a_verified_ewo_s_own_word_stops_the_clock_only_if_so_configured(
    sender: str, accept: bool, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cases import ewo_answers

    config = current().model_copy(
        update={"letters": {"default": "hold", "accept_ewo_replies": accept}}
    )
    monkeypatch.setattr(ewo_answers, "current", lambda: config)
    case = opened(("ewo_assigned", "2026-11-12"), form="cme", ewo_address=NORTH)
    reply("Visited 16 November, saw the child.\n", f"Re: [{case.ref}]", sender=sender)
    assert told_on(case) == [("home_visit", date(2026, 11, 16), state)]


def test_a_school_s_own_visit_is_no_visit_of_an_ewo_s() -> None:
    case = opened(("ewo_assigned", "2026-11-12"), form="cme", ewo_address=NORTH)
    reply("We visited the home on 16 November, no answer.\n", f"Re: [{case.ref}]", sender=ALDER)
    assert not {kind for kind, *_ in told_on(case)} & {"home_visit", "home_visit_failed"}


def test_an_ewo_s_automatic_reply_answers_nothing() -> None:
    case = opened(("ewo_assigned", "2026-11-12"), form="cme", ewo_address=NORTH)
    arrive(
        email("I visited Rome and am back on 30 November.\n", sender=NORTH, subject=f"Automatic reply: [{case.ref}]",
              headers=[("Auto-Submitted", "auto-replied")]),
        at("2026-11-18"),
    )  # fmt: skip
    assert told_on(case) == []


def test_a_wish_to_withdraw_the_referral_is_a_task_and_no_home_education() -> None:
    case = left()
    reply(
        "Please withdraw this referral, it was sent in error.\n", f"Re: [{case.ref}]", sender=ALDER
    )
    assert "ehe_decided" not in {kind for kind, *_ in told_on(case)}
    assert Task.objects.filter(kind="withdrawn", case=case).count() == 1


def test_news_of_home_education_starts_the_return_s_clock_once_it_is_accepted() -> None:
    case = left()
    reply(
        "The parents have decided that he will be home educated.\n",
        f"Re: [{case.ref}]",
        sender=ALDER,
    )
    event = CaseEvent.objects.get(case=case, kind="ehe_decided")
    assert event.state == "proposed"
    assert "ehe_return" not in {r.rule for r in clocks.case_due(case, date(2026, 11, 18))}
    record.settle_event(event, True, by="officer", now=at("2026-11-18", 11))
    rows = {r.rule: r for r in clocks.case_due(case, date(2026, 11, 18))}
    assert rows["ehe_return"].due == date(
        2026, 11, 19
    )  # five school days after 12 November, off roll
    assert rows["ehe_parental_letter"].due == date(2026, 11, 19)


def test_a_removal_whose_ground_is_home_education_owes_form_and_letter_too() -> None:
    from cases.demonstration import word_form

    data = word_form(
        "Notification of removal from school roll",
        [
            ("Surname", "Okonjo-Reyes"), ("Forename(s)", "Marisol"), ("Date of birth", "02/11/2012"),
            ("School", "Birchwood Academy"), ("Date removed from roll", "12/11/2026"),
            ("Ground for deletion", "Regulation 9(1)(f) 2024"), ("Date of notification", "13/11/2026"),
        ],
    )  # fmt: skip
    told = arrive(
        email("Attached.\n", [("removal.docx", data)], sender=BIRCHWOOD), at("2026-11-13")
    )
    case = Case.objects.get(ref=told["cases"][0])
    assert case.forms_seen == ["removal"]
    rows = {r.rule: r for r in clocks.case_due(case, date(2026, 11, 16))}
    assert {"ehe_return", "ehe_parental_letter", "outside_ctf"} <= set(rows)
    assert rows["ehe_return"].due == date(2026, 11, 19)


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
