"""Bringing in what the team has: cases from a spreadsheet, schools from GIAS or the council's list.

Every row that could not be used is named by its number and column, never by what stood in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from django.db import transaction

from cases import sheets
from cases.models import Case, School
from cases.record import bulk
from cases.tables import day
from policy import upn as upns

CASE_COLUMNS = (
    "case_id", "child_id", "case_ref", "status", "opened_on", "closed_on", "surname", "forename",
    "middle_names", "known_as", "dob", "gender", "upn", "address", "postcode", "parent1", "parent2",
    "school_name", "school_urn", "school_laestab", "last_attended", "message_id", "sender",
)  # fmt: skip
GIAS = {
    "urn": ("URN",), "name": ("EstablishmentName", "name", "school_name"),
    "la": ("LA (code)",), "number": ("EstablishmentNumber",),
    "laestab": ("laestab", "LAESTAB", "school_laestab"),
    "type": ("EstablishmentTypeGroup (name)", "TypeOfEstablishment (name)", "type"),
    "postcode": ("Postcode", "postcode"), "low": ("StatutoryLowAge", "low_age"),
    "high": ("StatutoryHighAge", "high_age"), "status": ("EstablishmentStatus (code)",),
    "telephone": ("TelephoneNum", "telephone"), "area": ("area", "Town"),
    "domains": ("domains", "domain"), "contact": ("contact", "email"),
}  # fmt: skip


class ImportRefused(Exception):
    """The file cannot be imported at all; the text says what is missing."""


@dataclass
class Report:
    """What an import did; `problems` has a line for each row or cell that could not be used."""

    added: int = 0
    changed: int = 0
    unused: int = 0
    problems: list[str] = field(default_factory=list)


def table(file: Path) -> pd.DataFrame:
    """Return a CSV or Excel file as text cells, blanks as ""."""
    if file.suffix.lower() in (".xlsx", ".xlsm", ".xls"):
        return pd.read_excel(file, dtype=str, keep_default_na=False).fillna("")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return pd.read_csv(file, dtype=str, keep_default_na=False, encoding=encoding).fillna("")
        except UnicodeDecodeError:
            continue
    raise ImportRefused(f"{file.name} is neither UTF-8 nor Windows text.")


def import_cases(file: Path, now: datetime) -> Report:
    """Bring cases in from the columns of `cme match`'s KNOWN table; a case_ref known already is skipped."""
    from cases.commands import NeedsPerson

    sheet = sheets.read(file, CASE_COLUMNS)
    have_columns = sheet.headings if sheet else ()
    missing = [c for c in ("case_ref", "surname", "forename") if c not in have_columns]
    if sheet is None or missing:
        raise NeedsPerson(f"{file.name} has no column {', '.join(missing)}.")
    report, ready = Report(), []
    if sheet.unknown:
        report.problems.append(f"columns not used: {', '.join(sheet.unknown)}")
    have = set(Case.objects.values_list("ref", flat=True))
    for number, told in sheet.rows:
        row = _case_row(number, told, have, report)
        if row:
            ready.append(row)
            have.add(row["ref"])
    bulk.add_cases(ready, now)
    report.added = len(ready)
    return report


def _case_row(
    number: int, told: dict[str, str], have: set[str], report: Report
) -> dict[str, Any] | None:
    ref = told.get("case_ref") or told.get("case_id") or ""
    why = None
    if not ref:
        why = "case_ref is empty"
    elif ref in have:
        why = "case_ref is on file already, or stands twice in the table"
    elif not (told.get("surname") or told.get("forename")):
        why = "neither surname nor forename is filled"
    if why:
        _unused(report, number, why)
        return None
    dates: dict[str, date | None] = {}
    for column in ("opened_on", "closed_on", "dob", "last_attended"):
        try:
            dates[column] = day(told.get(column, ""))
        except ValueError:
            dates[column] = None
            report.problems.append(f"row {number}: {column} is not a date; left empty")
    written = told.get("upn", "")
    upn = upns.canonical(written) if written else ""
    if upn is None:
        report.problems.append(f"row {number}: upn has not the shape of one; left empty")
    closed = told.get("status", "").lower() in ("closed", "c") or dates["closed_on"] is not None
    return {"ref": ref[:20], "told": told, "dates": dates, "upn": upn or "", "closed": closed}


def _unused(report: Report, number: int, why: str) -> None:
    report.unused += 1
    report.problems.append(f"row {number}: not used, {why}")


def import_schools(file: Path, now: datetime, la: str | None = None) -> Report:
    """Bring schools in by column name, tolerant of what is missing; GIAS has no email addresses."""
    from cases.commands import NeedsPerson

    rows = table(file)
    names = {
        key: next((c for c in wanted if c in rows.columns), None) for key, wanted in GIAS.items()
    }
    if names["name"] is None:
        raise NeedsPerson(f"{file.name} has no column EstablishmentName or name.")
    report = Report()
    with transaction.atomic():
        for number, told in enumerate(rows.to_dict("records"), 2):
            row = {k: str(told[c]).strip() if c else "" for k, c in names.items()}
            if la and row["la"] and row["la"] != la:
                continue
            if not row["name"]:
                _unused(report, number, "it has no name")
                continue
            new = bulk.save_school(_school(row), row["contact"], now)
            report.added += new
            report.changed += not new
    return report


def _school(row: dict[str, str]) -> dict[str, Any]:
    laestab = row["laestab"].replace("/", "")
    if not laestab and row["la"] and row["number"]:
        laestab = f"{row['la']}{row['number'].zfill(4)}"
    kind = row["type"].lower()
    source = next((code for word, code in bulk.SOURCE_WORDS if word in kind), "SCH" if kind else "")
    return {
        "name": row["name"], "urn": row["urn"], "laestab": laestab, "type": row["type"][:40],
        "source_code": source, "postcode": row["postcode"], "area": row["area"],
        "low_age": int(row["low"]) if row["low"].isdigit() else None,
        "high_age": int(row["high"]) if row["high"].isdigit() else None,
        "open": row["status"] in ("", "1", "3"), "telephone": row["telephone"][:30],
        "domains": [d.strip().lower() for d in row["domains"].replace(";", ",").split(",") if d.strip()],
    }  # fmt: skip


def school_named(name: str, urn: str = "", laestab: str = "") -> School | None:
    """Return the school that a form or sender names, when exactly one fits."""
    for wanted in ({"urn": urn}, {"laestab": laestab}, {"name__iexact": name}):
        if all(wanted.values()):
            found = list(School.objects.filter(agency=False, **wanted)[:2])
            if len(found) == 1:
                return found[0]
    return None
