"""What every flow and task is wrapped in: Django ready, connections closed, errors without details."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Callable
from typing import Any

log = logging.getLogger("cme.flows")


class FlowFailed(Exception):
    """A flow failed. The text is a code that says which step and which kind of error, nothing else."""


def django() -> None:
    """Set Django up once in this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cases.settings")
    from django.apps import apps

    if not apps.ready:
        import django as _django

        _django.setup()


def quiet(work: Callable[..., Any]) -> Callable[..., Any]:
    """Return `work` with database connections closed after it and errors stripped of their texts."""

    @functools.wraps(work)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        django()
        from django.db import connections

        try:
            return work(*args, **kwargs)
        except FlowFailed:
            raise
        except Exception as error:
            # `from None`: a chained exception would carry its text into Prefect's database.
            raise FlowFailed(f"{work.__name__}: {type(error).__name__}") from None
        finally:
            connections.close_all()

    return wrapped
