"""PDFs: characters and rules by PDFium into cells; controls by pikepdf; scans to the picture reader.

PDFium is not thread-safe and may abort the whole process on hostile bytes: call this in a capped
worker, one document at a time. What can be refused beforehand is refused by `_guard`, which counts
each stream while it inflates. Page boxes lie: the view is turned and cut by /Rotate and the crop
box, so every place is carried from the page's own space to what a reader sees.

A scan may have a text layer that some machine once guessed. It is believed only if its words look
like words; otherwise the page is read from its picture.

Source: ISO 32000-1, 7.3.10 (boxes), 8.5 (paths), 9 (text); docs/sources.md.
"""

from __future__ import annotations

import ctypes
import io
import itertools
import re
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from parsers.documents import acroform, cells, glyphs
from parsers.documents.cells import Page, Rule, Token
from parsers.documents.limits import CannotRead, Locked, Refused, Unreadable, check_size
from parsers.documents.model import Block, Box, Document, Mark, Place

PAGES_OPENED = 200
PAGES_READ = 30
CHARACTERS = 20_000
PATHS = 20_000
STREAM = 64 * 1024 * 1024
_FILTERED = frozenset({"/FlateDecode", "/Fl"})
_PASSWORD_ERROR = 4


def read(data: bytes, passwords: Sequence[str] = ()) -> Document:
    """Return what a PDF says: format pdf, acroform, xfa or scan.

    Raises:
        Locked: it needs a password and none of `passwords` opens it.
        Unreadable: it is damaged, or is a picture that nothing can read.
        Refused: it is hostile or over a limit.
    """
    check_size(data)
    password, form = _opened(data, passwords)
    if form.xfa:
        return Document("xfa", form.xfa, pages=1, notes=form.notes)
    try:
        document = _open(data, password)
    except Locked:
        raise
    except CannotRead:
        return _fallback(data, password)
    try:
        return _read(document, form, data, password)
    finally:
        document.close()


def _open(data: bytes, password: str | None) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(data, password=password)
        count = len(document)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD_ERROR or "assword" in str(error):
            raise Locked() from None
        raise Unreadable("the PDF is damaged") from error
    if count > PAGES_OPENED:
        document.close()
        raise Refused("the PDF has more than 200 pages")
    if not count:
        document.close()
        raise Unreadable("the PDF has no pages")
    return document


# Before PDFium sees it


def _guard(data: bytes, passwords: Sequence[str]) -> str | None:
    """Return the password that opens the file (None for none), and refuse bombs and page loops."""
    return _opened(data, passwords, False)[0]


def _opened(
    data: bytes, passwords: Sequence[str], wanted: bool = True
) -> tuple[str | None, acroform.Controls]:
    """Return the password and, if they are wanted, the controls, from one look at the objects."""
    wanted = wanted and acroform.may_have_any(data)
    for password in ("", *passwords):
        try:
            with pikepdf.open(io.BytesIO(data), password=password) as opened:
                _inspect(opened)
                return password or None, acroform.found(opened) if wanted else acroform.Controls()
        except pikepdf.PasswordError:
            continue
        except CannotRead:
            raise
        except Exception:
            # PDFium mends what qpdf does not.
            return passwords[0] if passwords else None, acroform.Controls()
    raise Locked()


def _inspect(opened: pikepdf.Pdf) -> None:
    total = 0
    if len(opened.objects) > 400_000:
        raise Refused("the PDF has more than 400,000 objects")
    _count_pages(opened)
    for thing in opened.objects:
        if not isinstance(thing, pikepdf.Stream):
            continue
        filters = thing.get("/Filter")
        if filters is None:
            continue
        names = [str(filters)] if isinstance(filters, pikepdf.Name) else [str(f) for f in filters]
        if len(names) > 4:
            raise Refused("a part of the PDF is compressed many times over")
        if not names or names[0] not in _FILTERED:
            continue
        # Only what could inflate far is inflated: deflate makes at most a thousand to one.
        packed = int(thing.get("/Length", 0) or 0)
        twice = sum(n in _FILTERED for n in names) > 1
        if packed * 1_030 < 8 * 1024 * 1024 and not twice:
            continue
        size = _inflated(thing.read_raw_bytes(), 2 if twice else 1)
        total += size
        if size > STREAM or total > 4 * STREAM:
            raise Refused("a part of the PDF inflates to more than 64 MB")


def _count_pages(opened: pikepdf.Pdf) -> None:
    root = opened.Root.get("/Pages")
    seen: set[tuple[int, int]] = set()
    count = 0
    stack = [root] if root is not None else []
    while stack:
        node = stack.pop()
        if not isinstance(node, pikepdf.Dictionary):
            continue
        key = node.objgen
        if key != (0, 0):
            if key in seen:
                raise Refused("the PDF's pages go round in a loop")
            seen.add(key)
        kids = node.get("/Kids")
        if isinstance(kids, pikepdf.Array):
            stack.extend(kids)
        else:
            count += 1
        if count > PAGES_OPENED:
            raise Refused("the PDF has more than 200 pages")


def _inflated(packed: bytes, times: int) -> int:
    """Return how much a stream inflates to, stopping at the limit; nested deflates are followed."""
    chain = [zlib.decompressobj() for _ in range(times)]
    size = 0

    def push(piece: bytes, level: int) -> None:
        nonlocal size
        if level == len(chain):
            return
        machine = chain[level]
        while piece and not machine.eof:
            out = machine.decompress(piece, 262_144)
            size += len(out)
            if size > STREAM:
                return
            push(out, level + 1)
            piece = machine.unconsumed_tail

    try:
        for at in range(0, len(packed), 65_536):
            push(packed[at : at + 65_536], 0)
            if size > STREAM:
                break
    except zlib.error:
        return size
    return size


# Reading


def _read(
    document: pdfium.PdfDocument, form: acroform.Controls, data: bytes, password: str | None
) -> Document:
    count = len(document)
    notes = list(form.notes)
    if count > PAGES_READ:
        notes.append(f"Only the first {PAGES_READ} of {count} pages were read.")
    pages: list[Page] = []
    pictures: list[int] = []
    for number in range(min(count, PAGES_READ)):
        try:
            page, scanned = _page(document, number, form)
        except pdfium.PdfiumError:
            notes.append(f"Page {number + 1} is damaged and was not read.")
            continue
        pages.append(page)
        if scanned:
            pictures.append(number)
    if not pages:
        return _fallback(data, password)
    if not pictures:
        blocks = cells.build(pages)
        return Document("acroform" if form.any else "pdf", blocks, count, notes=tuple(notes))
    return _with_pictures(document, pages, pictures, form, notes)


def _with_pictures(
    document: pdfium.PdfDocument, pages: list[Page], pictures: list[int],
    form: acroform.Controls, notes: list[str],
) -> Document:  # fmt: skip
    from parsers.documents import picture, render

    made: list[Page] = []
    for page in pages:
        if page.number - 1 in pictures:
            image, scale = render.array(document, page.number - 1)
            scanned = picture.page(image, page.number, 1 / scale)
            controls = [t for t in page.tokens if t.item is not None]
            if scanned.back is not None:
                forth = cells.inverse(scanned.back)
                for token in controls:
                    token.box, token.anchor = cells.moved(token.box, forth), None
            scanned.tokens.extend(controls)
            made.append(scanned)
        else:
            made.append(page)
    format = "scan" if len(pictures) * 2 >= len(pages) else "pdf"
    if form.any and format == "pdf":
        format = "acroform"
    return Document(format, cells.build(made), len(document), ocr=True, notes=tuple(notes))


def _page(document: pdfium.PdfDocument, number: int, form: acroform.Controls) -> tuple[Page, bool]:
    leaf = document[number]
    try:
        width, height = leaf.get_size()
        page = Page(number + 1, width, height)
        view = View(leaf, width, height)
        drawn = _draw(leaf, view)
        page.lying, page.standing, page.fills = drawn.lying, drawn.standing, drawn.fills
        text = leaf.get_textpage()
        try:
            letters = _words(text, view, page, drawn.boxed)
        finally:
            text.close()
        scanned = drawn.cover > 0.6 and not _worthy(page, letters)
        if drawn.cover > 0.6 and scanned:
            page.tokens = []
        _squares(page, drawn)
        acroform.lay(form, page, view.to_view)
        return page, scanned or (letters < 3 and drawn.cover > 0.3)
    finally:
        leaf.close()


_WORD = re.compile(r"[A-Za-z][a-z]{2,}|[A-Z]{3,}|\d{1,2}/\d{1,2}/\d{2,4}")
# What every form says, and what the vocabulary makes equal or leaves out of its labels.
_COMMON = frozenset(
    ("the", "and", "for", "this", "form", "yes", "details", "information", "pupil", "telephone",
     "siblings", "student", "learner", "council", "carer", "gender", "last")
)  # fmt: skip


@lru_cache(maxsize=1)
def _form_words() -> frozenset[str]:
    """Return the words of which forms' labels are made."""
    from parsers import vocabulary

    labels = (*vocabulary.standard().exact, *vocabulary.standard().sections)
    return _COMMON | {word for label in labels for word in label if len(word) > 2}


def _worthy(page: Page, letters: int) -> bool:
    """Say whether a scan's own text layer can be believed."""
    words = [w for t in page.tokens if t.item is None for w in t.text.split()]
    if letters < 20 or len(words) < 5:
        return False
    real = sum(bool(_WORD.fullmatch(w.strip(".,:;()?"))) for w in words)
    if real / len(words) <= 0.6:
        return False
    return len({w.strip(".,:;()?").casefold() for w in words} & _form_words()) >= 4


class View:
    """Carries points from a page's own space to the page as it is seen, origin top left."""

    def __init__(self, leaf: pdfium.PdfPage, width: float, height: float) -> None:
        self.matrix = _device(leaf, width, height)

    def to_view(self, left: float, bottom: float, right: float, top: float) -> Box:
        a, b, c, d, e, f = self.matrix
        x0, y0 = a * left + c * bottom + e, b * left + d * bottom + f
        x1, y1 = a * right + c * top + e, b * right + d * top + f
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _device(leaf: pdfium.PdfPage, width: float, height: float) -> tuple[float, ...]:
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


# Words

_DINGBATS = {
    0x33: True, 0x34: True, 0x35: True, 0x36: True, 0x37: True, 0x38: True,
    0x6E: True, 0x6F: False, 0x70: False, 0x71: False, 0x72: False,
}  # fmt: skip


class _Font:
    __slots__ = ("bold", "italic", "name", "symbol")

    def __init__(self, name: str, weight: int, stroked: bool) -> None:
        plain = name.split("+", 1)[-1]
        folded = plain.casefold()
        self.bold = (
            any(w in folded for w in ("bold", "black", "heavy", "demi")) or weight >= 600 or stroked
        )
        self.italic = "italic" in folded or "oblique" in folded
        family = re.sub(r"[-,].*$", "", folded).replace("mt", "").strip()
        family = re.sub(r"(?<=wingdings)\s*(?=\d)", " ", family).strip()
        self.name = family
        self.symbol = glyphs.is_symbol_font(family) or family in ("zapfdingbats", "itczapfdingbats")

    def state(self, code: int) -> bool | None:
        if "dingbats" in self.name:
            return _DINGBATS.get(code)
        return glyphs.symbol(self.name, code)


def _words(text: pdfium.PdfTextPage, view: View, page: Page, apart: bool = False) -> int:
    """Put the page's words, with their boxes, into `page`; return how many letters there are.

    Words that stand beside each other in one style become one token, unless they are to be kept
    `apart` since small boxes are drawn among them.
    """
    count = raw.FPDFText_CountChars(text.raw)
    if count <= 0:
        return 0
    letters = _characters(text.raw, min(count, CHARACTERS))
    reader = _Letters(text.raw, letters, view)
    walls = _Walls(page.standing)
    runs = [found.span() for found in _RUN.finditer(letters)]
    owners = [reader.owner(start) for start, _ in runs]
    owners.append(-1)
    tokens, number = page.tokens, 0
    plain = letters.isascii() and "\x02" not in letters
    open_token: Token | None = None
    for n, (start, end) in enumerate(runs):
        number += end - start
        box = first = reader.box(start)
        font = closing = reader.font(owners[n], start)
        word = letters[start:end]
        odd = font.symbol or (not plain and glyphs.private(word))
        if end - start > 1:
            last = reader.box(end - 1)
            # A text object's letters stand together, so one that begins the next word ends this.
            if owners[n + 1] != owners[n]:
                closing = reader.font(reader.owner(end - 1), end - 1)
            odd = odd or closing.symbol or font.bold != closing.bold
            odd = odd or last[1] > first[3] + 1 or last[0] < first[0] - 1
            box = (
                first[0], min(first[1], last[1]), max(first[2], last[2]), max(first[3], last[3]),
            )  # fmt: skip
        if odd or walls.between(box[0] + 1.5, box[2] - 1.5, (box[1] + box[3]) / 2):
            tokens.extend(_lettered(reader, start, end, walls))
            open_token = None
            continue
        cleaned = word if plain else _clean(word)
        if not cleaned:
            continue
        loose = apart or (not word.isalnum() and _BLANKS.search(word) is not None)
        if open_token is not None and not loose and _beside(open_token, box, font, walls):
            old = open_token.box
            open_token.text += " " + cleaned
            open_token.box = (old[0], min(old[1], box[1]), box[2], max(old[3], box[3]))
            continue
        token = Token(box, cleaned, font.bold, font.italic, lead=box[2])
        tokens.append(token)
        open_token = None if loose else token
    return number


_BLANKS = re.compile(r"[_.…·\-]{2}|…|^\W+$")


def _beside(token: Token, box: Box, font: _Font, walls: _Walls) -> bool:
    """Say whether a word goes on where a token of its style ends, only a space between."""
    old = token.box
    return (
        -1 <= box[0] - old[2] <= max(4.0, 0.6 * (box[3] - box[1]))
        and abs(box[1] - old[1]) < 0.5
        and abs(box[3] - old[3]) < 0.5
        and token.bold == font.bold
        and token.italic == font.italic
        and not walls.between(old[2] - 1, box[0] + 1, (box[1] + box[3]) / 2)
    )


class _Walls:
    """Standing rules, by their places from left to right."""

    __slots__ = ("ats", "rules")

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = sorted(cells.merged(rules), key=lambda r: r.at)
        self.ats = [r.at for r in self.rules]

    def between(self, left: float, right: float, y: float) -> bool:
        begin = bisect_right(self.ats, left)
        if begin == len(self.ats) or self.ats[begin] >= right:
            return False
        for rule in self.rules[begin:]:
            if rule.at >= right:
                return False
            if rule.start <= y <= rule.end:
                return True
        return False


def _characters(handle: Any, count: int) -> str:
    """Return one character for each of PDFium's, so that places in the string are its indexes."""
    buffer = (ctypes.c_ushort * (count + 1))()
    got = raw.FPDFText_GetText(handle, 0, count, buffer)
    text = bytes(buffer)[: 2 * max(0, got - 1)].decode("utf-16-le", "replace")
    if len(text) == count:
        return text
    made = []
    for i in range(count):
        code = raw.FPDFText_GetUnicode(handle, i)
        made.append(chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd")
    return "".join(made)


_RUN = re.compile(r"[^\s\u00a0\u2000-\u200b\u3000\x00]+")


def _clean(text: str) -> str:
    if text.isascii() and "\x02" not in text:
        return text
    # PDFium writes its own signs where a hyphen ends a line.
    return (
        text.replace("\x02", "-")
        .replace("\ufffe", "-")
        .replace("\u00ad", "-")
        .translate(_LIGATURES)
    )


_LIGATURES = str.maketrans({
    "ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "\ufeff": "", "\u200b": "",
})  # fmt: skip


_Address = ctypes.c_void_p
# PDFium's own functions by their addresses, since its wrappers check each argument each time. They
# are short, so the interpreter's lock is kept.
_loose_box = ctypes.PYFUNCTYPE(ctypes.c_int, _Address, ctypes.c_int, _Address)(
    ctypes.cast(raw.FPDFText_GetLooseCharBox, _Address).value or 0
)
_text_object = ctypes.PYFUNCTYPE(_Address, _Address, ctypes.c_int)(
    ctypes.cast(raw.FPDFText_GetTextObject, _Address).value or 0
)


_segment = ctypes.PYFUNCTYPE(_Address, _Address, ctypes.c_int)(
    ctypes.cast(raw.FPDFPath_GetPathSegment, _Address).value or 0
)
_segment_point = ctypes.PYFUNCTYPE(ctypes.c_int, _Address, _Address, _Address)(
    ctypes.cast(raw.FPDFPathSegment_GetPoint, _Address).value or 0
)
_segment_kind = ctypes.PYFUNCTYPE(ctypes.c_int, _Address)(
    ctypes.cast(raw.FPDFPathSegment_GetType, _Address).value or 0
)
_segment_closes = ctypes.PYFUNCTYPE(ctypes.c_int, _Address)(
    ctypes.cast(raw.FPDFPathSegment_GetClose, _Address).value or 0
)


class _Letters:
    """A page's letters with their boxes and fonts, asked of PDFium without new objects."""

    __slots__ = ("_at", "_fonts", "_handle", "_rect", "_straight", "_view", "handle", "text")

    def __init__(self, handle: Any, text: str, view: View) -> None:
        self.handle = handle
        self.text = text
        self._view = view
        self._handle = ctypes.cast(handle, _Address).value
        self._rect = (ctypes.c_float * 4)()  # left, top, right, bottom
        self._at = ctypes.addressof(self._rect)
        self._fonts: dict[int, _Font] = {}
        a, b, c, d, _, _ = view.matrix
        self._straight = a > 0 > d and b == c == 0

    def box(self, index: int) -> Box:
        if not _loose_box(self._handle, index, self._at):
            return 0.0, 0.0, 0.0, 0.0
        left, top, right, bottom = self._rect
        if self._straight and left <= right and bottom <= top:
            a, _, _, d, e, f = self._view.matrix
            return a * left + e, d * top + f, a * right + e, d * bottom + f
        return self._view.to_view(left, bottom, right, top)

    def owner(self, index: int) -> int:
        """Return the text object a letter belongs to; 0 if PDFium made the letter up."""
        return _text_object(self._handle, index) or 0

    def font(self, owner: int, index: int) -> _Font:
        known = self._fonts.get(owner)
        if known is None:
            known = self._fonts[owner] = self._face(index)
        return known

    def _face(self, index: int) -> _Font:
        buffer = ctypes.create_string_buffer(128)
        flags = ctypes.c_int()
        raw.FPDFText_GetFontInfo(self.handle, index, buffer, 128, flags)
        thing = raw.FPDFText_GetTextObject(self.handle, index)
        mode = raw.FPDFTextObj_GetTextRenderMode(thing) if thing else 0
        name = buffer.value.decode("utf-8", "replace")
        return _face(name, raw.FPDFText_GetFontWeight(self.handle, index), mode == 2)


@lru_cache(maxsize=256)
def _face(name: str, weight: int, stroked: bool) -> _Font:
    return _Font(name, weight, stroked)


def _lettered(reader: _Letters, start: int, end: int, walls: _Walls) -> list[Token]:
    """Return a run of letters as the tokens that a rule, a tick or a turn inside it makes of it."""
    made: list[Token] = []
    open_word = False
    for i in range(start, end):
        font, box = reader.font(reader.owner(i), i), reader.box(i)
        sign = reader.text[i]
        if font.symbol or "\uf000" <= sign <= "\uf0ff":
            state = font.state(ord(sign))
            if state is None and glyphs.is_tick(sign):
                state = glyphs.state(sign)[0]
            if state is not None:
                made.append(Token(box, item=Mark(state, "glyph", Place(""))))
            open_word = False
            continue
        letter = _clean(sign)
        last = made[-1] if made else None
        if last is not None and open_word:
            y = (box[1] + box[3]) / 2
            middle = (last.box[2] + box[0]) / 2
            near = max(2.0, (box[0] - last.box[2]) / 2 + 1)
            cut = (
                box[1] > last.box[3]
                or box[0] < last.box[0] - 2
                or walls.between(middle - near, middle + near, y)
            )
            if not cut and font.bold == last.bold:
                last.text += letter
                last.box = cells.union((last.box, box))
                continue
            made.append(Token(box, letter, font.bold, font.italic, glued=not cut))
        else:
            made.append(Token(box, letter, font.bold, font.italic))
        open_word = True
    return [t for t in made if t.item is not None or t.text]


# Drawings


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


_Matrix = cells.Matrix
_SAME: _Matrix = (1, 0, 0, 1, 0, 0)
_times = cells.times


def _object_matrix(thing: Any) -> _Matrix:
    m = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(thing, m)
    return m.a, m.b, m.c, m.d, m.e, m.f


def _draw(leaf: pdfium.PdfPage, view: View) -> Drawn:
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
    matrix: _Matrix,
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
        corners = _moved(_times(_object_matrix(thing), matrix), ((0, 0), (1, 0), (0, 1), (1, 1)))
        box = _bounds(view, corners)
        wide = max(0.0, min(box[2], 10_000) - max(box[0], 0))
        drawn.cover = max(drawn.cover, min(1.0, wide * (box[3] - max(0, box[1])) / area))
    elif kind == raw.FPDF_PAGEOBJ_FORM and depth < 8:
        inner = _times(_object_matrix(thing), matrix)
        for i in range(min(raw.FPDFFormObj_CountObjects(thing), 20_000)):
            if budget[0] <= 0:
                return
            budget[0] -= 1
            _object(
                raw.FPDFFormObj_GetObject(thing, i), inner, view, drawn, budget, area, depth + 1
            )


def _moved(m: _Matrix, points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    a, b, c, d, e, f = m
    return [(a * x + c * y + e, b * x + d * y + f) for x, y in points]


def _bounds(view: View, points: Sequence[tuple[float, float]]) -> Box:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return view.to_view(min(xs), min(ys), max(xs), max(ys))


def _path(thing: Any, matrix: _Matrix, view: View, drawn: Drawn, budget: list[int]) -> None:
    count = raw.FPDFPath_CountSegments(thing)
    if count < 2:
        return
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(thing, mode, stroke)
    budget[0] -= count // 20
    if not (mode.value or stroke.value):
        return
    filled = bool(mode.value) and (tone := _tone(thing)) is not None
    whole = _times(_object_matrix(thing), matrix)
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
    thing: Any, count: int, matrix: _Matrix, view: View
) -> tuple[list[list[tuple[float, float]]], list[int]]:
    paths: list[list[tuple[float, float]]] = []
    bends: list[int] = []
    number = (ctypes.c_float * 2)()
    x = ctypes.addressof(number)
    y = x + 4
    a, b, c, d, e, f = _times(matrix, view.matrix)  # type: ignore[arg-type]
    path = ctypes.cast(thing, _Address).value
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


def _squares(page: Page, drawn: Drawn) -> None:
    """Put drawn tick boxes into the page as marks, on by what is drawn or written in them."""
    boxes = [*_lone_squares(page), *drawn.squares, *drawn.rings]
    kept: list[Box] = []
    for box in boxes:
        if not any(_inside(cells.middle(box), other) for other in kept):
            kept.append(box)
    if len(kept) > 400 or _is_comb(kept, page):
        for box in kept:
            _outline(box, page)
        return
    for box in kept:
        inner = [t for t in page.tokens if t.item is None and _inside(cells.middle(t.box), box)]
        letters = "".join(t.text for t in inner).strip()
        ticked = bool(letters) or any(
            _inside(cells.middle(m), box) and max(m[2] - m[0], m[3] - m[1]) < 1.35 * (box[2] - box[0])
            and max(m[2] - m[0], m[3] - m[1]) > 0.25 * (box[2] - box[0])
            for m in drawn.marks if not _same(m, box)
        )  # fmt: skip
        ticked = ticked or any(_same(m, box) for m in drawn.marks)
        if len(letters) > 1 or letters.isdigit():
            _outline(box, page)
            continue
        page.tokens = [t for t in page.tokens if t not in inner] if inner else page.tokens
        page.tokens.append(Token(box, item=Mark(ticked, "ink", Place("", method="ink"), sure=0.97)))


def _same(a: Box, b: Box) -> bool:
    return all(abs(p - q) < 1.2 for p, q in zip(a, b, strict=True))


def _outline(box: Box, page: Page) -> None:
    page.lying += [Rule(box[1], box[0], box[2]), Rule(box[3], box[0], box[2])]
    page.standing += [Rule(box[0], box[1], box[3]), Rule(box[2], box[1], box[3])]


def _is_comb(boxes: list[Box], page: Page) -> bool:
    """Say whether squares touch in a row, as the boxes for a date's figures do."""
    touching = sum(
        any(abs(a[2] - b[0]) < 1.5 and abs(a[1] - b[1]) < 1.5 for b in boxes) for a in boxes
    )
    return touching >= 4 and touching * 2 > len(boxes)


def _inside(point: tuple[float, float], box: Box) -> bool:
    return box[0] - 1 <= point[0] <= box[2] + 1 and box[1] - 1 <= point[1] <= box[3] + 1


def _lone_squares(page: Page) -> list[Box]:
    """Return tick boxes drawn as four separate lines, their lines taken out of the rules."""
    small_h = [r for r in page.lying if 5 <= r.end - r.start <= 24]
    small_v = [r for r in page.standing if 5 <= r.end - r.start <= 24]
    if not small_h or not small_v or len(small_h) > 400:
        return []
    found: list[Box] = []
    used: set[int] = set()
    for top in small_h:
        for low in small_h:
            side = low.at - top.at
            if not (
                5 <= side <= 24 and abs(top.start - low.start) < 1 and abs(top.end - low.end) < 1
            ):
                continue
            if not 0.75 < (top.end - top.start) / side < 1.34:
                continue
            sides = [
                v for v in small_v
                if min(abs(v.at - top.start), abs(v.at - top.end)) < 1
                and abs(v.start - top.at) < 1.2 and abs(v.end - low.at) < 1.2
            ]  # fmt: skip
            if len({round(v.at - top.start) > 1 for v in sides}) == 2:
                found.append((top.start, top.at, top.end, low.at))
                used |= {id(top), id(low), *(id(v) for v in sides)}
    page.lying = [r for r in page.lying if id(r) not in used]
    page.standing = [r for r in page.standing if id(r) not in used]
    return found


# When PDFium fails


def _fallback(data: bytes, password: str | None) -> Document:
    """Read with pdfplumber what PDFium does not open: words and rules into the same cells."""
    import pdfplumber

    pages: list[Page] = []
    try:
        with pdfplumber.open(io.BytesIO(data), password=password) as opened:
            count = len(opened.pages)
            if count > PAGES_OPENED:
                raise Refused("the PDF has more than 200 pages")
            for leaf in opened.pages[:PAGES_READ]:
                pages.append(_plumbed(leaf))
    except CannotRead:
        raise
    except Exception as error:
        raise Unreadable("the PDF is damaged") from error
    blocks: tuple[Block, ...] = cells.build(pages)
    if not blocks:
        raise Unreadable("the PDF is damaged")
    return Document(
        "pdf", blocks, count, notes=("The PDF is damaged; it was read in a second way.",)
    )


def _plumbed(leaf: Any) -> Page:
    if len(leaf.chars) > CHARACTERS:
        raise Refused("a page of the PDF has more than 20,000 characters")
    page = Page(leaf.page_number, float(leaf.width), float(leaf.height))
    for word in leaf.extract_words(extra_attrs=["fontname"]):
        box = (float(word["x0"]), float(word["top"]), float(word["x1"]), float(word["bottom"]))
        page.tokens.append(Token(box, word["text"], "bold" in word["fontname"].casefold()))
    for edge in leaf.edges[:PATHS]:
        _into(page, edge)
    return page


def _into(page: Page, edge: dict[str, Any]) -> None:
    if edge["orientation"] == "h":
        page.lying.append(Rule(float(edge["top"]), float(edge["x0"]), float(edge["x1"])))
    else:
        page.standing.append(Rule(float(edge["x0"]), float(edge["top"]), float(edge["bottom"])))
