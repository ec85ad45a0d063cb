"""Photographs and what scanners make: seen aslant, in shadow, deep greys, lone ticks; no letters are recognised here."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from benchmarks.ink_ticks import QUALITIES, trial
from parsers.documents import picture, picture_flat
from parsers.documents.limits import Refused
from parsers.documents.model import Mark, Table
from parsers.documents.page import inverse, moved, times


def saved(image: Image.Image, format: str = "PNG", **how: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **how)
    return out.getvalue()


def test_a_tick_that_the_ink_does_not_tell_is_doubtful_and_hardly_one_is_wrong_or_lost() -> None:
    found = trial(1, seed=11)
    every = {
        name: sum(counts[name] for counts in found.values())
        for name in found["print"] | found["blurred"]
    }
    boxes = len(QUALITIES) * 52
    assert sum(sum(counts.values()) for counts in found.values()) == boxes
    assert not any(n for name, n in every.items() if name.startswith("wrong"))
    assert sum(n for name, n in every.items() if name.startswith("lost")) <= boxes / 100
    assert every["right"] > 0.85 * boxes


def table(ticks: list[int], rows: int = 5) -> Image.Image:
    made = Image.new("L", (1_240, 900), 255)
    draw = ImageDraw.Draw(made)
    for x in (100, 700, 900, 1_100):
        draw.line((x, 100, x, 100 + 80 * rows), fill=0, width=3)
    for row in range(rows + 1):
        draw.line((100, 100 + 80 * row, 1_100, 100 + 80 * row), fill=0, width=3)
    for row, column in enumerate(ticks, 1):
        x, y = (700, 900)[column] + 90, 100 + 80 * row + 40
        draw.line((x, y, x + 9, y + 12, x + 28, y - 16), fill=20, width=4)
    return made


def words(rows: int = 5) -> list[tuple[tuple[float, float, float, float], str, float]]:
    heads = [
        ((770.0, 125.0, 820.0, 155.0), "Yes", 0.99),
        ((970.0, 125.0, 1_010.0, 155.0), "No", 0.99),
    ]
    labels = [
        ((120.0, 105.0 + 80 * n, 400.0, 140.0 + 80 * n), f"Question {n}", 0.99)
        for n in range(1, rows)
    ]
    return heads + labels


def test_a_lone_tick_in_a_column_of_ticks_is_a_mark_that_is_never_sure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = [*words(), ((985.0, 200.0, 1_025.0, 235.0), "J", 0.6)]  # what a recogniser makes of one
    monkeypatch.setattr(picture, "_recognised", lambda _: seen)
    document = picture.read(saved(table([1, 0, 0, 1])))
    (made,) = [b for b in document.blocks if isinstance(b, Table)]
    marks = {(c.row, c.col): i for c in made.cells for i in c.items if isinstance(i, Mark)}
    assert {where: mark.on for where, mark in marks.items()} == {
        (1, 2): True, (2, 1): True, (3, 1): True, (4, 2): True,
    }  # fmt: skip
    assert all(mark.sure < 0.7 for mark in marks.values())


def test_a_column_with_words_in_it_has_no_lone_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = [*words(), ((910.0, 200.0, 1_025.0, 235.0), "Spoke to mother", 0.9)]
    monkeypatch.setattr(picture, "_recognised", lambda _: seen)
    document = picture.read(saved(table([0, 0, 1, 1])))
    (made,) = [b for b in document.blocks if isinstance(b, Table)]
    assert {c.col for c in made.cells for i in c.items if isinstance(i, Mark)} == {1}


def aslant(page: Image.Image) -> tuple[np.ndarray, np.ndarray]:
    """Return a page photographed on a dark desk in a falling light, and the matrix that put it there."""
    wide, high = page.size
    corners = np.array(
        [[150, 60], [wide + 60, 130], [wide + 130, high + 90], [40, high + 130]], np.float32
    )
    flat = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, corners)
    seen = cv2.warpPerspective(np.asarray(page), matrix, (wide + 200, high + 200), borderValue=70)
    light = np.linspace(1.0, 0.55, seen.shape[1])[None, :]
    return (seen * light).astype(np.uint8), matrix


def test_a_sheet_seen_aslant_is_squared_and_its_places_are_those_of_the_photograph() -> None:
    page = table([0, 1, 0, 1])
    seen, matrix = aslant(page)
    flat, back = picture_flat.squared(seen)
    assert back is not None
    assert abs(flat.shape[1] / flat.shape[0] - 1_240 / 900) < 0.08
    grow = flat.shape[1] / 1_240, flat.shape[0] / 900
    for x, y in ((100, 100), (1_100, 500), (700, 260)):
        box = moved((x * grow[0], y * grow[1], x * grow[0], y * grow[1]), back)
        wanted = matrix @ (x, y, 1)
        assert np.hypot(box[0] - wanted[0] / wanted[2], box[1] - wanted[1] / wanted[2]) < 12
    there = moved((50, 60, 50, 60), times(back, inverse(back)))
    assert there == pytest.approx((50, 60, 50, 60), abs=0.01)


def test_a_scan_without_a_desk_is_left_as_it_is() -> None:
    page = np.asarray(table([0, 1, 0, 1]))
    assert picture_flat.squared(page)[1] is None
    assert picture_flat.lit(page) is page


def test_a_shadow_is_taken_away() -> None:
    seen, _ = aslant(table([0, 1, 0, 1]))
    flat = picture_flat.lit(picture_flat.squared(seen)[0])
    paper = np.percentile(flat.reshape(flat.shape[0], -1)[60:-60, 60:-60], 90, axis=0)
    assert np.ptp(paper) < 40


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_a_scan_of_sixteen_bits_has_its_greys(mode: str) -> None:
    deep = np.full((60, 80), 60_000, np.uint16)
    deep[20:40, 20:60] = 3_000
    image = Image.fromarray(deep)
    if mode != "I;16":
        image = image.convert("I") if mode == "I" else Image.fromarray(deep.astype(np.float32))
    (grey,) = picture.frames(saved(image, "PNG" if mode == "I;16" else "TIFF"))
    assert grey[30, 40] < 40 < 200 < grey[5, 5]


@pytest.mark.parametrize(("turned", "shape", "corner"), [
    (1, (40, 90), (0, 0)), (2, (40, 90), (0, -1)), (3, (40, 90), (-1, -1)), (4, (40, 90), (-1, 0)),
    (5, (90, 40), (0, 0)), (6, (90, 40), (0, -1)), (7, (90, 40), (-1, -1)), (8, (90, 40), (-1, 0)),
])  # fmt: skip
def test_a_photograph_is_shown_as_its_camera_noted(
    turned: int, shape: tuple[int, int], corner: tuple[int, int]
) -> None:
    pixels = np.full((40, 90), 255, np.uint8)
    pixels[:8, :8] = 0
    exif = Image.Exif()
    exif[0x0112] = turned
    (grey,) = picture.frames(saved(Image.fromarray(pixels), "JPEG", exif=exif, quality=95))
    assert grey.shape == shape
    assert grey[corner] < 60


def test_pages_frames_and_clear_parts() -> None:
    sheets = [Image.new("L", (60, 50), level) for level in (200, 150, 100)]
    tiff = saved(sheets[0], "TIFF", save_all=True, append_images=sheets[1:])
    assert [int(grey[9, 9]) for grey in picture.frames(tiff)] == [200, 150, 100]
    for format in ("GIF", "WEBP", "PNG"):
        moving = saved(sheets[0], format, save_all=True, append_images=sheets[1:])
        assert len(picture.frames(moving)) == 1
    clear = Image.new("RGBA", (60, 50), (0, 0, 0, 0))
    for format in ("PNG", "WEBP"):
        assert picture.frames(saved(clear, format))[0].min() == 255
    assert picture.frames(saved(Image.new("1", (60, 50), 1), "BMP"))[0].min() == 255
    with pytest.raises(Refused):
        picture.frames(saved(Image.new("1", (9_000, 9_000)), "TIFF", compression="group4"))
