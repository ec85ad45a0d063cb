"""A message that was sent on is news; what a reply quotes is not."""

from __future__ import annotations

import pytest

from mail.replies import answered, forwarded

OURS = ["cme@wrenshire.example"]
INNER = """From: Office <office@alder.example>
Sent: 16 November 2026 10:02
To: EWO North <ewo.north@wrenshire.example>
Subject: Zofia

She was last in school on 23 October.

Jo

-----Original Message-----
From: EWO North <ewo.north@wrenshire.example>
Sent: 13 November 2026 09:00
To: Office <office@alder.example>
Subject: RE: an older one

When was she last in?
"""
WORDS = ("Zofia", "She was last in school on 23 October.\n\nJo")


@pytest.mark.parametrize(("subject", "quoted", "told"), [
    ("FW: Zofia", "-----Original Message-----\n" + INNER, WORDS),
    ("Fwd: Zofia", "---------- Forwarded message ---------\n" + INNER, WORDS),
    ("Zofia", "Begin forwarded message:\n\n> " + INNER.replace("\n", "\n> "), WORDS),
    # a reply quotes what was had or written before
    ("RE: Zofia", "-----Original Message-----\n" + INNER, None),
    # our own letter, sent on to somebody with a copy to us
    ("FW: CME-2026-0001", INNER.replace("office@alder.example", "cme@wrenshire.example"), None),
    # nothing but a heading
    ("FW: Zofia", "\n".join(INNER.splitlines()[:4]), None),
    ("FW: Zofia", "", None),
])  # fmt: skip
def test_only_what_was_sent_on_is_read_as_new(subject, quoted, told):
    assert forwarded(subject, quoted, OURS) == told


def test_an_answer_under_its_question_is_told_with_it():
    text = "Joan,\n\n> Child's name?\nAstrid Lindqvist\n> Date of birth?\n04/05/2014\n\nJoan"
    assert (
        answered(text)
        == "Joan,\n\nChild's name: Astrid Lindqvist\nDate of birth: 04/05/2014\n\nJoan"
    )


@pytest.mark.parametrize("text", [
    "Thanks: noted.\n\n> When: Monday\n> Where: here",  # a quoted mail below an answer
    "Time: ten\nPlace: here",  # nothing is quoted
    "> Any news?\nNo.",  # one answer is a sentence
])  # fmt: skip
def test_a_quoted_mail_is_no_list_of_questions(text):
    assert answered(text) is None
