"""What a document may cost, checked before it is parsed, and the four ways to say no.

Word never writes a DOCTYPE, so one is refused outright, and entities are never resolved even
where a parser would be willing. Packages are counted while they inflate, in `parcel`.

No exception text quotes the document: it may hold a child's details.

Source: docs/sources.md, "limits for untrusted documents".
"""

from __future__ import annotations

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
