"""Words out of a message's text and HTML, and what those words give away.

HTML is turned into text by inscriptis, which keeps columns and drops what is hidden; it returns
nothing for pages nested twenty thousand deep, and there selectolax is the net.

Source: docs/sources.md, "Post".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mail import headers

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
        tabled = any("<td" in page.casefold() for page in pages)
        if mine * 2 >= theirs or (theirs <= 20 and not tabled):
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
    if prefix.lower() not in text.lower():
        return []
    # Written loosely a number needs three digits or a leading nought: "CME 2026 12 pupils" is no reference
    # ("cme 2026 12" as a whole subject is), and neither is the date "CME 2026-10-12".
    gap = r"[\s\u00a0._/\\:\u2010-\u2015-]{0,3}"
    shape = re.compile(
        rf"(?<![A-Za-z0-9]){re.escape(prefix)}(?:{gap}(?:reference|ref|case|number|no)\b\.?){{0,3}}{gap}(20\d\d){gap}(\d{{1,6}})(?!\d|[-/.]\d)",
        re.I,
    )
    found: list[str] = []
    for m in shape.finditer(text[:400_000]):
        strict = bool(re.search(r"20\d\d-\d+$", m[0]))
        alone = not re.sub(r"\b(?:re|fwd?|fw)\b|\W", "", text.replace(m[0], ""), flags=re.I)
        if len(m[2]) >= 3 or m[2].startswith("0") or strict or alone:
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
