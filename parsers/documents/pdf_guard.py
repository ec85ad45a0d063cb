"""What is refused of a PDF before PDFium sees it: bombs, loops of pages, objects without end.

PDFium inflates what it is given and follows what it finds; so every stream that could inflate far is
counted first, while it inflates, and the page tree is walked with an eye on where it has been.

Source: ISO 32000-1, 7.4 (filters) and 7.7.3 (the page tree).
"""

from __future__ import annotations

import zlib

import pikepdf

from parsers.documents.limits import Refused

PAGES_OPENED = 200
STREAM = 64 * 1024 * 1024
_FILTERED = frozenset({"/FlateDecode", "/Fl"})


def inspect(opened: pikepdf.Pdf) -> None:
    total = 0
    if len(opened.objects) > 400_000:
        raise Refused("the PDF has more than 400,000 objects")
    _count_pages(opened)
    for thing in opened.objects:
        if not isinstance(thing, pikepdf.Stream):
            continue
        filters = thing.get("/Filter")
        if filters is None:
            continue
        names = [str(filters)] if isinstance(filters, pikepdf.Name) else [str(f) for f in filters]
        if len(names) > 4:
            raise Refused("a part of the PDF is compressed many times over")
        if not names or names[0] not in _FILTERED:
            continue
        # Only what could inflate far is inflated: deflate makes at most a thousand to one.
        packed = int(thing.get("/Length", 0) or 0)
        twice = sum(n in _FILTERED for n in names) > 1
        if packed * 1_030 < 8 * 1024 * 1024 and not twice:
            continue
        size = _inflated(thing.read_raw_bytes(), 2 if twice else 1)
        total += size
        if size > STREAM or total > 4 * STREAM:
            raise Refused("a part of the PDF inflates to more than 64 MB")


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
