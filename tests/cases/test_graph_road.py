"""One story over Microsoft Graph: taken in, filed away, answered, a busy day, a token that dies, a mailbox by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from posthouse import servers
from stories import OFFICE, OTHER, email, form

from cases import clock, outbox, post, road
from cases.models import Arrival, Case, Letter
from cases.record import ledger
from mail.errors import TryLater
from mail.graph import GraphSettings, Wire

pytestmark = pytest.mark.usefixtures("council")


@pytest.fixture
def graph(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[servers.FakeGraph, list[float]]]:
    waited: list[float] = []
    with servers.fake_graph() as server:
        settings = GraphSettings(
            "cme@wrenshire.example",
            servers.FixedTokens(),
            base=server.base,
            timeout=5,
            pause=waited.append,
        )
        monkeypatch.setattr(post, "mailbox", lambda config: settings)
        yield server, waited


def poll() -> dict[str, Any]:
    return {"new": road.fetch(), **road.file_batch(road.waiting()), "moved": road.move_away()}


def lying(server: servers.FakeGraph) -> dict[str, int]:
    found: dict[str, int] = {}
    for folder, _ in server.messages.values():
        name = server.folders.get(folder, folder)
        found[name] = found.get(name, 0) + 1
    return found


def test_a_day_over_graph(graph: tuple[servers.FakeGraph, list[float]]) -> None:
    server, waited = graph
    raws = [
        email(files=[("a.docx", form())]),
        email("The scan follows.\n"),
        email(files=[("b.docx", form(OTHER))]),
    ]
    # A morning: three come in, one of them in a folder of the officer's own.
    server.add("in", raws[0])
    server.add("in", raws[1])
    server.add("kept", raws[2])
    assert poll() == {"new": 3, "new_case": 2, "held": 1, "moved": 2}
    assert lying(server) == {"Processed": 1, "Exceptions": 1, "Spring term": 1}
    kept = [ledger.open_bytes(a.raw) for a in Arrival.objects.select_related("raw").order_by("pk")]
    assert kept == raws
    # A second poll knows them all where they lie now, and asks Graph for no message again.
    server.calls.clear()
    assert poll() == {"new": 0, "moved": 0}
    assert not [path for _, path, _ in server.calls if path.endswith("/$value")]
    # The officer drags one back and files it again: its id changes, the bytes are known.
    moved = next(i for i, (f, _) in server.messages.items() if server.folders[f] == "Processed")
    server.messages["dragged"] = ("in", server.messages.pop(moved)[1])
    assert poll() == {"new": 0, "moved": 1}
    assert Arrival.objects.count() == 3
    # Busy for a moment: waited for. Busy for long: the next poll's matter, and told.
    server.add("in", email("News of a child.\n"))
    server.throttle = 2
    assert poll()["new"] == 1
    assert waited == [7, 7]
    server.throttle, server.retry_after = 9, "900"
    with pytest.raises(TryLater, match="busy"):
        road.fetch()
    assert "busy" in ledger.recall("last_poll_trouble")
    server.throttle = 0
    # The token dies in between: one fresh one is fetched.
    server.good = lambda token: token == "t2"
    assert poll()["new"] == 0
    # The letters that were approved go as their own bytes, and are known in Sent Items by their id.
    Letter.objects.update(state="queued", approved_by="officer")
    letters = list(Letter.objects.order_by("pk"))
    assert {row.recipient for row in letters} == {OFFICE}
    assert outbox.send_ready(clock.now(), lambda _: None) == {"sent": len(letters)}
    assert len(server.sent) == len(letters)
    assert all(row.message_id.encode() in b"".join(server.sent) for row in letters)
    # What we sent lies in Sent Items and is never taken for post; the nightly reckoning agrees.
    assert poll()["new"] == 0
    told = road.reconcile()
    assert (told["not_in_ledger"], told["on_server"]) == (0, 4)
    assert {prefer for _, _, prefer in server.calls} == {'IdType="ImmutableId"'}
    assert Case.objects.count() == 2


def test_a_run_that_died_while_sending_over_graph_is_settled_by_sent_items(
    graph: tuple[servers.FakeGraph, list[float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, _ = graph
    server.add("in", email(files=[("a.docx", form())]))
    poll()
    Letter.objects.update(state="queued", approved_by="officer")
    real = Wire.deliver

    def dies(self: Wire, raw: bytes, *more: Any) -> Any:
        real(self, raw, *more)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Wire, "deliver", dies)
        with pytest.raises(KeyboardInterrupt):
            outbox.send_ready(clock.now(), lambda _: None)
    assert Letter.objects.get().state == "sending"
    assert outbox.send_ready(clock.now() + timedelta(minutes=1)) == {"found_sent": 1}
    assert (Letter.objects.get().state, len(server.sent)) == ("sent", 1)
