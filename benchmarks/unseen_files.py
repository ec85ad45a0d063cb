"""Sets C to I as files: Word by hand, and all that an office makes of a Word file.

Word documents are built run by run, so that a tick is a content control, a legacy field or a letter in
Wingdings as `look` says. LibreOffice turns them into .doc, .rtf, .odt and PDF, many in one start. A scan is a
turned, noisy picture of the PDF; a photograph is seen aslant, under a shadow, as JPEG.
"""

from __future__ import annotations

import io
import subprocess
import tempfile
from collections import defaultdict
from html import escape
from pathlib import Path
from typing import Any

import docx
import numpy as np
import pypdfium2
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt
from PIL import Image, ImageFilter
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from benchmarks.unseen_markup import Block, Cell, Run, Strange
from benchmarks.unseen_sheets import csv_file, xlsx_file

SUFFIXES = {
    "acroform": "pdf", "scan": "png", "scan_pdf": "pdf", "photo": "jpg", "email": "txt", "text": "txt",
}  # fmt: skip
_FROM_WORD = {"doc": "doc", "rtf": "rtf", "odt": "odt", "pdf": "pdf", "scan": "pdf", "scan_pdf": "pdf",
              "photo": "pdf"}  # fmt: skip
_W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'


def documents(forms: list[Strange]) -> dict[str, bytes]:
    """Return each form's bytes by its key; everything LibreOffice must do is done together."""
    made: dict[str, bytes] = {}
    waiting: dict[str, dict[str, bytes]] = defaultdict(dict)
    for form in forms:
        match form.format:
            case "email" | "text" | "html":
                made[form.key] = (_html(form) if form.format == "html" else form.body).encode()
            case "csv":
                made[form.key] = csv_file(form)
            case "xlsx":
                made[form.key] = xlsx_file(form)
            case "acroform":
                made[form.key] = _acroform(form)
            case "docx":
                made[form.key] = _docx(form)
            case _:
                waiting[_FROM_WORD[form.format]][form.key] = _docx(form)
    for suffix, words in waiting.items():
        made |= _converted(words, suffix)
    for form in forms:
        match form.format:
            case "scan":
                made[form.key] = _png(_scanned(_page(made[form.key]), form.look))
            case "scan_pdf":
                made[form.key] = _picture_pdf(_scanned(_page(made[form.key]), form.look))
            case "photo":
                made[form.key] = _photograph(_page(made[form.key]), form.look)
    return made


def _converted(words: dict[str, bytes], suffix: str) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        for key, data in words.items():
            (Path(folder) / f"{key}.docx").write_bytes(data)
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to",
             suffix, "--outdir", folder, *(f"{folder}/{key}.docx" for key in words)],
            check=True, capture_output=True, timeout=600)  # fmt: skip
        return {key: (Path(folder) / f"{key}.{suffix}").read_bytes() for key in words}


# Word


def _docx(form: Strange) -> bytes:
    made = docx.Document()
    made.styles["Normal"].font.name = form.look.get("font", "Liberation Sans")
    made.styles["Normal"].font.size = Pt(form.look.get("size", 10))
    section = made.sections[0]
    section.left_margin = section.right_margin = section.top_margin = Pt(45)
    section.header.paragraphs[0].text = form.look.get("header", "")
    section.footer.paragraphs[0].text = form.look.get("footer", "")
    for block in form.blocks:
        if form.look.get("framed") and block.kind == "table":
            _table(made.add_table(1, 1, style="Table Grid").cell(0, 0), block.rows, form.look)
        else:
            _block(made, block, form.look)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _block(made: Any, block: Block, look: dict[str, Any]) -> None:
    match block.kind:
        case "head" | "sub":
            _fill(made.add_heading("", 1 if block.kind == "head" else 2), block.runs, look)
        case "item":
            _fill(made.add_paragraph(style="List Number" if look.get("numbered") else "List Bullet"),
                  block.runs, look)  # fmt: skip
        case "small":
            made.add_paragraph().add_run("".join(r.words for r in block.runs)).font.size = Pt(7)
        case "table":
            _table(made, block.rows, look)
        case "frame":
            _frame(made, block.rows, look)
        case _:
            _fill(made.add_paragraph(), block.runs, look)


def _table(made: Any, rows: list[list[Cell]], look: dict[str, Any]) -> None:
    wide = max(sum(c.span for c in row) for row in rows)
    table = made.add_table(len(rows), wide)
    table.style = None if look.get("bare") else "Table Grid"
    for r, row in enumerate(rows):
        at = 0
        for cell in row:
            last = cell is row[-1]
            end = wide - 1 if last else at + cell.span - 1
            here = table.cell(r, at)
            if end > at:
                here = here.merge(table.cell(r, end))
            if cell.joined:
                table.cell(r - 1, at).merge(here)
            else:
                _fill(here.paragraphs[0], cell.runs, look)
            at += cell.span
    made.add_paragraph()


def _frame(made: Any, rows: list[list[Cell]], look: dict[str, Any]) -> None:
    paragraph = made.add_paragraph()
    spare = docx.Document()
    inside = []
    for row in rows:
        line = spare.add_paragraph()
        _fill(line, row[0].runs, look)
        inside.append(line._p.xml)
    paragraph._p.append(parse_xml(
        f"<w:r {nsdecls('w')}><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml' "
        f"style='width:440pt;height:{20 * len(rows) + 14}pt' stroked='t'><v:textbox><w:txbxContent>"
        + "".join(inside) + "</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"))  # fmt: skip


def _fill(paragraph: Any, runs: list[Run], look: dict[str, Any]) -> None:
    for run in runs:
        match run.kind:
            case "box":
                _tick(paragraph, run.words == "x", look)
            case "answer":
                _answer(paragraph, run, look)
            case "line":
                paragraph.add_run().add_break()
            case kind:
                made = paragraph.add_run(run.words)
                made.bold = True if kind == "bold" else None
                made.font.strike = True if kind == "struck" else None
                if kind == "marked":
                    made.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _answer(paragraph: Any, run: Run, look: dict[str, Any]) -> None:
    words = _said(run.words)
    match look.get("controls"):
        case "sdt":
            kind = "<w:text/>"
            if run.others:
                every = (words, *run.others)
                kind = "<w:dropDownList>" + "".join(
                    f"<w:listItem w:displayText='{escape(x)}' w:value='{escape(x)}'/>" for x in every if x
                ) + "</w:dropDownList>"  # fmt: skip
            empty = "" if words else "<w:showingPlcHdr/>"
            shown = words or "Click or tap here to enter text."
            paragraph._p.append(parse_xml(
                f"<w:sdt {nsdecls('w')}><w:sdtPr>{empty}{kind}</w:sdtPr><w:sdtContent><w:r><w:t "
                f"xml:space='preserve'>{escape(shown)}</w:t></w:r></w:sdtContent></w:sdt>"))  # fmt: skip
        case "legacy":
            for xml in (
                "<w:fldChar w:fldCharType='begin'><w:ffData><w:name w:val='Text1'/><w:enabled/>"
                "<w:textInput/></w:ffData></w:fldChar>",
                "<w:instrText xml:space='preserve'> FORMTEXT </w:instrText>",
                "<w:fldChar w:fldCharType='separate'/>",
                f"<w:t xml:space='preserve'>{escape(words) or chr(8194) * 5}</w:t>",
                "<w:fldChar w:fldCharType='end'/>",
            ):
                paragraph._p.append(parse_xml(f"<w:r {nsdecls('w')}>{xml}</w:r>"))
        case _:
            made = paragraph.add_run(words)
            made.font.name = look.get("pen", made.font.name)
            made.italic = True if look.get("italic") else None


def _tick(paragraph: Any, on: bool, look: dict[str, Any]) -> None:
    match look.get("controls"), look.get("ticks", "☒☐"):
        case "sdt", _:
            paragraph._p.append(parse_xml(
                f"<w:sdt {nsdecls('w')} {_W14}><w:sdtPr><w14:checkbox><w14:checked w14:val='{int(on)}'/>"
                f"</w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:t>{'☒' if on else '☐'}</w:t></w:r>"
                "</w:sdtContent></w:sdt>"))  # fmt: skip
        case "legacy", _:
            for xml in (
                "<w:fldChar w:fldCharType='begin'><w:ffData><w:name w:val='Check1'/><w:enabled/><w:checkBox>"
                f"<w:sizeAuto/><w:default w:val='0'/><w:checked w:val='{int(on)}'/></w:checkBox></w:ffData></w:fldChar>",
                "<w:instrText xml:space='preserve'> FORMCHECKBOX </w:instrText>",
                "<w:fldChar w:fldCharType='end'/>",
            ):
                paragraph._p.append(parse_xml(f"<w:r {nsdecls('w')}>{xml}</w:r>"))
        case _, "wingdings":
            sign = "F0FE" if on else "F0A8"
            paragraph._p.append(parse_xml(
                f"<w:r {nsdecls('w')}><w:sym w:font='Wingdings' w:char='{sign}'/></w:r>"))  # fmt: skip
        case _, signs:
            paragraph.add_run(signs[0] if on else signs[1].strip())


def _said(words: str) -> str:
    """A day for a spreadsheet is written out for people elsewhere."""
    if words.startswith("d:"):
        year, month, day = words[2:].split("-")
        return f"{day}/{month}/{year}"
    return words.removeprefix("n:")


# The body of an email


def _html(form: Strange) -> str:
    parts = ["<html><head><style>td{padding:3px}</style></head><body>"]
    for block in form.blocks:
        words = _spans(block.runs)
        match block.kind:
            case "table":
                parts.append("<table border=1>")
                parts += ("<tr>" + "".join(f"<td colspan={c.span}>{_spans(c.runs)}</td>" for c in row) + "</tr>"
                          for row in block.rows)  # fmt: skip
                parts.append("</table>")
            case "head" | "sub":
                parts.append(f"<h2>{words}</h2>")
            case "item":
                parts.append(f"<ul><li>{words}</li></ul>")
            case _:
                parts.append(f"<p>{words}</p>")
    return "".join(parts) + "</body></html>"


def _spans(runs: list[Run]) -> str:
    tags = {"bold": "b", "struck": "s"}
    made = []
    for run in runs:
        match run.kind:
            case "box":
                made.append("☑" if run.words == "x" else "☐")
            case "line":
                made.append("<br>")
            case "marked":
                made.append(f'<span style="background:yellow">{escape(run.words)}</span>')
            case "bold" | "struck":
                tag = tags[run.kind]
                made.append(f"<{tag}>{escape(run.words)}</{tag}>")
            case _:
                made.append(escape(_said(run.words)))
    return "".join(made)


# PDF forms


def _acroform(form: Strange) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    y, serial = 800.0, 0
    names = iter(form.look.get("names", ()))
    for block in form.blocks:
        for row in block.rows or [[Cell(block.runs)]]:
            if y < 60:
                canvas.showPage()
                y = 800
            size = 13 if block.kind == "head" else 9
            wide = 510 / len(row)
            deep = 20.0
            for number, cell in enumerate(row):
                x, line = 42 + wide * number, y
                for run in cell.runs:
                    serial += 1
                    if run.kind == "line":
                        x, line = 42 + wide * number, line - 17
                    elif run.kind == "box":
                        canvas.acroForm.checkbox(name=f"cb{serial}", checked=run.words == "x", x=x, y=line - 2,
                                                 size=11, tooltip=f"cb{serial}")  # fmt: skip
                        x += 15
                    elif run.kind == "answer":
                        room = max(60, 42 + wide * (number + 1) - x - 6)
                        name = next(names, f"txt_{serial}")
                        made: dict[str, Any] = {"name": name, "tooltip": name, "value": run.words, "x": x + 3,
                                                "y": line - 4, "width": room, "height": 14, "fontSize": 8}  # fmt: skip
                        if run.others:
                            canvas.acroForm.choice(options=[run.words, *run.others], **made)
                        else:
                            canvas.acroForm.textfield(**made)
                        x += room
                    else:
                        font = (
                            "Helvetica-Bold"
                            if block.kind == "head" or run.kind == "bold"
                            else "Helvetica"
                        )
                        canvas.setFont(font, size)
                        canvas.drawString(x, line, run.words)
                        x += stringWidth(run.words, font, size)
                deep = max(deep, y - line + 20)
            y -= deep
    canvas.save()
    return out.getvalue()


# Pictures


def _page(data: bytes) -> Image.Image:
    return pypdfium2.PdfDocument(data)[0].render(scale=2.3).to_pil().convert("L")


def _scanned(page: Image.Image, look: dict[str, Any]) -> Image.Image:
    turned = page.rotate(look.get("turn", 0.7), fillcolor=250, resample=Image.Resampling.BICUBIC)
    grey = np.asarray(turned.filter(ImageFilter.GaussianBlur(look.get("blur", 0.5))), float)
    noise = np.random.default_rng(len(look)).normal(-8, look.get("noise", 10), grey.shape)
    return Image.fromarray(np.clip(grey + noise, 0, 255).astype("uint8"))


def _png(page: Image.Image) -> bytes:
    out = io.BytesIO()
    page.save(out, "PNG", dpi=(165, 165))
    return out.getvalue()


def _picture_pdf(page: Image.Image) -> bytes:
    out = io.BytesIO()
    page.save(out, "PDF", resolution=165)
    return out.getvalue()


def _photograph(page: Image.Image, look: dict[str, Any]) -> bytes:
    wide, high = page.size
    lean = look.get("lean", 0.03)
    desk = Image.new("L", (wide + 160, high + 160), 96)
    desk.paste(page, (80, 80))
    wide, high = desk.size
    corners = [
        (wide * lean, high * lean / 2),
        (wide, 0),
        (wide * (1 - lean / 2), high),
        (0, high * (1 - lean)),
    ]
    aslant = desk.transform(desk.size, Image.Transform.PERSPECTIVE, _plane(corners, wide, high),
                            resample=Image.Resampling.BICUBIC, fillcolor=90)  # fmt: skip
    light = (
        np.linspace(1.0, look.get("shadow", 0.62), wide)[None, :]
        * np.linspace(0.93, 1, high)[:, None]
    )
    noise = np.random.default_rng(3).normal(0, 5, (high, wide))
    seen = np.clip(np.asarray(aslant, float) * light + noise, 0, 255).astype("uint8")
    out = io.BytesIO()
    Image.fromarray(seen).save(out, "JPEG", quality=78)
    return out.getvalue()


def _plane(corners: list[tuple[float, float]], wide: int, high: int) -> list[float]:
    """The eight numbers that take a picture's corners to where the eye sees them."""
    rows, ends = [], []
    for (x, y), (u, v) in zip([(0, 0), (wide, 0), (wide, high), (0, high)], corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        ends += [u, v]
    return list(np.linalg.solve(np.array(rows, float), np.array(ends, float)))
