"""Containers unpacked to leaves: zip, attached mail, .msg, winmail.dat; with limits, and never silently.

The kind is taken from the bytes, the name second: a form is sent as `application/octet-stream`
without a name as often as not (F15, F16). Word and Excel files are zips too and are left whole. What is
locked, over a limit or broken stays as a leaf with its problem, for the officer to see.

Libraries are called one at a time inside a guard: mutated winmail.dat raises four kinds of error.

Source: docs/sources.md, "Post" (limits: decision on containers).
"""

from __future__ import annotations

import contextlib
import io
import re
import stat
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from mail import headers, outlook
from mail.values import Leaf

MOST_FILES = 50
MOST_BYTES = 50_000_000
DEEPEST = 3
MOST_LEAVES = 300
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ARCHIVES = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"MSCF\0\0\0\0", b"BZh", b"\xfd7zXZ\0")
_TNEF = b"\x78\x9f\x3e\x22"
LOCKED = "The zip file is locked with a password. Ask the school for an unlocked copy, or type the password."
TOO_DEEP = "Files are packed inside each other more than three deep. Open it by hand."
TOO_MANY = "The packed file holds more files than the limit. Open it by hand."
TOO_BIG = "The packed file is larger than the limit once it is unpacked. Open it by hand."
BROKEN_ZIP = (
    "The zip file is damaged or of a kind that cannot be opened. Ask the school to send it again."
)
BROKEN_MSG = "The attached Outlook message is damaged. Ask the school to send it again."
BROKEN_TNEF = "The winmail.dat file is damaged or empty. Ask the school to send the form as a plain attachment."
UNKNOWN = "The form is packed in a kind of archive that is not opened here. Ask the school to send it unpacked."
LINK = "The zip file holds a link to another file and not the file itself. Ask the school to send it again."
EMPTY = "The packed file is empty. Ask the school to send it again."


@dataclass(slots=True)
class Budget:
    """What may still be unpacked out of one message; shared by all its containers."""

    bytes_left: int = MOST_BYTES
    leaves_left: int = MOST_LEAVES
    passwords: tuple[str, ...] = ()
    read_mail: Callable[[bytes, str, int, Budget], list[Leaf]] | None = field(
        default=None, repr=False
    )


def unpack_leaf(leaf: Leaf, depth: int, budget: Budget) -> list[Leaf]:
    """Return the leaves that a leaf holds, or itself when it is no container."""
    kind = container_kind(leaf.name, leaf.content_type, leaf.data)
    if kind is None:
        return [leaf]
    if depth >= DEEPEST:
        return [_refused(leaf, "refused", TOO_DEEP)]
    match kind:
        case "zip":
            return _zip(leaf, depth, budget)
        case "tnef":
            return _tnef(leaf, depth, budget)
        case "msg":
            return _msg(leaf, depth, budget)
        case "eml":
            return _eml(leaf, depth, budget)
        case _:
            return [_refused(leaf, "unreadable", UNKNOWN)]


def container_kind(name: str, content_type: str, data: bytes) -> str | None:
    """Return zip, tnef, msg, eml or other (an archive that is not opened), None for a plain file."""
    lower = name.lower()
    if data[:4] == _ZIP or (data[:4] == b"PK\x05\x06" and len(data) < 200):
        return None if _is_office(data, lower) else "zip"
    if data[:4] == _TNEF:
        return "tnef"
    if data[:8] == _OLE:
        return "msg" if is_msg(data) or lower.endswith(".msg") else None
    if lower.endswith(".eml") or content_type in ("message/rfc822", "message/global"):
        return "eml" if looks_like_mail(data) else None
    if data.startswith(_ARCHIVES) or data[257:262] == b"ustar" or data[:2] == b"\x1f\x8b":
        return "other"
    if lower.endswith((".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".cab", ".bz2", ".xz")):
        return "other" if not lower.endswith(".zip") else "zip"
    return None


def _is_office(data: bytes, name: str) -> bool:
    """Tell an Office, OpenDocument or similar file from a zip of files, by what lies in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist()[:5000])
    except Exception:
        # A damaged one is what its name says; the document reader tells what is wrong with it.
        return name.endswith(
            (".docx", ".docm", ".xlsx", ".xlsm", ".pptx", ".odt", ".ods", ".pages", ".dotx")
        )
    if "[Content_Types].xml" in names:
        return True
    if "mimetype" in names and ("content.xml" in names or "META-INF/manifest.xml" in names):
        return True
    return any(n.startswith("Index/") and n.endswith(".iwa") for n in names) or "Index.zip" in names


def is_msg(data: bytes) -> bool:
    """Tell an Outlook message from other OLE files (Word, Excel, locked Office)."""
    if data[:8] != _OLE:
        return False
    return (
        "__properties_version1.0".encode("utf-16-le") in data
        or "__substg1.0_".encode("utf-16-le") in data
    )


def looks_like_mail(data: bytes) -> bool:
    """Tell an email by its content: at least two header lines that only mail has."""
    head = re.split(rb"\r?\n\r?\n", data[:65536].lstrip(b"\xef\xbb\xbf\r\n\t "), maxsplit=1)[0]
    names = {
        m.lower() for m in re.findall(rb"(?m)^([A-Za-z][A-Za-z0-9-]{1,60}):(?=[ \t\r\n]|\S)", head)
    }
    known = {b"from", b"to", b"subject", b"date", b"message-id", b"received", b"return-path", b"mime-version",
             b"content-type", b"cc", b"reply-to", b"x-mailer", b"delivered-to", b"in-reply-to", b"references",
             b"dkim-signature", b"sender", b"thread-topic", b"content-transfer-encoding", b"authentication-results"}  # fmt: skip
    strong = {b"message-id", b"received", b"return-path", b"mime-version", b"delivered-to", b"dkim-signature",
              b"x-mailer", b"thread-topic", b"content-type", b"authentication-results"}  # fmt: skip
    first = re.match(rb"(From [^\r\n]+\r?\n)?>?[A-Za-z][A-Za-z0-9-]{1,60}:", head)
    both = names & known
    return bool(
        first
        and len(both) >= 2
        and (both & strong or {b"from", b"subject"} <= both or {b"from", b"date"} <= both)
    )


def _refused(leaf: Leaf, reason: str, words: str) -> Leaf:
    return Leaf(leaf.path, leaf.name, leaf.content_type, leaf.data, leaf.inline, (reason, words))


def _inside(leaf: Leaf, name: str, content_type: str, data: bytes, number: int) -> Leaf:
    tail = name.replace("\\", "/").lstrip("/") or f"part {number}"
    return Leaf(
        f"{leaf.path}/{tail}", headers.bare_name(name) or f"part {number}", content_type, data
    )


def _take(
    found: list[tuple[str, str, bytes]], leaf: Leaf, depth: int, budget: Budget
) -> list[Leaf]:
    """Turn what a container held into leaves, each unpacked in turn, within the budget."""
    leaves: list[Leaf] = []
    for number, (name, content_type, data) in enumerate(found, 1):
        if budget.leaves_left <= 0 or len(leaves) > MOST_LEAVES:
            leaves.append(_refused(leaf, "refused", TOO_MANY))
            break
        budget.leaves_left -= 1
        budget.bytes_left -= len(data)
        if budget.bytes_left < 0:
            leaves.append(_refused(leaf, "refused", TOO_BIG))
            break
        leaves += unpack_leaf(_inside(leaf, name, content_type, data, number), depth + 1, budget)
    return leaves or [_refused(leaf, "unreadable", EMPTY)]


def _zip(leaf: Leaf, depth: int, budget: Budget) -> list[Leaf]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(leaf.data))
    except Exception:
        return [_refused(leaf, "unreadable", BROKEN_ZIP)]
    with archive:
        members = [i for i in archive.infolist() if not i.is_dir()]
        beside = [i for i in members if _is_beside(i)]
        wanted = [i for i in members if not _is_beside(i)]
        if len(wanted) > MOST_FILES or len(beside) > 2 * MOST_FILES:
            return [_refused(leaf, "refused", TOO_MANY)]
        if sum(i.file_size for i in wanted) > budget.bytes_left:
            return [_refused(leaf, "refused", TOO_BIG)]
        found: list[tuple[str, str, bytes]] = []
        troubled: list[Leaf] = []
        for info in wanted:
            name = _zip_name(info)
            data = ("refused", LINK) if _is_link(info) else _zip_read(archive, info, budget)
            if isinstance(data, bytes):
                found.append((name, "application/octet-stream", data))
            else:
                troubled.append(
                    Leaf(
                        f"{leaf.path}/{name}",
                        headers.bare_name(name),
                        "application/octet-stream",
                        b"",
                        problem=data,
                    )
                )
    if not found and not troubled:
        return [_refused(leaf, "unreadable", EMPTY)]
    if not found and all(t.problem and t.problem[0] == "locked" for t in troubled):
        return [_refused(leaf, "locked", LOCKED)]
    listed = [_listed(leaf, info) for info in beside]
    return (_take(found, leaf, depth, budget) if found else []) + troubled + listed


def _is_beside(info: zipfile.ZipInfo) -> bool:
    """Say whether a computer put a file there for itself: a Mac's copy of names and icons, a folder's settings."""
    name = info.filename
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].casefold() in (
        ".ds_store", "thumbs.db", "desktop.ini",
    )  # fmt: skip


def _is_link(info: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(info.external_attr >> 16)


def _listed(leaf: Leaf, info: zipfile.ZipInfo) -> Leaf:
    """Return what tells of a file that is not opened: nobody put it there, and still it came."""
    name = _zip_name(info)
    return Leaf(f"{leaf.path}/{name}", headers.bare_name(name), "application/octet-stream", b"")


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Return a member's name with its folders, none of them leading out; old DOS letters as UTF-8."""
    name = info.filename
    if not info.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    pieces = [p for p in re.split(r"[\\/]", headers.clean(name)) if p not in ("", ".", "..")]
    return "/".join(re.sub(r"[\x00-\x1f:]", "_", p) for p in pieces)[:300] or "file"


def _zip_read(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget
) -> bytes | tuple[str, str]:
    """Return a member's bytes, never more than the budget, or what is wrong with it."""
    limit = budget.bytes_left
    tries: list[bytes | None] = [None]
    if info.flag_bits & 0x1:
        tries = [p.encode("utf-8") for p in budget.passwords]
        tries += [p.encode("cp1252") for p in budget.passwords if not p.isascii() and _fits(p)]
    for password in tries:
        try:
            with archive.open(info, pwd=password) as member:
                data = member.read(limit + 1)
                # A wrong password passes the one-byte check once in 256; the checksum is read at the end.
                return data if len(data) <= limit else ("refused", TOO_BIG)
        except NotImplementedError:
            return ("locked", LOCKED) if info.flag_bits & 0x1 else ("unreadable", BROKEN_ZIP)
        except RuntimeError:
            continue
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            MemoryError,
            KeyError,
        ):
            if password is None:
                return "unreadable", BROKEN_ZIP
    return "locked", LOCKED


def _fits(password: str) -> bool:
    try:
        password.encode("cp1252")
    except UnicodeError:
        return False
    return True


def _tnef(leaf: Leaf, depth: int, budget: Budget) -> list[Leaf]:
    try:
        found, body = tnef_contents(leaf.data)
    except Exception:
        return [_refused(leaf, "unreadable", BROKEN_TNEF)]
    if body:
        found = [("body.html" if body.lstrip()[:1] == b"<" else "body.txt",
                  "text/html" if body.lstrip()[:1] == b"<" else "text/plain", body), *found]  # fmt: skip
    if not found:
        return [_refused(leaf, "unreadable", BROKEN_TNEF)]
    return _take(found, leaf, depth, budget)


def tnef_contents(data: bytes) -> tuple[list[tuple[str, str, bytes]], bytes]:
    """Return (attachments, body) of a winmail.dat.

    Raises:
        Exception: whatever the library meets in damaged bytes; the caller guards.
    """
    from tnefparse import TNEF

    tnef = TNEF(data, do_checksum=False)
    found: list[tuple[str, str, bytes]] = []
    for number, attachment in enumerate(tnef.attachments[: MOST_FILES + 1], 1):
        try:
            name = attachment.long_filename()
        except Exception:
            name = f"part {number}"
        content = attachment.data if isinstance(attachment.data, bytes) else b""
        found.append(
            (str(name).strip("\x00 ") or f"part {number}", "application/octet-stream", content)
        )
    body: bytes = b""
    for which in ("htmlbody", "body"):
        try:
            value = getattr(tnef, which, None)
        except Exception:
            continue
        if value:
            body = value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
            break
    return found, body


def _msg(leaf: Leaf, depth: int, budget: Budget) -> list[Leaf]:
    try:
        raw = outlook.as_email(leaf.data)
    except Exception:
        return [_refused(leaf, "unreadable", BROKEN_MSG)]
    return _eml(Leaf(leaf.path, leaf.name, "message/rfc822", raw), depth, budget)


def _eml(leaf: Leaf, depth: int, budget: Budget) -> list[Leaf]:
    if budget.read_mail is None:
        return [leaf]
    leaves = budget.read_mail(leaf.data, leaf.path, depth + 1, budget)
    return leaves or [_refused(leaf, "unreadable", EMPTY)]
