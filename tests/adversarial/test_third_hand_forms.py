"""Forms and emails by a person who knew nothing of the reader, each read wrongly once.

Every document is made here from words, and every expectation is what a careful officer would write down.
"""

from __future__ import annotations

from datetime import date

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
