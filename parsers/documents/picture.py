"""Scans and photographs: turned, straightened, read by rapidocr, and laid into cells.

Everything read here may be wrong in its letters: each `Text` carries the recogniser's own `sure`,
and whoever reads the form must flag identity. A picture's size is checked from its header before a
pixel is made. The recogniser loses spaces; where a picture shows a gap, they are put back.

Models are inside the rapidocr wheel; nothing is fetched. Its settings (side 1,200 pixels, no line
classifier, one line at a time, two threads) halve the defaults' time and memory.

Source: docs/sources.md, "scans".
"""

from __future__ import annotations

import io
import math
import re
from functools import lru_cache
from typing import Any

import numpy as np

from parsers.documents import cells, picture_flat, picture_ticks
from parsers.documents.limits import (
    CannotRead,
    Refused,
    Unreadable,
    Unsupported,
    check_size,
    recognising_threads,
    slow_page,
    spend_pixels,
    time_is_up,
)
from parsers.documents.model import Document
from parsers.documents.page import Matrix, Page, Token, inverse, times

SIDE = 2_500
SCANNED_PIXELS = 1_000_000_000
WEBP_PIXELS = 25_000_000
_KINDS = ("PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP", "MPO")
_ORIENTATION = 0x0112
_TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}  # EXIF's numbers to Pillow's
FRAMES = 30
_FEW = 6


def read(data: bytes) -> Document:
    """Return what a picture says, read by OCR.

    Raises:
        Refused: it has more than 50 megapixels.
        Unreadable: it is damaged.
        Unsupported: it is of a kind that is not read here, or OCR is not installed.
    """
    made: list[Page] = []
    given = frames(data)
    for number, grey in enumerate(given):
        if number and time_is_up():
            break
        made.append(page(grey, number + 1, points(grey.shape[1], grey.shape[0])))
    notes = too_slow(len(made), len(given))
    return Document("image", cells.build(made), len(made), ocr=True, notes=notes)


def too_slow(read: int, given: int) -> tuple[str, ...]:
    """Return what is to be told if not all pages were read."""
    if read == given:
        return ()
    return (f"Only the first {read} of {given} pictures were read: they took too long.",)


def points(width: int, height: int) -> float:
    """Return how many points a pixel is: the longer side is taken for that of A4."""
    return 842.0 / max(width, height, 1)


def frames(data: bytes) -> list[Any]:
    """Return a picture's pages as grey arrays, the right way up by its own note of it."""
    from PIL import Image, UnidentifiedImageError

    check_size(data)
    made: list[Any] = []
    try:
        with Image.open(io.BytesIO(data), formats=_KINDS) as image:
            for number in range(min(getattr(image, "n_frames", 1), FRAMES)):
                if number and image.format != "TIFF":
                    break  # an animation's later pictures, or a telephone's depth map
                image.seek(number)
                spend_pixels(image.width, image.height)
                if image.format == "WEBP" and image.width * image.height > WEBP_PIXELS:
                    raise Refused(
                        "the picture has more than 25 megapixels"
                    )  # it is held four times over
                _check_scans(data, image)
                made.append(_grey(image))
    except CannotRead:
        raise
    except Image.DecompressionBombError:
        raise Refused("the picture has more than 50 megapixels") from None
    except UnidentifiedImageError:
        raise Unreadable("the picture is damaged or of a kind that is not read") from None
    except (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError) as error:
        if not made:
            raise Unreadable("the picture is damaged") from error
    return made


def _check_scans(data: bytes, image: Any) -> None:
    """Refuse a JPEG that draws its picture over and over: each time costs as much as a picture."""
    if image.format in ("JPEG", "MPO") and data.count(b"\xff\xda") * image.width * image.height > (
        SCANNED_PIXELS
    ):
        raise Refused("the picture is drawn too many times over")


def _grey(image: Any) -> Any:
    """Return a picture as grey values, no larger than is read, on white where it is clear."""
    from PIL import Image

    image.draft("L", (SIDE, SIDE))
    turned = image.getexif().get(_ORIENTATION, 1)
    frame = image
    if frame.mode.startswith("I;16"):
        frame = Image.fromarray(_eight_bits(np.asarray(frame)))
    elif frame.mode == "P":
        frame = frame.convert("RGBA" if "transparency" in frame.info else "L")
    frame.thumbnail((SIDE, SIDE))
    if frame.mode in ("I", "F"):
        frame = Image.fromarray(_eight_bits(np.asarray(frame)))
    elif frame.mode in ("RGBA", "LA", "PA", "La", "RGBa"):
        frame = frame.convert("RGBA")
        frame = Image.alpha_composite(Image.new("RGBA", frame.size, "white"), frame)
    frame = frame.convert("L")
    return np.asarray(frame.transpose(_TURNS[turned]) if turned in _TURNS else frame).copy()


def _eight_bits(values: Any) -> Any:
    """Return deep grey values as bytes: 16 bits are 256 times as many steps."""
    most = float(values.max(initial=0))
    if most <= 255:
        return np.clip(values, 0, 255).astype(np.uint8)
    if values.dtype == np.uint16:
        return (values >> 8).astype(np.uint8)
    return (np.clip(values, 0, most) * (255.0 / max(most, 65_535.0))).astype(np.uint8)


def page(grey: Any, number: int, scale: float) -> Page:
    """Return a picture's words, rules and ticks; `scale` is points to a pixel.

    The page's tokens and rules stand on the picture as it was turned and straightened for reading;
    its `back` carries each place to the picture as it was given, which is what the officer is shown.
    """
    height, width = grey.shape
    if min(height, width) < 40:
        return Page(number, width * scale, height * scale)
    if _is_blank(grey):
        return Page(number, width * scale, height * scale)
    slow_page()
    sheet, lens = picture_flat.squared(grey)
    sheet = picture_flat.lit(sheet)
    straight, angle = _straightened(sheet)
    words = _recognised(straight)
    quarters = 0
    if _sideways(words, straight):
        straight, angle, words, quarters = _turned(sheet, words, straight, angle)
    found = Page(number, straight.shape[1] * scale, straight.shape[0] * scale)
    found.lying, found.standing = picture_ticks.rules(straight, scale)
    for box, text, sure in words:
        for token in _tokens(straight, box, text, sure, scale):
            found.tokens.append(token)
    picture_ticks.ticks(found, straight, scale)
    high, wide = sheet.shape
    if angle or quarters:
        found.back = _back(wide * scale, high * scale, angle, quarters)
    if lens is not None:
        sized = (scale, 0.0, 0.0, scale, 0.0, 0.0)
        seen = times(times(inverse(sized), lens), sized)
        found.back = times(found.back, seen) if found.back else seen
    return found


def _is_blank(grey: Any) -> bool:
    """Say whether a page has nothing on it: no pixel in five thousand stands out from the rest."""
    small = grey[::3, ::3]
    return float(np.ptp(np.percentile(small, (0.02, 99.98)))) < 24


# Turning and straightening


def _straightened(grey: Any) -> tuple[Any, float]:
    """Return the picture with its lines level, and the angle by which it was turned."""
    import cv2

    small = (
        cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        if max(grey.shape) > 1_400
        else grey
    )
    ink = cv2.adaptiveThreshold(
        small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 15
    )
    angle = _angle(ink)
    if abs(angle) < 0.25:
        return grey, 0.0
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    level = cv2.warpAffine(
        grey, turn, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return level, angle


def _back(width: float, height: float, angle: float, quarters: int) -> Matrix:
    """Return what carries a place on the read picture to the given one, `width` by `height`."""
    wide, high = (height, width) if quarters % 2 else (width, height)
    x, y = wide / 2, high / 2
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    level = (cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y)
    match quarters % 4:
        case 1:
            return times(level, (0, 1, -1, 0, width, 0))
        case 2:
            return times(level, (-1, 0, 0, -1, width, height))
        case 3:
            return times(level, (0, -1, 1, 0, 0, height))
        case _:
            return level


def _angle(ink: Any) -> float:
    """Return the skew in degrees at which the rows of ink are sharpest, within 8 either way."""
    import cv2

    side = 600 / max(ink.shape)
    small = (
        cv2.resize(ink, None, fx=side, fy=side, interpolation=cv2.INTER_AREA) if side < 1 else ink
    )
    height, width = small.shape

    def score(angle: float) -> float:
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
        level = cv2.warpAffine(small, turn, (width, height))
        sums = level.sum(axis=1, dtype=np.float64)
        return float(np.square(np.diff(sums)).sum())

    rough = max(np.arange(-8, 8.1, 1.0), key=score)
    return float(max(np.arange(rough - 1, rough + 1.01, 0.2), key=score))


_Word = tuple[tuple[float, float, float, float], str, float]


def _sideways(words: list[_Word], grey: Any) -> bool:
    """Say whether a picture seems to lie on its side or head: few words, or tall ones."""
    letters = re.findall(r"[A-Za-z]{3,}", " ".join(w[1] for w in words))
    tall = sum(1 for b, t, _ in words if len(t) > 3 and b[3] - b[1] > 1.5 * (b[2] - b[0]))
    sure = float(np.mean([w[2] for w in words])) if words else 0.0
    return len(letters) < _FEW or tall * 2 > len(words) or (sure < 0.8 and len(words) > 5)


def _worth(words: list[_Word]) -> float:
    level = [w for w in words if w[0][2] - w[0][0] >= w[0][3] - w[0][1] or len(w[1]) < 3]
    return sum(w[2] ** 2 * len(re.findall(r"[A-Za-z0-9]", w[1])) for w in level)


def _turned(
    grey: Any, words: list[_Word], straight: Any, back: float
) -> tuple[Any, float, list[_Word], int]:
    best = (_worth(words), straight, back, words, 0)
    for quarter in (1, 3, 2):
        level, angle = _straightened(np.ascontiguousarray(np.rot90(grey, quarter)))
        read_again = _recognised(level)
        worth = _worth(read_again)
        if worth > 1.1 * best[0]:
            best = (worth, level, angle, read_again, quarter)
    return best[1:]


# Letters


@lru_cache(maxsize=1)
def _engine() -> Any:
    try:
        import logging

        from rapidocr import RapidOCR
    except ImportError:
        raise Unsupported("image", "OCR, which reads pictures, is not installed") from None
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return RapidOCR(
        params={
            "Global.max_side_len": 1200, "Global.use_cls": False, "Global.log_level": "error",
            "Rec.rec_batch_num": 1,
            "EngineConfig.onnxruntime.intra_op_num_threads": recognising_threads(),
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )  # fmt: skip


def _recognised(grey: Any) -> list[_Word]:
    import cv2

    result = _engine()(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))
    if result.boxes is None or result.txts is None:
        return []
    made: list[_Word] = []
    for corners, text, sure in zip(result.boxes, result.txts, result.scores, strict=False):
        xs, ys = [float(c[0]) for c in corners], [float(c[1]) for c in corners]
        if text.strip():
            made.append(((min(xs), min(ys), max(xs), max(ys)), _halved(text.strip()), float(sure)))
    return made


def _halved(text: str) -> str:
    """Turn full-width signs, which the model knows from Chinese, into plain ones, and its root into a tick."""
    text = re.sub(r"\s*√\s*", " ✓ ", text).strip()
    return "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in text).replace(
        "。", "."
    )


def _tokens(
    grey: Any, box: tuple[float, float, float, float], text: str, sure: float, scale: float
) -> list[Token]:
    """Return a recognised line as words, each with its share of the line's box."""
    text = _spaced(text)
    place = (box[0] * scale, box[1] * scale, box[2] * scale, box[3] * scale)
    letter = (place[2] - place[0]) / max(1, len(text))
    return [
        Token(
            (place[0] + m.start() * letter, place[1], place[0] + m.end() * letter, place[3]),
            m[0], sure=min(sure, 0.99), method="ocr",
        )
        for m in re.finditer(r"\S+", text)
    ]  # fmt: skip


def _spaced(text: str) -> str:
    """Put back the spaces that stand in any print and that the recogniser loses."""
    text = re.sub(r"(?<=[a-z]):(?=[A-Z0-9])", ": ", text)
    text = re.sub(r"(?<=[a-z]),(?=[A-Za-z])", ", ", text)
    return re.sub(r"(?<=[a-z]{3})\.(?=[A-Z][a-z])", ". ", text) if "@" not in text else text
