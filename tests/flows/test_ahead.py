"""Reading ahead: workers read, the poll files in the order of the mail; what comes out is what one machine would write."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from stories import NOW, OTHER, email, form

from cases import ahead, clock, filing, road
from cases.models import Arrival, Case, Entry, FieldValue, ReadAhead
from cases.record import ahead as record
from cases.record import ledger
from flows import helping

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _council(monkeypatch: pytest.MonkeyPatch) -> None:
    from cases.config import current
    from cases.record.people import seed

    monkeypatch.setattr(clock, "now", lambda: NOW)
    seed(current(), NOW)


def kept(*raws: bytes) -> list[int]:
    return [ledger.keep_raw(raw, NOW, NOW, "cme@wrenshire.example")[0].pk for raw in raws]


def family() -> list[bytes]:
    """A form, another child's, the first again in other bytes, news by thread, and what nobody can read."""
    first = email(files=[("AT.docx", form())])
    again = form(Home_address="9 Tannery Walk, Wrenport WP2 2AB")
    return [
        first,
        email(files=[("ZM.docx", form(OTHER))]),
        email(files=[("AT2.docx", again)]),
        email("Ayaan Thornbury, born 14/03/2015, is back at school today.\n", subject="Ayaan"),
        email("See attached.\n", [("x.pdf", b"%PDF-1.7\nbroken")]),
    ]


def written() -> list[Any]:
    """What is on file, without row numbers."""
    arrivals = Arrival.objects.order_by("id")
    return [
        [(a.state, a.verdict, a.sender, a.new_text) for a in arrivals],
        [(r.verdict, r.form, r.fields, r.changed) for a in arrivals for r in a.readings.order_by("number")],
        list(Case.objects.order_by("ref").values_list("ref", "child__surname", "status")),
        list(FieldValue.objects.order_by("id").values_list("case__ref", "field", "value", "state")),
        list(Entry.objects.order_by("id").values_list("act", "case__ref")),
    ]  # fmt: skip


def test_what_workers_read_is_filed_as_one_machine_files_it() -> None:
    raws = family()
    with transaction.atomic():
        road.file_batch(kept(*raws))
        alone = written()
        transaction.set_rollback(True)
    ids = kept(*raws)
    assert ahead.read_some(50) == len(raws)
    assert {a.state for a in Arrival.objects.all()} == {"kept"}, "reading ahead files nothing"
    ahead.file_together(ids)
    assert written() == alone
    assert not ReadAhead.objects.exists()


def test_the_order_of_the_mail_decides_whoever_read_first(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = kept(*family())
    claimed = record.claim_next("slow", NOW)  # the first email's reader is the last to finish
    assert claimed
    assert claimed.pk == ids[0]
    assert ahead.read_some(50) == len(ids) - 1
    slept: list[float] = []

    def finish(seconds: float) -> None:
        slept.append(seconds)
        record.keep(ids[0], "slow", filing.examine(claimed, road.pool(), NOW))

    # The module's own clock, not everybody's: a worker that is stopped sleeps too, while it holds its place in the pool.
    monkeypatch.setattr(ahead, "time", SimpleNamespace(sleep=finish))
    verdicts = ahead.file_together(road.waiting())
    assert slept == [ahead.PAUSE]
    assert verdicts["new_case"] == 2
    assert Arrival.objects.get(pk=ids[0]).verdict == "new_case"
    assert Arrival.objects.get(pk=ids[2]).verdict in ("duplicate", "update")


def test_a_claim_is_one_workers_until_it_runs_out() -> None:
    (pk,) = kept(email(files=[("AT.docx", form())]))
    assert record.claim(pk, "one", NOW)
    assert record.claim(pk, "one", NOW)
    assert not record.claim(pk, "two", NOW)
    assert record.claim_next("two", NOW) is None
    later = NOW + timedelta(seconds=record.SECONDS)
    assert record.claim(pk, "two", later)
    # The first comes back from the dead: what it read is not wanted, and nothing is harmed.
    assert not record.keep(pk, "one", {"held": []})
    assert record.keep(pk, "two", {"held": []})
    assert record.settled(pk)
    assert not record.claim(pk, "three", later + timedelta(hours=1))


def test_what_was_filed_since_the_worker_looked_is_not_claimed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = kept(*family()[:2])
    real = record.claim

    def late(arrival_id: int, holder: str, now: Any) -> bool:
        if arrival_id == first:
            road.file_one(first, NOW)  # between the worker's look and its claim
        return real(arrival_id, holder, now)

    monkeypatch.setattr(record, "claim", late)
    claimed = record.claim_next("worker", NOW)
    assert claimed
    assert claimed.pk == second
    assert list(ReadAhead.objects.values_list("pk", flat=True)) == [second]


def test_a_dead_poll_leaves_its_claims_to_the_next() -> None:
    (pk,) = kept(email(files=[("AT.docx", form())]))
    assert record.claim(pk, ahead.POLL, NOW)
    assert ahead.file_together(road.waiting()) == {"new_case": 1}


def test_what_breaks_a_reader_is_counted_by_the_poll_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (pk,) = kept(email(files=[("AT.docx", form())]))
    real = filing.examine

    def breaks(*_: Any, **__: Any) -> Any:
        raise RuntimeError("Thornbury")

    monkeypatch.setattr(filing, "examine", breaks)
    assert ahead.read_some(5) == 1
    assert ahead.read_some(5) == 0, "it is not read ahead over and over"
    assert Arrival.objects.get(pk=pk).attempts == 0
    assert ahead.file_together(road.waiting()) == {"unread": 1}
    assert Arrival.objects.get(pk=pk).attempts == 1
    monkeypatch.setattr(filing, "examine", real)
    assert road.file_one(pk, NOW + timedelta(hours=1))["verdict"] == "new_case"


def test_a_locked_file_that_was_read_ahead_is_read_again_in_its_turn() -> None:
    (pk,) = kept(email(files=[("AT.docx", form())]))
    record.claim(pk, "worker", NOW)
    locked = {"email": {}, "documents": [], "readings": [], "held": [{"reason": "locked"}]}
    assert record.keep(pk, "worker", locked)
    assert ahead.file_together(road.waiting()) == {"new_case": 1}


def test_what_is_read_ahead_lies_encrypted() -> None:
    (pk,) = kept(email(files=[("AT.docx", form())]))
    assert ahead.read_some(1) == 1
    sealed = bytes(ReadAhead.objects.get(pk=pk).sealed or b"")
    assert len(sealed) > 500
    assert b"hornbury" not in sealed.lower()
    read = record.reading(pk)
    assert read
    assert read["readings"][0]["fields"]["surname"]["value"].lower() == "thornbury"


def test_a_poll_knows_its_council_and_needs_no_server_to_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def named(name: str | None) -> None:
        monkeypatch.setattr(
            helping, "runtime", SimpleNamespace(deployment=SimpleNamespace(name=name))
        )

    named("intake-wren")
    assert helping.council() == "wren"
    for alone in ("intake", None):
        named(alone)
        assert helping.council() == "", "one machine has no readers"
    monkeypatch.setattr(helping, "runtime", SimpleNamespace())
    assert helping.council() == ""

    def away(**_: Any) -> Any:
        raise ConnectionError

    monkeypatch.setattr("prefect.client.orchestration.get_client", away)
    assert helping.call("wren", 500) == 0


def test_the_officers_read_again_reads_again() -> None:
    (pk,) = kept(email("See attached.\n", [("x.pdf", b"%PDF-1.7\nbroken")]))
    ahead.read_some(1)
    ahead.file_together(road.waiting())
    assert Arrival.objects.get(pk=pk).state == "held"
    assert record.reading(pk) is None
