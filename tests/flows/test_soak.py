"""A small soak of intake and outbox on real servers; `python -m benchmarks.soak` is the long one."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks import soak
from benchmarks.soak_program import servers

pytestmark = pytest.mark.skipif(
    not servers.have_dovecot(), reason="dovecot is not installed (apt-get install dovecot-imapd)"
)


def whole(told: dict[str, Any]) -> dict[str, Any]:
    return {k: told.get(k) for k in ("lost", "doubled", "changed", "unread", "not_in_ledger", "chain_broken_at")}  # fmt: skip


def test_an_officer_at_work_and_crashes_lose_and_double_no_email() -> None:
    told = soak.intake(200, seed=3, calm=4)
    assert whole(told) == dict.fromkeys(whole(told), 0) | {"chain_broken_at": None}
    assert told["must_be_on_file"] > 150
    assert told["cases"] == told["forms"]
    assert soak.well(told)


@pytest.mark.parametrize("copies", [True, False], ids=["Sent keeps copies", "no Sent folder"])
def test_crashes_and_lost_answers_lose_and_double_no_letter(copies: bool) -> None:
    told = soak.outbox(40, crashes=3, seed=5, copies=copies)
    assert (told["lost"], told["doubled"]) == (0, 0)
    assert set(told["states"]) <= {"sent", "uncertain", "refused"}
    assert told["taken"] == sum(told["states"].values()) - told["uncertain"] + told["uncertain_that_went"]  # fmt: skip
    assert told["crashes"] >= 1


def test_a_figure_that_is_wrong_is_called_wrong() -> None:
    fine = {"lost": 0, "doubled": 0, "forms": 2, "cases": 2, "growth": 1.01}
    assert soak.well(fine)
    for wrong in ({"lost": 1}, {"doubled": 1}, {"cases": 3}, {"growth": 1.2}, {"unread": 2}, {"chain_broken_at": 7}):  # fmt: skip
        assert not soak.well(fine | wrong)
