"""Headings over answers: rows of children, columns of people, one row of answers below its labels.

Each reader returns the index of the first row it did not take, or None when the row is no heading.

Source: docs/reading.md, "layouts".
"""

from __future__ import annotations

import re
from dataclasses import replace

from parsers.documents.model import Cell, Mark, Table, Text, words_of
from parsers.pairs import Answer, numbered
from parsers.tables import shapes
from parsers.tables.cells import answer_of, is_loud
from parsers.tables.judged import NUMBERED, Judged
from parsers.tables.rows import names_nobody, unwrapped
from parsers.words import squash

_NUMBER = re.compile(r"(?:child|pupil|no\.?|#)? ?(\d{1,2})\W?", re.I)
_ROLE = re.compile(r"\W*(mother|father|mum|dad|step\w+|carer|guardian)\W*", re.I)
_DITTO = re.compile(r"[\"”“〃]|''|ditto|do\.|-\s?[\"”“]\s?-", re.I)


def columns(t: Judged, index: int, cells: list[Cell], filled: list[Cell]) -> int | None:
    """Read columns of people: labels down the left, "Child 1" and "Child 2" across the top."""
    heads = [c for c in filled if c.col > 0]
    kinds = [numbered(squash(c.text)) for c in heads]
    roles = [_ROLE.fullmatch(squash(c.text)) for c in heads]
    if len(heads) < 2 or not all((k and k.number) or r for k, r in zip(kinds, roles, strict=True)):
        return None
    below = [c for i in range(index + 1, len(t.order)) for c in t.row(i)[:1]]
    if not any(t.strong(c) for c in below):
        return None
    t.f.found.asides.extend(squash(c.text) for c in filled)
    at = index + 1
    while at < len(t.order):
        row = t.row(at)
        if len(row) < 2:
            break
        for cell in row[1:]:
            head = next((n for n, h in enumerate(heads) if h.col == cell.col), None)
            if head is None:
                continue
            kind = kinds[head]
            owner = kind.kind if kind else "parent"
            number = kind.number if kind and kind.kind == "child" else None
            label = squash(row[0].text)
            t.f.add(label, t.f.words.match(label), answer_of(cell), cell.place, "column",
                       child=number, group=f"{t.t.place.words} column {cell.col}", section=owner)  # fmt: skip
        at += 1
    for top, role in zip(heads, roles, strict=True):
        if role:
            t.f.add("Relationship", t.f.words.match("Relationship"), Answer((Text(role[1], top.place),)),
                       top.place, "column", group=f"{t.t.place.words} column {top.col}", section="parent")  # fmt: skip
    return at


def over_lines(t: Judged, index: int, cells: list[Cell], filled: list[Cell]) -> int | None:
    """Read "Mother | Father" over one cell each that holds a name and, on lines of their own, its numbers."""
    heads = [_ROLE.fullmatch(squash(c.text)) for c in filled]
    below = [c for c in t.row(index + 1) if t.filled(c)]
    after = t.row(index + 2)
    if len(filled) < 2 or not all(heads) or [c.col for c in below] != [c.col for c in filled]:
        return None
    if any(len(t.units(c)) < 2 or t.has_pair_cell(c) for c in below) or (
        after and [c.col for c in after] == [c.col for c in cells] and not t.mostly_labels(after)
    ):
        return None
    t.f.settle()
    for head, cell in zip(filled, below, strict=True):
        lines = [line for u in t.units(cell) if not isinstance(u, Table) for line in u]
        told = [(_asked(squash(words_of(i))), i) for i in lines if squash(words_of(i))]
        told = [
            ("Name" if n == 0 and label == "Address" else label, i)
            for n, (label, i) in enumerate(told)
        ]
        group = f"{t.t.place.words} column {cell.col}"
        told.append(("Relationship", Text(squash(head.text).strip(" :").casefold(), head.place)))
        for label in dict.fromkeys(label for label, _ in told):
            answer = Answer(tuple(i for name, i in told if name == label))
            t.f.add(label, t.f.words.match(label), answer, cell.place, "column",
                    group=group, section="parent")  # fmt: skip
    t.f.found.asides.extend(squash(c.text) for c in filled)
    return index + 2


def _asked(words: str) -> str:
    """Name the question that a line of a person's cell answers, by its shape."""
    if "@" in words:
        return "Email"
    return "Phone" if re.fullmatch(r"[^\d]{0,12}[\d +()/-]{9,}", words) else "Address"


def headed(t: Judged, index: int, cells: list[Cell], filled: list[Cell]) -> int | None:
    """Read a row of headings: records below it, or one row of answers."""
    labels = [c for c in filled if t.strong(c) and not _answers(t, c)]
    below = t.row(index + 1)
    loud = len(filled) >= 2 and len(filled) == len(cells) and all(is_loud(c) for c in filled) and bool(below) and (
        len(below) == len(cells) and not any(is_loud(c) for c in below) and not t.values)  # fmt: skip
    if loud and len(filled) == 2 and not labels and t.t.rows > 2:
        loud = False
    shaped = bool(below) and not t.values and shapes.above(t, cells, below)
    if not (loud or shaped) and (
        len(filled) < 2 or len(labels) < 2 or len(labels) < 0.5 * len(filled)
    ):
        return None
    evens = {id(c) for c in cells[::2]}
    if (
        not shaped
        and (not loud or any(NUMBERED.match(c.text) for c in labels))
        and len(cells) > 2
        and {id(c) for c in labels} <= evens
        and len(labels) < len(filled)
    ):
        return None
    if any(isinstance(i, Mark) for c in filled for i in c.items):
        return None
    holes = sum(not t.filled(c) for c in cells if c.col < filled[-1].col)
    if holes > 1 or any(c.col in t.values for c in labels[:1]):
        return None
    if not below or abs(len(below) - len(cells)) > max(1, len(cells) // 3) or len(below) < 2:
        return None
    if [c.col for c in below if c.col in {x.col for x in cells}] == []:
        return None
    if t.mostly_labels(below) or (t.values and t.is_left(cells)):
        return None
    if t.mostly_pairs(below):
        return None
    if len(cells) == 2 and squash(below[0].text).endswith((":", "?", "*")):
        return None
    at = index + 1
    rows: list[list[Cell]] = []
    while at < len(t.order):
        row = t.row(at)
        full = [c for c in row if t.filled(c)]
        if len(row) < 2 or (full and (t.mostly_labels(row) or t.mostly_pairs(row))):
            break
        if rows and shapes.above(t, row, t.row(at + 1)):
            break  # the next band of headings
        if full and names_nobody(row, full):
            t.f.found.asides.extend(c.text for c in full)
            at += 1
            continue
        if full:
            row = _joined_down(t, index, row)
            rows.append([_same(t, c, rows[-1] if rows else []) for c in row])
        elif rows and at + 1 < len(t.order) and t.mostly_labels(t.row(at + 1)):
            at += 1
            break
        at += 1
    rows = unwrapped(rows, _identity(t, cells))
    counted = _counted(cells, rows)
    if counted is not None:
        t.f.found.asides.extend(c.text for row in rows for c in row if c.col == counted.col)
        rows = [[c for c in row if c.col != counted.col] for row in rows]
        rows = [row for row in rows if any(t.filled(c) for c in row)]
        labels = [c for c in labels if c is not counted]
    owner = _owner(t, cells)
    names = {t.known[c.row, c.col].field for c in labels if t.known[c.row, c.col]}  # type: ignore[union-attr]
    several = len(rows) > 1
    named = bool(names & {"full_name", "name", "surname", "forenames"})
    people = len(names) >= 2 and (named or (several and bool(names & {"date_of_birth", "upn"})))
    t.f.found.asides.extend(squash(c.text) for c in filled)
    if not rows:
        for c in filled:
            t.f.add(squash(c.text), t.known[c.row, c.col], Answer(), c.place, "above")
        return at
    for row in rows:
        child = None
        if people and owner == "child" and (several or at - index > 2 or t.f.found.records):
            t.f.found.records += 1
            child = 1000 + t.f.found.records
        group = f"{t.t.place.words} row {max(c.row for c in row)}"
        for cell in row:
            head = next((c for c in cells if c.col <= cell.col < c.col + c.colspan), None)
            if head is None or not t.filled(head):
                continue
            label = squash(head.text)
            match = t.known[head.row, head.col]
            top = next((x for x in t.tops if x[0] <= cell.col < x[1]), None)
            section = (top[2] if top else None) or (owner if people else None)
            if top and (match is None or match.field in ("date", "name", "phone", "email")):
                match = t.f.words.match(f"{top[3]} {label}") or match
            t.f.add(label, match, answer_of(cell), cell.place, "record" if (several or child) else "above",
                    child=child, group=group if people else "", section=section)  # fmt: skip
    t.tops = []
    return at


def _joined_down(t: Judged, index: int, row: list[Cell]) -> list[Cell]:
    """Return a row with the cells that reach down into it from the rows above: they hold for it as well."""
    here = row[0].row
    above = [
        c
        for n in range(index + 1, len(t.order))
        if t.order[n] < here
        for c in t.row(n)
        if c.rowspan > 1 and c.row + c.rowspan > here
    ]
    return sorted([*row, *above], key=lambda c: c.col) if above else row


def _counted(cells: list[Cell], rows: list[list[Cell]]) -> Cell | None:
    """Return the first heading when its column only numbers the rows: "Child" over 1, 2, 3."""
    numbers = [_NUMBER.fullmatch(squash(row[0].text)) for row in rows if row]
    told = [int(n[1]) for n in numbers if n]
    if len(told) < 2 or len(told) < len(numbers) or told != list(range(1, len(told) + 1)):
        return None
    return cells[0]


def _identity(t: Judged, heads: list[Cell]) -> frozenset[int]:
    """Return the columns that say who a row is about."""
    who = ("surname", "forenames", "full_name", "name", "upn", "date_of_birth")
    return frozenset(c.col for c in heads if (m := t.known[c.row, c.col]) and m.field in who)


def _answers(t: Judged, cell: Cell) -> bool:
    """Say whether a cell among answers only looks like a label ("E - EHC Plan")."""
    match = t.known[cell.row, cell.col]
    return cell.col in t.values and match is not None and match.how != "exact"


def _same(t: Judged, cell: Cell, above: list[Cell]) -> Cell:
    """Return the cell above in place of a ditto mark."""
    if not _DITTO.fullmatch(squash(cell.text)):
        return cell
    told = next((c for c in above if c.col == cell.col), None)
    if told is None:
        return cell
    items = tuple(
        replace(i, sure=min(i.sure, 0.85)) if isinstance(i, Text) else i for i in told.items
    )
    return replace(cell, items=items)


def _owner(t: Judged, heads: list[Cell]) -> str | None:
    owners = {m.owner for c in heads if (m := t.known[c.row, c.col]) and m.owner}
    names = [m.field for c in heads if (m := t.known[c.row, c.col])]
    if t.f.section in ("sibling", "parent"):
        return t.f.section
    own = {m.field for c in heads if (m := t.known[c.row, c.col]) and m.owner in (None, "child")}
    asks = bool(own & {"surname", "full_name"}) and bool(own & {"date_of_birth", "upn"})
    if not asks and ("siblings" in names or owners == {"sibling"} or "sibling_school" in names):
        return "sibling"
    if set(names) & {"relationship", "parent_relationship"} and not set(names) & {
        "upn",
        "date_of_birth",
        "year_group",
    }:
        return "parent"
    if sum(n.startswith("parent_") for n in names) >= max(2, len(names) - 1):
        return "parent"
    if set(names) & {"date_of_birth", "upn", "year_group", "surname", "full_name"}:
        return "child"
    return t.f.section


def labels_below(t: Judged) -> bool:
    """Read a table whose labels stand under their answers, row under row."""
    rows = [t.rows[n] for n in t.order]
    if len(rows) < 2 or len(rows) % 2:
        return False
    told = [
        sum(t.known[c.row, c.col] is not None for c in row if t.filled(c)) / max(1, len(row))
        for row in rows
    ]
    if not all(x <= 0.34 for x in told[::2]) or not all(x == 1 for x in told[1::2]):
        return False
    if any(len(row) < 2 for row in rows):
        return False
    for answers, labels in zip(rows[::2], rows[1::2], strict=True):
        for label in labels:
            above = next((c for c in answers if c.col == label.col), None)
            match = t.known[label.row, label.col]
            t.f.add(
                squash(label.text),
                match,
                answer_of(above) if above else Answer(),
                label.place,
                "below",
            )
    return True


def quadrants(t: Judged, index: int, cells: list[Cell], filled: list[Cell]) -> int | None:
    """Read headings side by side, each over one cell that holds a whole section of lines."""
    below = t.row(index + 1)
    heads = [(c, t.f.words.section(squash(c.text))) for c in filled]
    if len(filled) < 2 or len(below) != len(cells) or not all(name for _, name in heads):
        return None
    if any(len(t.units(c)) > 1 or ":" in c.text for c in filled):
        return None
    under = [next((c for c in below if c.col == h.col), None) for h, _ in heads]
    if not all(c is not None and len(t.units(c)) > 1 and t.has_pair_cell(c) for c in under):
        return None
    for (head, name), cell in zip(heads, under, strict=True):
        if cell is None:
            continue
        t.f.settle()
        t.f.found.headings.append(squash(head.text))
        t.f.section, t.f.heading = name, squash(head.text)
        t.f.group += 1
        t.f.run(cell.items, t.depth + 1)
        t.f.settle()
    return index + 2
