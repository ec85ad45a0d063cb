"""docs/post.md names a test for each of the 32 failures met elsewhere, and each test is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| F(\d+) \|[^|]+\|(.+)\|$", re.M)


def test_every_failure_has_a_test_that_is_there() -> None:
    rows = {int(m[1]): m[2] for m in ROW.finditer((ROOT / "docs" / "post.md").read_text("utf-8"))}
    assert sorted(rows) == list(range(1, 33))
    for number, cell in rows.items():
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", cell)
        assert named, f"F{number}"
        for file, name in named:
            assert f"def {name}(" in (ROOT / file).read_text("utf-8"), f"F{number}: {file}::{name}"
