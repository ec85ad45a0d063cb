"""Forms that speak to the parent, and answers that are remarks and no names."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from parsers import fields
from parsers.documents import html, plain
from parsers.fields import Got
from parsers.forms import answers, record, signed
from parsers.reading import Reading
from parsers.vocabulary import standard
from parsers.words import is_not_known

ON = date(2026, 10, 22)


def readings(words: str) -> list[Reading]:
    return record.read(plain.read_text(words), "body", standard(), ON).readings


def values(reading: Reading) -> dict[str, Any]:
    return {name: told.value for name, told in reading.fields.items()}


def test_on_a_form_that_says_your_child_you_are_the_parent() -> None:
    (reading,) = readings(
        "Your child's full name: Harley Wetherby\nYour child's date of birth: 4 July 2017\nYour name: Jodie Wetherby\n"
        "Your relationship to the child: Mum\nYour mobile number: 07700 900411\n"
        "Your current address: 10 Lamb Lane, Stoke Ferrers, SF1 7PD\nYour child's last day: 22/10/2026\n"
    )
    got = values(reading)
    assert (got["forenames"], got["surname"]) == ("Harley", "Wetherby")
    assert got["parents"] == [
        {"name": "Jodie Wetherby", "relationship": "Mum", "phone": "07700 900411"}
    ]
    assert got["address"] == "10 Lamb Lane, Stoke Ferrers, SF1 7PD"
    assert "referrer_name" not in got


def test_on_a_schools_form_you_are_the_referrer() -> None:
    (reading,) = readings(
        "Child's full name: Harley Wetherby\nDate of birth: 4 July 2017\nYour name: Jodie Marsh\nYour role: Head\n"
    )
    assert values(reading)["referrer_name"] == "Jodie Marsh"
    assert "parents" not in values(reading)


def test_a_list_marks_each_row_with_a_letter_and_says_where_from_or_to() -> None:
    head = (
        "S/L",
        "Name of pupil",
        "Date of birth",
        "Date",
        "From / to",
        "Parent's name and number",
    )
    rows = (
        ("S", "Idris Camara", "04/12/2018", "07/09/2026", "From: Guinea", "Fanta Camara 07700 900441"),
        ("L", "Poppy Sturgess", "13/05/2017", "18/09/2026", "To: Ilford Lane Primary", "Dean Sturgess 07700 900442"),
        ("L", "Zachary Sturgess", "27/01/2020", "18/09/2026", "To: Ilford Lane Primary", "Dean Sturgess 07700 900442"),
    )  # fmt: skip
    cells = "".join(
        "<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in (head, *rows)
    )
    document = html.read_text(f"<h1>Starters and leavers</h1><table>{cells}</table>")
    first, second, third = map(values, record.read(document, "list", standard(), ON).readings)
    assert (first["surname"], first["admission_date"]) == ("Camara", "2026-09-07")
    assert "destination_school" not in first
    assert (second["off_roll_date"], second["destination_school"]) == ("2026-09-18", "Ilford Lane Primary")  # fmt: skip
    assert third["parents"] == [{"name": "Dean Sturgess", "phone": "07700 900442"}]


def test_from_or_to_is_no_destination_where_nothing_says_which_way() -> None:
    (reading,) = readings(
        "Surname: Rowe\nForename: Ada\nDOB: 30/12/2014\nFrom / to: Moor Primary School\n"
    )
    assert "destination_school" not in values(reading)
    assert any(u.raw == "Moor Primary School" for u in reading.unread)


@pytest.mark.parametrize("label", ["L", "L:", "S", "(L)"])
def test_one_letter_is_no_label(label: str) -> None:
    assert standard().match(label) is None


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("S/L", "joining_or_leaving"), ("Possible new school", "destination_school"),
        ("Possible new address", "destination_address"), ("Date of this checklist", "referral_date"),
        ("Your child's surname", "surname"), ("Your son's date of birth", "date_of_birth"),
        ("Parent's name and number", "parent_name_phone"), ("Your name", "referrer_name"),
    ],
)  # fmt: skip
def test_labels_of_such_forms(label: str, field: str) -> None:
    match = standard().match(label)
    assert match is not None
    assert match.field == field


@pytest.mark.parametrize(
    "words",
    ["not in contact", "None known to school", "no contact", "Stated reason Dissatisfied with the provision", "as above"],
)  # fmt: skip
def test_a_remark_is_nobodys_name(words: str) -> None:
    assert fields.adult(words) is None


@pytest.mark.parametrize(
    "name", ["Maria de la Cruz", "ana garcia lopez", "Noor Khan", "Mr and Mrs Noakes", "Notley Marsh"]
)  # fmt: skip
def test_names_that_look_a_little_like_remarks_are_names(name: str) -> None:
    assert fields.adult(name) is not None


@pytest.mark.parametrize(
    "words", ["None - was offered Moor Primary", "Not known, maybe Moor Primary", "Unknown at present", "no - home educated"]
)  # fmt: skip
def test_a_school_denied_is_no_school(words: str) -> None:
    assert isinstance(answers.value("destination_school", words, answers.Asking(ON)), str)


@pytest.mark.parametrize("words", ["not known yet", "unknown at this time", "Not known to us"])
def test_not_known_is_said_with_a_time_too(words: str) -> None:
    assert is_not_known(words)


def test_a_class_beside_its_year_is_one_year() -> None:
    got = fields.year_group("Year 7, 7KL")
    assert isinstance(got, Got)
    assert got.value == "7"
    assert fields.year_group("Year 7, 8KL") == "more than one year group"


def test_a_post_keeps_what_its_brackets_say() -> None:
    assert signed.apart("Vikram Bose - Assistant Head (Inclusion)", ON).role == "Assistant Head (Inclusion)"  # fmt: skip
    assert signed.apart("Vikram Bose (Assistant Head)", ON).role == "Assistant Head"


def test_two_siblings_in_one_line_are_told_apart_by_their_birthdays() -> None:
    (reading,) = readings(
        "Surname: Rostas\nForename: Florin\nDOB: 30/12/2012\n"
        "Siblings: Maria Rostas 14/02/2016 Luca Rostas 09/09/2019\n"
    )
    assert values(reading)["siblings"] == [
        {"name": "Maria Rostas", "date_of_birth": "2016-02-14"},
        {"name": "Luca Rostas", "date_of_birth": "2019-09-09"},
    ]


def test_a_parent_of_whom_nothing_is_told_is_unread_and_no_person() -> None:
    (reading,) = readings(
        "Surname: Sesay\nForename: Mariama\nDOB: 14/10/2013\nMother: Isatu Sesay\nFather: not in contact\n"
    )
    assert values(reading)["parents"] == [{"name": "Isatu Sesay", "relationship": "mother"}]
    assert any(u.raw == "not in contact" for u in reading.unread)
