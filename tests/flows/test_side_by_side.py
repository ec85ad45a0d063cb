"""`intake.workers`: one poll reads so many emails at once, and files them as if it had read one after another."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from stories import NOW
from test_ahead import family, kept, written

from cases import clock, config, road
from cases.models import Arrival, StoredBytes
from cases.side_by_side import side_by_side
from cases.workers import Pool


def test_so_many_are_read_at_once_and_come_out_in_their_order() -> None:
    together = threading.Barrier(2)  # a reading that is alone fails

    def prepare(number: int) -> Callable[[], dict[str, Any]]:
        def read() -> dict[str, Any]:
            together.wait(20)
            return {"number": number}

        return read

    told = [(i, read and read()) for i, read in side_by_side([5, 3, 9, 1], prepare, 2)]
    assert told == [(i, {"number": i}) for i in (5, 3, 9, 1)]


def test_one_that_cannot_be_read_says_so_in_its_own_turn() -> None:
    def prepare(number: int) -> Callable[[], dict[str, Any]] | None:
        return None if number == 2 else lambda: {"tenth": 10 / number}

    told: list[Any] = []
    for number, read in side_by_side([5, 0, 2, 1], prepare, 3):
        try:
            told.append((number, read and read()["tenth"]))
        except ZeroDivisionError:
            told.append((number, "broken"))
    assert told == [(5, 2), (0, "broken"), (2, None), (1, 10)]


@pytest.mark.parametrize(("ids", "size"), [([1, 2, 3], 1), ([1], 4), ([], 2)])
def test_with_one_worker_or_one_email_nothing_is_begun_early(ids: list[int], size: int) -> None:
    begun: list[int] = []
    told = list(side_by_side(ids, begun.append, size))
    assert told == [(i, None) for i in ids]
    assert begun == []


def test_little_is_begun_ahead_of_what_is_filed() -> None:
    begun: list[int] = []

    def prepare(number: int) -> None:
        begun.append(number)

    for number, _ in side_by_side(range(20), prepare, 2):
        assert len(begun) <= number + 3


@pytest.fixture
def council(db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Set `intake.workers`, with a pool of its own."""
    from cases.record.people import seed

    monkeypatch.setattr(clock, "now", lambda: NOW)
    seed(config.current(), NOW)

    def workers(count: int) -> None:
        told = config.current()
        changed = told.model_copy(
            update={"intake": told.intake.model_copy(update={"workers": count})}
        )
        monkeypatch.setattr(road, "current", lambda: changed)
        monkeypatch.setattr(road, "_pool", Pool(count))

    return workers


def test_two_workers_write_what_one_writes(council: Callable[[int], None]) -> None:
    found = []
    for count in (1, 2):
        council(count)
        with transaction.atomic():
            road.file_batch(kept(*family()))
            found.append(written())
            transaction.set_rollback(True)
        assert len(road.pool()._idle) == count, "as many document workers were at work"
        road.pool().close()
    assert found[0] == found[1]


def test_an_email_whose_bytes_cannot_be_opened_holds_no_other_up(
    council: Callable[[int], None],
) -> None:
    council(2)
    first, second, third = kept(*family()[:3])
    raw = Arrival.objects.get(pk=second).raw_id
    StoredBytes.objects.filter(pk=raw).update(sealed=b"of another key")
    told = road.file_batch([first, second, third])
    assert told.pop("unread") == 1
    assert sum(told.values()) == 2
    assert Arrival.objects.get(pk=second).attempts == 1
    road.pool().close()
