"""What is due over all open cases, without working out thousands of cases for every page.

Deadlines are never stored: they follow from events. So each case's rows are kept in memory until the
timeline shows an entry on that case (one writer writes one for every change), or the day changes.
"""

from __future__ import annotations

import threading
from datetime import date

from cases import clocks
from cases.clocks import DueRow
from cases.models import Case, Entry

QUIET = ("viewed", "viewed audit", "downloaded", "searched", "exported", "signed in", "signed out")
_MANY = 150  # more changed cases than this are worked out in one sweep

_lock = threading.Lock()
_day: date | None = None
_last: tuple[int, str] = (0, "")
_change: tuple[int, str] | None = None  # the newest entry that is not quiet
_rows: dict[str, list[DueRow]] = {}
_sorted: list[DueRow] | None = None  # all of `_rows`, soonest first; None after a change


def all_due(today: date) -> list[DueRow]:
    """Return every open deadline, soonest first, as `clocks.all_due` would."""
    global _day, _last, _rows, _sorted, _change
    with _lock:
        news = list(
            Entry.objects.filter(id__gte=_last[0])
            .order_by("id")
            .values_list("id", "hash", "case_id", "act")[:20001]
        )
        stale = today != _day or not news or news[0][:2] != _last or len(news) > 20000
        changed = {case for _, _, case, act in news[1:] if act not in QUIET}
        if stale or len(changed) > _MANY:
            newest = Entry.objects.order_by("-id").values_list("id", "hash").first()
            _rows, _sorted = {}, None
            for row in clocks.all_due(today):
                _rows.setdefault(row.case, []).append(row)
            _day, _last = today, newest or (0, "")
            _change = newest_change()
        else:
            _last = news[-1][:2]
            _change = next((n[:2] for n in reversed(news[1:]) if n[3] not in QUIET), _change)
            if any(case is None and act.startswith("event") for _, _, case, act in news[1:]):
                _rows[clocks.COUNCIL], _sorted = clocks.council_due(today), None
            for case in Case.objects.select_related("child").filter(pk__in=changed - {None}):
                _sorted = None
                _rows[case.ref] = [] if case.merged_into_id else clocks.case_due(case, today)
        if _sorted is None:
            every = [row for of_case in _rows.values() for row in of_case]
            _sorted = sorted(every, key=lambda r: (r.due or date.max, r.case, r.rule))
        return list(_sorted)


def newest_change() -> tuple[int, str] | None:
    """Return the newest entry that changed something."""
    rows = Entry.objects.exclude(act__in=QUIET).order_by("-id")
    return rows.values_list("id", "hash").first()


def seen_change() -> tuple[int, str] | None:
    """Return the newest change that `all_due` has seen: a page that has just asked it need not ask again."""
    return _change


def of_case(case: Case, today: date) -> list[DueRow]:
    """Return one case's deadlines."""
    all_due(today)
    with _lock:
        found = _rows.get(case.ref)
    return (
        clocks.case_due(case, today)
        if found is None and case.closed_on is None
        else list(found or [])
    )


def of_cases(refs: list[str], today: date) -> dict[str, list[DueRow]]:
    """Return the deadlines of several cases."""
    all_due(today)
    with _lock:
        return {ref: list(_rows.get(ref, [])) for ref in refs}
