"""The alarm, by another road than the mailbox it is about.

A file (`ALARM` in the data folder) and the exit code of `cme check` always; a letter to a second address too, when
`sending.alarm_address` names one: over the sending server, past the outbox, which may be what stands still. Once a
day for each kind of trouble. Where the sending server is what failed, the file and the exit code are the alarm.
In a shadow run nothing leaves, not even this.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from cases import post
from cases.clock import uk_date
from cases.config import Config, current
from cases.health import Check, post_checks
from cases.leases import only_one
from cases.letter_facts import shared_facts
from cases.record import ledger
from cases.settings import DATA
from mail.compose import Draft, compose, new_message_id
from mail.letters import render
from mail.sending import Accepted, Uncertain
from mail.values import Mailbox

FILE = DATA / "ALARM"


def sound(now: datetime) -> list[Check]:
    """Write or take away the alarm file, tell the second address, and return what is bad."""
    config = current()
    bad = [c for c in post_checks(config, now) if c.level == "bad"]
    _write(bad, now)
    today = uk_date(now).isoformat()
    new = [c for c in bad if ledger.recall(f"alarm told: {c.what}") != today]
    if new and config.sending.alarm_address and not config.sending.shadow:
        with only_one("alarm") as mine:
            if mine and _told(config, new, now):
                for check in new:
                    ledger.remember(f"alarm told: {check.what}", today, now)
    return bad


def _write(bad: list[Check], now: datetime) -> None:
    # On a full disk the exit code of `cme check` is what is left.
    with suppress(OSError):
        if bad:
            FILE.write_text("".join(f"{now:%Y-%m-%d %H:%M} {c.what}: {c.say}\n" for c in bad))
        else:
            FILE.unlink(missing_ok=True)


def _told(config: Config, new: list[Check], now: datetime) -> bool:
    """Send one letter about these; True when it went, or may have gone."""
    try:
        with post.wire(config) as wire:
            outcome = wire.deliver(_letter(config, new, now), config.sending.alarm_address)
    except post.TryLater:
        return False
    return isinstance(outcome, Accepted | Uncertain)


def _letter(config: Config, new: list[Check], now: datetime) -> bytes:
    council = config.council.reference
    facts = shared_facts(now) | {
        "reference": council, "troubles": [f"{c.what}: {c.say}" for c in new],
    }  # fmt: skip
    told = render("alarm", facts)
    return compose(
        Draft(
            subject=told.subject, text=told.text, html=told.html,
            sender=Mailbox(config.sending.from_name, config.sending.from_address), reply_to=None,
            recipient=config.sending.alarm_address, date=now,
            message_id=new_message_id(council, config.sending.from_address.partition("@")[2]),
        )
    )  # fmt: skip
