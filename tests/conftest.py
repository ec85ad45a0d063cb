"""Every test runs in a data folder of its own, thrown away afterwards: never in the checkout's `var/`.

pytest-django reads the settings before any conftest, so they are read once more here, with the folder set. Each
process of a parallel run has its own.
"""

from __future__ import annotations

import atexit
import importlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

DATA = Path(tempfile.mkdtemp(prefix="cme-tests-"))
atexit.register(shutil.rmtree, DATA, ignore_errors=True)
os.environ["CME_DATA"] = str(DATA / "data")
os.environ["CME_SECRETS"] = str(DATA / "secrets")
for _name in ("CME_CONFIG", "CME_DATABASE_URL", "CREDENTIALS_DIRECTORY"):
    os.environ.pop(_name, None)
if _url := os.environ.get("CME_TESTS_DATABASE_URL"):  # tests/cases/test_postgresql.py
    os.environ["CME_DATABASE_URL"] = _url
sys.path.insert(0, str(Path(__file__).parent / "cases"))  # stories.py, for all who tell stories

import cases.settings  # noqa: E402

_OLD = cases.settings.DATA
importlib.reload(cases.settings)
for _module in list(sys.modules.values()):
    if getattr(_module, "DATA", None) == _OLD and _module is not cases.settings:
        _module.DATA = cases.settings.DATA  # type: ignore[attr-defined]


def pytest_configure() -> None:
    """Point the test database at the folder."""
    from django.db import connections

    told = connections["default"].settings_dict
    if "sqlite" not in str(told["ENGINE"]):
        return
    told["NAME"] = str(cases.settings.DATA / "cme.sqlite3")
    told["TEST"]["NAME"] = str(cases.settings.DATA / "test.sqlite3")


# The long stories, longest first: a parallel run that begins with them does not end by waiting for one.
_STORIES = (
    "deploy/test_several", "deploy/test_house", "flows/test_hard_corpus", "flows/test_soak", "review/test_browser",
    "flows/test_flows", "flows/test_ahead", "flows/", "deploy/", "cases/test_postgresql", "review/",
    "structure/", "mail/", "cases/",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files with the longest stories first; each file stays together and in its order."""

    def rank(item: pytest.Item) -> int:
        place = item.nodeid.removeprefix("tests/")
        return next((i for i, s in enumerate(_STORIES) if place.startswith(s)), len(_STORIES))

    items.sort(key=rank)
