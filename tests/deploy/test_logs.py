"""Log lines for a collector: JSON, and never an exception's own words."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

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
