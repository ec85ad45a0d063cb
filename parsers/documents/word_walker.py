"""The walk through one Word part: paragraphs, tables, controls and fields into the model.

What a stranger would get wrong: a control may wrap a run, paragraphs, a cell or rows; a field's
begin and end may stand in different paragraphs; a text box comes twice (drawing and fallback);
a merged cell repeats its words in every row it spans; a deletion's words are still in the file.

Paragraphs of one cell are told apart by their place: "table 2, row 1, cell 2" is the first, "table
2, row 1, cell 2, paragraph 2" the next. Text boxes come after the paragraph that anchors them.

Source: ECMA-376 part 1, 17.3 to 17.5 and 17.16; part 3 for alternate content.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from parsers.documents import glyphs, limits
from parsers.documents.lines import Item, Line, is_blank
from parsers.documents.model import Field, Mark, Place, Table, Text
from parsers.documents.word_controls import Control, OpenField, control_of
from parsers.documents.word_styles import (
    NAMES,
    Look,
    Styles,
    attribute,
    local,
    run_look,
)
from parsers.documents.word_tables import NOT_SHOWN, Tables, chosen

_DRAWN = frozenset({"drawing", "pict", "object"})
_PLAIN_CHARACTERS = {
    "tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-",
}  # fmt: skip
_FIELDS_OPEN = 50
_LABELLED = re.compile(r"[A-Z][^:\n]{1,40}:\s*\S")
_UNMERGED = re.compile(r"«[^«»]{1,80}»\s*")
_BREAKS = str.maketrans("\r\n", "  ")


@dataclass(slots=True)
class _Where:
    """A container of paragraphs and tables, and how their places are called."""

    prefix: str
    cell: bool = False
    place: Place | None = None
    paragraphs: int = 0
    tables: int = 0
    base: frozenset[str] = frozenset()
    out: list[Item] = field(default_factory=list)

    def next_place(self) -> Place:
        if not self.cell:
            return Place(f"{self.prefix}paragraph {self.paragraphs + 1}")
        if self.paragraphs == 0:
            return self.place or Place(self.prefix)
        return Place(f"{self.prefix}, paragraph {self.paragraphs + 1}")

    def next_table(self) -> str:
        self.tables += 1
        separator = ", " if self.cell else ""
        return f"{self.prefix}{separator}table {self.tables}"

    def keep(self, items: list[Item]) -> None:
        if items:
            self.paragraphs += 1
            self.out.extend(items)


class Walker:
    """Walks the parts of one document; `imported` reads an `altChunk` by its relationship."""

    def __init__(self, styles: Styles, imported: Callable[[str], list[Item]]) -> None:
        self._styles = styles
        self._imported = imported
        self._open: list[OpenField] = []
        self._boxes = 0
        self._tables = Tables(styles, self._cell)
        self._tracked = self._hidden = self._active = self._ends_deleted = False
        self._carried: Line | None = None

    @property
    def remarks(self) -> list[str]:
        """What the officer should know of how the document was read."""
        found = []
        if self._tracked or self._tables.deleted:
            found.append("The document has tracked changes; they were read as if accepted.")
        if self._hidden or self._tables.hidden:
            found.append("The document has hidden words; they were left out.")
        if self._active:
            found.append("The document has ActiveX controls; their state was not read.")
        return found

    def part(self, root: etree._Element, words: str) -> list[Item]:
        """Return the blocks of a body, header, footer or note; `words` names it in places."""
        self._open = []
        where = _Where(f"{words}, " if words else "")
        self._blocks(root, where)
        self._close(0, where)
        return where.out

    # Blocks

    def _blocks(self, parent: Iterable[etree._Element], where: _Where) -> None:
        for element in parent:
            name = NAMES.get(element.tag) or local(element.tag)
            if name == "p":
                where.keep(self._paragraph(element, where))
            elif name == "tbl":
                table = self._tables.read(element, where.next_table())
                if table is not None:
                    where.out.append(table)
            elif name == "sdt":
                self._block_control(element, where)
            elif name in NOT_SHOWN:
                self._tracked = self._tracked or name in ("del", "moveFrom")
            elif name == "AlternateContent":
                self._blocks(chosen(element), where)
            elif name == "altChunk":
                where.out.extend(self._imported(attribute(element, "id") or ""))
            elif name == "r":  # a run outside any paragraph: broken, but Word shows it
                where.keep(self._loose(element, where))
            else:
                self._blocks(element, where)

    def _loose(self, run: etree._Element, where: _Where) -> list[Item]:
        line = Line(where.next_place())
        self._run(run, line, self._styles.default)
        return line.items()

    def _paragraph(self, element: etree._Element, where: _Where) -> list[Item]:
        line, self._carried = self._carried or Line(where.next_place()), None
        look = self._paragraph_look(element, where.base)
        self._inline(element, line, look)
        if self._ends_deleted and _is_paragraph(element.getnext()):
            self._tracked, self._carried = True, line
            return []
        for opened in self._open:
            if opened.is_form and not opened.in_code:
                opened.shown.append("\n")
        return line.items()

    def _paragraph_look(self, element: etree._Element, base: frozenset[str]) -> Look:
        look = self._styles.default
        self._ends_deleted = False
        if len(element) and local(element[0].tag) == "pPr":
            for child in element[0]:
                name = local(child.tag)
                if (
                    name == "rPr"
                ):  # of the paragraph's end, which may be deleted: the next goes on in it
                    self._ends_deleted = any(local(mark.tag) == "del" for mark in child)
                if name == "pStyle":
                    look = self._styles.look(attribute(child, "val"))
                elif name == "outlineLvl" and (attribute(child, "val") or "9") < "9":
                    look = Look(look.flags | {"heading"}, look.hidden, look.font)
        return Look(look.flags | base, look.hidden, look.font) if base else look

    def _block_control(self, element: etree._Element, where: _Where) -> None:
        control, content = control_of(element)
        if content is None:
            return
        if control.is_tick:
            where.keep([control.mark(_by_control(where.next_place()))])
        elif control.kind is None or not self._is_value(control, content):
            self._blocks(content, where)
        else:
            inner = _Where("", base=where.base)
            self._blocks(content, inner)
            where.keep(_valued(control, inner.out, where.next_place()))

    def _is_value(self, control: Control, content: etree._Element) -> bool:
        """Say whether a control holds one answer, and not a piece of the form itself."""
        if control.placeholder:
            return not _holds(content, "tbl", "sdt")
        if _holds(content, "tbl", "sdt", "fldChar", "txbxContent"):
            return False
        return not control.rich or sum(1 for _ in content.iter("{*}p")) <= 1

    # What stands in a paragraph

    def _inline(self, parent: etree._Element, line: Line, look: Look) -> None:
        for element in parent:
            name = NAMES.get(element.tag) or local(element.tag)
            if name == "r":
                self._run(element, line, look)
            elif name in NOT_SHOWN:
                self._tracked = self._tracked or name in ("del", "moveFrom")
            elif name == "sdt":
                self._inline_control(element, line, look)
            elif name == "fldSimple":
                self._simple_field(element, line, look)
            elif name == "AlternateContent":
                self._inline(chosen(element), line, look)
            elif name == "t":  # mathematics: m:r is a run, m:t its text
                self._add(element.text or "", line, look)
            elif name in _DRAWN:
                self._drawn(element, line)
            elif name in ("p", "tbl"):
                where = _Where(line.place.words, cell=True)
                self._blocks((element,), where)
                line.after(where.out)
            else:
                self._tracked = self._tracked or name in ("ins", "moveTo")
                self._inline(element, line, look)

    def _run(self, run: etree._Element, line: Line, base: Look) -> None:
        look = base
        for element in run:
            name = NAMES.get(element.tag) or local(element.tag)
            if name == "t":
                self._add(element.text or "", line, look)
            elif name == "rPr":
                look = run_look(element, base, self._styles)
            elif name in _PLAIN_CHARACTERS:
                self._add(_PLAIN_CHARACTERS[name], line, look)
            elif name == "fldChar":
                self._field_mark(element, line)
            elif name == "instrText":
                if self._open and self._open[-1].in_code:
                    self._open[-1].code.append(element.text or "")
            elif name == "sym":
                self._symbol(element, line, look)
            elif name in _DRAWN:
                if not look.hidden:
                    self._drawn(element, line)
            elif name == "AlternateContent":
                if look.hidden:
                    continue
                if _holds(element, "txbxContent"):
                    self._drawn(element, line)
                else:
                    self._run(chosen(element), line, look)
            elif name == "ruby":
                for inner in element.iter("{*}rubyBase"):
                    self._inline(inner, line, look)

    def _add(self, words: str, line: Line, look: Look) -> None:
        if look.hidden:
            self._hidden = self._hidden or not is_blank(words)
            return
        if not words:
            return
        if len(words) > 1 and ("\n" in words or "\r" in words):
            words = words.translate(_BREAKS)
        if self._open and self._swallowed(words):
            return
        if words[0] == "«" and _UNMERGED.fullmatch(words):
            line.put(Field("", line.place))  # a letter that was never merged with its list
            return
        if glyphs.private(words) or (look.font and glyphs.is_symbol_font(look.font)):
            self._symbols(words, line, look)
            return
        line.add(words, look.flags)

    def _swallowed(self, words: str) -> bool:
        """Give words to the field they belong to; words between begin and separator are code."""
        if any(opened.in_code for opened in self._open):
            return True
        for opened in reversed(self._open):
            if opened.is_form:
                opened.shown.append(words)
                return True
        return False

    def _symbol(self, element: etree._Element, line: Line, look: Look) -> None:
        try:
            code = int(attribute(element, "char") or "", 16)
        except ValueError:
            return
        font = attribute(element, "font")
        if look.hidden or not 0 < code < 0x110000:
            return
        if glyphs.is_symbol_font(font) or 0xF000 <= code <= 0xF0FF:
            self._put_symbol(font, code, line)
        else:
            self._add(chr(code), line, Look(look.flags))

    def _symbols(self, words: str, line: Line, look: Look) -> None:
        font = look.font if look.font and glyphs.is_symbol_font(look.font) else None
        for character in words:
            code = ord(character)
            if character.isspace():
                line.add(character, look.flags)
            elif font is not None or 0xF000 <= code <= 0xF0FF:
                if glyphs.is_tick(character):
                    line.add(character, look.flags)  # a real ☒ that only names a symbol font
                else:
                    self._put_symbol(font, code, line)
            else:
                line.add(character, look.flags)

    def _put_symbol(self, font: str | None, code: int, line: Line) -> None:
        on = glyphs.symbol(font, code)
        if on is not None and not any(opened.in_code for opened in self._open):
            line.put(Mark(on, "glyph", line.place))

    def _drawn(self, element: etree._Element, line: Line) -> None:
        self._active = self._active or any(local(child.tag) == "control" for child in element)
        for box in _text_boxes(element):
            self._boxes += 1
            inside, self._open = self._open, []
            where = _Where(f"text box {self._boxes}, ")
            self._blocks(box, where)
            self._close(0, where)
            self._open = inside
            line.after(where.out)

    # Controls and fields in a paragraph

    def _inline_control(self, element: etree._Element, line: Line, look: Look) -> None:
        control, content = control_of(element)
        if content is None:
            return
        if control.is_tick:
            line.put(control.mark(_by_control(line.place)))
        elif (
            control.kind is None
            or self._open
            or (not control.placeholder and _holds(content, "sdt", "fldChar", "txbxContent", "tbl"))
        ):
            self._inline(content, line, look)
        else:
            inner = Line(line.place)
            self._inline(content, inner, look)
            for item in _valued(control, inner.items(), line.place):
                if isinstance(item, Text):
                    line.add(item.text, item.styles)
                elif isinstance(item, Table):
                    line.after([item])
                else:
                    line.put(item)

    def _field_mark(self, element: etree._Element, line: Line) -> None:
        match attribute(element, "fldCharType"):
            case "begin":
                data = next((child for child in element if local(child.tag) == "ffData"), None)
                if len(self._open) >= _FIELDS_OPEN:
                    raise limits.Refused("the document's fields are nested too deeply")
                self._open.append(OpenField(data))
            case "separate":
                if self._open:
                    self._open[-1].in_code = False
            case "end":
                if self._open:
                    finished = self._open.pop().finish(_by_control(line.place))
                    if finished is not None:
                        line.put(finished)

    def _simple_field(self, element: etree._Element, line: Line, look: Look) -> None:
        opened = OpenField(None, [attribute(element, "instr") or ""], in_code=False)
        for child in element.iter("{*}ffData"):
            opened.data = child
        self._open.append(opened)
        self._inline(element, line, look)
        if opened in self._open:
            self._open.remove(opened)
        finished = opened.finish(_by_control(line.place))
        if finished is not None:
            line.put(finished)

    def _close(self, depth: int, where: _Where) -> None:
        """End the fields that a part or cell began and never ended."""
        while len(self._open) > depth:
            finished = self._open.pop().finish(_by_control(where.next_place()))
            if finished is not None:
                where.keep([finished])

    def _cell(
        self, cell: etree._Element, control: Control | None, place: Place, base: frozenset[str]
    ) -> list[Item]:
        where = _Where(place.words, True, place, base=base)
        depth = len(self._open)
        if control is not None and control.is_tick:
            return [control.mark(_by_control(place))]
        self._blocks(cell, where)
        self._close(depth, where)
        if control is None or control.kind is None or not self._is_value(control, cell):
            return where.out
        return _valued(control, where.out, place)


def _is_paragraph(element: etree._Element | None) -> bool:
    return element is not None and local(element.tag) == "p"


def _by_control(place: Place) -> Place:
    return replace(place, method="control")


def _valued(control: Control, items: list[Item], place: Place) -> list[Item]:
    """Return a control's content as its value, unless it is ticks or answers by strike-out."""
    if control.placeholder:
        return [control.field("", _by_control(place))]
    if any(isinstance(item, Table) for item in items):
        return items
    if any(isinstance(item, Mark) for item in items):
        marks = [replace(item, how="control", label=control.label, name=control.name)
                 for item in items if isinstance(item, Mark)]  # fmt: skip
        return list(marks) if len(items) == 1 else items
    words = [item for item in items if isinstance(item, Text)]
    if any(item.styles & {"strike", "highlight"} for item in words):
        return items  # "Yes / No" with one struck out: the styles are the answer
    if control.rich and words and all(_is_of_the_form(item) for item in words):
        return items
    if control.rich and control.label is None and _LABELLED.match(_joined(items)):
        return items
    return [control.field(_joined(items), _by_control(place))]


def _is_of_the_form(text: Text) -> bool:
    return "heading" in text.styles or (
        "bold" in text.styles and text.text.rstrip().endswith((":", "?"))
    )


def _joined(items: list[Item]) -> str:
    """Return words as they stand: runs of one paragraph together, paragraphs on lines."""
    words: list[str] = []
    last = None
    for item in items:
        shown = item.text if isinstance(item, Text) else getattr(item, "value", "")
        if last is not None and item.place.words != last:
            words.append("\n")
        words.append(shown)
        last = item.place.words
    return "".join(words)


def _holds(element: etree._Element, *names: str) -> bool:
    return any(next(element.iter(f"{{*}}{name}"), None) is not None for name in names)


def _text_boxes(element: etree._Element) -> Iterator[etree._Element]:
    for child in element:
        name = local(child.tag)
        if name == "txbxContent":
            yield child
        elif name == "Choice":
            boxes = list(_text_boxes(child))
            if boxes:
                yield from boxes
                return
        else:
            yield from _text_boxes(child)
