"""The bytes of one part, whatever its encoding says, and files that old programs write into the text."""

from __future__ import annotations

import binascii
import re
from email.message import Message

from mail import headers


def children_of(part: Message) -> list[Message]:
    """Return a part's own parts; its words are never decoded, whatever charset they claim."""
    held = vars(part).get("_payload")
    return [p for p in held if isinstance(p, Message)] if isinstance(held, list) else []


def payload(part: Message) -> bytes:
    try:
        data = part.get_payload(decode=True)
        if isinstance(data, bytes):
            return data
    except Exception:
        return decoded(part, headers.first(part, "Content-Transfer-Encoding"))
    return b""


def decoded(part: Message, encoding: str) -> bytes:
    held = vars(part).get("_payload")  # get_payload() decodes by the charset claimed, and may fail
    raw = held.encode("utf-8", "surrogateescape") if isinstance(held, str) else b""
    match encoding.strip().lower():
        case "base64":
            return headers.loose_base64(raw)
        case "quoted-printable":
            import quopri

            return quopri.decodestring(raw)
        case _:
            return raw


def as_bytes(message: Message) -> bytes:
    try:
        return message.as_bytes()
    except Exception:
        lines = [f"{k}: {v}" for k, v in message.raw_items()]
        body = vars(message).get("_payload")
        text = "\n".join([*lines, "", body if isinstance(body, str) else ""])
        return text.encode("utf-8", "surrogateescape")


def uuencoded(text: str) -> tuple[str, list[tuple[str, bytes]]]:
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
