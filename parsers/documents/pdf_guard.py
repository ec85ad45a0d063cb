"""What is refused of a PDF before PDFium sees it: bombs, loops of pages, objects without end.

PDFium inflates what it is given and follows what it finds; so every stream that could inflate far is
counted first, while it inflates, and the page tree is walked with an eye on where it has been.

Source: ISO 32000-1, 7.4 (filters) and 7.7.3 (the page tree).
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib

import pikepdf

from parsers.documents.limits import Refused

PAGES_OPENED = 200
STREAM = 64 * 1024 * 1024
SCANNED_PIXELS = 1_000_000_000
PIXELS = 200_000_000
TILE = 0.05  # of a square point
DRAWINGS = 20_000
DRAWINGS_DEEP = 30
_FILTERED = frozenset({"/FlateDecode", "/Fl"})


def inspect(opened: pikepdf.Pdf) -> None:
    """Refuse what PDFium would choke on.

    Raises:
        Refused: a stream inflates too far, pages or drawings go round in a loop, or there is too much.
    """
    total = 0
    if len(opened.objects) > 400_000:
        raise Refused("the PDF has more than 400,000 objects")
    _count_pages(opened)
    drawings: list[pikepdf.Stream] = []
    for thing in opened.objects:
        if not isinstance(thing, pikepdf.Stream):
            continue
        if thing.get("/Subtype") == "/Form":
            drawings.append(thing)
        elif "/PatternType" in thing:
            _check_tiles(thing)
        elif _number(thing.get("/Width"), 0) * _number(thing.get("/Height"), 0) > PIXELS:
            raise Refused("a picture in the PDF has more than 200 megapixels")
        filters = thing.get("/Filter")
        if filters is None:
            continue
        names = [str(filters)] if isinstance(filters, pikepdf.Name) else [str(f) for f in filters]
        if len(names) > 4:
            raise Refused("a part of the PDF is compressed many times over")
        if names and names[0] in ("/DCTDecode", "/DCT"):
            _check_scans(thing)
        size = _size(thing, names)
        total += size
        if size > STREAM or total > 4 * STREAM:
            raise Refused("a part of the PDF inflates to more than 64 MB")
    _check_drawings(opened, drawings)


def _size(thing: pikepdf.Stream, names: list[str]) -> int:
    """Return how far a stream inflates, 0 if it is too small to matter."""
    flates = sum(n in _FILTERED for n in names)
    # Only what could inflate far is inflated: deflate makes at most a thousand to one.
    packed = int(thing.get("/Length", 0) or 0)
    if not flates or (packed * 1_030 < 8 * 1024 * 1024 and flates == 1):
        return 0
    data = thing.read_raw_bytes()
    if names[0] not in _FILTERED:
        plain = _lettered(data, names[0])
        if plain is None or names[1] not in _FILTERED:
            raise Refused("a part of the PDF is compressed in a way that no program uses")
        data = plain
    return _inflated(data, 2 if flates > 1 else 1)


def _lettered(data: bytes, name: str) -> bytes | None:
    """Return what letters stand for; None if the filter is none of the two that write letters."""
    try:
        if name in ("/ASCIIHexDecode", "/AHx"):
            digits = re.sub(rb"[^0-9A-Fa-f]", b"", data.partition(b">")[0])
            return binascii.unhexlify(digits + b"0" * (len(digits) % 2))
        if name in ("/ASCII85Decode", "/A85"):
            body = data.partition(b"~>")[0].strip().removeprefix(b"<~")
            return base64.a85decode(body, ignorechars=b" \t\n\r\v\0\f")
    except ValueError:
        return b""
    return None


def _check_scans(thing: pikepdf.Stream) -> None:
    """Refuse a JPEG that draws its picture over and over."""
    wide, high = _number(thing.get("/Width"), 0), _number(thing.get("/Height"), 0)
    if wide * high > 1_000_000:
        scans = thing.read_raw_bytes().count(b"\xff\xda")
        if scans * wide * high > SCANNED_PIXELS:
            raise Refused("a picture in the PDF is drawn too many times over")


def _check_tiles(thing: pikepdf.Stream) -> None:
    """Refuse a pattern whose tiles are smaller than any that can be seen: a page takes millions."""
    across, down = _number(thing.get("/XStep"), 1.0), _number(thing.get("/YStep"), 1.0)
    matrix = thing.get("/Matrix")
    grown = 1.0
    if isinstance(matrix, pikepdf.Array) and len(matrix) == 6:
        a, b, c, d = (_number(matrix[n], 0.0) for n in range(4))
        grown = abs(a * d - b * c)
    if across and down and abs(across * down) * grown < TILE:
        raise Refused("a pattern in the PDF repeats too often")


def _number(value: object, otherwise: float) -> float:
    try:
        return float(value) if value is not None else otherwise  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return otherwise


def _check_drawings(opened: pikepdf.Pdf, drawings: list[pikepdf.Stream]) -> None:
    """Refuse drawings that draw themselves, or one another so often that no page would end.

    PDFium lays out each of them anew wherever it is drawn, ten levels of ten to ten thousand million.
    """
    inside = {d.objgen: _drawn_in(d) for d in drawings if _has_drawings(d)}
    if not inside:
        return
    known: dict[tuple[int, int], int] = {}
    for start in inside:
        _weigh(start, inside, known, ())


def _has_drawings(drawing: pikepdf.Stream) -> bool:
    resources = drawing.get("/Resources")
    return isinstance(resources, pikepdf.Dictionary) and "/XObject" in resources


def _drawn_in(drawing: pikepdf.Stream) -> list[tuple[tuple[int, int], int]]:
    """Return which drawings a drawing draws, and how often at most."""
    things = drawing.Resources.XObject
    if not isinstance(things, pikepdf.Dictionary):
        return []
    data = drawing.read_bytes()
    return [
        (
            thing.objgen,
            len(re.findall(rb"/" + re.escape(str(name)[1:].encode()) + rb"\s+Do\b", data)),
        )
        for name, thing in things.items()
        if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Form"
    ]


def _weigh(
    which: tuple[int, int],
    inside: dict[tuple[int, int], list[tuple[tuple[int, int], int]]],
    known: dict[tuple[int, int], int],
    above: tuple[tuple[int, int], ...],
) -> int:
    if which in above:
        raise Refused("a drawing in the PDF draws itself")
    if len(above) > DRAWINGS_DEEP:
        raise Refused("the PDF's drawings are nested too deeply")
    if which not in known:
        weight = 1
        for other, times in inside.get(which, ()):
            if times:
                weight += times * _weigh(other, inside, known, (*above, which))
        if weight > DRAWINGS:
            raise Refused("the PDF's drawings draw one another too often")
        known[which] = weight
    return known[which]


def _count_pages(opened: pikepdf.Pdf) -> None:
    root = opened.Root.get("/Pages")
    seen: set[tuple[int, int]] = set()
    count = 0
    stack = [root] if root is not None else []
    while stack:
        node = stack.pop()
        if not isinstance(node, pikepdf.Dictionary):
            continue
        key = node.objgen
        if key != (0, 0):
            if key in seen:
                raise Refused("the PDF's pages go round in a loop")
            seen.add(key)
        kids = node.get("/Kids")
        if isinstance(kids, pikepdf.Array):
            stack.extend(kids)
        else:
            count += 1
        if count > PAGES_OPENED:
            raise Refused("the PDF has more than 200 pages")


def _inflated(packed: bytes, times: int) -> int:
    """Return how much a stream inflates to, stopping at the limit; nested deflates are followed."""
    chain = [zlib.decompressobj() for _ in range(times)]
    size = 0

    def push(piece: bytes, level: int) -> None:
        nonlocal size
        if level == len(chain):
            return
        machine = chain[level]
        while piece and not machine.eof:
            out = machine.decompress(piece, 262_144)
            size += len(out)
            if size > STREAM:
                return
            push(out, level + 1)
            piece = machine.unconsumed_tail

    try:
        for at in range(0, len(packed), 65_536):
            push(packed[at : at + 65_536], 0)
            if size > STREAM:
                break
    except zlib.error:
        return size
    return size
