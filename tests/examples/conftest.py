"""`pytest tests/examples --accept` writes what was read beside each example and shows the difference."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write the readings of the examples")
