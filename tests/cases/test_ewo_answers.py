"""EWOs answer by email, and schools tell of home education: proposed, and accepted by a person."""

from __future__ import annotations

from datetime import date

import pytest
from chased import (
    ALDER,
    BIRCHWOOD,
    NORTH,
    SOUTH,
    at,
    left,
    opened,
    reply,
    told_on,
)
from stories import arrive, email

from cases import chases, clocks
from cases.config import current
from cases.models import (
    Case,
    CaseEvent,
    Letter,
    Task,
)  # fmt: skip
from cases.record import cases as record

pytestmark = pytest.mark.usefixtures("council")


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
