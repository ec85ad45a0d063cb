"""Deleting one message for good: that one, by its bytes, and nothing that lies or is marked beside it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from servers import Dovecot, FixedTokens, fake_graph, proxy

from mail import graph, mailbox
from mail.graph import GraphSettings
from mail.mailbox import MailboxSettings
from mail.moving import Filing
from mail.values import Delivered


def mail(n: int) -> bytes:
    return f"From: office@alder.example\r\nSubject: mail {n}\r\nMessage-ID: <e{n}@alder.example>\r\n\r\nwords {n}\r\n".encode()


def there(settings: MailboxSettings) -> list[Delivered]:
    return list(mailbox.waiting(settings, lambda *_: frozenset()))


@pytest.fixture
def three(
    dovecot: Dovecot, user: str, settings: MailboxSettings
) -> Iterator[tuple[list[Delivered], Any]]:
    """Three emails, of which an officer has marked the second as deleted and not yet expunged it."""
    for n in (1, 2, 3):
        dovecot.deliver(user, mail(n))
    got = there(settings)
    officer = dovecot.client(user)
    officer.select_folder("INBOX")
    officer.add_flags([got[1].place.uid], [b"\\Deleted"])
    yield got, officer
    officer.logout()


def test_only_the_message_meant_goes(
    settings: MailboxSettings, three: tuple[list[Delivered], Any]
) -> None:
    got, officer = three
    with Filing(settings) as filer:
        assert filer.erase(got[0].place, lambda raw: raw == got[0].raw) == "deleted"
        assert filer.erase(got[0].place, lambda raw: True) == "not found"
        assert filer.erase(got[2].place, lambda raw: raw == got[0].raw) == "not found", (
            "other bytes"
        )
        rebuilt = dataclasses.replace(got[2].place, uidvalidity=got[2].place.uidvalidity + 1)
        assert filer.erase(rebuilt, lambda raw: True) == "not found"
        gone = dataclasses.replace(got[2].place, folder="No such folder")
        assert filer.erase(gone, lambda raw: True) == "not found"
    officer.select_folder("INBOX")
    assert officer.search("ALL") == [got[1].place.uid, got[2].place.uid]


def test_a_server_that_cannot_expunge_one_message_is_left_alone(
    dovecot: Dovecot, settings: MailboxSettings, three: tuple[list[Delivered], Any]
) -> None:
    got, officer = three

    def without(data: bytes) -> bytes:
        return data.replace(b" UIDPLUS", b" X-------")

    with (
        proxy(dovecot.port, without) as port,
        Filing(dataclasses.replace(settings, port=port)) as filer,
    ):
        assert filer.erase(got[0].place, lambda raw: True) == "not possible"
    officer.select_folder("INBOX")
    assert len(officer.search("ALL")) == 3
    assert b"\\Deleted" not in officer.get_flags([got[0].place.uid])[got[0].place.uid]


def test_graph_deletes_past_the_bin() -> None:
    with fake_graph() as server:
        settings = GraphSettings("cme@council.example", FixedTokens(), base=server.base, timeout=5)
        for n in (1, 2):
            server.add("in", mail(n))
        got = list(graph.waiting(settings, lambda *_: frozenset()))
        with graph.Filing(settings) as filer:
            assert filer.erase(got[1].place, lambda raw: raw == mail(1)) == "not found"
            assert filer.erase(got[0].place, lambda raw: raw == mail(1)) == "deleted"
            assert filer.erase(got[0].place, lambda raw: True) == "not found"
        assert [raw for _, raw in server.messages.values()] == [mail(2)]
