"""Labels that no list holds, ticks before their question, siblings named in one box, long lists."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest

from parsers import read
from parsers.reading import Findings, Source

ON = date(2026, 10, 22)
FORM = """Child Missing Education referral
Surname: Sands
Forename: Poppy
Date of birth: 01/12/2016
School: Alder Primary School
"""


def typed(more: str) -> dict[str, Any]:
    found = read([Source("body", "", "text/plain", b"", FORM + more)], on=ON)
    return dict(found.readings[0].fields)


@pytest.mark.parametrize(("line", "field", "value"), [
    ("Dydd olaf yn yr ysgol / Last day attended: 02/10/2026", "last_attended", "2026-10-02"),
    ("Ostatni adres / Last known address: 4 Mill Lane, Norfield, NF9 1AA", "postcode", "NF9 1AA"),
    ("Day the name was removed from our books: 19/10/2026", "off_roll_date", "2026-10-19"),
    ("Paperwork compiled by: Mrs Jo Bell", "referrer_name", "Mrs Jo Bell"),
    ("Nation to which they may be heading (country): Poland", "destination_country", "Poland"),
    ("Yes ☐ No ☑ Looked after child", "looked_after", False),
    ("☑ Yes ☐ No Child protection plan", "child_protection_plan", True),
    ("Child in need Yes ☑ No ☐", "child_in_need", True),
])  # fmt: skip
def test_a_strange_wording_is_understood(line: str, field: str, value: Any) -> None:
    assert typed(line + "\n")[field].value == value


@pytest.mark.parametrize("line", [
    "Friend's name: Ava Jones", "Date form received: 06/10/2026", "Interpreter phone number: 07700 900123",
    "Reason for late referral: Staff were away", "Completed by LA officer: Sam Hill",
    "Has child previously been looked after? Yes", "Date first absent: 05/10/2026",
    "Is the family traveller liaison involved? Yes", "Country of birth: Poland",
    "Grandparent's address: 2 Elm Street, Norfield, NF9 1AB", "Last school report date: 01/07/2026",
    "Date moved into current address: 01/02/2020", "Parent's new partner name: Bob Hope",
])  # fmt: skip
def test_a_question_about_something_else_gives_no_value(line: str) -> None:
    assert set(typed(line + "\n")) == set(typed(""))


@pytest.mark.parametrize(("words", "names"), [
    ("Ava Sands, Ben Sands and Cora Sands", ["Ava Sands", "Ben Sands", "Cora Sands"]),
    ("Ava Sands (6) & Ben Sands (aged 9)", ["Ava Sands", "Ben Sands"]),
    ("Ava Sands", ["Ava Sands"]),
])  # fmt: skip
def test_siblings_named_in_one_box_are_each_told(words: str, names: list[str]) -> None:
    assert [s["name"] for s in typed(f"Siblings: {words}\n")["siblings"].value] == names


def listed(children: int) -> Findings:
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(["Surname", "Forename", "Date of birth", "School", "Leaving date"])
    for n in range(children):
        name = "".join(chr(97 + int(d)) for d in f"{n:03}")
        sheet.writerow([f"Sand{name}", "Poppy", "01/12/2016", "Alder Primary School", "19/10/2026"])
    return read([Source("leavers.csv", "leavers.csv", "text/csv", out.getvalue().encode())], on=ON)


def test_children_over_the_limit_are_held_and_counted() -> None:
    found = listed(204)
    assert len(found.readings) == 200
    assert [h.reason for h in found.held] == ["refused"]
    assert "4 of them" in found.held[0].text


def test_a_list_at_the_limit_is_read_whole() -> None:
    found = listed(200)
    assert len(found.readings) == 200
    assert found.held == ()
