"""The parts of a zip package, read by name, each counted while it is inflated.

A stranger would trust the sizes a zip file declares: a few kilobytes can declare little and inflate
to gigabytes, so every part is inflated against a limit. Only the directory at the end of the file
says what is in it, as for every office program; names in it are only names, never paths. The
standard library's reader builds a file object for each part, which costs more than the parts of a
form do; so the directory is read here.

Source: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.4.
"""

from __future__ import annotations

import posixpath
import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache

from parsers.documents import limits
from parsers.documents.limits import Locked, Refused, Unreadable

_END = b"PK\x05\x06"
_LAST_BYTES = 65_557  # the end's record with the longest comment it may have
_DIRECTORY_BYTES = 4 * 1024 * 1024
_ENTRY = struct.Struct("<4s4xHHHH3I3H8xI")
_ENTRY_BYTES = 46
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _UTF8 = 0x1, 0x800


@dataclass(frozen=True, slots=True)
class Member:
    """One part as the directory tells of it: `file_size` is a claim until it has been inflated."""

    file_size: int
    compress_size: int
    method: int
    flags: int
    checksum: int
    offset: int


class Parcel:
    """A package's parts by name."""

    def __init__(self, data: bytes) -> None:
        limits.check_size(data)
        self._data = data
        self.names = _directory(data)
        self._folded: dict[str, str] | None = None
        self._inflated = 0
        if sum(member.file_size for member in self.names.values()) > limits.ZIP_INFLATED:
            raise Refused("the package inflates to more than 100 MB")

    def find(self, name: str) -> str | None:
        """Return the part's own spelling of `name`, whatever its case or slashes, or None."""
        if name in self.names:
            return name
        if self._folded is None:
            self._folded = {_fold(known): known for known in self.names}
        return self._folded.get(_fold(name))

    def read(self, name: str) -> bytes:
        """Return one part's bytes.

        Raises:
            Unreadable: there is no such part, or it is damaged.
            Refused: it is over a limit when inflated, whatever its header says.
            Locked: it is encrypted.
        """
        member, packed = self._packed(name)
        made = bytes(packed) if member.method == _STORED else _inflated(packed, member.file_size)
        self._inflated += len(made)
        if self._inflated > limits.ZIP_INFLATED:
            raise Refused("the package inflates to more than the limit")
        if len(made) > limits.RATIO_FROM and len(made) > limits.RATIO * max(len(packed), 1):
            raise Refused("a part of the package is compressed more than 200 to 1")
        if len(made) != member.file_size or zlib.crc32(made) != member.checksum:
            raise Unreadable("a part of the package is damaged")
        return made

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Return a part's relationships by id: the last word of their type, and the part named."""
        folder, name = posixpath.split(part)
        where = posixpath.join(folder, "_rels", f"{name}.rels")
        return {} if self.find(where) is None else _relations(self.read(where), folder)

    def packed(self, name: str) -> bytes:
        """Return one part as it lies in the package: equal parts of two packages are equal here."""
        return bytes(self._packed(name)[1])

    def _packed(self, name: str) -> tuple[Member, memoryview]:
        found = self.find(name)
        if found is None:
            raise Unreadable("a part of the package is missing")
        member = self.names[found]
        if member.flags & _ENCRYPTED:
            raise Locked()
        if member.method not in (_STORED, _DEFLATED):
            raise Refused("the package is compressed in a way that office programs do not use")
        if member.file_size > limits.PART_BYTES:
            raise Refused("a part of the package is larger than 20 MB")
        at = member.offset
        if self._data[at : at + 4] != b"PK\x03\x04" or at + 30 > len(self._data):
            raise Unreadable("a part of the package is damaged")
        names, extra = struct.unpack_from("<HH", self._data, at + 26)
        at += 30 + names + extra
        packed = memoryview(self._data)[at : at + member.compress_size]
        if len(packed) != member.compress_size:
            raise Unreadable("a part of the package is damaged")
        return member, packed


def _inflated(packed: memoryview, size: int) -> bytes:
    """Return a deflated part, which must be as large as it claims; no byte more is inflated."""
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        made = machine.decompress(packed, size + 1)
    except zlib.error as error:
        raise Unreadable("a part of the package is damaged") from error
    if not machine.eof:
        raise Unreadable("a part of the package is damaged")
    return made


def _directory(data: bytes) -> dict[str, Member]:
    """Return every part by name; the last of those that share a name is the one that counts."""
    end = data.rfind(_END, max(0, len(data) - _LAST_BYTES))
    if end < 0 or end + 22 > len(data):
        raise Unreadable("the zip package is cut short")
    entries, size, start = struct.unpack_from("<HII", data, end + 10)
    if 0xFFFFFFFF in (size, start) or entries == 0xFFFF:
        raise Refused("the package is of the kind used for more than 4 GB")
    if entries > limits.ZIP_MEMBERS or size > _DIRECTORY_BYTES:
        raise Refused("the package holds more than 2,000 parts")
    before = end - size - start  # what somebody put in front of the package
    if before < 0:
        raise Unreadable("the file is a damaged zip package")
    found: dict[str, Member] = {}
    at, count = end - size, 0
    while at + _ENTRY_BYTES <= end:
        (magic, flags, method, _, _, checksum, packed, full, names, extra, comment, offset) = (
            _ENTRY.unpack_from(data, at)
        )
        if magic != b"PK\x01\x02":
            raise Unreadable("the file is a damaged zip package")
        count += 1
        if count > limits.ZIP_MEMBERS:
            raise Refused("the package holds more than 2,000 parts")
        name = data[at + _ENTRY_BYTES : at + _ENTRY_BYTES + names]
        spelt = name.decode("utf-8" if flags & _UTF8 else "cp437", "replace")
        found[spelt] = Member(full, packed, method, flags, checksum, offset + before)
        at += _ENTRY_BYTES + names + extra + comment
    return found


@lru_cache(maxsize=32)
def _relations(part: bytes, folder: str) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for element in limits.parse_xml(part):
        target, kind = element.get("Target"), element.get("Type")
        if target and kind and element.get("TargetMode") != "External":
            path = target if target.startswith("/") else posixpath.join("/", folder, target)
            found[element.get("Id") or ""] = (
                kind.rpartition("/")[2],
                posixpath.normpath(path.replace("\\", "/")).lstrip("/"),
            )
    return found


def _fold(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()
