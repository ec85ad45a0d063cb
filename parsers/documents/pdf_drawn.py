"""What is drawn on a PDF page: rules, shaded boxes, small squares, rings and marks.

Source: ISO 32000-1, 8.5 (paths) and 8.10 (form XObjects, into which paths are followed).
"""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from parsers.documents.limits import Refused
from parsers.documents.model import Box
from parsers.documents.page import Matrix, Rule, times
from parsers.documents.pdf_view import View

PATHS = 20_000
Address = ctypes.c_void_p
_segment = ctypes.PYFUNCTYPE(Address, Address, ctypes.c_int)(
    ctypes.cast(raw.FPDFPath_GetPathSegment, Address).value or 0
)
_segment_point = ctypes.PYFUNCTYPE(ctypes.c_int, Address, Address, Address)(
    ctypes.cast(raw.FPDFPathSegment_GetPoint, Address).value or 0
)
_segment_kind = ctypes.PYFUNCTYPE(ctypes.c_int, Address)(
    ctypes.cast(raw.FPDFPathSegment_GetType, Address).value or 0
)
_segment_closes = ctypes.PYFUNCTYPE(ctypes.c_int, Address)(
    ctypes.cast(raw.FPDFPathSegment_GetClose, Address).value or 0
)


class Drawn:
    """What is drawn on a page: rules, shaded boxes, small squares, rings and small marks."""

    def __init__(self) -> None:
        self.lying: list[Rule] = []
        self.standing: list[Rule] = []
        self.fills: list[Box] = []
        self.squares: list[Box] = []
        self.rings: list[Box] = []
        self.marks: list[Box] = []
        self.cover = 0.0

    @property
    def boxed(self) -> bool:
        """Say whether there may be tick boxes, so that words must be kept apart."""
        return bool(self.squares or self.rings) or (
            any(5 <= r.end - r.start <= 24 for r in self.lying)
            and any(5 <= r.end - r.start <= 24 for r in self.standing)
        )


_SAME: Matrix = (1, 0, 0, 1, 0, 0)


def _object_matrix(thing: Any) -> Matrix:
    m = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(thing, m)
    return m.a, m.b, m.c, m.d, m.e, m.f


PIECES = 20_000
_count = ctypes.PYFUNCTYPE(ctypes.c_int, Address)(
    ctypes.cast(raw.FPDFPage_CountObjects, Address).value or 0
)
_count_inner = ctypes.PYFUNCTYPE(ctypes.c_int, Address)(
    ctypes.cast(raw.FPDFFormObj_CountObjects, Address).value or 0
)
_object_at = ctypes.PYFUNCTYPE(Address, Address, ctypes.c_int)(
    ctypes.cast(raw.FPDFPage_GetObject, Address).value or 0
)
_inner_at = ctypes.PYFUNCTYPE(Address, Address, ctypes.c_ulong)(
    ctypes.cast(raw.FPDFFormObj_GetObject, Address).value or 0
)
_kind_of = ctypes.PYFUNCTYPE(ctypes.c_int, Address)(
    ctypes.cast(raw.FPDFPageObj_GetType, Address).value or 0
)


def check_pieces(leaf: pdfium.PdfPage) -> None:
    """Refuse a page of too many pieces of text: PDFium compares each with all before it.

    A page has at most 20,000 characters, and so no more pieces.
    """
    page = ctypes.cast(leaf.raw, Address).value
    if _pieces(page, _count(page), _object_at, PIECES, 0) > PIECES:
        raise Refused("a page of the PDF has more than 20,000 pieces of text")


def _pieces(holder: int | None, count: int, at: Any, left: int, depth: int) -> int:
    found = 0
    for number in range(count):
        thing = at(holder, number)
        kind = _kind_of(thing)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            found += 1
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < 40:
            found += _pieces(thing, _count_inner(thing), _inner_at, left - found, depth + 1)
        if found > left:
            break
    return found


def draw(leaf: pdfium.PdfPage, view: View) -> Drawn:
    drawn = Drawn()
    budget = [PATHS]
    area = max(1.0, leaf.get_width() * leaf.get_height())
    for i in range(min(raw.FPDFPage_CountObjects(leaf.raw), 100_000)):
        _object(raw.FPDFPage_GetObject(leaf.raw, i), _SAME, view, drawn, budget, area, 0)
        if budget[0] <= 0:
            break
    return drawn


def _object(
    thing: Any,
    matrix: Matrix,
    view: View,
    drawn: Drawn,
    budget: list[int],
    area: float,
    depth: int,
) -> None:
    kind = raw.FPDFPageObj_GetType(thing)
    if kind == raw.FPDF_PAGEOBJ_PATH:
        budget[0] -= 1
        _path(thing, matrix, view, drawn, budget)
    elif kind == raw.FPDF_PAGEOBJ_IMAGE:
        corners = _moved(times(_object_matrix(thing), matrix), ((0, 0), (1, 0), (0, 1), (1, 1)))
        box = _bounds(view, corners)
        wide = max(0.0, min(box[2], 10_000) - max(box[0], 0))
        drawn.cover = max(drawn.cover, min(1.0, wide * (box[3] - max(0, box[1])) / area))
    elif kind == raw.FPDF_PAGEOBJ_FORM and depth < 8:
        inner = times(_object_matrix(thing), matrix)
        for i in range(min(raw.FPDFFormObj_CountObjects(thing), 20_000)):
            if budget[0] <= 0:
                return
            budget[0] -= 1
            _object(
                raw.FPDFFormObj_GetObject(thing, i), inner, view, drawn, budget, area, depth + 1
            )


def _moved(m: Matrix, points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    a, b, c, d, e, f = m
    return [(a * x + c * y + e, b * x + d * y + f) for x, y in points]


def _bounds(view: View, points: Sequence[tuple[float, float]]) -> Box:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return view.to_view(min(xs), min(ys), max(xs), max(ys))


def _path(thing: Any, matrix: Matrix, view: View, drawn: Drawn, budget: list[int]) -> None:
    count = raw.FPDFPath_CountSegments(thing)
    if count < 2:
        return
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(thing, mode, stroke)
    budget[0] -= count // 20
    if not (mode.value or stroke.value):
        return
    filled = bool(mode.value) and (tone := _tone(thing)) is not None
    whole = times(_object_matrix(thing), matrix)
    subpaths, curved = _subpaths(thing, min(count, 4_000), whole, view)
    shades = filled and tone is not None and tone < 250
    for points, bends in zip(subpaths, curved, strict=True):
        _shape(points, bends, bool(stroke.value), shades, drawn)


def _tone(thing: Any) -> int | None:
    """Return how light a fill is, 0 to 255; None if it cannot be seen."""
    r, g, b, a = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPageObj_GetFillColor(thing, r, g, b, a) or a.value < 8:
        return None
    return min(r.value, g.value, b.value)


def _subpaths(
    thing: Any, count: int, matrix: Matrix, view: View
) -> tuple[list[list[tuple[float, float]]], list[int]]:
    paths: list[list[tuple[float, float]]] = []
    bends: list[int] = []
    number = (ctypes.c_float * 2)()
    x = ctypes.addressof(number)
    y = x + 4
    a, b, c, d, e, f = times(matrix, view.matrix)
    path = ctypes.cast(thing, Address).value
    for i in range(count):
        segment = _segment(path, i)
        _segment_point(segment, x, y)
        px, py = number
        point = (a * px + c * py + e, b * px + d * py + f)
        kind = _segment_kind(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO or not paths:
            paths.append([point])
            bends.append(0)
        else:
            paths[-1].append(point)
            bends[-1] += kind == raw.FPDF_SEGMENT_BEZIERTO
        if _segment_closes(segment) and paths[-1][0] != point:
            paths[-1].append(paths[-1][0])
    return paths, bends


def _shape(
    points: list[tuple[float, float]], bends: int, stroke: bool, filled: bool, drawn: Drawn
) -> None:
    if len(points) < 2:
        return
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    box = (min(xs), min(ys), max(xs), max(ys))
    wide, high = box[2] - box[0], box[3] - box[1]
    small = max(wide, high) <= 24
    if bends:
        ring = small and min(wide, high) >= 5 and 0.8 < wide / max(high, 0.1) < 1.25 and bends >= 4
        if ring and stroke and not filled:
            drawn.rings.append(box)
        elif small and (filled or stroke) and max(wide, high) > 1.5:
            drawn.marks.append(box)
        return
    straight = not any(
        (x - u > 0.6 or u - x > 0.6) and (y - v > 0.6 or v - y > 0.6)
        for (x, y), (u, v) in itertools.pairwise(points)
    )
    rectangle = straight and len(points) in (4, 5) and wide > 0 and high > 0
    if rectangle and min(wide, high) <= 2.2 and max(wide, high) > 3 and (filled or stroke):
        _rule(box, drawn)
    elif rectangle and small and min(wide, high) >= 5 and 0.75 < wide / high < 1.34:
        if stroke:
            drawn.squares.append(box)
        if filled:
            drawn.marks.append(box)
    elif rectangle and not stroke:
        if filled:
            drawn.fills.append(box)
    elif straight and stroke:
        if filled and rectangle:
            drawn.fills.append(box)
        for (x, y), (u, v) in itertools.pairwise(points):
            _rule(
                (x if x < u else u, y if y < v else v, x if x > u else u, y if y > v else v), drawn
            )
    elif small and max(wide, high) > 1.5:
        drawn.marks.append(box)


def _rule(box: Box, drawn: Drawn) -> None:
    wide, high = box[2] - box[0], box[3] - box[1]
    if wide >= high and wide > 2.5:
        drawn.lying.append(Rule((box[1] + box[3]) / 2, box[0], box[2]))
    elif high > 2.5:
        drawn.standing.append(Rule((box[0] + box[2]) / 2, box[1], box[3]))
