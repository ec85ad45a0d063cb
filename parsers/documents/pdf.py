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

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pikepdf
import pypdfium2 as pdfium

from parsers.documents import acroform, acroform_page, cells, limits, pdf_marked
from parsers.documents.limits import (
    CannotRead,
    Locked,
    Refused,
    Unreadable,
    Unsupported,
    check_size,
)
from parsers.documents.model import Block, Document
from parsers.documents.page import Page, Rule, Token, inverse, moved, times
from parsers.documents.pdf_drawn import PATHS, check_pieces, draw
from parsers.documents.pdf_guard import PAGES_OPENED, inspect
from parsers.documents.pdf_ticks import squares
from parsers.documents.pdf_view import View
from parsers.documents.pdf_words import CHARACTERS, quarters, words_of

PAGES_READ = 30
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
    if form.inside is not None:
        return _portfolio(form.inside, passwords)
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


def _portfolio(inside: Sequence[bytes], passwords: Sequence[str]) -> Document:
    """Return the one file that a PDF is only the wrapping of."""
    from parsers.documents import word

    if len(inside) != 1:
        raise Unsupported("pdf", "the PDF is a portfolio of several files")
    data = inside[0]
    if b"/Collection" in data[:-1] and data[:4] == b"%PDF" and _opened(data, passwords)[1].inside:
        raise Refused("the PDF is a portfolio in a portfolio")
    document = word.read(data) if data[:2] == b"PK" else read(data, passwords)
    notes = (*document.notes, "The PDF is a portfolio; the file in it was read.")
    return replace(document, notes=notes)


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
                inspect(opened)
                return password or None, acroform.found(opened) if wanted else acroform.Controls()
        except pikepdf.PasswordError:
            continue
        except CannotRead:
            raise
        except Exception:
            # PDFium mends what qpdf does not.
            return passwords[0] if passwords else None, acroform.Controls()
    raise Locked()


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
        if page.number - 1 in pictures and limits.time_is_up():
            notes.append(f"Page {page.number} is a picture and was not read: it took too long.")
        elif page.number - 1 in pictures:
            image, scale = render.array(document, page.number - 1)
            points = picture.points(image.shape[1], image.shape[0])
            scanned = picture.page(image, page.number, points)
            larger = 1 / (scale * points)  # than A4, as which every picture is read
            if not 0.8 < larger < 1.25 or scanned.back is not None:
                grown = (larger, 0.0, 0.0, larger, 0.0, 0.0)
                scanned.back = times(scanned.back, grown) if scanned.back else grown
            controls = [t for t in page.tokens if t.item is not None]
            if scanned.back is not None:
                forth = inverse(scanned.back)
                for token in controls:
                    token.box, token.anchor = moved(token.box, forth), None
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
    view = shown = None
    rotation = leaf.get_rotation()
    try:
        shown = View(leaf, *leaf.get_size())
        check_pieces(leaf)
        text = leaf.get_textpage()
        view = _turned(leaf, text, shown)
        page = Page(number + 1, *leaf.get_size())
        if view is not shown:
            page.back = times(inverse(view.matrix), shown.matrix)
        drawn = draw(leaf, view)
        page.lying, page.standing, page.fills = drawn.lying, drawn.standing, drawn.fills
        try:
            letters = words_of(text, view, page, drawn.boxed)
            told = [(view.to_view(*box), kind) for box, kind in form.marked.get(number, ())]
            marks = pdf_marked.found(page, [*drawn.fills, *drawn.marks], told)
            if marks:
                page.tokens = []
                words_of(text, view, page, apart=True)
                pdf_marked.mark(page, marks)
        finally:
            text.close()
        scanned = drawn.cover > 0.6 and not _worthy(page, letters)
        if drawn.cover > 0.6 and scanned:
            page.tokens = []
        squares(page, drawn)
        acroform_page.lay(form, page, view.to_view)
        return page, scanned or (letters < 3 and drawn.cover > 0.3) or _is_code(page, letters)
    finally:
        if view is not None and view is not shown:
            leaf.set_rotation(rotation)  # it is the document's own, and its pages are shown by it
        leaf.close()


def _turned(leaf: pdfium.PdfPage, text: pdfium.PdfTextPage, shown: View) -> View:
    """Return the view in which a page's words are level: some are saved on their side or head."""
    level = quarters(text, shown)
    if not level:
        return shown
    leaf.set_rotation((leaf.get_rotation() + 90 * level) % 360)
    return View(leaf, *leaf.get_size())


def _is_code(page: Page, letters: int) -> bool:
    """Say whether a page's letters are only its fonts' own numbers: no word of any form is there."""
    if letters < 60 or any(t.item is not None for t in page.tokens):
        return False
    words = {w.strip(".,:;()?/").casefold() for t in page.tokens for w in t.text.split()}
    if len(words) < 12 or words & _form_words():
        return False
    page.tokens = []
    return True


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
