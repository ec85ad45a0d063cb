"""Sending what the outbox holds: settle what a dead run left, look at the brake, then one by one."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from cases import alarms, digests, post
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
    told.update(digests.take_back_answered(now))  # answered since it was written, or approved
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
    raw = letters.exact_bytes(letter)
    match wire.deliver(raw, letter.recipient, lambda: letters.note_handed(letter)):
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

    A letter that was not handed over has not gone and goes again. Of one that was, only its copy in the Sent folder
    proves something: that there is none may mean that the server files copies late, or none at all.
    """
    told: Counter[str] = Counter()
    for letter in letters.unknown():
        if letter.answer != letters.HANDED:
            letters.requeue(letter, now=now)
            told["requeued"] += 1
            continue
        try:
            found = post.find_sent(config, letter.message_id)
        except TryLater:
            told["unknown"] += 1
            continue
        if found:
            letters.mark_sent(letter, FOUND, now=now)
            told["found_sent"] += 1
        else:
            letters.mark_uncertain(letter, "the program stopped while the server answered", now=now)
            told["uncertain"] += 1
    return dict(told)
