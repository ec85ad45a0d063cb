"""What one answer says of several fields, and several questions of one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from parsers.documents import html, plain
from parsers.forms import record, signed
from parsers.reading import Reading
from parsers.vocabulary import standard

ON = date(2026, 10, 22)
CHILD = "Surname: Lindqvist\nForename: Astrid\nDOB: 04/05/2014\nYear group: 8\n"


def typed(*lines: str) -> Reading:
    """Return the reading of a form typed into a message, about one child."""
    words = CHILD + "\n".join(lines)
    (reading,) = record.read(plain.read_text(words), "body", standard(), ON).readings
    return reading


def values(reading: Reading) -> dict[str, Any]:
    return {name: told.value for name, told in reading.fields.items()}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("Carys Dunn (Data Manager) 5/10/26",
         {"referrer_name": "Carys Dunn", "referrer_role": "Data Manager", "referral_date": "2026-10-05"}),
        ("J Marchetti, SENCo, Great Oakham High School",
         {"referrer_name": "J Marchetti", "referrer_role": "SENCo", "school_name": "Great Oakham High School"}),
        ("Philippa Dray - Registrar - dray@combe.example",
         {"referrer_name": "Philippa Dray", "referrer_role": "Registrar", "referrer_email": "dray@combe.example"}),
        ("Ms A Fry, Family Liaison", {"referrer_name": "Ms A Fry", "referrer_role": "Family Liaison"}),
    ],
)  # fmt: skip
def test_who_completed_a_form_is_told_apart_from_their_role_school_and_day(
    answer: str, told: dict[str, str]
) -> None:
    got = values(typed(f"Form completed by: {answer}"))
    assert {name: got.get(name) for name in told} == told


def test_a_role_asked_for_wins_over_one_beside_the_name() -> None:
    got = values(typed("Completed by: Carys Dunn (Office)", "Job title: Data Manager"))
    assert got["referrer_role"] == "Data Manager"


def test_the_end_of_a_message_says_who_refers_where_the_form_does_not() -> None:
    got = values(
        typed(
            "Reason: moved",
            "",
            "Many thanks",
            "Mandy Pruett",
            "Attendance, Union Street Primary",
            "01632 960210",
        )
    )
    assert got["referrer_name"] == "Mandy Pruett"
    assert got["school_name"] == "Union Street Primary"
    assert got["referrer_phone"] == "01632 960210"


def test_a_sign_off_needs_a_name_alone_on_its_line() -> None:
    assert (
        signed.sign_off("Please ring mum.\nThanks\nWe hope to hear from you soon about this", ON)
        is None
    )


def test_a_parents_signature_is_no_referrer() -> None:
    got = values(typed("Position: Head", "Parent's signature: Ingrid Lindqvist"))
    assert "referrer_name" not in got


def test_a_signature_beside_a_position_says_who_refers() -> None:
    got = values(typed("Signed: S. Ames", "Position: Attendance Officer", "Date: 25/9/26"))
    assert got["referrer_name"] == "S. Ames"


def test_an_address_in_parts_is_one_address_and_its_county_no_country() -> None:
    got = values(
        typed(
            "House no / street: 14 Kiln Close",
            "Village / town: Tansley",
            "County: Fenmere",
            "Post code: TN4 6QP",
        )
    )
    assert got["address"] == "14 Kiln Close, Tansley, Fenmere, TN4 6QP"
    assert "destination_country" not in got


def test_lines_of_an_address_are_told_without_their_labels() -> None:
    got = values(
        typed(
            "Address: Line 1: The Old Forge",
            "Address line 2: 5 Smithy Lane",
            "Town: Upper Wick",
            "Postcode: UW6 7ED",
        )
    )
    assert got["address"] == "The Old Forge, 5 Smithy Lane, Upper Wick, UW6 7ED"


@pytest.mark.parametrize(
    "answer", ["as child", "same as above", "Same", "as pupil's", "same address as child"]
)
def test_the_same_address_is_no_address(answer: str) -> None:
    got = values(typed("Parent name: Ingrid Lindqvist", f"Parent address: {answer}"))
    assert got["parents"] == [{"name": "Ingrid Lindqvist"}]


def test_a_name_beside_the_number_is_the_parents() -> None:
    got = values(typed("Parent contact: Jo Blakemore 07700 900191"))
    assert got["parents"] == [{"name": "Jo Blakemore", "phone": "07700 900191"}]


def test_words_beside_no_number_are_no_parent() -> None:
    got = values(typed("Parent contact number: Switched Off"))
    assert "parents" not in got


def test_needs_named_in_an_answer_are_flags() -> None:
    got = values(typed("Social care: CIN, social worker is Debbie Oduya"))
    assert got["child_in_need"] is True
    assert got["social_worker"] == "Debbie Oduya"


@pytest.mark.parametrize("answer", ["no longer CIN", "was CIN until July", "none", "Not CIN"])
def test_needs_denied_are_no_flags(answer: str) -> None:
    assert "child_in_need" not in values(typed(f"Social care: {answer}"))


def test_a_ground_ticked_beside_its_text_is_the_ground() -> None:
    got = values(typed("Ground for deletion (tick one)", "☐ 9(1)(a) registered at another school",
                       "☒ 9(1)(g) no longer lives a reasonable distance from the school"))  # fmt: skip
    assert got["ground"]["letter"] == "g"


def test_work_is_no_place_to_go_to() -> None:
    got = typed(
        "Date of removal from roll: 30/09/2026", "Destination: Apprenticeship, Wick Motors Ltd"
    )
    assert not {"destination_school", "destination_address"} & set(got.fields)
    assert any("Apprenticeship" in u.raw for u in got.unread)


def test_what_stands_for_a_number_and_is_none_is_told_unread() -> None:
    got = typed("Parent contact number: Switched Off")
    assert any("Switched Off" in u.raw for u in got.unread)


def test_names_either_side_of_a_stroke_go_by_their_label() -> None:
    words = "Child's name (first / family): Sienna / Abbott-Quaye\nDOB: 29/02/2012\nYear group: 10\nSchool: Lockside Academy\n"
    (reading,) = record.read(plain.read_text(words), "body", standard(), ON).readings
    assert (values(reading)["surname"], values(reading)["forenames"]) == ("Abbott-Quaye", "Sienna")


def test_referrer_and_role_in_one_question_are_two_answers() -> None:
    got = values(typed("Referrer and role: Louis Amankwah, Attendance Officer"))
    assert (got["referrer_name"], got["referrer_role"]) == ("Louis Amankwah", "Attendance Officer")


def test_a_copy_attached_after_the_parents_notice_is_the_letter() -> None:
    got = values(
        typed(
            "Date on which the parent's written notice came: 05/10/2026",
            "Is a copy attached? ☒ Yes ☐ No",
        )
    )
    assert got["parental_letter"] is True


def test_the_school_before_is_not_the_school_of_a_pupil_admitted() -> None:
    got = typed("Date of admission: 05/10/2026", "Previous school: Hythe Bridge Primary")
    assert "school_name" not in got.fields
    assert any("Hythe Bridge" in u.raw for u in got.unread)


def test_the_last_school_of_a_child_who_is_missing_is_its_school() -> None:
    got = values(typed("Last attended: 18/09/2026", "Previous school: Hythe Bridge Primary"))
    assert got["school_name"] == "Hythe Bridge Primary"


def test_two_first_names_before_one_surname_are_two_parents() -> None:
    got = values(typed("Parents: Niamh and Declan Quigley"))
    assert [p["name"] for p in got["parents"]] == ["Niamh Quigley", "Declan Quigley"]


def test_no_social_worker_is_no_name() -> None:
    assert "social_worker" not in values(typed("Social worker: No"))


def test_known_to_social_care_is_no_enquiry() -> None:
    assert "enquiries" not in values(
        typed("Is the pupil known to Children's Social Care? ☐ Yes ☒ No")
    )


def test_from_before_a_school_at_the_top_is_the_school_that_writes() -> None:
    words = "From: Sir Roland Pike School\nFull name: Leon McAllister\nDate of birth: 4 December 2010\nDate of deletion: 23/10/2026\n"
    (reading,) = record.read(plain.read_text(words), "body", standard(), ON).readings
    got = values(reading)
    assert (got["school_name"], got["surname"]) == ("Sir Roland Pike School", "McAllister")


def test_the_last_day_in_a_list_of_leavers_is_the_day_off_roll() -> None:
    rows = (("Name", "DOB", "Last day", "Reason"), ("Kemi Oduya", "20/11/2014", "02/10/2026", "Moved"),
            ("Dayo Lindqvist", "02/02/2017", "05/10/2026", "Moved"))  # fmt: skip
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    document = html.read_text(f"<h2>Pupils who have left</h2><table>{table}</table>")
    readings = record.read(document, "list.html", standard(), ON).readings
    assert [r.fields["off_roll_date"].value for r in readings] == ["2026-10-02", "2026-10-05"]


@pytest.mark.parametrize(
    ("line", "done"),
    [("Letter not sent", False), ("Home visit planned but not carried out", False), ("02/10 phoned mum - no reply", True),
     ("Home visit 5/10, nobody in", True), ("Letter sent 7/10, not answered", True)],
)  # fmt: skip
def test_an_enquiry_that_was_not_made_is_told_as_not_done(line: str, done: bool) -> None:
    (enquiry,) = values(typed(f"Actions taken: {line}"))["enquiries"]
    assert enquiry["done"] is done


def test_a_log_of_dated_lines_is_a_list_of_enquiries() -> None:
    got = values(
        typed(
            "Actions taken: 02/10 phoned mum - no reply; 05/10 home visit by Mrs Bell, nobody in; 07/10 letter posted"
        )
    )
    assert [(e["action"], e["date"], e["by"]) for e in got["enquiries"]] == [
        ("phone", "2026-10-02", None),
        ("home_visit", "2026-10-05", "Mrs Bell"),
        ("letter", "2026-10-07", None),
    ]


def test_who_the_siblings_are_is_no_enquiry() -> None:
    got = values(typed("Siblings admitted: Dayo Lindqvist, 02/02/2017, Farley Primary"))
    assert "enquiries" not in got
    assert got["siblings"][0]["name"] == "Dayo Lindqvist"


def test_a_transfer_file_received_is_none_that_was_sent() -> None:
    assert "ctf_sent" not in values(
        typed("Date of admission: 05/10/2026", "Has the CTF been received? No")
    )


def test_a_question_that_is_not_known_is_told_with_its_answer_though_it_stands_alone_on_its_line() -> (
    None
):
    got = typed("Date parent told the school of the intention to home educate: 28/09/2026")
    assert any("28/09/2026" in u.raw for u in got.unread)


@pytest.mark.parametrize(
    ("title", "kind"),
    [("Notification by EWO: child not found at address", "ewo_notification"), ("EWS internal: cannot be found", "ewo_notification"),
     ("Request to the Education Welfare Service", "cme"), ("For the EWO: pupil absent", "cme")],
)  # fmt: skip
def test_a_form_for_the_welfare_officer_is_not_one_of_theirs(title: str, kind: str) -> None:
    words = f"{title}\n{CHILD}Last attended: 18/09/2026\nReason: no contact\n"
    assert record.read(plain.read_text(words), "x", standard(), ON).form == kind
