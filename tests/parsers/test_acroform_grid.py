"""Form fields in a grid under printed heads, and form rows above tick boxes, are read as they stand."""

from datetime import date
from itertools import pairwise

import pytest

from parsers import read
from parsers.documents import pdf
from parsers.documents.model import Field, Table
from parsers.reading import Source
from tests.parsers import pdf_making as make

HEADS = ("Name", "Date of birth", "Last attended", "New school")
ROWS = (
    ("Astrid Lund", "04/05/2014", "28/09/2026", "Moor Primary"),
    ("Kemi Oduya", "20/11/2014", "", "Lake Primary"),
    ("Ned Coe", "01/02/2013", "02/10/2026", ""),
    ("", "", "", ""),
)


def grid(heads=HEADS, rows=ROWS, *, numbers=False, boxed=False, tips=False, apart=0, wrapped=False):
    """Return a form with heads over rows of fields, no rule round the heads, and a question below."""

    def draw(c):
        c.setFont("Helvetica", 9)
        for n, head in enumerate(heads):
            upper, _, lower = head.rpartition(" ") if wrapped else ("", "", head)
            c.drawString(70 + 120 * n, 770, lower)
            c.drawString(70 + 120 * n, 781, upper)
        for r, row in enumerate(rows):
            y = 750 - r * (20 + apart)
            if numbers:
                c.drawString(46, y, f"{r + 1}.")
            for n, value in enumerate(row):
                put(
                    c,
                    value,
                    72 + 120 * n,
                    y - 4,
                    f"f{r}.{n}",
                    f"{heads[n]} {r + 1}" if tips else "",
                )
                if boxed:
                    c.rect(70 + 120 * n, y - 6, 120, 20)
            if apart:
                c.drawString(70, y - 20, "Reason for leaving")
        c.drawString(70, 640, "School")
        put(c, "Dale Primary", 130, 636, "school")

    return make.canvas(draw)


def put(c, value, x, y, name, tip=""):
    if isinstance(value, bool):
        c.acroForm.checkbox(name=name, checked=value, x=x + 40, y=y, size=11, tooltip=tip)
    else:
        c.acroForm.textfield(
            name=name, value=value, x=x, y=y, width=114, height=14, fontSize=8, tooltip=tip
        )


def children(data):
    """Return what was read of each child, by the names of the fields."""
    made = read([Source("form.pdf", "form.pdf", "", data)], on=date(2026, 11, 2)).readings
    return [{name: field.value for name, field in one.fields.items()} for one in made]


def tables(data):
    return [b for b in pdf.read(data).blocks if isinstance(b, Table)]


@pytest.mark.parametrize(
    "look", [{}, {"numbers": True}, {"boxed": True}, {"tips": True}, {"wrapped": True}]
)
def test_each_row_of_fields_under_printed_heads_is_a_child(look):
    told = children(grid(**look))
    assert [(t["forenames"], t["surname"]) for t in told] == [
        ("Astrid", "Lund"), ("Kemi", "Oduya"), ("Ned", "Coe"),
    ]  # fmt: skip
    assert [t.get("destination_school") for t in told] == ["Moor Primary", "Lake Primary", None]
    assert [t.get("last_attended") is None for t in told] == [False, True, False]
    assert {t["school_name"] for t in told} == {"Dale Primary"}


def test_the_heads_and_the_fields_are_one_table_whatever_rules_are_round_the_fields():
    for boxed in (False, True):
        (table,) = tables(grid(boxed=boxed))
        rows = [[c.text for c in table.cells if c.row == r] for r in range(table.rows)]
        assert rows == [list(HEADS), *map(list, ROWS)]


def test_a_tick_box_stands_in_the_column_whose_head_begins_left_of_it():
    heads = ("Name", "Date of birth", "EHCP")
    rows = [("Astrid Lund", "04/05/2014", True), ("Kemi Oduya", "20/11/2014", False)]
    (table,) = tables(grid(heads, rows))
    assert [c.text for c in table.cells if c.row == 0] == list(heads)
    assert [[i.on for i in c.items] for c in table.cells if c.col == 2 and c.row] == [
        [True],
        [False],
    ]


def test_fields_with_words_between_their_rows_or_with_no_heads_are_no_grid():
    assert tables(grid(apart=24)) == []
    assert tables(grid(("", "", "", ""))) == []
    assert tables(grid(rows=ROWS[:1])) == []


def test_fields_beside_their_labels_head_no_table_of_the_tick_boxes_below():
    def draw(c):
        c.setFont("Helvetica", 9)
        for r, words in enumerate((("Name", "Bo Finch", "DOB", "03/02/2015"),
                                   ("School", "Dale Primary", "Year", "5"))):  # fmt: skip
            for n, (label, value) in enumerate([words[:2], words[2:]]):
                c.drawString(42 + 255 * n, 780 - 20 * r, label)
                put(c, value, 172 + 255 * n, 776 - 20 * r, f"t{r}.{n}")
        for r, label in enumerate(("Looked after child", "Child protection plan", "EHCP")):
            y = 730 - 20 * r
            c.drawString(42, y, label)
            for n, (word, on) in enumerate([("Yes", r == 1), ("No", r != 1)]):
                c.acroForm.checkbox(name=f"c{r}.{n}", checked=on, x=297 + 36 * n, y=y - 2, size=11)
                c.drawString(312 + 36 * n, y, word)

    (told,) = children(make.canvas(draw))
    assert (told["surname"], told["school_name"]) == ("Finch", "Dale Primary")
    assert (told["looked_after"], told["child_protection_plan"], told["ehcp"]) == (
        False,
        True,
        False,
    )


def test_a_tick_grid_whose_questions_have_no_head_keeps_its_heads():
    def draw(c):
        c.setFont("Helvetica", 9)
        for n, head in enumerate(("Yes", "No", "Not known")):
            c.drawString(170 + 128 * n, 780, head)
        for r, label in enumerate(("Looked after child", "EHCP", "Young carer")):
            c.drawString(42, 760 - 20 * r, label)
            for n in range(3):
                c.acroForm.checkbox(
                    name=f"c{r}.{n}", checked=n == r, x=170 + 128 * n, y=758 - 20 * r, size=11
                )

    (table,) = tables(make.canvas(draw))
    assert [c.text for c in table.cells if c.row == 0] == ["", "Yes", "No", "Not known"]
    assert [c.text for c in table.cells if c.col == 0 and c.row] == [
        "Looked after child", "EHCP", "Young carer",
    ]  # fmt: skip


def test_two_groups_of_words_in_one_column_are_both_kept():
    """Words that only gaps part are no table where two of them would share a cell."""

    def draw(c):
        c.setFont("Helvetica", 9)
        for x, word in ((42, "Status"), (297, "Seen"), (428, "By")):
            c.drawString(x, 780, word)
        for r in range(3):
            for x, word in ((42, f"Home {r}"), (170, f"Visit {r}"), (297, "Yes"), (428, "N Coe")):
                c.drawString(x, 760 - 20 * r, word)

    text = pdf.read(make.canvas(draw)).text()
    assert all(f"Home {r}" in text and f"Visit {r}" in text for r in range(3))


def test_no_field_of_a_grid_is_read_twice():
    found = [
        c.place.box for t in tables(grid(numbers=True)) for c in t.cells if any(isinstance(i, Field) for i in c.items)
    ]  # fmt: skip
    assert len(found) == len(set(found)) == 16
    assert all(a != b for a, b in pairwise(found))


def form(more):
    """Return a small form, with what `more` draws below it."""

    def draw(c):
        c.setFont("Helvetica", 9)
        c.drawString(42, 800, "CME referral")
        for n, (label, value) in enumerate((("Name", "Bo Finch"), ("DOB", "03/02/2015"))):
            c.drawString(42, 780 - 20 * n, label)
            put(c, value, 150, 776 - 20 * n, f"q{n}")
        more(c)

    return make.canvas(draw)


def test_fields_without_a_label_below_one_that_has_one_are_its_lines():
    def address(c):
        c.drawString(42, 700, "Address")
        for n, value in enumerate(("5 Lime Walk", "Lake", "LK1 1AA")):
            put(c, value, 150, 696 - 20 * n, f"a{n}")

    (told,) = children(form(address))
    assert (told["address"], told["postcode"]) == ("5 Lime Walk, Lake, LK1 1AA", "LK1 1AA")


def test_what_was_typed_into_a_field_that_nothing_names_is_told():
    def stray(c):
        put(c, "Went to Leeds on Tuesday", 400, 500, "Text9")

    (one,) = read([Source("f.pdf", "f.pdf", "", form(stray))], on=date(2026, 11, 2)).readings
    assert [(u.label, u.raw) for u in one.unread] == [("Text9", "Went to Leeds on Tuesday")]
