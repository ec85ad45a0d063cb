"""The officer's own words in a letter that waits for approval: checked again, made into bytes again, and told in the timeline.

Only the words change. The subject with its reference, the recipient and the Message-ID stay, so that an answer still finds its
case, and nothing that is typed can become a header. The references in the text must all stay: each stands for a question that
counts as asked. A name, a birthday or an address may not come in by hand either: letters go to shared mailboxes.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from cases.models import Case, Child, Letter, LetterState
from cases.record.entries import entry
from cases.record.ledger import open_bytes, store
from cases.record.retention import drop_bytes
from mail.compose import Draft, compose
from mail.letters import LetterRefused, twin
from mail.values import Mailbox

_LONGEST = 10_000
_GAPS = re.compile(
    r"\{\{|\}\}|\{%|_{3,}|\.{5,}|\[(?:name|date|insert|school|tbc|to be|your)\b[^\]]*\]|\bX{3,6}\b|<[a-z ]+>",
    re.I,
)


class Gone(Exception):
    """The letter no longer waits for approval, or somebody else changed it since; nothing was written."""


def words_of(letter: Letter) -> str:
    """Return a letter's plain text as it would go."""
    body = _opened(letter).get_body(("plain",))
    return str(body.get_content()).replace("\r\n", "\n") if body else ""


def rewrite(letter_id: int, text: str, *, seen: str, by: str, why: str, now: datetime) -> Letter:
    """Put the officer's words in place of a waiting letter's, and return it.

    Args:
        letter_id: the letter.
        text: the whole new text.
        seen: the digest of the bytes that the officer had before them.
        by: who.
        why: why, in their words.
        now: when.

    Raises:
        Gone: it does not wait any more, or has changed since.
        LetterRefused: the words cannot go; the text says why.
    """
    with transaction.atomic():
        row = Letter.objects.select_for_update().get(pk=letter_id)
        if row.state != LetterState.HELD or row.raw_id != seen:
            raise Gone
        clean = _checked(row, text)
        raw = _composed(row, clean, now)
        old, row.raw = row.raw_id, store(raw, now)
        row.save(update_fields=["raw"])
        drop_bytes({old} - {row.raw_id})
        entry(
            "letter rewritten", by, now=now, case=row.case, why=why[:300],
            data={"letter": row.pk, "kind": row.kind, "before": old, "after": row.raw_id},
        )  # fmt: skip
        return row


def _opened(letter: Letter) -> email.message.EmailMessage:
    return email.message_from_bytes(open_bytes(letter.raw), policy=email.policy.default)


def _composed(row: Letter, text: str, now: datetime) -> bytes:
    """The same letter with other words: what else stands in its headers is taken from its own bytes."""
    old = _opened(row)
    sender, reply = old["From"].addresses[0], old["Reply-To"]
    return compose(
        Draft(
            subject=str(old["Subject"]), text=text, html=twin(text),
            sender=Mailbox(sender.display_name, sender.addr_spec),
            reply_to=Mailbox("", reply.addresses[0].addr_spec) if reply else None,
            recipient=row.recipient, message_id=row.message_id, date=now,
            in_reply_to=str(old["In-Reply-To"] or "").strip(),
            references=tuple(str(old["References"] or "").split()),
        )
    )  # fmt: skip


def _checked(row: Letter, text: str) -> str:
    clean = re.sub(r"\r\n?|[\u2028\u2029\u0085\x0b\x0c]", "\n", text)
    clean = re.sub(r"[\x00-\x09\x0b-\x1f\x7f]", " ", clean)
    clean = re.sub(r"\n{3,}", "\n\n", clean.strip()) + "\n"
    if len(clean) > _LONGEST:
        raise LetterRefused("It is too long for a letter.")
    if not re.search(r"\w", clean):
        raise LetterRefused("There are no words in it.")
    if gap := _GAPS.search(clean):
        raise LetterRefused(f"There is still a gap in it: “{gap[0]}”.")
    before = words_of(row)
    if missing := _references(before) - _references(clean):
        raise LetterRefused(
            f"{', '.join(sorted(missing))} must stay in it, so that the answer finds its case."
        )
    for child in _children(row):
        if what := _tells(child, clean, before):
            raise LetterRefused(
                f"It tells the child's {what}. A letter bears reference and initials only."
            )
    return clean


def _references(text: str) -> set[str]:
    return set(re.findall(r"\b[A-Z]{2,6}-\d{4}-\d{1,6}\b", text))


def _children(row: Letter) -> Iterator[Child]:
    ids = {row.case_id, *(part.get("case") for part in row.covers)} - {None}
    for case in Case.objects.filter(pk__in=ids).select_related("child"):
        yield case.child


def _tells(child: Child, text: str, before: str) -> str | None:
    """Return what of the child's details a text tells more often than it did before, if anything.

    A name may also be a month, a street's or a school's: what the letter said of itself is no detail.
    """
    born = child.date_of_birth
    shapes = ("%d/%m/%Y", "%-d/%-m/%Y", "%d.%m.%Y", "%-d %B %Y", "%Y-%m-%d")
    names = f"{child.forenames} {child.surname} {child.known_as}".replace(",", " ").split()
    details = {
        "name": [n for n in names if len(n) > 2],
        "date of birth": [born.strftime(shape) for shape in shapes] if born else [],
        "UPN": [child.upn],
        "postcode": [child.postcode, child.postcode.replace(" ", "")],
        "address": [_first_line(child.address)],
    }
    for what, words in details.items():
        if any(w and _count(w, text) > _count(w, before) for w in words):
            return what
    return None


def _count(word: str, text: str) -> int:
    return len(re.findall(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.I))


def _first_line(address: str) -> str:
    line = re.split(r"[,\n]", address)[0].strip()
    return line if re.search(r"\d", line) and len(line) > 5 else ""
