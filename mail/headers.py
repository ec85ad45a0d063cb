"""Headers, each decoded inside its own guard: a header's fault never hides an attachment (F31).

Nothing here uses the modern email policy: it raises on real Exchange headers (`Message-ID:
<[b378...]>`, `filename*`, `To: "`), on some of them while the message is parsed, and takes 840 MB for a
subject of ten thousand encoded words. Values are cut at 8 kB before they are looked at.

Addresses are told apart *before* encoded words are decoded: `=?utf-8?q?office=40school=2C?=` is a
display name whatever it decodes to.

Source: docs/sources.md, "Post"; RFC 2047, 2231, 5322.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
import urllib.parse
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_tz

from mail.values import Mailbox

LONGEST = 8192
MOST_ADDRESSES = 300
MOST_VALUES = 30  # of one header: a thousand To lines are somebody's attack
# Codecs that are no character sets, or take quadratic time, though bytes.decode accepts them.
_FORBIDDEN = {
    "idna",
    "punycode",
    "unicode_escape",
    "raw_unicode_escape",
    "undefined",
    "mbcs",
    "oem",
}
_WIDER = {"us-ascii", "ascii", "iso-8859-1", "latin-1", "latin1", "ansi_x3.4-1968", "iso8859-1"}
_WORD = re.compile(r"=\?([^?\s]{1,64})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = re.compile(r"(\?=)[ \t\r\n]+(?==\?)")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,128}@[^\s<>()\[\],;:\"@]{1,255}")
_ID = re.compile(r"<([^<>]{1,990})>")


def raw_values(message: Message, name: str) -> list[str]:
    """Return a header's values, topmost first, unfolded, cut, and still encoded."""
    wanted = name.lower()
    return [
        _unfold(_bytes_in(str(value)[:LONGEST]))
        for key, value in message.raw_items()
        if key.lower() == wanted
    ][:MOST_VALUES]


def first(message: Message, name: str) -> str:
    """Return the first value of a header, decoded to words; "" when it is not there."""
    values = raw_values(message, name)
    return decode(values[0]) if values else ""


def _bytes_in(value: str) -> str:
    """Read the 8-bit bytes that the parser kept as surrogates."""
    if value.isascii():
        return value
    return decode_bytes(value.encode("utf-8", "surrogateescape"), "utf-8")


def _unfold(value: str) -> str:
    if "\n" in value or "\r" in value:
        value = re.sub(r"\r?\n[ \t]*|\r", " ", value)
    return value.strip()


def decode_bytes(data: bytes, charset: str | None) -> str:
    """Return words for bytes: by the declared charset, else UTF-8, else Windows-1252."""
    declared = (charset or "").strip().strip("\"'").lower()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        tries = ["utf-16"]
    elif declared in _WIDER or not declared:
        tries = ["utf-8", "cp1252"]
    else:
        tries = [declared, "utf-8", "cp1252"]
    for codec in tries:
        if codec.replace("-", "_") in _FORBIDDEN:
            continue
        try:
            return clean(data.decode(codec))
        except (UnicodeError, LookupError, ValueError):
            continue
    return clean(data.decode("cp1252", "replace"))


def clean(text: str) -> str:
    """Return text that any database and page can hold: no NUL, no lone surrogates."""
    text = text.removeprefix("\ufeff").replace("\x00", "")
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text


def decode(value: str) -> str:
    """Return a header value with its encoded words read; never a line break in it."""
    value = _BETWEEN.sub(r"\1", value[:LONGEST])
    pieces: list[str] = []
    held: tuple[str, bytes] | None = None
    end = 0
    for found in _WORD.finditer(value):
        charset = found[1].partition("*")[0].lower()
        data = _word_bytes(found[2], found[3])
        gap = value[end : found.start()]
        if held and not gap and held[0] == charset:
            # A long name may be split in the middle of a character.
            held = charset, held[1] + data
        else:
            if held:
                pieces.append(decode_bytes(held[1], held[0]))
            pieces.append(gap)
            held = charset, data
        end = found.end()
    if held:
        pieces.append(decode_bytes(held[1], held[0]))
    pieces.append(value[end:])
    return _tidy("".join(pieces))


def _tidy(text: str) -> str:
    return clean(re.sub(r"[\x00-\x1f\x7f\u2028\u2029\u0085]+", " ", text)).strip()


def _word_bytes(kind: str, data: str) -> bytes:
    raw = data.encode("utf-8", "replace")
    if kind in "qQ":
        return quopri.decodestring(raw.replace(b"_", b" "), header=False)
    return loose_base64(raw)


def loose_base64(data: bytes) -> bytes:
    """Return what base64 says, with foreign characters left out and the padding mended."""
    bare = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    if len(bare) % 4 == 1:
        bare = bare[:-1]
    try:
        return base64.b64decode(bare + b"=" * (-len(bare) % 4))
    except (binascii.Error, ValueError):
        return b""


def addresses(message: Message, name: str) -> tuple[Mailbox, ...]:
    """Return the addresses of a header as written; at most 300."""
    found: list[Mailbox] = []
    for value in raw_values(message, name):
        for piece in _split(value):
            if box := _mailbox(piece):
                found.append(box)
            if len(found) >= MOST_ADDRESSES:
                return tuple(found)
    return tuple(found)


def _split(value: str) -> list[str]:
    """Split at commas and semicolons that stand outside quotes, brackets and comments."""
    pieces: list[str] = []
    start, quoted, angle, comment, skip = 0, False, False, 0, False
    for at, char in enumerate(value):
        if skip:
            skip = False
        elif char == "\\" and (quoted or comment):
            skip = True
        elif char == '"' and not comment:
            quoted = not quoted
        elif quoted:
            continue
        elif char in "()":
            comment = max(0, comment + (1 if char == "(" else -1))
        elif comment:
            continue
        elif char in "<>":
            angle = char == "<"
        elif char in ",;" and not angle:
            pieces.append(value[start:at])
            start = at + 1
    tail = value[start:]
    if (quoted or angle or comment) and re.search(r"[,;]", tail):
        # A quote that is never closed would swallow every address behind it.
        return [*pieces, *re.split(r"[,;]", tail)]
    return [*pieces, tail]


def _mailbox(piece: str) -> Mailbox | None:
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', lambda m: "\x01" * len(m[0]), piece)
    angles = list(re.finditer(r"<([^<>]*)>?", bare))
    if angles:
        inside = piece[angles[-1].start(1) : angles[-1].end(1)]
        name = _display(piece[: angles[0].start()] or piece[angles[-1].end() :])
        found = _ADDRESS.search(
            inside.rpartition(":")[2] if "@" in inside.rpartition(":")[2] else inside
        )
        address = found[0] if found else inside.strip() if "@" in inside else ""
        return Mailbox(name, _lower(address)) if name or address else None
    group, _, after = bare.rpartition(":")
    text = piece[len(group) + 1 :] if group and "@" in after else piece
    found = _ADDRESS.search(re.sub(r"\([^()]*\)", " ", text)) or _ADDRESS.search(text)
    if found:
        comment = re.search(r"\(([^()]*)\)", text)
        return Mailbox(_display(comment[1]) if comment else "", _lower(found[0]))
    name = _display(piece)
    return Mailbox(name, "") if name.strip(":; ") else None


def _lower(address: str) -> str:
    return clean(address.strip(" '\"").rstrip(".").lower())[:320]


def _display(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = re.sub(r"\\(.)", r"\1", text[1:-1])
    return decode(text).strip(" '\"")[:300]


def ids(message: Message, name: str) -> tuple[str, ...]:
    """Return the message ids of a header, each in its angle brackets."""
    found: list[str] = []
    for value in raw_values(message, name):
        text = decode(value) if "=?" in value else value
        matched = ["<" + re.sub(r"\s+", "", i) + ">" for i in _ID.findall(text)]
        # In-Reply-To was free text once: only what looks like an id is taken.
        found += matched or [f"<{w}>" for w in text.split() if "@" in w and len(w) < 990]
    return tuple(dict.fromkeys(found))[:100]


def message_id(message: Message) -> str:
    """Return the Message-ID as written, or ""."""
    found = ids(message, "Message-ID")
    if found:
        return found[0]
    values = raw_values(message, "Message-ID")
    return clean(values[0])[:990] if values else ""


def date_of(message: Message) -> datetime | None:
    """Return the Date header as an aware instant, or None when it cannot be read."""
    return _first_date(raw_values(message, "Date"))


def received_at(raw: bytes, now: datetime) -> datetime:
    """Return when an email that lies in a file reached its mailbox: its topmost Received header, else its Date.

    A file keeps no INTERNALDATE as a server does. What lies in the future, or cannot be read, is `now`. Only the
    first 64 kB are looked at.
    """
    head = re.split(rb"\r?\n\r?\n", raw[:65_536], maxsplit=1)[0]
    message = message_from_bytes(head + b"\n\n")
    stamps = [value.rpartition(";")[2] for value in raw_values(message, "Received")[:1]]
    found = _first_date([*stamps, *raw_values(message, "Date")])
    return found if found is not None and found <= now else now


def _first_date(values: Sequence[str]) -> datetime | None:
    for value in values:
        try:
            parsed = parsedate_tz(value[:200])
            if parsed is None:
                continue
            naive = datetime(*parsed[:6])
            shift = parsed[9] if parsed[9] is not None and abs(parsed[9]) < 86400 else 0
            return _aware(naive, shift)
        except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
            continue
    return None


def _aware(naive: datetime, shift: int) -> datetime | None:
    from datetime import timedelta, timezone

    if not 1970 <= naive.year <= 2200:
        return None
    return naive.replace(tzinfo=timezone(timedelta(seconds=shift)) if shift else UTC)


def content_type(message: Message) -> str:
    """Return the type as declared, lower case, or text/plain when it is missing or broken."""
    values = raw_values(message, "Content-Type")
    if not values:
        return "text/plain"
    found = re.match(r"\s*([\w.+-]+/[\w.+-]+)", values[0])
    return found[1].lower() if found else "text/plain"


_PARAMETER = {
    name: re.compile(rf';\s*{name}(?:\*(\d{{1,3}}))?(\*)?\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)', re.I)
    for name in (
        "filename",
        "name",
        "charset",
        "format",
        "delsp",
        "report-type",
        "smime-type",
        "method",
    )
}


def parameter(message: Message, header: str, name: str) -> str:
    """Return a parameter of a header: plain, quoted, RFC 2231 in pieces, or encoded words.

    An unquoted value with spaces (`filename=CME form Zoe.docx`) is kept whole; it is what
    several mail programs write.
    """
    for value in raw_values(message, header):
        if found := _parameter(value, name):
            return found
    return ""


def _parameter(value: str, name: str) -> str:
    pieces: dict[int, tuple[bool, str]] = {}
    plain = ""
    if name not in value.lower():
        return ""
    for found in _PARAMETER[name].finditer(value):
        text = found[3].strip()
        if text.startswith('"'):
            text = re.sub(
                r"\\([\"\\])",
                r"\1",
                text[1:-1] if text.endswith('"') and len(text) > 1 else text[1:],
            )
        if found[1] is None and found[2] is None:
            plain = plain or text
        else:
            pieces.setdefault(int(found[1] or 0), (found[2] is not None, text))
    return _join_2231(pieces) if pieces else decode(plain)


def _join_2231(pieces: dict[int, tuple[bool, str]]) -> str:
    charset, data = "utf-8", b""
    for number in sorted(pieces):
        encoded, text = pieces[number]
        if encoded and number == min(pieces) and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data += urllib.parse.unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    text = decode_bytes(data, charset)
    return decode(text) if "=?" in text else _tidy(text)


def file_name(message: Message) -> str:
    """Return a part's file name without any folder, or ""."""
    name = parameter(message, "Content-Disposition", "filename") or parameter(
        message, "Content-Type", "name"
    )
    return bare_name(name)


def bare_name(name: str) -> str:
    """Return the last piece of a path, harmless as a file name; direction marks taken out.

    A right-to-left mark makes `form\u202excod.exe` read as `formexe.docx`.
    """
    name = re.sub(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", clean(name))
    name = re.split(r"[\\/]", name)[-1].strip().strip(".") if name.strip(". ") else ""
    return re.sub(r"[\x00-\x1f\x7f:*?\"<>|]", "_", name)[:200]
