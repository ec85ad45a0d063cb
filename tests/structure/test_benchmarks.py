"""`make bench` prints every table, and a benchmark that fails stops no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import __main__ as bench

GUARD = 'if __name__ == "__main__":\n    '


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "benchmarks"
    made.mkdir()
    (made / "__init__.py").write_text("")
    (made / "dies.py").write_text(f'"""It dies."""\n{GUARD}raise SystemExit(3)\n')
    (made / "lives.py").write_text(f'"""It lives.\n\nMore.\n"""\n{GUARD}print("a table")\n')
    (made / "shared.py").write_text("WORDS = 1\n")
    monkeypatch.setattr(bench, "HERE", made)
    return made


def test_all_run_and_the_exit_code_tells_of_the_one_that_failed(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert bench.main([]) == 1
    told = capfd.readouterr().out
    assert "== dies: It dies." in told
    assert "== lives: It lives.\na table" in told
    assert told.endswith("failed: dies\n")


def test_a_name_runs_one(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["lives"]) == 0
    assert "dies" not in capfd.readouterr().out


def test_a_name_that_is_none_is_told(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["shared"]) == 2
    assert "dies, lives" in capfd.readouterr().out


def test_each_of_ours_says_what_it_measures() -> None:
    assert [name for name in bench.names() if not bench._about(name)] == []
