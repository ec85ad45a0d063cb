"""The formats beside Word: what each says, and what each is, whatever it is called."""

from __future__ import annotations

import contextlib
import http.server
import io
import os
import random
import struct
import subprocess
import sys
import threading
import time
import types
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from making import docx, p, package, places, r, relations, sdt, sketch, tbl, tr, word_xml
from making import legacy as legacy_field
from openpyxl.styles import Font, PatternFill

from parsers.documents import html, legacy, limits, load, odt, office_lock, plain, sheet
from parsers.documents.model import Document, Field, Mark, Place, Table, Text, walk
from parsers.documents.sniff import sniff

# HTML


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>Surname: <b>Thornbury</b></p>", ["Surname: ", "Thornbury"]),
        ("Name: Ada<br>DOB: 1/2/2014", ["Name: Ada", "DOB: 1/2/2014"]),
        ("<table><tr><th>Surname</th><td>Thornbury</td></tr></table>", [([["Surname"], ["Thornbury"]],)]),
        ("<dl><dt>Surname</dt><dd>Thornbury</dd><dt>UPN</dt><dd></dd></dl>",
         [([["Surname"], ["Thornbury"]], [["UPN"], []])]),
        ("<input type=checkbox checked> Yes <input type='radio'> No", [True, "Yes", False, "No"]),
        ("UPN <input name=upn value=' A1 '>", ["UPN ", ["A1"]]),
        ("<input type=hidden value=secret><button>Send</button><input type=submit value=Go>", []),
        ("<select><option>Choose an item<option selected>Moved</select>", [["Moved"]]),
        ("<textarea> moved\nin May </textarea>", [["moved\nin May"]]),
        ("<p>seen<span style='display: none'>hidden</span></p><div hidden>x1</div>", ["seen"]),
        ("<style>.h, p.k {display:none}</style><p class='a h'>no</p><p class=b>yes</p>", ["yes"]),
        ("<script>x()</script><title>t</title><!-- c --><p>words</p>", ["words"]),
        ("<p>two  spaces&nbsp;and\nlines</p>", ["two spaces and lines"]),
        ("<pre>a\nb</pre>", ["a", "b"]),
        ("<ul><li>one</li><li>two</li></ul>", ["one", "two"]),
        ("<p>&#9746; Yes &#9744; No</p>", [True, "Yes", False, "No"]),
        ("<o:p>Word's own</o:p>", ["Word's own"]),
        ("<![if !supportLists]>a<![endif]>b", ["ab"]),
        ("<table><tr><td>a<table><tr><td>b</td></tr></table></td></tr></table>",
         [([["a", ([["b"]],)]],)]),
        ("<p>it&rsquo;s &lt;here&gt;</p>", ["it’s <here>"]),
        ("<p><span style='font-family:Wingdings'>&thorn;</span> Yes <font face=Wingdings>&uml;</font> No",
         [True, "Yes", False, "No"]),
        ("<p><font face='Wingdings'>&oslash;<font face=Arial>Moved</font></font></p>", ["Moved"]),
        ("<p>\uf0fe Yes</p>", [True, "Yes"]),
    ],
)  # fmt: skip
def test_html(page: str, expected: list[object]) -> None:
    assert stripped(sketch(html.read_text(page).blocks)) == stripped(expected)


def stripped(found: list[object]) -> list[object]:
    return [words.strip() if isinstance(words, str) else words for words in found]


def test_html_spans_keep_the_grid() -> None:
    page = ("<table><thead><tr><th colspan=2>Child<th>Born</thead><tr><td rowspan=2>Ada<td>a<td>b"
            "<tr><td>c<td>d</table>")  # fmt: skip
    (table,) = html.read_text(page).blocks
    assert isinstance(table, Table)
    assert [(c.row, c.col, c.rowspan, c.colspan, c.header) for c in table.cells] == [
        (0, 0, 1, 2, True), (0, 2, 1, 1, True), (1, 0, 2, 1, False), (1, 1, 1, 1, False),
        (1, 2, 1, 1, False), (2, 1, 1, 1, False), (2, 2, 1, 1, False),
    ]  # fmt: skip


def test_html_styles() -> None:
    page = ("<h2>Child</h2><p><s>Yes</s>/<mark>No</mark> <span style='background:yellow'>or</span>"
            "<span style='font-weight:700;text-decoration: line-through'>x1</span></p>")  # fmt: skip
    assert [(t.text, sorted(t.styles)) for t in html.read_text(page).blocks if isinstance(t, Text)] == [
        ("Child", ["heading"]), ("Yes", ["strike"]), ("/", []), ("No or", ["highlight"]),
        ("x1", ["bold", "strike"]),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252", "iso-8859-1"])
def test_html_in_any_encoding(encoding: str) -> None:
    page = f"<html><head><meta charset={encoding}></head><p>Zoë Müller</p></html>"
    assert load(page.encode(encoding), "form.doc").text() == "Zoë Müller"


def test_a_page_saved_as_one_file_and_named_doc_is_read() -> None:
    saved = (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=B\r\n\r\n--B\r\n"
             b"Content-Type: text/html; charset=windows-1252\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
             b"<table><tr><td>Surname<td>M=FCl=\r\nler</table>\r\n--B--\r\n")  # fmt: skip
    assert sniff(saved, "form.doc") == "mhtml"
    for data in (saved, b"\xef\xbb\xbf" + saved):
        assert sketch(load(data, "form.doc").blocks) == [([["Surname"], ["Müller"]],)]


def test_a_reviewers_comment_in_a_web_page_is_no_answer_and_a_heic_picture_says_what_it_is() -> (
    None
):
    page = (b"<html><p>Surname: Thornbury</p><div style='mso-element:comment-list'>"
            b"<p class=MsoCommentText>Surname: Wrong</p></div></html>")  # fmt: skip
    assert sketch(html.read(page).blocks) == ["Surname: Thornbury"]
    with pytest.raises(limits.Unsupported) as told:
        load(b"\0\0\0\x18ftypheic" + b"\0" * 40, "photo.heic")
    assert told.value.format == "heic"


# OpenDocument

SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in (("office", "office"), ("text", "text"), ("table", "table"), ("form", "form"),
                        ("style", "style"), ("fo", "xsl-fo-compatible"), ("draw", "drawing"))
) + (' xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"'
     ' xmlns:field="urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0"')  # fmt: skip
AUTOMATIC = (
    '<style:style style:name="B" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="X" style:family="text"><style:text-properties style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="C" style:family="table-cell"><style:table-cell-properties fo:background-color="#dddddd"/></style:style>'
)


def odt_file(body: str, styles: str = "") -> bytes:
    content = (f"<office:document-content {SPACES}><office:automatic-styles>{AUTOMATIC}"
               f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
               "</office:document-content>")  # fmt: skip
    parts: dict[str, bytes | str] = {"mimetype": "application/vnd.oasis.opendocument.text",
                                     "content.xml": content}  # fmt: skip
    if styles:
        parts["styles.xml"] = f"<office:document-styles {SPACES}>{styles}</office:document-styles>"
    return package(parts)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<text:p>Name:<text:s text:c='2'/>Ada<text:tab/>x1<text:line-break/>y1</text:p>", ["Name:  Ada\tx1\ny1"]),
        ("<text:h>Child</text:h>", ["Child"]),
        ("<text:p>a <text:span text:style-name='H'>hidden</text:span>b</text:p>", ["a b"]),
        ("<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion>"
         "</text:changed-region></text:tracked-changes><text:p>kept</text:p>", ["kept"]),
        ("<text:list><text:list-item><text:p>one</text:p></text:list-item></text:list>", ["one"]),
        ("<text:p>☑ Yes ☐ No</text:p>", [True, "Yes", False, "No"]),
        ("<text:p><text:placeholder>&lt;name&gt;</text:placeholder></text:p>", [[""]]),
        ("<text:p><text:text-input>Ada</text:text-input></text:p>", [["Ada"]]),
        ("<text:p>a<draw:frame><draw:text-box><text:p>boxed</text:p></draw:text-box></draw:frame></text:p>",
         ["a", "boxed"]),
        ("<text:p><loext:content-control loext:checkbox='true' loext:checked='true'>☒</loext:content-control></text:p>",
         [True]),
        ("<text:p><loext:content-control loext:showing-place-holder='true'>Type</loext:content-control></text:p>", [[""]]),
        ("<text:p><loext:content-control><loext:list-item loext:display-text='Moved'/>Moved</loext:content-control></text:p>",
         [["Moved"]]),
        ("<text:p><field:fieldmark-start field:type='vnd.oasis.opendocument.field.FORMTEXT'/>Ada"
         "<field:fieldmark-end/></text:p>", [["Ada"]]),
        ("<text:p><field:fieldmark field:type='vnd.oasis.opendocument.field.FORMCHECKBOX'><field:param "
         "field:name='Checkbox_Checked' field:value='true'/></field:fieldmark></text:p>", [True]),
        ("<office:forms><form:form><form:checkbox form:id='c1' form:current-state='checked'/></form:form></office:forms>"
         "<text:p><draw:control draw:control='c1'/> Yes</text:p>", [True, " Yes"]),
    ],
)  # fmt: skip
def test_odt(body: str, expected: list[object]) -> None:
    assert stripped(sketch(load(odt_file(body), "form.doc").blocks)) == stripped(expected)


def test_odt_tables_spans_headers_and_shading() -> None:
    body = ("<table:table><table:table-header-rows><table:table-row><table:table-cell table:number-columns-spanned='2' "
            "table:style-name='C'><text:p>Child</text:p></table:table-cell><table:covered-table-cell/></table:table-row>"
            "</table:table-header-rows><table:table-row><table:table-cell><text:p>Surname</text:p></table:table-cell>"
            "<table:table-cell><text:p><text:span text:style-name='B'>Thornbury</text:span></text:p></table:table-cell>"
            "</table:table-row></table:table>")  # fmt: skip
    head = ("<office:master-styles><style:master-page><style:header><text:p>Ref 1</text:p></style:header>"
            "</style:master-page></office:master-styles>")  # fmt: skip
    document = odt.read(odt_file(body, head))
    assert sketch(document.blocks) == ["Ref 1", ([["Child"]], [["Surname"], ["Thornbury"]])]
    table = document.blocks[1]
    assert isinstance(table, Table)
    assert [(c.col, c.colspan, c.header, c.shaded) for c in table.cells] == [
        (0, 2, True, True), (0, 1, False, False), (1, 1, False, False),
    ]  # fmt: skip
    assert table.cells[2].items[0].styles == {"bold"}  # type: ignore[union-attr]


# Workbooks and lists


def workbook() -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "Leavers"
    page.append(["Surname", "DOB", "UPN", "On roll", "Seen", "Number"])
    page.append(
        ["Thornbury", date(2014, 3, 14), "A123456789012", True, datetime(2026, 5, 1, 9, 30), 8.2]
    )
    page.append(["Mateo", "14.3.14", None, False, "x", 820000000000])
    page.append(["Hidden", date(2014, 3, 14)])
    page.row_dimensions[4].hidden = True
    page["A1"].font = Font(bold=True)
    page["A1"].fill = PatternFill("solid", fgColor="FFDDDDDD")
    page["A6"] = "Merged"
    page.merge_cells("A6:C6")
    book.create_sheet("Lists").sheet_state = "hidden"
    book["Lists"].append(["not read"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_workbook_is_a_table_a_sheet() -> None:
    document = load(workbook(), "list.csv")
    assert document.format == "xlsx"
    assert sketch(document.blocks) == [(
        [["Surname"], ["DOB"], ["UPN"], ["On roll"], ["Seen"], ["Number"]],
        [["Thornbury"], ["2014-03-14"], ["A123456789012"], ["TRUE"], ["2026-05-01 09:30"], ["8.2"]],
        [["Mateo"], ["14.3.14"], ["FALSE"], [True], ["820000000000"]],
        [], [], [["Merged"]],
    )]  # fmt: skip
    (table,) = document.blocks
    assert isinstance(table, Table)
    assert table.cells[-1].colspan == 3
    assert table.cells[0].shaded
    assert 'sheet "Leavers", cell B2' in places(document)
    assert any("hidden" in note for note in document.notes)
    assert any("Sheet 2 is hidden" in note for note in document.notes)


def test_a_workbook_reads_like_openpyxl() -> None:
    data = workbook()
    page = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["Leavers"]
    words = {str(cell.value) for row in page.iter_rows(max_row=1) for cell in row if cell.value}
    assert words <= set(load(data).text().splitlines())


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"Surname,DOB\r\nThornbury,14/03/2014\r\nMateo,1/2/2015\r\n", [["Surname"], ["DOB"]]),
        (b"Surname;DOB;UPN\nThornbury;14/03/2014;8.20E+11\n", [["Surname"], ["DOB"], ["UPN"]]),
        (b"Surname\tDOB\tUPN\nThornbury\t14/03/2014\tA1\n", [["Surname"], ["DOB"], ["UPN"]]),
        ('Surname,DOB\n"Müller, Zoë",1/2/2014\nB,2/3/2015\n'.encode("utf-16"), [["Surname"], ["DOB"]]),
        ("Surname,DOB\nMüller,1/2/2014\nB,2/3/2015\n".encode("cp1252"), [["Surname"], ["DOB"]]),
        (b"sep=;\nSurname;DOB\nA;1/2/2014\n", [["Surname"], ["DOB"]]),
    ],
)  # fmt: skip
def test_lists_kept_as_text(data: bytes, rows: list[object]) -> None:
    document = load(data, "leavers.csv")
    assert document.format == "csv"
    assert sketch(document.blocks)[0][0] == rows  # type: ignore[index]


def test_a_upn_in_scientific_notation_stays_as_it_is() -> None:
    assert "8.20E+11" in sheet.read_csv(b"UPN,Name\n8.20E+11,Ada\n").text()


# Plain words


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Surname: Thornbury\n\nDOB: 1/2/2014\n", ["Surname: Thornbury", "DOB: 1/2/2014"]),
        ("EHCP [x] Yes [ ] No", ["EHCP", True, "Yes", False, "No"]),
        ("| Surname | DOB |\n|---|---|\n| Thornbury | 1/2/2014 |\nafter",
         [([["Surname"], ["DOB"]], [["Thornbury"], ["1/2/2014"]]), "after"]),
        ("+---+---+\n| a | b |\n+---+---+\n| c | [x] |\n+---+---+", [([["a"], ["b"]], [["c"], [True]])]),
        ("either | or", ["either | or"]),
        ("-----\nSigned", ["-----", "Signed"]),
    ],
)  # fmt: skip
def test_plain_words(words: str, expected: list[object]) -> None:
    assert sketch(plain.read_text(words).blocks) == expected


def test_lines_are_numbered_as_they_stand() -> None:
    assert places(plain.read_text("\nSurname: Thornbury\n\nUPN: A1")) == ["line 2", "line 4"]


def test_other_xml_is_read_leaf_by_leaf() -> None:
    document = load(b"<?xml version='1.0'?><xfdf><fields><field name='DOB'><value>1/2/14</value></field>"
                    b"<DateOfEntry>5</DateOfEntry></fields></xfdf>", "form.xfdf")  # fmt: skip
    assert [(f.label, f.value) for f in document.blocks if isinstance(f, Field)] == [
        ("DOB", "1/2/14"), ("Date Of Entry", "5"),
    ]  # fmt: skip


def test_word_and_opendocument_as_one_xml_file() -> None:
    body = tbl(tr("Surname", "Thornbury")) + p(
        legacy_field("FORMCHECKBOX", "<w:checkBox><w:checked/></w:checkBox>")
    )
    part = word_xml(body)
    flat = f'<pkg:package xmlns:pkg="urn:p"><pkg:part><pkg:xmlData>{part}</pkg:xmlData></pkg:part></pkg:package>'
    old = part.replace("w:document", "w:wordDocument")
    for file in (flat, "<?xml version='1.0'?><?mso-application progid='Word.Document'?>" + old):
        document = load(file.encode(), "form.doc")
        assert (document.format, sketch(document.blocks)) == (
            "doc",
            [([["Surname"], ["Thornbury"]],), True],
        )
    fodt = (f"<?xml version='1.0'?><office:document {SPACES}><office:master-styles/><office:body><office:text>"
            "<text:p>Thornbury</text:p></office:text></office:body></office:document>")  # fmt: skip
    assert (load(fodt.encode()).format, load(fodt.encode()).text()) == ("odt", "Thornbury")


# Sniffing


def ole(*names: str, at: dict[str, bytes] | None = None) -> bytes:
    """Return the smallest OLE file with these streams in its root."""
    data = bytearray(512 * 8)
    data[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", data, 30, 9)
    struct.pack_into("<I", data, 48, 1)
    struct.pack_into("<109I", data, 76, 0, *[0xFFFFFFFF] * 108)
    struct.pack_into("<128I", data, 512, 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFE] * 126)
    for number, name in enumerate(("Root Entry", *names)):
        entry = 1024 + 128 * number
        text = name.encode("utf-16-le") + b"\0\0"
        data[entry : entry + len(text)] = text
        right = number + 1 if 0 < number < len(names) else 0xFFFFFFFF
        child = 1 if number == 0 else 0xFFFFFFFF
        kind = 5 if number == 0 else 2
        struct.pack_into("<HBBIII", data, entry + 64, len(text), kind, 1, 0xFFFFFFFF, right, child)
        struct.pack_into("<I", data, entry + 116, 2 + number)
        if at and name in at:
            start = (3 + number) * 512
            data[start : start + len(at[name])] = at[name]
    return bytes(data)


MAIL = b"From: office@alder.example\r\nTo: cme@county.example\r\nSubject: Form\r\nMIME-Version: 1.0\r\n\r\nHello"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (docx(p("a")), "docx"),
        (odt_file("<text:p/>"), "odt"),
        (workbook(), "xlsx"),
        (package({"a.docx": b"x"}), "zip"),
        (package({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "ods"),
        (ole("WordDocument", "1Table"), "doc"),
        (ole("WordDocument", at={"WordDocument": b"\xec\xa5" + b"\0" * 8 + b"\x00\x01"}), "encrypted_office"),
        (ole("Workbook"), "xls"),
        (ole("Workbook", at={"Workbook": b"\x09\x08\x00\x00\x2f\x00\x02\x00aa"}), "encrypted_office"),
        (ole("EncryptionInfo", "EncryptedPackage"), "encrypted_office"),
        (ole("__properties_version1.0", "WordDocument"), "msg"),
        (ole("Other"), "unknown"),
        (b"{\\rtf1 words}", "rtf"),
        (b"\xef\xbb\xbf {\\rtf1}", "rtf"),
        (b"junk\n%PDF-1.7\n", "pdf"),
        (b"\x89PNG\r\n\x1a\n....", "png"),
        (b"\xff\xd8\xff\xe0....", "jpeg"),
        (b"II*\0....", "tiff"),
        (b"MM\0*....", "tiff"),
        (b"GIF89a....", "gif"),
        (b"BM" + b"\0\1\0\0" + b"\0" * 30, "bmp"),
        (b"\0\0\0\x18ftypheic....", "heic"),
        (b"\x78\x9f\x3e\x22....", "tnef"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0", "ics"),
        (b"\x30\x82\x01\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", "p7m"),
        (b"-----BEGIN PKCS7-----\nabc", "p7m"),
        (MAIL, "eml"),
        (b"Received: from a\r\nFrom: b\r\nDate: c\r\n\r\n", "eml"),
        (b"From: Ada\nTo: the council\n\nMoved.", "text"),
        (b"<html><body>a</body></html>", "html"),
        (b"\xef\xbb\xbf<!DOCTYPE html><p>a", "html"),
        (b"<!-- saved --><table><tr><td>a</table>", "html"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "html"),
        ("<html><p>Zoë".encode("utf-16"), "html"),
        (b"<?xml version='1.0'?><a/>", "xml"),
        (b"Surname,DOB,UPN\nA,1/2/2014,B\n", "csv"),
        (b"Surname: Thornbury\nDOB: 1/2/2014\n", "text"),
        (b"Dear all, we have moved.\nKind regards, Ada\n", "text"),
        ("Zoë Müller moved".encode("cp1252"), "text"),
        (b"\x00\x01\x02\x03", "unknown"),
        (b"", "unknown"),
        (b"   \n", "text"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["", "form.docx", "form.doc", "form.pdf"])
def test_a_file_is_known_by_its_bytes(data: bytes, expected: str, name: str) -> None:
    assert sniff(data, name) == expected


def test_a_detached_signature_is_told_by_its_name() -> None:
    signed = b"\x30\x82\x01\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
    assert (sniff(signed, "smime.p7s"), sniff(signed, "smime.p7m")) == ("p7s", "p7m")


@pytest.mark.parametrize("name", ["x.doc", "x.pdf", "x"])
def test_html_and_docx_under_a_wrong_name_are_read(name: str) -> None:
    assert load(b"<table><tr><td>Surname<td>Thornbury</table>", name).format == "html"
    assert load(docx(p("Thornbury")), name).text() == "Thornbury"


@pytest.mark.parametrize("data", [package({"a": b"b"}), MAIL, b"BEGIN:VCALENDAR\n", b"\0\1\2\3"])
def test_what_is_not_read_here_says_what_it_is(data: bytes) -> None:
    with pytest.raises(limits.Unsupported) as told:
        load(data, "a.docx")
    assert told.value.format == sniff(data)


# Locked files


def locked(password: str) -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    made = io.BytesIO()
    noise = random.Random(1).randbytes(9_000)  # the library cannot write streams under 4,096 bytes
    data = docx(p("Thornbury"), parts={"word/media/1.png": noise})
    OOXMLFile(io.BytesIO(data)).encrypt(password, made)
    return made.getvalue()


def test_a_locked_document_opens_with_its_password_only() -> None:
    data = locked("Alder-2026")
    assert sniff(data) == "encrypted_office"
    with pytest.raises(limits.Locked):
        load(data, "form.docx")
    with pytest.raises(limits.Locked):
        load(data, "form.docx", passwords=("wrong", "also wrong"))
    document = load(data, "form.docx", passwords=("wrong", "Alder-2026"))
    assert (document.format, document.text()) == ("docx", "Thornbury")
    assert "Alder-2026" not in " ".join(document.notes)


def test_a_file_that_asks_for_hours_of_stirring_is_refused() -> None:
    data = ole("EncryptionInfo", "EncryptedPackage") + b'spinCount="10000000"'
    with pytest.raises(limits.Refused):
        office_lock.unlock(data, ("a",))


def test_a_damaged_locked_file_is_unreadable_or_locked() -> None:
    with pytest.raises(limits.CannotRead):
        load(ole("EncryptionInfo", "EncryptedPackage"), "form.docx", passwords=("a",))


# Older formats

needs_office = pytest.mark.skipif(legacy.find_office() is None, reason="LibreOffice is not here")
RTF = (b"{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}{\\b Surname:} Thornbury\\par "
       b"\\trowd\\cellx3000\\cellx6000 DOB\\intbl\\cell 14/03/2014\\intbl\\cell\\row\\pard end\\par}")  # fmt: skip


@needs_office
def test_older_formats_are_read_as_their_successors_are() -> None:
    body = p("Surname: Thornbury", legacy_field("FORMCHECKBOX", "<w:checkBox><w:checked/></w:checkBox>"),
             " EHCP ", legacy_field("FORMTEXT", "<w:textInput/>", "yes")) + tbl(
                 "<w:tblGrid><w:gridCol w:w='3000'/><w:gridCol w:w='3000'/></w:tblGrid>",
                 tr("DOB", "14/03/2014")) + p("end")  # fmt: skip
    with legacy.Converter() as converter:
        rtf = legacy.read(RTF, "rtf", converter=converter)
        assert rtf.format == "rtf"
        assert "Thornbury" in rtf.text()
        assert any(isinstance(block, Table) for block in rtf.blocks)
        doc = _doc_of(converter, docx(body))
        assert sniff(doc, "x.pdf") == "doc"
        document = legacy.read(doc, "doc", converter=converter)
        assert (document.format, [m.on for m in walk(document.blocks) if isinstance(m, Mark)]) == (
            "doc", [True],
        )  # fmt: skip
        assert [f.value for f in walk(document.blocks) if isinstance(f, Field)] == ["yes"]
        assert ([["DOB"], ["14/03/2014"]],) in sketch(document.blocks)
        last = legacy.read(_doc_of(converter, docx(LAST)), "doc", converter=converter)
        assert sketch(last.blocks) == [
            "Referral",
            ([["Name"], ["Elsie", "May"]], [["EHCP"], [True, "Yes"]]),
        ]
        assert last.notes == ("The last table was read in a second way.",)


# LibreOffice loses a table that nothing follows from a .doc.
LAST = p("Referral") + tbl(
    "<w:tblGrid><w:gridCol w:w='3000'/><w:gridCol w:w='3000'/></w:tblGrid>",
    tr("Name", f"<w:tc>{p('Elsie')}{p('May')}</w:tc>"), tr("EHCP", "☒ Yes"))  # fmt: skip


def _doc_of(converter: legacy.Converter, data: bytes) -> bytes:
    """Have LibreOffice itself make a .doc of a .docx."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(legacy._INTO, "docx", "doc")
        patch.setitem(legacy._FILTERS, "doc", "doc:MS Word 97")
        return converter.convert(data, "docx")


@needs_office
def test_a_converter_that_takes_too_long_is_stopped_and_the_next_file_is_read() -> None:
    with legacy.Converter(seconds=0.001) as converter, pytest.raises(limits.Refused):
        converter.convert(RTF, "rtf")


@needs_office
def test_nothing_comes_of_a_hollow_file() -> None:
    with legacy.Converter() as converter, pytest.raises(limits.Unreadable):
        legacy.read(ole("WordDocument"), "doc", converter=converter)


@needs_office
def test_a_word_document_becomes_a_pdf_to_be_shown_and_a_hostile_one_does_not() -> None:
    with legacy.Converter() as converter:
        assert legacy.to_pdf(docx(p("Thornbury")), "docx", converter=converter)[:5] == b"%PDF-"
        with pytest.raises(limits.Refused):
            legacy.to_pdf(docx("<w:ins>" * 900 + "</w:ins>" * 900), "docx", converter=converter)


@needs_office
def test_a_waiting_office_goes_when_its_worker_is_killed() -> None:
    worker = (
        "import time\nfrom parsers.documents import legacy\nconverter = legacy.Converter()\n"
        "converter.warm()\nprint(converter._office.process.pid, flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", worker], stdout=subprocess.PIPE, text=True
    ) as started:
        assert started.stdout is not None
        group = int(started.stdout.readline())
        os.killpg(group, 0)  # it is there
        started.kill()
    deadline = time.monotonic() + 20
    while _alive(group) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(group)


def _alive(group: int) -> bool:
    """Say whether any process of the group still runs, other than as a zombie."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, found = stat.read_text().rpartition(")")[2].split()[:3]
            if int(found) == group and state != "Z":
                return True
    return False


LINKED = (
    '<w:r><w:drawing><wp:inline><wp:extent cx="900000" cy="900000"/><wp:docPr id="1" name="p"/><a:graphic>'
    '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic xmlns:pic='
    '"http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr><pic:cNvPr id="0" name="p"/>'
    '<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:link="i1"/></pic:blipFill><pic:spPr><a:xfrm>'
    '<a:off x="0" y="0"/><a:ext cx="900000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"/></pic:spPr>'
    "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
)


@needs_office
def test_a_linked_picture_is_not_fetched_even_where_there_is_a_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_GET

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    with http.server.HTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        target = f"http://127.0.0.1:{server.server_address[1]}/a.png"
        rels = relations([("i1", "image", target)]).replace("/>", ' TargetMode="External"/>')
        data = docx(p(r("Thornbury"), LINKED), parts={"word/_rels/document.xml.rels": rels})
        monkeypatch.setattr(legacy, "_no_network", tuple)  # the profile alone must do
        monkeypatch.setitem(legacy._INTO, "docx", "odt")
        monkeypatch.setitem(legacy._FILTERS, "odt", "odt:writer8")
        with legacy.Converter() as converter:
            made = converter.convert(data, "docx")
        server.shutdown()
    assert load(made).text() == "Thornbury"
    assert asked == []


def test_without_libreoffice_the_answer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legacy, "find_office", lambda: None)
    with pytest.raises(limits.ConverterMissing) as told:
        legacy.read(RTF, "rtf", converter=legacy.Converter())
    assert "LibreOffice" in str(told.value)


# Pictures in a document


def test_a_document_of_pictures_alone_is_read_from_them(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = types.ModuleType("parsers.documents.picture")
    seen: list[bytes] = []

    def read(data: bytes) -> Document:
        seen.append(data)
        if data == b"bad":
            raise limits.Unreadable("no picture")
        return Document(
            "scan", (Text("Surname", Place("line 1", method="ocr"), sure=0.9),), 1, True
        )

    fake.read = read  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "parsers.documents.picture", fake)
    monkeypatch.setattr("parsers.documents.picture", fake, raising=False)
    links = [("i1", "image", "media/1.png"), ("i2", "image", "media/2.png")]
    parts: dict[str, bytes | str] = {"word/media/1.png": b"\x89PNG one", "word/media/2.png": b"bad"}
    document = load(docx(p(""), links=links, parts=parts), "scan.docx")
    assert (document.ocr, sketch(document.blocks)) == (True, ["Surname"])
    assert document.blocks[0].place.words == "picture 1, line 1"
    assert len(document.notes) == 1
    words = p("Surname: Thornbury, forenames: Ada Mary")
    large = parts | {"word/media/1.png": random.Random(2).randbytes(70_000)}
    assert load(docx(words, links=links[:1], parts=large), "scan.docx").ocr
    assert seen.pop() == large["word/media/1.png"]
    assert not load(docx(words * 5, links=links, parts=large), "form.docx").ocr
    assert not load(docx(words, links=links, parts=parts), "form.docx").ocr
    assert len(seen) == 2


def test_a_sdt_in_a_header_of_a_template_is_read() -> None:
    assert sketch(load(docx(p(sdt("<w:text/>", r("A1")))), "t.dotx").blocks) == [["A1"]]
