"""Log lines for a collector: JSON, and never an exception's own words."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from cases.commands import running
from cases.logs import JsonLines
from tests.deploy.conftest import ROOT, environment


def test_an_errors_words_stay_out_of_the_line() -> None:
    try:
        raise ValueError("Ayaan Thornbury, born 14 March 2015")
    except ValueError:
        record = logging.getLogger("cme.road").makeRecord(
            "cme.road", logging.ERROR, __file__, 1, "arrival %s broke", (7,), sys.exc_info()
        )
    line = JsonLines().format(record)
    told = json.loads(line)
    assert (told["say"], told["error"], told["level"], told["from"]) == (
        "arrival 7 broke",
        "ValueError",
        "error",
        "cme.road",
    )
    assert told["raised_at"].startswith("test_logs.py:")
    assert "Thornbury" not in line
    assert "\n" not in line


def test_the_environment_chooses_json(tmp_path) -> None:  # type: ignore[no-untyped-def]
    code = "import django; django.setup(); import logging; logging.getLogger('cme.x').warning('two\\nlines')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
        env=environment(tmp_path, CME_LOG="json", DJANGO_SETTINGS_MODULE="cases.settings"),
    )  # fmt: skip
    assert json.loads(done.stderr)["say"] == "two\nlines"


def test_a_full_log_is_put_aside_while_its_writer_holds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "LOG_BYTES", 10)
    monkeypatch.setattr(running, "LOGS_KEPT", 3)
    log = tmp_path / "flows.log"
    child = running.Child("x", "y", log)
    child.rotate()  # there is no log yet
    with log.open("ab", buffering=0) as writer:
        for number in range(6):
            writer.write(f"the words of {number}\n".encode())
            child.rotate()
        writer.write(b"short\n")
        child.rotate()
    left = {p.name: p.read_text() for p in tmp_path.iterdir()}
    assert left == {
        "flows.log": "short\n", "flows.log.1": "the words of 5\n",
        "flows.log.2": "the words of 4\n", "flows.log.3": "the words of 3\n",
    }  # fmt: skip
