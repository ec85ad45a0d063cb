"""Codes: nothing without their list, and a letter nothing without its regulations."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from policy.codes import codes_from, ground, meaning

SHIPPED = codes_from(
    yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text("utf-8"))["codes"]
)


@pytest.mark.parametrize(
    ("name", "count"),
    [("referral_reason", 5), ("outcome", 8), ("ctf_destination", 2), ("dfe_reason", 20)],
)
def test_the_shipped_lists_are_complete(name: str, count: int) -> None:
    assert len([c for c in SHIPPED if c.list == name]) == count


def test_one_code_means_different_things_in_two_lists() -> None:
    assert meaning(SHIPPED, "referral_source", "WLA") == "Within the local authority"
    assert meaning(SHIPPED, "outcome", "WLA") == "Within our own local authority"


@pytest.mark.parametrize(
    ("scheme", "letter", "words"),
    [
        ("2006", "d", "Educated otherwise"), ("2024", "f", "Educated otherwise"),
        ("2024", "(d)", "attendance order"), ("2006", "f", "ten school days"),
        ("2024", "h", "ten school days"), ("2006", "h", "twenty school days"),
        ("2024", "i", "twenty school days"), ("2006", "m", "excluded"), ("2024", "o", "excluded"),
        ("local", "2", "another school"),
    ],
)  # fmt: skip
def test_a_ground_by_its_regulations(scheme: str, letter: str, words: str) -> None:
    found = ground(scheme, letter)
    assert found is not None
    assert words in found.meaning


def test_a_letter_without_regulations_means_nothing() -> None:
    assert ground("", "d") is None


def test_a_code_has_days_of_validity() -> None:
    told = {
        "outcome": {"OLD": {"meaning": "Old", "from": date(2020, 1, 1), "until": date(2024, 8, 18)}}
    }
    (code,) = codes_from(told)
    assert code.valid_on(date(2024, 8, 18))
    assert not code.valid_on(date(2024, 8, 19))
    assert not code.valid_on(date(2019, 12, 31))


@pytest.mark.parametrize("told", [{"nonsense": {"A": "b"}}, {"outcome": {"A": 3}}])
def test_what_cannot_be_used_is_named(told: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(told))):
        codes_from(told)
