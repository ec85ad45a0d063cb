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
from cases.record.cases import add_task
from cases.record.entries import entry

CHASER = "system: chase"


def ask(case: Case | None, step: Any, recipient: str | None, *, now: datetime) -> str:
    """Remember that a step was decided; without an address it is the officer's task. Once only."""
    with transaction.atomic():
        row, new = Asked.objects.get_or_create(
            case=case,
            council="" if case else "council",
            rule=step.rule,
            step=step.step,
            started_on=step.started,
            defaults={
                "kind": step.letter, "role": step.to, "recipient": recipient or "",
                "due_on": step.due, "what": step.what, "because": step.because,
                "decided_at": now, "state": "waiting" if recipient else "task",
            },
        )  # fmt: skip
        if not new:
            return "asked_before"
        entry(
            "chase decided", CHASER, now=now, case=case,
            data={"rule": step.rule, "step": step.step, "to": step.to, "asked": row.pk},
        )  # fmt: skip
        if recipient:
            return "decided"
        add_task(
            f"no-recipient:{row.pk}", "address",
            f"{step.what} There is no address on the record to ask ({step.to.replace('_', ' ')}).",
            now=now, case=case, due_on=step.due,
        )  # fmt: skip
        return "task"


def recipients() -> list[str]:
    """Return everybody who has something waiting to be asked."""
    rows = Asked.objects.filter(state="waiting").exclude(recipient="")
    return sorted(set(rows.values_list("recipient", flat=True)))


def still_owed(recipient: str, now: datetime) -> list[Asked]:
    """Return what a recipient still owes; what was answered since it was decided is dropped."""
    from cases import clocks

    rows = list(
        Asked.objects.filter(state="waiting", recipient=recipient)
        .select_related("case__child", "case__school")
        .order_by("due_on", "id")
    )
    cases = {row.case.pk: row.case for row in rows if row.case is not None}
    open_now = clocks.open_rules(cases.values(), now.astimezone(UK).date())
    owed = []
    for row in rows:
        if row.case is not None and row.rule not in open_now[row.case.pk]:
            drop(row, "answered meanwhile", now)
            continue
        owed.append(row)
    return owed


def drop(row: Asked, why: str, now: datetime) -> None:
    """Do not ask after all."""
    with transaction.atomic():
        row.state = "dropped"
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
) -> str:
    """Write the letter and tie what it asks to it, in one transaction; return what became of it."""
    first = rows[0]
    single = len(rows) == 1
    with transaction.atomic():
        covers = [{"asked": r.pk, "case": r.case_id, "rule": r.rule, "step": r.step} for r in rows]
        letter = letters.queue(
            key, kind, recipient, facts, config=config, now=now, role=first.role,
            case=first.case if single else None, rule=first.rule if single else "",
            step=first.step if single else "", started_on=first.started_on if single else None,
            covers=covers,
        )  # fmt: skip
        Asked.objects.filter(pk__in=[r.pk for r in rows]).update(
            letter=letter, state="written" if letter else "dropped"
        )
        if letter and not single:
            for row in rows:
                entry(
                    "letter written", letters.SENDER, now=now, case=row.case,
                    data={"letter": letter.pk, "kind": kind, "rule": row.rule, "step": row.step},
                )  # fmt: skip
    return "letters" if letter else "off"
