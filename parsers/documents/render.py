"""Pages as grey pictures for the officer's eyes, so that nothing of the sender's is ever run.

A page may claim to be 14 million points wide; the picture is at most 2,500 pixels a side whatever
it says. PDFium is not thread-safe and may abort the process: call this in a worker only.

Source: docs/sources.md, "Showing the original safely".
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium

from parsers.documents import limits
from parsers.documents.limits import Unsupported

SIDE = 2_500
SCALE = 1.6  # A4 becomes 953 by 1,348 pixels
A4 = 842.0
READ_SCALE = 2.0  # for reading: 144 dots an inch
_PICTURES = frozenset({"png", "jpeg", "tiff", "gif", "bmp", "webp", "image"})


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page as a grey PNG; `width_pt` and `height_pt` are what the places' boxes count in."""

    number: int
    png: bytes
    width_pt: float
    height_pt: float


def pages(
    data: bytes, format: str, limit: int = 50, passwords: Sequence[str] = ()
) -> list[PageImage]:
    """Return a PDF's or a picture's first `limit` pages as grey PNGs.

    Raises:
        Locked, Unreadable, Refused: as reading it would.
        Unsupported: it has no pages of its own.
    """
    if format in _PICTURES:
        return _picture(data)
    if format not in ("pdf", "acroform", "xfa", "scan"):
        raise Unsupported(format)
    from parsers.documents import pdf

    document = pdf._open(data, pdf._guard(data, passwords))
    try:
        return [_page(document, number) for number in range(min(limit, len(document)))]
    finally:
        document.close()


def _page(document: pdfium.PdfDocument, number: int) -> PageImage:
    leaf = document[number]
    try:
        width, height = leaf.get_size()
        scale = _scale(width, height, SCALE)
        bitmap = leaf.render(scale=scale, grayscale=True, may_draw_forms=True)
        image = bitmap.to_pil()
        out = io.BytesIO()
        image.convert("L").save(out, "PNG", compress_level=6)
        bitmap.close()
        return PageImage(number + 1, out.getvalue(), width, height)
    finally:
        leaf.close()


def _scale(width: float, height: float, wished: float) -> float:
    return min(wished, SIDE / max(width, height, 1.0))


def array(document: pdfium.PdfDocument, number: int) -> tuple[Any, float]:
    """Return a page as a grey array for reading, and how many pixels a point has in it."""
    leaf = document[number]
    try:
        width, height = leaf.get_size()
        # Scanners and phones write any page size; what counts is how many dots the page has.
        scale = READ_SCALE * A4 / max(width, height, 1.0)
        bitmap = leaf.render(scale=scale, grayscale=True)
        image = bitmap.to_numpy().copy()
        bitmap.close()
        return (image[:, :, 0] if image.ndim == 3 else image), scale
    finally:
        leaf.close()


def _picture(data: bytes) -> list[PageImage]:
    from PIL import Image

    from parsers.documents import picture

    limits.begin()
    made: list[PageImage] = []
    for number, image in enumerate(picture.frames(data)):
        width, height = image.shape[1], image.shape[0]
        points = picture.points(width, height)
        shown = Image.fromarray(image)
        shown.thumbnail((1_350, 1_350))
        out = io.BytesIO()
        shown.save(out, "PNG")
        made.append(PageImage(number + 1, out.getvalue(), width * points, height * points))
    return made


def find(data: bytes, wanted: Mapping[str, str], limit: int = 50) -> dict[str, list[Any]]:
    """Return where words stand in a PDF: name -> [page, [left, top, right, bottom]] in points from the top left.

    Words that stand there more than once, or not at all, are left out.
    """
    document = pdfium.PdfDocument(data)
    try:
        places: dict[str, list[list[Any]]] = {name: [] for name in wanted}
        for number in range(min(limit, len(document))):
            page = document[number]
            text, height = page.get_textpage(), page.get_height()
            for name, words in wanted.items():
                if len(places[name]) < 2:
                    places[name] += _boxes(text, words, number + 1, height)
            text.close()
            page.close()
        return {name: found[0] for name, found in places.items() if len(found) == 1}
    finally:
        document.close()


def _boxes(text: Any, words: str, page: int, height: float) -> list[list[Any]]:
    """Every box of the words on one page, at most two: more than one is no answer."""
    line = next((part.strip() for part in words.splitlines() if part.strip()), "")[:200]
    if not line:
        return []
    found: list[list[Any]] = []
    search = text.search(line, match_case=True, match_whole_word=True)
    while len(found) < 2 and (hit := search.get_next()):
        boxes = [text.get_rect(i) for i in range(text.count_rects(*hit))]
        if boxes:
            left, right = min(b[0] for b in boxes), max(b[2] for b in boxes)
            bottom, top = min(b[1] for b in boxes), max(b[3] for b in boxes)
            box = [left, height - top, right, height - bottom]
            found.append([page, [round(edge, 1) for edge in box]])
    search.close()
    return found
