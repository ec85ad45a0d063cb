"""The letters that ask: what one recipient owes goes into one letter, at most one a day, and never across an answer.

A letter may lie for days before the officer approves it. So each sweep, and each run that sends, looks through those that have
not gone: what was answered meanwhile is taken back, and the rest of a letter is written anew without it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime
from typing import Any

from cases import clocks, unfiled
from cases.clock import uk_date
from cases.config import Config, current
from cases.letter_facts import council_wide, facts_of, shared_facts
from cases.models import Asked, Letter, LetterState
from cases.record import asking
from cases.record import cases as case_record
from cases.record.letters import mode_of
from mail.letters import LetterRefused
from policy import chasing

WAITING = (LetterState.HELD, LetterState.QUEUED)


def gather(now: datetime) -> dict[str, int]:
    """Write one letter to each recipient who owes something, at most one a day; return counts."""
    config, told = current(), Counter[str]()
    waiting = asking.waiting()
    if not waiting:
        return {}
    if unfiled.mailbox_away(config, now):
        return {"mailbox_away": len(waiting)}
    open_now = clocks.open_clocks([r.case for r in waiting if r.case], uk_date(now))
    unread = unfiled.look(config)
    by_recipient: dict[str, list[Asked]] = {}
    for row in waiting:
        if not _still_open(row, open_now):
            asking.drop(row, "answered meanwhile", now)
        elif mode_of(config, row.kind) == "off":
            asking.drop(row, "this kind of letter is off", now, state="off")
        elif _unread_from(row, unread):
            told["answer_unread"] += 1
        else:
            by_recipient.setdefault(row.recipient, []).append(row)
    for recipient, rows in sorted(by_recipient.items()):
        if asking.written_today(recipient, now):
            told["tomorrow"] += len(rows)
        else:
            told[_write(rows, recipient, config, now)] += 1
    return dict(told)


def _still_open(row: Asked, open_now: dict[int | None, set[tuple[str, Any]]]) -> bool:
    return (row.rule, row.started_on) in open_now.get(row.case_id, set())


def _unread_from(row: Asked, unread: unfiled.Unfiled) -> bool:
    """Is there mail from them that nobody has filed yet? Then they may have answered already."""
    schools = []
    if row.role in chasing.SCHOOLS and row.case:
        schools = [k for k in (row.case.school_id,) if k]
    return unread.concerns(row.case, [row.recipient], schools)


def _write(rows: list[Asked], recipient: str, config: Config, now: datetime) -> str:
    """Write the letter for what one recipient owes: its own if it is one thing, else a digest."""
    first = rows[0]
    kind = first.kind if len(rows) == 1 else _digest_kind(first.role)
    facts = _single(first, now) if len(rows) == 1 else _several(rows, now)
    key = _key(rows, recipient)
    try:
        return asking.write(
            rows,
            key,
            kind,
            recipient,
            facts,
            config=config,
            now=now,
            mode=_mode(rows, kind, config),
        )
    except LetterRefused as refusal:
        case_record.add_task(
            f"letter-gap:{key}", "letter", f"A reminder was not written: {refusal}",
            now=now, case=first.case,
        )  # fmt: skip
        return "refused"


def _digest_kind(role: str) -> str:
    if role in chasing.SCHOOLS:
        return "digest_school"
    return "digest_ewo" if role == "ewo" else "digest_team"


def _key(rows: list[Asked], recipient: str) -> str:
    """One key for one set of questions; a letter that was taken back and is written anew has another."""
    told = hashlib.sha256(" ".join(str(r.pk) for r in rows).encode()).hexdigest()[:16]
    before = Letter.objects.filter(key__startswith=f"asks:{told}:").count()
    return f"asks:{told}:{before}"


def _mode(rows: list[Asked], kind: str, config: Config) -> str:
    """The strictest of what its parts have: a line that waits for approval makes the letter wait."""
    modes = {mode_of(config, row.kind) for row in rows}
    if kind in config.letters:
        modes.add(mode_of(config, kind))
    return "off" if "off" in modes else "hold" if "hold" in modes else "send"


def _single(row: Asked, now: datetime) -> dict[str, Any]:
    base = facts_of(row.case, now) if row.case else council_wide(now)
    return base | {
        "what": row.what, "due": row.due_on, "because": row.because, "overdue": _overdue(row, now),
    }  # fmt: skip


def _several(rows: list[Asked], now: datetime) -> dict[str, Any]:
    own = council_wide(now)["reference"]
    lines = [
        {
            "reference": row.case.ref if row.case else own,
            "initials": row.case.child.initials if row.case else "",
            "what": row.what, "due": row.due_on, "overdue": _overdue(row, now),
        }
        for row in rows
    ]  # fmt: skip
    return shared_facts(now) | {"lines": lines, "council_wide": any(r.case is None for r in rows)}


def _overdue(row: Asked, now: datetime) -> bool:
    return bool(row.due_on and row.due_on < uk_date(now))


def take_back_answered(now: datetime) -> dict[str, int]:
    """Take back letters that have not gone and whose questions are answered; what is left is asked anew."""
    rows = asking.not_gone()
    if not rows:
        return {}
    open_now = clocks.open_clocks([r.case for r in rows if r.case], uk_date(now))
    by_letter: dict[int, list[Asked]] = {}
    answered: set[int] = set()
    for row in rows:
        assert row.letter_id is not None
        by_letter.setdefault(row.letter_id, []).append(row)
        if not _still_open(row, open_now):
            answered.add(row.letter_id)
    told: Counter[str] = Counter()
    for letter_id in sorted(answered):
        gone = [r for r in by_letter[letter_id] if not _still_open(r, open_now)]
        if asking.take_back(letter_id, gone, "answered meanwhile", now=now):
            told["taken_back"] += 1
    return dict(told)
