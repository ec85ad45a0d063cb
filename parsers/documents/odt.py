"""OpenDocument text (.odt): content.xml, with headers and footers from styles.xml.

Spaces, repeats and spans are numbers here, so each is clamped: a cell may say that it repeats a
thousand million times. Deleted words stand in one block at the start (`text:tracked-changes`) and
are skipped there. LibreOffice writes Word's form fields as field marks, newer versions as content
controls; its own form controls keep their state apart from where they are drawn.

Source: OpenDocument 1.3 part 3; LibreOffice's extensions (loext, field).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from lxml import etree

from parsers.documents import glyphs, limits
from parsers.documents.lines import Item, Line, is_blank, is_prompt
from parsers.documents.model import Cell, Document, Field, Mark, Place, Table
from parsers.documents.parcel import Parcel
from parsers.documents.word_styles import attribute, local, text_within

_DROPPED = frozenset({
    "tracked-changes", "sequence-decls", "variable-decls", "user-field-decls", "forms",
    "soft-page-break", "bookmark", "bookmark-start", "bookmark-end", "change", "change-start",
    "change-end", "table-column", "table-columns", "table-header-columns", "annotation-end",
    "note-citation", "event-listeners", "image", "object", "object-ole", "desc", "title",
    "index-title-template", "table-of-content-source", "shapes", "drop-down-field-decls",
})  # fmt: skip
_PAPER = frozenset({"", "transparent", "#ffffff", "none"})

_COMMENTED = "The document has comments; they were not read as answers."


def read(data: bytes) -> Document:
    """Return an OpenDocument text's blocks: headers, body, then footers.

    Raises:
        Unreadable: damaged, or no such document.
        Refused: over a limit, or hostile.
        Locked: encrypted.
    """
    limits.begin()
    parcel = Parcel(data)
    if parcel.find("content.xml") is None:
        raise limits.Unreadable("the package holds no text document")
    manifest = parcel.find("META-INF/manifest.xml")
    if manifest is not None and b"encryption-data" in parcel.read(manifest):
        raise limits.Locked()
    root = limits.parse_xml(parcel.read("content.xml"))
    style_root = None
    if parcel.find("styles.xml") is not None:
        style_root = limits.parse_xml(parcel.read("styles.xml"))
    return _document(root, style_root)


def read_flat(root: etree._Element) -> Document | None:
    """Return the blocks of OpenDocument's single-file XML (.fodt); None if it is other XML."""
    if local(str(root.tag)) != "document" or next(root.iter("{*}master-styles"), None) is None:
        return None
    return _document(root, root)


def _document(root: etree._Element, style_root: etree._Element | None) -> Document:
    looks = _Looks(style_root, root)
    body = None
    for element in root.iter("{*}body"):
        body = next((child for child in element if local(str(child.tag)) == "text"), body)
    if body is None:
        raise limits.Unreadable("the package holds no text document")
    walker = _Walker(looks, _controls(root))
    main = walker.part(body, "")
    heads, feet = _margins(style_root, walker)
    return Document("odt", (*heads, *main, *feet), notes=tuple(walker.remarks))


def _margins(root: etree._Element | None, walker: _Walker) -> tuple[list[Item], list[Item]]:
    sides: dict[str, list[Item]] = {"header": [], "footer": []}
    if root is None:
        return [], []
    for kind, items in sides.items():
        for element in (*root.iter(f"{{*}}{kind}"), *root.iter(f"{{*}}{kind}-first")):
            if attribute(element, "display") != "false" and len(items) < 2_000:
                items.extend(walker.part(element, f"{kind}, "))
    return sides["header"], sides["footer"]


@dataclass(frozen=True, slots=True)
class _Look:
    flags: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()
    hidden: bool = False
    shaded: bool = False
    font: str | None = None


class _Looks:
    """Styles by name and family, each worked out through its parents when first asked for."""

    def __init__(self, *roots: etree._Element | None) -> None:
        self._elements: dict[tuple[str, str], etree._Element] = {}
        self._known: dict[tuple[str, str], _Look] = {}
        for root in roots:
            for element in root.iter("{*}style") if root is not None else ():
                key = (attribute(element, "family") or "", attribute(element, "name") or "")
                self._elements[key] = element

    def look(self, family: str, name: str | None, depth: int = 0) -> _Look:
        key = (family, name or "")
        if key not in self._known:
            element = self._elements.get(key)
            self._known[key] = (
                _Look() if element is None or depth > 20 else self._resolve(element, family, depth)
            )
        return self._known[key]

    def _resolve(self, element: etree._Element, family: str, depth: int) -> _Look:
        parent = attribute(element, "parent-style-name")
        base = self.look(family, parent, depth + 1) if parent else _Look()
        flags, off = set(base.flags), set(base.off)
        hidden, shaded, font = base.hidden, base.shaded, base.font
        if (attribute(element, "name") or "").startswith("Heading") or attribute(
            element, "default-outline-level"
        ):
            flags.add("heading")
        for properties in element:
            kind = local(str(properties.tag))
            told = {str(key).rpartition("}")[2]: str(value).casefold()
                    for key, value in properties.attrib.items()}  # fmt: skip
            if kind == "text-properties":
                for flag, on in _flags(told):
                    (flags if on else off).add(flag)
                    (off if on else flags).discard(flag)
                hidden = told.get("display", "true" if not hidden else "none") == "none"
                font = told.get("font-name", font)
            elif kind == "table-cell-properties":
                shaded = told.get("background-color", "") not in _PAPER
        return _Look(frozenset(flags), frozenset(off), hidden, shaded, font)


def _flags(told: dict[str, str]) -> list[tuple[str, bool]]:
    found = []
    if "font-weight" in told:
        found.append(("bold", told["font-weight"] in ("bold", "600", "700", "800", "900")))
    if "font-style" in told:
        found.append(("italic", told["font-style"] != "normal"))
    for name, flag in (("text-line-through-style", "strike"),
                       ("text-underline-style", "underline")):  # fmt: skip
        if name in told:
            found.append((flag, told[name] != "none"))
    if "background-color" in told:
        found.append(("highlight", told["background-color"] not in _PAPER))
    return found


def _controls(root: etree._Element) -> dict[str, etree._Element]:
    found: dict[str, etree._Element] = {}
    for forms in root.iter("{*}forms"):
        for element in forms.iter():
            identity = attribute(element, "id") if isinstance(element.tag, str) else None
            if identity:
                found[identity] = element
    return found


@dataclass(slots=True)
class _Where:
    prefix: str
    cell: Place | None = None
    paragraphs: int = 0
    tables: int = 0
    out: list[Item] = field(default_factory=list)

    def place(self) -> Place:
        if self.cell is None:
            return Place(f"{self.prefix}paragraph {self.paragraphs + 1}")
        if self.paragraphs == 0:
            return self.cell
        return Place(f"{self.cell.words}, paragraph {self.paragraphs + 1}")

    def keep(self, items: list[Item]) -> None:
        if items:
            self.paragraphs += 1
            self.out.extend(items)

    def table(self) -> str:
        self.tables += 1
        return (
            f"{self.cell.words}, table {self.tables}"
            if self.cell
            else (f"{self.prefix}table {self.tables}")
        )


class _Walker:
    def __init__(self, looks: _Looks, controls: dict[str, etree._Element]) -> None:
        self._looks = looks
        self._controls = controls
        self._cells = self._boxes = self._items = self._letters = 0
        self._marks: list[tuple[etree._Element, list[str]]] = []
        self.remarks: list[str] = []

    def part(self, root: etree._Element, prefix: str) -> list[Item]:
        where = _Where(prefix)
        self._blocks(root, where)
        return where.out

    def _blocks(self, parent: etree._Element, where: _Where) -> None:
        for element in parent:
            name = local(str(element.tag))
            if name in ("p", "h"):
                where.keep(self._paragraph(element, where, name == "h"))
            elif name == "table":
                self._table(element, where)
            elif name == "tracked-changes":
                self.remarks.append(
                    "The document has tracked changes; they were read as if accepted."
                )
            elif name in ("section", "hidden-paragraph") and attribute(element, "display") in (
                "none", "condition",
            ):  # fmt: skip
                self.remarks.append("The document has a hidden section; it was left out.")
            elif name in ("frame", "control", "custom-shape", "g", "a"):
                line = Line(where.place())
                self._drawn(element, line)
                where.keep(line.items())
            elif name not in _DROPPED:
                self._blocks(element, where)

    def _paragraph(self, element: etree._Element, where: _Where, heading: bool) -> list[Item]:
        look = self._looks.look("paragraph", attribute(element, "style-name"))
        if heading:
            look = replace(look, flags=look.flags | {"heading"})
        line = Line(where.place())
        self._inline(element, line, look)
        return line.items()

    def _inline(self, parent: etree._Element, line: Line, look: _Look) -> None:
        self._add(parent.text, line, look)
        for element in parent:
            self._element(element, line, look)
            self._add(element.tail, line, look)

    def _add(self, words: str | None, line: Line, look: _Look) -> None:
        if not words or look.hidden:
            return
        self._letters += len(words)
        if self._letters > limits.DOCUMENT_CHARACTERS:
            raise limits.Refused("the document is longer than 2 million characters")
        words = " ".join(words.split("\n")) if "\n" in words and len(words) > 1 else words
        if self._marks:
            self._marks[-1][1].append(words)
        elif glyphs.private(words) or glyphs.is_symbol_font(look.font):
            for character in words:
                on = (
                    None
                    if character.isspace() or glyphs.is_tick(character)
                    else glyphs.symbol(
                        look.font if glyphs.is_symbol_font(look.font) else None, ord(character)
                    )
                )
                if on is None:
                    line.add(character, look.flags)
                else:
                    line.put(Mark(on, "glyph", line.place))
        else:
            line.add(words, look.flags)

    def _element(self, element: etree._Element, line: Line, look: _Look) -> None:
        name = local(str(element.tag))
        match name:
            case "span":
                inner = self._looks.look("text", attribute(element, "style-name"))
                flags = (look.flags - inner.off) | inner.flags
                self._inline(element, line, _Look(flags, look.off, look.hidden or inner.hidden,
                                                  False, inner.font or look.font))  # fmt: skip
            case "s":
                self._add(" " * _number(element, "c", 200), line, look)
            case "tab":
                self._add("\t", line, look)
            case "line-break":
                self._add("\n", line, look)
            case "placeholder":
                line.put(Field("", _by_control(line.place)))
            case "text-input":
                words = text_within(element)
                value = "" if is_prompt(words) else words.strip()
                line.put(Field(value, _by_control(line.place), attribute(element, "description")))
            case "drop-down":
                self._drop_down(element, line)
            case "content-control":
                self._content_control(element, line, look)
            case "fieldmark" | "fieldmark-start" | "fieldmark-end":
                self._field_mark(element, name, line)
            case "hidden-text" | "hidden-paragraph":
                return
            case "annotation":  # a reviewer's words are no answers
                if _COMMENTED not in self.remarks:
                    self.remarks.append(_COMMENTED)
            case "note":
                for body in element.iter("{*}note-body"):
                    where = _Where("note, ")
                    self._blocks(body, where)
                    line.after(where.out)
            case "frame" | "control" | "custom-shape" | "g" | "text-box" | "rect":
                self._drawn(element, line)
            case "ruby":
                for base in element.iter("{*}ruby-base"):
                    self._inline(base, line, look)
            case _ if name not in _DROPPED:
                self._inline(element, line, look)

    def _drawn(self, element: etree._Element, line: Line) -> None:
        if local(str(element.tag)) == "control":
            self._form_control(element, line)
            return
        boxes = [element] if local(str(element.tag)) in ("text-box", "custom-shape", "rect") else [
            *element.iter("{*}text-box"), *element.iter("{*}custom-shape")
        ]  # fmt: skip
        for box in boxes:
            self._boxes += 1
            where = _Where(f"text box {self._boxes}, ")
            self._blocks(box, where)
            line.after(where.out)

    # Controls

    def _form_control(self, element: etree._Element, line: Line) -> None:
        control = self._controls.get(attribute(element, "control") or "")
        if control is None:
            return
        place = _by_control(line.place)
        name, label = attribute(control, "name"), attribute(control, "title")
        match local(str(control.tag)):
            case "checkbox":
                now = attribute(control, "current-state") or attribute(control, "state")
                line.put(Mark(now == "checked", "control", place, label, name))
            case "radio":
                now = attribute(control, "current-selected") or attribute(control, "selected")
                line.put(Mark(now == "true", "control", place, label, name))
            case "text" | "textarea" | "formatted-text" | "combobox" | "date" | "number" as kind:
                value = attribute(control, "current-value") or attribute(control, "value") or ""
                line.put(Field(value.strip(), place, label,
                               "date" if kind == "date" else "text", name))  # fmt: skip
            case "listbox":
                options = [(attribute(item, "label") or "", attribute(item, "current-selected")
                            or attribute(item, "selected")) for item in control]  # fmt: skip
                value = "; ".join(words for words, chosen in options if chosen == "true")
                line.put(Field(value, place, label, "choice", name,
                               tuple(words for words, _ in options[:300])))  # fmt: skip

    def _drop_down(self, element: etree._Element, line: Line) -> None:
        value, options = (element.text or "").strip(), []
        for item in element:
            words = attribute(item, "value") or ""
            options.append(words)
            if attribute(item, "current-selected") == "true":
                value = words
            value = value or (item.tail or "").strip()
        shown = "" if is_prompt(value) or is_blank(value) else value
        line.put(Field(shown, _by_control(line.place), None, "choice",
                       attribute(element, "name"), tuple(options[:300])))  # fmt: skip

    def _content_control(self, element: etree._Element, line: Line, look: _Look) -> None:
        place = _by_control(line.place)
        name, label = attribute(element, "tag"), attribute(element, "alias")
        if attribute(element, "checkbox") == "true":
            on = attribute(element, "checked") == "true"
            line.put(Mark(on, "control", place, label, name))
            return
        shown = Line(line.place)
        for part in (element,):
            self._add(part.text, shown, look)
            for child in part:
                if local(str(child.tag)) != "list-item":
                    self._element(child, shown, look)
                self._add(child.tail, shown, look)
        words = "".join(getattr(item, "text", "") or getattr(item, "value", "")
                        for item in shown.items())  # fmt: skip
        empty = attribute(element, "showing-place-holder") == "true" or is_prompt(words)
        options = tuple(
            attribute(item, "display-text") or attribute(item, "value") or ""
            for item in element.iter("{*}list-item")
        )[:300]
        is_date = attribute(element, "date") == "true"
        line.put(Field("" if empty else words.strip(), place, label,
                       "date" if is_date else "choice" if options else "text", name,
                       options))  # fmt: skip

    def _field_mark(self, element: etree._Element, kind: str, line: Line) -> None:
        if kind == "fieldmark-start":
            self._marks.append((element, []))
            return
        if kind == "fieldmark-end":
            if not self._marks:
                return
            element, shown = self._marks.pop()
        else:
            shown = []
        told = (attribute(element, "type") or "").upper()
        name, place = attribute(element, "name"), _by_control(line.place)
        facts = [(attribute(item, "name") or "", attribute(item, "value") or "")
                 for item in element.iter("{*}param")]  # fmt: skip
        if told.endswith("FORMCHECKBOX"):
            on = any("checked" in key.casefold() and value.casefold() == "true"
                     for key, value in facts)  # fmt: skip
            line.put(Mark(on, "legacy", place, None, name))
        elif told.endswith("FORMDROPDOWN"):
            entries = [value for key, value in facts if "listentry" in key.casefold()]
            chosen = next((value for key, value in facts if "selected" in key.casefold()
                           or key.casefold().endswith("result")), "")  # fmt: skip
            index = int(chosen) if chosen.isdigit() and len(chosen) < 6 else -1
            value = entries[index] if 0 <= index < len(entries) else ""
            line.put(Field("" if is_prompt(value) else value.strip(), place, None, "choice", name,
                           tuple(entries[:300])))  # fmt: skip
        elif told.endswith(("FORMTEXT", "FORMDATE")):
            words = "".join(shown)
            value = "" if is_blank(words) or is_prompt(words) else words.strip()
            line.put(Field(value, place, None, "date" if told.endswith("DATE") else "text", name))
        elif shown:
            line.add("".join(shown))

    # Tables

    def _table(self, element: etree._Element, where: _Where) -> None:
        words = where.table()
        if words.count("table ") > limits.TABLES_DEEP:
            raise limits.Refused("the document's tables are nested too deeply")
        cells: list[Cell] = []
        number = 0
        width = 1
        for row, header, times in self._rows(element, False):
            filled = any(local(str(cell.tag)) == "table-cell" and
                         not is_blank(text_within(cell)) for cell in row)  # fmt: skip
            for _ in range(times if filled else 1):
                if number >= limits.GRID_ROWS:
                    raise limits.Refused("a table has more than 5,000 rows")
                width = max(width, self._row(row, number, header, words, cells))
                number += 1
        if cells:
            cells = [replace(cell, rowspan=min(cell.rowspan, number - cell.row)) for cell in cells]
            where.out.append(Table(tuple(cells), number, width, Place(words)))

    def _rows(self, parent: etree._Element, header: bool) -> list[tuple[etree._Element, bool, int]]:
        found: list[tuple[etree._Element, bool, int]] = []
        for element in parent:
            name = local(str(element.tag))
            if name == "table-row":
                if attribute(element, "visibility") not in ("collapse", "filter"):
                    found.append((element, header, _number(element, "number-rows-repeated", 5_000)))
            elif name in ("table-header-rows", "table-rows", "table-row-group"):
                found.extend(self._rows(element, header or name == "table-header-rows"))
        return found

    def _row(
        self, row: etree._Element, number: int, header: bool, words: str, cells: list[Cell]
    ) -> int:
        column = ordinal = 0
        for element in row:
            name = local(str(element.tag))
            if name not in ("table-cell", "covered-table-cell"):
                continue
            times = _number(element, "number-columns-repeated", limits.GRID_COLUMNS)
            for _ in range(times):
                if column >= limits.GRID_COLUMNS:
                    return limits.GRID_COLUMNS
                if name == "table-cell":
                    ordinal += 1
                    self._cells += 1
                    if self._cells > limits.GRID_CELLS:
                        raise limits.Refused("the document's tables have more than 25,000 cells")
                    place = Place(f"{words}, row {number + 1}, cell {ordinal}")
                    cells.append(self._cell(element, number, column, header, place))
                column += 1
        return column

    def _cell(
        self, element: etree._Element, row: int, column: int, header: bool, place: Place
    ) -> Cell:
        inner = _Where("", place)
        self._blocks(element, inner)
        self._items += len(inner.out)
        if self._items > limits.BLOCKS:
            raise limits.Refused("the document repeats its cells too often")
        look = self._looks.look("table-cell", attribute(element, "style-name"))
        wide = min(_number(element, "number-columns-spanned", limits.GRID_COLUMNS),
                   limits.GRID_COLUMNS - column)  # fmt: skip
        tall = _number(element, "number-rows-spanned", limits.GRID_ROWS)
        return Cell(row, column, tuple(inner.out), place, tall, wide, header, look.shaded)


def _by_control(place: Place) -> Place:
    return replace(place, method="control")


def _number(element: etree._Element, name: str, most: int) -> int:
    value = attribute(element, name) or "1"
    if not (value.isascii() and value.isdigit()):
        return 1
    return max(1, min(int(value[:9]), most))
