"""Sets A and B as files of twelve formats."""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import docx
import numpy as np
import pypdfium2
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from odf.opendocument import OpenDocumentText
from odf.table import Table, TableCell, TableRow
from odf.text import H, P
from openpyxl import Workbook
from PIL import Image
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate
from reportlab.platypus import Table as Ruled

from benchmarks.unseen_first import Cell, Form

SUFFIXES = {"pdf_bare": "pdf", "docx_sdt": "docx", "acroform": "pdf", "scan": "png", "text": "txt"}


def document(form: Form) -> bytes:
    """Return the form as a file of its format."""
    match form.format:
        case "docx" | "docx_sdt":
            return _docx(form, controls=form.format == "docx_sdt")
        case "doc" | "rtf":
            return _converted(_docx(form), form.format)
        case "odt":
            return _odt(form)
        case "html":
            return _html(form).encode()
        case "text":
            return _text(form).encode()
        case "xlsx":
            return _xlsx(form)
        case "pdf" | "pdf_bare":
            return _pdf(form, ruled=form.format == "pdf")
        case "scan":
            return _scan(_pdf(form, ruled=True))
        case _:
            return _acroform(form)


def _docx(form: Form, controls: bool = False) -> bytes:
    made = docx.Document()
    made.add_heading(form.title, 1)
    for kind, block in form.blocks:
        if kind == "head":
            made.add_paragraph().add_run(block).bold = True
        elif kind == "line":
            made.add_paragraph(block)
        else:
            _docx_table(made, block, controls)
            made.add_paragraph()
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _docx_table(made: Any, rows: list[list[Cell]], controls: bool) -> None:
    wide = max(map(len, rows))
    table = made.add_table(len(rows), wide, style="Table Grid")
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            here = table.cell(r, c)
            if c == len(row) - 1 and len(row) < wide:
                here = here.merge(table.cell(r, wide - 1))
            if controls and cell.answer and cell.text:
                here.paragraphs[0]._p.append(parse_xml(
                    f"<w:sdt {nsdecls('w')}><w:sdtPr><w:alias w:val='Click here'/><w:text/></w:sdtPr>"
                    f"<w:sdtContent><w:r><w:t>{escape(cell.text)}</w:t></w:r></w:sdtContent></w:sdt>"
                ))  # fmt: skip
            else:
                here.text = cell.text


def _converted(data: bytes, suffix: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.docx"
        path.write_bytes(data)
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to",
             suffix, "--outdir", folder, str(path)],
            check=True, capture_output=True, timeout=180)  # fmt: skip
        return (Path(folder) / f"form.{suffix}").read_bytes()


def _odt(form: Form) -> bytes:
    made = OpenDocumentText()
    made.text.addElement(H(outlinelevel=1, text=form.title))
    for kind, block in form.blocks:
        if kind == "head":
            made.text.addElement(H(outlinelevel=2, text=block))
        elif kind == "line":
            made.text.addElement(P(text=block))
        else:
            table = Table()
            for row in block:
                line = TableRow()
                for cell in row:
                    box = TableCell(valuetype="string")
                    for part in cell.text.split("\n"):
                        box.addElement(P(text=part))
                    line.addElement(box)
                table.addElement(line)
            made.text.addElement(table)
    out = io.BytesIO()
    made.write(out)
    return out.getvalue()


def _html(form: Form) -> str:
    parts = [f"<html><body><h1>{escape(form.title)}</h1>"]
    for kind, block in form.blocks:
        if kind == "table":
            rows = ("".join(f"<td>{escape(c.text)}</td>" for c in row) for row in block)
            parts.append("<table>" + "".join(f"<tr>{r}</tr>" for r in rows) + "</table>")
        else:
            tag = "h3" if kind == "head" else "p"
            parts.append(f"<{tag}>{escape(block)}</{tag}>")
    return "".join(parts) + "</body></html>"


def _text(form: Form) -> str:
    return "\n".join(
        [form.title, "", *(str(block) for kind, block in form.blocks if kind != "table")]
    )


def _xlsx(form: Form) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.append([form.title])
    sheet.append([])
    for kind, block in form.blocks:
        for row in block if kind == "table" else [[Cell(block)]]:
            sheet.append([_typed(c) for c in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _typed(cell: Cell) -> Any:
    return (
        date.fromisoformat(cell.text) if re.fullmatch(r"\d{4}-\d\d-\d\d", cell.text) else cell.text
    )


def _pdf(form: Form, ruled: bool) -> bytes:
    out = io.BytesIO()
    style = getSampleStyleSheet()
    story: list[Any] = [Paragraph(escape(form.title), style["Heading2"])]
    for kind, block in form.blocks:
        if kind == "table":
            rows = [[Paragraph(escape(c.text).replace("\n", "<br/>").replace("✓", "X"), style["Normal"])
                     for c in row] for row in block]  # fmt: skip
            wide = max(map(len, rows))
            rows = [row + [""] * (wide - len(row)) for row in rows]
            lines = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)] if ruled else []
            story.append(Ruled(rows, colWidths=[510 / wide] * wide, style=lines))
        else:
            words = escape(block).replace("      ", "&nbsp;" * 8)
            story.append(Paragraph(words, style["Heading4" if kind == "head" else "Normal"]))
    SimpleDocTemplate(out, pagesize=A4, margin=40, invariant=1).build(story)
    return out.getvalue()


def _scan(data: bytes) -> bytes:
    page = pypdfium2.PdfDocument(data)[0].render(scale=2).to_pil().convert("L")
    turned = np.asarray(page.rotate(0.8, fillcolor=255, resample=Image.Resampling.BICUBIC), float)
    noise = np.random.default_rng(7).normal(-6, 9, turned.shape)
    out = io.BytesIO()
    Image.fromarray(np.clip(turned + noise, 0, 255).astype("uint8")).save(out, "PNG")
    return out.getvalue()


def _acroform(form: Form) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.setFont("Helvetica-Bold", 14)
    canvas.drawString(50, 800, form.title)
    canvas.setFont("Helvetica", 10)
    y, number = 775, 0
    for kind, block in form.blocks:
        for row in block if kind == "table" else []:
            number += 1
            if len(row) == 3 and row[1].choice:
                canvas.drawString(50, y, row[0].text)
                for x, cell, word in ((360, row[1], "Yes"), (430, row[2], "No")):
                    canvas.drawString(x, y, word)
                    canvas.acroForm.radio(name=f"rb_{number}", value=word, x=x + 22, y=y - 3, size=14,
                                          selected=bool(cell.choice and cell.choice[1]), tooltip=row[0].text)  # fmt: skip
            elif len(row) == 2:
                canvas.drawString(50, y, row[0].text)
                canvas.acroForm.textfield(name=f"Text{number}_x7", value=row[1].text, x=290, y=y - 5, width=250,
                                          height=17, tooltip=row[0].text if number % 2 else "", fontSize=9)  # fmt: skip
            else:
                continue
            y -= 26
    canvas.save()
    return out.getvalue()
