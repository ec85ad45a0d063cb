"""From bytes to an `Email`, whatever the bytes are: this never raises.

The whole text is always kept; new words and quoted words are parted by `mail.replies`. The parts are walked in
`mail.tree`.

The content key is the identity of a message. Exchange renders a message anew each time it serves
it, so boundaries and header order are not part of it; a Message-ID is not either: two different
mails may bear the same (F11). A mail without date is told apart by its id, or by its bytes (F10).

Source: docs/sources.md, "Post".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from email.message import Message
from hashlib import sha256

from mail import containers, headers, machine, outlook, portals, replies, smime, words
from mail.containers import Budget
from mail.tree import (
    ENCRYPTED,
    PORTAL,
    Walk,
    attached_leaves,
    guarded_walk,
    parse,
    shown,
    unpack_guarded,
)
from mail.values import Email, Leaf, Mailbox

_UNREADABLE = "The program could not read this email. Download it and open it by hand."
_STUB = (
    "server_stub",
    "The mail server could not hand the email over and wrote this notice instead. Open the email in the mailbox itself.",
)
_BROKEN_MSG = (
    "unreadable",
    "The Outlook message is damaged. Ask for it again, or open it by hand.",
)


def read_email(raw: bytes, passwords: Sequence[str] = (), *, prefix: str = "CME") -> Email:
    """Return what an email says; never raises, whatever the bytes.

    `passwords` are tried on locked zip files; `prefix` is how case references begin.
    """
    try:
        return _read(raw, passwords, prefix)
    except Exception:
        # A fault of ours must not lose a child's form: the bytes are held for the officer.
        return _broken(raw)


def _read(raw: bytes, passwords: Sequence[str], prefix: str) -> Email:
    message = parse(raw)
    walk = Walk(Budget(passwords=tuple(passwords)), 0, "")
    walk.budget.read_mail = attached_leaves
    guarded_walk(message, walk)
    return _email(message, walk, raw, prefix)


def _broken(raw: bytes) -> Email:
    nobody, key = Mailbox("", ""), sha256(raw).hexdigest()
    leaf = Leaf(
        "message.eml", "message.eml", "message/rfc822", raw, problem=("unreadable", _UNREADABLE)
    )
    return Email(
        "", (), (), nobody, None, (), (), "", None, "", "", "", None, (leaf,), None, (), key,
        notes={"broken": "the reader failed", "never_answer": "the reader failed"},
    )  # fmt: skip


def read_msg(data: bytes, passwords: Sequence[str] = (), *, prefix: str = "CME") -> Email:
    """Return what an Outlook .msg file says; never raises."""
    try:
        raw = outlook.as_email(data)
    except Exception:
        broken = Leaf(
            "message.msg", "message.msg", "application/vnd.ms-outlook", data, problem=_BROKEN_MSG
        )
        return replace(
            read_email(b"", prefix=prefix), leaves=(broken,), content_key=sha256(data).hexdigest()
        )
    return read_email(raw, passwords, prefix=prefix)


def is_email(data: bytes) -> bool:
    """Tell an email by its content (never by its name)."""
    return containers.looks_like_mail(data)


def is_msg(data: bytes) -> bool:
    """Tell an Outlook .msg by its content."""
    return containers.is_msg(data)


def unpack(name: str, data: bytes, passwords: Sequence[str] = ()) -> tuple[Leaf, ...]:
    """Return the leaves of a bare file: itself, or what the container holds."""
    bare = headers.bare_name(name) or "file"
    budget = Budget(passwords=tuple(passwords), read_mail=attached_leaves)
    leaf = Leaf(bare, bare, "application/octet-stream", data)
    return tuple(_unique(unpack_guarded(leaf, 0, budget)))


def _unique(leaves: Sequence[Leaf]) -> list[Leaf]:
    """Give each leaf a path of its own: two files of one name become "x" and "x (2)"."""
    seen: dict[str, int] = {}
    out: list[Leaf] = []
    for leaf in leaves:
        count = seen[leaf.path] = seen.get(leaf.path, 0) + 1
        if count > 1:
            stem, dot, ending = leaf.path.rpartition(".")
            path = (
                f"{stem} ({count}).{ending}"
                if dot and "/" not in ending
                else f"{leaf.path} ({count})"
            )
            leaf = replace(leaf, path=path)
        out.append(leaf)
    return out


def _email(message: Message, walk: Walk, raw: bytes, prefix: str) -> Email:
    text = shown(walk)
    new, quoted = replies.split(text)
    leaves = tuple(_unique(walk.leaves))
    subject = headers.first(message, "Subject")
    senders = headers.addresses(message, "From") or headers.addresses(message, "Sender")
    to, cc = headers.addresses(message, "To"), headers.addresses(message, "Cc")
    reply_to = headers.addresses(message, "Reply-To")
    date = headers.date_of(message)
    delivered = headers.addresses(message, "Delivered-To") + headers.addresses(
        message, "X-Original-To"
    )
    refs = words.case_refs(
        subject, [m.address for m in (*to, *cc, *delivered)], new, quoted, prefix
    )
    kind, notes = machine.kind(message, text, leaves, refs, date)
    if walk.signed:
        notes["signed"] = smime.NOTE
    if len({s.address for s in senders}) > 1 or len(headers.raw_values(message, "From")) > 1:
        notes["several_senders"] = "the From header names more than one address"
    return Email(
        message_id=headers.message_id(message),
        in_reply_to=headers.ids(message, "In-Reply-To"),
        references=headers.ids(message, "References"),
        sender=senders[0] if senders else Mailbox("", ""),
        reply_to=reply_to[0] if reply_to else None,
        to=to, cc=cc, subject=subject, date=date, text=text, new_text=new, quoted_text=quoted,
        html="\n".join(walk.html) or None,
        leaves=leaves, machine=kind, case_refs=refs,
        content_key=_key(message, walk, text, raw),
        authentication=tuple(headers.raw_values(message, "Authentication-Results")[:20]),
        problem=_problem(message, walk, text, leaves), notes=notes,
    )  # fmt: skip


def _key(message: Message, walk: Walk, text: str, raw: bytes) -> str:
    senders = headers.addresses(message, "From")
    date = headers.date_of(message)
    when = date.astimezone().timestamp() if date else 0.0
    # Without a date two mails could share all the rest; their ids, or their bytes, tell them apart.
    told = f"{when:.0f}" if date else headers.message_id(message) or sha256(raw).hexdigest()
    pieces = [
        senders[0].address if senders else "", told, " ".join(headers.first(message, "Subject").split()),
        *sorted(walk.hashes), " ".join(text.split()), sha256(raw).hexdigest() if walk.cut else "",
    ]  # fmt: skip
    return sha256("\x1f".join(pieces).encode("utf-8", "replace")).hexdigest()


def _problem(
    message: Message, walk: Walk, text: str, leaves: Sequence[Leaf]
) -> tuple[str, str] | None:
    if words.is_stub(headers.first(message, "From"), headers.first(message, "Subject"), text):
        return _STUB
    if walk.encrypted or "-----BEGIN PGP MESSAGE-----" in text:
        return ENCRYPTED
    subject = headers.first(message, "Subject")
    if portals.is_notice(subject, text, "\n".join(walk.html), leaves):
        return PORTAL
    return None
