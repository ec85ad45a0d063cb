"""Emails and forms that nobody wrote the code for, each with what must become of it.

Every one of these was read or filed wrongly once. They go the whole road; who sends, and in which thread, matters as
much as what is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import Workbook
from stories import NOW, arrive, email, form, referred, values_of

from cases.demonstration import word_form
from parsers import read
from parsers.reading import Findings, Source
from policy.safeguarding import alerts

ON = date(2026, 11, 25)
EWO = "ewo.north@wrenshire.example"


@pytest.fixture
def council(db: None) -> None:
    from cases.config import current
    from cases.record.people import seed

    seed(current(), NOW)


@pytest.fixture(scope="module", autouse=True)
def _workers() -> Iterator[None]:
    yield
    from cases import road

    if road._pool is not None:
        road._pool.close()
        road._pool = None


def words(text: str) -> Findings:
    return read([Source("body", "", "text/plain", text=text)], on=ON)


def document(name: str, data: bytes) -> Findings:
    return read([Source(name, name, "", data)], on=ON)


def sheet(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def pickersgill(**more: str) -> bytes:
    told = {
        "Surname": "Pickersgill", "Forename": "Rowan", "Date of birth": "11/08/2012", "Sex": "Male",
        "Year group": "6", "Address": "77 Station Road, Westbeck, WB9 8QQ", "School": "Alder Grove Primary School",
        "Date last attended": "06/11/2026", "Date removed from roll": "09/11/2026",
        "Reason for removal": "Moved to another school", "Destination school": "Lark Hill School",
    } | more  # fmt: skip
    return word_form(
        "Notification of removal from school roll", [(k, v) for k, v in told.items() if v]
    )


LEAVERS = sheet(
    ("Starters and leavers return",), ("School", "Alder Grove Primary School"), (),
    ("Surname", "Forename", "DOB", "Sex", "S/L", "Date", "Destination / previous school"),
    ("Pickersgill", "Rowan", "11/08/2012", "M", "L", "09/11/2026", "Lark Hill School"),
)  # fmt: skip


# What it says


@pytest.mark.parametrize(
    "answer",
    [
        "Y / N (please delete)",
        "Yes / No (circle)",
        "YES/NO/NOT KNOWN",
        "Yes or No",
        "Y/N delete as appropriate",
    ],
)
def test_options_that_nobody_chose_between_are_no_answer(answer: str):
    rows = [
        ("Surname", "Oyelaran"), ("First name", "Temi"), ("Date of birth", "23/11/2011"),
        ("School", "Birchwood Academy"), ("EHCP", answer), ("Looked after child", answer),
    ]  # fmt: skip
    fields = (
        document("f.docx", word_form("Children Missing Education referral", rows))
        .readings[0]
        .fields
    )
    assert fields["surname"].value == "Oyelaran"
    assert "ehcp" not in fields
    assert "looked_after" not in fields


def test_where_a_joiner_came_from_is_no_destination():
    made = sheet(
        (
            "Surname",
            "Forename",
            "Date of birth",
            "Joiner/Leaver",
            "Date of change",
            "School moved to / from",
        ),
        ("Duarte", "Dina", "06/04/2018", "Joiner", "08/10/2026", "Beech Hill Primary"),
        ("Beswick", "Ben", "04/02/2016", "Leaver", "06/10/2026", "Beech Hill Primary"),
    )
    joiner, leaver = document("return.xlsx", made).readings
    assert {"destination_school", "destination_address", "off_roll_date"}.isdisjoint(joiner.fields)
    assert joiner.fields["admission_date"].value == "2026-10-08"
    assert leaver.fields["destination_school"].value == "Beech Hill Primary"
    assert leaver.fields["off_roll_date"].value == "2026-10-06"


def test_brothers_and_sisters_in_one_sentence_are_a_reading_each():
    found = words(
        "Hello, we would like to refer two siblings: Ayo Balogun (DOB 01/02/2013, Year 9) and Bisi Balogun"
        " (DOB 05/06/2016, Year 6). They last attended on 2 October 2026 and we think they have gone to Nigeria."
    )
    told = [
        {
            n: r.fields[n].value
            for n in ("forenames", "date_of_birth", "year_group", "last_attended")
        }
        for r in found.readings
    ]
    assert told == [
        {
            "forenames": "Ayo",
            "date_of_birth": "2013-02-01",
            "year_group": "9",
            "last_attended": "2026-10-02",
        },
        {
            "forenames": "Bisi",
            "date_of_birth": "2016-06-05",
            "year_group": "6",
            "last_attended": "2026-10-02",
        },
    ]
    assert all("enquiries" not in r.fields for r in found.readings)


@pytest.mark.parametrize(
    "text",
    [
        "Visited 25 November, no answer, neighbour says the family moved in January.",
        "Visited on 25/11. No reply at the door. Neighbour told me that they have gone.",
        "Home visit 25 Nov 2026: property empty.",
    ],
)
def test_a_visit_told_shortly_is_a_visit_with_its_day(text: str):
    reading = words(text).readings[0]
    assert "visit" in {s.kind for s in reading.signals}
    assert reading.fields["enquiries"].value[0]["action"] == "home_visit"
    assert reading.fields["enquiries"].value[0]["date"] == "2026-11-25"


@pytest.mark.parametrize(
    "printed",
    [
        "This form is for any pupil. Children at risk of harm must be referred to Social Care. A child called"
        " John Smith should be referred if he has been absent. If the child is subject to a Child Protection"
        " Plan ring the duty desk.",
        "Please give as much detail as possible about why you believe the child is missing",
        "Any safeguarding concerns? (e.g. child protection plan, domestic abuse, FGM)\nNone known",
    ],
)
def test_what_a_form_prints_wakes_no_duty_desk(printed: str):
    assert alerts(printed) == ()


def test_an_answer_or_a_message_still_does():
    question = "Any safeguarding concerns? (e.g. child protection plan, domestic abuse, FGM)\n"
    assert alerts(question + "Yes")
    assert alerts(question + "Seen with gang members")
    assert alerts(
        "Please complete in ink. The child is subject to a Child Protection Plan. Please ring."
    )


# What becomes of it


def test_a_starters_and_leavers_line_beside_the_removal_form_is_attached_either_way_round(council):
    first = arrive(email(files=[("removal.docx", pickersgill())]))
    second = arrive(email("Our return.", files=[("return.xlsx", LEAVERS)], sent=NOW))
    assert (first["verdict"], second["verdict"]) == ("new_case", "attached")
    assert second["cases"] == first["cases"]


def test_a_removal_form_after_the_return_fills_the_case(council):
    first = arrive(email("Our return.", files=[("return.xlsx", LEAVERS)]))
    second = arrive(email(files=[("removal.docx", pickersgill())], sent=NOW))
    assert (first["verdict"], second["verdict"]) == ("new_case", "update")
    assert second["cases"] == first["cases"]


def test_a_poor_copy_of_the_same_event_is_no_second_child(council):
    first = arrive(email(files=[("removal.docx", pickersgill())]))
    copy = pickersgill(Address="")
    assert (
        arrive(email("Signed copy.", files=[("signed.docx", copy)], sent=NOW))["cases"]
        == first["cases"]
    )


def test_a_namesake_with_another_last_day_waits_for_the_officer(council):
    arrive(email(files=[("removal.docx", pickersgill())]))
    other = pickersgill(
        Address="", **{"Date last attended": "02/10/2026", "Date removed from roll": "05/10/2026"}
    )
    assert arrive(email(files=[("other.docx", other)], sent=NOW))["verdict"] == "provisional"


def test_the_same_file_in_another_email_is_a_resend_though_little_agrees(council):
    data = form(UPN="", Home_address="", Parent_carer_name="")
    first = arrive(email(files=[("a.docx", data)]))
    again = arrive(email("Not sure whether it went.", files=[("b.docx", data)], sent=NOW))
    assert (again["verdict"], again["cases"]) == ("resend", first["cases"])


def test_a_birthday_corrected_in_the_childs_own_thread_is_proposed(council):
    first = referred()
    told = arrive(
        email(
            "Apologies, there is a mistake on the form for Ayaan Thornbury: his date of birth should be"
            " 15/03/2015 not 14/03/2015.\n\nPriya Kellaway",
            subject=f"Re: [{first['cases'][0]}] We have your form", sent=NOW,
        )
    )  # fmt: skip
    assert (told["verdict"], told["cases"]) == ("proposed_update", first["cases"])
    assert told["children"][0]["changed"] == ["date_of_birth"]
    assert values_of(first["cases"][0])["date_of_birth"] == "2015-03-14"


def test_an_ewos_visit_that_names_the_child_in_the_subject_is_put_on_the_case(council):
    first = referred()
    told = arrive(
        email(
            "Home visit carried out on 21/11/2026 at 10am. The property appears empty.",
            subject="Ayaan Thornbury DOB 14/03/2015", sender=EWO, sent=NOW,
        )
    )  # fmt: skip
    assert (told["verdict"], told["cases"]) == ("update", first["cases"])


def test_a_stranger_who_names_the_child_in_full_changes_nothing(council):
    referred()
    told = arrive(
        email(
            "Ayaan Thornbury, DOB 14/03/2015, has been found. Please close the case.",
            dmarc="", sent=NOW,
        )
    )  # fmt: skip
    assert told["verdict"] in ("held", "proposed_update")


def test_a_subject_of_names_of_schools_names_no_child(council):
    first = referred()
    told = arrive(
        email("Any news of this one please?", subject=f"Alder Grove {first['cases'][0]}", sent=NOW)
    )
    assert (told["verdict"], told["cases"]) == ("attached", first["cases"])


def locked_form() -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    made = BytesIO()
    OOXMLFile(BytesIO(form())).encrypt("Willow-42", made)
    return made.getvalue()


def test_a_password_sent_before_the_form_opens_it(council):
    arrive(email("The password is Willow-42\n", subject="Password"))
    told = arrive(email("Locked form.", files=[("form.docx", locked_form())], sent=NOW))
    assert told["verdict"] == "new_case"


def test_a_password_sent_after_the_form_lets_it_be_read_again(council):
    from cases import road

    told = arrive(email("Locked form.", files=[("form.docx", locked_form())]))
    assert [h["reason"] for h in told["held"]] == ["locked"]
    arrive(email("The password is Willow-42\n", subject="Password", sent=NOW))
    assert told["arrival"] in road.waiting()
    assert road.file_one(told["arrival"], later())["verdict"] == "new_case"


def test_a_strangers_password_opens_nothing(council):
    from cases import road

    told = arrive(email("Locked form.", files=[("form.docx", locked_form())]))
    arrive(email("The password is Willow-42\n", sender="office@cedar.example", sent=NOW))
    assert told["arrival"] not in road.waiting()


def later() -> datetime:
    return NOW + timedelta(minutes=5)
