"""A message that was sent on is news; what a reply quotes is not."""

from __future__ import annotations

import pytest

from mail.replies import forwarded

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
