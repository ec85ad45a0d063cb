"""A register as teams keep it: title rows, headings in their words, date cells, names in one column, blank rows."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from stories import NOW

from cases import sheets
from cases.importing import CASE_COLUMNS, import_cases
from cases.models import Case

pytestmark = pytest.mark.usefixtures("council")
HEADINGS = ["Case ref", "Pupil name", "DOB", "Last day attended", "Status", "Date opened", "RAG"]


def register(folder: Path) -> Path:
    book = Workbook()
    sheet = book.active
    for row in (
        ["Children missing education"], ["as at 16 November 2026"], [], HEADINGS,
        ["CME-2026-0801", "THORNBURY, Matilda", datetime(2015, 3, 9), datetime(2026, 9, 18), "Open", "21/09/2026", "red"],
        ["CME-2026-0802", "Zofia Nowak", 42155, "not known", "Closed", "1 September 2025", ""],
        [None] * 7,
        ["CME-2026-0802", "Zofia Nowak", 42155, "", "Closed", "", ""],
        ["", "Lost Child", "", "", "", "", ""],
    ):  # fmt: skip
        sheet.append(row)
    sheet.merge_cells("A1:G1")
    file = folder / "register.xlsx"
    book.save(file)
    return file


def test_a_register_with_titles_and_headings_of_its_own_comes_in_row_by_row(tmp_path: Path) -> None:
    report = import_cases(register(tmp_path), NOW)
    assert report.added == 2
    assert report.problems == [
        "columns not used: RAG",
        "row 6: last_attended is not a date; left empty",
        "row 8: not used, case_ref is on file already, or stands twice in the table",
        "row 9: not used, case_ref is empty",
    ]
    matilda = Case.objects.get(ref="CME-2026-0801")
    assert (matilda.child.surname.upper(), matilda.child.forenames) == ("THORNBURY", "Matilda")
    assert str(matilda.child.date_of_birth) == "2015-03-09"
    assert str(Case.objects.get(ref="CME-2026-0802").child.date_of_birth) == "2015-05-31"


def test_a_table_of_semicolons_is_read_and_one_without_headings_is_not(tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    with file.open("w", encoding="cp1252", newline="") as out:
        csv.writer(out, delimiter=";").writerows(
            [["Ref", "Last name", "First name(s)"], ["CME-2026-0803", "Peña", "Inês"]]
        )
    found = sheets.read(file, CASE_COLUMNS)
    assert found is not None
    assert found.rows == (
        (2, {"case_ref": "CME-2026-0803", "surname": "Peña", "forename": "Inês"}),
    )
    file.write_text("no,headings\nat,all\n")
    assert sheets.read(file, CASE_COLUMNS) is None
