"""The council's own words for labels."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cases.models import Word
from cases.record.entries import entry


def add(label: str, field: str, *, by: str, now: datetime) -> Word:
    """Write that a label means a field; a label taught again means the new field."""
    with transaction.atomic():
        row, _ = Word.objects.update_or_create(
            label=label.strip()[:200], defaults={"field": field, "by": by, "at": now}
        )
        entry("word taught", by, now=now, data={"field": field, "word": row.pk})
        return row


def remove(word_id: int, *, by: str, now: datetime) -> None:
    """Forget a label."""
    with transaction.atomic():
        Word.objects.filter(pk=word_id).delete()
        entry("word removed", by, now=now, data={"word": word_id})
