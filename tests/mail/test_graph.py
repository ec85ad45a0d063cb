"""Microsoft Graph behind the same functions, against a local imitation of the calls used."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from servers import FakeGraph, FixedTokens, fake_graph

from mail import graph
from mail.compose import Draft, compose
from mail.errors import TryLater
from mail.graph import GraphSettings
from mail.sending import Accepted, Outcome, Refused, TryAgain, Uncertain
from mail.values import Mailbox, Place


def file_away(settings: GraphSettings, place: Place, folder: str) -> Place | None:
    with graph.Filing(settings) as filing:
        return filing.file_away(place, folder)


@pytest.fixture
def server() -> Iterator[FakeGraph]:
    with fake_graph() as made:
        yield made


@pytest.fixture
def settings(server: FakeGraph) -> GraphSettings:
    return GraphSettings("cme@council.example", FixedTokens(), base=server.base, timeout=5)


def send(settings: GraphSettings) -> Outcome:
    try:
        with graph.Wire(settings) as wire:
            return wire.deliver(letter(), "office@alder.example")
    except TryLater as trouble:
        return TryAgain(0, str(trouble))


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
    assert b"Subject: mail 1\r\n" in got[0].header
    assert b"From: office@alder.example\r\n" in got[0].header


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
    assert isinstance(send(settings), TryAgain)


def test_a_letter_is_sent_as_its_own_bytes_and_found_in_sent(
    server: FakeGraph, settings: GraphSettings
) -> None:
    assert isinstance(send(settings), Accepted)
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
    assert isinstance(send(settings), expected)
    assert len(server.sent) == sent
    assert not any(folder == "drafts" for folder, _ in server.messages.values())


def test_no_graph_at_all_is_tried_later(settings: GraphSettings) -> None:
    away = dataclasses.replace(settings, base="http://127.0.0.1:9/v1.0")
    with pytest.raises(TryLater):
        list(graph.waiting(away, lambda *_: frozenset()))
    assert isinstance(send(away), TryAgain)
    assert not isinstance(send(away), Refused | Uncertain)


def test_without_sent_items_nobody_knows(server: FakeGraph, settings: GraphSettings) -> None:
    del server.folders["sent"]
    assert graph.find_sent(settings, "<x@y.example>") is None


def test_a_short_wait_is_waited_and_a_long_one_is_the_next_polls(
    server: FakeGraph, settings: GraphSettings
) -> None:
    waited: list[float] = []
    patient = dataclasses.replace(settings, pause=waited.append)
    server.add("in", raw(1))
    server.throttle = 2
    assert len(list(graph.waiting(patient, lambda *_: frozenset()))) == 1
    assert waited == [7, 7]
    server.throttle, server.retry_after = 1, "600"
    with pytest.raises(TryLater, match="busy") as trouble:
        list(graph.waiting(patient, lambda *_: frozenset()))
    assert trouble.value.kind == "throttled"
    server.throttle, server.retry_after = 2, "1"
    assert isinstance(send(patient), Accepted)
    assert len(server.sent) == 1
    assert waited == [7, 7, 1, 1]


def test_every_call_asks_for_ids_that_last(server: FakeGraph, settings: GraphSettings) -> None:
    server.add("in", raw(1))
    [got] = graph.waiting(settings, lambda *_: frozenset())
    file_away(settings, got.place, "Processed")
    send(settings)
    assert len(server.calls) > 10
    assert {prefer for _, _, prefer in server.calls} == {'IdType="ImmutableId"'}


def test_many_moves_list_each_folder_once(server: FakeGraph, settings: GraphSettings) -> None:
    for n in range(4):
        server.add("in", raw(n))
    got = list(graph.waiting(settings, lambda *_: frozenset()))
    server.calls.clear()
    with graph.Filing(settings) as filing:
        moved = [filing.file_away(d.place, "Processed") for d in got]
    assert len({m.uid for m in moved if m}) == 4
    listed = [path for _, path, _ in server.calls if "/messages?$select" in path]
    made = [path for method, path, _ in server.calls if method == "POST" and path.endswith("/mailFolders")]  # fmt: skip
    assert (len(listed), len(made)) == (1, 1)
