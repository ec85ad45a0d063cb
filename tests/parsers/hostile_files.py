"""Files made to break each limit of a document: small to make, costly to read if nobody looked.

Each is made when it is asked for. `test_limits` reads them one after another in one process,
as a worker does, and counts what each costs.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

import pikepdf
from making import docx, p, package, relations, tbl, tr, word_xml
from PIL import Image

FORM = tbl(tr("Surname", "Thornbury"), tr("First name", "Ada"), tr("Date of birth", "14/03/2014"),
           tr("School", "Alder Primary School"), tr("Last day at school", "01/09/2026"),
           tr("Reason for leaving", "Moved away"))  # fmt: skip
FORM_PARAGRAPH = p("Children missing education referral form")
Made = Callable[[], bytes]


def good() -> bytes:
    return docx(FORM_PARAGRAPH + FORM)


# Packages


def nested_zips(depth: int) -> bytes:
    data = good()
    for level in range(depth):
        data = package({"form.docx" if not level else "inner.zip": data})
    return data


def overlapping_zip(files: int = 1_500, size: int = 19_000_000) -> bytes:
    """A directory whose entries all lie on the same packed bytes."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(b"\0" * size) + packed.flush()
    checksum = zlib.crc32(b"\0" * size)
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, checksum, len(body), size, 1, 0)
    stream = local + b"a" + body
    directory = b"".join(
        struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, checksum, len(body), size,
                    len(name), 0, 0, 0, 0, 0, 0) + name
        for name in (b"form%04d.docx" % n for n in range(files))
    )  # fmt: skip
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, files, files, len(directory), len(stream), 0)
    return stream + directory + end


def many_parts(parts: int) -> bytes:
    return docx(p("form"), parts={f"word/x{n}.xml": "" for n in range(parts)})


def claimed(parts: int, size: int) -> bytes:
    """A package whose parts claim, each within its own limit, more than all may have."""
    data = bytearray(docx(p("form"), parts={f"x{n}": b"\0" * 2_000 for n in range(parts)}))
    at = 0
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        if data[at + 46 : at + 47] == b"x":
            struct.pack_into("<I", data, at + 24, size)
    return bytes(data)


@cache
def zeroes(size: int = 70_000_000) -> bytes:
    return zlib.compress(b" " * size, 9)


def zip_of(members: dict[str, bytes], **written: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = written.get("mode", 0o100644) << 16
            made.writestr(info, data)
    return stream.getvalue()


# Word


def stored(data: bytes) -> bytes:
    """Return a package as it is, but not compressed: so that no other limit is met first."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(stream, "w") as made:
        for name in given.namelist():
            made.writestr(name, given.read(name))
    return stream.getvalue()


def many_headers(*elements: int) -> bytes:
    references = "".join(f'<w:headerReference r:id="h{n}"/>' for n in range(len(elements)))
    parts = {
        f"word/h{n}.xml": word_xml(p(str(n)) + "<w:p/>" * many, "hdr")
        for n, many in enumerate(elements)
    }
    links = [(f"h{n}", "header", f"h{n}.xml") for n in range(len(elements))]
    body = FORM_PARAGRAPH + f"<w:sectPr>{references}</w:sectPr>"
    return stored(docx(body, parts=parts, links=links))


def many_paragraphs(runs: int = 190_000) -> bytes:
    return docx(
        "".join(f"<w:p><w:r><w:t>{n:x} {n * 7919:x}</w:t></w:r></w:p>" for n in range(runs))
    )


def wide_and_long_table() -> bytes:
    cells = [f"<w:tc><w:p><w:r><w:t>{n}</w:t></w:r></w:p></w:tc>" for n in range(64)]
    return stored(docx(tbl(*[tr(*cells)] * 400)))


def controls_in_controls() -> bytes:
    """A hundred controls around twenty thousand paragraphs: each must not look through them all."""
    inner = "<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 20_000
    return stored(docx("<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent>" * 100 + inner
                       + "</w:sdtContent></w:sdt>" * 100))  # fmt: skip


def boxes_in_boxes() -> bytes:
    inner = p("deep") * 20_000
    return stored(docx(
        ("<w:p><w:r><mc:AlternateContent><mc:Choice><w:pict><w:txbxContent>" * 25) + inner
        + "</w:txbxContent></w:pict></mc:Choice></mc:AlternateContent></w:r></w:p>" * 25))  # fmt: skip


def one_long_paragraph() -> bytes:
    return stored(docx(p("Surname words " * 160_000)))


def jp2_image() -> bytes:
    data = bytearray(picture("JPEG2000", (16, 16)))
    at = data.index(b"\xff\x51")
    struct.pack_into(">II", data, at + 6, 60_000, 60_000)
    return great_image(pikepdf.Name.JPXDecode, bytes(data), Width=100, Height=100)


def chain_of_styles() -> bytes:
    styles = "".join(
        f'<w:style w:styleId="S{n}"><w:basedOn w:val="S{n + 1}"/></w:style>' for n in range(60_000)
    )
    return docx(p("x", style="S0") + FORM, styles=styles)


def loop_of_styles() -> bytes:
    styles = "".join(
        f'<w:style w:styleId="S{n}"><w:basedOn w:val="S{(n + 1) % 40}"/></w:style>'
        for n in range(40)
    )
    return docx(p("x", style="S0") + FORM, styles=styles)


def many_imports() -> bytes:
    """Twenty thousand elements, and then more than were left."""
    links = [(f"c{n}", "aFChunk", f"c{n}.html") for n in range(2)]
    parts = {f"word/c{n}.html": "<html>" + "<p>a" * (590_000 * n + 20_000) for n in range(2)}
    body = "".join(f'<w:altChunk r:id="c{n}"/>' for n in range(2))
    return stored(docx(body, parts=parts, links=links))


def many_footnotes() -> bytes:
    notes = "".join(f"<w:footnote>{p('n')}</w:footnote>" for _ in range(20_000))
    return stored(docx(FORM, parts={"word/footnotes.xml": word_xml(notes, "footnotes")},
                       links=[("f", "footnotes", "footnotes.xml")]))  # fmt: skip


# Sheets


def workbook(body: str, strings: str = "", sheets: int = 1, styles: str = "") -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    related = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = [(f"s{n}", "worksheet", "worksheets/sheet1.xml") for n in range(sheets)]
    parts: dict[str, bytes | str] = {
        "_rels/.rels": relations([("r1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{space}" xmlns:r="{related}"><sheets>'
        + "".join(f'<sheet name="Leavers{n}" sheetId="1" r:id="s{n}"/>' for n in range(sheets))
        + "</sheets></workbook>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}">{body}</worksheet>',
    }  # fmt: skip
    if strings:
        links.append(("t", "sharedStrings", "sharedStrings.xml"))
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{space}">{strings}</sst>'
    if styles:
        links.append(("y", "styles", "styles.xml"))
        parts["xl/styles.xml"] = f'<styleSheet xmlns="{space}">{styles}</styleSheet>'
    parts["xl/_rels/workbook.xml.rels"] = relations(links)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    parts["[Content_Types].xml"] = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}"/></Types>'
    )
    return stored(package(parts))


def shared_strings() -> bytes:
    """Every cell points at one string of a million letters."""
    rows = "".join(
        f'<row r="{n}">' + "".join(f'<c r="{chr(65 + c)}{n}" t="s"><v>0</v></c>' for c in range(20)) + "</row>"
        for n in range(1, 4_900))  # fmt: skip
    return workbook(f"<sheetData>{rows}</sheetData>", f"<si><t>{'Surname ' * 130_000}</t></si>")


def many_sheets() -> bytes:
    """Fifty sheets that are one part, each of a thousand cells."""
    letters = "ABCDEFGHIJKLMNOPQRST"
    rows = "".join(
        f'<row r="{n}">' + "".join(f'<c r="{a}{n}"><v>{n}</v></c>' for a in letters) + "</row>"
        for n in range(1, 52)
    )
    return workbook(f"<sheetData>{rows}</sheetData>", sheets=50)


def merged_cells() -> bytes:
    cells = '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData><mergeCells>'
    return workbook(cells + '<mergeCell ref="A1:XFD1048576"/>' * 50_000 + "</mergeCells>")


def far_cells() -> bytes:
    rows = "".join(f'<row r="{n * 200}"><c r="XFD{n * 200}"><v>{n}</v></c><c r="A{n * 200}"><v>{n}</v></c></row>'
                   for n in range(1, 4_900))  # fmt: skip
    return workbook(f"<sheetData>{rows}</sheetData>")


def hidden_columns(times: int = 2_000) -> bytes:
    return workbook("<cols>" + '<col min="1" max="999999999" hidden="1"/>' * times
                    + '</cols><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>')  # fmt: skip


# OpenDocument


def odt(body: str, manifest: str = "", styles: str = "") -> bytes:
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"'
                      for n in ("office", "text", "table", "style", "manifest"))  # fmt: skip
    parts: dict[str, bytes | str] = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": f"<office:document-content {spaces}>{styles}<office:body><office:text>{body}</office:text>"
        "</office:body></office:document-content>",
    }
    if manifest:
        parts["META-INF/manifest.xml"] = (
            f"<manifest:manifest {spaces}>{manifest}</manifest:manifest>"
        )
    return package(parts)


def encrypted_odt() -> bytes:
    entry = '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'
    return odt("x", entry)


def repeated_cells() -> bytes:
    row = ('<table:table-row table:number-rows-repeated="4900">'
           '<table:table-cell table:number-columns-repeated="1000000000"><text:p>a</text:p></table:table-cell>'
           "</table:table-row>")  # fmt: skip
    return odt(f"<table:table>{row}</table:table>")


def repeated_long_cells() -> bytes:
    row = ('<table:table-row table:number-rows-repeated="1500">'
           f'<table:table-cell table:number-columns-repeated="60"><text:p>{"word " * 200_000}</text:p></table:table-cell>'
           "</table:table-row>")  # fmt: skip
    return odt(f"<table:table>{row}</table:table>")


# Web pages and words


def wide_page(rows: int = 4_000) -> bytes:
    spans = "<tr>" + '<td rowspan="1000000000" colspan="1000000000">a</td>' * 60 + "</tr>"
    return f"<html><table>{spans * rows}</table></html>".encode()


def deep_page() -> bytes:
    return ("<html>" + "<table><tr><td>" * 200_000 + "x").encode()


def nested_lists() -> bytes:
    return ("<html>" + "<dl><dt>a<dd>" * 200 + "<dl><dt>x<dd>y</dl>" * 20_000).encode()


def one_line(words: int = 600_000) -> bytes:
    return (" ".join(f"w{n * 2_654_435_761 % 999_983:x}:" for n in range(words)))[
        :4_900_000
    ].encode()


def many_lines() -> bytes:
    return b"".join(b"Surname: %x\n" % n for n in range(49_000))


def spaces(wide: int = 4_000_000) -> bytes:
    return b"Surname:" + b" " * wide + b"x"


def underscores(wide: int = 2_000_000) -> bytes:
    return b"Surname " + b"_" * wide + b" x" + b"." * wide


def quoted_list() -> bytes:
    return b'a,b\n"' + b"x" * 4_000_000


def wide_list(columns: int = 2_000_000) -> bytes:
    return b"a," * columns + b"\n1,2\n3,4"


# PDF


def pdf(content: bytes = b"", *, filters: object = None, box: tuple[float, ...] = (0, 0, 595, 842),
        change: Callable[[pikepdf.Pdf], None] | None = None, pages: int = 1) -> bytes:  # fmt: skip
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(595, 842))
    page = made.pages[0]
    page.obj.MediaBox = pikepdf.Array(list(box))
    stream = pikepdf.Stream(made, content)
    if filters is not None:
        stream.write(content, filter=filters)
    page.obj.Contents = made.make_indirect(stream)
    page.obj.Resources = pikepdf.Dictionary(
        Font=pikepdf.Dictionary(
            F1=made.make_indirect(
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Font,
                    Subtype=pikepdf.Name.Type1,
                    BaseFont=pikepdf.Name.Helvetica,
                )
            )
        )
    )
    if change is not None:
        change(made)
    out = io.BytesIO()
    made.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()


def double_flate_bomb() -> bytes:
    once = zeroes()
    both = pikepdf.Array([pikepdf.Name.FlateDecode] * 2)
    return pdf(zlib.compress(once, 9), filters=both)


def hex_flate_bomb() -> bytes:
    packed = zeroes().hex().encode() + b">"
    return pdf(
        packed, filters=pikepdf.Array([pikepdf.Name.ASCIIHexDecode, pikepdf.Name.FlateDecode])
    )


def run_length_bomb() -> bytes:
    return pdf(b"\x81 " * 1_500_000 + b"\x80", filters=pikepdf.Name.RunLengthDecode)


def many_words(words: int = 100_000) -> bytes:
    lines = "".join(
        f"1 0 0 1 {n % 50 * 11} {n // 50 % 800} Tm (ab{n:x}) Tj\n" for n in range(words)
    )
    return pdf(f"BT /F1 4 Tf {lines} ET".encode())


def many_paths(paths: int = 400_000) -> bytes:
    return pdf("".join(f"{n % 500} {n // 500 % 800} 3 3 re S\n" for n in range(paths)).encode())


def one_great_path(points: int = 800_000) -> bytes:
    return pdf(
        ("0 0 m " + "".join(f"{n % 590} {n * 7 % 840} l\n" for n in range(points)) + "S").encode()
    )


def great_page() -> bytes:
    return pdf(b"BT /F1 12 Tf 100 100 Td (Surname) Tj ET", box=(0, 0, 14_400_000, 14_400_000))


def great_scan() -> bytes:
    """A huge page that is one picture, so that it must be drawn."""
    return pdf(b"q 14400000 0 0 14400000 0 0 cm /I Do Q", box=(0, 0, 14_400_000, 14_400_000),
               change=lambda made: _image(made, b"\x80", 1, 1))  # fmt: skip


def _image(made: pikepdf.Pdf, data: bytes, width: int, height: int, **more: object) -> None:
    stream = pikepdf.Stream(made, b"")
    filters = more.pop("filters", None)
    stream.write(data, filter=filters) if filters is not None else stream.write(data)
    for key, value in {"Type": pikepdf.Name.XObject, "Subtype": pikepdf.Name.Image, "Width": width,
                       "Height": height, "BitsPerComponent": 8, "ColorSpace": pikepdf.Name.DeviceGray,
                       **more}.items():  # fmt: skip
        stream[f"/{key}"] = value
    made.pages[0].obj.Resources["/XObject"] = pikepdf.Dictionary(I=made.make_indirect(stream))


def great_image(filters: object = None, data: bytes = b"\xff", **more: object) -> bytes:
    side = 60_000
    return pdf(b"q 595 0 0 842 0 0 cm /I Do Q",
               change=lambda made: _image(made, data, side, side, filters=filters, **more))  # fmt: skip


def fax_image() -> bytes:
    return great_image(pikepdf.Name.CCITTFaxDecode, b"\xff" * 200_000, BitsPerComponent=1,
                       DecodeParms=pikepdf.Dictionary(K=-1, Columns=60_000, Rows=60_000))  # fmt: skip


def soft_masks(pictures: int = 100) -> bytes:
    """Many pictures of 36 megapixels on one page."""
    side = 6_000
    packed = zlib.compress(b"\0" * side * side, 9)

    def change(made: pikepdf.Pdf) -> None:
        names = pikepdf.Dictionary()
        for n in range(pictures):
            image = pikepdf.Stream(made, b"")
            image.write(packed, filter=pikepdf.Name.FlateDecode)
            for key, value in {"Type": pikepdf.Name.XObject, "Subtype": pikepdf.Name.Image, "Width": side,
                               "Height": side, "BitsPerComponent": 8, "ColorSpace": pikepdf.Name.DeviceGray}.items():  # fmt: skip
                image[f"/{key}"] = value
            names[f"/I{n}"] = made.make_indirect(image)
        made.pages[0].obj.Resources["/XObject"] = names

    draws = "".join(f"q 595 0 0 842 0 0 cm /I{n} Do Q\n" for n in range(pictures))
    return pdf(draws.encode(), change=change)


def many_pages(pages: int = 5_000) -> bytes:
    return pdf(b"BT /F1 12 Tf (a) Tj ET", pages=pages)


def page_loop() -> bytes:
    def change(made: pikepdf.Pdf) -> None:
        made.Root.Pages.Kids.append(made.Root.Pages)

    return pdf(change=change)


def self_drawn() -> bytes:
    def change(made: pikepdf.Pdf) -> None:
        form = made.make_indirect(pikepdf.Stream(made, b"/X Do " * 30))
        form["/Type"], form["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Form
        form["/BBox"] = pikepdf.Array([0, 0, 595, 842])
        form["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=form))
        made.pages[0].obj.Resources["/XObject"] = pikepdf.Dictionary(X=form)

    return pdf(b"/X Do", change=change)


def drawn_many_times() -> bytes:
    """Ten forms, each drawing the next ten times: ten thousand million lines."""

    def change(made: pikepdf.Pdf) -> None:
        below = None
        for _ in range(10):
            content = b"0 0 m 9 9 l S" if below is None else b"/X Do " * 10
            form = made.make_indirect(pikepdf.Stream(made, content))
            form["/Type"], form["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Form
            form["/BBox"] = pikepdf.Array([0, 0, 595, 842])
            if below is not None:
                form["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=below))
            below = form
        made.pages[0].obj.Resources["/XObject"] = pikepdf.Dictionary(X=below)

    return pdf(b"/X Do", change=change)


def tiling() -> bytes:
    """A scan behind a pattern of points that tile the page a million times."""

    def change(made: pikepdf.Pdf) -> None:
        _image(made, b"\xff", 1, 1)
        tile = made.make_indirect(pikepdf.Stream(made, b"0 0 0.01 0.01 re f"))
        for key, value in {"Type": pikepdf.Name.Pattern, "PatternType": 1, "PaintType": 1, "TilingType": 1,
                           "BBox": pikepdf.Array([0, 0, 1, 1]), "XStep": 0.001, "YStep": 0.001,
                           "Resources": pikepdf.Dictionary()}.items():  # fmt: skip
            tile[f"/{key}"] = value
        made.pages[0].obj.Resources["/Pattern"] = pikepdf.Dictionary(P=tile)

    return pdf(b"q 595 0 0 842 0 0 cm /I Do Q /Pattern cs /P scn 0 0 595 842 re f", change=change)


def many_controls(controls: int = 19_000) -> bytes:
    def change(made: pikepdf.Pdf) -> None:
        page = made.pages[0].obj
        page.Annots = pikepdf.Array([
            made.make_indirect(pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T=f"Text{n}",
                V="Thornbury", Rect=[n % 50 * 10, n // 50 % 80 * 10, n % 50 * 10 + 9, n // 50 % 80 * 10 + 9]))
            for n in range(controls)])  # fmt: skip
        made.Root.AcroForm = pikepdf.Dictionary(Fields=page.Annots)

    return pdf(change=change)


def parents_in_a_loop() -> bytes:
    def change(made: pikepdf.Pdf) -> None:
        field = made.make_indirect(pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, Rect=[0, 0, 99, 99], T="a"))  # fmt: skip
        field.Parent = field
        made.pages[0].obj.Annots = pikepdf.Array([field])
        made.Root.AcroForm = pikepdf.Dictionary(Fields=[field])

    return pdf(change=change)


def xfa(data: bytes, filters: object = None) -> bytes:
    def change(made: pikepdf.Pdf) -> None:
        stream = pikepdf.Stream(made, b"")
        stream.write(data, filter=filters) if filters is not None else stream.write(data)
        made.Root.AcroForm = pikepdf.Dictionary(
            Fields=[], XFA=pikepdf.Array([pikepdf.String("datasets"), made.make_indirect(stream)]))  # fmt: skip

    return pdf(change=change)


def portfolio(data: bytes) -> bytes:
    def change(made: pikepdf.Pdf) -> None:
        made.Root.Collection = pikepdf.Dictionary()
        made.attachments["form.pdf"] = pikepdf.AttachedFileSpec(made, data)

    return pdf(change=change)


# Pictures


def png_header(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("L", (8, 8)).save(out, "PNG")
    data = bytearray(out.getvalue())
    data[16:24] = struct.pack(">II", width, height)
    data[29:33] = struct.pack(">I", zlib.crc32(bytes(data[12:29])))
    return bytes(data) + b"\0" * 11_000  # a smaller one would pass for a logo


def picture(
    format: str, size: tuple[int, int] = (7_071, 7_070), mode: str = "L", **saving: object
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, format, **saving)
    return out.getvalue()


def png_words() -> bytes:
    """A comment in a PNG that inflates to a thousand times its size."""
    data = picture("PNG", (60, 60))
    packed = zeroes()
    chunk = b"zTXt" + b"Comment\0\0" + packed
    made = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return data[:33] + made + data[33:]


def progressive_scans() -> bytes:
    """A progressive JPEG of 18 megapixels whose last scan is repeated ten thousand times."""
    out = io.BytesIO()
    Image.new("L", (4_200, 4_200)).save(out, "JPEG", progressive=True, quality=1)
    data = out.getvalue()
    at = data.rindex(b"\xff\xda")
    scan = data[at:-2]
    return data[:at] + scan * (4_000_000 // max(len(scan), 1) + 1) + b"\xff\xd9"


def great_gif() -> bytes:
    data = bytearray(picture("GIF", (8, 8)))
    data[6:10] = struct.pack("<HH", 65_535, 65_535)
    return bytes(data) + b"\0" * 11_000


def many_frames(format: str, frames: int = 3_000) -> bytes:
    out = io.BytesIO()
    first, *rest = [Image.new("L", (30, 30), n % 255) for n in range(frames)]
    first.save(out, format, save_all=True, append_images=rest)
    return out.getvalue() + b"\0" * 11_000


def great_frames(frames: int = 30) -> bytes:
    out = io.BytesIO()
    first, *rest = [Image.new("1", (7_000, 7_000), n % 2) for n in range(frames)]
    first.save(out, "TIFF", save_all=True, append_images=rest, compression="group4")
    return out.getvalue()


def great_bmp() -> bytes:
    data = bytearray(picture("BMP", (8, 8)))
    data[18:26] = struct.pack("<ii", 60_000, 60_000)
    return bytes(data) + b"\0" * 11_000


def great_webp() -> bytes:
    data = bytearray(picture("WEBP", (16, 16), "RGB", quality=1))
    at = data.index(b"\x9d\x01\x2a")
    data[at + 3 : at + 7] = struct.pack("<HH", 16_000, 16_000)
    return bytes(data) + b"\0" * 11_000


def tiff_loop() -> bytes:
    data = bytearray(picture("TIFF", (30, 30)))
    at = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, at)[0]
    struct.pack_into("<I", data, at + 2 + 12 * count, at)
    return bytes(data) + b"\0" * 11_000
