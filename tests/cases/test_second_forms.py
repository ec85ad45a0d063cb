"""A child comes in twice: resend, duplicate, update, second form, second source, late form, returned, or a question."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from stories import NOW, OTHER, THORNBURY, arrive, email, form, referred, values_of

from cases import filing, importing
from cases.demonstration import word_form
from cases.models import Case, CaseEvent, Child, FamilyLink, FieldValue, Letter, ReadingRow
from cases.record.cases import close

pytestmark = pytest.mark.usefixtures("council")
LATER = NOW + timedelta(days=1)
NEXT_TERM = datetime(2027, 2, 9, 10, 0, tzinfo=UTC)
BIRCH = "attendance@birchwood.example"
MOVED = "7 Harbour View, Easthaven EH9 9ZY"


def again(data: bytes, when: datetime = LATER, **more: Any) -> dict[str, Any]:
    return arrive(
        email("Again.\n", [("form.docx", data)], sent=when - timedelta(minutes=3), **more), when
    )


def says(words: str, **more: Any) -> dict[str, Any]:
    return arrive(email(f"Dear team,\n\n{words}\n\nPriya\n", **more), LATER)


def titled(title: str) -> bytes:
    return word_form(title, [("Child's details", ""), *((k, v) for k, v in THORNBURY.items())])


def why(told: dict[str, Any]) -> str:
    return ReadingRow.objects.get(arrival=told["arrival"]).why


def test_the_first_file_sent_again_does_not_turn_back_what_has_changed_since() -> None:
    data = form()
    ref = arrive(email(files=[("a.docx", data)]))["cases"][0]
    again(form(Home_address=MOVED))
    told = again(data)
    assert (told["verdict"], told["children"][0]["changed"]) == ("resend", [])
    assert "Harbour View" in values_of(ref)["address"]
    assert "Harbour View" in Child.objects.get().address


def test_an_old_form_with_one_answer_more_changes_that_answer_only() -> None:
    ref = referred()["cases"][0]
    again(form(Home_address=MOVED))
    told = again(form(Parent_telephone="07700 900999"))
    assert (told["verdict"], told["children"][0]["changed"]) == ("update", ["parents"])
    assert "Harbour View" in values_of(ref)["address"]


def test_a_file_that_a_stranger_sent_first_is_news_when_the_school_sends_it() -> None:
    ref = referred()["cases"][0]
    data = form(Home_address=MOVED)
    assert again(data, sender="x@nowhere.example", dmarc="")["verdict"] == "proposed_update"
    assert again(data)["verdict"] == "update"
    assert "Harbour View" in values_of(ref)["address"]


def test_a_second_parent_is_added_and_the_first_stays() -> None:
    ref = referred()["cases"][0]
    told = again(form(**{"Parent/carer name": "Tobias Thornbury", "Parent telephone": ""}))
    assert told["verdict"] == "update"
    assert [p["name"] for p in values_of(ref)["parents"]] == [
        "Samira Thornbury",
        "Tobias Thornbury",
    ]


@pytest.mark.parametrize(
    ("first", "second", "verdict", "changed"),
    [
        ({"Surname": "Łukaszewicz"}, {"Surname": "Lukaszewicz"}, "duplicate", []),
        ({"Surname": "Al-Khatib"}, {"Surname": "Khatib"}, "duplicate", []),
        ({"Surname": "Thornbury"}, {"Surname": "Thornbury-Okafor"}, "proposed_update", ["surname"]),
        ({}, {"Surname": "OKAFOR"}, "proposed_update", ["surname"]),
        ({}, {"First name(s)": "Ayaan Malik"}, "update", ["forenames"]),
        ({"First name(s)": "Ayaan Malik"}, {"First name(s)": "Ayaan M."}, "duplicate", []),
        ({"First name(s)": "Muhammad Yusuf"}, {"First name(s)": "Md Yusuf"}, "duplicate", []),
        ({"Known as": "Yani"}, {"First name(s)": "Yani", "UPN": ""}, "duplicate", []),
        ({}, {"Date of birth": "14/03/2016"}, "proposed_update", ["date_of_birth"]),
        ({"Date of birth": "04/03/2015"}, {"Date of birth": "03/04/2015"}, "proposed_update", ["date_of_birth"]),
        ({}, {"Date of birth": "not known"}, "duplicate", []),
        ({}, {"Home address": "12 Quayside Row, Wrenport"}, "duplicate", []),
        ({"UPN": ""}, {"UPN": "A935211314250"}, "proposed_update", ["upn"]),
    ],
)  # fmt: skip
def test_what_a_second_form_says_otherwise(
    first: dict[str, str], second: dict[str, str], verdict: str, changed: list[str]
) -> None:
    referred(**first)
    told = again(form(**{**first, **second}))
    assert (told["verdict"], told["children"][0]["changed"]) == (verdict, changed)
    assert Child.objects.count() == 1


def test_a_mistyped_number_gives_way_to_a_good_one() -> None:
    ref = referred(UPN="A935211314250")["cases"][0]
    assert again(form())["verdict"] == "update"
    assert values_of(ref)["upn"] == "V935211314250"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"First name(s)": "Idris"}, "provisional"),  # a twin's form that kept the other's number
        ({"First name(s)": "Zara", "Date of birth": "02/05/2012", "UPN": ""}, "new_case"),
        ({"Date of birth": "unknown", "UPN": "", "Date last attended": "02/11/2026"}, "provisional"),
        ({"UPN": "", "Home address": "", "Parent/carer name": "", "Current/previous school": ""}, "provisional"),
    ],
)  # fmt: skip
def test_who_may_be_another_child_gets_a_case_at_once(
    changed: dict[str, str], expected: str
) -> None:
    ref = referred()["cases"][0]
    before = values_of(ref)
    told = again(form(**changed), sender="office@cedar.example")
    assert told["verdict"] == expected
    assert Case.objects.count() == 2
    assert values_of(ref) == before


def test_forms_that_the_policy_asks_for_beside_each_other_are_no_duplicates() -> None:
    referred()
    for title in ("Pupil Removal Form", "Elective Home Education notification"):
        told = again(titled(title))
        assert told["verdict"] == "attached"
        assert "both are asked for" in why(told)
    assert again(titled("Removal from roll"))["verdict"] == "duplicate"
    assert Case.objects.count() == 1


def test_another_schools_form_is_a_second_source_once() -> None:
    referred()
    told = again(form(Gender="M"), sender=BIRCH)
    assert told["verdict"] == "attached"
    assert "another school" in why(told)
    assert again(form(Gender="Male", UPN=""), sender=BIRCH)["verdict"] == "duplicate"


def test_what_a_former_school_tells_of_its_own_last_day_is_only_proposed() -> None:
    ref = referred()["cases"][0]
    birch = {"Current/previous school": "Birchwood Academy", "Date last attended": "17/07/2026"}
    told = again(form(**birch), sender=BIRCH)
    assert told["verdict"] == "proposed_update"
    assert values_of(ref)["last_attended"] == "2026-11-03"
    assert values_of(ref, "proposed")["last_attended"] == "2026-07-17"
    told = again(form(**{**birch, "Date last attended": "12/11/2026"}), sender=BIRCH)
    assert told["verdict"] == "update"
    assert values_of(ref)["last_attended"] == "2026-11-12"


def test_whom_we_cannot_verify_stops_no_clock_until_the_officer_says_so() -> None:
    ref = referred()["cases"][0]
    known = set(CaseEvent.objects.values_list("pk", flat=True))
    again(form(Date_last_attended="10/11/2026"), sender="x@nowhere.example", dmarc="")
    assert not CaseEvent.objects.exclude(pk__in=known).filter(state="applied").exists()
    row = FieldValue.objects.get(field="last_attended", state="proposed")
    filing.accept_proposed(row.pk, by="officer", now=LATER)
    event = CaseEvent.objects.exclude(pk__in=known).get(kind="last_attended")
    assert (event.state, values_of(ref)["last_attended"]) == ("applied", "2026-11-10")


def closed() -> tuple[str, bytes]:
    data = form()
    ref = arrive(email(files=[("a.docx", data)]))["cases"][0]
    close(Case.objects.get(), "WLA", by="officer", why="at a school", now=NOW)
    return ref, data


def test_an_old_form_for_a_closed_case_is_kept_on_it() -> None:
    ref, data = closed()
    assert again(data)["verdict"] == "resend"
    told = again(form(Gender="M"))
    assert (told["verdict"], told["cases"]) == ("attached", [ref])
    assert Case.objects.count() == 1


@pytest.mark.parametrize(("days", "verdict"), [(8, "provisional"), (40, "reopened")])
def test_a_form_without_a_last_day_is_a_question_soon_after_closing_and_a_return_later(
    days: int, verdict: str
) -> None:
    closed()
    told = again(form(Date_last_attended=""), NOW + timedelta(days=days))
    assert told["verdict"] == verdict
    assert Case.objects.count() == 2


def test_a_return_and_then_an_old_form_late() -> None:
    ref, _ = closed()
    back = form(
        **{"Current/previous school": "Birchwood Academy", "Date last attended": "29/01/2027"}
    )
    told = again(back, NEXT_TERM, sender=BIRCH)
    assert told["verdict"] == "reopened"
    new = told["cases"][0]
    late = again(form(Gender="M"), NEXT_TERM + timedelta(days=1))
    assert (late["verdict"], late["cases"]) == ("attached", [ref])
    assert values_of(new)["last_attended"] == "2027-01-29"
    assert values_of(new)["school_name"] == "Birchwood Academy"
    assert Child.objects.count() == 1


def test_the_bits_are_kept_as_they_were_whoever_decided() -> None:
    ref = referred()["cases"][0]
    told = again(form(Gender="M"))
    (shown,) = ReadingRow.objects.get(arrival=told["arrival"]).candidates
    assert shown["ref"] == ref
    assert shown["bits"] > 6
    assert {f["field"] for f in shown["fields"]} >= {"forename", "date_of_birth", "upn"}


def two_on_file() -> tuple[str, str]:
    one = referred()["cases"][0]
    return one, arrive(email(files=[("two.docx", form(OTHER))]), LATER)["cases"][0]


@pytest.mark.parametrize("between", [" ", "\n\n", " He starts on Monday.\n- "])
def test_two_references_each_with_its_own_sentence_are_two_updates(between: str) -> None:
    one, two = two_on_file()
    told = says(
        f"Two pupils for you.\n{one} Ayaan Thornbury has enrolled at Brook Academy.{between}{two} has moved to {MOVED}."
    )
    assert told["verdict"] == "update"
    assert [c["case"] for c in told["children"]] == [one, two]
    assert "destination_school" in values_of(one)
    assert "destination_address" not in values_of(one)
    assert "destination_address" in values_of(two)
    assert "destination_school" not in values_of(two)


@pytest.mark.parametrize("words", [
    "{one} has enrolled at Brook Academy. {two} has moved. Both families are now at {moved}.",
    "{one} and {two} have moved to {moved}.",
    "Ayaan Thornbury has enrolled at Brook Academy. Cases {one} and {two}.",
    "They have moved to {moved}. {one} is the girl. {two} is the boy.",
])  # fmt: skip
def test_what_is_said_of_two_references_together_is_a_question(words: str) -> None:
    one, two = two_on_file()
    told = says(words.format(one=one, two=two, moved=MOVED))
    assert told["verdict"] == "held"
    for ref in (one, two):
        assert values_of(ref).keys().isdisjoint({"destination_school", "destination_address"})


def test_a_reference_in_the_subject_that_no_sentence_bears_is_a_question() -> None:
    one, two = two_on_file()
    told = says(f"{two} has moved to {MOVED}.", subject=f"Re: {one}")
    assert told["verdict"] == "held"


def test_news_of_another_child_in_a_childs_thread_is_a_question() -> None:
    _, two = two_on_file()
    thread = [("In-Reply-To", Letter.objects.order_by("id")[0].message_id)]
    told = says(
        "Zawadi Mwangi (DOB 21/06/2014) has enrolled at Brook Academy.",
        subject="Re: CME",
        headers=thread,
    )
    assert told["verdict"] == "held"
    assert "destination_school" not in values_of(two)


def test_a_brother_told_of_in_a_childs_thread_is_a_child_of_his_own() -> None:
    referred()
    thread = [("In-Reply-To", Letter.objects.get().message_id)]
    told = again(
        form(UPN="", **{"First name(s)": "Idris", "Date of birth": "02/05/2012"}), headers=thread
    )
    assert told["verdict"] == "new_case"
    assert FamilyLink.objects.get().state == "proposed"


def test_another_known_childs_form_under_a_childs_reference_is_a_question() -> None:
    one, two = two_on_file()
    told = again(form(OTHER, Gender="F"), subject=f"Re: [{one}]")
    assert told["verdict"] == "provisional"
    assert {one, two}.isdisjoint(told["cases"])


def test_a_birthday_that_the_childs_own_school_puts_right_is_proposed() -> None:
    ref = referred()["cases"][0]
    told = says("Please correct the date of birth of Ayaan Thornbury to 15/03/2015.")
    assert (told["verdict"], told["cases"]) == ("proposed_update", [ref])
    assert values_of(ref, "proposed")["date_of_birth"] == "2015-03-15"
    assert values_of(ref)["date_of_birth"] == "2015-03-14"


def test_initials_alone_name_nobody_and_beside_a_reference_nothing_else_is_needed() -> None:
    ref = referred()["cases"][0]
    assert says("A.T. has now enrolled at Brook Academy.", subject="AT")["verdict"] == "held"
    assert says("A.T. has now enrolled at Brook Academy.", subject=f"AT {ref}")["cases"] == [ref]


@pytest.mark.parametrize(
    "words", ["Ayaan is back in school today.", "Ayaan Thornbury in Year 6 is back in school."]
)
def test_a_reply_may_call_the_child_by_forename(words: str) -> None:
    ref = referred()["cases"][0]
    thread = [("In-Reply-To", Letter.objects.get().message_id)]
    told = says(words, subject="Re: form", headers=thread)
    assert (told["verdict"], told["cases"]) == ("update", [ref])


def test_the_childs_own_school_may_name_a_child_by_year_group() -> None:
    ref = referred()["cases"][0]
    told = says("Ayaan Thornbury in Year 6 has started at Brook Academy.")
    assert (told["verdict"], told["cases"]) == ("update", [ref])
    told = says("Ayaan Thornbury in Year 4 has started at Cedar Free School.")
    assert told["verdict"] == "held"


def imported(tmp_path: Path, **row: str) -> str:
    """Bring Ayaan in by a table, as his first form would have told it."""
    told = dict.fromkeys(importing.CASE_COLUMNS, "") | {
        "case_ref": "OLD-1", "status": "open", "opened_on": "2026-11-05", "surname": "Thornbury", "forename": "Ayaan",
        "dob": "14/03/2015", "gender": "M", "upn": "V935211314250", "address": "12 Quayside Row, Wrenport WP1 4ZZ",
        "parent1": "Samira Thornbury", "school_name": "Alder Grove Primary School", "last_attended": "03/11/2026",
    } | row  # fmt: skip
    file = tmp_path / "cases.csv"
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, importing.CASE_COLUMNS)
        writer.writeheader()
        writer.writerow(told)
    importing.import_cases(file, NOW)
    return told["case_ref"]


def test_the_first_form_for_an_imported_child_names_only_what_is_new(tmp_path: Path) -> None:
    ref = imported(tmp_path)
    told = again(form())
    assert (told["verdict"], told["cases"]) == ("update", [ref])
    assert set(told["children"][0]["changed"]) == {"year_group", "parents"}  # her telephone


def test_a_date_that_is_none_in_a_table_is_left_empty_and_asked_about(tmp_path: Path) -> None:
    ref = imported(tmp_path, last_attended="31/02/2026")
    assert "last_attended" not in values_of(ref)
    assert "last_attended" in again(form())["children"][0]["changed"]
