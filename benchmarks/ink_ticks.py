"""Ticks told by ink: hundreds of drawn boxes, ticked and empty, at several qualities of scan and photograph.

Each sheet has rows of a question with a box after "Yes" and one after "No". The boxes are drawn in
several sizes and strengths; half are ticked, by one of six hands. The words are given to the reader with
their true places, so that nothing but the ink is tried (and no recogniser of letters runs).

Prints, for each quality: how many boxes were told rightly, called doubtful, lost, and told wrongly.
Run: python -m benchmarks.ink_ticks [--sheets N] [--seed N]
"""

from __future__ import annotations

import argparse
import io
import random
from collections import Counter
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from parsers.documents import picture, picture_ticks
from parsers.documents.model import Mark
from parsers.documents.page import Page, Token

WIDE, HIGH, ROWS = 1_240, 1_754, 26  # A4 at 150 dots an inch
Boxes = list[tuple[tuple[int, int, int, int], bool]]


def sheet(r: random.Random) -> tuple[Image.Image, Boxes, list[tuple[int, int, int, int]]]:
    """Return a sheet, its boxes with their states, and where its words stand."""
    made = Image.new("L", (WIDE, HIGH), 255)
    draw = ImageDraw.Draw(made)
    side, line = r.choice((16, 20, 24, 30)), r.choice((1, 2, 3))
    boxes: Boxes = []
    words: list[tuple[int, int, int, int]] = []
    for row in range(ROWS):
        y = 80 + row * 62
        for left, wide in ((90, 380), (600, 44), (820, 32)):
            words.append((left, y, left + wide, y + 22))
            for x in range(left, left + wide - 8, 13):  # letters, as dashes that stand
                draw.line((x, y + 3, x + r.randint(0, 6), y + 19), fill=30, width=2)
        state = r.random() < 0.5
        for left, on in ((660, state), (868, not state)):
            box = (left, y + 11 - side // 2, left + side, y + 11 - side // 2 + side)
            draw.rectangle(box, outline=r.choice((0, 60, 110)), width=line)
            if on:
                _tick(draw, box, r)
            boxes.append((box, on))
    return made, boxes, words


def _tick(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], r: random.Random) -> None:
    left, top, right, bottom = box
    pen = r.choice((2, 2, 3, 4))
    tone = r.choice((0, 40, 90))
    side = right - left
    over = round(side * r.choice((-0.2, -0.1, 0.0, 0.25)))
    left, top, right, bottom = left - over, top - over, right + over, bottom + over
    match r.randrange(6):
        case 0 | 1:  # a cross
            draw.line((left, top, right, bottom), fill=tone, width=pen)
            draw.line((left, bottom, right, top), fill=tone, width=pen)
        case 2 | 3:  # a tick
            low = (left + side // 3, bottom - side // 6)
            draw.line((left + side // 8, top + side // 2, *low), fill=tone, width=pen)
            draw.line((*low, right, top), fill=tone, width=pen)
        case 4:  # a stroke
            draw.line((left, bottom, right, top), fill=tone, width=pen)
        case _:  # filled in
            draw.rectangle(
                (left + side // 5, top + side // 5, right - side // 5, bottom - side // 5),
                fill=tone,
            )


QUALITIES = ("print", "scan", "faint", "blurred", "photograph", "small")


def seen(made: Image.Image, quality: str, r: random.Random) -> Image.Image:
    """Return a sheet as a machine or a telephone would see it, in its own place and size."""
    noise = {"print": 0, "scan": 8, "faint": 6, "blurred": 5, "photograph": 7, "small": 5}[quality]
    if quality == "blurred":
        made = made.filter(ImageFilter.GaussianBlur(1.6))
    if quality == "photograph":
        made = made.filter(ImageFilter.GaussianBlur(0.9))
    pixels = np.asarray(made, float)
    if quality == "faint":
        pixels = 255 - (255 - pixels) * 0.35
    if quality == "photograph":
        pixels = pixels * np.linspace(0.95, 0.4, WIDE)[None, :] * 0.9
    pixels = pixels + np.random.default_rng(r.randrange(10**6)).normal(
        0, max(noise, 0.01), pixels.shape
    )
    made = Image.fromarray(pixels.clip(0, 255).astype("uint8"))
    if quality == "small":  # 75 dots an inch, as an email program shrinks it
        made = made.resize((WIDE // 2, HIGH // 2), Image.Resampling.BILINEAR).resize(
            (WIDE, HIGH), Image.Resampling.BICUBIC
        )
    out = io.BytesIO()
    made.save(out, "JPEG", quality=60 if quality in ("photograph", "small") else 85)
    return Image.open(out)


def told(grey: Any, words: list[tuple[int, int, int, int]]) -> list[Token]:
    """Return the ticks that the reader finds beside the words."""
    scale = picture.points(WIDE, HIGH)
    page = Page(1, WIDE * scale, HIGH * scale)
    page.lying, page.standing = picture_ticks.rules(grey, scale)
    for left, top, right, bottom in words:
        page.tokens.append(
            Token((left * scale, top * scale, right * scale, bottom * scale), "Yes", method="ocr")
        )
    picture_ticks.ticks(page, grey, scale)
    return [t for t in page.tokens if isinstance(t.item, Mark)]


def trial(sheets: int, seed: int = 1) -> dict[str, Counter[str]]:
    """Return, for each quality, how many boxes came out how."""
    found: dict[str, Counter[str]] = {}
    scale = picture.points(WIDE, HIGH)
    for quality in QUALITIES:
        counts = found.setdefault(quality, Counter())
        for number in range(sheets):
            r = random.Random(seed * 1_000 + number)
            made, boxes, words = sheet(r)
            marks = told(np.asarray(seen(made, quality, r)), words)
            for box, on in boxes:
                x, y = (box[0] + box[2]) / 2 * scale, (box[1] + box[3]) / 2 * scale
                here = [
                    m.item for m in marks if m.box[0] <= x <= m.box[2] and m.box[1] <= y <= m.box[3]
                ]
                mark = here[0] if here and isinstance(here[0], Mark) else None
                if mark is None:
                    counts["lost, ticked" if on else "lost, empty"] += 1
                elif mark.on is None:
                    counts["doubtful"] += 1
                else:
                    counts[
                        "right" if mark.on == on else "wrong, ticked" if on else "wrong, empty"
                    ] += 1
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sheets", type=int, default=8)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    columns = ("right", "doubtful", "lost, empty", "lost, ticked", "wrong, empty", "wrong, ticked")
    print(f"{'quality':12}" + "".join(f"{c:>15}" for c in columns))
    for quality, counts in trial(given.sheets, given.seed).items():
        print(f"{quality:12}" + "".join(f"{counts[c]:>15}" for c in columns))


if __name__ == "__main__":
    main()
