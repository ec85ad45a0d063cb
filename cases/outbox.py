"""Sending what the outbox holds: settle what a dead run left, look at the brake, then one by one."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from cases import post
from cases.config import Config, current
from cases.models import Letter
from cases.record import cases as case_record
from cases.record import ledger, letters
from mail.errors import TryLater
from mail.sending import Accepted, Refused, TryAgain, Uncertain

LONGEST_RUN = 240.0  # seconds; the lease is 300


def send_ready(now: datetime, pause: Callable[[float], None] = time.sleep) -> dict[str, int]:
    """Send the letters whose turn it is, within the rate; return a count for each outcome."""
    config = current()
    told = Counter(settle_unknown(config, now))
    if why := letters.too_many(config, now):
        ledger.remember("sending_stopped", why, now)
        case_record.add_task(
            f"sending-stopped:{now:%Y-%m-%d}", "sending_stopped",
            f"Sending was stopped: {why}. Look at Letters and let them go, or cancel them.", now=now,
        )  # fmt: skip
        return dict(told + Counter(stopped=1))
    ledger.remember("sending_stopped", "", now)
    gap = 60 / config.sending.per_minute
    waiting = letters.ready(now, int(min(LONGEST_RUN / gap, 500)) or 1)
    if not waiting:
        return dict(told)
    try:
        with post.wire(config) as wire:
            for letter_id in waiting:
                if letter := letters.claim(letter_id, now):
                    told[_send_one(wire, letter, now)] += 1
                    pause(gap)
    except TryLater as trouble:
        ledger.remember("last_send_trouble", str(trouble)[:300], now)
        told["server_away"] += 1
    return dict(told)


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


def settle_uncertain(config: Config, letter: Letter, now: datetime) -> None:
    """Ask the Sent folder about a letter whose delivery is uncertain; found means sent."""
    try:
        if post.find_sent(config, letter.message_id):
            letters.mark_sent(letter, "found in the Sent folder", now=now)
    except TryLater:
        return


def settle_unknown(config: Config, now: datetime) -> dict[str, int]:
    """Settle letters left in `sending` by a run that died; the caller holds the sender's lease."""
    told: Counter[str] = Counter()
    for letter in letters.unknown(now, alone=True):
        try:
            found = post.find_sent(config, letter.message_id)
        except TryLater:
            told["unknown"] += 1
            continue
        old = letter.claimed_at is None or now - letter.claimed_at > timedelta(minutes=10)
        if found:
            letters.mark_sent(letter, "found in the Sent folder", now=now)
            told["found_sent"] += 1
        elif found is None:
            letters.mark_uncertain(letter, "the program stopped while sending", now=now)
            told["uncertain"] += 1
        elif old:
            letters.requeue(letter, now=now)
            told["requeued"] += 1
    return dict(told)
