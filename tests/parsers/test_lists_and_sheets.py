"""Lists kept as sheets, and what stands beside or below a child's own answers and is not of that child."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from parsers import read
from parsers.reading import Reading, Source
from tests.parsers.making import docx, p, r, tbl, tc, tr

ON = date(2026, 10, 22)


def book(**sheets: list[tuple[object, ...]]) -> Workbook:
    made = Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets.items():
        page = made.create_sheet(title)
        for row in rows:
            page.append(row)
    return made


def of(made: Workbook) -> tuple[Reading, ...]:
    data = BytesIO()
    made.save(data)
    return read([Source("list.xlsx", "list.xlsx", "", data.getvalue())], on=ON).readings


def values(reading: Reading) -> dict[str, Any]:
    return {name: told.value for name, told in reading.fields.items()}


LEFT = [("Surname", "Forename", "DOB", "Leaving date"), ("Ash", "Al", "01/02/2014", "01/10/2026")]
MORE = [*LEFT, ("Coe", "Cy", "04/05/2016", "03/10/2026")]
CAME = [("Surname", "Forename", "DOB", "Start date"), ("Birch", "Bea", "02/03/2015", "02/10/2026")]


@pytest.mark.parametrize("sheets", [(LEFT, CAME), (MORE, CAME), (CAME, MORE)])
def test_what_a_sheet_says_is_of_its_own_children(sheets: tuple[Any, ...]) -> None:
    found = {values(x)["surname"]: values(x) for x in of(book(One=sheets[0], Two=sheets[1]))}
    assert len(found) == sum(len(s) - 1 for s in sheets)
    assert found["Birch"]["admission_date"] == "2026-10-02"
    assert "off_roll_date" not in found["Birch"]
    assert found["Ash"]["off_roll_date"] == "2026-10-01"
    assert "admission_date" not in found["Ash"]


def test_columns_of_a_sibling_do_not_make_the_row_a_siblings() -> None:
    words = (
        "Surname,Forename,DOB,Sibling forename,Sibling DOB,Date left,Contact 1,Contact 1 phone\n"
        "Ash,Al,01/02/2014,Bea,02/03/2015,01/10/2026,Ann Ash,07700 900681\n"
    )
    (one,) = read([Source("list.csv", "list.csv", "", words.encode())], on=ON).readings
    told = values(one)
    assert (told["surname"], told["forenames"], told["date_of_birth"]) == (
        "Ash",
        "Al",
        "2014-02-01",
    )
    assert told["siblings"] == [{"name": "Bea", "date_of_birth": "2015-03-02"}]


@pytest.mark.parametrize(
    "words",
    ["Annex: completed example", "Appendix A - Example", "SPECIMEN", "Example of a completed form"],
)
def test_nothing_below_the_words_completed_example_is_a_childs(words: str) -> None:
    def form(*rows: tuple[str, str]) -> str:
        return tbl(*(tr(*(tc(p(r(word))) for word in row)) for row in rows))

    data = docx(p(r("CME referral"))
        + form(("Surname", "Hale"), ("Forename", "Gus"), ("DOB", "14/05/2015"), ("Last attended", "05/10/2026"))
        + p(r(words))
        + form(("Surname", "Bloggs"), ("Forename", "Fred"), ("DOB", "01/01/2012"), ("Last attended", "01/09/2025"))
    )  # fmt: skip
    found = read([Source("form.docx", "form.docx", "", data)], on=ON)
    (one,) = found.readings
    assert values(one)["surname"] == "Hale"
    assert one.unread == ()


def test_a_hidden_row_and_a_formula_without_its_value_are_told() -> None:
    made = book(One=[*MORE, ("=B2", "Di", "05/06/2017", "04/10/2026")])
    made["One"].row_dimensions[3].hidden = True
    one, other = of(made)
    assert [values(x)["forenames"] for x in (one, other)] == ["Al", "Di"]
    assert [(u.label, u.raw) for u in one.unread] == [
        ("hidden row", "Coe | Cy | 04/05/2016 | 03/10/2026"),
        ("Surname", "a formula without its value"),
    ]
    assert "surname" not in values(other)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("YES/NO (please circle) ...NO...", False),
        ("Yes / No  (delete as appropriate)  Yes", True),
        ("YES/NO (please circle) ......", None),
        ("Yes/No If yes, give details", None),
        ("YES/NO please circle", None),
    ],
)
def test_printed_options_are_no_answer_and_what_stands_behind_them_is(
    answer: str, told: bool | None
) -> None:
    words = f"CME referral\nName: Bo Finch\nDate of birth: 03/02/2015\nLast attended: 01/10/2026\nSchool: Dale Primary\nCP plan: {answer}\n"
    data = docx("".join(p(r(line)) for line in words.splitlines()))
    (one,) = read([Source("form.docx", "form.docx", "", data)], on=ON).readings
    assert values(one).get("child_protection_plan") is told
    assert told is not None or any("plan" in str(u.label) for u in one.unread)


def mail(html: str, text: str) -> tuple[Reading, ...]:
    return read([Source("body", "", "body", b"", text=text, html=html)], on=ON).readings


def test_a_grid_in_a_message_that_nobody_ticked_is_no_answer() -> None:
    rows = [("Name", "Bo Finch"), ("DOB", "03/02/2015"), ("School", "Dale Primary"), ("Last attended", "01/10/2026")]  # fmt: skip
    ticks = [("Status", "Yes", "No"), ("Looked after child", "☐", "☑"), ("EHCP", "☐", "☐")]
    html = "<h2>CME referral</h2>" + "".join(
        "<table>" + "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in grid) + "</table>"
        for grid in (rows, ticks)
    )  # fmt: skip
    text = "CME referral\n" + "\n".join(" - ".join(row) for row in [*rows, *ticks])
    (one,) = mail(html, text)
    assert (values(one)["surname"], values(one)["looked_after"]) == ("Finch", False)
    assert "ehcp" not in one.fields


def test_the_child_of_a_case_study_is_nobodys() -> None:
    text = "Guidance for schools.\n\nCase study: Amy (not her real name), born 04/05/2010, stopped attending Hill School on 3 March 2024."
    assert mail("", text) == ()


def test_as_above_is_no_name() -> None:
    data = docx("".join(p(r(x)) for x in ("CME referral", "Name: as above", "DOB: 03/02/2015", "UPN: A801200001001",
        "School: Dale Primary", "Last attended: 01/10/2026")))  # fmt: skip
    found = read([Source("form.docx", "form.docx", "", data)], on=ON)
    assert not any({"surname", "forenames"} & set(one.fields) for one in found.readings)
