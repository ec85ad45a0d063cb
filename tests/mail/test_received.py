"""When an email that lies in a file came in: deadlines run from that day, not from the day of the import."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.headers import received_at

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
DATE = "Date: Tue, 17 Nov 2026 09:05:00 +0000"
RECEIVED = "Received: from mx.alder.example by mx.wrenshire.example\n with ESMTPS; Tue, 17 Nov 2026 10:06:30 +0100"


@pytest.mark.parametrize(("head", "expected"), [
    (DATE, "2026-11-17T09:05:00+00:00"),
    # the topmost Received is our own server's: it outranks what the sender says
    (f"{RECEIVED}\nReceived: by older; Mon, 16 Nov 2026 23:00:00 +0000\n{DATE}", "2026-11-17T10:06:30+01:00"),
    (f"Received: without a date\n{DATE}", "2026-11-17T09:05:00+00:00"),
    # nothing to be read, or the future: now
    ("Subject: no date", NOW.isoformat()), ("Date: tomorrow or so", NOW.isoformat()),
    ("Date: Tue, 17 Nov 2099 09:05:00 +0000", NOW.isoformat()),
])  # fmt: skip
def test_a_filed_email_came_in_when_its_headers_say(head, expected):
    raw = f"{head}\nFrom: office@alder.example\n\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n".encode()
    assert received_at(raw, NOW).isoformat() == expected


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise_or_lie_ahead(raw):
    assert received_at(b"Date: " + raw, NOW) <= NOW
