"""PDFs with text: cells before lines, ticks drawn and printed, controls, and hostile bytes."""

from __future__ import annotations

import io
import zlib

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.utils import ImageReader

from parsers.documents import pdf, render
from parsers.documents.limits import CannotRead, Locked, Refused, Unsupported
from parsers.documents.model import Field, Mark, Table, Text, walk
from tests.parsers import pdf_making as make


def texts(document):
    return [b.text.strip() for b in walk(document.blocks) if isinstance(b, Text)]


def table(document):
    return next(b for b in document.blocks if isinstance(b, Table))


def marks(document):
    return [(b.on, b.label) for b in walk(document.blocks) if isinstance(b, Mark)]


def fields(document):
    return {b.label: b.value for b in walk(document.blocks) if isinstance(b, Field)}


def test_ruled_cells_keep_row_and_column():
    read = pdf.read(make.ruled([["Surname", "Okoro"], ["First name", "Ada"]], [120, 200]))
    assert read.format == "pdf"
    assert [(c.row, c.col, c.text) for c in table(read).cells] == [
        (0, 0, "Surname"), (0, 1, "Okoro"), (1, 0, "First name"), (1, 1, "Ada"),
    ]  # fmt: skip


def test_a_value_broken_inside_a_narrow_cell_is_one_value():
    read = pdf.read(make.ruled(
        [["Born", "UPN", "Surname"], ["14/03/2014", "H801200001001", "O'Brien-Nwosu"]], [46, 58, 60]
    ))  # fmt: skip
    assert [c.text for c in table(read).cells][3:] == [
        "14/03/2014",
        "H801200001001",
        "O'Brien-Nwosu",
    ]


def test_a_merged_cell_spans_its_columns():
    read = pdf.read(make.ruled(
        [["Child", ""], ["Surname", "Okoro"]], [100, 100], [("SPAN", (0, 0), (1, 0))]
    ))  # fmt: skip
    first = table(read).cells[0]
    assert (first.text, first.colspan, len(table(read).cells)) == ("Child", 2, 3)


def test_a_table_goes_on_over_the_page():
    rows = [["Name", "Born", "Left"]] + [
        [f"Child {i}", "01/02/2013", "02/10/2026"] for i in range(60)
    ]
    read = pdf.read(make.ruled(rows, [90, 90, 90]))
    assert read.pages > 1
    assert [b.rows for b in read.blocks if isinstance(b, Table)] == [61]


def cut_table(closed):
    """Draw a table over two pages, its second row cut in two; `closed` rules off both parts."""

    def draw(c):
        c.grid([60, 160, 500], [780, 740, 720] + ([50] if closed else []))
        for x in (60, 160, 500):
            c.line(x, 780, x, 50)
        c.drawString(66, 760, "Surname")
        c.drawString(166, 760, "Okoro")
        c.drawString(66, 730, "First name")
        c.drawString(166, 730, "Ada")
        c.drawString(66, 700, "Reason")
        c.drawString(166, 60, "Left with no")
        c.showPage()
        c.setFont("Helvetica", 10)
        for x in (60, 160, 500):
            c.line(x, 800, x, 700)
        c.grid([60, 160, 500], ([800] if closed else []) + [760, 730, 700])
        c.drawString(166, 785, "forwarding address")
        c.drawString(66, 740, "Born")
        c.drawString(166, 740, "14/03/2014")
        c.drawString(66, 710, "Year")
        c.drawString(166, 710, "6")

    return pdf.read(make.canvas(draw))


def test_a_row_cut_by_the_page_is_one_row_unless_a_rule_parts_it():
    whole = table(cut_table(False))
    rows = [[c.text for c in whole.cells if c.row == r] for r in range(whole.rows)]
    assert rows == [
        ["Surname", "Okoro"], ["First name", "Ada"], ["Reason", "Left with no\nforwarding address"],
        ["Born", "14/03/2014"], ["Year", "6"],
    ]  # fmt: skip
    parted = table(cut_table(True))
    assert parted.rows == 6
    assert [c.text for c in parted.cells if c.row == 3] == ["", "forwarding address"]


def test_a_table_after_words_is_not_the_last_pages_table():
    def draw(c):
        for n, label in enumerate(["Surname", "Forename"]):
            c.grid([60, 160, 500], [800, 780, 760])
            c.drawString(66, 785, label)
            c.drawString(166, 785, "Okoro")
            c.drawString(66, 765, f"Other {n}")
            c.drawString(60, 400, "Some words that end the page")
            c.showPage()
            c.setFont("Helvetica", 10)

    assert [b.rows for b in pdf.read(make.canvas(draw)).blocks if isinstance(b, Table)] == [2, 2]


def test_two_questions_on_a_line_are_told_apart_and_leaders_are_blanks():
    def draw(c):
        c.drawString(60, 700, "Surname: Okoro")
        c.drawString(300, 700, "Forename: Ada")
        c.drawString(60, 680, "Phone: ____________")
        c.drawString(300, 680, "Email: .............")
        c.drawString(60, 660, "Click or tap here to enter text.")

    read = pdf.read(make.canvas(draw))
    assert texts(read) == ["Surname: Okoro", "Forename: Ada", "Phone:", "Email:"]
    first, second = read.blocks[:2]
    assert first.place.words == second.place.words == "page 1, line 1"
    assert first.text.endswith("\t")
    assert first.place.box[0] == pytest.approx(60, abs=1)
    assert 842 - 700 - 15 < first.place.box[1] < 842 - 700


def test_columns_that_only_gaps_show_are_a_table():
    def draw(c):
        rows = [
            ("Name", "Born", "Left"),
            *[(f"Child {n}", "01/02/2014", "02/10/2026") for n in "abc"],
        ]
        for i, row in enumerate(rows):
            for j, word in enumerate(row):
                c.drawString(60 + 130 * j, 700 - 18 * i, word)

    read = pdf.read(make.canvas(draw))
    assert (table(read).rows, table(read).cols) == (4, 3)


def test_drawn_boxes_are_ticks_by_what_is_drawn_in_them():
    def draw(c):
        c.drawString(60, 700, "Attends school")
        c.rect(200, 698, 10, 10)
        c.drawString(215, 700, "Yes")
        c.rect(260, 698, 10, 10)
        c.line(260, 698, 270, 708)
        c.line(260, 708, 270, 698)
        c.drawString(275, 700, "No")

    read = pdf.read(make.canvas(draw))
    assert [m[0] for m in marks(read)] == [False, True]
    assert len({b.place.words for b in read.blocks}) == 1


def test_dingbats_are_ticks():
    def draw(c):
        c.drawString(60, 700, "Looked after")
        c.setFont("ZapfDingbats", 12)
        c.drawString(200, 700, "✔")
        c.drawString(240, 700, "❏")

    assert [m[0] for m in marks(pdf.read(make.canvas(draw)))] == [True, False]


def test_bold_and_shaded_headers_are_seen():
    style = [
        ("BACKGROUND", (0, 0), (-1, 0), "#cccccc"),
        ("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold"),
    ]
    read = pdf.read(
        make.ruled(
            [["Name", "Born", "Left"], ["Ada", "1/2/2014", "2/10/2026"]], [90] * 3, style, False
        )
    )
    head = table(read).cells[0]
    assert head.shaded
    assert head.header
    assert "bold" in head.items[0].styles


def test_a_turned_page_is_read_as_it_is_seen():
    def draw(c):
        c.translate(595, 0)
        c.rotate(90)
        c.drawString(60, 500, "Surname: Okoro")
        c.drawString(300, 500, "Forename: Ada")

    def turn(opened):
        opened.pages[0].Rotate = 90

    read = pdf.read(make.changed(make.canvas(draw), turn))
    assert texts(read) == ["Surname: Okoro", "Forename: Ada"]
    assert read.blocks[0].place.box[:2] == pytest.approx((60, 595 - 500 - 11), abs=3)


def test_a_scans_own_words_are_believed_if_they_are_a_forms():
    paper = ImageReader(Image.new("L", (60, 85), 255))

    def draw(c):
        c.drawImage(paper, 0, 0, 595, 842)
        c.drawString(60, 700, "Forename: Adaeze")
        c.drawString(60, 680, "Postcode: AB1 2CD")
        c.drawString(60, 660, "Ethnicity: Other")
        c.drawString(60, 640, "Nationality: Unknown, Religion: Unknown, Siblings: None")

    read = pdf.read(make.canvas(draw))
    assert (read.format, read.ocr) == ("pdf", False)
    assert "Forename: Adaeze" in texts(read)


# Controls


def test_widgets_take_the_label_printed_for_them():
    read = pdf.read(make.acroform())
    assert read.format == "acroform"
    assert fields(read) == {
        "Child's surname": "Adeyemi", "Date of birth": "14/03/2014", "First name": "Tobi",
        "Known as": "", "Reason": "Not known",
    }  # fmt: skip
    assert marks(read) == [(True, "Yes"), (False, "No"), (False, "Male"), (True, "Female")]


def test_a_tooltip_that_tells_something_is_the_label():
    read = pdf.read(make.acroform("Legal family name of the child"))
    assert fields(read)["Legal family name of the child"] == "Adeyemi"
    assert "Text1" not in fields(pdf.read(make.acroform("Text1")))


def test_missing_appearances_lose_nothing():
    def strip(opened):
        for annotation in opened.pages[0].Annots:
            if annotation.get("/FT") == "/Tx" and "/AP" in annotation:
                del annotation["/AP"]

    assert fields(pdf.read(make.changed(make.acroform(), strip)))["Child's surname"] == "Adeyemi"


def test_a_tick_whose_picture_and_value_disagree_is_not_guessed():
    def spoil(opened):
        for annotation in opened.pages[0].Annots:
            if annotation.get("/T") == "Check1":
                annotation.AS = pikepdf.Name.Off

    assert marks(pdf.read(make.changed(make.acroform(), spoil)))[0] == (None, "Yes")


def test_a_comment_typed_over_a_form_is_its_answer():
    def draw(c):
        c.drawString(60, 700, "Surname")

    def comment(opened):
        opened.pages[0].Annots = pikepdf.Array([opened.make_indirect(pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FreeText,
            Rect=[150, 695, 300, 715], Contents="Adeyemi",
        ))])  # fmt: skip

    assert fields(pdf.read(make.changed(make.canvas(draw), comment))) == {"Surname": "Adeyemi"}


_DATA = (
    b'<xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><form1>'
    b"<Surname>Adeyemi</Surname><dateOfBirth>2014-03-14</dateOfBirth></form1></xfa:data></xfa:datasets>"
)
_TEMPLATE = (
    b'<template xmlns="http://www.xfa.org/schema/xfa-template/3.0/"><subform name="form1"><field name="Surname">'
    b"<caption><value><text>Family name</text></value></caption></field></subform></template>"
)


def xfa(data=_DATA):
    def put(opened):
        opened.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA=pikepdf.Array([
            pikepdf.String("template"), opened.make_stream(_TEMPLATE),
            pikepdf.String("datasets"), opened.make_stream(data),
        ]))  # fmt: skip

    return make.changed(make.canvas(lambda c: c.drawString(60, 700, "Please wait...")), put)


def test_xfa_answers_come_from_the_data_with_captions_from_the_template():
    read = pdf.read(xfa())
    assert read.format == "xfa"
    assert fields(read) == {"Family name": "Adeyemi", "date Of Birth": "2014-03-14"}


def test_xfa_with_a_doctype_is_refused():
    with pytest.raises(Refused):
        pdf.read(xfa(b'<!DOCTYPE d [<!ENTITY a "b">]>' + _DATA))


# Locks


def locked(user, owner="owner"):
    data = make.ruled([["Surname", "Okoro"]], [120, 200])
    return make.changed(data, lambda p: None, encryption=pikepdf.Encryption(user=user, owner=owner))


def test_an_owner_password_opens_by_itself():
    assert "Okoro" in pdf.read(locked("")).text()


def test_a_user_password_is_needed_and_tried():
    with pytest.raises(Locked):
        pdf.read(locked("secret"), ["wrong"])
    assert "Okoro" in pdf.read(locked("secret"), ["wrong", "secret"]).text()
    assert render.pages(locked("secret"), "pdf", passwords=["secret"])[0].png.startswith(b"\x89PNG")


# Hostile


def test_a_stream_bomb_is_refused():
    def put(opened):
        stream = opened.make_stream(b"")
        stream.write(zlib.compress(b"\0" * 90_000_000), filter=pikepdf.Name.FlateDecode)
        opened.pages[0].Contents = stream

    with pytest.raises(Refused):
        pdf.read(
            make.changed(
                make.canvas(lambda c: c.drawString(9, 9, "a")), put, compress_streams=False
            )
        )


def test_a_double_deflated_bomb_is_refused():
    def put(opened):
        stream = opened.make_stream(b"")
        stream.write(
            zlib.compress(zlib.compress(b" " * 90_000_000)),
            filter=pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode]),
        )
        opened.pages[0].Contents = stream

    with pytest.raises(Refused):
        pdf.read(
            make.changed(
                make.canvas(lambda c: c.drawString(9, 9, "a")), put, compress_streams=False
            )
        )


def test_too_many_pages_are_refused():
    def more(opened):
        for _ in range(200):
            opened.pages.append(opened.pages[0])

    with pytest.raises(Refused):
        pdf.read(make.changed(make.canvas(lambda c: c.drawString(9, 9, "a")), more))


def test_a_giant_page_renders_small():
    def grow(opened):
        opened.pages[0].MediaBox = [0, 0, 14_400, 14_400]
        opened.pages[0].UserUnit = 1000

    shown = render.pages(make.changed(make.canvas(lambda c: c.drawString(9, 9, "a")), grow), "pdf")[
        0
    ]
    assert (
        max(int.from_bytes(shown.png[16:20], "big"), int.from_bytes(shown.png[20:24], "big"))
        <= 2_501
    )


_WHOLE = make.acroform()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(
    st.binary(max_size=300).map(lambda b: b"%PDF-1.7\n" + b),
    st.integers(1, len(_WHOLE) - 1).map(lambda n: _WHOLE[:n]),
    st.tuples(st.integers(0, len(_WHOLE) - 1), st.binary(min_size=1, max_size=20)).map(
        lambda t: _WHOLE[: t[0]] + t[1] + _WHOLE[t[0] + len(t[1]) :]
    ),
))  # fmt: skip
def test_no_bytes_raise_anything_but_our_own(data):
    try:
        read = pdf.read(data)
    except CannotRead:
        return
    assert read.pages >= 0


def test_pdfplumber_sees_the_same_cells():
    import pdfplumber

    data = make.ruled([["Surname", "Okoro"], ["First name", "Ada Mary"], ["Year", "6"]], [120, 200])
    with pdfplumber.open(io.BytesIO(data)) as opened:
        oracle = opened.pages[0].extract_tables()[0]
    ours = [[c.text for c in table(pdf.read(data)).cells if c.row == r] for r in range(3)]
    assert ours == oracle
    assert [c.text for c in table(pdf._fallback(data, None)).cells] == [
        w for row in oracle for w in row
    ]


def choices(c, change) -> None:
    """Write two questions with their options, and let `change` mark the word "No", then "Yes"."""
    for n, word in enumerate(("No", "Yes")):
        top = 700 - 30 * n
        c.drawString(60, top, "Is the child looked after?" if n == 0 else "Young carer?")
        c.drawString(300, top, "Yes / No")
        left = 300 + (c.stringWidth("Yes / ") if word == "No" else 0)
        change(c, left, top, c.stringWidth(word))


def styled(data: bytes) -> list[tuple[str, list[str]]]:
    words = [b for b in pdf.read(data).blocks if isinstance(b, Text) and b.place.box[0] > 250]
    return [(b.text, sorted(b.styles)) for b in words]


@pytest.mark.parametrize(("style", "change"), [
    ("strike", lambda c, x, y, wide: c.line(x, y + 4, x + wide, y + 4)),
    ("underline", lambda c, x, y, wide: c.line(x, y - 2, x + wide, y - 2)),
    ("highlight", lambda c, x, y, wide: (
        c.setFillColorRGB(1, 1, 0), c.rect(x, y - 3, wide, 13, stroke=0, fill=1), c.setFillGray(0))),
])  # fmt: skip
def test_a_word_struck_out_underlined_or_highlighted_says_so(style, change) -> None:
    assert styled(make.canvas(lambda c: choices(c, change))) == [
        ("Yes /", []), ("No", [style]), ("Yes /", [style]), ("No", []),
    ]  # fmt: skip


def test_a_comment_strikes_a_word_out_and_a_line_to_write_on_underlines_nothing() -> None:
    def struck(opened) -> None:
        box = [300, 697, 300 + 22, 711]
        corners = [box[0], box[3], box[2], box[3], box[0], box[1], box[2], box[1]]
        opened.pages[0].obj["/Annots"] = opened.make_indirect(
            [pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.StrikeOut, Rect=box,
                                QuadPoints=corners)]
        )  # fmt: skip

    written = make.canvas(
        lambda c: choices(c, lambda c, x, y, wide: c.line(290, y - 2, 540, y - 2))
    )
    assert styled(written) == [("Yes / No", [])] * 2
    assert styled(make.changed(written, struck))[:2] == [("Yes /", ["strike"]), ("No", [])]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_words_that_lie_on_their_side_are_read_level_and_placed_where_they_are_shown(turn) -> None:
    plain = make.ruled([["Surname", "Thornbury"], ["Date of birth", "14/03/2014"]])

    def turned(opened) -> None:
        opened.pages[0].rotate(turn, relative=False)

    read = pdf.read(make.changed(plain, turned))
    assert [c.text for c in table(read).cells] == [c.text for c in table(pdf.read(plain)).cells]
    left, top, right, bottom = table(read).cells[0].items[0].place.box
    assert (right - left > bottom - top) == (turn == 180)
    was = table(pdf.read(plain)).cells[0].items[0].place.box
    across = {90: 842 - was[3], 180: 595 - was[2], 270: was[1]}[turn]
    assert left == pytest.approx(across, abs=1.5)


def test_the_one_file_of_a_portfolio_is_read_and_several_are_not() -> None:
    def wrapped(count, inner=None):
        def change(opened) -> None:
            for n in range(count):
                data = inner or make.ruled([["Surname", f"Thornbury {n}"], ["UPN", ""]])
                opened.attachments[f"{n}.pdf"] = pikepdf.AttachedFileSpec(opened, data)
            opened.Root.Collection = pikepdf.Dictionary(Type=pikepdf.Name.Collection)

        return make.changed(make.canvas(lambda c: c.drawString(60, 700, "A portfolio")), change)

    assert "Thornbury 0" in texts(pdf.read(wrapped(1)))
    with pytest.raises(Unsupported, match="several"):
        pdf.read(wrapped(2))
    with pytest.raises(Refused, match="portfolio"):
        pdf.read(wrapped(1, wrapped(1)))


def test_letters_that_are_only_a_fonts_own_numbers_are_never_words(monkeypatch) -> None:
    from parsers.documents import picture

    monkeypatch.setattr(picture, "_recognised", lambda _: [])
    shifted = [" ".join(chr(65 + (3 * n + k) % 26) * 5 for k in range(6)) for n in range(8)]

    def draw(c) -> None:
        for n, line in enumerate(shifted):
            c.drawString(60, 760 - 20 * n, line)

    read = pdf.read(make.canvas(draw))
    assert (read.format, read.ocr, texts(read)) == ("scan", True, [])
