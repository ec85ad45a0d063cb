"""The demonstration's post: nothing leaves the machine, and a second run goes on."""

from __future__ import annotations

import dataclasses

import servers

from mail import demo_post, mailbox
from mail.mailbox import MailboxSettings
from mail.sending import Accepted, SendingSettings
from mail.values import Mailbox

RAW = b"From: office@alder.example\r\nSubject: invented\r\nDate: Thu, 22 Oct 2026 09:14:00 +0100\r\n\r\nwords\r\n"
LETTER = b"From: cme@wrenshire.example\r\nMessage-ID: <out.a.b@wrenshire.example>\r\nSubject: x\r\n\r\n.dot\r\n"


def test_mail_arrives_letters_are_caught_and_a_second_run_knows_the_first(tmp_path) -> None:
    post = demo_post.start(tmp_path / "post", tmp_path / "sent")
    try:
        box = MailboxSettings(
            "127.0.0.1", post.imap_port, post.user, tls="none", password=post.password
        )
        post.deliver(RAW)
        [got] = mailbox.waiting(box, lambda *_: frozenset())
        assert got.raw is not None
        assert b"Subject: invented" in got.raw
        with mailbox.Filing(box) as filing:
            moved = filing.file_away(got.place, "Processed")
        assert moved is not None
        assert mailbox.check(box) == []
        out = SendingSettings(
            "127.0.0.1",
            post.smtp_port,
            Mailbox("", post.user),
            tls="none",
            user=post.user,
            password=post.password,
        )
        assert isinstance(servers.deliver(out, LETTER, "office@alder.example"), Accepted)
        assert [p.read_bytes() for p in (tmp_path / "sent").glob("*.eml")] == [LETTER]
        assert mailbox.find_sent(box, "<out.a.b@wrenshire.example>") is True
        first = mailbox.snapshot(box)
    finally:
        post.stop()
    again = demo_post.start(tmp_path / "post", tmp_path / "sent")
    try:
        box = dataclasses.replace(box, port=again.imap_port)
        assert mailbox.snapshot(box) == first
        known = {(f, v): u for (f, v), u in first.items()}
        assert list(mailbox.waiting(box, lambda _, f, v: known.get((f, v), frozenset()))) == []
    finally:
        again.stop()
