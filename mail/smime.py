"""What a signed message holds, read out of its PKCS #7 block; its signature is not checked.

A signature says something only against certificates that somebody has chosen to trust, and no council has such a
list for its schools; how far a sender is believed rests on the border server's word alone (`mail.trust`). So the
content is read, and the email bears the note that its signature was not checked.

Source: RFC 5652 (5.1, 5.2), RFC 8551.
"""

from __future__ import annotations

NOTE = "The email is signed; its signature was not checked."


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
