"""Ticks by ink: squares on a picture of a page, and how dark it is inside them.

No reader of letters reads a tick box. An empty box has no ink inside its border and a ticked one
at least a tenth, as dark as its border; what is neither is told as doubtful, never guessed. Letters
such as D and O look like squares: only a box with a border on four sides and words near it counts.

Source: docs/sources.md, "ink in the box".
"""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np

Box = tuple[float, float, float, float]
DARK = 0.10
ON, OFF, CLEAR = 0.5, 0.35, 0.12
_STRAIGHT = 0.9
_APART = 0.25


def binary(grey: Any) -> Any:
    """Return ink as 255 and paper as 0, whatever the light."""
    return cv2.adaptiveThreshold(
        grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 15
    )


class Square(NamedTuple):
    """A box with a border, in pixels.

    `share` is how much of its inside has ink, `straight` how straight its border is, `apart` how far
    its neighbours stand from it on its line, as a share of its width; `dark` is how dark its middle is
    beside its border, which tells a blurred border that spreads inwards from a stroke of a pen.
    `crossed` is true where a pen runs over the border, so that only its straight strokes show it.
    """

    box: Box
    share: float
    straight: float
    apart: float
    dark: float
    crossed: bool = False

    @property
    def on(self) -> bool | None:
        """Say whether it is ticked; None where the ink does not tell.

        The bounds are those of `benchmarks.ink_ticks`: of the empty boxes none was darker than 0.37.
        """
        if self.dark >= ON and self.share >= DARK:
            return True
        if self.dark < CLEAR or (self.dark < OFF and self.share < DARK / 2):
            return False
        return None

    @property
    def is_letter(self) -> bool:
        """Say whether it is as likely a letter of a word: the bowls of a B bend, and its word goes on."""
        return self.straight < _STRAIGHT and self.apart < _APART


def squares(grey: Any, low: int = 12, high: int = 60) -> list[Square]:
    """Return what may be tick boxes in a picture; a letter such as D or B is less straight."""
    ink = binary(grey)
    found: list[Square] = []
    # A pen that runs over a box's border makes one shape of both; of the straight strokes
    # alone the border is left.
    for shapes in (ink, _straight_strokes(ink, low)):
        contours, _ = cv2.findContours(shapes, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        for contour in contours:
            x, y, w, h = cv2.boundingRect(contour)
            if not (low <= w <= high and low <= h <= high and 0.75 < w / h < 1.34):
                continue
            if any(abs(x - s.box[0]) < w and abs(y - s.box[1]) < h for s in found):
                continue
            framed = _framed(shapes[y : y + h, x : x + w], ink[y : y + h, x : x + w])
            if framed is not None:
                box = (float(x), float(y), float(x + w), float(y + h))
                apart = _apart(ink[y : y + h], x, x + w)
                dark = _dark(grey, x, y, w, h)
                found.append(Square(box, *framed, apart, dark, shapes is not ink))
    return found


def state(square: Square, found: list[Square]) -> bool | None:
    """Say whether a box is ticked; None also for one of a size of its own where there are many.

    That is a piece of a box, cut out by a pen's strokes.
    """
    side = square.box[2] - square.box[0]
    alike = sum(0.8 < (s.box[2] - s.box[0]) / side < 1.25 for s in found)
    return None if len(found) > 5 and alike < 3 else square.on


def doubtful(grey: Any, found: list[Square]) -> list[Box]:
    """Return where a box must be that was not found: in the row of one and in the column of two.

    A box that is scribbled over has no border left; to overlook it would give its answer to its neighbour.
    """
    if not 3 <= len(found) <= 200:
        return []
    ink = binary(grey)
    side = float(np.median([s.box[2] - s.box[0] for s in found]))
    alike = [s.box for s in found if 0.75 < (s.box[2] - s.box[0]) / side < 1.34]
    made: list[Box] = []
    for column in _columns(alike, side):
        for other in alike:
            x, y = column, other[1]
            taken = [*(s.box for s in found), *made]
            if any(abs(x - t[0]) < side and abs(y - t[1]) < side for t in taken):
                continue
            if abs(x - other[0]) < 14 * side and _inked(ink, x, y, side):
                made.append((x, y, x + side, y + side))
    return made


def _columns(boxes: list[Box], side: float) -> list[float]:
    """Return the left edges at which at least two boxes stand below one another."""
    lefts = sorted(box[0] for box in boxes)
    found: list[float] = []
    for left in lefts:
        near = [other for other in lefts if abs(other - left) < 0.35 * side]
        if len(near) > 1 and not any(abs(left - known) < side for known in found):
            found.append(float(np.median(near)))
    return found


def _inked(ink: Any, x: float, y: float, side: float) -> bool:
    """Say whether a box's worth of ink stands here, with paper on all its sides."""
    margin = round(0.4 * side)
    left, top, wide = round(x), round(y), round(side)
    patch = ink[max(0, top - 1) : top + wide + 1, max(0, left - 1) : left + wide + 1]
    around = ink[max(0, top) : top + wide, max(0, left - 2 * margin) : max(0, left - margin)]
    if not patch.size or not around.size:
        return False
    return float(np.mean(patch > 0)) > 0.25 and float(np.mean(around > 0)) < 0.2


def _dark(grey: Any, x: int, y: int, w: int, h: int) -> float:
    """Return how dark a box's middle is, 0 as paper and 1 as its border."""
    patch = grey[y : y + h, x : x + w].astype(float)
    edge, core = max(2, round(min(h, w) * 0.2)), max(3, round(min(h, w) * 0.3))
    middle = patch[core : h - core, core : w - core]
    if not middle.size:
        return 0.4
    paper = float(np.percentile(grey[max(0, y - h) : y + 2 * h, max(0, x - w) : x + 2 * w], 75))
    sides = (patch[:edge], patch[-edge:], patch[:, :edge], patch[:, -edge:])
    border = float(np.percentile(np.concatenate([side.ravel() for side in sides]), 15))
    return (paper - float(np.percentile(middle, 10))) / max(8.0, paper - border)


def _straight_strokes(ink: Any, low: int) -> Any:
    """Return the lying and standing strokes that are long enough for a box's side."""
    long = max(6, round(low * 0.8))
    lying = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, long), np.uint8))
    standing = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((long, 1), np.uint8))
    return cv2.bitwise_or(lying, standing)


def _framed(patch: Any, ink: Any) -> tuple[float, float] | None:
    """Return how dark it is inside a patch's border, and how straight that is; None without one."""
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
    inside = ink[edge : h - edge, edge : w - edge]
    return (float(np.mean(inside > 0)), straight) if inside.size else None


def _apart(band: Any, left: int, right: int) -> float:
    """Return how wide the white on a box's nearer side is, within the rows that it takes."""
    wide = right - left
    columns = band.any(axis=0)
    before = columns[max(0, left - wide) : max(0, left - 1)][::-1]
    after = columns[right + 1 : right + wide]
    white = [int(np.argmax(side)) + 1 if side.any() else wide for side in (before, after)]
    return float(min(white) / wide)
