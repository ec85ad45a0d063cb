"""Word's controls: what a content control or a legacy form field says it is, and its state.

The tick of a content control is in `w14:checked`; the glyph it shows may be any character. A
legacy drop-down shows its answer nowhere in the text: only in `w:ddList/w:result`. A legacy
tick box that was never touched has only a default.

Source: ECMA-376 part 1, 17.5.2 (structured document tags), 17.16.17 (form field data).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from lxml import etree

from parsers.documents.lines import is_blank, is_prompt
from parsers.documents.model import Field, Mark, Place
from parsers.documents.word_styles import attribute, is_on, local

Kind = Literal["text", "date", "choice"]
_VALUES: dict[str, Kind] = {
    "text": "text", "richText": "text", "date": "date", "comboBox": "choice",
    "dropDownList": "choice", "entityPicker": "text",
}  # fmt: skip
_OTHERS = frozenset({
    "checkbox", "picture", "group", "docPartObj", "docPartList", "repeatingSection",
    "repeatingSectionItem", "citation", "bibliography", "equation",
})  # fmt: skip
_OPTIONS = 300


@dataclass(slots=True)
class Control:
    """A content control's own description. `kind` is None for one that only groups others."""

    kind: Kind | None = "text"
    rich: bool = True  # may hold whole paragraphs and tables
    ticked: bool | None = None
    is_tick: bool = False
    placeholder: bool = False
    label: str | None = None
    name: str | None = None
    options: tuple[str, ...] = ()
    date: str | None = None
    date_format: str = ""

    def field(self, shown: str, place: Place) -> Field:
        """Return the control with what it shows; a prompt or a blank is an empty value."""
        value = "" if self.placeholder or is_blank(shown) or is_prompt(shown) else shown.strip()
        if value and self.kind == "date":
            value = _date(value, self.date, self.date_format)
        return Field(value, place, self.label, self.kind or "text", self.name, self.options)

    def mark(self, place: Place) -> Mark:
        """Return a tick-box control as a mark."""
        return Mark(self.ticked, "control", place, self.label, self.name)


def control_of(sdt: etree._Element) -> tuple[Control, etree._Element | None]:
    """Return a control's description and its content."""
    control, content = Control(), None
    for child in sdt:
        match local(child.tag):
            case "sdtPr":
                _describe(child, control)
            case "sdtContent":
                content = child
    return control, content


def _describe(properties: etree._Element, control: Control) -> None:
    for element in properties:
        name = local(element.tag)
        if name == "alias":
            control.label = _words(attribute(element, "val"))
        elif name == "tag":
            control.name = _words(attribute(element, "val"))
        elif name == "showingPlcHdr":
            control.placeholder = is_on(element)
        elif name == "checkbox":
            control.kind, control.is_tick, control.ticked = None, True, _checked(element)
        elif name in _VALUES:
            control.kind, control.rich = _VALUES[name], name == "richText"
            if name in ("comboBox", "dropDownList"):
                control.options = _options(element)
            elif name == "date":
                control.date = attribute(element, "fullDate")
                control.date_format = next(
                    (attribute(inner, "val") or "" for inner in element
                     if local(inner.tag) == "dateFormat"), "")  # fmt: skip
        elif name in _OTHERS and not control.is_tick:
            control.kind = None


def _checked(element: etree._Element) -> bool:
    return any(local(inner.tag) == "checked" and is_on(inner) for inner in element)


def _options(element: etree._Element) -> tuple[str, ...]:
    found: list[str] = []
    for item in element:
        if local(item.tag) == "listItem" and len(found) < _OPTIONS:
            words = attribute(item, "displayText") or attribute(item, "value") or ""
            if words and not is_prompt(words):
                found.append(words)
    return tuple(found)


def _words(value: str | None) -> str | None:
    return value.strip() or None if value else None


_MONTH_FIRST = re.compile(r"\s*M{1,2}\W")


def _date(shown: str, full: str | None, pattern: str) -> str:
    """Return a date as shown, or in ISO form where the control shows it in a misleading order.

    A control set to American English shows month before day; one without a year shows too little.
    """
    if full is None or not re.match(r"\d{4}-\d{2}-\d{2}", full):
        return shown
    month_first = _MONTH_FIRST.match(pattern) and re.fullmatch(r"[\d\W]+", shown)
    yearless = pattern and "y" not in pattern.casefold()
    if not (month_first or yearless):
        return shown
    day = str(int(full[8:10]))
    return full[:10] if re.search(rf"(?<!\d)0?{day}(?!\d)", shown) else shown


@dataclass(slots=True)
class OpenField:
    """A field between its begin and its end mark, in whichever runs and paragraphs those are."""

    data: etree._Element | None
    code: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    in_code: bool = True

    @property
    def is_form(self) -> bool:
        """True of a form field: what it shows is its own, and no words of the paragraph."""
        return (
            "".join(self.code[:20])
            .lstrip()[:12]
            .upper()
            .startswith(("FORMTEXT", "FORMCHECKBOX", "FORMDROPDOWN"))
        )

    def finish(self, place: Place) -> Field | Mark | None:
        """Return what a legacy form field holds; None for a field that only makes text."""
        code = "".join(self.code[:20]).strip()[:12].upper()
        if code.startswith("FORMCHECKBOX"):
            return _legacy_tick(self.data, place)
        if code.startswith("FORMDROPDOWN"):
            return _legacy_choice(self.data, place)
        if code.startswith("FORMTEXT"):
            return _legacy_text(self.data, "".join(self.shown), place)
        return None


def _facts(data: etree._Element | None) -> tuple[str | None, str | None, etree._Element | None]:
    name = label = kind = None
    for element in data if data is not None else ():
        match local(element.tag):
            case "name":
                name = _words(attribute(element, "val"))
            case "helpText":
                label = _words(attribute(element, "val")) or label
            case "statusText":
                label = label or _words(attribute(element, "val"))
            case "checkBox" | "ddList" | "textInput":
                kind = element
    return name, label, kind


def _legacy_tick(data: etree._Element | None, place: Place) -> Mark:
    name, label, box = _facts(data)
    state: bool | None = None
    for element in box if box is not None else ():
        if local(element.tag) == "checked":
            state = is_on(element)
            break
        if local(element.tag) == "default":
            state = is_on(element)
    return Mark(bool(state), "legacy", place, label, name)


def _legacy_choice(data: etree._Element | None, place: Place) -> Field:
    name, label, box = _facts(data)
    entries: list[str] = []
    chosen: dict[str, int] = {}
    for element in box if box is not None else ():
        value = attribute(element, "val") or ""
        if local(element.tag) == "listEntry" and len(entries) < _OPTIONS:
            entries.append(value)
        elif value.isdigit() and len(value) < 6:
            chosen[local(element.tag)] = int(value)
    index = chosen.get("result", chosen.get("default", 0))
    value = entries[index] if index < len(entries) else ""
    options = tuple(entry for entry in entries if not is_blank(entry) and not is_prompt(entry))
    shown = "" if is_blank(value) or is_prompt(value) else value.strip()
    return Field(shown, place, label, "choice", name, options)


def _legacy_text(data: etree._Element | None, shown: str, place: Place) -> Field:
    name, label, box = _facts(data)
    kind: Kind = "text"
    for element in box if box is not None else ():
        if local(element.tag) == "type" and attribute(element, "val") == "date":
            kind = "date"
    value = "" if is_blank(shown) or is_prompt(shown) else shown.strip()
    return Field(value, place, label, kind, name)
