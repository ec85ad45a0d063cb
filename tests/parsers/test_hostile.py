"""Files made to hurt: each is answered with one of our own words, quickly and cheaply."""

from __future__ import annotations

import contextlib
import io
import struct
import tracemalloc
import zipfile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from making import docx, p, package, r, relations, sdt, tbl, tc, tr, word_xml

from parsers.documents import html, legacy, limits, load, odt, plain, sheet, word
from parsers.documents.model import Table
from parsers.documents.sniff import sniff


def zeroes(size: int) -> bytes:
    return _with_part("word/document.xml", b"\0" * size)


def _with_part(name: str, data: bytes) -> bytes:
    return package({"_rels/.rels": relations([("r1", "officeDocument", name)]), name: data})


@pytest.mark.parametrize("data", [
    zeroes(21 * 1024 * 1024),  # one part over 20 MB
    zeroes(8 * 1024 * 1024),  # under it, but packed 1,000 to 1
    docx(p("form"), parts={f"word/media/{n}.png": b"\0" * 19_000_000 for n in range(6)}),
    docx(p("form"), parts={f"word/x{n}.xml": "" for n in range(2_001)}),
], ids=["big part", "ratio", "big in all", "many parts"])  # fmt: skip
def test_zip_bombs_are_refused_before_they_are_inflated(data: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(limits.Refused):
        load(data, "form.docx")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60_000_000


def test_a_header_that_lies_about_its_size_is_caught() -> None:
    data = bytearray(zeroes(21 * 1024 * 1024))
    directory = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, directory + 24, 1_000)
    with pytest.raises((limits.Refused, limits.Unreadable)):
        load(bytes(data), "form.docx")


XXE = ('<?xml version="1.0"?><!DOCTYPE w:document [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
       + word_xml(p(r("&secret;"))))  # fmt: skip
BILLION = ("<!DOCTYPE w:document [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{('&' + chr(97 + n) + ';') * 10}'>" for n in range(8)) + "]>"
    + word_xml(p(r("&i;"))))  # fmt: skip


@pytest.mark.parametrize(
    "part", [XXE, BILLION, XXE.encode("utf-16")], ids=["xxe", "bomb", "utf-16"]
)
@pytest.mark.parametrize("where", ["word/document.xml", "_rels/.rels", "word/styles.xml"])
def test_a_doctype_is_refused_in_any_part(part: str | bytes, where: str) -> None:
    parts = {where: part}
    data = docx(p("form"), styles="", parts=parts)  # type: ignore[arg-type]
    with pytest.raises(limits.CannotRead):
        word.read(data)
    with pytest.raises(limits.Refused):
        limits.parse_xml(part if isinstance(part, bytes) else part.encode())


def nested(times: int) -> str:
    return "<w:tbl><w:tr><w:tc>" * times + p("deep") + "</w:tc></w:tr></w:tbl>" * times


def test_deep_nesting_is_refused_and_shallow_is_read() -> None:
    with pytest.raises(limits.Refused):
        load(docx(nested(3_000)))
    with pytest.raises(limits.Refused):
        load(docx("<w:p>" + "<w:ins>" * 200_000 + "</w:ins>" * 200_000 + "</w:p>"))
    with pytest.raises(limits.Refused):
        load(docx(nested(60)))
    assert "deep" in load(docx(nested(15))).text()
    assert "deep" in load(docx("<w:sdt><w:sdtContent>" * 110 + p("deep") +
                               "</w:sdtContent></w:sdt>" * 110)).text()  # fmt: skip


@pytest.mark.parametrize("name", ["p", "hyperlink", "ins", "smartTag"])
def test_nested_paragraphs_are_not_read_twice_at_each_level(name: str) -> None:
    body = f"<w:{name}><w:p>" * 100 + r("once") + f"</w:p></w:{name}>" * 100
    assert load(docx(body)).text().count("once") == 1


@pytest.mark.parametrize("span", ["1000000000", "-1", "", "1e9", "٣"])
def test_absurd_spans_are_clamped(span: str) -> None:
    cells = tr(
        tc("a", f'<w:gridSpan w:val="{span}"/>'),
        "b",
        properties='<w:gridBefore w:val="99999999999"/>',
    )
    (table,) = word.read(docx(tbl(cells))).blocks
    assert isinstance(table, Table)
    assert table.cols <= limits.GRID_COLUMNS


def test_too_many_rows_cells_elements_and_open_fields_are_refused() -> None:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    for body in (tbl("<w:tr/>" * 5_001), tbl(tr(*["<w:tc/>"] * 30) * 4_000), "<w:p/>" * 600_001,
                 p(begin * 60)):  # fmt: skip
        with pytest.raises(limits.Refused):
            word.read(docx(body))


def test_a_paragraph_of_many_runs_costs_no_more_than_its_size() -> None:
    runs = "".join(f"<w:r><w:t>{n % 7919:x}</w:t></w:r>" for n in range(90_000))
    text = word.read(docx(f"<w:p>{runs}</w:p>")).text()
    assert len(text) == sum(len(f"{n % 7919:x}") for n in range(90_000))


def test_names_in_a_zip_are_never_paths(tmp_path: object) -> None:
    data = _with_part("../../../../etc/passwd", word_xml(p("slipped")).encode())
    for attempt in (data, _with_part("/etc/passwd", word_xml(p("slipped")).encode())):
        with contextlib.suppress(limits.CannotRead):
            assert "root:" not in load(attempt, "form.docx").text()


def test_a_styles_loop_and_a_relationship_to_itself_end() -> None:
    styles = ('<w:style w:styleId="A"><w:basedOn w:val="B"/></w:style>'
              '<w:style w:styleId="B"><w:basedOn w:val="A"/></w:style>')  # fmt: skip
    links = [("h", "header", "document.xml")]
    body = p("text", style="A") + '<w:sectPr><w:headerReference r:id="h"/></w:sectPr>'
    assert "text" in word.read(docx(body, styles=styles, links=links)).text()


@pytest.mark.parametrize("cut", [10, 200, 600, 900])
def test_truncated_files_are_unreadable(cut: int) -> None:
    data = docx(p("Surname: Thornbury") * 50)
    with pytest.raises(limits.CannotRead):
        load(data[:cut], "form.docx")
    with pytest.raises(limits.Unreadable):
        load(data[:-30], "form.docx")


def test_text_named_docx_is_read_as_text_and_never_by_libreoffice() -> None:
    assert load(b"Surname: Thornbury\nDOB: 1/2/2014\n", "form.docx").format == "text"
    assert sniff(b"garbage \x00\x01\x02\x03" * 50, "form.doc") == "unknown"
    with pytest.raises(limits.Unsupported):
        load(b"\x00\x01\x02garbage" * 50, "form.doc")


def test_spreadsheet_and_odt_repeats_are_clamped() -> None:
    cell = ('<table:table-cell table:number-columns-repeated="1000000000"><text:p>a</text:p>'
            "</table:table-cell>")  # fmt: skip
    row = f'<table:table-row table:number-rows-repeated="1000000000">{cell}</table:table-row>'
    with pytest.raises(limits.Refused):
        odt.read(odt_package(f"<table:table>{row}</table:table>"))
    assert odt.read(odt_package("<text:p>a<text:s text:c='999999999'/>b</text:p>")).blocks


def odt_package(body: str) -> bytes:
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"'
                      for n in ("office", "text", "table"))  # fmt: skip
    content = (f"<office:document-content {spaces}><office:body><office:text>{body}</office:text>"
               "</office:body></office:document-content>")  # fmt: skip
    return package({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def test_html_bombs_end() -> None:
    spans = "<tr>" + '<td rowspan="999999" colspan="999999">a</td>' * 50 + "</tr>"
    assert html.read_text(f"<table>{spans * 100}</table>").blocks
    deep = "<div>" * 50_000 + "Surname" + "</div>" * 50_000
    assert html.read_text(deep) is not None
    with pytest.raises(limits.Refused):
        html.read_text("<p>" * 700_000)
    entities = "<!DOCTYPE html [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><p>x1 &a;</p>"
    assert "root:" not in html.read_text(entities).text()


def test_csv_and_text_bombs_are_refused() -> None:
    with pytest.raises(limits.Refused):
        sheet.read_csv(b"a,b\n" * 6_000)
    with pytest.raises(limits.Refused):
        plain.read(b"a\n" * 60_000)
    with pytest.raises(limits.Refused):
        load(b"a" * (limits.DOCUMENT_BYTES + 1), "x.txt")


def test_an_xlsx_with_a_million_rows_or_a_bad_reference_is_answered() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 5_003))
    with pytest.raises(limits.Refused):
        sheet.read(workbook(f"<sheetData>{rows}</sheetData>"))
    odd = ('<sheetData><row r="99999999999"><c r="ZZZ9999999" t="s"><v>999999999</v></c><c r="!">'
           '<v>1e999</v></c><c t="d"><v>x</v></c></row></sheetData><mergeCells>'
           '<mergeCell ref="A1:XFD1048576"/></mergeCells>')  # fmt: skip
    assert sheet.read(workbook(odd)) is not None


def workbook(body: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    related = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return package({
        "_rels/.rels": relations([("r1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{space}" xmlns:r="{related}"><sheets>'
        '<sheet name="Leavers" sheetId="1" r:id="s1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations([("s1", "worksheet", "worksheets/sheet1.xml")]),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}">{body}</worksheet>',
    })  # fmt: skip


def test_exception_texts_quote_nothing_of_the_form() -> None:
    broken = docx(p("Thornbury")).replace(b"PK\x05\x06", b"PK\x05\x07")
    for data in (broken, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1Thornbury" * 20):
        with pytest.raises(limits.CannotRead) as told:
            load(data, "Thornbury.docx")
        assert "Thornbury" not in str(told.value)


SEEDS = [
    docx(p(r("☒ Yes"), sdt("<w:text/>", r("a"))) + tbl(tr("a", "b"))),
    odt_package("<table:table><table:table-row><table:table-cell><text:p>a</text:p>"
                "</table:table-cell></table:table-row></table:table>"),
    workbook('<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row></sheetData>'),
    b"<html><table><tr><td>Surname<td>Thornbury</table><input type=checkbox checked></html>",
    b"Surname,DOB\nThornbury,1/2/2014\nAda,3/4/2015\n",
    b"| a | b |\n|---|---|\n| [x] | c |\n",
    b"<?xml version='1.0'?><a><b>c</b></a>",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
]  # fmt: skip
PREFIXES = (b"", b"PK\x03\x04", b"<html>", b"<?xml version='1.0'?>", b"a,b\n", b"\xff\xfe",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")  # fmt: skip


def answered(data: bytes, name: str) -> None:
    if sniff(data, name) in ("pdf", "png", "jpeg", "tiff", "gif", "bmp", "heic", "webp", "doc",
                             "rtf", "xls", "xlsb", "ods"):  # fmt: skip
        return  # read by others, or by LibreOffice, which has tests of its own
    try:
        load(data, name)
    except limits.CannotRead:
        return


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(PREFIXES), st.binary(max_size=600), st.sampled_from(["a.docx", "b.csv", "c"])
)
@example(b"", b"", "a.docx")
def test_no_bytes_whatever_raise_anything_but_our_own(
    prefix: bytes, tail: bytes, name: str
) -> None:
    answered(prefix + tail, name)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SEEDS), st.data())
def test_no_damage_to_a_file_raises_anything_but_our_own(seed: bytes, draw: st.DataObject) -> None:
    data = bytearray(seed)
    for _ in range(draw.draw(st.integers(1, 6))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    answered(bytes(data[: draw.draw(st.integers(1, len(data)))]), "form.docx")
    answered(bytes(data), "form.docx")


NAMES = st.sampled_from(["w:p", "w:r", "w:t", "w:tbl", "w:tr", "w:tc", "w:sdt", "w:sdtPr", "w:sdtContent",
                         "w:fldChar", "w:ffData", "w:txbxContent", "mc:AlternateContent", "w:vMerge",
                         "mc:Choice", "w:rPr", "w:pPr", "w:tcPr", "w:gridSpan", "w:ins", "w:sym"])  # fmt: skip
TREES = st.recursive(
    st.tuples(NAMES, st.just([]), st.sampled_from(["", ' w:val="1"', ' w:fldCharType="begin"', ' w:fldCharType="end"',
                                                   ' w:char="F0FE" w:font="Wingdings"', ' w:val="x"'])),
    lambda inner: st.tuples(NAMES, st.lists(inner, max_size=4), st.just("")), max_leaves=25,
)  # fmt: skip


def written(tree: tuple[str, list[object], str]) -> str:
    name, children, attributes = tree
    inner = "".join(written(child) for child in children)  # type: ignore[arg-type]
    return f"<{name}{attributes}>{inner or 'a'}</{name}>"


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TREES, max_size=6))
def test_any_tree_of_word_elements_is_walked(trees: list[tuple[str, list[object], str]]) -> None:
    word.read(docx("".join(written(tree) for tree in trees)))  # the reader itself, not `load`


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.lists(st.sampled_from(
    ["<table>", "<tr>", "<td rowspan=9>", "</td>", "<dl>", "<dd>", "<br>", "<input type=radio>", "<select>",
     "<option selected>", "</table>", "<p style='display:none'>", "<pre>", "a", "|"]), max_size=30))  # fmt: skip
def test_any_tags_and_text_are_read(text: str, tags: list[str]) -> None:
    html.read_text(text + "".join(tags) + "<p>end</p>")
    plain.read_text(text + "\n".join(tags))


def test_a_zip_that_is_not_a_document_is_named_so() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("Form 1.docx", b"x")
    assert sniff(stream.getvalue(), "forms.docx") == "zip"
    assert legacy.find_office() is None or isinstance(legacy.find_office(), str)
