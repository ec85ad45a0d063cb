"""Sets C to I as workbooks and as comma-separated values."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font

from benchmarks.unseen_markup import Cell, Strange


def xlsx_file(form: Strange) -> bytes:
    """Return a workbook: a row for each line and each row of a table; `# ` starts no new sheet."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = form.look.get("sheet", "Sheet1")
    if notes := form.look.get("notes_sheet"):
        first = book.create_sheet("Guidance", 0)
        for line in notes.splitlines():
            first.append([line])
        book.active = 1
    at = 1
    for block in form.blocks:
        for row in block.rows or [[Cell(block.runs)]]:
            column = form.look.get("left", 1)
            for cell in row:
                here = sheet.cell(at, column)
                here.value, bold, struck = _typed(cell)
                here.font = Font(bold=bold, strike=struck)
                if isinstance(here.value, date):
                    here.number_format = form.look.get("shown", "dd/mm/yyyy")
                if cell.span > 1:
                    sheet.merge_cells(start_row=at, start_column=column, end_row=at, end_column=column + cell.span - 1)  # fmt: skip
                column += cell.span
            at += 1
        at += block.kind != "table"
    if comment := form.look.get("comment"):
        sheet["A1"].comment = Comment(comment, "School office")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _typed(cell: Cell) -> tuple[Any, bool, bool]:
    runs = cell.runs
    bold, struck = (bool(runs) and all(r.kind == k for r in runs) for k in ("bold", "struck"))
    if len(runs) == 1 and runs[0].kind == "answer":
        words = runs[0].words
        if words.startswith("d:"):
            return date.fromisoformat(words[2:]), False, False
        if words.startswith("n:"):
            return int(words[2:]), False, False
    signs = {"box": lambda r: "☒" if r.words == "x" else "☐", "line": lambda r: "\n"}
    return "".join(signs.get(r.kind, lambda r: r.words)(r) for r in runs) or None, bold, struck


def csv_file(form: Strange) -> bytes:
    """Return the rows as an export of a school's system writes them (`dialect` says how)."""
    out = io.StringIO()
    sign = form.look.get("dialect", ",")
    writer = csv.writer(out, delimiter=sign, lineterminator="\r\n")
    for block in form.blocks:
        for row in block.rows or [[Cell(block.runs)]]:
            writer.writerow([_typed(cell)[0] or "" for cell in row])
    return out.getvalue().encode(form.look.get("encoding", "utf-8-sig"))
