"""Form controls in a PDF: values, ticks, tooltips and typed-over comments, each with its rectangle.

A stranger would trust the picture of a control; many writers leave it out, so the value counts and
not the appearance. A field's own name ("Text7") says nothing: the tooltip is its label if it is
more than a name, else the words printed at its left or just above. A choice's value is an export
code and is looked up in /Opt. A tick is on by its own /AS, else by its field's value; if both are
there and disagree, nobody can tell, and `on` is None.

`acroform_page` lays the controls among a page's printed words.

Source: ISO 32000-1, 12.5.6.6 and 12.7; docs/sources.md.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from parsers.documents.lines import is_prompt
from parsers.documents.model import Block, Field, Mark, Place

WIDGETS = 5_000
ANNOTATIONS = 20_000
_RADIO, _PUSH = 1 << 15, 1 << 16
Corners = tuple[float, float, float, float]
_MARKUP = {"/StrikeOut": "strike", "/Highlight": "highlight", "/Underline": "underline",
           "/Squiggly": "underline"}  # fmt: skip


@dataclass(slots=True)
class Controls:
    """What pikepdf found: controls by page (from 0) in the page's own space, or an XFA form.

    `marked` are the places that comments strike out, highlight or underline.
    """

    pages: dict[int, list[tuple[Corners, Field | Mark]]] = field(default_factory=dict)
    marked: dict[int, list[tuple[Corners, str]]] = field(default_factory=dict)
    inside: tuple[bytes, ...] | None = (
        None  # the files of a portfolio, which has no pages of its own
    )
    xfa: tuple[Block, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        return any(self.pages.values())


def controls(data: bytes, password: str | None) -> Controls:
    """Return a PDF's controls; none if it has none or cannot be opened this way."""
    if not may_have_any(data):
        return Controls()
    try:
        with pikepdf.open(io.BytesIO(data), password=password or "") as opened:
            return found(opened)
    except pikepdf.PdfError:
        return Controls()


def may_have_any(data: bytes) -> bool:
    """Say whether a PDF's bytes leave room for controls."""
    return any(
        word in data for word in (b"/Annot", b"/ObjStm", b"/AcroForm", b"/Encrypt", b"/Collection")
    )


def found(opened: pikepdf.Pdf) -> Controls:
    """Return an open PDF's controls; none if its objects are broken."""
    try:
        return _controls(opened)
    except pikepdf.PdfError:
        return Controls()


def _controls(opened: pikepdf.Pdf) -> Controls:
    from parsers.documents import xfa

    found = Controls()
    if "/Collection" in opened.Root:
        files = [thing.get_file() for thing in list(opened.attachments.values())[:20]]
        found.inside = tuple(file.read_bytes() for file in files)
        return found
    form = opened.Root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and "/XFA" in form:
        found.xfa = xfa.read(form["/XFA"])
        if found.xfa:
            found.notes = ("The form is an XFA form; its values were read from its data.",)
            if not _static(opened):
                return found
            found.xfa = ()
    left = WIDGETS
    for number, page in enumerate(opened.pages):
        if number >= 30 or left <= 0:
            break
        annotations = page.obj.get("/Annots")
        if not isinstance(annotations, pikepdf.Array) or len(annotations) > ANNOTATIONS:
            continue
        for annotation in annotations:
            marked = _markup(annotation)
            if marked:
                found.marked.setdefault(number, []).extend(marked)
                continue
            made = _annotation(annotation)
            if made is not None and left > 0:
                left -= 1
                found.pages.setdefault(number, []).append(made)
    return found


def _static(opened: pikepdf.Pdf) -> bool:
    """Say whether the pages carry real widgets too, which then say the same in place."""
    count = 0
    for page in list(opened.pages)[:30]:
        annotations = page.obj.get("/Annots")
        if isinstance(annotations, pikepdf.Array):
            count += sum(
                1 for a in list(annotations)[:500]
                if isinstance(a, pikepdf.Dictionary) and a.get("/Subtype") == "/Widget"
                and (_inherited(a, "/V") is not None)
            )  # fmt: skip
    return count >= 3


def _markup(thing: Any) -> list[tuple[Corners, str]]:
    """Return the boxes of the words that a comment strikes out, highlights or underlines."""
    if not isinstance(thing, pikepdf.Dictionary):
        return []
    kind = _MARKUP.get(str(thing.get("/Subtype", "")))
    corners = thing.get("/QuadPoints") if kind else None
    if kind is None or not isinstance(corners, pikepdf.Array) or len(corners) > 800:
        return []
    points = [_number(value) for value in corners]
    quads = [points[at : at + 8] for at in range(0, len(points) - 7, 8)]
    return [((min(q[::2]), min(q[1::2]), max(q[::2]), max(q[1::2])), kind) for q in quads]


def _annotation(
    thing: Any,
) -> tuple[tuple[float, float, float, float], Field | Mark] | None:
    if not isinstance(thing, pikepdf.Dictionary):
        return None
    rectangle = _rectangle(thing.get("/Rect"))
    if rectangle is None or int(_number(thing.get("/F"))) & 2:
        return None
    kind = str(thing.get("/Subtype", ""))
    if kind == "/FreeText":
        text = _string(thing.get("/Contents")).strip()
        return (
            (rectangle, Field(text, Place("", method="widget"), name="comment")) if text else None
        )
    if kind != "/Widget":
        return None
    made = _widget(thing)
    return None if made is None else (rectangle, made)


def _widget(thing: pikepdf.Dictionary) -> Field | Mark | None:
    place = Place("", method="widget")
    name = _full_name(thing) or None
    label = _tooltip(_string(_inherited(thing, "/TU")), name or "")
    flags = int(_number(_inherited(thing, "/Ff")))
    value = _inherited(thing, "/V")
    match str(_inherited(thing, "/FT")):
        case "/Btn":
            if flags & _PUSH:
                return None
            return Mark(_state(thing, value), "widget", place, label, name)
        case "/Ch":
            options = _options(_inherited(thing, "/Opt"))
            words = _chosen(value, options)
            return Field(words, place, label, "choice", name, tuple(o[1] for o in options))
        case "/Tx":
            text = _string(value).replace("\r\n", "\n").replace("\r", "\n").strip()
            return Field("" if is_prompt(text) else text, place, label, "text", name)
        case _:
            return None


def _chosen(value: Any, options: list[tuple[str, str]]) -> str:
    shown = dict(options)
    many = list(value) if isinstance(value, pikepdf.Array) else [value]
    words = ", ".join(shown.get(_string(v), _string(v)) for v in many if _string(v).strip())
    return "" if is_prompt(words) or not re.search(r"\w", words) else words


def _options(value: Any) -> list[tuple[str, str]]:
    if not isinstance(value, pikepdf.Array) or len(value) > 2_000:
        return []
    made: list[tuple[str, str]] = []
    for option in value:
        if isinstance(option, pikepdf.Array) and len(option) >= 2:
            made.append((_string(option[0]), _string(option[1])))
        else:
            made.append((_string(option), _string(option)))
    return made


def _state(thing: pikepdf.Dictionary, value: Any) -> bool | None:
    """Return whether a tick box or radio button is on."""
    names = _on_names(thing)
    shown = thing.get("/AS")
    told = _string(value)
    valued = (
        None if value is None else (told in names if names else told not in ("", "/Off", "Off"))
    )
    if shown is None:
        return bool(valued)
    seen = str(shown) != "/Off"
    if valued is None or valued == seen:
        return seen
    return None


def _on_names(thing: pikepdf.Dictionary) -> set[str]:
    look = thing.get("/AP")
    normal = look.get("/N") if isinstance(look, pikepdf.Dictionary) else None
    if not isinstance(normal, pikepdf.Dictionary) or isinstance(normal, pikepdf.Stream):
        return set()
    names = {str(k) for k in normal} - {"/Off"}
    return names | {n.lstrip("/") for n in names}


def _inherited(thing: pikepdf.Dictionary, key: str) -> Any:
    node: Any = thing
    for _ in range(20):
        if not isinstance(node, pikepdf.Dictionary):
            return None
        if (value := node.get(key)) is not None:
            return value
        node = node.get("/Parent")
    return None


def _full_name(thing: pikepdf.Dictionary) -> str:
    parts: list[str] = []
    node: Any = thing
    for _ in range(20):
        if not isinstance(node, pikepdf.Dictionary):
            break
        if (part := node.get("/T")) is not None:
            parts.append(_string(part))
        node = node.get("/Parent")
    return ".".join(reversed(parts))[:200]


def _string(value: Any) -> str:
    if isinstance(value, pikepdf.Stream):
        return value.read_bytes()[:100_000].decode("utf-8", "replace")
    if isinstance(value, pikepdf.String | pikepdf.Name):
        return str(value)
    return (
        "" if value is None or isinstance(value, pikepdf.Array | pikepdf.Dictionary) else str(value)
    )


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


def _rectangle(value: Any) -> tuple[float, float, float, float] | None:
    if not isinstance(value, pikepdf.Array) or len(value) != 4:
        return None
    a, b, c, d = (_number(v) for v in value)
    return min(a, c), min(b, d), max(a, c), max(b, d)


_OPAQUE = re.compile(
    r"(?:text|check ?box|field|undefined|group|dropdown|combo ?box|list ?box|radio(?: button)?|button|box|topmost\S*"
    r"|form\S*)[ _\-]*[\d.]*(?:\[\d+\])?|fill_\d+|\W*|\d+",
    re.IGNORECASE,
)


def _tooltip(text: str, name: str) -> str | None:
    """Return a tooltip that tells something: words, not the field's own name or "Text7"."""
    text = re.sub(r"\s+", " ", text).strip()
    if not text or _OPAQUE.fullmatch(text) or (text == name and not re.search(r"[a-z]\s", text)):
        return None
    return text if len(text) <= 300 else None


def each(found: Controls) -> Iterator[Field | Mark]:
    """Yield every control, page by page."""
    for page in sorted(found.pages):
        for _, item in found.pages[page]:
            yield item
