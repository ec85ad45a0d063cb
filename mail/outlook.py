"""Outlook's .msg read from its OLE streams and written out again as an ordinary email.

Then one reader reads both. A message attached inside a .msg is a storage, not a file, and libraries
leave it out; here it becomes an attached email. Authentication-Results of the saved mail are
dropped: a file that somebody hands over proves nothing about who sent it.

Source: [MS-OXMSG], [MS-OXRTFCP] (docs/sources.md).
"""

from __future__ import annotations

import base64
import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from typing import Any

import olefile

from mail import headers

_DEEPEST = 4
_KEPT = (
    "from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted",
    "precedence", "list-id", "x-cme-outbox", "x-auto-response-suppress", "return-path", "sender",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parts:
    """What a .msg holds: header lines, words, and (name, type, bytes) of each attachment."""

    head: bytes
    text: str
    html: bytes
    attachments: tuple[tuple[str, str, bytes], ...]


def parts(data: bytes) -> Parts:
    """Return what a .msg holds.

    Raises:
        Exception: the file is damaged; the caller guards.
    """
    with olefile.OleFileIO(io.BytesIO(data)) as ole:
        return _parts(ole, (), 0)


def as_email(data: bytes) -> bytes:
    """Return a .msg as the bytes of an email.

    Raises:
        Exception: the file is damaged; the caller guards.
    """
    return _email(parts(data))


def _parts(ole: Any, at: tuple[str, ...], depth: int) -> Parts:
    streams = _streams(ole, at)
    codepage = _codepage(ole, at)
    text = _words(streams, "1000", codepage)
    html = streams.get("10130102") or _words(streams, "1013", codepage).encode("utf-8", "replace")
    if not text and not html and (packed := streams.get("10090102")):
        rtf = unpack_rtf(packed)
        extra = (("body.rtf", "application/rtf", rtf),) if rtf else ()
    else:
        extra = ()
    found = [*extra, *_attachments(ole, at, depth)]
    return Parts(_head(ole, at, streams, codepage), text, html, tuple(found))


def _streams(ole: Any, at: tuple[str, ...]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for path in ole.listdir(streams=True, storages=False):
        if tuple(path[:-1]) == at and path[-1].lower().startswith("__substg1.0_"):
            try:
                found[path[-1][12:].upper()] = ole.openstream(path).read()
            except (OSError, ValueError, IndexError):
                continue
    return found


def _storages(ole: Any, at: tuple[str, ...], start: str) -> list[tuple[str, ...]]:
    paths = {
        tuple(p[: len(at) + 1])
        for p in ole.listdir(streams=True, storages=True)
        if tuple(p[: len(at)]) == at
    }
    return sorted(p for p in paths if len(p) > len(at) and p[-1].lower().startswith(start))


def _properties(ole: Any, at: tuple[str, ...]) -> dict[int, bytes]:
    """Return the fixed-size properties: number to eight bytes."""
    try:
        data = ole.openstream([*at, "__properties_version1.0"]).read()
    except (OSError, ValueError):
        return {}
    top = 32 if not at else 24 if "__substg1.0_3701000d" in at[-1].lower() else 8
    found: dict[int, bytes] = {}
    for start in range(top, len(data) - 15, 16):
        tag = struct.unpack_from("<I", data, start)[0]
        found[tag] = data[start + 8 : start + 16]
    return found


def _codepage(ole: Any, at: tuple[str, ...]) -> str:
    properties = _properties(ole, at)
    for tag in (0x3FFD0003, 0x3FDE0003):
        if tag in properties:
            number = struct.unpack("<I", properties[tag][:4])[0]
            return "utf-8" if number == 65001 else f"cp{number}"
    return "cp1252"


def _words(streams: dict[str, bytes], number: str, codepage: str) -> str:
    if data := streams.get(number + "001F"):
        return headers.clean(data.decode("utf-16-le", "replace")).rstrip("\x00")
    return headers.decode_bytes(streams.get(number + "001E", b""), codepage)


def _head(ole: Any, at: tuple[str, ...], streams: dict[str, bytes], codepage: str) -> bytes:
    """Return header lines: the transport's own, what is missing made from properties."""
    import email

    carried = email.message_from_string(_words(streams, "007D", codepage)[:262144])
    lines: list[tuple[str, str]] = []
    for name, value in carried.raw_items():
        if str(name).lower() in _KEPT:
            lines.append((str(name), str(value)))
    there = {name.lower() for name, _ in lines}
    for name, value in _made(ole, at, streams, codepage):
        if name.lower() not in there and value:
            lines.append((name, value))
    flat = [f"{n}: {' '.join(v.split())}" for n, v in lines]
    return "\r\n".join(flat).encode("utf-8", "replace")


def _made(
    ole: Any, at: tuple[str, ...], streams: dict[str, bytes], codepage: str
) -> list[tuple[str, str]]:
    name = _words(streams, "0C1A", codepage) or _words(streams, "0042", codepage)
    address = next(
        (a for n in ("5D01", "5D02", "0C1F", "0065") if "@" in (a := _words(streams, n, codepage))),
        "",
    )
    sender = f"{_encoded(name)} <{address}>" if address else _encoded(name)
    return [
        ("From", sender),
        ("To", ", ".join(_recipients(ole, at, codepage))),
        ("Subject", _encoded(_words(streams, "0037", codepage))),
        ("Date", _sent(_properties(ole, at))),
        ("Message-ID", _words(streams, "1035", codepage)),
        ("In-Reply-To", _words(streams, "1042", codepage)),
    ]


def _recipients(ole: Any, at: tuple[str, ...], codepage: str) -> list[str]:
    found: list[str] = []
    for storage in _storages(ole, at, "__recip_version1.0_")[:100]:
        streams = _streams(ole, storage)
        address = next(
            (a for n in ("39FE", "3003") if "@" in (a := _words(streams, n, codepage))), ""
        )
        if address:
            found.append(f"{_encoded(_words(streams, '3001', codepage))} <{address}>")
    return found


def _encoded(text: str) -> str:
    """Return words for a header: plain when that is safe, else an encoded word (commas and all)."""
    if not text or (text.isascii() and all(c.isalnum() or c in " .'!?&/+#=-" for c in text)):
        return text
    return f"=?utf-8?b?{base64.b64encode(text.encode('utf-8', 'replace')).decode()}?="


def _sent(properties: dict[int, bytes]) -> str:
    for tag in (0x00390040, 0x0E060040):
        if tag in properties:
            ticks = struct.unpack("<Q", properties[tag])[0]
            try:
                return format_datetime(
                    datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)
                )
            except (OverflowError, ValueError):
                continue
    return ""


def _attachments(ole: Any, at: tuple[str, ...], depth: int) -> list[tuple[str, str, bytes]]:
    found: list[tuple[str, str, bytes]] = []
    for number, storage in enumerate(_storages(ole, at, "__attach_version1.0_")[:200], 1):
        streams = _streams(ole, storage)
        name = _words(streams, "3707", "cp1252") or _words(streams, "3704", "cp1252")
        kind = _words(streams, "370E", "cp1252") or "application/octet-stream"
        inner = _storages(ole, storage, "__substg1.0_3701000d")
        if inner and depth < _DEEPEST:
            title = name or _words(streams, "3001", "cp1252") or f"message {number}"
            data = _email(_parts(ole, inner[0], depth + 1))
            found.append((title.removesuffix(".msg") + ".eml", "message/rfc822", data))
        elif "37010102" in streams:
            found.append((name or f"part {number}", kind, streams["37010102"]))
    return found


def _email(found: Parts) -> bytes:
    digest = sha256(found.head + found.text.encode("utf-8", "replace") + found.html).hexdigest()[
        :24
    ]
    mixed, either = f"=_mixed_{digest}", f"=_either_{digest}"
    bodies = (
        [("text/plain; charset=utf-8", found.text.encode("utf-8", "replace"))] if found.text else []
    )
    if found.html:
        charset = b"" if b"charset" in found.html[:2048].lower() else b"; charset=utf-8"
        bodies.append((f"text/html{charset.decode()}", found.html))
    out = [
        found.head,
        b"MIME-Version: 1.0",
        f'Content-Type: multipart/mixed; boundary="{mixed}"'.encode(),
        b"",
    ]
    if bodies:
        out += [
            f"--{mixed}".encode(),
            f'Content-Type: multipart/alternative; boundary="{either}"'.encode(),
            b"",
        ]
        for kind, data in bodies:
            out += [f"--{either}".encode(), *_part(kind, data)]
        out.append(f"--{either}--".encode())
    for name, kind, data in found.attachments:
        safe = base64.b64encode(headers.bare_name(name).encode("utf-8", "replace")).decode()
        if "/" not in kind or any(c in kind for c in '\r\n;" '):
            kind = "application/octet-stream"
        if kind == "message/rfc822":
            kind = "application/x-attached-email"  # encoded; found again by its name
        shown = f'{kind}; name="=?utf-8?b?{safe}?="'
        out += [
            f"--{mixed}".encode(),
            *_part(shown, data, f'attachment; filename="=?utf-8?b?{safe}?="'),
        ]
    return b"\r\n".join([*out, f"--{mixed}--".encode(), b""])


def _part(kind: str, data: bytes, disposition: str = "") -> list[bytes]:
    lines = [f"Content-Type: {kind}".encode()]
    if disposition:
        lines.append(f"Content-Disposition: {disposition}".encode())
    return [
        *lines,
        b"Content-Transfer-Encoding: base64",
        b"",
        base64.encodebytes(data).replace(b"\n", b"\r\n"),
    ]


def unpack_rtf(data: bytes) -> bytes:
    """Return compressed RTF unpacked, b"" when it is damaged. At most 16 MB."""
    if len(data) < 16:
        return b""
    _, size, kind, _ = struct.unpack_from("<IIII", data)
    if kind == 0x414C454D:
        return data[16 : 16 + size]
    if kind != 0x75465A4C or size > 1 << 24:
        return b""
    return _lzfu(data, size)


def _lzfu(data: bytes, size: int) -> bytes:
    ring = bytearray(_RTF_START.ljust(4096, b"\x00"))
    write, at = len(_RTF_START), 16
    out = bytearray()
    while at < len(data) and len(out) < size:
        flags = data[at]
        at += 1
        for bit in range(8):
            if flags & (1 << bit):
                if at + 1 >= len(data):
                    return bytes(out)
                token = data[at] << 8 | data[at + 1]
                at += 2
                offset, length = token >> 4, (token & 0xF) + 2
                if offset == write:
                    return bytes(out)
                run: Sequence[int] = range(length)
                for step in run:
                    byte = ring[(offset + step) % 4096]
                    out.append(byte)
                    ring[write] = byte
                    write = (write + 1) % 4096
            else:
                if at >= len(data):
                    return bytes(out)
                out.append(data[at])
                ring[write] = data[at]
                write = (write + 1) % 4096
                at += 1
    return bytes(out[:size])


_RTF_START = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
