"""What an email says in its own words, and what it does not say."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import read
from parsers.reading import Findings, Source

ON = date(2026, 10, 22)


def body(text: str, html: str | None = None, *more: Source) -> Findings:
    return read([Source("body", "", "text/plain", text=text, html=html), *more], on=ON)


def values(findings: Findings) -> dict[str, object]:
    return {k: v.value for k, v in findings.readings[0].fields.items()}


def kinds(findings: Findings) -> set[str]:
    return {s.kind for s in findings.readings[0].signals} if findings.readings else set()


def test_a_referral_in_prose_is_read_without_being_too_sure():
    found = body(
        "I am writing about Ayaan Thornbury, DOB 4/3/2015, Year 5, who has not attended since 2 October.\n\nKind regards\nJo Bell\n01632 960123"
    )
    assert found.readings[0].form == "cme"
    assert values(found) | {"x": 0} == values(found) | {
        "x": 0,
        "surname": "Thornbury",
        "forenames": "Ayaan",
        "date_of_birth": "2015-03-04",
        "year_group": "5",
        "last_attended": "2026-10-02",
    }
    assert all(v.sure < 0.95 for v in found.readings[0].fields.values())
    assert "parents" not in values(found)


@pytest.mark.parametrize(("text", "kind", "name", "value"), [
    ("Zofia Kowalska has started at Beech Hill Academy on 3 November 2026.", "enrolled", "destination_school", "Beech Hill Academy"),
    ("Her new address is 14 Mill Lane, Norfield, NF9 9ZZ.", "address", "destination_address", "14 Mill Lane, Norfield, NF9 9ZZ"),
    ("The family have gone back to Poland. They left the UK on 12th October 2026.", "abroad", "destination_country", "Poland"),
    ("The family have gone back to Poland. They left the UK on 12th October 2026.", "abroad", "move_date", "2026-10-12"),
    ("Please correct the date of birth to 14/03/2015, not 14/03/2014.", "correction", "date_of_birth", "2015-03-14"),
    ("His surname should be spelt Thornberry not Thornbury.", "correction", "surname", "Thornberry"),
    ("Mum's new mobile number is 07700 900456.", "phone", "parents", [{"relationship": "mum", "phone": "07700 900456"}]),
])  # fmt: skip
def test_an_update_tells_what_changed(text, kind, name, value):
    found = body(text)
    assert found.readings[0].form == "update"
    assert kind in kinds(found)
    assert values(found)[name] == value


@pytest.mark.parametrize(("text", "kind"), [
    ("Ayaan has now returned to school.", "returned"), ("Any news on Ayaan Thornbury please?", "status_enquiry"),
    ("He has been found safe and well.", "found"), ("We are concerned for her safety.", "at_risk"),
    ("I carried out a home visit on 14/10/2026.", "visit"), ("Please withdraw this referral.", "withdrawn"),
    ("He was taken off roll on 19/10/2026.", "left_school"),
])  # fmt: skip
def test_words_give_their_signal(text, kind):
    assert kind in kinds(body(text))


@pytest.mark.parametrize(("text", "kind"), [
    ("Ayaan has not returned to school.", "returned"), ("He has not been found.", "found"), ("If he is found please tell us.", "found"),
    ("She has not enrolled at Beech Hill Academy.", "enrolled"), ("There are no safeguarding concerns.", "at_risk"),
    ("Has he been found?", "found"),
])  # fmt: skip
def test_a_negation_or_a_question_is_no_signal(text, kind):
    assert kind not in kinds(body(text))


def test_a_covering_note_gives_no_reading_of_its_own():
    form = b"CME Referral Form\nSurname: Thornbury\nForename: Ayaan\nDOB: 14/03/2015\nUPN: H801200001001\nSchool: Alder Primary School\n"
    found = body(
        "Please find attached a referral for Ayaan Thornbury, DOB 14/03/2015, who has not attended since 2 October.",
        None,
        Source("a.txt", "a.txt", "text/plain", form),
    )
    assert [r.document for r in found.readings] == ["a.txt"]
    assert [d.decision for d in found.documents] == ["kept", "read"]


def test_a_form_typed_in_the_body_is_read_as_a_form():
    found = body(
        "CME Referral Form\n\nSurname: Thornbury\nForename: Ayaan\nDOB: 14/03/2015\nUPN: H801200001001\nSchool: Alder Primary School\n"
    )
    assert (found.readings[0].form, values(found)["upn"]) == ("cme", "H801200001001")


def test_a_table_in_html_is_read_if_its_words_are_new():
    table = "<table><tr><td>Surname</td><td>Thornbury</td></tr><tr><td>Forename</td><td>Ayaan</td></tr><tr><td>DOB</td><td>14/03/2015</td></tr><tr><td>UPN</td><td>H801200001001</td></tr></table>"
    new = body(
        "Surname Thornbury\nForename Ayaan\nDOB 14/03/2015\nUPN H801200001001",
        f"<html><body>{table}</body></html>",
    )
    assert values(new)["surname"] == "Thornbury"
    old = body(
        "Thanks, noted.",
        f"<html><body><p>Thanks, noted.</p><blockquote>{table}</blockquote></body></html>",
    )
    assert old.readings == ()


def test_a_form_in_the_quoted_part_opens_nothing():
    found = read(
        [
            Source("body", "", "text/plain", text="Thank you."),
            Source(
                "quoted",
                "",
                "text/plain",
                text="Surname: Thornbury\nForename: Ayaan\nDOB: 14/03/2015\nUPN: H801200001001",
            ),
        ],
        on=ON,
    )
    assert found.readings == ()
    assert "Thornbury" in found.texts["quoted"]


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=300))
def test_no_body_makes_reading_raise(text):
    assert len(body(text).documents) == 1


def test_a_message_too_long_to_read_to_its_end_is_held_and_its_beginning_read():
    told = "I am writing about Ayaan Thornbury, DOB 4/3/2015, who has not attended since 2 October.\n\n"
    found = body(told + "We rang again and nobody was in.\n" * 2_000)
    assert values(found)["surname"] == "Thornbury"
    assert [(h.reason, h.document) for h in found.held] == [("incomplete", "body")]
    assert not body(told + "We rang again and nobody was in.\n" * 200).held
