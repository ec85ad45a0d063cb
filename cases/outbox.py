"""Sending what the outbox holds: settle what a dead run left, look at the brake, then one by one."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from cases import alarms, post
from cases.config import Config, current
from cases.models import Letter
from cases.record import cases as case_record
from cases.record import ledger, letters
from mail.errors import TryLater
from mail.sending import Accepted, Refused, TryAgain, Uncertain

FOUND = "found in the Sent folder"
LONGEST_RUN = 240.0  # seconds; the lease is 300


def send_ready(now: datetime, pause: Callable[[float], None] = time.sleep) -> dict[str, int]:
    """Send the letters whose turn it is, within the rate; return a count for each outcome."""
    config = current()
    told = Counter(settle_unknown(config, now))
    told["found_sent"] += look_again(config, now)
    told["held_back"] += _brake(config, now)
    gap = 60 / config.sending.per_minute
    waiting = letters.ready(now, int(min(LONGEST_RUN / gap, 500)) or 1)
    if waiting:
        try:
            with post.wire(config) as wire:
                for letter_id in waiting:
                    if not letters.may_go(letter_id, now):
                        told["tomorrow"] += 1
                    elif letter := letters.claim(letter_id, now):
                        told[_send_one(wire, letter, now)] += 1
                        pause(gap)
        except TryLater as trouble:
            ledger.remember("last_send_trouble", str(trouble)[:300], now)
            told["server_away"] += 1
    alarms.sound(now)
    return dict(+told)


def _brake(config: Config, now: datetime) -> int:
    """Hold back what would go by itself when too much would; a person lets it go, letter by letter or all at once."""
    why = letters.too_many(config, now)
    held = letters.hold_back(why, now=now) if why else 0
    if held:
        case_record.add_task(
            f"sending-stopped:{now:%Y-%m-%d}", "sending_stopped",
            f"Sending was stopped: {why}. Look at Letters and let them go, or cancel them.", now=now,
        )  # fmt: skip
    return held


def _send_one(wire: post.AnyWire, letter: Letter, now: datetime) -> str:
    """Send one letter and write down what the server said. A bad letter never stops the others."""
    match wire.deliver(letters.exact_bytes(letter), letter.recipient):
        case Accepted(answer=answer):
            letters.mark_sent(letter, answer, now=now)
            ledger.remember("last_send", now.isoformat(), now)
            ledger.remember("last_send_trouble", "", now)
            return "sent"
        case Refused(words=words):
            letters.mark_refused(letter, words, now=now)
            case_record.add_task(
                f"refused:{letter.pk}", "address",
                "The mail server refused a letter. Check the address on the record.",
                now=now, case=letter.case,
            )  # fmt: skip
            return "refused"
        case TryAgain(words=words):
            letters.put_off(letter, words, now=now)
            return "put_off"
        case Uncertain(words=words):
            letters.mark_uncertain(letter, words, now=now)
            settle_uncertain(current(), letter, now)
            return "uncertain"


def settle_uncertain(config: Config, letter: Letter, now: datetime) -> bool:
    """Ask the Sent folder about a letter whose delivery is uncertain; found means sent."""
    try:
        found = bool(post.find_sent(config, letter.message_id))
    except TryLater:
        return False
    if found:
        letters.mark_sent(letter, FOUND, now=now)
    return found


def look_again(config: Config, now: datetime) -> int:
    """Ask once more about every letter still uncertain: a server may file its copy late. Return how many had gone."""
    return sum(settle_uncertain(config, letter, now) for letter in letters.in_doubt(now))


def settle_unknown(config: Config, now: datetime) -> dict[str, int]:
    """Settle letters left in `sending` by a run that died; the caller holds the sender's lease.

    That the Sent folder does not show a letter proves something only where it shows others: many servers
    keep no copy of what goes out by SMTP, and there a second sending would be a guess.
    """
    told: Counter[str] = Counter()
    for letter in letters.unknown(now, alone=True):
        try:
            found = post.find_sent(config, letter.message_id)
            proves = found is False and _keeps_copies(config, letter.claimed_at)
        except TryLater:
            told["unknown"] += 1
            continue
        since = now - (letter.claimed_at or now)
        if found:
            letters.mark_sent(letter, FOUND, now=now)
            told["found_sent"] += 1
        elif not proves:
            letters.mark_uncertain(letter, "the program stopped while sending", now=now)
            told["uncertain"] += 1
        elif since > letters.UNKNOWN_AFTER or since < timedelta(0):
            letters.requeue(letter, now=now)
            told["requeued"] += 1
    return dict(told)


def _keeps_copies(config: Config, before: datetime | None) -> bool:
    """Does the Sent folder show one of the last letters that the server has taken for certain?

    Raises:
        TryLater: the mailbox cannot be asked now.
    """
    return any(post.find_sent(config, x.message_id) for x in letters.last_accepted(before))
