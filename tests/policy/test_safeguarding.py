"""Words that must raise an alert, and the denials and blank forms that must not."""

from __future__ import annotations

import pytest

from policy.safeguarding import alerts


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The pupil is subject to a child protection plan.", "child_protection"),
        ("CPP: Yes", "child_protection"),
        ("She was reported missing on Friday.", "missing"),
        ("No answer at the door, police informed.", "police"),
        ("Mum has fled with the children to a refuge.", "refuge"),
        ("Father says she is to be married abroad.", "forced_marriage"),
        ("We are worried about FGM during the holiday.", "fgm"),
        ("Possible criminal exploitation, county lines.", "exploitation"),
        ("The aunt believes he was trafficked.", "exploitation"),
        ("He has not attended and is at risk of harm.", "risk_of_harm"),
        ("At risk of harm - no address known", "risk_of_harm"),
        ("Please call me urgently, she is at risk of harm.", "risk_of_harm"),
        ("He is at risk of harm, can you ring?", "risk_of_harm"),
        ("Fled to a refuge, please contact the school.", "refuge"),
        ("She told a friend she is suicidal.", "self_harm"),
        ("There is a history of domestic abuse.", "domestic_abuse"),
        ("Mother in refuge", "refuge"),
        ("Never seen without bruises.", "abuse"),
        ("Suspected suicide attempt", "self_harm"),
        ("The family may have travelled to join; radicalisation feared.", "radicalisation"),
        ("Not subject to a child protection plan. The police were called.", "police"),
    ],
)
def test_a_word_of_harm_raises(text: str, kind: str) -> None:
    assert kind in {s.kind for s in alerts(text)}


@pytest.mark.parametrize(
    "text",
    [
        "Not subject to a child protection plan.",
        "The child is not currently on a CP plan.",
        "CPP: No",
        "Any history of domestic violence:",
        "Child protection plan: None",
        "Child protection plan\nNo",
        "Is the child subject to a child protection plan?",
        "Child protection plan: Yes / No",
        "If you believe a child is at risk of harm, please contact Customer First.",
        "No concerns about domestic abuse.",
        "",
        "The family moved to Leeds on 3 March.",
    ],
)
def test_a_denial_or_a_blank_form_does_not(text: str) -> None:
    assert alerts(text) == ()
