"""The team's own register as it stands in a spreadsheet: title rows above, headings in their words, blank rows between.

A row keeps the number that the spreadsheet shows beside it, so that whoever reads the report finds it. Headings are read without
blanks and capitals, and by the usual other words for them; a column that no heading fits is left out and said so.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from parsers.fields import whole_name

LOOKED_AT = 30  # the headings stand in one of the first rows, or there are none
_OTHER_WORDS = {
    "case_ref": "reference ref case_reference case_number case_no cme_ref cme_reference our_ref",
    "surname": "last_name family_name child_surname pupil_surname surname_of_child legal_surname",
    "forename": "first_name first_names first_name_s forenames forename_s given_name given_names child_forename legal_forename",
    "middle_names": "middle_name", "known_as": "preferred_name preferred_forename",
    "name": "child child_name child_s_name pupil pupil_name name_of_child full_name childs_name",
    "dob": "date_of_birth d_o_b birth_date born", "gender": "sex m_f", "upn": "unique_pupil_number pupil_number",
    "address": "home_address last_known_address", "postcode": "post_code",
    "parent1": "parent_1 parent parent_carer parent_carer_1 mother mothers_name", "parent2": "parent_2 parent_carer_2 father",
    "school_name": "school current_school last_school school_setting", "school_urn": "urn",
    "school_laestab": "laestab dfe_number dfe_no", "last_attended": "last_day_attended date_last_attended last_attendance",
    "opened_on": "opened date_opened date_received date_of_referral referral_date received",
    "closed_on": "closed date_closed closure_date", "status": "case_status",
}  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """The rows under the headings, each with its number, and the headings that no column of ours fits."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]
    unknown: tuple[str, ...]


def read(file: Path, columns: Iterable[str]) -> Sheet | None:
    """Return the first sheet with headings that fit, or None when there is none; None also for another encoding."""
    names = {name: name for name in (*columns, "name")}
    names |= {word: name for name, words in _OTHER_WORDS.items() for word in words.split()}
    for cells in _sheets(file):
        for number, row in enumerate(cells[:LOOKED_AT]):
            found = [names.get(_plain(cell)) for cell in row]
            fitting = len(set(found) - {None})
            if fitting >= 3 or fitting == sum(bool(cell.strip()) for cell in row) > 1:
                return _under(cells, number, found)
    return None


def _under(cells: list[list[str]], at: int, found: list[str | None]) -> Sheet:
    rows = []
    for number, row in enumerate(cells[at + 1 :], at + 2):
        told = {name: cell.strip() for name, cell in zip(found, row, strict=False) if name}
        if any(told.values()):
            rows.append((number, _with_names(told)))
    headings = tuple(dict.fromkeys(name for name in found if name))
    if "name" in headings:
        headings = (*headings, "surname", "forename")
    unknown = (
        h.strip() for h, name in zip(cells[at], found, strict=True) if not name and h.strip()
    )
    return Sheet(headings, tuple(rows), tuple(unknown))


def _with_names(told: dict[str, str]) -> dict[str, str]:
    """Take a whole name apart where the table has one column for it."""
    whole = told.pop("name", "")
    if not whole or told.get("surname") or told.get("forename"):
        return told
    read_as = whole_name(whole)
    if isinstance(read_as, str):
        return told
    parts = {
        "surname": read_as.surname,
        "forename": read_as.forenames,
        "known_as": read_as.known_as,
    }
    return told | {name: part for name, part in parts.items() if part}


def _sheets(file: Path) -> Iterable[list[list[str]]]:
    if file.suffix.lower() in (".xlsx", ".xlsm", ".xls"):
        for frame in pd.read_excel(
            file, sheet_name=None, header=None, dtype=str, keep_default_na=False
        ).values():
            yield [[str(c) for c in row] for row in frame.fillna("").values.tolist()]
        return
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = file.read_text(encoding=encoding)
        except UnicodeDecodeError:
            continue
        head = text[:4000]
        mark = max(",;\t", key=head.count)
        yield list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
        return


def _plain(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", heading.lower().replace("'", "").replace("’", "")).strip("_")
