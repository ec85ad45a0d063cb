"""A photographed sheet as it would lie on a scanner: its four corners squared, its shadow taken away.

Only what is plain is done: a bright sheet of four corners on a darker desk, a light that changes
slowly over the page. A picture in which neither is seen is left as it is.

Source: OpenCV's perspective transformation; the background is what is left when the ink is closed up.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from parsers.documents.page import Matrix

_LOOKED_AT = 500  # pixels of the longer side, for finding the sheet
_LEAST = 0.3  # of the picture that the sheet must fill
_DESK = 25  # steps of grey between the sheet and what it lies on
_UNEVEN = 40


def squared(grey: Any) -> tuple[Any, Matrix | None]:
    """Return the sheet alone, and what carries its pixels back to the picture's; None if it fills it."""
    corners = _corners(grey)
    if corners is None:
        return grey, None
    (left_top, right_top, right_low, left_low) = corners
    wide = max(np.linalg.norm(right_top - left_top), np.linalg.norm(right_low - left_low))
    high = max(np.linalg.norm(left_low - left_top), np.linalg.norm(right_low - right_top))
    size = (round(float(wide)), round(float(high)))
    target = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    flat = cv2.warpPerspective(
        grey, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    back = np.linalg.inv(matrix).T  # for rows of (x, y, 1), as `page.moved` has them
    return flat, tuple(float(v) for v in (back / back[2, 2]).ravel())


def _corners(grey: Any) -> Any:
    """Return a sheet's four corners from the top left clockwise, or None if no sheet is seen."""
    share = _LOOKED_AT / max(grey.shape)
    small = cv2.resize(grey, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    small = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))  # without the ink
    small = cv2.GaussianBlur(small, (5, 5), 0)
    _, sheet = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    contours, _ = cv2.findContours(sheet, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    outline = max(contours, key=cv2.contourArea)
    if cv2.contourArea(outline) < _LEAST * small.size:
        return None
    hull = cv2.convexHull(outline)
    four = cv2.approxPolyDP(hull, 0.03 * cv2.arcLength(hull, True), True)
    if len(four) != 4 or cv2.contourArea(four) > 1.1 * cv2.contourArea(outline):
        return None
    points = _ordered(four.reshape(4, 2).astype(float))
    if not _on_a_desk(small, points):
        return None
    return (points + 0.5) / share


def _ordered(points: Any) -> Any:
    middle = points.mean(axis=0)
    angles = np.arctan2(points[:, 1] - middle[1], points[:, 0] - middle[0])
    points = points[np.argsort(angles)]
    return np.roll(points, -int(np.argmin(points.sum(axis=1))), axis=0)


def _on_a_desk(small: Any, points: Any) -> bool:
    """Say whether the four corners part a sheet from something darker round it."""
    high, wide = small.shape
    edges = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], float)
    if np.abs(points - edges).max() < 0.02 * max(high, wide):
        return False  # the sheet fills the picture
    inside = np.zeros(small.shape, np.uint8)
    cv2.fillConvexPoly(inside, points.astype(np.int32), 1)
    outside = small[inside == 0]
    if outside.size < 0.02 * small.size:
        return False
    return float(np.median(small[inside == 1])) - float(np.median(outside)) > _DESK


def lit(grey: Any) -> Any:
    """Return the page as if the light on it were even and its ink dark; itself if they are."""
    share = min(1.0, 300 / max(grey.shape))
    small = cv2.resize(grey, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((7, 7), np.uint8)), 21)
    if float(np.ptp(np.percentile(paper, (3, 97)))) < _UNEVEN:
        return grey
    light = cv2.resize(paper, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_CUBIC)
    return cv2.divide(grey, np.maximum(light, 32), scale=245)
