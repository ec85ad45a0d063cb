"""HTML: pages, message bodies, forms sent by web systems, and HTML that is named .doc.

Lines, not elements, are the unit: `<br>` ends a line as `<p>` does, since people who type a form
into a message end its lines so. Tables keep their spans. Controls keep their state. What a
browser would not show (display:none, hidden inputs, scripts, comments) is left out, also by a
class from the page's own style sheet.

Source: the HTML standard, for which elements break lines; CSS 2.1 for what hides.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from parsers.documents import glyphs, limits
from parsers.documents.lines import Item, Line, is_blank, is_prompt
from parsers.documents.model import Cell, Document, Field, Mark, Place, Table
from parsers.documents.sniff import decode
from parsers.documents.word_styles import text_within

_DROPPED = frozenset({
    "script", "style", "head", "title", "meta", "link", "template", "noscript", "object", "svg",
    "iframe", "colgroup", "col", "datalist", "map", "audio", "video", "canvas", "math",
})  # fmt: skip
_LINES = frozenset({
    "p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "center", "section",
    "article", "header", "footer", "main", "nav", "aside", "form", "fieldset", "legend", "ul",
    "ol", "dl", "table", "pre", "address", "figure", "figcaption", "details", "summary", "hr", "body", "html",
    "caption", "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot", "option",
})  # fmt: skip
_STYLES = {
    "b": "bold", "strong": "bold", "th": "bold", "i": "italic", "em": "italic", "s": "strike",
    "strike": "strike", "del": "strike", "u": "underline", "ins": "underline",
    "mark": "highlight", "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading",
    "h5": "heading", "h6": "heading", "caption": "heading", "legend": "heading",
}  # fmt: skip
_FONT = re.compile(r"(?:font-family|font)\s*:[^;]*?(wingdings 2|wingdings|webdings)", re.IGNORECASE)
_UNSEEN = re.compile("[\x00-\x08\x0b\x0e-\x1f]")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    r"|mso-element\s*:\s*comment(?:-list)?\b",  # a reviewer's words are no answers
    re.IGNORECASE,
)
_RULE = re.compile(r"([^{}@]{1,300})\{([^{}]{0,2000})\}")
_CLASS = re.compile(r"(?:^|,)\s*\w*\.([\w-]+)\s*(?=,|$)")
_BACKGROUND = re.compile(r"background(?:-color)?\s*:\s*([^;]{1,60})", re.IGNORECASE)
_PAPER = re.compile(
    r"\s*(?:white|#fff|#ffffff|transparent|none|inherit|initial|window|auto)\b", re.IGNORECASE
)
_DEPTH = 150
_BUTTONS = frozenset({"submit", "button", "reset", "image", "file", "password"})


def read(data: bytes) -> Document:
    """Return a page's blocks.

    Raises:
        Unreadable: the bytes are no text.
        Refused: over a limit.
    """
    limits.check_size(data)
    declared = re.search(rb"charset\s*=\s*[\"']?([\w-]{2,30})", data[:4096], re.IGNORECASE)
    text = None
    if declared and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            text = data.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeError):
            text = None
    if text is None or "\0" in text[:2000]:
        text = decode(data)
    if text is None:
        raise limits.Unreadable("the file is no text")
    return read_text(text)


def read_saved(data: bytes) -> Document:
    """Return the page of a file in which a browser or Word saved a page with its pictures.

    Raises:
        Unreadable: there is no page in it.
    """
    limits.check_size(data)
    saved = email.message_from_bytes(
        data.removeprefix(b"\xef\xbb\xbf"), policy=email.policy.default
    )
    for number, part in enumerate(saved.walk()):
        if number > 200:
            break
        if part.get_content_type() == "text/html":
            page = part.get_payload(decode=True)
            charset = part.get_content_charset() or ""
            if isinstance(page, bytes):
                try:
                    return read_text(page.decode(charset)) if charset else read(page)
                except (LookupError, UnicodeError):
                    return read(page)
    raise limits.Unreadable("the saved page holds no page")


def read_text(text: str) -> Document:
    """Return the blocks of a page that is already decoded, such as a message's HTML part."""
    if len(text) > limits.TEXT_CHARACTERS or text.count("<") > limits.ELEMENTS:
        raise limits.Refused("the page is larger than the limit")
    parser = etree.HTMLParser(
        recover=True, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True,
        encoding="utf-8",
    )  # fmt: skip
    try:
        root = etree.fromstring(_cleaned(text).encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError, LookupError):
        raise limits.Unreadable("the page is damaged") from None
    if root is None:
        raise limits.Unreadable("the page holds nothing")
    page = _Page(_hidden_classes(root))
    where = _Where("")
    page.flow(root, where, frozenset(), 0)
    where.end()
    return Document("html", tuple(where.out))


def _cleaned(text: str) -> str:
    """Drop what breaks the parser: null characters, and Word's own conditional marks."""
    text = text.replace("\0", "")
    text = re.sub(r"^\s*<\?xml[^>]{0,300}\?>", "", text)
    return re.sub(r"<!\[(?:if|endif)[^\]>]{0,80}\]>", "", text, flags=re.IGNORECASE)


def _hidden_classes(root: etree._Element) -> frozenset[str]:
    found: set[str] = set()
    for sheet in root.iter("style"):
        rules = re.sub(r"<!--|-->", "", (sheet.text or "")[:200_000])
        for selector, body in _RULE.findall(rules):
            if _HIDING.search(body):
                found.update(_CLASS.findall(selector))
    return frozenset(found)


@dataclass(slots=True)
class _Where:
    """A container of lines and tables, and how their places are called."""

    prefix: str
    cell: Place | None = None
    paragraphs: int = 0
    tables: int = 0
    out: list[Item] = field(default_factory=list)
    line: Line | None = None

    def now(self) -> Line:
        """Return the line that is being read."""
        if self.line is None:
            self.line = Line(self._place())
        return self.line

    def _place(self) -> Place:
        if self.cell is None:
            return Place(f"{self.prefix}paragraph {self.paragraphs + 1}")
        if self.paragraphs == 0:
            return self.cell
        return Place(f"{self.cell.words}, paragraph {self.paragraphs + 1}")

    def end(self) -> None:
        """End the line, if one is being read."""
        items = self.line.items() if self.line is not None else []
        self.line = None
        if items:
            self.paragraphs += 1
            self.out.extend(items)

    @property
    def deep(self) -> int:
        return self.cell.words.count("table ") if self.cell else 0

    def table(self) -> str:
        self.tables += 1
        return f"{self.cell.words}, table {self.tables}" if self.cell else f"table {self.tables}"


class _Page:
    def __init__(self, hidden: frozenset[str]) -> None:
        self._hidden = hidden
        self._cells = 0

    def flow(
        self, parent: etree._Element, where: _Where, styles: frozenset[str], depth: int,
        pre: bool = False,
    ) -> None:  # fmt: skip
        """Read an element's own words and all its children into `where`."""
        self._words(parent.text, where, styles, pre)
        for element in parent:
            if isinstance(element.tag, str) and not self._is_hidden(element):
                if depth > _DEPTH:
                    self._words(text_within(element), where, styles, pre)
                else:
                    self._element(element, where, styles, depth + 1, pre)
            self._words(element.tail, where, styles, pre)

    def _words(self, words: str | None, where: _Where, styles: frozenset[str], pre: bool) -> None:
        if not words:
            return
        if pre:
            first, *rest = words.replace("\r\n", "\n").split("\n")
            where.now().add(first, styles)
            for more in rest:
                where.end()
                where.now().add(more, styles)
            return
        words = _UNSEEN.sub("", _SPACES.sub(" ", words).replace("\u00a0", " "))
        font = next((style[5:] for style in styles if style.startswith("font:")), None)
        if is_blank(words) and where.line is None:
            return
        if font is None and not glyphs.private(words):
            where.now().add(words, styles)
        else:
            _symbols(words, font, where.now(), styles)

    def _element(
        self, element: etree._Element, where: _Where, styles: frozenset[str], depth: int, pre: bool
    ) -> None:
        tag = str(element.tag).rpartition(":")[2].casefold()
        if tag in _DROPPED:
            return
        match tag:
            case "br":
                where.end()
            case "table" if where.deep < limits.TABLES_DEEP:
                where.end()
                self._table(element, where, styles, depth)
            case "dl" if where.deep < limits.TABLES_DEEP:
                where.end()
                self._definitions(element, where, styles, depth)
            case "input" | "select" | "textarea" | "button":
                self._control(element, tag, where)
            case _:
                breaks = tag in _LINES
                if breaks:
                    where.end()
                self.flow(element, where, _styles(element, tag, styles), depth,
                          pre or tag == "pre")  # fmt: skip
                if breaks:
                    where.end()

    def _is_hidden(self, element: etree._Element) -> bool:
        if element.get("hidden") is not None or _HIDING.search(element.get("style") or ""):
            return True
        classes = element.get("class")
        return bool(classes and self._hidden and not self._hidden.isdisjoint(classes.split()))

    # Controls

    def _control(self, element: etree._Element, tag: str, where: _Where) -> None:
        kind = (element.get("type") or "text").casefold()
        if tag == "button" or (tag == "input" and (kind == "hidden" or kind in _BUTTONS)):
            return
        line = where.now()
        place = replace(line.place, method="control")
        label = element.get("aria-label") or element.get("title") or None
        name = element.get("name") or element.get("id")
        if tag == "input" and kind in ("checkbox", "radio"):
            line.put(Mark(element.get("checked") is not None, "control", place, label, name))
        elif tag == "select":
            options = [_SPACES.sub(" ", text_within(item)).strip()
                       for item in element.iter("option")]  # fmt: skip
            chosen = [options[index] for index, item in enumerate(element.iter("option"))
                      if item.get("selected") is not None]  # fmt: skip
            value = "; ".join(words for words in chosen if not is_prompt(words))
            line.put(Field(value, place, label, "choice", name, tuple(options[:300])))
        else:
            value = text_within(element) if tag == "textarea" else element.get("value") or ""
            line.put(Field(value.strip(), place, label, "date" if kind == "date" else "text", name))

    # Tables

    def _table(
        self, element: etree._Element, where: _Where, styles: frozenset[str], depth: int
    ) -> None:
        words = where.table()
        cells: list[Cell] = []
        taken = [0] * limits.GRID_COLUMNS  # the row from which each column is free again
        rows = 0
        for row, in_head in self._rows(element, False):
            if rows >= limits.GRID_ROWS:
                raise limits.Refused("a table has more than 5,000 rows")
            column = ordinal = 0
            for cell in row:
                tag = str(cell.tag).casefold() if isinstance(cell.tag, str) else ""
                if tag not in ("td", "th") or self._is_hidden(cell):
                    continue
                while column < limits.GRID_COLUMNS and taken[column] > rows:
                    column += 1
                if column >= limits.GRID_COLUMNS:
                    break
                ordinal += 1
                wide = min(_span(cell, "colspan"), limits.GRID_COLUMNS - column)
                tall = min(_span(cell, "rowspan"), limits.GRID_ROWS - rows)
                taken[column : column + wide] = [rows + tall] * wide
                place = Place(f"{words}, row {rows + 1}, cell {ordinal}")
                cells.append(self._cell(cell, tag, place, (rows, column, tall, wide),
                                        in_head, styles, depth))  # fmt: skip
                column += wide
            rows += 1
        for caption in element.iterchildren("caption"):
            self._element(caption, where, styles, depth + 1, False)
        if cells:
            tall = max(cell.row for cell in cells) + 1
            cells = [replace(cell, rowspan=min(cell.rowspan, tall - cell.row)) for cell in cells]
            width = max(cell.col + cell.colspan for cell in cells)
            where.out.append(Table(tuple(cells), tall, width, Place(words)))

    def _rows(self, parent: etree._Element, in_head: bool) -> Iterator[tuple[etree._Element, bool]]:
        for element in parent:
            tag = str(element.tag).casefold() if isinstance(element.tag, str) else ""
            if self._is_hidden(element) if tag else True:
                continue
            if tag == "tr":
                yield element, in_head
            elif tag in ("thead", "tbody", "tfoot"):
                yield from self._rows(element, tag == "thead")

    def _cell(
        self, cell: etree._Element, tag: str, place: Place, at: tuple[int, int, int, int],
        in_head: bool, styles: frozenset[str], depth: int,
    ) -> Cell:  # fmt: skip
        self._cells += 1
        if self._cells > limits.GRID_CELLS:
            raise limits.Refused("the page's tables have more than 25,000 cells")
        inner = _Where("", place)
        look = styles | {"bold"} if tag == "th" else styles
        self.flow(cell, inner, look | (_styles(cell, "", look) - {"highlight"}), depth + 1)
        inner.end()
        shaded = bool(cell.get("bgcolor")) and not _PAPER.match(cell.get("bgcolor") or "")
        row, column, tall, wide = at
        return Cell(row, column, tuple(inner.out), place, tall, wide,
                    in_head or (tag == "th" and cell.get("scope") != "row" and row == 0),
                    shaded or _has_background(cell))  # fmt: skip

    def _definitions(
        self, element: etree._Element, where: _Where, styles: frozenset[str], depth: int
    ) -> None:
        """Read a definition list as a table of two columns: term, then what is said of it."""
        words = where.table()
        cells: list[Cell] = []
        row, column = -1, 1
        for child in element.iter("dt", "dd"):
            if self._is_hidden(child) or next(child.iterancestors("dl"), None) is not element:
                continue
            is_term = child.tag == "dt"
            if is_term or column == 1:
                row += 1
            column = 0 if is_term else 1
            if row >= limits.GRID_ROWS:
                raise limits.Refused("a list has more than 5,000 rows")
            place = Place(f"{words}, row {row + 1}, cell {column + 1}")
            cells.append(self._cell(child, "", place, (row, column, 1, 1), False, styles, depth))
        if cells:
            where.out.append(Table(tuple(cells), row + 1, 2, Place(words)))


def _symbols(words: str, font: str | None, line: Line, styles: frozenset[str]) -> None:
    """Add words in a symbol font: its ticks as marks, its other pictures not at all."""
    look = frozenset(style for style in styles if not style.startswith("font:"))
    for character in words:
        private = glyphs.private(character)
        on = glyphs.symbol(font, ord(character)) if font or private else None
        if on is not None and not glyphs.is_tick(character):
            line.put(Mark(on, "glyph", line.place))
        elif (font is None and not private) or character.isspace() or glyphs.is_tick(character):
            line.add(character, look)


def _span(cell: etree._Element, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    if not (value.isascii() and value.isdigit()):
        return 1
    return max(1, min(int(value[:6]), limits.GRID_ROWS))


def _styles(element: etree._Element, tag: str, styles: frozenset[str]) -> frozenset[str]:
    flag = _STYLES.get(tag)
    found = styles | {flag} if flag else styles
    css = element.get("style")
    font = _FONT.search(css or "") or _FONT.match(f"font:{element.get('face') or ''}")
    if font:
        found = frozenset(style for style in found if not style.startswith("font:"))
        found |= {f"font:{font[1].casefold()}"}
    elif (css and "font-family" in css) or element.get("face"):
        found = frozenset(style for style in found if not style.startswith("font:"))
    if not css:
        return found
    folded = css.casefold()
    if re.search(r"font-weight\s*:\s*(?:bold|[6-9]00)", folded):
        found |= {"bold"}
    elif re.search(r"font-weight\s*:\s*(?:normal|400)", folded):
        found -= {"bold"}
    for word, style in (("line-through", "strike"), ("underline", "underline")):
        if re.search(rf"text-decoration[\w-]*\s*:[^;]*{word}", folded):
            found |= {style}
    if re.search(r"font-style\s*:\s*italic", folded):
        found |= {"italic"}
    if tag not in _LINES and _has_background(element):
        found |= {"highlight"}
    return found


def _has_background(element: etree._Element) -> bool:
    told = _BACKGROUND.search(element.get("style") or "")
    return bool(told) and not _PAPER.match(told[1] if told else "")
