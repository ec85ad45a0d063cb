"""Writing a letter's bytes, once: they are stored and sent exactly so.

What a stranger would get wrong:
- Python encodes an In-Reply-To as long as Exchange's ids (`=?utf-8?q?=3CAM0...`), and Outlook then does
  not thread: these headers are folded here, one id a line, never encoded.
- `msg["To"] = "a@b.example, c@d.example"` is accepted: recipients are built only from one address.
- A name may hold a comma, a line break or markup, since it was read off a form.
- `X-Auto-Response-Suppress: All` would suppress bounces, which are needed.

Source: docs/sources.md, "Post"; RFC 3834, 5322; [MS-OXCMAIL] 2.1.3.2.20.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any

from mail.machine import OUR_HEADER
from mail.values import Mailbox

_IDS = ("in-reply-to", "references", "message-id")
_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,980}>")
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}[A-Za-z0-9])?"
)
_MOST_REFERENCES = 20


class BadAddress(ValueError):
    """An address that is not exactly one plain address."""


class _Policy(EmailPolicy):
    """The SMTP policy, but ids are written as they are."""

    def _fold(self, name: str, value: Any, refold_binary: bool = False) -> str:
        if name.lower() in _IDS:
            return f"{name}: " + "\r\n ".join(str(value).split()) + "\r\n"
        if name.lower() == "subject" and str(value).isascii():
            return f"{name}: {value}\r\n"  # it would be folded before its first word, which some show as a gap
        return str(super()._fold(name, value, refold_binary))  # type: ignore[misc]


_POLICY = _Policy(
    linesep="\r\n",
    max_line_length=78,
    cte_type="7bit",
    utf8=False,
    header_factory=SMTP.header_factory,
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter before it is bytes. `references` oldest first; `label` goes in front of the subject."""

    subject: str
    text: str
    html: str
    sender: Mailbox
    reply_to: Mailbox | None
    recipient: str
    message_id: str
    date: datetime
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    label: str = ""


def compose(draft: Draft) -> bytes:
    """Return the letter as it goes over the wire, to one recipient.

    Raises:
        BadAddress: the recipient or sender is not exactly one plain address.
        ValueError: a line break in the subject or label, an id that is none, or a date without zone.
    """
    if draft.date.tzinfo is None:
        raise ValueError("the letter's date has no time zone")
    message = EmailMessage(policy=_POLICY)
    message["From"] = _address(draft.sender)
    message["To"] = _address(Mailbox("", draft.recipient))
    if draft.reply_to is not None and draft.reply_to.address:
        message["Reply-To"] = _address(draft.reply_to)
    message["Subject"] = _one_line(" ".join(p for p in (draft.label, draft.subject) if p))
    message["Date"] = format_datetime(draft.date)
    message["Message-ID"] = _id(draft.message_id)
    if draft.in_reply_to:
        message["In-Reply-To"] = _id(draft.in_reply_to)
    chain = _chain(draft)
    if chain:
        message["References"] = " ".join(chain)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply, RN, NRN"
    message[OUR_HEADER] = draft.message_id.strip("<>").partition("@")[0]
    message.set_content(draft.text, cte="quoted-printable")
    if draft.html:
        message.add_alternative(draft.html, subtype="html", cte="quoted-printable")
        _fix_boundary(message, draft.message_id)
    return message.as_bytes()


def _fix_boundary(message: EmailMessage, message_id: str) -> None:
    """Name the boundary after the id: the same draft gives the same bytes."""
    bare = re.sub(r"[^A-Za-z0-9.]", "", message_id.partition("@")[0])
    message.set_boundary(f"=_{bare[:50]}")


def new_message_id(case_ref: str, domain: str, token: str = "") -> str:
    """Return a fresh id by which replies and bounces are known: <out.TOKEN.CASE@domain>."""
    token = token or secrets.token_hex(12)
    ref = re.sub(r"[^A-Za-z0-9-]", "", case_ref)[:40] or "letter"
    return _id(f"<out.{re.sub('[^A-Za-z0-9]', '', token).lower()}.{ref}@{domain}>")


def _address(box: Mailbox) -> Address:
    address = box.address
    if not _ADDRESS.fullmatch(address) or ".." in address or address.startswith("."):
        raise BadAddress("not exactly one plain address")
    name = " ".join(re.sub(r"[\x00-\x1f\x7f<>\"\\\u2028\u2029\u0085]", " ", box.name).split())
    return Address(display_name=name[:100], addr_spec=address)


def _one_line(subject: str) -> str:
    if re.search(r"[\x00-\x08\x0a-\x1f\x7f\u2028\u2029\u0085]", subject):
        raise ValueError("a line break or control character in the subject")
    return subject


def _id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise ValueError("not a message id")
    return value


def _chain(draft: Draft) -> list[str]:
    """Return References: what can be written as an id, the first and the latest of a long thread."""
    usable = [r for r in draft.references if _ID.fullmatch(r)]
    if draft.in_reply_to and draft.in_reply_to not in usable:
        usable.append(draft.in_reply_to)
    usable = list(dict.fromkeys(usable))
    if len(usable) > _MOST_REFERENCES:
        usable = usable[:1] + usable[1 - _MOST_REFERENCES :]
    return usable
