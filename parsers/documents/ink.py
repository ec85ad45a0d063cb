"""Ticks by ink: squares on a picture of a page, and how dark it is inside them.

No reader of letters reads a tick box. An empty box has no ink inside its border and a ticked one
at least a quarter, so one threshold tells them apart. Letters such as D and O look like squares:
only a box with a border on four sides and words near it counts.

Source: docs/sources.md, "ink in the box".
"""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np

Box = tuple[float, float, float, float]
DARK = 0.10
_STRAIGHT = 0.9
_APART = 0.25


def binary(grey: Any) -> Any:
    """Return ink as 255 and paper as 0, whatever the light."""
    return cv2.adaptiveThreshold(
        grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 15
    )


class Square(NamedTuple):
    """A box with a border, in pixels: how dark it is inside, and how straight its border.

    `apart` is how far its neighbours stand from it on its line, as a share of its width.
    """

    box: Box
    share: float
    straight: float
    apart: float

    @property
    def is_letter(self) -> bool:
        """Say whether it is as likely a letter of a word: the bowls of a B bend, and its word goes on."""
        return self.straight < _STRAIGHT and self.apart < _APART


def squares(grey: Any, low: int = 12, high: int = 60) -> list[Square]:
    """Return what may be tick boxes in a picture; a letter such as D or B is less straight."""
    ink = binary(grey)
    contours, _ = cv2.findContours(ink, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found: list[Square] = []
    for contour in contours:
        x, y, w, h = cv2.boundingRect(contour)
        if not (low <= w <= high and low <= h <= high and 0.75 < w / h < 1.34):
            continue
        if any(abs(x - s.box[0]) < w and abs(y - s.box[1]) < h for s in found):
            continue
        framed = _framed(ink[y : y + h, x : x + w])
        if framed is not None:
            box = (float(x), float(y), float(x + w), float(y + h))
            found.append(Square(box, *framed, _apart(ink[y : y + h], x, x + w)))
    return found


def _framed(patch: Any) -> tuple[float, float] | None:
    """Return a patch's dark share inside and its border's straightness; None without a border."""
    h, w = patch.shape
    edge = max(2, round(min(h, w) * 0.2))
    sides = (
        patch[:edge].max(axis=0), patch[-edge:].max(axis=0),
        patch[:, :edge].max(axis=1), patch[:, -edge:].max(axis=1),
    )  # fmt: skip
    if min(float(np.mean(side > 0)) for side in sides) < 0.9:
        return None
    corner = max(2, edge - 1)
    corners = (
        patch[:corner, :corner],
        patch[:corner, -corner:],
        patch[-corner:, :corner],
        patch[-corner:, -corner:],
    )
    if any(not c.any() for c in corners):
        return None
    straight = min(
        max(float(np.mean(line > 0)) for line in band)
        for band in (patch[:edge], patch[-edge:], patch[:, :edge].T, patch[:, -edge:].T)
    )
    if straight < 0.75:  # a letter's bowl bends, a box's border does not
        return None
    inside = patch[edge : h - edge, edge : w - edge]
    return (float(np.mean(inside > 0)), straight) if inside.size else None


def _apart(band: Any, left: int, right: int) -> float:
    """Return how wide the white on a box's nearer side is, within the rows that it takes."""
    wide = right - left
    columns = band.any(axis=0)
    before = columns[max(0, left - wide) : max(0, left - 1)][::-1]
    after = columns[right + 1 : right + wide]
    white = [int(np.argmax(side)) + 1 if side.any() else wide for side in (before, after)]
    return float(min(white) / wide)


def is_on(share: float) -> bool:
    return share >= DARK
