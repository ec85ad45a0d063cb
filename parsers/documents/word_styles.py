"""What a Word style does to words: bold, struck out, hidden, a heading; through its ancestors.

Bold and hidden are toggles: a bold character style inside a bold paragraph style is not bold.
A style's id is in the language of the Word that made it; only its name ("heading 1") is not.

Source: ECMA-376 part 1, 17.7 (styles) and 17.3.2 (run properties).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from parsers.documents.limits import parse_xml

_FLAGS = {"b": "bold", "i": "italic", "strike": "strike", "dstrike": "strike"}
_TOGGLES = frozenset({"bold", "italic", "strike"})
_NOTHING: frozenset[str] = frozenset()
_PAPER = frozenset({"auto", "ffffff", "none", ""})


@dataclass(frozen=True, slots=True)
class Look:
    """How words look: `flags` as in `Text.styles`; hidden words are never read."""

    flags: frozenset[str] = _NOTHING
    hidden: bool = False
    font: str | None = None


@dataclass(frozen=True, slots=True)
class TableLook:
    """What a table's style adds to its first row and its first column."""

    row: frozenset[str] = _NOTHING
    column: frozenset[str] = _NOTHING
    row_shaded: bool = False
    column_shaded: bool = False


PLAIN_LOOK = Look()
_PLAIN_TABLE = TableLook()


NAMES: dict[str, str] = {}
_NAMES_KEPT = 4_000  # a hostile file may invent names without end
_TRANSITIONAL = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def local(tag: str) -> str:
    """Return a tag's name without its namespace: Strict and Transitional Word differ only there."""
    name = NAMES.get(tag)
    if name is None:
        name = tag.rpartition("}")[2]
        if len(NAMES) < _NAMES_KEPT:
            NAMES[tag] = name
    return name


def attribute(element: etree._Element, name: str) -> str | None:
    """Return an attribute by its local name."""
    value = element.get(_TRANSITIONAL + name)
    if value is not None:
        return value
    for key in element.keys():  # noqa: SIM118  (an element iterates over its children)
        if str(key).rpartition("}")[2] == name:
            return element.get(key)
    return None


def text_within(element: etree._Element) -> str:
    """Return all words below an element."""
    return "".join(str(words) for words in element.itertext())


def is_on(element: etree._Element) -> bool:
    """Say whether a switch is on: present without a value, or with any value but "off"."""
    value = attribute(element, "val")
    return value is None or value.casefold() not in ("0", "false", "off", "none")


def is_shade(element: etree._Element) -> bool:
    """Say whether a shading element shows: filled with anything but paper, or patterned."""
    fill = (attribute(element, "fill") or "").casefold()
    pattern = (attribute(element, "val") or "").casefold()
    return fill not in _PAPER or pattern not in ("clear", "nil", "none", "")


def run_look(properties: etree._Element | None, base: Look, styles: Styles) -> Look:
    """Return the look of a run: its own properties over its style's over the paragraph's."""
    if properties is None or not len(properties):
        return base
    flags, hidden, font = set(base.flags), base.hidden, base.font
    for element in properties:
        name = NAMES.get(element.tag) or local(element.tag)
        if name in _FLAGS:
            (flags.add if is_on(element) else flags.discard)(_FLAGS[name])
        elif name == "rStyle":
            look = styles.look(attribute(element, "val"))
            flags = (flags ^ (look.flags & _TOGGLES)) | (look.flags - _TOGGLES)
            hidden, font = hidden != look.hidden, look.font or font
        elif name == "vanish":
            hidden = is_on(element)
        elif name == "u":
            (flags.add if is_on(element) else flags.discard)("underline")
        elif name == "highlight":
            (flags.add if is_on(element) else flags.discard)("highlight")
        elif name == "shd":
            if (attribute(element, "fill") or "auto").casefold() not in _PAPER:
                flags.add("highlight")
        elif name == "bdr":
            if (attribute(element, "val") or "nil").casefold() not in ("nil", "none"):
                flags.add("highlight")
        elif name == "rFonts":
            font = attribute(element, "ascii") or attribute(element, "hAnsi") or font
    if flags == base.flags and hidden == base.hidden and font == base.font:
        return base
    return Look(frozenset(flags), hidden, font)


class Styles:
    """A document's styles, each worked out when it is first asked for."""

    def __init__(self, root: etree._Element | None) -> None:
        self._elements: dict[str, etree._Element] = {}
        self._looks: dict[str | None, Look] = {None: PLAIN_LOOK}
        self._tables: dict[str, TableLook] = {}
        default = None
        for element in root if root is not None else ():
            if local(element.tag) != "style":
                continue
            identity = attribute(element, "styleId")
            if identity is not None:
                self._elements[identity] = element
                if attribute(element, "type") == "paragraph" and attribute(element, "default") in (
                    "1", "true", "on",
                ):  # fmt: skip
                    default = identity
        self.default = self.look(default)

    def look(self, identity: str | None) -> Look:
        """Return how a paragraph or character style looks; an unknown style looks plain."""
        if identity not in self._looks:
            self._looks[identity] = self._resolve(identity or "", 0)
        return self._looks[identity]

    def _resolve(self, identity: str, depth: int) -> Look:
        element = self._elements.get(identity)
        if element is None or depth > 20:
            return PLAIN_LOOK
        base, heading = PLAIN_LOOK, False
        properties = None
        for child in element:
            name = local(child.tag)
            if name == "basedOn":
                base = self._resolve(attribute(child, "val") or "", depth + 1)
            elif name == "name":
                told = (attribute(child, "val") or "").casefold()
                heading = told.startswith("heading ") or told in ("title", "subtitle")
            elif name == "rPr":
                properties = child
            elif name == "pPr" and not heading:
                heading = any(local(inner.tag) == "outlineLvl" and (attribute(inner, "val") or "9")
                              < "9" for inner in child)  # fmt: skip
        look = run_look(properties, base, self)
        return Look(look.flags | {"heading"}, look.hidden, look.font) if heading else look

    def table(self, identity: str | None) -> TableLook:
        """Return what a table style does to the first row and column."""
        if identity is None or identity not in self._elements:
            return _PLAIN_TABLE
        if identity not in self._tables:
            self._tables[identity] = self._table(identity)
        return self._tables[identity]

    def _table(self, identity: str) -> TableLook:
        found: dict[str, tuple[frozenset[str], bool]] = {}
        seen: set[str] = set()
        current: str | None = identity
        while current and current in self._elements and current not in seen and len(seen) < 20:
            seen.add(current)
            element, current = self._elements[current], None
            for child in element:
                name = local(child.tag)
                if name == "basedOn":
                    current = attribute(child, "val")
                elif name == "tblStylePr":
                    found.setdefault(attribute(child, "type") or "", self._conditional(child))
        row = found.get("firstRow", (_NOTHING, False))
        column = found.get("firstCol", (_NOTHING, False))
        return TableLook(row[0], column[0], row[1], column[1])

    def _conditional(self, element: etree._Element) -> tuple[frozenset[str], bool]:
        flags, shaded = _NOTHING, False
        for child in element:
            match local(child.tag):
                case "rPr":
                    flags = run_look(child, PLAIN_LOOK, self).flags & {"bold"}
                case "tcPr":
                    shaded = any(local(inner.tag) == "shd" and is_shade(inner) for inner in child)
        return flags, shaded


KNOWN: dict[bytes, Styles] = {}
_KNOWN, _KNOWN_BYTES, _PART_BYTES = 16, 64 * 1024, 512 * 1024


def styles_of(packed: bytes, part: Callable[[], bytes]) -> Styles:
    """Return the styles of a styles part, known by its `packed` bytes or read from the part itself.

    The same council form comes with the same styles, which are then neither inflated nor parsed.
    """
    styles = KNOWN.get(packed)
    if styles is None:
        data = part()
        styles = Styles(parse_xml(data) if len(data) <= _PART_BYTES else None)
        if len(packed) <= _KNOWN_BYTES:
            while len(KNOWN) >= _KNOWN:
                KNOWN.pop(next(iter(KNOWN)))
            KNOWN[packed] = styles
    return styles
