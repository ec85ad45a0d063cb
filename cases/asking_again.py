"""Asking a sender for a form again: it was locked, broken, or a link that only they can open.

The letter goes to an address on the record or not at all. The email leaves the officer's list, for nothing can be done with
it; a task stands in its place until the answer has come, so that a school that does not answer is not forgotten.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cases import answering
from cases.clock import uk_date
from cases.config import current
from cases.letter_facts import shared_facts
from cases.models import Arrival
from cases.record import arrivals, letters
from cases.record import cases as record
from mail.letters import LetterRefused

# What a sender can put right by sending it in another way.
REASONS = (
    "locked", "unreadable", "refused", "blank_form", "encrypted_message", "portal_link", "server_stub", "timed_out",
)  # fmt: skip
DAYS_TO_ANSWER = 5


def address(arrival: Arrival) -> str | None:
    """Return the address on the record that the letter would go to."""
    return answering.known_address(arrival)


def ask(arrival: Arrival, *, by: str, now: datetime) -> bool:
    """Write the letter, settle what was held and put a task in its place; False when no letter can be written."""
    to = address(arrival)
    if to is None:
        return False
    config = current()
    holds = list(arrival.holds.filter(settled_at=None))
    kind = "unlock" if any(h.reason == "locked" for h in holds) else "send_again"
    facts = shared_facts(now) | {"reference": f"{config.council.reference}-MAIL-{arrival.pk}"}
    try:
        letter = letters.queue(
            f"again:{arrival.pk}:{now:%Y%m%d}", kind, to, facts, config=config, now=now, role="sender",
            arrival=arrival, reply_to_id=arrival.message_id, references=arrival.thread_ids,
        )  # fmt: skip
    except LetterRefused:
        return False
    if letter is None:
        return False
    record.add_task(
        f"asked-again:{arrival.pk}", "sent_again",
        f"The sender of email {arrival.pk} was asked to send it again. Has it come? If not, telephone.",
        now=now, arrival=arrival, due_on=uk_date(now) + timedelta(days=DAYS_TO_ANSWER),
    )  # fmt: skip
    for hold in holds:
        arrivals.settle_hold(hold, by=by, how="the sender was asked to send it again", now=now)
    return True
