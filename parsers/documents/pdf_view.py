"""From a PDF page's own space to the page as it is seen, origin top left.

Page boxes lie: the view is turned and cut by /Rotate and the crop box, so every place is carried.
PDFium's own functions are called by their addresses where they are called for each letter.
"""

from __future__ import annotations

import ctypes

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from parsers.documents.limits import Refused
from parsers.documents.model import Box
from parsers.documents.page import Matrix


class View:
    """Carries points from a page's own space to the page as it is seen, origin top left."""

    def __init__(self, leaf: pdfium.PdfPage, width: float, height: float) -> None:
        self.matrix: Matrix = _device(leaf, width, height)

    def to_view(self, left: float, bottom: float, right: float, top: float) -> Box:
        a, b, c, d, e, f = self.matrix
        x0, y0 = a * left + c * bottom + e, b * left + d * bottom + f
        x1, y1 = a * right + c * top + e, b * right + d * top + f
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _device(leaf: pdfium.PdfPage, width: float, height: float) -> Matrix:
    scale = 50
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if max(size) > 2_000_000_000:
        raise Refused("a page of the PDF is larger than any paper")

    def point(x: float, y: float) -> tuple[float, float]:
        px, py = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(leaf.raw, 0, 0, *size, 0, x, y, px, py)
        return px.value / scale, py.value / scale

    ox, oy = point(0, 0)
    ax, ay = point(1000, 0)
    bx, by = point(0, 1000)
    return (
        (ax - ox) / 1000, (ay - oy) / 1000, (bx - ox) / 1000, (by - oy) / 1000, ox, oy,
    )  # fmt: skip
