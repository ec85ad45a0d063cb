"""Learning from a correction: on this layout, that label answers this field.

A stranger would get two things wrong. That every correction teaches: only one whose answer stands under exactly one
other label of the same form does, and only when that label's answer was not already rightly another field's (the day
of the form may well be the last day at school). And that a lesson is about words: it is about one layout.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from cases.applying import same
from cases.clock import uk_date
from cases.models import LayoutLabel, ReadingRow
from cases.record import layouts as record
from parsers.fields import Got
from parsers.fingerprint import FEWEST
from parsers.forms.answers import BOOLEANS, Asking, value

# Yes, no and the like stand under many labels: that one of them fits says nothing.
_COMMON = BOOLEANS | {"sex", "parents", "siblings", "enquiries", "ground", "year_group"}
_SHORTEST = 3


def told() -> list[dict[str, Any]]:
    """Return every lesson as plain data for the reader."""
    return [
        {"id": row.pk, "layout": row.layout_id, "prints": row.layout.prints, "key": row.key,
         "field": row.field, "proved": row.stood > 0}
        for row in LayoutLabel.objects.select_related("layout").order_by("id")
    ]  # fmt: skip


def learn(
    reading: ReadingRow, corrected: Mapping[str, Any], *, by: str, now: datetime
) -> list[LayoutLabel]:
    """Remember where the answers that an officer typed stood on the form; return what was learned."""
    layout = reading.document.layout if reading.document else {}
    mark = layout.get("print") or []
    if len(mark) < FEWEST:
        return []
    on = uk_date(reading.arrival.received_at)
    lessons: dict[str, tuple[str, str]] = {}
    left: dict[str, str] = {}
    for field, new in corrected.items():
        home = _home(reading, corrected, field, new, layout["asked"], on)
        if home is None:
            continue
        lessons[home["key"]] = (home["label"], field)
        place = reading.fields.get(field, {}).get("place")
        left |= {a["key"]: a["label"] for a in layout["asked"]
                 if a["place"] == place and a["field"] == field and not _personal(a["label"], reading)}  # fmt: skip
    if not lessons:
        return []
    found = {key: (label, "") for key, label in left.items()} | lessons
    rows = [(key, label, field) for key, (label, field) in found.items()]
    return record.remember(layout.get("known") or 0, mark, rows, reading, by=by, now=now)


def _home(
    reading: ReadingRow,
    corrected: Mapping[str, Any],
    field: str,
    new: Any,
    asked: list[dict[str, str]],
    on: date,
) -> dict[str, str] | None:
    """Return the one label of the form whose answer is what the officer typed, None when it teaches nothing."""
    if field in _COMMON or not isinstance(new, str) or len(new) < _SHORTEST:
        return None
    found = {a["key"]: a for a in asked if _says(field, a["words"], new, on)}
    if len(found) != 1:
        return None
    home = next(iter(found.values()))
    cell = reading.fields.get(field)
    if cell and cell["place"] == home["place"] and home["field"] == field:
        return None  # read from there already; the officer put the words right, not the place
    rightly = any(
        c["place"] == home["place"] and name != field and name not in corrected
        for name, c in reading.fields.items()
        if same(name, home["field"]) or home["field"] in ("", "full_name")
    )
    return None if rightly or _personal(home["label"], reading) else home


def _says(field: str, words: str, new: str, on: date) -> bool:
    got = value(field, words, Asking(on))
    return isinstance(got, Got) and same(str(got.value), new)


def _personal(label: str, reading: ReadingRow) -> bool:
    """Say whether a label holds a name, a number or an address: then it is no label that a form prints."""
    told = {n: c["value"] for n, c in reading.fields.items()} | reading.corrected
    names = " ".join(
        str(told.get(n) or "") for n in ("surname", "forenames", "known_as", "postcode")
    )
    words = set(re.findall(r"[^\W_]+", label.casefold()))
    mine = {w for w in re.findall(r"[^\W_]+", names.casefold()) if len(w) > 1}
    return bool(words & mine) or re.search(r"\d{3,}|@", label) is not None


def judged(reading: ReadingRow, corrected: Mapping[str, Any]) -> None:
    """Keep whether the officer let stand what lessons read."""
    layout = reading.document.layout if reading.document else {}
    for field, lesson in (layout.get("used") or {}).items():
        record.stood(int(lesson), field not in corrected, layout["print"])
