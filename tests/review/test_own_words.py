"""The officer changes a waiting letter's words, and records S2S without closing the case."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.config import current
from cases.models import Case, Entry, Letter
from cases.record import letters, rewriting
from tests.review.conftest import NOW

WORDS = "Dear colleague,\n\nplease answer about {ref}.\n\nKind regards\nThe team\n"


@pytest.fixture
def waiting(record: dict[str, Any]) -> Letter:
    """A letter about a case that waits for approval."""
    case = Case.objects.get(ref=record["other_ref"])
    facts = {
        "reference": case.ref, "initials": case.child.initials, "team": "Team", "council": "Council",
        "telephone": "01632 960100", "overdue": False, "due": date(2026, 11, 30), "because": "so",
    }  # fmt: skip
    letter = letters.queue(
        "own-words", "ewo_report", "ewo.north@wrenshire.example", facts, config=current(), now=NOW,
        case=case,
    )  # fmt: skip
    assert letter is not None
    return letter


def change(client: Client, letter: Letter, **told: str) -> str:
    """Send the form and return the page that follows."""
    data = {"seen": letter.raw_id, "why": "warmer", **told}
    address = reverse("letter-rewrite", args=[letter.pk])
    return client.post(address, data, follow=True).content.decode()


def test_the_officer_s_words_are_shown_and_who_put_them_there(
    people: dict[str, Any], waiting: Letter
) -> None:
    client = Client()
    client.force_login(people["officer"])
    page = client.get(reverse("letter", args=[waiting.pk])).content.decode()
    assert "Change the words" in page
    assert waiting.case is not None
    page = change(client, waiting, text=WORDS.format(ref=waiting.case.ref))
    assert "Your words are in the letter." in page
    assert "please answer about" in page
    assert "Words changed by officer" in page
    assert "warmer" in page


def test_words_that_cannot_go_are_told_why_and_change_nothing(
    people: dict[str, Any], waiting: Letter
) -> None:
    client = Client()
    client.force_login(people["officer"])
    assert "must stay in it" in change(client, waiting, text="Please answer.")
    waiting.refresh_from_db()
    assert "Please answer this email" in rewriting.words_of(waiting)
    assert waiting.case is not None
    page = change(client, waiting, text=WORDS.format(ref=waiting.case.ref), seen="0" * 64)
    assert "was changed since you opened it" in page
    assert not Entry.objects.filter(act="letter rewritten").exists()


def test_s2s_has_a_button_and_keeps_the_case_open(
    people: dict[str, Any], record: dict[str, Any]
) -> None:
    client = Client()
    client.force_login(people["officer"])
    ref = record["other_ref"]
    assert "Record S2S" in client.get(reverse("case", args=[ref])).content.decode()
    data = {"do": "stays_open", "why": "all enquiries made"}
    page = client.post(reverse("case-act", args=[ref]), data, follow=True).content.decode()
    assert "The case stays open." in page
    assert "Record S2S" not in page
    case = Case.objects.get(ref=ref)
    assert (case.outcome, case.closed_on) == ("S2S", None)
