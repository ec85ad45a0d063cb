"""Counts over the whole record, kept in memory until the timeline shows that something changed or the day does.

Looking at pages writes entries too; those change no count and are passed over.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from review import due

T = TypeVar("T")

_lock = threading.Lock()
_state: tuple[int, str] | None = None
_kept: dict[Any, Any] = {}


def counts(key: Any, work: Callable[[], T], *, looked: bool = False) -> T:
    """Return what `work` returned for this key on this state of the record, or let it work.

    `looked`: this page has just asked what is due, and so knows the record's state.
    """
    global _state
    newest = due.seen_change() if looked else due.newest_change()
    with _lock:
        if newest != _state or len(_kept) > 60:
            _kept.clear()
            _state = newest
        if key in _kept:
            return _kept[key]  # type: ignore[no-any-return]
    made = work()
    with _lock:
        if _state == newest:
            _kept[key] = made
    return made


def forget() -> None:
    """Forget everything (another database takes the place of this one)."""
    with _lock:
        _kept.clear()
