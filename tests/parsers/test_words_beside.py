"""What an email's or a letter's sentences add to the labelled answers beside them, and what they put right."""

from __future__ import annotations

from datetime import date

from parsers import read
from parsers.reading import Findings, Source

ON = date(2026, 10, 22)
FORM = """CHILD MISSING EDUCATION REFERRAL
Surname: {surname}
Forename: {forename}
Date of birth: {born}
Year group: 5
School: Dale Primary
Last attended: 01/10/2026
"""


def form(name: str, **answers: str) -> Source:
    text = FORM.format(**{"surname": "Finch", "forename": "Ivy", "born": "04/05/2017"} | answers)
    return Source(name, name, "text/plain", text.encode())


def body(text: str) -> Source:
    return Source("body", "", "text/plain", text=text)


def child(found: Findings, number: int = 0) -> dict[str, object]:
    return {n: v.value for n, v in found.readings[number].fields.items()}


def test_the_story_under_typed_answers_is_read_too():
    found = read(
        [
            body(
                "Name: Aleksandra Nowicka\nDOB: 03/02/2014\nYear: 8\nLast attendance: 09/10/2026\n\n"
                "Aleksandra has gone to Poland with her father. We visited on 12 October, nobody in. "
                "Mum (Beata, 07700 900567) remains at 12 Beech Street, Northam, NO5 6TT.\n\nK Ellis"
            )
        ],
        on=ON,
    )
    told = child(found)
    assert (told["surname"], told["last_attended"]) == ("Nowicka", "2026-10-09")
    assert told["destination_country"] == "Poland"
    assert [e["date"] for e in told["enquiries"]] == ["2026-10-12"]  # type: ignore[attr-defined]
    assert found.readings[0].fields["destination_country"].sure <= 0.85


def test_words_about_another_child_add_nothing_to_typed_answers():
    found = read(
        [
            body(
                "Surname: Nowicka\nForename: Ola\nDOB: 03/02/2014\nYear: 8\nLast attendance: 09/10/2026\n\n"
                "Jan Kowal, DOB 04/04/2015, has gone to Poland."
            )
        ],
        on=ON,
    )
    assert "destination_country" not in child(found)


def test_a_letter_is_about_the_child_of_its_heading():
    letter = (
        "Dear Colleague\n\nRE: Child missing education - Zainab Noor FAROOQI, DOB 11/07/2018, Year 4\n\n"
        "The above named pupil has not attended Fairlight Community Primary since 8 September 2026.\n\n"
        "Pupil's address: 212 Alma Road, Fairlight, FL4 4HS\nUPN: L371406622012\n"
        "Mother: Mrs Shazia Farooqi\nMother's mobile: 07700 900181\nFather: Mr Adnan Farooqi\n\n"
        "Yours sincerely\nNathaniel Crewe"
    )
    told = child(read([Source("letter.txt", "letter.txt", "text/plain", letter.encode())], on=ON))
    assert (told["surname"], told["forenames"]) == ("Farooqi", "Zainab Noor")
    assert (told["date_of_birth"], told["last_attended"]) == ("2018-07-11", "2026-09-08")


def test_an_email_puts_right_the_form_of_the_child_whom_it_names():
    words = "Please find two forms. Note Ivy's date of birth on the form is wrong, it should be 05/05/2017."
    found = read([body(words), form("bo.txt", forename="Bo", born="03/02/2015"), form("ivy.txt")], on=ON)  # fmt: skip
    assert [child(found, n)["date_of_birth"] for n in (0, 1)] == ["2015-02-03", "2017-05-05"]
    assert found.readings[1].fields["date_of_birth"].sure <= 0.8  # the form says otherwise


def test_what_an_email_puts_right_without_a_name_is_the_only_forms():
    words = "The date of birth on the form should be 05/05/2017."
    assert child(read([body(words), form("ivy.txt")], on=ON))["date_of_birth"] == "2017-05-05"
    two = read(
        [body(words), form("ivy.txt"), form("bo.txt", forename="Bo", born="03/02/2015")], on=ON
    )
    assert [child(two, n)["date_of_birth"] for n in (0, 1)] == ["2017-05-04", "2015-02-03"]


def test_an_example_between_quotation_marks_is_no_child():
    asked = 'Which form do we use? Your web page says:\n\n"Surname: SMITH\nForename: JOHN\nDOB: 01/01/2010\nLast attended: 01/09/2026"\n\nThanks'
    assert not read([body(asked)], on=ON).readings
    told = 'Mum writes:\n\n"We have moved to Spain with Ayaan Thornbury, born 4/3/2015."\n\nThanks'
    assert read([body(told)], on=ON).readings


def test_a_form_that_its_email_takes_back_waits_for_a_person():
    words = "Two forms attached. Please ignore the one for Bo Finch, he came back to school this morning."
    found = read([body(words), form("bo.txt", forename="Bo", born="03/02/2015"), form("ivy.txt")], on=ON)  # fmt: skip
    assert [(h.reason, h.document) for h in found.held] == [("ambiguous", "bo.txt")]
    plain = read([body("Please find attached the form for Ivy Finch."), form("ivy.txt")], on=ON)
    assert not plain.held


def test_a_value_that_the_email_calls_wrong_is_not_put_into_the_form():
    words = "In my email of Monday I gave Ivy's date of birth as 02/03/2015, which was wrong. The form is right."
    assert child(read([body(words), form("ivy.txt")], on=ON))["date_of_birth"] == "2017-05-04"


def test_forms_that_their_email_says_are_mixed_up_wait_for_a_person():
    words = "I am afraid the dates of birth on the two forms are the wrong way round."
    found = read([body(words), form("bo.txt", forename="Bo", born="03/02/2015"), form("ivy.txt")], on=ON)  # fmt: skip
    assert {h.document for h in found.held} == {"bo.txt", "ivy.txt"}


def test_news_since_the_form_was_filled_in_is_added_to_it():
    words = "Since filling it in we have heard that Ivy has moved to 5 Lime Walk, Lake, LK1 1AA."
    told = read([body(words), form("ivy.txt")], on=ON).readings[0]
    assert told.fields["destination_address"].value == "5 Lime Walk, Lake, LK1 1AA"


def test_small_talk_holds_nothing():
    for words in (
        "Form attached. Please ignore the odd formatting, our printer is broken.",
        "Form attached. I am back in school on Monday if you need me.",
    ):
        assert not read([body(words), form("ivy.txt")], on=ON).held
