"""What Word documents say: each way in which schools' forms hold an answer."""

from __future__ import annotations

import io

import docx as python_docx
import pytest
from making import docx, legacy, p, places, r, sdt, sketch, tbl, tc, tr, word_xml

from parsers.documents import limits, load, word
from parsers.documents.model import Field, Mark, Table, Text, walk


def read(body: str, **more: object) -> list[object]:
    return sketch(word.read(docx(body, **more)).blocks)  # type: ignore[arg-type]


def test_a_table_keeps_its_rows_cells_and_places() -> None:
    document = word.read(
        docx(p("Referral") + tbl(tr("Surname", "Thornbury"), tr("DOB", "14/3/14")))
    )
    assert sketch(document.blocks) == [
        "Referral", ([["Surname"], ["Thornbury"]], [["DOB"], ["14/3/14"]]),
    ]  # fmt: skip
    assert places(document) == [
        "paragraph 1", "table 1", "table 1, row 1, cell 1", "table 1, row 1, cell 2",
        "table 1, row 2, cell 1", "table 1, row 2, cell 2",
    ]  # fmt: skip


def test_merged_cells_appear_once_with_their_spans() -> None:
    body = tbl(
        tr(tc("Child", '<w:gridSpan w:val="2"/>'), tc("Both", '<w:vMerge w:val="restart"/>')),
        tr("Surname", "Thornbury", tc("hidden by Word", "<w:vMerge/>")),
        tr(
            tc("Wide", '<w:hMerge w:val="restart"/>'),
            tc("x y", '<w:hMerge w:val="continue"/>'),
            "end",
        ),
    )
    (table,) = word.read(docx(body)).blocks
    assert isinstance(table, Table)
    assert [(c.row, c.col, c.rowspan, c.colspan, c.text) for c in table.cells] == [
        (0, 0, 1, 2, "Child"), (0, 2, 2, 1, "Both"), (1, 0, 1, 1, "Surname"),
        (1, 1, 1, 1, "Thornbury"), (2, 0, 1, 2, "Wide"), (2, 2, 1, 1, "end"),
    ]  # fmt: skip
    assert (table.rows, table.cols) == (3, 3)


def test_a_nested_table_stands_in_its_cell() -> None:
    document = word.read(docx(tbl(tr("Parent", tc(p("see") + tbl(tr("Name", "Ada")) + p(""))))))
    assert sketch(document.blocks) == [([["Parent"], ["see", ([["Name"], ["Ada"]],)]],)]
    assert "table 1, row 1, cell 2, table 1, row 1, cell 2" in places(document)


def test_paragraphs_of_a_cell_have_their_own_places_and_runs_share_one() -> None:
    document = word.read(docx(tbl(tr(tc(p(r("Name: ", "<w:b/>"), "Ada") + p("Second"))))))
    texts = [block for block in walk(document.blocks) if isinstance(block, Text)]
    assert [(t.text, t.place.words) for t in texts] == [
        ("Name: ", "table 1, row 1, cell 1"), ("Ada", "table 1, row 1, cell 1"),
        ("Second", "table 1, row 1, cell 1, paragraph 2"),
    ]  # fmt: skip


TEXT, RICH = "<w:text/>", ""
TICK = '<w14:checkbox><w14:checked w14:val="{}"/></w14:checkbox>'
PLACEHOLDER = "<w:showingPlcHdr/>"
LIST = (
    "<w:dropDownList>"
    '<w:listItem w:displayText="Choose an item." w:value=""/>'
    '<w:listItem w:displayText="Moved abroad" w:value="1"/></w:dropDownList>'
)


@pytest.mark.parametrize(
    ("control", "expected"),
    [
        (p("UPN: ", sdt(TEXT, r("A12"))), ["UPN: ", ["A12"]]),
        (p(sdt(RICH, r("plain words"))), [["plain words"]]),
        (p(sdt(TEXT + PLACEHOLDER, r("Type here"))), [[""]]),
        (p(sdt(TEXT, r("Click or tap here to enter text."))), [[""]]),
        (p(sdt(TEXT + '<w:showingPlcHdr w:val="0"/>', r("Ada"))), [["Ada"]]),
        (p(sdt(LIST, r("Moved abroad"))), [["Moved abroad"]]),
        (p(sdt(LIST, r("Choose an item."))), [[""]]),
        (p(sdt(TICK.format(1), r("☒")), " Yes ", sdt(TICK.format(0), r("☐")), " No"),
         [True, " Yes ", False, " No"]),
        (p(sdt(TICK.format("true"), r("☐"))), [True]),  # the state counts, not the glyph
        (sdt(TEXT, p("Ada Thornbury")), [["Ada Thornbury"]]),
        (sdt(RICH, p("One") + p("Two")), ["One", "Two"]),
        (sdt("<w:group/>", p("Label") + tbl(tr("a", "b"))), ["Label", ([["a"], ["b"]],)]),
        (sdt(RICH, tbl(tr("a", sdt(TEXT, tc("b"))))), [([["a"], [["b"]]],)]),
        (sdt(TICK.format(1), p("☒")), [True]),
        (p(sdt("<w:group/>", r("Name ") + sdt(TEXT, r("Ada")))), ["Name ", ["Ada"]]),
        (p(sdt(RICH, r("Yes", "<w:strike/>") + r(" No"))), ["Yes", " No"]),
        (p(sdt("<w:picture/>", "<w:r/>")), []),
        (sdt(RICH, p("Surname: Thornbury")), ["Surname: Thornbury"]),
        (sdt('<w:alias w:val="Note"/>', p("Moved: to Kent")), [["Moved: to Kent"]]),
    ],
)  # fmt: skip
def test_content_controls(control: str, expected: list[object]) -> None:
    assert read(control) == expected


def test_a_control_around_a_cell_and_around_rows() -> None:
    children = "".join(
        sdt("<w15:repeatingSectionItem/>", tr(name, sdt(TEXT, tc(born))))
        for name, born in (("Ada", "1/2/2014"), ("Ben", "3/4/2016"))
    )
    body = tbl(tr("Name", "Born"), sdt("<w15:repeatingSection/>", children),
               tr("Tick", sdt(TICK.format(1), tc("☒"))))  # fmt: skip
    assert read(body) == [(
        [["Name"], ["Born"]], [["Ada"], [["1/2/2014"]]], [["Ben"], [["3/4/2016"]]],
        [["Tick"], [True]],
    )]  # fmt: skip


def test_a_control_tells_its_name_label_options_and_kind() -> None:
    about = '<w:alias w:val="Reason"/><w:tag w:val="why"/>'
    (field,) = word.read(docx(p(sdt(about + LIST, r("Moved abroad"))))).blocks
    assert isinstance(field, Field)
    assert (field.label, field.name, field.kind, field.options, field.place.method) == (
        "Reason", "why", "choice", ("Moved abroad",), "control",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "pattern", "expected"),
    [
        ("04/03/2014", "dd/MM/yyyy", "04/03/2014"),
        ("3/4/2014", "M/d/yyyy", "2014-03-04"),  # an American control: the attribute decides
        ("4 March", "d MMMM", "2014-03-04"),
        ("March 2014", "M/d/yyyy", "March 2014"),
        ("not known", "M/d/yyyy", "not known"),
    ],
)
def test_a_date_control_is_read_as_shown_unless_the_order_misleads(
    shown: str, pattern: str, expected: str
) -> None:
    date = f'<w:date w:fullDate="2014-03-04T00:00:00Z"><w:dateFormat w:val="{pattern}"/></w:date>'
    assert read(p(sdt(date, r(shown)))) == [[expected]]


DROP = '<w:name w:val="Reason"/><w:ddList>{}<w:listEntry w:val="Select"/><w:listEntry w:val="Moved"/></w:ddList>'


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        (legacy("FORMTEXT", '<w:name w:val="Text7"/><w:textInput/>', "Ada"), [["Ada"]]),
        (legacy("FORMTEXT", "<w:textInput/>", "\u2002\u2002\u2002\u2002\u2002"), [[""]]),
        (legacy("FORMCHECKBOX", "<w:checkBox><w:default w:val='0'/><w:checked/></w:checkBox>"), [True]),
        (legacy("FORMCHECKBOX", "<w:checkBox><w:default w:val='1'/></w:checkBox>"), [True]),
        (legacy("FORMCHECKBOX", "<w:checkBox><w:default w:val='1'/><w:checked w:val='0'/></w:checkBox>"), [False]),
        (legacy("FORMCHECKBOX", "<w:checkBox><w:default w:val='0'/></w:checkBox>"), [False]),
        (legacy("FORMDROPDOWN", DROP.format('<w:result w:val="1"/>')), [["Moved"]]),
        (legacy("FORMDROPDOWN", DROP.format("")), [[""]]),
        (legacy("FORMDROPDOWN", DROP.format('<w:result w:val="1"/>'), "Moved"), [["Moved"]]),
        (legacy("FORMCHECKBOX", "<w:checkBox><w:checked/></w:checkBox>", "☒"), [True]),
        (legacy('HYPERLINK "mailto:office@alder.example"', "", "office@alder.example"),
         ["office@alder.example"]),
        ('<w:fldSimple w:instr=" FORMTEXT ">' + r("Ada") + "</w:fldSimple>", [["Ada"]]),
        ('<w:fldSimple w:instr=" DATE ">' + r("1 May") + "</w:fldSimple>", ["1 May"]),
    ],
)  # fmt: skip
def test_legacy_fields(runs: str, expected: list[object]) -> None:
    assert read(p(runs)) == expected


def test_a_legacy_field_may_end_in_a_later_paragraph() -> None:
    whole = legacy("FORMTEXT", "<w:textInput/>", "line one")
    head, tail = whole.split('<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    assert read(tbl(tr(tc(f"<w:p>{head}{tail}</w:p>" + p("line two", end)), "next"))) == [
        ([[["line one\nline two"]], ["next"]],)
    ]


def test_a_field_that_never_ends_is_kept_in_its_cell() -> None:
    whole = legacy("FORMTEXT", "<w:textInput/>", "Ada")
    unended = whole.replace('<w:r><w:fldChar w:fldCharType="end"/></w:r>', "")
    assert read(tbl(tr(tc(f"<w:p>{unended}</w:p>"), "next"))) == [([[["Ada"]], ["next"]],)]


def sym(font: str, code: str) -> str:
    return f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        (sym("Wingdings", "F0FE") + r(" Yes ") + sym("Wingdings", "F0A8") + r(" No"),
         [True, " Yes ", False, " No"]),
        (sym("Wingdings", "00FC"), [True]),
        (sym("Wingdings 2", "F052"), [True]),
        (sym("Wingdings 2", "F0A3"), [False]),
        (sym("Webdings", "F061"), [True]),
        (sym("Webdings", "F063"), [False]),
        (sym("Segoe UI Symbol", "2611"), [True]),
        (sym("Wingdings", "F028") + r("01632 960001"), ["01632 960001"]),  # a telephone picture
        (r("\uf0fe", ""), [True]),
        (r("þ", '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>') + r(" Yes"), [True, " Yes"]),
        (r("o", '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'), [False]),
        (r("☒ Yes ☐ No"), [True, "Yes", False, "No"]),
        (r("Yes ✓"), ["Yes", True]),
        (r("✔") + r(" seen"), [True, "seen"]),
        (r("x"), [True]),
        (r("X "), [True]),
        (r("[x] Yes [ ] No"), [True, "Yes", False, "No"]),
        (r("Yes (x) No ( )"), ["Yes", True, "No", False]),
        (r("Yes x  No"), ["Yes", True, "No"]),
        (r("○ Male ● Female"), [False, "Male", True, "Female"]),
        (r("● a bullet"), ["● a bullet"]),
        (r("Felix x Ada"), ["Felix x Ada"]),
        (r("Xavier"), ["Xavier"]),
        (sdt("<w:text/>", r("2")) + r(" x ") + sdt("<w:text/>", r("3")), [["2"], "x", ["3"]]),
        (r("2 x siblings"), ["2 x siblings"]),
    ],
)  # fmt: skip
def test_ticks_as_glyphs(runs: str, expected: list[object]) -> None:
    assert read(p(runs)) == expected


BOX = (
    "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx><w:txbxContent>{0}"
    "</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>"
    "<w:txbxContent>{0}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)


def test_a_text_box_is_read_once_and_after_its_paragraph() -> None:
    document = word.read(docx(p(r("Anchor"), BOX.format(p("Surname: Thornbury")))))
    assert sketch(document.blocks) == ["Anchor", "Surname: Thornbury"]
    assert places(document) == ["paragraph 1", "text box 1, paragraph 1"]


def test_an_old_text_box_and_a_table_in_one() -> None:
    box = f"<w:r><w:pict><v:textbox><w:txbxContent>{tbl(tr('a', 'b'))}</w:txbxContent></v:textbox></w:pict></w:r>"
    assert read(p(box)) == [([["a"], ["b"]],)]


def test_fallback_is_read_when_a_choice_is_empty() -> None:
    run = ("<w:r><mc:AlternateContent><mc:Choice Requires='x'/><mc:Fallback><w:t>kept</w:t>"
           "</mc:Fallback></mc:AlternateContent></w:r>")  # fmt: skip
    assert read(p(run)) == ["kept"]


def test_tracked_changes_are_read_as_if_accepted() -> None:
    body = p(
        "Seen ", f"<w:ins>{r('2 May')}</w:ins>", "<w:del><w:r><w:delText>1 May</w:delText></w:r></w:del>",
        f"<w:moveFrom>{r('gone')}</w:moveFrom>", f"<w:moveTo>{r(' here')}</w:moveTo>",
    ) + tbl(tr("kept"), tr("dropped", properties="<w:del/>"))  # fmt: skip
    document = word.read(docx(body))
    assert sketch(document.blocks) == ["Seen 2 May here", ([["kept"]],)]
    assert any("tracked" in note for note in document.notes)


STYLES = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/><w:rPr><w:b/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Label"><w:name w:val="Label"/><w:basedOn w:val="Strong"/></w:style>'
    '<w:style w:type="character" w:styleId="Strong"><w:name w:val="Strong"/><w:rPr><w:b/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Secret"><w:name w:val="Secret"/><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Loop"><w:basedOn w:val="Loop"/></w:style>'
    '<w:style w:type="table" w:styleId="Grid"><w:name w:val="Grid"/><w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr>'
    '<w:tcPr><w:shd w:val="clear" w:fill="DDDDDD"/></w:tcPr></w:tblStylePr></w:style>'
)


def styles_in(body: str) -> list[tuple[str, list[str]]]:
    document = word.read(docx(body, styles=STYLES))
    return [(t.text, sorted(t.styles)) for t in walk(document.blocks) if isinstance(t, Text)]


def test_styles_of_runs_and_paragraphs() -> None:
    assert styles_in(
        p("Title", style="berschrift1")
        + p(r("Surname", '<w:rStyle w:val="Strong"/>'), r(" of child"))
        + p("by style", style="Label")
        + p(r("not bold", '<w:b w:val="0"/>'), style="Label")
        + p(r("toggled", '<w:rStyle w:val="Strong"/>'), style="Label")
        + p(r("Yes", "<w:strike/>"), r(" / "), r("No", '<w:highlight w:val="yellow"/>'))
        + p(r("a", '<w:u w:val="single"/>'), r("b", "<w:i/>"), r("c", '<w:u w:val="none"/>'))
        + p("loop", style="Loop")
        + p("unknown", style="Nowhere")
    ) == [
        ("Title", ["bold", "heading"]), ("Surname", ["bold"]), (" of child", []),
        ("by style", ["bold"]), ("not bold", []), ("toggled", []),
        ("Yes", ["strike"]), (" / ", []), ("No", ["highlight"]),
        ("a", ["underline"]), ("b", ["italic"]), ("c", []), ("loop", []), ("unknown", []),
    ]  # fmt: skip


def test_neighbouring_runs_of_one_style_are_one_text() -> None:
    assert styles_in(
        p(r("Thor"), r("nb"), "<w:proofErr/>", r("ury"), r(" ", "<w:b/>"), r("A"))
    ) == [("Thornbury A", [])]


def test_hidden_words_are_dropped_whether_by_run_or_by_style() -> None:
    body = p(r("seen"), r("hidden", "<w:vanish/>"), r("also", '<w:rStyle w:val="Secret"/>'),
             r(" shown", '<w:vanish w:val="0"/>'))  # fmt: skip
    document = word.read(docx(body, styles=STYLES))
    assert sketch(document.blocks) == ["seen shown"]
    assert any("hidden" in note for note in document.notes)


def test_shading_and_header_rows() -> None:
    body = tbl(
        tr("Name", "Born", properties="<w:tblHeader/>"),
        tr(tc("Ada", '<w:shd w:val="clear" w:color="auto" w:fill="F2F2F2"/>'),
           tc("x1", '<w:shd w:val="clear" w:fill="auto"/>')),
        properties='<w:tblStyle w:val="Grid"/><w:tblLook w:val="04A0"/>',
    )  # fmt: skip
    (table,) = word.read(docx(body, styles=STYLES)).blocks
    assert isinstance(table, Table)
    assert [(c.header, c.shaded) for c in table.cells] == [
        (True, True), (True, True), (False, True), (False, False),
    ]  # fmt: skip
    assert all("bold" in c.items[0].styles for c in table.cells[:2])  # type: ignore[union-attr]


def test_breaks_tabs_and_hyphens_are_kept() -> None:
    body = p(
        "<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t></w:r>"
    )
    assert read(body) == ["a\tb\nc-d"]


def test_headers_footers_and_notes() -> None:
    head = word_xml(p("Ref: CME-2026-0142"), "hdr")
    parts = {
        "word/header1.xml": head, "word/header2.xml": head,
        "word/header3.xml": word_xml(p("never used"), "hdr"),
        "word/footer1.xml": word_xml(p("Alder Council"), "ftr"),
        "word/footnotes.xml": word_xml(
            '<w:footnote w:type="separator"><w:p/></w:footnote><w:footnote w:id="2">'
            + p("moved in May") + "</w:footnote>", "footnotes"),
    }  # fmt: skip
    links = [("h1", "header", "header1.xml"), ("h2", "header", "header2.xml"),
             ("h3", "header", "header3.xml"), ("f1", "footer", "footer1.xml"),
             ("n1", "footnotes", "footnotes.xml")]  # fmt: skip
    section = ('<w:sectPr><w:headerReference r:id="h1"/><w:headerReference r:id="h2"/>'
               '<w:footerReference r:id="f1"/></w:sectPr>')  # fmt: skip
    document = word.read(docx(p("Body") + section, parts=parts, links=links))
    assert list(zip(sketch(document.blocks), places(document), strict=True)) == [
        ("Ref: CME-2026-0142", "header, paragraph 1"), ("Body", "paragraph 1"),
        ("moved in May", "footnote 1, paragraph 1"), ("Alder Council", "footer, paragraph 1"),
    ]  # fmt: skip


@pytest.mark.parametrize("main_type", [
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "application/vnd.ms-word.document.macroEnabled.main+xml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
])  # fmt: skip
@pytest.mark.parametrize("strict", [False, True])
def test_docm_dotx_and_strict_are_read_alike(main_type: str, strict: bool) -> None:
    body = tbl(
        tr("Surname", sdt(TEXT, tc("Thornbury"))), tr("EHCP", tc(p(sdt(TICK.format(1), r("☒")))))
    )
    document = load(docx(body, main_type=main_type, strict=strict), "form.bin")
    assert document.format == "docx"
    assert sketch(document.blocks) == [([["Surname"], [["Thornbury"]]], [["EHCP"], [True]])]


def test_the_main_part_is_found_by_its_relationship() -> None:
    assert sketch(load(docx(p("found"), main="word/document17.xml"), "x.docx").blocks) == ["found"]


def test_macros_are_noted_and_never_read() -> None:
    document = word.read(docx(p("x1"), parts={"word/vbaProject.bin": b"\0" * 10}))
    assert any("macros" in note for note in document.notes)


def test_a_prompt_printed_in_a_plain_document_is_an_empty_answer() -> None:
    assert read(
        tbl(tr("DOB", "Click or tap to enter a date."), tr("Reason", "Choose an item."))
    ) == [([["DOB"], [[""]]], [["Reason"], [[""]]])]
    assert read(p("Please select one of the reasons below")) == [
        "Please select one of the reasons below"
    ]


def test_a_wide_grid_is_closed_up() -> None:
    body = tbl(tr(tc("a", '<w:gridSpan w:val="1000000000"/>'), "b"), tr("c", "d"))
    (table,) = word.read(docx(body)).blocks
    assert isinstance(table, Table)
    assert table.cols <= 64
    assert [cell.text for cell in table.cells] == ["a", "b", "c", "d"]


def test_html_imported_into_a_document_is_read() -> None:
    body = '<w:altChunk r:id="c1"/>'
    parts = {"word/chunk.html": "<table><tr><td>Surname<td>Thornbury</table>"}
    document = docx(body, parts=parts, links=[("c1", "aFChunk", "chunk.html")])
    assert sketch(word.read(document).blocks) == [([["Surname"], ["Thornbury"]],)]


def test_a_form_made_with_python_docx_gives_the_same_words() -> None:
    made = python_docx.Document()
    made.add_heading("Child missing education", 1)
    table = made.add_table(2, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Surname", "Thornbury"
    table.cell(1, 0).merge(table.cell(1, 1)).text = "☐ Yes ☒ No"
    stream = io.BytesIO()
    made.save(stream)
    assert sketch(word.read(stream.getvalue()).blocks) == [
        "Child missing education",
        ([["Surname"], ["Thornbury"]], [[False, "Yes", True, "No"]]),
    ]


def test_a_missing_styles_or_picture_part_does_not_matter() -> None:
    links = [("s", "styles", "gone.xml"), ("i", "image", "media/gone.png")]
    assert sketch(word.read(docx(p("Surname: Thornbury, forenames: Ada"), links=links)).blocks) == [
        "Surname: Thornbury, forenames: Ada"
    ]


def test_a_package_without_a_document_is_unreadable() -> None:
    with pytest.raises(limits.Unreadable):
        word.read(docx("").replace(b"document", b"dOcumenx"))


def test_marks_by_control_say_how_they_were_known() -> None:
    blocks = word.read(docx(p(sdt(TICK.format(0), r("☐")), legacy("FORMCHECKBOX", "<w:checkBox/>"),
                              r("☑")))).blocks  # fmt: skip
    assert [(m.on, m.how) for m in blocks if isinstance(m, Mark)] == [
        (False, "control"), (False, "legacy"), (True, "glyph"),
    ]  # fmt: skip


def test_a_reviewers_comment_is_told_of_and_is_no_answer() -> None:
    comment = word_xml("<w:comment>" + p("Surname: Wrong") + "</w:comment>", "comments")
    data = docx(
        p("Surname: Thornbury"), parts={"word/comments.xml": comment},
        links=[("c1", "comments", "comments.xml")],
    )  # fmt: skip
    document = word.read(data)
    assert sketch(document.blocks) == ["Surname: Thornbury"]
    assert document.notes == ("The document has comments; they were not read as answers.",)


def test_a_cell_whose_deletion_is_tracked_is_gone() -> None:
    row = f"<w:tr>{tc('Surname')}{tc('Wrong', '<w:cellDel/>')}{tc('Thornbury', '<w:cellIns/>')}</w:tr>"
    document = word.read(docx(tbl(row)))
    assert sketch(document.blocks) == [([["Surname"], ["Thornbury"]],)]
    assert document.notes == ("The document has tracked changes; they were read as if accepted.",)


def test_a_document_inserted_in_a_document_is_read_and_a_chain_of_them_ends() -> None:
    inner = docx(p("Surname: Thornbury"))
    for _ in range(6):
        inner = docx(
            p("outer") + '<w:altChunk r:id="c1"/>', parts={"word/inner.docx": inner},
            links=[("c1", "aFChunk", "inner.docx")],
        )  # fmt: skip
        if _ == 0:
            assert sketch(word.read(inner).blocks) == ["outer", "Surname: Thornbury"]
    assert sketch(word.read(inner).blocks) == ["outer"] * 3


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next() -> None:
    ended = "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>" + r("Surname: Thorn") + "</w:p>"
    read = word.read(docx(ended + p("bury") + tbl(tr(tc(ended), "x"))))
    assert sketch(read.blocks) == ["Surname: Thornbury", ([["Surname: Thorn"], [True]],)]
    assert read.notes


def test_a_field_that_was_never_merged_is_empty() -> None:
    body = p("Surname: ", r("«Pupil_Surname»")) + p("She said «no» to it")
    assert sketch(word.read(docx(body)).blocks) == ["Surname: ", [""], "She said «no» to it"]
