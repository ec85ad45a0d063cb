"""Emails without a form, one after another on one child: whose news each is, and what it may change (policy 9.5)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from stories import NOW, OFFICE, arrive, email, form

from cases.models import Case, Child, FieldValue

pytestmark = pytest.mark.usefixtures("council")
REFERRAL = (
    "I am writing to refer Zofia Nowak, date of birth 3rd June 2016, Year 5. She was last in school on "
    "Friday 23 October 2026. Last known address: Flat 2, 18 Tanner Street, Wrenbury WR3 4QT.\n"
)


def told(body: str, subject: str = "", **more: str) -> dict:
    return arrive(email(body, subject=subject, **more), NOW + timedelta(days=1))


@pytest.fixture(autouse=True)
def zofia(council: None) -> Case:
    arrive(email(REFERRAL, subject="Child missing"), NOW)
    return Case.objects.get()


@pytest.mark.parametrize(("subject", "body", "verdict", "changed"), [
    # the case's own thread and the child's forename
    ("RE: CME-2026-0001", "Zofia came back to school today.", "update", []),
    # the whole name and birthday, from the child's own school
    ("Zofia Nowak", "Zofia Nowak, dob 03/06/2016: her new address is 9 Quarry View, Netherby, NB4 7TR.", "update", ["destination_address"]),
    # what is put right does not say who is meant, and is only proposed
    ("RE: CME-2026-0001", "Her date of birth should be 6 March 2016 not 3 June 2016.", "proposed_update", ["date_of_birth"]),
    ("wrong name", "For CME-2026-0001, please correct her first name to Zosia.", "proposed_update", ["forenames"]),
    # another child's name in this case's thread: asked, never merged
    ("RE: CME-2026-0001", "Kacper came back to school today.", "held", []),
    # nobody named, no reference
    ("Zofia N", "Mum's new number is 07700 900413.", "held", []),
])  # fmt: skip
def test_news_is_filed_on_the_child_whom_it_is_about(subject, body, verdict, changed):
    outcome = told(body, subject)
    assert outcome["verdict"] == verdict
    assert outcome["children"][0]["changed"] == changed
    assert Case.objects.count() == 1


def test_a_brother_who_stopped_attending_too_has_a_case_of_his_own(zofia: Case):
    outcome = told(
        "We have learnt that her brother Filip Nowak at Birchwood Academy stopped attending on the same day, 23 October 2026.",
        f"{zofia.ref} brother",
    )
    filip = Child.objects.get(forenames="Filip")
    case = Case.objects.get(child=filip)
    assert outcome["cases"] == [zofia.ref, case.ref]
    assert str(case.last_attended) == "2026-10-23"
    assert FieldValue.objects.get(case=zofia, field="siblings").value[0]["name"] == "Filip Nowak"


@pytest.mark.parametrize("body", [
    "I gave you the wrong date of birth for Lily-Mae Croft. It should be 12 May 2014, not 5 December 2014.",
    "Is there any news of Lily-Mae Croft, born 12/05/2014?",
])  # fmt: skip
def test_a_correction_or_a_question_about_a_child_not_on_file_opens_nothing(body):
    outcome = told(body, "Lily-Mae Croft", sender=OFFICE)
    assert outcome["verdict"] == "held"
    assert Case.objects.count() == 1


SHORT = {
    "Surname": "MWANGI", "First name(s)": "Zawadi", "Date of birth": "21/06/2014",
    "Date last attended": "03/11/2026",
}  # fmt: skip


def test_one_form_sent_twice_in_one_email_is_one_child():
    answers = {"Surname": "", **SHORT}
    files = [("form.docx", form(answers)), ("form (copy).docx", form(answers, Year_group="8"))]
    told = arrive(email("Please see attached.", files, sender="nobody@elsewhere.example"), NOW)
    assert [c["verdict"] for c in told["children"]] == ["new_case", "proposed_update"]
    assert len(set(told["cases"])) == 1


def test_words_about_another_child_beside_a_form_are_news_of_their_own(zofia: Case):
    body = "Form for Zawadi attached. Zofia Nowak, dob 03/06/2016, came back to school today."
    outcome = arrive(email(body, [("form.docx", form(SHORT))]), NOW + timedelta(days=1))
    assert {c["verdict"] for c in outcome["children"]} == {"update", "new_case"}
    assert zofia.ref in outcome["cases"]


def test_a_form_that_its_email_says_is_another_childs_is_held():
    outcome = arrive(
        email("For Kemi Oduya.", [("Kemi Oduya.docx", form(SHORT))], subject="Kemi Oduya"),
        NOW + timedelta(days=1),
    )
    assert [h["reason"] for h in outcome["held"]] == ["ambiguous"]


def test_an_email_about_several_cases_is_read_part_by_part(zofia: Case):
    arrive(
        email(
            "I am writing to refer Kian Webb, date of birth 4 May 2015, Year 6, last in school on 20 October 2026.",
            subject="Child missing",
        ),
        NOW,
    )
    result = told(
        "Hi,\n\nCME-2026-0001 - the family have moved to 9 Quarry View, Netherby, NB4 7TR.\n"
        "CME-2026-0002 - Kian came back to school today.\n\nDev",
        subject="Two cases",
    )
    first, second = Case.objects.order_by("pk")
    assert [(c["case"], c["verdict"], c["changed"]) for c in result["children"]] == [
        (first.ref, "update", ["destination_address"]),
        (second.ref, "update", []),
    ]
    assert not second.values.filter(field="destination_address").exists()
    assert [e.kind for e in second.events.filter(state="proposed")] == ["returned"]
    assert not first.events.filter(state="proposed", kind="returned").exists()
