"""A record with the configuration's schools and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from stories import NOW


@pytest.fixture
def council(db: None) -> None:
    """The schools and agencies of config.yaml are on the record."""
    from cases.config import current
    from cases.record.people import seed

    seed(current(), NOW)


@pytest.fixture(scope="session", autouse=True)
def _workers() -> Iterator[None]:
    """Stop the reading workers of this process at the end."""
    yield
    from cases import road

    if road._pool is not None:
        road._pool.close()
        road._pool = None


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Change sections of the configuration for one test."""
    from cases import clocks, digests
    from cases.config import current

    def change(**sections: Any) -> None:
        config = current().model_copy(update=sections)
        for module in (clocks, digests):
            monkeypatch.setattr(module, "current", lambda: config)

    return change
