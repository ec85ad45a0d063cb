"""Forms and emails by a person who knew nothing of the reader, each read wrongly once.

Every document is made here from words, and every expectation is what a careful officer would write down.
"""

from __future__ import annotations

from datetime import date

import pytest

from parsers import read
from parsers.reading import Findings, Source

ON = date(2026, 10, 22)


def body(text: str) -> Findings:
    return read([Source("body", "", "text/plain", text=text)], on=ON)


def test_visits_told_in_words_without_any_other_enquiry_are_enquiries():
    fields = body(
        "Surname: Lindqvist\nForename: Astrid\nDOB: 04/05/2014\nSchool: Heron Bank Academy\n"
        "Outcome of home visits: 02/10/2026 nobody in\n"
    ).readings[0].fields  # fmt: skip
    assert fields["surname"].value == "Lindqvist"
    assert [(e["action"], e["done"]) for e in fields["enquiries"].value] == [("home_visit", True)]


def options(*rows: str) -> Findings:
    """A form in Word's HTML whose questions have their options in cells of their own."""
    table = "".join(
        "<tr>" + "".join(f"<td>{c}</td>" for c in row.split("|")) + "</tr>"
        for row in ("Surname|Lindqvist|Forename|Astrid", "DOB|04/05/2014|School|Heron Bank Academy")
    )
    asked = "".join(
        "<tr>" + "".join(f"<td>{c}</td>" for c in row.split("|")) + "</tr>" for row in rows
    )
    page = f"<h1>CME referral form</h1><table>{table}</table><p></p><table>{asked}</table>"
    return read([Source("form.html", "form.html", "", page.encode())], on=ON)


@pytest.mark.parametrize(
    ("no", "yes"),
    [
        ("Yes|No ✓", "Yes ✓|No"), ("Yes|✓ No", "✓ Yes|No"), ("<s>Yes</s>|No", "Yes|<s>No</s>"),
        ("Yes|No ✓|Not known", "Yes ✓|No|Not known"),
    ],
)  # fmt: skip
def test_the_option_that_was_set_off_is_the_answer_and_not_the_first_one(no: str, yes: str):
    found = options(f"EHCP|{no}", f"Looked after child|{yes}", f"Child in need|{no}")
    fields = found.readings[0].fields
    told = {n: fields[n].value for n in ("ehcp", "looked_after", "child_in_need") if n in fields}
    assert told == {"ehcp": False, "looked_after": True, "child_in_need": False}
    assert found.readings[0].unread == ()


def test_options_in_their_own_cells_that_nobody_chose_between_are_unread():
    reading = options("EHCP|Yes|No", "Looked after child|Yes|No", "Child in need|Yes|No").readings[
        0
    ]
    assert not {"ehcp", "looked_after", "child_in_need"} & set(reading.fields)
    assert {u.field for u in reading.unread} == {"ehcp", "looked_after", "child_in_need"}
