"""Every example beside what it says: the whole reading, and nothing that is not on the form.

Layouts kept aside while building (`UNSEEN`) may leave a field unread; what they are sure of must
be right all the same.
"""

from __future__ import annotations

import difflib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from benchmarks.calibration import measure, same
from parsers import read
from parsers.reading import Findings, Source
from tests.examples.build import HERE, UNSEEN, examples

ON = date(2026, 10, 22)
FILES = sorted(p for p in HERE.iterdir() if p.suffix != ".json")


def found(path: Path) -> Findings:
    return read([Source(path.name, path.name, "", path.read_bytes())], on=ON)


def told(findings: Findings) -> dict[str, Any]:
    return {
        "readings": [{"form": r.form, "fields": {k: v.value for k, v in r.fields.items()}} for r in findings.readings],
        "held": [h.reason for h in findings.held],
    }  # fmt: skip


def test_there_are_at_least_sixty_examples_and_the_script_makes_each():
    made = examples()
    assert len(FILES) >= 60
    assert {p.name for p in FILES} == set(made)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_an_example_says_what_stands_beside_it(path: Path, request: pytest.FixtureRequest):
    beside = path.with_name(path.name + ".json")
    reading = told(found(path))
    if request.config.getoption("--accept", default=False):
        text = json.dumps(reading, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        old = beside.read_text("utf-8") if beside.exists() else ""
        print(
            "".join(difflib.unified_diff(old.splitlines(True), text.splitlines(True), "was", "is"))
        )
        beside.write_text(text, "utf-8")
    assert beside.exists(), "no expectation: run with --accept and look at it"
    wanted = json.loads(beside.read_text("utf-8"))
    assert reading["held"] == wanted["held"]
    assert len(reading["readings"]) == len(wanted["readings"])
    for want, have in zip(wanted["readings"], reading["readings"], strict=True):
        told_fields = {k: v for k, v in want["fields"].items() if v is not None}
        if path.name.startswith(UNSEEN):
            assert set(have["fields"]) <= set(told_fields)
            continue
        assert have["form"] == want["form"]
        assert set(have["fields"]) == set(told_fields)
        assert [k for k in told_fields if not same(have["fields"][k], told_fields[k])] == []


def test_what_is_sure_is_right_ninety_nine_times_in_a_hundred():
    _, bands = measure()
    sure = [tally for band, tally in bands.items() if band >= 4]
    right, wrong = sum(t.right for t in sure), sum(t.wrong for t in sure)
    assert right > 800
    assert wrong <= 0.01 * (right + wrong)


def test_layouts_kept_aside_are_read_with_high_precision():
    tallies, _ = measure()
    assert tallies["unseen"].precision >= 0.98
