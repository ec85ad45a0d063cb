"""Invented PDFs for the tests: ruled, unruled, AcroForm, XFA, and scans of them."""

from __future__ import annotations

import io

import pikepdf
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

GRID = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP")]


def ruled(rows, widths=None, style=(), wrap=True) -> bytes:
    out = io.BytesIO()
    plain = getSampleStyleSheet()["BodyText"]
    body = [
        [Paragraph(c, plain) if wrap and isinstance(c, str) else c for c in row] for row in rows
    ]
    table = Table(body, colWidths=widths, style=TableStyle([*GRID, *style]), repeatRows=0)
    SimpleDocTemplate(out, pagesize=A4).build([table])
    return out.getvalue()


def canvas(draw, pages=1) -> bytes:
    out = io.BytesIO()
    made = Canvas(out, pagesize=A4)
    draw(made)
    made.save()
    return out.getvalue()


def changed(data: bytes, change, **saving) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as opened:
        change(opened)
        opened.save(out, **saving)
    return out.getvalue()


def acroform(tooltip="") -> bytes:
    def draw(c):
        form = c.acroForm
        c.drawString(60, 782, "Child's surname")
        form.textfield(
            name="Text1", x=200, y=775, width=200, height=20, value="Adeyemi", tooltip=tooltip
        )
        c.drawString(60, 752, "Date of birth")
        form.textfield(
            name="Text2", x=200, y=745, width=200, height=20, value="14/03/2014", tooltip=""
        )
        c.drawString(60, 722, "First name")
        c.drawString(300, 722, "Known as")
        form.textfield(name="Text3", x=60, y=695, width=150, height=20, value="Tobi", tooltip="")
        form.textfield(name="Text4", x=300, y=695, width=150, height=20, value="", tooltip="")
        c.drawString(60, 662, "Is the child looked after?")
        form.checkbox(name="Check1", x=250, y=658, size=14, checked=True, tooltip="")
        c.drawString(270, 662, "Yes")
        form.checkbox(name="Check2", x=310, y=658, size=14, checked=False, tooltip="")
        c.drawString(330, 662, "No")
        c.drawString(60, 632, "Gender")
        form.radio(name="R", value="a", x=150, y=628, size=14, selected=False, tooltip="")
        c.drawString(170, 632, "Male")
        form.radio(name="R", value="b", x=230, y=628, size=14, selected=True, tooltip="")
        c.drawString(250, 632, "Female")
        c.drawString(60, 602, "Reason")
        form.choice(
            name="D",
            x=200,
            y=595,
            width=200,
            height=20,
            value="B",
            options=[("Moved away", "A"), ("Not known", "B")],
            tooltip="",
        )

    return canvas(draw)
