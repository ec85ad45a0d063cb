"""How the emails of the hard corpus are made. All names and addresses are invented."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

DATE = "Thu, 22 Oct 2026 09:14:00 +0100"


HEAD = (
    "From: Alder office <office@alder.example>\r\nTo: cme@wrenshire.example\r\nSubject: CME referral\r\n"
    f"Date: {DATE}\r\nMessage-ID: <{{id}}@alder.example>\r\nMIME-Version: 1.0\r\n"
)


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Sample:
    """`leaves` are the paths that must be listed (None: not looked at); `problems` by path."""

    raw: bytes
    leaves: tuple[str, ...] | None = None
    new: tuple[str, ...] = ()  # words that must be in the new text
    not_new: tuple[str, ...] = ()
    machine: str | None = None
    refs: tuple[str, ...] = ()
    problem: str | None = None
    problems: dict[str, str] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)  # Email attributes


def docx() -> bytes:
    """A zip that is a Word file by its contents, small enough to be repeated."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (
            ("[Content_Types].xml", "<Types/>"),
            ("word/document.xml", "<w:document/>"),
        ):
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text)
    return out.getvalue()


FORM = docx()


PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(
                zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED
            )
    return out.getvalue()


def locked_zip(name: str, data: bytes, password: bytes) -> bytes:
    """A zip with the old (ZipCrypto) lock, which the standard library reads but cannot write."""
    keys = [0x12345678, 0x23456789, 0x34567890]
    table = [_crc_entry(n) for n in range(256)]

    def crc(old: int, byte: int) -> int:
        return (old >> 8) ^ table[(old ^ byte) & 0xFF]

    def update(byte: int) -> None:
        keys[0] = crc(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = crc(keys[2], keys[1] >> 24)

    for byte in password:
        update(byte)
    check = zlib.crc32(data)
    out = bytearray()
    for byte in b"\0" * 11 + bytes([check >> 24]) + data:
        temp = keys[2] | 2
        out.append(byte ^ (((temp * (temp ^ 1)) >> 8) & 0xFF))
        update(byte)
    encoded = name.encode()
    local = struct.pack(
        "<4sHHHHHIIIHH", b"PK\3\4", 20, 1, 0, 0, 33, check, len(out), len(data), len(encoded), 0
    )
    entry = struct.pack(
        "<4sHHHHHHIIIHHHHHII",
        b"PK\1\2",
        20,
        20,
        1,
        0,
        0,
        33,
        check,
        len(out),
        len(data),
        len(encoded),
        0,
        0,
        0,
        0,
        0,
        0,
    )
    start = len(local) + len(encoded) + len(out)
    directory = entry + encoded
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(directory), start, 0)
    return local + encoded + bytes(out) + directory + end


def _crc_entry(number: int) -> int:
    for _ in range(8):
        number = (number >> 1) ^ 0xEDB88320 if number & 1 else number >> 1
    return number


def tnef(files: dict[str, bytes]) -> bytes:
    """A winmail.dat with attachments."""

    def attribute(level: int, kind: int, data: bytes) -> bytes:
        return (
            struct.pack("<BII", level, kind, len(data))
            + data
            + struct.pack("<H", sum(data) & 0xFFFF)
        )

    out = struct.pack("<IH", 0x223E9F78, 1) + attribute(
        1, 0x00089006, struct.pack("<I", 0x00010000)
    )
    for name, data in files.items():
        out += attribute(2, 0x00069002, struct.pack("<HIHHII", 1, 0, 0, 0, 0, 0)[:14])
        out += attribute(2, 0x00018010, name.encode() + b"\0")
        out += attribute(2, 0x0006800F, data)
    return out


def simple(name: str, body: str, head: str = "") -> bytes:
    return (HEAD.format(id=name) + head + "\r\n" + body).encode("utf-8", "surrogateescape")


def built(
    name: str, text: str = "Please see attached.\n", html: str = "", **headers: str
) -> EmailMessage:
    message = EmailMessage()
    base = {
        "From": "Alder office <office@alder.example>", "To": "cme@wrenshire.example", "Subject": "CME referral",
        "Date": DATE, "Message-ID": f"<{name}@alder.example>",
    }  # fmt: skip
    for key, value in {**base, **{k.replace("_", "-"): v for k, v in headers.items()}}.items():
        if value:
            message[key] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


def attached(
    name: str, *files: tuple[str, bytes], text: str = "Please see attached.\n", **headers: str
) -> bytes:
    message = built(name, text, **headers)
    for title, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=title)
    return message.as_bytes()


def part(disposition: str, data: bytes = FORM, kind: str = DOCX) -> bytes:
    """A mail whose one attachment has the given header lines."""
    body = base64.encodebytes(data).decode().replace("\n", "\r\n")
    lines = f"Content-Type: {kind}\r\n" if kind else ""
    return simple(
        "part",
        f"--b\r\nContent-Type: text/plain\r\n\r\nPlease see attached.\r\n--b\r\n{lines}{disposition}"
        f"Content-Transfer-Encoding: base64\r\n\r\n{body}--b--\r\n",
        'Content-Type: multipart/mixed; boundary="b"\r\n',
    )


def headed(*lines: str, body: str = "words\r\n", drop: tuple[str, ...] = ()) -> bytes:
    """A plain mail with more header lines, and without some of the usual."""
    kept = [
        line
        for line in HEAD.format(id="headed").split("\r\n")
        if line.partition(":")[0] not in drop
    ]
    return ("\r\n".join([*lines, *kept]) + "\r\n" + body).encode("utf-8", "surrogateescape")


QUOTED = "From: CME team <cme@wrenshire.example>\nSent: 21 October 2026 10:00\nTo: Alder office <office@alder.example>\nSubject: Your referral CME-2026-0142\n\nold words\n"


def der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 128:
        return bytes([tag, length]) + content
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size, "big") + content
