"""What letters are told about a case: its reference and the child's initials, never more.

The templates refuse to be rendered with a gap, so every fact that any letter uses is given here or by the
step that writes it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cases.clock import uk_date
from cases.config import current
from cases.models import Case


def shared_facts(now: datetime) -> dict[str, Any]:
    """Return what every letter may say of the council."""
    config = current()
    return {
        "council": config.council.name, "team": config.council.team,
        "telephone": config.council.telephone, "mailbox": config.mailbox.account,
        "answer_within": config.council.answer_within, "today": uk_date(now),
        "urgent": config.council.lost_child_urgent,
    }  # fmt: skip


def council_wide(now: datetime) -> dict[str, Any]:
    """Return the facts of a letter about one of the council's own tasks: no case, so no initials."""
    return shared_facts(now) | {"reference": f"{current().council.reference} team"}


def facts_of(case: Case, now: datetime, **more: Any) -> dict[str, Any]:
    """Return the facts of a letter about one case."""
    return {
        **shared_facts(now),
        "reference": case.ref,
        "initials": case.child.initials,
        "school": case.school.name if case.school else case.school_name or "your school",
        "status": case.status,
        "opened_on": case.opened_on,
        **more,
    }
