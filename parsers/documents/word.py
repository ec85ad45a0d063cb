"""Word documents (.docx, .docm, .dotx, Strict): the package, its parts, and what is left out.

The main part is found by the package's relationship and never by its name; namespaces are told
by local name, since Strict files use others. Only the main part, its headers, footers and
notes are read, and pictures only when there are no words: so a hostile part that nobody looks at
costs nothing. Macros are never looked at. A reviewer's comment ("should this be Smith?") is no
answer, and is only told of.

A stranger would use python-docx here: it does not see content controls, text boxes, tracked
insertions or legacy fields, and says nothing about it.

Source: ECMA-376 parts 1 and 2; docs/reading.md has the measurements.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from parsers.documents import limits
from parsers.documents.lines import Item
from parsers.documents.model import Block, Cell, Document, Field, Mark, Table, Text, walk
from parsers.documents.parcel import Parcel
from parsers.documents.word_styles import Styles, attribute, local, styles_of
from parsers.documents.word_walker import Walker

_NOTE_KINDS = {"footnotes": "footnote", "endnotes": "endnote"}
_FEW_LETTERS = 25  # a caption
_SOME_LETTERS = 150  # a letterhead, or a line or two around a picture
_LARGE_PICTURE = 60_000
_MARGINS = 30
_IMPORTS = 20
_IMPORTS_DEEP = 2


def read(data: bytes, *, format: str = "docx", pictures: bool = True) -> Document:
    """Return a Word document's blocks: headers, body, notes, then footers.

    A document that is no more than pictures is read from them, unless `pictures` is false.

    Raises:
        Unreadable: damaged, or no Word document.
        Refused: over a limit, or hostile.
    """
    limits.begin()
    return _Package(Parcel(data)).document(format, pictures)


def read_xml(root: etree._Element) -> Document | None:
    """Return the blocks of Word's single-file XML, of 2003 or later; None if it is other XML.

    Headers and footers are not read here: they are pieces of paper, not answers, in these files.
    """
    if local(str(root.tag)) not in ("wordDocument", "package"):
        return None
    body = next(root.iter("{*}body"), None)
    if body is None:
        return None
    walker = Walker(Styles(next(root.iter("{*}styles"), None)), lambda _: [])
    return Document("doc", tuple(walker.part(body, "")), notes=tuple(walker.remarks))


class _Package:
    def __init__(self, parcel: Parcel, depth: int = 0) -> None:
        self._parcel = parcel
        self._depth = depth  # of packages inserted in packages
        self._imports = 0
        self._skipped = False
        self._main = self._main_part()
        self._related = self._parcel.relations(self._main)
        self._by_kind: dict[str, list[tuple[str, str]]] = {}
        for identity, (kind, target) in self._related.items():
            self._by_kind.setdefault(kind, []).append((identity, target))

    def document(self, format: str, pictures: bool) -> Document:
        styles = self._styles()
        root = limits.parse_xml(self._parcel.read(self._main))
        body = next((child for child in root if local(child.tag) == "body"), None)
        if body is None:
            raise limits.Unreadable("the file is not a Word document")
        walker = Walker(styles, self._imported)
        main = walker.part(body, "")
        heads, feet = self._margins(root, walker)
        blocks = (*heads, *main, *self._notes(walker), *feet)
        notes = self._remarks(walker)
        if pictures and self._is_scan(main):
            return self._pictures(format, blocks, notes)
        return Document(format, blocks, notes=notes)

    def _main_part(self) -> str:
        for kind, target in self._parcel.relations("").values():
            if kind == "officeDocument" and self._parcel.find(target):
                return target
        for name in ("word/document.xml", "word/document2.xml"):
            if self._parcel.find(name):
                return name
        raise limits.Unreadable("the package holds no Word document")

    def _styles(self) -> Styles:
        kept = self._by_kind.get("styles", ())
        target = next((target for _, target in kept if self._parcel.find(target)), None)
        if target is None:
            return Styles(None)
        return styles_of(self._parcel.packed(target), lambda: self._parcel.read(target))

    def _margins(self, root: etree._Element, walker: Walker) -> tuple[list[Block], list[Block]]:
        """Return headers and footers, each text once: the first page's is often the same again."""
        sides: dict[str, list[Block]] = {"header": [], "footer": []}
        seen: set[tuple[str, ...]] = set()
        for kind, blocks in sides.items():
            wanted = self._by_kind.get(kind, ())
            if not wanted:
                continue
            used = {attribute(element, "id") for element in root.iter(f"{{*}}{kind}Reference")}
            for identity, target in wanted[:_MARGINS]:
                if identity in used and self._parcel.find(target):
                    part = walker.part(limits.parse_xml(self._parcel.read(target)), kind)
                    words = tuple(_sketch(part))
                    if words not in seen:
                        seen.add(words)
                        blocks.extend(part)
        return sides["header"], sides["footer"]

    def _notes(self, walker: Walker) -> Iterator[Block]:
        for kind, word in _NOTE_KINDS.items():
            for _, target in self._by_kind.get(kind, ())[:1]:
                if self._parcel.find(target) is None:
                    continue
                number = 0
                for note in limits.parse_xml(self._parcel.read(target)):
                    if attribute(note, "type") in ("separator", "continuationSeparator",
                                                   "continuationNotice"):  # fmt: skip
                        continue
                    number += 1
                    yield from walker.part(note, f"{word} {number}")

    def _remarks(self, walker: Walker) -> tuple[str, ...]:
        remarks = list(walker.remarks)
        if any(name.casefold().endswith("vbaproject.bin") for name in self._parcel.names):
            remarks.append("The document holds macros; they were not run.")
        if any(self._parcel.find(target) for _, target in self._by_kind.get("comments", ())):
            remarks.append("The document has comments; they were not read as answers.")
        if self._skipped:
            remarks.append(
                "A part of another format was inserted in the document and was not read."
            )
        return tuple(remarks)

    def _imported(self, identity: str) -> list[Item]:
        """Return the blocks of an imported part (`w:altChunk`): HTML, plain text, another .docx."""
        from parsers.documents import html, plain

        kind, target = self._related.get(identity, ("", ""))
        self._imports += 1
        if kind != "aFChunk" or self._parcel.find(target) is None or self._imports > _IMPORTS:
            return []
        data = self._parcel.read(target)
        if data[:2] == b"PK" and self._depth < _IMPORTS_DEEP:
            return list(_Package(Parcel(data), self._depth + 1).document("docx", False).blocks)
        if data[:2] == b"PK" or data[:5] == b"{\\rtf":
            self._skipped = True
            return []
        limits.spend_elements(data.count(b"<"))
        reader = html.read if b"<" in data[:400] else plain.read
        return list(reader(data).blocks)

    def _is_scan(self, main: list[Block]) -> bool:
        """Say whether the body is a picture, and its words no more than what stands around one."""
        letters = _letters(main)
        if letters < _FEW_LETTERS or letters >= _SOME_LETTERS:
            return letters < _FEW_LETTERS
        found = (self._parcel.find(target) for _, target in self._by_kind.get("image", ()))
        return any(name and self._parcel.names[name].file_size > _LARGE_PICTURE for name in found)

    def _pictures(self, format: str, blocks: tuple[Block, ...], notes: tuple[str, ...]) -> Document:
        """Return what the pictures say: the form was photographed or scanned into the document."""
        found: list[Block] = list(blocks)
        remarks = list(notes)
        ocr, count = False, 0
        for _, target in self._by_kind.get("image", ())[: limits.PICTURES]:
            if not self._parcel.find(target):
                continue
            if limits.time_is_up():
                remarks.append("The pictures in the document took too long; not all were read.")
                break
            count += 1
            try:
                read = _picture(self._parcel.read(target))
            except limits.CannotRead:
                remarks.append(f"Picture {count} in the document could not be read.")
                continue
            ocr = True
            found.extend(_moved(block, f"picture {count}") for block in read.blocks)
        return Document(format, tuple(found), pages=count, ocr=ocr, notes=tuple(remarks))


def _picture(data: bytes) -> Document:
    from parsers.documents import picture

    return picture.read(data)


def _letters(blocks: list[Block]) -> int:
    """Count the letters and digits of a body; a tick counts as an answer's worth of them."""
    letters = 0
    for block in walk(tuple(blocks)):
        match block:
            case Mark():
                letters += _FEW_LETTERS
            case Text(text=words) | Field(value=words):
                letters += sum(character.isalnum() for character in words)
            case Table():
                continue
        if letters >= _SOME_LETTERS:
            break
    return letters


def _sketch(blocks: list[Block]) -> Iterator[str]:
    for block in walk(tuple(blocks)):
        match block:
            case Text(text=words) | Field(value=words):
                yield words
            case Mark(on=on):
                yield str(on)


def _moved(block: Block, words: str) -> Block:
    """Return a picture's block with the picture named in its place."""
    place = replace(block.place, words=f"{words}, {block.place.words}")
    if isinstance(block, Table):
        cells = tuple(_moved_cell(cell, words) for cell in block.cells)
        return replace(block, cells=cells, place=place)
    return replace(block, place=place)


def _moved_cell(cell: Cell, words: str) -> Cell:
    return replace(
        cell,
        items=tuple(_moved(item, words) for item in cell.items),
        place=replace(cell.place, words=f"{words}, {cell.place.words}"),
    )
