"""Codes: nothing without their list, and a letter nothing without its regulations."""

from __future__ import annotations

import copy
from datetime import date, datetime
from pathlib import Path

import pytest
import yaml

from policy.codes import CodesRefused, codes_from, ground, meaning

SECTION = yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text("utf-8"))["codes"]
SHIPPED = codes_from(SECTION)


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


def bent(name: str, code: object, value: object) -> dict[str, object]:
    """Return the shipped section with one code put in or changed."""
    told = copy.deepcopy(SECTION)
    told[name][code] = value
    return told


def test_a_code_has_days_of_validity() -> None:
    told = {"meaning": "Old", "from": date(2020, 1, 1), "until": date(2024, 8, 18)}
    code = next(c for c in codes_from(bent("outcome", "OLD", told)) if c.code == "OLD")
    assert code.valid_on(date(2024, 8, 18))
    assert not code.valid_on(date(2024, 8, 19))
    assert not code.valid_on(date(2019, 12, 31))


@pytest.mark.parametrize(
    ("name", "code", "value", "words"),
    [
        ("outcome", "A", 3, "outcome.A: needs a meaning"),
        ("outcome", "A", "", "outcome.A: needs a meaning"),
        ("outcome", "A", {"from": date(2020, 1, 1)}, "outcome.A: needs a meaning"),
        ("outcome", False, "Not known", "outcome.False: put the code in quotation marks"),
        ("outcome", "dec", "Deceased", "outcome.dec: a code is capital letters and figures"),
        ("outcome", "DECEASED", "Deceased", "outcome.DECEASED: the code is too long"),
        ("referral_reason", "A", {"meaning": "x", "frm": date(2020, 1, 1)}, "referral_reason.A: frm"),
        ("dfe_reason", "A", {"meaning": "x", "from": "soon"}, "dfe_reason.A: from: is no date"),
        ("dfe_reason", "A", {"meaning": "x", "from": datetime(2020, 1, 1, 9)}, "from: is no date"),
        ("outcome", "A", {"meaning": "x", "from": date(2024, 1, 1), "until": date(2023, 1, 1)},
         "outcome.A: until: is before from"),
    ],
)  # fmt: skip
def test_a_code_that_cannot_be_used_is_named(
    name: str, code: object, value: object, words: str
) -> None:
    with pytest.raises(CodesRefused) as caught:
        codes_from(bent(name, code, value))
    assert len(caught.value.problems) == 1
    assert words in caught.value.problems[0]


def test_every_fault_of_the_section_is_told_at_once() -> None:
    told = {"nonsense": {"A": "b"}, "outcome": {"A": 3}}
    with pytest.raises(CodesRefused) as caught:
        codes_from(told)
    assert {p.split(":")[0] for p in caught.value.problems} == {
        "nonsense", "outcome.A", "referral_reason", "referral_source", "ctf_destination", "dfe_reason",
    }  # fmt: skip


@pytest.mark.parametrize("told", [None, [], "DEC", {"outcome": ["DEC"]}])
def test_a_section_of_another_shape_is_no_traceback(told: object) -> None:
    with pytest.raises(CodesRefused):
        codes_from(told)
