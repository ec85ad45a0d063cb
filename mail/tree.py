"""Walking a message's parts: the words in order, and every leaf with its path, containers unpacked.

The standard library's old tree (compat32) is walked, and every header, part and container is
decoded inside a guard. The modern tree is never used on raw input: `Content-Type: text/plain;
name*` breaks it while parsing, so that nothing at all can be read.

Every leaf part is listed, also those that turn out to be a logo: others decide what they are (F15).

Source: docs/sources.md, "Post".
"""

from __future__ import annotations

import email
import email.parser
from dataclasses import dataclass, field, replace
from email.message import Message
from hashlib import sha256

from mail import containers, headers, smime, words
from mail.containers import Budget
from mail.payloads import as_bytes, children_of, decoded, payload, uuencoded
from mail.values import Leaf

MOST_PARTS = 500
DEEPEST_TREE = 60
LONGEST_TEXT = 2_000_000
_REFUSED_PARTS = "The email has more parts than the limit. Open it by hand."
_REFUSED_TREE = "The email's parts are nested too deep to be read. Open it by hand."
_ELSEWHERE = (
    "A part of the email lies elsewhere and was not sent along. Ask the school to send it whole."
)
ENCRYPTED = (
    "encrypted_message",
    "The email is encrypted and cannot be read here. Ask the school to send it unencrypted or by the council's portal.",
)
PORTAL = (
    "portal_link",
    "The email is only a notice that a message waits in a secure portal. Open the portal by hand; links are never followed.",
)


@dataclass(slots=True)
class Walk:
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
    signed: bool = False
    cut: bool = False  # something was left out, so only the bytes can tell this mail from another


def parse(raw: bytes) -> Message:
    try:
        return email.message_from_bytes(raw)
    except Exception:
        # Parts nested a thousand deep exhaust the parser: the headers and the bytes are kept.
        try:
            return email.parser.BytesHeaderParser().parsebytes(raw)
        except Exception:
            return Message()


def guarded_walk(message: Message, walk: Walk) -> None:
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


def _walk(part: Message, walk: Walk, level: int = 0, attached: bool = False) -> None:
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
    walk.signed |= kind == "multipart/signed"
    if kind in ("message/rfc822", "message/global", "message/news"):
        _walk_attached(part, walk)
    elif kind in ("message/partial", "message/external-body"):
        data = as_bytes(part)
        walk.hashes.append(sha256(data).hexdigest())
        name = headers.file_name(part) or kind.partition("/")[2]
        walk.leaves.append(_leaf(walk, name, kind, data, False, ("unreadable", _ELSEWHERE)))
    elif kind == "multipart/alternative":
        _walk_alternative(part, walk, level, attached)
    elif kind == "multipart/encrypted":
        walk.encrypted = True
        for child in children_of(part):
            _seal(child, walk, payload(child), ENCRYPTED)
    elif children := children_of(part):
        if kind == "multipart/report" or kind.startswith("message/"):
            _walk_report(part, kind, children, walk, level)
            return
        for child in children:
            _walk(child, walk, level + 1, attached)
    else:
        _walk_leaf(part, kind, walk, attached)


def _walk_report(part: Message, kind: str, children: list[Message], walk: Walk, level: int) -> None:
    if kind == "multipart/report":
        for child in children:
            _walk(child, walk, level + 1)
        return
    # A delivery status is a message whose parts are blocks of header lines; it is shown as words.
    lines = [f"{k}: {headers.decode(str(v))}" for c in children[:50] for k, v in c.raw_items()]
    data = "\n".join(lines).encode("utf-8", "replace")
    walk.hashes.append(sha256(data).hexdigest())
    walk.leaves.append(_leaf(walk, kind.partition("/")[2] + ".txt", kind, data, False))


def _walk_alternative(part: Message, walk: Walk, level: int, attached: bool) -> None:
    """The same words twice: both are kept, the better one is shown."""
    inner = Walk(walk.budget, walk.depth, walk.prefix, parts=walk.parts, either=True)
    for child in children_of(part):
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
    walk.signed |= inner.signed
    walk.cut |= inner.cut


def _walk_attached(part: Message, walk: Walk) -> None:
    """An email attached to this one: its leaves are listed under its name."""
    name = headers.file_name(part)
    children = children_of(part)
    inner = children[0] if children else None
    data = b""
    if inner is not None and not inner.keys():
        # It is forbidden to encode an attached email, and several programs do.
        data = decoded(inner, headers.first(part, "Content-Transfer-Encoding"))
    elif inner is not None:
        data = as_bytes(inner)
    else:
        data = payload(part)
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
    found = attached_leaves(data, leaf.path, walk.depth + 1, walk.budget)
    walk.hashes += [sha256(f.data).hexdigest() for f in found]
    walk.leaves += found or [replace(leaf, problem=("unreadable", containers.EMPTY))]


def attached_leaves(data: bytes, path: str, depth: int, budget: Budget) -> list[Leaf]:
    """Return the leaves of an email that lies inside another, its own words first."""
    inner = Walk(budget, depth, path + "/")
    message = parse(data)
    guarded_walk(message, inner)
    text = shown(inner)
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
            Leaf(path, path.rpartition("/")[2], "message/rfc822", data, problem=ENCRYPTED)
        )
    return leaves + inner.leaves


def _walk_leaf(part: Message, kind: str, walk: Walk, attached: bool) -> None:
    name = headers.file_name(part)
    disposition = headers.first(part, "Content-Disposition").partition(";")[0].strip().lower()
    data = payload(part)
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


def _body(part: Message, kind: str, data: bytes, walk: Walk) -> None:
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
    text, files = uuencoded(text.replace("\r\n", "\n").replace("\r", "\n"))
    walk.plain.append(text)
    walk.shown.append(text)
    for name, content in files:
        _add(_leaf(walk, name, "application/octet-stream", content, False), walk)


def _smime(part: Message, kind: str, name: str, data: bytes, walk: Walk) -> bool:
    """Read a signed message's content; note an encrypted one. True when that was all."""
    if kind not in (
        "application/pkcs7-mime",
        "application/x-pkcs7-mime",
    ) and not name.lower().endswith(".p7m"):
        if kind == "application/x-microsoft-rpmsg-message" or name.lower().endswith(".rpmsg"):
            _seal(part, walk, data, PORTAL)
            return True
        return False
    content = smime.signed_content(data)
    if content is None:
        walk.encrypted = True
        _seal(part, walk, data, ENCRYPTED)
        return True
    walk.signed = True
    try:
        _walk(parse(content), walk, DEEPEST_TREE // 2)
    except RecursionError:
        walk.encrypted = True
    return True


def _leaf(
    walk: Walk,
    name: str,
    kind: str,
    data: bytes,
    inline: bool,
    problem: tuple[str, str] | None = None,
) -> Leaf:
    return Leaf(walk.prefix + name, name, kind, data, inline, problem)


def _keep(part: Message, walk: Walk, data: bytes | None = None) -> Leaf:
    """List a part as a leaf, unpacked when it is a container."""
    kind = headers.content_type(part)
    data = payload(part) if data is None else data
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


def _seal(part: Message, walk: Walk, data: bytes, problem: tuple[str, str]) -> None:
    """List a part that nobody can open here, as what it is."""
    kind = headers.content_type(part)
    name = headers.file_name(part) or _unnamed(kind, walk)
    walk.hashes.append(sha256(data).hexdigest())
    walk.leaves.append(_leaf(walk, name, kind, data, False, problem))


def _unnamed(kind: str, walk: Walk) -> str:
    ending = {
        "text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics", "application/pdf": ".pdf",
        "image/jpeg": ".jpg", "image/png": ".png", "image/tiff": ".tif", "text/csv": ".csv",
        "application/msword": ".doc", "message/rfc822": ".eml", "text/rtf": ".rtf", "application/rtf": ".rtf",
        "application/pkcs7-signature": ".p7s", "text/rfc822-headers": ".txt",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    }.get(kind, "")  # fmt: skip
    return f"part {walk.parts}{ending}"


def _add(leaf: Leaf, walk: Walk) -> None:
    walk.hashes.append(sha256(leaf.data).hexdigest())
    walk.leaves += unpack_guarded(leaf, walk.depth, walk.budget)


def unpack_guarded(leaf: Leaf, depth: int, budget: Budget) -> list[Leaf]:
    try:
        return containers.unpack_leaf(leaf, depth, budget)
    except Exception:
        return [
            replace(
                leaf, problem=("unreadable", "The file could not be unpacked. Open it by hand.")
            )
        ]


def shown(walk: Walk) -> str:
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
