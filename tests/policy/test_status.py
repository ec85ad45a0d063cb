"""States: every pair of a status and an event, against the table of Appendix 3."""

from __future__ import annotations

import pytest

from policy.deadlines import EVENTS
from policy.status import STATUSES, TRANSITIONS, Refused, drawing, move

EXPECTED = {
    ("open", "ewo_assigned"): "investigating", ("open", "first_action"): "investigating",
    ("open", "home_visit"): "investigating", ("open", "home_visit_failed"): "investigating",
    ("open", "s2s_posted"): "s2s", ("open", "found"): "found", ("open", "placed"): "placed",
    ("open", "returned"): "placed", ("open", "closed"): "closed",
    ("investigating", "s2s_posted"): "s2s", ("investigating", "found"): "found",
    ("investigating", "placed"): "placed", ("investigating", "returned"): "placed",
    ("investigating", "closed"): "closed",
    ("s2s", "found"): "found", ("s2s", "placed"): "placed", ("s2s", "returned"): "placed",
    ("s2s", "closed"): "closed",
    ("found", "placed"): "placed", ("found", "returned"): "placed",
    ("found", "missing_again"): "open", ("found", "closed"): "closed",
    ("placed", "missing_again"): "open", ("placed", "closed"): "closed",
    ("closed", "missing_again"): "open",
}  # fmt: skip


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("event", sorted(EVENTS))
def test_every_pair(status: str, event: str) -> None:
    found = move(status, event)
    if (status, event) in EXPECTED:
        assert found == EXPECTED[status, event]
    else:
        assert isinstance(found, Refused)
        assert status in found.why


def test_every_move_is_by_a_known_event() -> None:
    assert {e for moves in TRANSITIONS.values() for e in moves} <= set(EVENTS)


def test_posting_on_s2s_never_closes() -> None:
    assert "closed" not in {move(s, "s2s_posted") for s in STATUSES}


def test_an_unknown_status_is_refused() -> None:
    assert isinstance(move("lost", "found"), Refused)


def test_the_drawing_holds_every_status() -> None:
    assert all(f"  {status}: " in drawing() for status in STATUSES)
