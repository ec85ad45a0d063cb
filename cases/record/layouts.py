"""What officers put right on a layout: which of its labels answers what.

Nothing of a child is kept: a layout is its labels' digests, a lesson one label in words and the field that it answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from cases.models import Layout, LayoutLabel, ReadingRow
from cases.record.entries import entry

_VERSIONS = 12  # of one layout; the oldest give way


def remember(
    known: int,
    mark: list[str],
    lessons: Sequence[tuple[str, str, str]],
    reading: ReadingRow,
    *,
    by: str,
    now: datetime,
) -> list[LayoutLabel]:
    """Keep lessons (key, label, field) on the layout printed like `mark`; a label taught again means the new field."""
    with transaction.atomic():
        layout = _layout(known, mark) or Layout.objects.create(
            prints=[mark], form=reading.form, school=reading.arrival.school, at=now, by=by
        )
        _add_print(layout, mark)
        made = []
        for key, label, field in lessons:
            if field:  # on one layout one label answers it
                layout.labels.filter(field=field).exclude(key=key).delete()
            row, _ = LayoutLabel.objects.update_or_create(
                layout=layout, key=key,
                defaults={"label": label[:200], "field": field, "by": by, "at": now, "stood": 0, "reading": reading},
            )  # fmt: skip
            made.append(row)
        entry(
            "layout corrected", by, now=now, arrival=reading.arrival,
            data={"layout": layout.pk, "fields": sorted(f for _, _, f in lessons if f)},
        )  # fmt: skip
        return made


def _layout(known: int, mark: list[str]) -> Layout | None:
    if known:
        return Layout.objects.filter(pk=known).first()
    return next((x for x in Layout.objects.order_by("id") if mark in x.prints), None)


def _add_print(layout: Layout, mark: list[str]) -> None:
    if mark not in layout.prints:
        layout.prints = [*layout.prints, mark][-_VERSIONS:]
        layout.save(update_fields=["prints"])


def stood(lesson_id: int, well: bool, mark: list[str]) -> None:
    """Write down whether an officer let stand what a lesson read; one that was put right is asked about again."""
    row = LayoutLabel.objects.select_related("layout").filter(pk=lesson_id).first()
    if row is not None:
        row.stood = row.stood + 1 if well else 0
        row.save(update_fields=["stood"])
        if well:
            _add_print(row.layout, mark)


def forget(lesson_id: int, *, by: str, now: datetime) -> None:
    """Forget a lesson, and its layout when nothing is left of it."""
    with transaction.atomic():
        row = LayoutLabel.objects.select_related("layout").filter(pk=lesson_id).first()
        if row is None:
            return
        layout = row.layout
        row.delete()
        if not layout.labels.exclude(field="").exists():
            layout.delete()
        entry("layout forgotten", by, now=now, data={"layout": layout.pk, "lesson": lesson_id})


def take_back(reading: ReadingRow, *, by: str, now: datetime) -> None:
    """Forget what was learned from a decision that was taken back, unless an officer let it stand since."""
    for row in LayoutLabel.objects.filter(reading=reading, stood=0):
        forget(row.pk, by=by, now=now)
