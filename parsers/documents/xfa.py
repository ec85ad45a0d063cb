"""XFA forms: the page says "Please wait"; the answers are XML in the datasets packet.

Captions stand in the template packet, under the same names. Both are parsed without entities or
a network. A field that repeats (a row for each child) takes the template's caption each time.

Source: XML Forms Architecture 3.3, chapters 2 and 4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pikepdf
from lxml import etree

from parsers.documents import limits
from parsers.documents.model import Block, Field, Mark, Place, Text

_ON = frozenset({"1", "yes", "true", "on", "x"})


def read(value: Any) -> tuple[Block, ...]:
    """Return an XFA form's answers as fields with their captions, in the data's order."""
    packets = _packets(value)
    data = packets.get("datasets")
    if data is None:
        return ()
    captions = _captions(packets.get("template"))
    blocks: list[Block] = []
    for number, (path, text) in enumerate(_leaves(data)):
        name = path[-1]
        place = Place(f"field {'.'.join(path)}", method="widget")
        caption, kind, items = captions.get(name, (None, "text", {}))
        if kind == "tick":
            blocks.append(
                Mark(text.casefold() in _ON or text in items, "widget", place, caption, name)
            )
            if caption:
                blocks.append(Text(caption, place))
        elif number < 5_000:
            words = items.get(text, text)
            options = tuple(items.values())
            blocks.append(
                Field(
                    words,
                    place,
                    caption or _spaced(name),
                    "choice" if options else "text",
                    name,
                    options,
                )
            )
    return tuple(blocks)


def _spaced(name: str) -> str:
    """Turn "dateOfBirth" and "date_of_birth" into words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[_\-.]+", " ", name).strip()


def _packets(value: Any) -> dict[str, etree._Element]:
    if isinstance(value, pikepdf.Stream):
        root = _parse(value)
        found = [root] if root is not None else []
        return {
            _local(child): child for top in found for child in top if isinstance(child.tag, str)
        }
    packets: dict[str, etree._Element] = {}
    if isinstance(value, pikepdf.Array) and len(value) <= 64:
        for name, stream in zip(list(value)[::2], list(value)[1::2], strict=False):
            if str(name) in ("datasets", "template") and isinstance(stream, pikepdf.Stream):
                root = _parse(stream)
                if root is not None:
                    packets[str(name)] = root
    return packets


def _parse(stream: pikepdf.Stream) -> etree._Element | None:
    data = stream.read_bytes()
    if len(data) > limits.PART_BYTES:
        raise limits.Refused("a part of the PDF is larger than 20 MB")
    try:
        return limits.parse_xml(data)
    except limits.Unreadable:
        return None


def _local(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def _leaves(root: etree._Element) -> Iterator[tuple[tuple[str, ...], str]]:
    data = next((e for e in root if isinstance(e.tag, str) and _local(e) == "data"), root)
    stack: list[tuple[tuple[str, ...], etree._Element]] = [((), data)]
    while stack:
        path, element = stack.pop()
        children = [c for c in element if isinstance(c.tag, str)]
        if not children:
            if path:
                yield path, (element.text or "").strip()
            continue
        if "exData" in {_local(c) for c in children} or _local(children[0]) == "body":
            yield path, " ".join("".join(str(t) for t in element.itertext()).split())
            continue
        for child in reversed(children):
            stack.append(((*path, _local(child)), child))


def _captions(
    root: etree._Element | None,
) -> dict[str, tuple[str | None, str, dict[str, str]]]:
    found: dict[str, tuple[str | None, str, dict[str, str]]] = {}
    if root is None:
        return found
    for element in root.iter():
        if (
            not isinstance(element.tag, str)
            or _local(element) != "field"
            or not element.get("name")
        ):
            continue
        caption: str | None = None
        kind = "text"
        lists: list[list[str]] = []
        for child in element.iter():
            if not isinstance(child.tag, str):
                continue
            match _local(child):
                case "caption":
                    caption = " ".join("".join(str(t) for t in child.itertext()).split()) or None
                case "checkButton":
                    kind = "tick"
                case "items":
                    lists.append(["".join(str(t) for t in i.itertext()) for i in child])
                case "toolTip" if caption is None:
                    caption = (child.text or "").strip() or None
        items = dict(zip(lists[-1], lists[0], strict=False)) if lists else {}
        if kind == "tick" and lists:
            items = {lists[0][0]: lists[0][0]} if lists[0] else {}
        found.setdefault(str(element.get("name")), (caption, kind, items))
    return found
