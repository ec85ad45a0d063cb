"""Ticks by ink: squares on a picture of a page, and how dark it is inside them.

No reader of letters reads a tick box. An empty box has no ink inside its border and a ticked one
at least a quarter, so one threshold tells them apart. Letters such as D and O look like squares:
only a box with a border on four sides and words near it counts.

Source: docs/sources.md, "ink in the box".
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

Square = tuple[tuple[float, float, float, float], float]
DARK = 0.10
_FILLED = 0.85


def binary(grey: Any) -> Any:
    """Return ink as 255 and paper as 0, whatever the light."""
    return cv2.adaptiveThreshold(
        grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 15
    )


def squares(grey: Any, low: int = 12, high: int = 60) -> list[Square]:
    """Return the tick boxes of a picture, in pixels, each with its dark share inside."""
    ink = binary(grey)
    contours, _ = cv2.findContours(ink, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found: list[Square] = []
    for contour in contours:
        x, y, w, h = cv2.boundingRect(contour)
        if not (low <= w <= high and low <= h <= high and 0.75 < w / h < 1.34):
            continue
        if any(abs(x - b[0]) < w and abs(y - b[1]) < h for b, _ in found):
            continue
        share = _framed(ink[y : y + h, x : x + w])
        if share is not None:
            found.append(((float(x), float(y), float(x + w), float(y + h)), share))
    return found


def _framed(patch: Any) -> float | None:
    """Return the dark share inside a patch with a border on four sides; None without one."""
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
    return float(np.mean(inside > 0)) if inside.size else None


def is_on(share: float) -> bool:
    return share >= DARK
