"""Words out of a message's text and HTML, and what those words give away.

HTML is turned into text by inscriptis, which keeps columns and drops what is hidden; it returns
nothing for pages nested twenty thousand deep, and there selectolax is the net.

Source: docs/sources.md, "Post".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mail import headers
from mail.values import Leaf

_MOST_HTML = 1_000_000
_META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{2,40})", re.I)


def html_bytes(data: bytes, charset: str) -> str:
    """Return a page's source as text, by the declared charset or the page's own word."""
    if not charset and (found := _META.search(data[:4096])):
        charset = found[1].decode("ascii", "replace")
    return headers.decode_bytes(data, charset).replace("\r\n", "\n")


def from_html(page: str) -> str:
    """Return the words that a page shows."""
    if not page.strip():
        return ""
    text = ""
    if len(page) <= _MOST_HTML and page.count("<") <= 60_000:
        text = _inscriptis(page)
    if not text.strip():
        text = _selectolax(page)
    text = text.replace("\xa0", " ").replace("\u200b", "")
    lines = [line.rstrip() for line in text.split("\n")]
    return headers.clean(re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines))).strip("\n")


def _inscriptis(page: str) -> str:
    from inscriptis import get_text

    try:
        # lxml refuses text that declares its own encoding.
        return str(get_text(re.sub(r"^\s*<\?xml[^>]*\?>", "", page)))
    except Exception:
        return ""


def _selectolax(page: str) -> str:
    from selectolax.lexbor import LexborHTMLParser

    try:
        tree = LexborHTMLParser(page)
        for node in tree.css("script, style, head, template"):
            node.decompose()
        body = tree.body
        return body.text(separator="\n", strip=True) if body else ""
    except Exception:
        return re.sub(r"<[^<>]{0,5000}>", " ", page)


def better(plain: str, pages: Sequence[str]) -> str:
    """Return the plain text unless it says much less than the pages (or only that one should look there).

    The pages' words are counted by the quick reader; the slow one is for when they are shown.
    """
    mine = len(plain.split())
    if mine:
        theirs = sum(len(_selectolax(page).split()) for page in pages)
        if theirs <= 20 or mine * 2 >= theirs:
            return plain
    return "\n".join(from_html(page) for page in pages) or plain


def unflow(text: str, delete_space: bool) -> str:
    """Join the soft line breaks of format=flowed (RFC 3676)."""
    out: list[str] = []
    joining, depth_before = False, 0
    for line in text.replace("\r\n", "\n").split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        content = bare[1:] if bare.startswith(" ") else bare
        soft = content.endswith(" ") and content != "-- "
        if soft and delete_space:
            content = content[:-1]
        if joining and depth == depth_before:
            out[-1] += content
        else:
            out.append(">" * depth + (" " if depth else "") + content)
        joining, depth_before = soft, depth
    return "\n".join(out)


def case_refs(
    subject: str, addresses: Sequence[str], new: str, quoted: str, prefix: str = "CME"
) -> tuple[str, ...]:
    """Return the case references that a message names, as we write them, in order of weight.

    The quoted part is asked only when nothing else names a case: a long thread quotes many.
    """
    found = [
        *_refs(subject, prefix),
        *(r for a in addresses for r in _plus(a, prefix)),
        *_refs(new, prefix),
    ]
    return tuple(dict.fromkeys(found or _refs(quoted, prefix)))[:50]


def _refs(text: str, prefix: str) -> list[str]:
    # Written loosely a number needs three digits or a leading nought: "CME 2026 12 pupils" is no reference,
    # and neither is the date "CME 2026-10-12".
    gap = r"[\s\u00a0._/\\:\u2010-\u2015-]{0,3}"
    shape = re.compile(
        rf"(?<![A-Za-z0-9]){re.escape(prefix)}(?:{gap}(?:reference|ref|case|number|no)\b\.?){{0,3}}{gap}(20\d\d){gap}(\d{{1,6}})(?!\d|[-/.]\d)",
        re.I,
    )
    found: list[str] = []
    for m in shape.finditer(text[:400_000]):
        strict = bool(re.search(r"20\d\d-\d+$", m[0]))
        if len(m[2]) >= 3 or m[2].startswith("0") or strict:
            found.append(f"{prefix}-{m[1]}-{int(m[2]):04d}")
    return found


def _plus(address: str, prefix: str) -> list[str]:
    local = address.partition("@")[0]
    _, plus, tag = local.partition("+")
    found = (
        re.fullmatch(rf"(?:{re.escape(prefix)}[-._]?)?(20\d\d)[-._]?(\d{{1,6}})", tag, re.I)
        if plus
        else None
    )
    return [f"{prefix}-{found[1]}-{int(found[2]):04d}"] if found else []


def is_stub(sender: str, subject: str, text: str) -> bool:
    """Tell Exchange's notice in place of a mail it could not hand over; never a mail that quotes one."""
    phrase = "retrieval using the imap4 protocol failed for the following message"
    return "microsoft exchange server" in sender.lower() and (
        phrase in subject.lower() or phrase in " ".join(text[:4000].lower().split())
    )


_PORTAL_LINK = re.compile(
    r"https?://[^\s\"'<>]{0,300}?(egress\.(com|cloud)|zivver\.(com|eu)|mimecast\.(com|co\.uk)/(secure|portal|login|messaging)|secure\.mimecast"
    r"|outlook\.office365\.com/encryption|office365\.com/encryption|purview\.microsoft|galaxkey|securemail|res\.cisco\.com|cryptoportal"
    r"|secure-?messag\w*|virtru\.com|proofpoint\.com/(secure|formpostdir)|totemo|frama)[^\s\"'<>]*",
    re.I,
)
_PORTAL_WORDS = re.compile(
    r"(read|view|open|access|retrieve|collect|unlock) (the|your|this|my|a)? ?(secure|encrypted|protected|zivver|egress)? ?(message|email|e-mail|mail|package)"
    r"|(sent|received|has) (you )?(an?|new) (new )?(secure|encrypted|protected|zivver|egress|confidential)[ \w-]{0,30}(message|email|e-mail|mail|package)"
    r"|darllen y neges|neges (ddiogel|wedi'i hamgryptio)",
    re.I,
)
_WRAPPER = re.compile(
    r"(\.rpmsg|^message\w{0,6}\.html?|securedoc\w*\.html?|^encrypted\w*\.html?|secure[-_ ]?message\w*\.html?)$",
    re.I,
)


def is_portal_notice(text: str, page: str, leaves: Sequence[Leaf]) -> bool:
    """Tell a notice that a message waits in a portal, with nothing of it in the mail.

    A footer that mentions the portal is on half of the councils' mail: a document attached, or a long text
    of its own, makes it an ordinary mail.
    """
    wrapped = [leaf for leaf in leaves if _WRAPPER.search(leaf.name)]
    documents = [
        leaf
        for leaf in leaves
        if leaf not in wrapped and not leaf.content_type.startswith("image/")
    ]
    if documents:
        return False
    if any(
        leaf.name.lower().endswith(".rpmsg") or leaf.name.lower().startswith("securedoc")
        for leaf in wrapped
    ):
        return True
    said = bool(_PORTAL_WORDS.search(" ".join(text[:20_000].split())))
    linked = bool(_PORTAL_LINK.search(text[:20_000]) or _PORTAL_LINK.search(page[:200_000]))
    return said and (linked or bool(wrapped)) and len(text.split()) < 400


def signed_content(data: bytes) -> bytes | None:
    """Return the content of a signed (not encrypted) PKCS #7 message; None when it is encrypted."""
    try:
        oid, rest = _content_info(data)
        if oid != b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02":
            return None
        return _signed_data(rest)
    except (IndexError, ValueError, RecursionError):
        return None


def _der(data: bytes, at: int) -> tuple[int, int, int, int]:
    """Return (tag, start of content, end of content, end of element); length may be indefinite."""
    tag, length = data[at], data[at + 1]
    at += 2
    if length == 0x80:
        end = at
        while data[end : end + 2] != b"\x00\x00":
            end = _der(data, end)[3]
        return tag, at, end, end + 2
    if length & 0x80:
        count = length & 0x7F
        if count > 4:
            raise ValueError("length")
        length = int.from_bytes(data[at : at + count], "big")
        at += count
    if at + length > len(data):
        raise ValueError("cut short")
    return tag, at, at + length, at + length


def _content_info(data: bytes) -> tuple[bytes, bytes]:
    _, start, end, _ = _der(data, 0)
    _, a, b, after = _der(data, start)
    tag, c, d, _ = _der(data, after)
    if tag != 0xA0:
        raise ValueError("no content")
    del end
    return data[a:b], data[c:d]


def _signed_data(data: bytes) -> bytes | None:
    _, start, _, _ = _der(data, 0)
    after = _der(data, start)[3]  # version
    after = _der(data, after)[3]  # digest algorithms
    _, a, b, _ = _der(data, after)  # encapsulated content
    after = _der(data, a)[3]  # its type
    if after >= b:
        return None
    tag, c, _, _ = _der(data, after)
    if tag != 0xA0:
        return None
    return _octets(data, c)


def _octets(data: bytes, at: int) -> bytes:
    tag, start, end, _ = _der(data, at)
    if tag == 0x04:
        return data[start:end]
    if tag != 0x24:
        raise ValueError("no octets")
    out = b""
    while start < end:
        _, a, b, after = _der(data, start)
        out += data[a:b]
        start = after
    return out
