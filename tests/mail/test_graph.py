"""Microsoft Graph behind the same functions, against a local imitation of the calls used."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from servers import FakeGraph, fake_graph

from mail import graph
from mail.compose import Draft, compose
from mail.errors import TryLater
from mail.graph import GraphSettings
from mail.login import OAuthSettings, Tokens
from mail.sending import Accepted, Refused, TryAgain, Uncertain
from mail.values import Mailbox, Place


def file_away(settings: GraphSettings, place: Place, folder: str) -> Place | None:
    with graph.Filing(settings) as filing:
        return filing.file_away(place, folder)


class FixedTokens(Tokens):
    """Hands out t1, after `forget` t2, and so on."""

    def __init__(self) -> None:
        super().__init__(OAuthSettings("t", "c"))
        self.number = 1

    def token(self) -> str:
        return f"t{self.number}"

    def forget(self) -> None:
        self.number += 1


@pytest.fixture
def server() -> Iterator[FakeGraph]:
    with fake_graph() as made:
        yield made


@pytest.fixture
def settings(server: FakeGraph) -> GraphSettings:
    return GraphSettings("cme@council.example", FixedTokens(), base=server.base, timeout=5)


def raw(n: int) -> bytes:
    return f"From: office@alder.example\r\nSubject: mail {n}\r\nMessage-ID: <m{n}@alder.example>\r\n\r\nwords\r\n".encode()


def letter() -> bytes:
    return compose(
        Draft("Ref", "Text", "<p>Text</p>", Mailbox("", "cme@council.example"), None, "office@alder.example",
              "<out.0123456789ab.CME@council.example>", datetime(2026, 10, 22, tzinfo=UTC))
    )  # fmt: skip


def test_every_folder_but_the_bin_and_sent_is_read_page_after_page(
    server: FakeGraph, settings: GraphSettings
) -> None:
    for n in range(5):
        server.add("in", raw(n))
    server.add("kept", raw(5))
    server.add("bin", raw(6))
    server.add("sent", raw(7))
    got = list(graph.waiting(settings, lambda *_: frozenset()))
    assert [d.raw for d in got] == [raw(n) for n in range(6)]
    assert got[0].place.folder == "INBOX"
    assert got[5].place.folder == "Spring term"
    seen = {(d.place.folder, d.place.uidvalidity, d.place.uid) for d in got}
    again = list(
        graph.waiting(
            settings, lambda _, f, v: frozenset(u for x, y, u in seen if (x, y) == (f, v))
        )
    )
    assert again == []
    assert graph.snapshot(settings)["INBOX", got[0].place.uidvalidity] == {
        d.place.uid for d in got[:5]
    }


def test_a_move_tells_the_new_place_and_makes_the_folder(
    server: FakeGraph, settings: GraphSettings
) -> None:
    server.add("in", raw(1))
    [got] = graph.waiting(settings, lambda *_: frozenset())
    new = file_away(settings, got.place, "Processed")
    assert new is not None
    assert new.folder == "Processed"
    assert "fProcessed" in server.folders
    assert graph.snapshot(settings)["Processed", new.uidvalidity] == {new.uid}
    assert file_away(settings, got.place, "Processed") is None


def test_a_mail_over_the_limit_is_an_exception(server: FakeGraph, settings: GraphSettings) -> None:
    server.add("in", raw(1) + b"x" * 5000)
    server.add("in", raw(2))
    small = dataclasses.replace(settings, max_size=1000)
    got = list(graph.waiting(small, lambda *_: frozenset()))
    assert [d.problem for d in got] == ["too_big", None]


def test_a_dead_token_is_replaced_once(server: FakeGraph, settings: GraphSettings) -> None:
    server.good = lambda token: token == "t2"
    server.add("in", raw(1))
    assert len(list(graph.waiting(settings, lambda *_: frozenset()))) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, "login"), (403, "login"), (429, "throttled"), (500, "away"), (302, "away")],
)
def test_what_time_puts_right_is_told_apart(
    server: FakeGraph, settings: GraphSettings, status: int, kind: str
) -> None:
    server.status = status
    with pytest.raises(TryLater) as trouble:
        list(graph.waiting(settings, lambda *_: frozenset()))
    assert trouble.value.kind == kind
    assert graph.check(settings) == [str(trouble.value)]
    assert isinstance(graph.send(settings, letter(), "office@alder.example"), TryAgain)


def test_a_letter_is_sent_as_its_own_bytes_and_found_in_sent(
    server: FakeGraph, settings: GraphSettings
) -> None:
    assert isinstance(graph.send(settings, letter(), "office@alder.example"), Accepted)
    assert server.sent == [letter()]
    assert graph.find_sent(settings, "<out.0123456789ab.CME@council.example>") is True
    assert graph.find_sent(settings, "<other@council.example>") is False


@pytest.mark.parametrize(
    ("lost", "expected", "sent"), [("gone", Accepted, 1), ("kept", TryAgain, 0)]
)
def test_f23_a_lost_answer_is_settled_by_the_draft(
    server: FakeGraph, settings: GraphSettings, lost: str, expected: type, sent: int
) -> None:
    server.lose_send_answer = lost
    assert isinstance(graph.send(settings, letter(), "office@alder.example"), expected)
    assert len(server.sent) == sent
    assert not any(folder == "drafts" for folder, _ in server.messages.values())


def test_no_graph_at_all_is_tried_later(settings: GraphSettings) -> None:
    away = dataclasses.replace(settings, base="http://127.0.0.1:9/v1.0")
    with pytest.raises(TryLater):
        list(graph.waiting(away, lambda *_: frozenset()))
    assert isinstance(graph.send(away, letter(), "x@alder.example"), TryAgain)
    assert not isinstance(graph.send(away, letter(), "x@alder.example"), Refused | Uncertain)


def test_without_sent_items_nobody_knows(server: FakeGraph, settings: GraphSettings) -> None:
    del server.folders["sent"]
    assert graph.find_sent(settings, "<x@y.example>") is None
