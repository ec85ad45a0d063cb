"""What was asked of whom: decided once for each step, gathered into one letter a recipient a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from cases.clock import UK
from cases.config import Config
from cases.models import Asked, Case, Letter, LetterState
from cases.record import letters
from cases.record.cases import add_message, add_task
from cases.record.entries import entry

CHASER = "system: chase"


def ask(case: Case | None, step: Any, recipient: str | None, *, now: datetime) -> str:
    """Remember that a step was decided; without an address it is the officer's task. Once only.

    What was dropped because it was answered is asked after all when the answer was taken back, and what had no address
    when it has one.
    """
    told = {
        "kind": step.letter, "role": step.to, "recipient": recipient or "", "due_on": step.due,
        "what": step.what, "because": step.because, "decided_at": now, "letter": None,
        "state": "waiting" if recipient else "task",
    }  # fmt: skip
    with transaction.atomic():
        row, new = Asked.objects.get_or_create(
            case=case, council="" if case else "council", rule=step.rule, step=step.step,
            started_on=step.started, defaults=told,
        )  # fmt: skip
        again = row.state in ("dropped", "overtaken") or (row.state == "task" and recipient)
        if not new and not again:
            return "asked_before"
        if not new:
            for name, value in told.items():
                setattr(row, name, value)
            row.save()
        _overtake(row, now)
        entry(
            "chase decided", CHASER, now=now, case=case,
            data={"rule": step.rule, "step": step.step, "to": step.to, "asked": row.pk},
        )  # fmt: skip
        if recipient:
            return "decided"
        add_task(
            f"no-recipient:{case.pk if case else 'council'}:{step.rule}:{step.to}", "address",
            f"{step.what} There is no address on the record to ask ({step.to.replace('_', ' ')}).",
            now=now, case=case, due_on=step.due,
        )  # fmt: skip
        return "task"


def _overtake(row: Asked, now: datetime) -> None:
    """A reminder takes the place of the question before it when that has not gone: one letter, not two."""
    before = Asked.objects.filter(
        case=row.case, rule=row.rule, started_on=row.started_on, role=row.role,
        state__in=["waiting", "written"],
    ).exclude(pk=row.pk)  # fmt: skip
    for old in before.select_related("letter"):
        if old.letter is None:
            drop(old, "a later letter asks the same", now, state="overtaken")
        elif old.letter.state == LetterState.HELD:
            take_back(
                old.letter.pk, [old], "a later letter asks the same", now=now, state="overtaken"
            )


def waiting() -> list[Asked]:
    """Return what was decided and stands in no letter yet, the longest due first."""
    rows = Asked.objects.filter(state="waiting").exclude(recipient="")
    return list(rows.select_related("case__child", "case__school").order_by("due_on", "id"))


def not_gone() -> list[Asked]:
    """Return what stands in a letter that has not gone."""
    rows = Asked.objects.filter(
        state="written", letter__state__in=[LetterState.HELD, LetterState.QUEUED]
    )
    return list(rows.select_related("case__child", "case__school").order_by("id"))


def take_back(
    letter_id: int, rows: list[Asked], why: str, *, now: datetime, state: str = "dropped"
) -> bool:
    """Cancel a letter that has not gone because of some of its questions; the others wait to be asked anew."""
    with transaction.atomic():
        letter = Letter.objects.select_for_update().get(pk=letter_id)
        if letter.state not in (LetterState.HELD, LetterState.QUEUED):
            return False
        letters.cancel(letter_id, by=CHASER, why=why, now=now)
        for row in rows:
            drop(row, why, now, state=state)
        left = Asked.objects.filter(letter=letter_id).exclude(pk__in=[r.pk for r in rows])
        left.update(letter=None, state="waiting")
        return True


def drop(row: Asked, why: str, now: datetime, *, state: str = "dropped") -> None:
    """Do not ask after all. `state`: dropped (may be asked again), overtaken, or off."""
    with transaction.atomic():
        row.state = state
        row.save(update_fields=["state"])
        entry("chase dropped", CHASER, now=now, case=row.case, why=why, data={"asked": row.pk})


def written_today(recipient: str, now: datetime) -> bool:
    """Return True when a reminder was written to this recipient today already."""
    start = now.astimezone(UK).replace(hour=0, minute=0, second=0, microsecond=0)
    return (
        Letter.objects.filter(recipient=recipient.lower(), written_at__gte=start)
        .exclude(asked=None)
        .exclude(state=LetterState.CANCELLED)
        .exists()
    )


def write(
    rows: list[Asked],
    key: str,
    kind: str,
    recipient: str,
    facts: Mapping[str, Any],
    *,
    config: Config,
    now: datetime,
    mode: str,
) -> str:
    """Write the letter and tie what it asks to it, in one transaction; return what became of it."""
    first = rows[0]
    single = len(rows) == 1
    with transaction.atomic():
        still = Asked.objects.select_for_update().filter(
            pk__in=[r.pk for r in rows], state="waiting"
        )
        if len(still) != len(rows):
            return "asked_before"  # another run was quicker
        covers = [{"asked": r.pk, "case": r.case_id, "rule": r.rule, "step": r.step} for r in rows]
        letter = letters.queue(
            key, kind, recipient, facts, config=config, now=now, role=first.role,
            case=first.case if single else None, rule=first.rule if single else "",
            step=first.step if single else "", started_on=first.started_on if single else None,
            covers=covers, mode=mode,
        )  # fmt: skip
        Asked.objects.filter(pk__in=[r.pk for r in rows]).update(
            letter=letter, state="written" if letter else "off"
        )
        if letter and not single:
            for row in rows:
                if row.case:
                    add_message(row.case, letter.message_id)
                entry(
                    "letter written", letters.SENDER, now=now, case=row.case,
                    data={"letter": letter.pk, "kind": kind, "rule": row.rule, "step": row.step},
                )  # fmt: skip
    return "letters" if letter else "off"
