"""What machines say: the day somebody is back, that they have left, and what a bounce is about."""

from __future__ import annotations

from datetime import date, datetime

import corpus
import pytest

from mail import portals
from mail.machine import auto_notes, back_on
from mail.message import read_email
from mail.words import case_refs, unflow

SENT = datetime(2026, 10, 22, 9, 14)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I am on annual leave until 5th January and will answer then.", date(2027, 1, 5)),
        ("I will be back on Monday 2nd of November.", date(2026, 11, 2)),
        ("The office is closed and re-opens on Monday 2 November 2026 at 8am.", date(2026, 11, 2)),
        ("Out of the office, returning November 2, 2026", date(2026, 11, 2)),
        ("I am away until 02/11/26.", date(2026, 11, 2)),
        ("Byddaf yn ôl ar 2 Tachwedd 2026.", date(2026, 11, 2)),
        ("I was away until 5 October 2026.", None),  # a day that has passed says nothing
        ("I will be back soon.", None),
        ("Back on 31 February.", None),
        ("Term ended on 20 October.", None),
    ],
)
def test_the_day_somebody_is_back(text: str, expected: date | None) -> None:
    assert back_on(text, SENT.date()) == expected


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Mrs Kellaway has left the school.", True),
        ("I no longer work at Alder Grove.", True),
        ("Mr Ferris is no longer with us.", True),
        ("Mae Mrs Kellaway wedi gadael yr ysgol.", True),
        ("I have left the office for the day.", False),
        ("I have left instructions with reception.", False),
        ("I am out until Monday.", False),
    ],
)
def test_somebody_who_has_left_is_told_from_somebody_who_is_out(text: str, left: bool) -> None:
    assert ("left" in auto_notes(text, SENT)) is left


def test_the_deputy_named_is_noted() -> None:
    notes = auto_notes("I am away. In urgent cases contact Tom at deputy@alder.example.", SENT)
    assert notes["instead"] == "deputy@alder.example"


@pytest.mark.parametrize(
    "text",
    [
        "[CME-2026-0142]",
        "cme 2026 142",
        "CME Ref: 2026/142",
        "CME case no. 2026-0142",
        "our ref CME-2026-0142.",
        "CME\u20112026\u20110142",
    ],
)
def test_f20_a_reference_is_found_however_it_is_written(text: str) -> None:
    assert case_refs(text, [], "", "") == ("CME-2026-0142",)


def test_f20_each_sign_alone_names_the_case() -> None:
    found = ("CME-2026-0142",)
    assert case_refs("", ["cme+cme-2026-0142@wrenshire.example"], "", "") == found
    assert case_refs("", [], "about CME-2026-0142", "") == found
    assert case_refs("", [], "", "CME-2026-0142") == found
    assert case_refs("", [], "", "") == ()
    assert case_refs("Re: cme 2026 17", [], "", "") == ("CME-2026-0017",)
    assert case_refs("CME 2026 17 pupils", [], "", "") == ()
    ours = "<out.0123456789abcdef01234567.CME-2026-0142@wrenshire.example>"
    assert read_email(corpus.headed(f"In-Reply-To: {ours}")).in_reply_to == (ours,)


def test_another_councils_prefix_is_its_own() -> None:
    assert case_refs("MIS-2026-0142 CME-2026-0001", [], "", "", "MIS") == ("MIS-2026-0142",)


def test_flowed_lines_are_joined_and_quotes_kept_apart() -> None:
    assert unflow("a \nb\n> c \n> d\ne", False) == "a b\n> c d\ne"
    assert unflow("a \nb", True) == "ab"
    assert unflow("-- \nsignature", False) == "-- \nsignature"


def test_a_long_mail_that_mentions_a_portal_is_no_notice() -> None:
    text = "You have received a secure message. " + "The child was seen on Monday. " * 100
    assert not portals.is_notice("", text + "https://switch.egress.com/x", "", ())
