"""From bytes to an `Email`, whatever the bytes are: this never raises.

The standard library's old tree (compat32) is walked, and every header, part and container is
decoded inside a guard. The modern tree is never used on raw input: `Content-Type: text/plain;
name*` breaks it while parsing, so that nothing at all can be read.

The whole text is always kept; new words and quoted words are parted by `mail.replies`. Every leaf
part is listed, also those that turn out to be a logo: others decide what they are (F15).

The content key is the identity of a message. Exchange renders a message anew each time it serves
it, so boundaries and header order are not part of it; a Message-ID is not either: two different
mails may bear the same (F11). A mail without date is told apart by its id, or by its bytes (F10).

Source: docs/sources.md, "Post".
"""

from __future__ import annotations

import binascii
import email
import email.parser
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from email.message import Message
from hashlib import sha256

from mail import containers, headers, machine, outlook, replies, words
from mail.containers import Budget
from mail.values import Email, Leaf, Mailbox

MOST_PARTS = 500
DEEPEST_TREE = 60
LONGEST_TEXT = 2_000_000
_REFUSED_PARTS = "The email has more parts than the limit. Open it by hand."
_REFUSED_TREE = "The email's parts are nested too deep to be read. Open it by hand."
_UNREADABLE = "The program could not read this email. Download it and open it by hand."
_ELSEWHERE = (
    "A part of the email lies elsewhere and was not sent along. Ask the school to send it whole."
)
_ENCRYPTED = (
    "encrypted_message",
    "The email is encrypted and cannot be read here. Ask the school to send it unencrypted or by the council's portal.",
)
_PORTAL = (
    "portal_link",
    "The email is only a notice that a message waits in a secure portal. Open the portal by hand; links are never followed.",
)
_STUB = (
    "server_stub",
    "The mail server could not hand the email over and wrote this notice instead. Open the email in the mailbox itself.",
)
_BROKEN_MSG = (
    "unreadable",
    "The Outlook message is damaged. Ask for it again, or open it by hand.",
)


@dataclass(slots=True)
class _Walk:
    """What walking a message's tree has found so far."""

    budget: Budget
    depth: int
    prefix: str
    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)  # in order, plain preferred
    leaves: list[Leaf] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    texts: list[Leaf] = field(default_factory=list)  # inline text parts with a file name
    parts: int = 0
    either: bool = (
        False  # within multipart/alternative: the page is only turned into words if it is needed
    )
    encrypted: bool = False
    cut: bool = False  # something was left out, so only the bytes can tell this mail from another


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
    message = _parse(raw)
    walk = _Walk(Budget(passwords=tuple(passwords)), 0, "")
    walk.budget.read_mail = _attached
    _guarded_walk(message, walk)
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
    budget = Budget(passwords=tuple(passwords), read_mail=_attached)
    leaf = Leaf(bare, bare, "application/octet-stream", data)
    return tuple(_unique(_unpack(leaf, 0, budget)))


def _unpack(leaf: Leaf, depth: int, budget: Budget) -> list[Leaf]:
    try:
        return containers.unpack_leaf(leaf, depth, budget)
    except Exception:
        return [
            replace(
                leaf, problem=("unreadable", "The file could not be unpacked. Open it by hand.")
            )
        ]


def _parse(raw: bytes) -> Message:
    try:
        return email.message_from_bytes(raw)
    except Exception:
        # Parts nested a thousand deep exhaust the parser: the headers and the bytes are kept.
        try:
            return email.parser.BytesHeaderParser().parsebytes(raw)
        except Exception:
            return Message()


def _guarded_walk(message: Message, walk: _Walk) -> None:
    try:
        _walk(message, walk)
    except RecursionError:
        walk.cut = True
        walk.leaves.append(
            Leaf(
                walk.prefix + "message",
                "message.eml",
                "message/rfc822",
                b"",
                problem=("refused", _REFUSED_TREE),
            )
        )


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [p for p in payload if isinstance(p, Message)] if isinstance(payload, list) else []


def _walk(part: Message, walk: _Walk, level: int = 0, attached: bool = False) -> None:
    walk.parts += 1
    if walk.parts > MOST_PARTS or level > DEEPEST_TREE:
        walk.cut = True
        if not any(leaf.problem == ("refused", _REFUSED_PARTS) for leaf in walk.leaves):
            walk.leaves.append(
                _leaf(
                    walk,
                    "part",
                    "application/octet-stream",
                    b"",
                    False,
                    ("refused", _REFUSED_PARTS),
                )
            )
        return
    kind = headers.content_type(part)
    if kind in ("message/rfc822", "message/global", "message/news"):
        _walk_attached(part, walk)
    elif kind in ("message/partial", "message/external-body"):
        data = _as_bytes(part)
        walk.hashes.append(sha256(data).hexdigest())
        name = headers.file_name(part) or kind.partition("/")[2]
        walk.leaves.append(_leaf(walk, name, kind, data, False, ("unreadable", _ELSEWHERE)))
    elif kind == "multipart/alternative":
        _walk_alternative(part, walk, level, attached)
    elif kind == "multipart/encrypted":
        walk.encrypted = True
        for child in _children(part):
            _keep(child, walk)
    elif children := _children(part):
        if kind == "multipart/report" or kind.startswith("message/"):
            _walk_report(part, kind, children, walk, level)
            return
        for child in children:
            _walk(child, walk, level + 1, attached)
    else:
        _walk_leaf(part, kind, walk, attached)


def _walk_report(
    part: Message, kind: str, children: list[Message], walk: _Walk, level: int
) -> None:
    if kind == "multipart/report":
        for child in children:
            _walk(child, walk, level + 1)
        return
    # A delivery status is a message whose parts are blocks of header lines; it is shown as words.
    lines = [f"{k}: {headers.decode(str(v))}" for c in children[:50] for k, v in c.raw_items()]
    data = "\n".join(lines).encode("utf-8", "replace")
    walk.hashes.append(sha256(data).hexdigest())
    walk.leaves.append(_leaf(walk, kind.partition("/")[2] + ".txt", kind, data, False))


def _walk_alternative(part: Message, walk: _Walk, level: int, attached: bool) -> None:
    """The same words twice: both are kept, the better one is shown."""
    inner = _Walk(walk.budget, walk.depth, walk.prefix, parts=walk.parts, either=True)
    for child in _children(part):
        _walk(child, inner, level + 1, attached)
    walk.parts = inner.parts
    walk.plain += inner.plain
    walk.html += inner.html
    plain = "\n".join(inner.plain)
    walk.shown.append(words.better(plain, inner.html))
    walk.leaves += inner.leaves
    walk.hashes += inner.hashes
    walk.texts += inner.texts
    walk.encrypted |= inner.encrypted
    walk.cut |= inner.cut


def _walk_attached(part: Message, walk: _Walk) -> None:
    """An email attached to this one: its leaves are listed under its name."""
    name = headers.file_name(part)
    children = _children(part)
    inner = children[0] if children else None
    data = b""
    if inner is not None and not inner.keys():
        # It is forbidden to encode an attached email, and several programs do.
        data = _decoded(inner, headers.first(part, "Content-Transfer-Encoding"))
    elif inner is not None:
        data = _as_bytes(inner)
    else:
        data = _payload(part)
    title = (
        headers.bare_name(name or (headers.first(inner, "Subject") if inner is not None else ""))
        or "email"
    )
    if not title.lower().endswith((".eml", ".msg")):
        title += ".eml"
    leaf = _leaf(walk, title, "message/rfc822", data, False)
    if walk.depth >= containers.DEEPEST:
        walk.leaves.append(replace(leaf, problem=("refused", containers.TOO_DEEP)))
        walk.hashes.append(sha256(data).hexdigest())
        return
    found = _attached(data, leaf.path, walk.depth + 1, walk.budget)
    walk.hashes += [sha256(f.data).hexdigest() for f in found]
    walk.leaves += found or [replace(leaf, problem=("unreadable", containers.EMPTY))]


def _attached(data: bytes, path: str, depth: int, budget: Budget) -> list[Leaf]:
    """Return the leaves of an email that lies inside another, its own words first."""
    inner = _Walk(budget, depth, path + "/")
    message = _parse(data)
    _guarded_walk(message, inner)
    text = _shown(inner)
    leaves: list[Leaf] = []
    if inner.html and any(h.strip() for h in inner.html):
        page = "\n".join(inner.html).encode("utf-8", "replace")
        leaves.append(Leaf(path + "/body.html", "body.html", "text/html", page))
    elif text.strip():
        leaves.append(
            Leaf(path + "/body.txt", "body.txt", "text/plain", text.encode("utf-8", "replace"))
        )
    if inner.encrypted:
        leaves.append(
            Leaf(path, path.rpartition("/")[2], "message/rfc822", data, problem=_ENCRYPTED)
        )
    return leaves + inner.leaves


def _walk_leaf(part: Message, kind: str, walk: _Walk, attached: bool) -> None:
    name = headers.file_name(part)
    disposition = headers.first(part, "Content-Disposition").partition(";")[0].strip().lower()
    data = _payload(part)
    if (
        kind in ("text/plain", "text/html")
        and disposition != "attachment"
        and not name
        and not attached
    ):
        _body(part, kind, data, walk)
        return
    if _smime(part, kind, name, data, walk):
        return
    leaf = _keep(part, walk, data)
    if kind in ("text/plain", "text/html") and disposition != "attachment":
        walk.texts.append(leaf)


def _body(part: Message, kind: str, data: bytes, walk: _Walk) -> None:
    charset = headers.parameter(part, "Content-Type", "charset")
    if kind == "text/html":
        page = words.html_bytes(data, charset)[:LONGEST_TEXT]
        walk.html.append(page)
        if not walk.either:
            walk.shown.append(words.from_html(page))
        return
    text = headers.decode_bytes(data, charset)[:LONGEST_TEXT]
    if headers.parameter(part, "Content-Type", "format").lower() == "flowed":
        text = words.unflow(text, headers.parameter(part, "Content-Type", "delsp").lower() == "yes")
    text, files = _uuencoded(text.replace("\r\n", "\n").replace("\r", "\n"))
    walk.plain.append(text)
    walk.shown.append(text)
    for name, content in files:
        _add(_leaf(walk, name, "application/octet-stream", content, False), walk)


def _uuencoded(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Take files out of the text that old programs write into it (begin 644 ... end)."""
    if "\nend" not in text or "begin " not in text:
        return text, []
    files: list[tuple[str, bytes]] = []

    def take(found: re.Match[str]) -> str:
        data = b""
        for line in found[2].split("\n"):
            try:
                data += binascii.a2b_uu(line.encode("ascii", "replace"))
            except (binascii.Error, ValueError):
                return found[0]
        if not data:
            return found[0]
        files.append((headers.bare_name(found[1]) or "file", data))
        return ""

    shape = re.compile(
        r"^begin [0-7]{3,4} ([^\n]{1,200})\n((?:[ -`][ -`]{0,90}\n)*?)(?:[` ]?\n)?end[ ]*$", re.M
    )
    return shape.sub(take, text), files


def _smime(part: Message, kind: str, name: str, data: bytes, walk: _Walk) -> bool:
    """Read a signed message's content; note an encrypted one. True when that was all."""
    if kind not in (
        "application/pkcs7-mime",
        "application/x-pkcs7-mime",
    ) and not name.lower().endswith(".p7m"):
        if kind == "application/x-microsoft-rpmsg-message" or name.lower().endswith(".rpmsg"):
            _keep(part, walk, data)
            return True
        return False
    content = words.signed_content(data)
    if content is None:
        walk.encrypted = True
        _keep(part, walk, data)
        return True
    try:
        _walk(_parse(content), walk, DEEPEST_TREE // 2)
    except RecursionError:
        walk.encrypted = True
    return True


def _leaf(
    walk: _Walk,
    name: str,
    kind: str,
    data: bytes,
    inline: bool,
    problem: tuple[str, str] | None = None,
) -> Leaf:
    return Leaf(walk.prefix + name, name, kind, data, inline, problem)


def _keep(part: Message, walk: _Walk, data: bytes | None = None) -> Leaf:
    """List a part as a leaf, unpacked when it is a container."""
    kind = headers.content_type(part)
    data = _payload(part) if data is None else data
    name = headers.file_name(part) or _unnamed(kind, walk)
    cid = bool(headers.raw_values(part, "Content-ID"))
    disposition = headers.first(part, "Content-Disposition").partition(";")[0].strip().lower()
    inline = (
        kind.startswith("image/")
        and disposition != "attachment"
        and (cid or disposition == "inline")
    )
    leaf = _leaf(walk, name, kind, data, inline)
    _add(leaf, walk)
    return leaf


def _unnamed(kind: str, walk: _Walk) -> str:
    ending = {
        "text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics", "application/pdf": ".pdf",
        "image/jpeg": ".jpg", "image/png": ".png", "image/tiff": ".tif", "text/csv": ".csv",
        "application/msword": ".doc", "message/rfc822": ".eml", "text/rtf": ".rtf", "application/rtf": ".rtf",
        "application/pkcs7-signature": ".p7s", "text/rfc822-headers": ".txt",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    }.get(kind, "")  # fmt: skip
    return f"part {walk.parts}{ending}"


def _add(leaf: Leaf, walk: _Walk) -> None:
    walk.hashes.append(sha256(leaf.data).hexdigest())
    walk.leaves += _unpack(leaf, walk.depth, walk.budget)


def _payload(part: Message) -> bytes:
    try:
        data = part.get_payload(decode=True)
        if isinstance(data, bytes):
            return data
    except Exception:
        return _decoded(part, headers.first(part, "Content-Transfer-Encoding"))
    return b""


def _decoded(part: Message, encoding: str) -> bytes:
    payload = part.get_payload()
    raw = payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""
    match encoding.strip().lower():
        case "base64":
            return headers.loose_base64(raw)
        case "quoted-printable":
            import quopri

            return quopri.decodestring(raw)
        case _:
            return raw


def _as_bytes(message: Message) -> bytes:
    try:
        return message.as_bytes()
    except Exception:
        lines = [f"{k}: {v}" for k, v in message.raw_items()]
        body = message.get_payload()
        text = "\n".join([*lines, "", body if isinstance(body, str) else ""])
        return text.encode("utf-8", "surrogateescape")


def _shown(walk: _Walk) -> str:
    text = "\n".join(part for part in walk.shown if part.strip())
    if not text.strip() and walk.texts:
        # Some programs name the body; it is shown as words when there are no others.
        text = "\n".join(
            words.from_html(words.html_bytes(t.data, ""))
            if t.content_type == "text/html"
            else headers.decode_bytes(t.data, "")
            for t in walk.texts
        )
    return text[:LONGEST_TEXT]


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


def _email(message: Message, walk: _Walk, raw: bytes, prefix: str) -> Email:
    text = _shown(walk)
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


def _key(message: Message, walk: _Walk, text: str, raw: bytes) -> str:
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
    message: Message, walk: _Walk, text: str, leaves: Sequence[Leaf]
) -> tuple[str, str] | None:
    if words.is_stub(headers.first(message, "From"), headers.first(message, "Subject"), text):
        return _STUB
    if walk.encrypted or "-----BEGIN PGP MESSAGE-----" in text:
        return _ENCRYPTED
    if words.is_portal_notice(text, "\n".join(walk.html), leaves):
        return _PORTAL
    return None
