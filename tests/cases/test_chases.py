"""Before anything is sent, look: what makes a letter wait, and what takes one back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from chased import (
    ALDER,
    BIRCHWOOD,
    NORTH,
    SENIOR,
    asked,
    at,
    keep,
    left,
    opened,
    post,
)
from stories import NOW, arrive, email

from cases import chases, digests, filing, outbox
from cases.models import (
    Arrival,
    Asked,
    CaseEvent,
    Decision,
    Letter,
    Task,
)  # fmt: skip
from cases.record import cases as record
from cases.record import ledger, letters
from mail.letters import LetterRefused

pytestmark = pytest.mark.usefixtures("council")


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


def test_what_was_asked_goes_with_a_case_that_is_merged_and_comes_back_with_it() -> None:
    kept, other = left(), left()
    chases.sweep(at("2026-11-18"))
    (letter,) = Letter.objects.filter(kind="digest_school")
    assert post(at("2026-11-18")) == [ALDER]
    Asked.objects.filter(case=kept).delete()  # only about the other has the school been asked
    filing.merge_cases(kept.ref, other.ref, by="officer", why="one child", now=at("2026-11-19"))
    chases.sweep(at("2026-11-19"))
    assert [(a.case, a.letter) for a in Asked.objects.all()] == [(kept, letter)]  # not once more
    decision = Decision.objects.get(kind="merged")
    filing.undo(decision.pk, by="officer", why="two", now=at("2026-11-20"))
    assert [a.case for a in Asked.objects.all()] == [other]


def test_a_letter_that_names_the_merged_case_does_not_go() -> None:
    kept, other = left(), left()
    chases.sweep(at("2026-11-18"))
    filing.merge_cases(kept.ref, other.ref, by="officer", why="one child", now=at("2026-11-18", 11))
    assert Letter.objects.get().state == "cancelled"
    chases.sweep(at("2026-11-18", 12))
    (letter,) = Letter.objects.filter(state="held")
    assert (letter.kind, letter.case) == ("starters_leavers", kept)
