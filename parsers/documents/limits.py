"""What a document may cost, checked before it is parsed, and the four ways to say no.

A stranger would trust the sizes a zip file declares: a few kilobytes can declare little and
inflate to gigabytes, so every part is read through a counter and the counter decides. Names
inside a zip are only names, never paths. Word never writes a DOCTYPE, so one is refused
outright, and entities are never resolved even where a parser would be willing.

No exception text quotes the document: it may hold a child's details.

Source: docs/sources.md, "limits for untrusted documents".
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence

from lxml import etree

DOCUMENT_BYTES = 25 * 1024 * 1024
ZIP_MEMBERS = 2_000
ZIP_INFLATED = 100 * 1024 * 1024
PART_BYTES = 20 * 1024 * 1024
RATIO = 200
RATIO_FROM = 1024 * 1024  # a small part may compress as well as it likes
GRID_COLUMNS = 64
GRID_ROWS = 5_000
GRID_CELLS = 100_000
DEPTH = 256
ELEMENTS = 600_000  # a parsed element costs twenty times the six bytes it can be written in
ATTRIBUTES = 2_000_000
TABLES_DEEP = 20
PICTURES = 30
BLOCKS = 200_000
TEXT_CHARACTERS = 5_000_000

_STORED, _DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
_END_OF_DIRECTORY = b"PK\x05\x06"
_DIRECTORY_BYTES = 4 * 1024 * 1024


class CannotRead(Exception):
    """A document that gives no `Document`; the text is in plain words and quotes nothing of it."""


class Locked(CannotRead):
    """A password is needed and none of those given opens it."""

    def __init__(self, why: str = "it is locked with a password") -> None:
        super().__init__(why)


class Unreadable(CannotRead):
    """Damaged, empty or not what it claims to be."""


class Refused(CannotRead):
    """Hostile, or over a safety limit."""


class Unsupported(CannotRead):
    """A format that is known by name and not read here; `format` is `sniff`'s word for it."""

    def __init__(self, format: str, why: str | None = None) -> None:
        super().__init__(why or f"files of this kind are not read: {format}")
        self.format = format


class ConverterMissing(Unsupported):
    """LibreOffice, which reads the older formats, is not installed or does not start.

    Temporary: the same bytes may be read later, once someone has put the machine right.
    """

    def __init__(self, format: str) -> None:
        super().__init__(format, f"LibreOffice is needed to read {format} files and is missing")


def check_size(data: bytes) -> None:
    """Raise `Unreadable` if there is nothing to read and `Refused` if there is too much."""
    if not data:
        raise Unreadable("the file is empty")
    if len(data) > DOCUMENT_BYTES:
        raise Refused("the file is larger than 25 MB")


class Parcel:
    """The parts of a zip file, read by name, each counted while it is inflated."""

    def __init__(self, data: bytes) -> None:
        check_size(data)
        _check_directory(data)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except Exception as error:  # the zip module raises many kinds on damaged directories
            raise Unreadable("the file is a damaged zip package") from error
        members = self._zip.infolist()
        if len(members) > ZIP_MEMBERS:
            raise Refused("the package holds more than 2,000 parts")
        if sum(member.file_size for member in members) > ZIP_INFLATED:
            raise Refused("the package inflates to more than 100 MB")
        self.names = {member.filename: member for member in members}
        self._folded: dict[str, str] | None = None
        self._inflated = 0

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
        found = self.find(name)
        if found is None:
            raise Unreadable("a part of the package is missing")
        member = self.names[found]
        if member.flag_bits & 0x1:
            raise Locked()
        if member.compress_type not in (_STORED, _DEFLATED):
            raise Refused("the package is compressed in a way that office programs do not use")
        if member.file_size > PART_BYTES:
            raise Refused("a part of the package is larger than 20 MB")
        try:
            with self._zip.open(member) as part:
                data = part.read(PART_BYTES + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError,
                NotImplementedError, struct.error) as error:  # fmt: skip
            raise Unreadable("a part of the package is damaged") from error
        self._count(len(data), member.compress_size)
        return data

    def _count(self, size: int, packed: int) -> None:
        self._inflated += size
        if size > PART_BYTES or self._inflated > ZIP_INFLATED:
            raise Refused("the package inflates to more than the limit")
        if size > RATIO_FROM and size > RATIO * max(packed, 1):
            raise Refused("a part of the package is compressed more than 200 to 1")


def _fold(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _check_directory(data: bytes) -> None:
    """Refuse a huge central directory before the zip module builds an object for each entry."""
    at = data.rfind(_END_OF_DIRECTORY, max(0, len(data) - 65_557))
    if at < 0 or at + 22 > len(data):
        raise Unreadable("the zip package is cut short")
    entries, size = struct.unpack_from("<HI", data, at + 10)
    if entries > ZIP_MEMBERS or _DIRECTORY_BYTES < size < 0xFFFFFFFF:
        raise Refused("the package holds more than 2,000 parts")
    if size == 0xFFFFFFFF or entries == 0xFFFF:
        raise Refused("the package is of the kind used for more than 4 GB")


_XML = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    dtd_validation=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)
_DOCTYPES: Sequence[bytes] = (
    b"<!DOCTYPE", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"),
)  # fmt: skip


def parse_xml(data: bytes) -> etree._Element:
    """Return the root of an XML part, parsed without entities, network or a DTD.

    Raises:
        Refused: it has a DOCTYPE or is nested deeper than 256.
        Unreadable: it is not well formed.
    """
    if any(mark in data for mark in _DOCTYPES):
        raise Refused("a part of the document declares a DOCTYPE")
    if data.count(b"<") - data.count(b"</") > ELEMENTS or data.count(b"=") > ATTRIBUTES:
        raise Refused("a part of the document has more than 600,000 elements")
    try:
        root: etree._Element = etree.fromstring(data, _XML)
    except etree.XMLSyntaxError as error:
        told = str(error).casefold()
        if "depth" in told or "huge" in told or "entity" in told or "limit" in told:
            raise Refused("a part of the document is nested too deeply or too large") from None
        raise Unreadable("a part of the document is damaged") from None
    except (ValueError, LookupError, etree.LxmlError) as error:
        raise Unreadable("a part of the document is damaged") from error
    information = root.getroottree().docinfo
    if information is not None and information.internalDTD is not None:
        raise Refused("a part of the document declares a DOCTYPE")
    return root


_slow: list[Callable[[], None]] = []


def before_slow_pages(tell: Callable[[], None]) -> None:
    """Let `tell` be called before each page that is read from its picture: those may take seconds each.

    Whoever watches the clock gives a plain document a few seconds and a picture its own.
    """
    _slow[:] = [tell]


def slow_page() -> None:
    """Say that the next page is read from its picture."""
    for tell in _slow:
        tell()
