"""Scans and photographs: turned, straightened, read, and their ticks told by ink."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader

from parsers.documents import ink, pdf, picture, render
from parsers.documents.limits import CannotRead, Refused, Unreadable
from parsers.documents.model import Mark, Table, walk
from tests.parsers import pdf_making as make

pytest.importorskip("rapidocr")


def form():
    def draw(c):
        c.drawString(60, 760, "Children missing education referral form")
        for n, (label, value) in enumerate([
            ("Surname", "Okoro"), ("First name", "Adaeze"), ("Date of birth", "14/03/2014"),
            ("School", "Alder Primary School"),
        ]):  # fmt: skip
            top = 720 - 30 * n
            c.rect(60, top - 10, 150, 30)
            c.rect(210, top - 10, 250, 30)
            c.drawString(66, top, label)
            c.drawString(216, top, value)
        c.drawString(60, 560, "Is the child looked after?")
        c.rect(250, 558, 11, 11)
        c.drawString(268, 560, "Yes")
        c.rect(320, 558, 11, 11)
        c.setLineWidth(1.6)
        c.line(321, 559, 330, 568)
        c.line(321, 568, 330, 559)
        c.drawString(338, 560, "No")

    document = pypdfium2.PdfDocument(make.canvas(draw))
    return document[0].render(scale=2, grayscale=True).to_pil().convert("L")


def noisy(image, angle=0.0, quarter=0):
    turned = image.rotate(angle, fillcolor=255, resample=Image.Resampling.BICUBIC)
    pixels = np.asarray(turned).astype(float)
    pixels += np.random.default_rng(7).normal(0, 9, pixels.shape)
    return Image.fromarray(np.rot90(pixels.clip(0, 255).astype("uint8"), quarter).copy())


def png(image):
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def check(read):
    assert read.ocr
    table = next(b for b in read.blocks if isinstance(b, Table))
    assert [c.text for c in table.cells] == [
        "Surname", "Okoro", "First name", "Adaeze", "Date of birth", "14/03/2014", "School", "Alder Primary School",
    ]  # fmt: skip
    items = [i for c in table.cells for i in c.items]
    assert all(i.place.method == "ocr" and 0.5 < i.sure < 1 for i in items)
    assert [b.on for b in walk(read.blocks) if isinstance(b, Mark)] == [False, True]


def test_a_skewed_and_noisy_picture_is_read_into_cells():
    check(picture.read(png(noisy(form(), 1.5))))


@pytest.mark.parametrize("quarter", [1, 2])
def test_a_picture_on_its_side_or_head_is_turned(quarter):
    check(picture.read(png(noisy(form(), 0, quarter))))


def where(read, words):
    """Return the box of the words in the table."""
    table = next(b for b in read.blocks if isinstance(b, Table))
    return next(
        i.place.box for c in table.cells for i in c.items if getattr(i, "text", "") == words
    )


def ink_within(image, box, scale):
    """Return the dark share of a picture inside a box in points."""
    pixels = np.asarray(image.convert("L")) < 128
    left, top, right, bottom = (round(edge * scale) for edge in box)
    return pixels[max(0, top) : bottom, max(0, left) : right].mean()


@pytest.mark.parametrize(("angle", "quarter"), [(0, 1), (0, 2), (0, 3), (2.0, 0), (-1.5, 1)])
def test_places_are_on_the_page_as_it_is_shown(angle, quarter):
    given = noisy(form(), angle, quarter)
    data = png(given)
    read = picture.read(data)
    shown = render.pages(data, "png")[0]
    # Where the drawing put the words, carried to the picture as it was given.
    x, y = (216 + 20) * 1.0, 842 - 724.0
    turn = np.deg2rad(-angle)
    dx, dy = x - 297.5, y - 421
    x, y = (
        297.5 + dx * np.cos(turn) - dy * np.sin(turn),
        421 + dx * np.sin(turn) + dy * np.cos(turn),
    )
    x, y = [(x, y), (y, 595 - x), (595 - x, 842 - y), (842 - y, x)][quarter]
    left, top, right, bottom = where(read, "Okoro")
    assert left < x < right
    assert top < y < bottom
    assert 0 <= left < right <= shown.width_pt
    assert 0 <= top < bottom <= shown.height_pt
    assert (right - left) * (bottom - top) < 60 * 30
    assert ink_within(given, (left, top, right, bottom), given.width / shown.width_pt) > 0.05


def test_a_scanned_page_with_a_worthless_layer_is_read_from_its_picture():
    image = ImageReader(noisy(form(), -0.8))

    def draw(c):
        c.drawImage(image, 0, 0, 595, 842)
        text = c.beginText(60, 700)
        text.setTextRenderMode(3)
        text.textLine("j8k ]] qq ~~ l1l ||| xz zzk 00l ;; .. nvv qx")
        c.drawText(text)

    read = pdf.read(make.canvas(draw))
    assert read.format == "scan"
    check(read)


def test_a_picture_is_shown_grey_and_small():
    shown = render.pages(png(form()), "png")[0]
    with Image.open(io.BytesIO(shown.png)) as image:
        assert image.mode == "L"
        assert max(image.size) <= 2_500
    assert shown.height_pt == pytest.approx(842, abs=1)


def test_a_picture_of_too_many_pixels_is_refused_by_its_header():
    head = png(Image.new("L", (10, 10)))
    huge = head[:16] + (30_000).to_bytes(4, "big") * 2 + head[24:]
    with pytest.raises((Refused, Unreadable)):
        picture.read(huge)
    with pytest.raises(Refused):
        picture.read(png(Image.new("1", (8_000, 7_000))))


_WHOLE = png(Image.new("L", (50, 50), 255))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, len(_WHOLE) - 1), st.binary(max_size=30))
def test_no_bytes_raise_anything_but_our_own(cut, more):
    try:
        read = picture.read(_WHOLE[:cut] + more)
    except CannotRead:
        return
    assert read.ocr


def test_a_letter_of_a_word_is_no_tick_box_and_a_box_before_a_word_is() -> None:
    font = ImageFont.load_default(24)
    made = Image.new("L", (400, 120), 255)
    draw = ImageDraw.Draw(made)
    draw.text((20, 10), "Brackwater, BX4 DOB", 0, font)
    draw.rectangle((20, 72, 38, 90), outline=0, width=2)
    draw.text((48, 66), "Yes", 0, font)
    found = [s for s in ink.squares(np.asarray(made), 8, 40) if not s.is_letter]
    assert [(round(s.box[0]), s.on) for s in found] == [(21, False)]


def test_a_scan_on_a_page_of_any_size_has_its_places_on_that_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(picture, "_recognised", lambda _: [])
    small, large = (_scan_page(size) for size in ((595, 842), (1654, 2339)))
    assert small[0] == large[0]
    assert large[1] == pytest.approx(tuple(2.78 * edge for edge in small[1]), rel=0.05)


def _scan_page(size: tuple[int, int]) -> tuple[list[str], tuple[float, ...]]:
    """Return the ticks and the box of the first one of a picture without words, as a PDF's page."""
    made = Image.new("L", (1654, 2339), 255)
    draw = ImageDraw.Draw(made)
    for n in range(3):
        draw.rectangle((200, 300 + 200 * n, 1400, 500 + 200 * n), outline=0, width=4)
        draw.line((800, 300 + 200 * n, 800, 500 + 200 * n), fill=0, width=4)
        draw.rectangle((1000, 380 + 200 * n, 1040, 420 + 200 * n), outline=0, width=4)
    out = io.BytesIO()
    made.save(out, "PDF", resolution=72 * 1654 / size[0])
    document = pdf.read(out.getvalue())
    marks = [b for b in walk(document.blocks) if isinstance(b, Mark)]
    return [m.place.words for m in marks], marks[0].place.box or ()
