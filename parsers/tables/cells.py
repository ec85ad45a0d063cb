"""What one cell of a table looks like: filled, loud, ticked, an option; no word of any form.

Source: docs/reading.md, "layouts".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from parsers.documents.model import Block, Cell, Mark, Table, Text
from parsers.pairs import OPTION, Answer, Item
from parsers.words import is_no_value, squash


def is_filled(cell: Cell) -> bool:
    return any(not isinstance(i, Text) or bool(i.text.strip()) for i in cell.items)


def is_option(cell: Cell) -> bool:
    """Say whether a cell holds boxes and no more words than their options."""
    words = [squash(i.text).strip(" .:/,;") for i in cell.items if isinstance(i, Text)]
    return all(not w or OPTION.fullmatch(w) for w in words)


def plain(cell: Cell) -> str:
    return squash(cell.text).strip(" .:?").casefold()


def is_chosen(cell: Cell) -> bool:
    """Say whether a cell holds a box or tick, or words that somebody set off from the others."""
    return any(
        isinstance(i, Mark) or (isinstance(i, Text) and i.styles & {"strike", "highlight"})
        for i in cell.items
    )


def captioned(cells: list[Cell]) -> list[Item]:
    """Return "Yes | [ ] | No | [x]" as boxes with their captions, when each stands in a cell of its own."""
    kinds = [bool(c.items) and all(isinstance(i, Mark) for i in c.items) for c in cells]
    if len(cells) < 4 or len(cells) % 2 or kinds[::2] == kinds[1::2]:
        return []
    first = kinds[0]
    if any(k is not first for k in kinds[::2]) or any(k is first for k in kinds[1::2]):
        return []
    made: list[Item] = []
    for one, other in zip(cells[::2], cells[1::2], strict=True):
        box, caption = (one, other) if first else (other, one)
        mark = box.items[0]
        if isinstance(mark, Mark):
            made.extend((mark, Text(squash(caption.text), mark.place)))
    return made


def boxed(cell: Cell, among: list[Cell]) -> Iterator[Item]:
    """Yield one option of several; where the others carry a tick, one without any is unticked."""
    ticked = next((i for c in among for i in c.items if isinstance(i, Mark)), None)
    if ticked is None or any(isinstance(i, Mark) for i in cell.items):
        yield from answer_of(cell).items
        return
    first = any(isinstance(c.items[0], Mark) for c in among if c.items)
    box = Mark(False, ticked.how, cell.place)
    yield from (box, *flat(cell.items)) if first else (*flat(cell.items), box)


def is_marked(cell: Cell) -> bool:
    return any(isinstance(i, Mark) for i in cell.items)


def is_loud(cell: Cell) -> bool:
    return cell.header or cell.shaded or is_bold(cell)


def is_bold(cell: Cell) -> bool:
    texts = [i for i in cell.items if isinstance(i, Text) and i.text.strip()]
    return bool(texts) and all("bold" in t.styles or "heading" in t.styles for t in texts)


def answer_of(cell: Cell) -> Answer:
    return Answer(tuple(flat(cell.items)))


def flat(items: Iterable[Block]) -> Iterator[Item]:
    for item in items:
        if isinstance(item, Table):
            for cell in item.cells:
                yield from flat(cell.items)
        else:
            yield item


def ticked(cell: Cell) -> bool | None:
    """Return whether a cell under "Yes" or "No" is ticked; None when it is empty."""
    marks = [i for i in cell.items if isinstance(i, Mark)]
    if marks:
        return any(m.on for m in marks)
    text = squash(cell.text)
    if not text or is_no_value(text):
        return None
    return True
