"""Reading one file or email whole: what a worker process does, and what `cme read` prints.

Runs in a capped worker process, never where the database or the mailbox is open, and so imports
neither. The parts of an email come from `mail`, their meaning from `parsers`; here they meet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from hashlib import sha256
from typing import Any

import parsers
from cases import passages
from mail import message as messages
from mail import replies
from mail.values import Email, Leaf
from parsers import fingerprint
from parsers.reading import Findings, Reading, Source, Unread, Value
from parsers.vocabulary import standard

Skip = Mapping[str, tuple[str, str]]
Told = Callable[[str, str], None]


def examine(
    name: str,
    raw: bytes,
    *,
    on: date,
    passwords: Sequence[str] = (),
    words: Mapping[str, str] | None = None,
    lessons: Sequence[Mapping[str, Any]] = (),
    skip: Skip | None = None,
    opening: Told | None = None,
    prefix: str = "CME",
) -> dict[str, Any]:
    """Return what a file says, as the contract's JSON and a few things more.

    `words` are labels that the council taught; `lessons` what officers put right on a layout; `skip` names leaves that killed a worker before, with
    the reason to give; `opening` is told each leaf's path and format before it is opened; `prefix` is how the
    council's case references begin.
    """
    email = _email(name, raw, passwords, prefix)
    leaves = email.leaves if email else messages.unpack(name, raw, passwords)
    sources = [*_bodies(email), *(_source(leaf, skip or {}) for leaf in leaves)]
    vocabulary = standard()
    if words or lessons:
        vocabulary = vocabulary.with_words(words or {}, fingerprint.lessons_from(lessons))
    when = email.date.date() if email and email.date else on
    findings = parsers.read(
        sources, on=when, passwords=passwords, vocabulary=vocabulary, opening=opening
    )
    told = _findings_json(findings, email)
    if email and len(email.case_refs) > 1:

        def read(text: str) -> Sequence[Reading]:
            body = Source("body", "", "text/plain", text=text)
            return parsers.read([body], on=when, vocabulary=vocabulary).readings

        if split := passages.about(email.new_text, email.case_refs, read, prefix):
            kept = [r for r in told["readings"] if r["document"] != "body"]
            told["readings"] = [*map(reading_json, split), *kept]
    return {
        "file": name,
        "email": _email_json(email) if email else None,
        **told,
        "attachments": [
            {
                "path": leaf.path,
                "name": leaf.name,
                "sha256": sha256(leaf.data).hexdigest(),
                "inline": leaf.inline,
            }
            for leaf in leaves
            if leaf.data
        ],
    }


def leaf_bytes(name: str, raw: bytes, path: str, passwords: Sequence[str] = ()) -> bytes | None:
    """Return one leaf's bytes out of an email or container, or None when there is no such leaf."""
    email = _email(name, raw, passwords)
    leaves = email.leaves if email else messages.unpack(name, raw, passwords)
    return next((leaf.data for leaf in leaves if leaf.path == path), None)


def _email(name: str, raw: bytes, passwords: Sequence[str], prefix: str = "CME") -> Email | None:
    if messages.is_msg(raw):
        return messages.read_msg(raw, passwords, prefix=prefix)
    if messages.is_email(raw) or name.lower().endswith(".eml"):
        return messages.read_email(raw, passwords, prefix=prefix)
    return None


def _bodies(email: Email | None) -> list[Source]:
    if email is None:
        return []
    words = replies.answered(email.text) if email.quoted_text else None
    new = Source(
        "body",
        "",
        "text/plain",
        text=words or email.new_text,
        html=email.html,
        subject=email.subject,
    )
    if not email.quoted_text:
        return [new]
    ours = [m.address for m in email.to if "@" in m.address]
    sent_on = replies.forwarded(email.subject, email.quoted_text, ours)
    if sent_on is None:
        return [new, Source("quoted", "", "text/plain", text=email.quoted_text)]
    subject, words = sent_on
    return [
        new,
        Source("forwarded", "", "text/plain", text=words, html=email.html, subject=subject),
    ]


def _source(leaf: Leaf, skip: Skip) -> Source:
    problem = skip.get(leaf.path) or leaf.problem
    return Source(
        leaf.path,
        leaf.name,
        leaf.content_type,
        leaf.data,
        inline=leaf.inline,
        problem=problem,  # type: ignore[arg-type]
    )


def _email_json(email: Email) -> dict[str, Any]:
    return {
        "from": email.sender.address,
        "subject": email.subject,
        "date": email.date.isoformat() if email.date else None,
        "message_id": email.message_id,
        "new_text": email.new_text,
        "machine": email.machine,
        "case_refs": list(email.case_refs),
        "from_name": email.sender.name,
        "reply_to": email.reply_to.address if email.reply_to else None,
        "to": [m.address for m in email.to],
        "cc": [m.address for m in email.cc],
        "in_reply_to": list(email.in_reply_to),
        "references": list(email.references),
        "quoted_text": email.quoted_text,
        "content_key": email.content_key,
        "authentication": list(email.authentication),
        "notes": dict(email.notes),
    }


def _findings_json(findings: Findings, email: Email | None) -> dict[str, Any]:
    held = [asdict(h) for h in findings.held]
    documents, readings = [asdict(d) for d in findings.documents], list(findings.readings)
    if email and email.problem:
        reason, text = email.problem
        # Said once, of the email as a whole, and not again of each of its sealed parts.
        held = [h for h in held if h["reason"] != reason]
        held.insert(0, {"reason": reason, "document": "body", "text": text})
        if (
            reason == "portal_link"
        ):  # its own words ("has sent you a secure email") are news of nobody
            readings = [r for r in readings if "surname" in r.fields]
            for document in documents:
                if document["path"] == "body" and not readings:
                    document |= {"decision": "held", "why": text}
    return {
        "documents": documents,
        "readings": [reading_json(r) for r in readings],
        "held": held,
        "texts": findings.texts,
        "layouts": findings.layouts,
    }


def reading_json(reading: Reading) -> dict[str, Any]:
    """Return a reading as the contract writes it."""
    about = {"about": reading.case_ref} if reading.case_ref else {}
    return {
        "document": reading.document,
        "form": reading.form,
        **about,
        "fields": {name: _value_json(value) for name, value in reading.fields.items()},
        "unread": [_unread_json(u) for u in reading.unread],
        "signals": [
            {"kind": s.kind, "words": s.words, "place": s.place.words} for s in reading.signals
        ],
    }


def _value_json(value: Value) -> dict[str, Any]:
    told = {
        "value": value.value,
        "raw": value.raw,
        "place": value.place.words,
        "sure": round(value.sure, 3),
    }
    if value.corrects:
        told["corrects"] = True
    if value.place.page is not None:
        told |= {"page": value.place.page, "box": value.place.box}
    return told


def _unread_json(unread: Unread) -> dict[str, Any]:
    told: dict[str, Any] = {
        "field": unread.field, "label": unread.label, "raw": unread.raw,
        "place": unread.place.words, "why": unread.why,
    }  # fmt: skip
    if unread.place.page is not None:
        told |= {"page": unread.place.page, "box": unread.place.box}
    return told


def pictures(
    data: bytes, passwords: Sequence[str] = (), find: Mapping[str, str] | None = None
) -> tuple[list[Any], dict[str, list[Any]]]:
    """Return a document's pages as grey pictures, and where the words of `find` stand on them.

    Word kinds have no pages of their own: they go through LibreOffice when it is there, and each value that was read is
    looked for on the page (`find`: field -> the words as written; the answer: field -> [page, box]). One that stands
    there more than once is left without a box rather than shown in the wrong place.
    """
    from parsers.documents import limits, render
    from parsers.documents.sniff import sniff

    kind = sniff(data, "")
    try:
        if kind in ("docx", "doc", "rtf", "odt"):
            from parsers.documents.legacy import to_pdf

            data, kind = to_pdf(data, kind), "pdf"
        pages = list(render.pages(data, kind, passwords=passwords))
        return pages, render.find(data, find) if find and kind == "pdf" else {}
    except limits.CannotRead:
        return [], {}
