"""What a document may cost, checked before it is parsed, and the four ways to say no.

Word never writes a DOCTYPE, so one is refused outright, and entities are never resolved even
where a parser would be willing. Packages are counted while they inflate, in `parcel`.

No exception text quotes the document: it may hold a child's details.

Source: docs/sources.md, "limits for untrusted documents".
"""

from __future__ import annotations

import time
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
GRID_CELLS = 25_000  # in all of a document's tables: a thousand pupils in 25 columns
DEPTH = 256
ELEMENTS = 600_000  # a parsed element costs twenty times the six bytes it can be written in
ATTRIBUTES = 2_000_000
TABLES_DEEP = 20
PICTURES = 30
BLOCKS = 200_000
LINES = 12_000  # outside tables: some 200 pages
TEXT_CHARACTERS = 5_000_000
DOCUMENT_CHARACTERS = 2_000_000  # of a document when it is laid out, whatever repeated them
MEGAPIXELS = 50
MEGAPIXELS_IN_ALL = 400  # thirty pages at 300 dots an inch are 260
PICTURE_SECONDS = 180.0  # of processor time, for all pages that are read from their pictures


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
    spend_elements(data.count(b"<") - data.count(b"</"), data.count(b"="))
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


_threads = [2]


def recognise_with(threads: int) -> None:
    """Let a page's picture be read by so many threads: whoever starts several of us shares the machine out."""
    _threads[:] = [threads]


def recognising_threads() -> int:
    """Return by how many threads a page's picture is read."""
    return _threads[0]


def slow_page() -> None:
    """Say that the next page is read from its picture."""
    for tell in _slow:
        tell()


class _Spent:
    """What the document that is being read has cost so far; a worker reads one at a time."""

    def __init__(self) -> None:
        self.pixels = self.elements = self.attributes = 0
        self.since = time.process_time()


_spent = _Spent()


def begin() -> None:
    """Count anew: another document is being read."""
    _spent.__init__()  # type: ignore[misc]


def spend_elements(elements: int, attributes: int = 0) -> None:
    """Count a part that is about to be parsed.

    Raises:
        Refused: the document's parts have more than 600,000 elements together.
    """
    _spent.elements += elements
    _spent.attributes += attributes
    if _spent.elements > ELEMENTS or _spent.attributes > ATTRIBUTES:
        raise Refused("the document has more than 600,000 elements")


def spend_pixels(width: int, height: int) -> None:
    """Count a picture that is about to be decoded.

    Raises:
        Refused: it has more than 50 megapixels, or the document's pictures more than 400 together.
    """
    if width * height > MEGAPIXELS * 1_000_000:
        raise Refused("the picture has more than 50 megapixels")
    _spent.pixels += width * height
    if _spent.pixels > MEGAPIXELS_IN_ALL * 1_000_000:
        raise Refused("the document's pictures have more than 400 megapixels")


def time_is_up() -> bool:
    """Say whether the document's pictures have been read for so long that the rest must wait."""
    return time.process_time() - _spent.since > PICTURE_SECONDS
