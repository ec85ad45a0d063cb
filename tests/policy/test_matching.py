"""Who is this? Each guard with the story it comes from, the decision table, and what must hold for any input."""

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest
from hypothesis import given as each
from hypothesis import settings
from hypothesis import strategies as st

from benchmarks.matching import run
from policy.blocking import keys
from policy.matching import (
    AskOfficer,
    Attached,
    Duplicate,
    Incoming,
    Known,
    NewChild,
    Person,
    ReReferral,
    Resend,
    Update,
    Verdict,
    decide,
    score,
)  # fmt: skip
from policy.names import compare_forenames, compare_surnames, given
from policy.scoring import compare_addresses, compare_dates, compare_upns
from policy.upn import LETTERS


def upn(body: str) -> str:
    """Return a permanent UPN with its right check letter."""
    return LETTERS[sum(int(c) * p for p, c in enumerate(body, start=2)) % 23] + body


AMIRA = Person(
    surname="Hussain", forename="Amira", dob=date(2015, 3, 9), gender="F", upn=upn("935201320017"),
    address="12 Alder Road, Wexbury, IP4 1AB", postcode="IP4 1AB", parents=("Saima Hussain", "Bilal Hussain"),
    school_name="Alder Primary School", last_attended=date(2026, 9, 18),
)  # fmt: skip


def known(person: Person = AMIRA, name: str = "1", **changes: object) -> Known:
    made = Known(
        child_id=f"child-{name}", case_id=f"case-{name}", case_ref=f"CME-2026-000{name}", status="open",
        opened_on=date(2026, 9, 21), closed_on=None, persons=(person,),
        message_ids=frozenset({f"<m{name}@alder.example>"}),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def form(person: Person = AMIRA, **changes: object) -> Incoming:
    made = Incoming(person=person, received_on=date(2026, 11, 9), message_id="<new@alder.example>")
    return replace(made, **changes)  # type: ignore[arg-type]


def verdict_on(person: Person, *on_file: Known, **changes: object) -> Verdict:
    return decide(form(person, **changes), on_file or (known(),))


BARE = replace(AMIRA, upn="", address="", postcode="", parents=(), school_name="")
GUARDS = [
    ("a sister's form that kept the known child's number", replace(AMIRA, forename="Sana"), AMIRA, "forenames"),
    ("a form that gives only an initial, without a number", replace(AMIRA, forename="A", upn=""), AMIRA, "forenames"),
    ("twins one letter apart, the sister's number left in", replace(AMIRA, forename="Amina"), AMIRA, "twins"),
    ("twins Jayden and Kayden, one of them a name on no list", replace(AMIRA, forename="Mamira"), AMIRA, "twins"),
    ("a short form alone: Alice and Elsie were twins", replace(AMIRA, forename="Kate", upn=""),
     replace(AMIRA, forename="Katherine"), "forenames"),
    ("another spelling of one name, another birthday", replace(AMIRA, forename="Ameera", dob=date(2015, 3, 8), upn=""),
     AMIRA, "too little else"),
    ("twins with an invented name, the brother's number copied in", replace(AMIRA, forename="Ayian"),
     replace(AMIRA, forename="Ayaan"), "twins"),
    ("a misspelt forename and no number", replace(AMIRA, forename="Ameira", upn=""), AMIRA, "no pupil number"),
    ("a birth date that is no slip of the pen", replace(AMIRA, dob=date(2011, 7, 21)), AMIRA, "slip of the pen"),
    ("a birth date one digit off at another school, no number, no parents",
     replace(AMIRA, dob=date(2015, 3, 8), upn="", parents=(), school_name="Brook Academy"),
     AMIRA, "nothing else confirms"),
    ("no birth date and no number", replace(AMIRA, dob=None, upn="", school_name="Brook Academy"), AMIRA, "No date of birth"),
    ("Bảo Long with the number of his sister Bảo Trân", replace(AMIRA, forename="Bảo Long", gender=""),
     replace(AMIRA, forename="Bảo Trân"), "after the first differ"),
    ("a namesake on the same caravan site", replace(AMIRA, upn="", address="Plot 5, Brickfield Site, IP4 1AB", parents=("Sana Malik",)),
     replace(AMIRA, address="Plot 1, Brickfield Site, IP4 1AB"), "Nothing but the name"),
    ("a namesake at her school whose mother is called as hers, with another last day",
     replace(BARE, parents=("Saima Hussain",), address="3 Mill Street, IP9 2CD", school_name=AMIRA.school_name,
             last_attended=date(2026, 5, 22)), AMIRA, "Nothing but the name"),
    ("parents who share two words of a double-barrelled name and nothing more",
     replace(BARE, parents=("Zoe Hart-Lowe", "Hugo Hart-Lowe"), school_name=AMIRA.school_name),
     replace(AMIRA, parents=("Hettie Hart-Lowe", "Felix Hart-Lowe")), "Nothing but the name"),
    ("a cousin in the house, born on the 3rd of the 9th, with parents of his own",
     replace(AMIRA, upn="", dob=date(2015, 9, 3), parents=("Sana Malik",)), AMIRA, "nothing else confirms"),
    ("a twin called almost Mohamed", replace(AMIRA, forename="Mohimed", upn=""), replace(AMIRA, forename="Mohamed"), "no pupil number"),
    ("Andreeia, the twin of Andreea", replace(AMIRA, forename="Andreeia", upn=""), replace(AMIRA, forename="Andreea"), "forename"),
    ("a namesake whose mother is told only as Mrs Cole-Varley",
     replace(BARE, parents=("Mrs Cole-Varley",), address="3 Mill Street, IP9 2CD", school_name=AMIRA.school_name),
     replace(AMIRA, parents=("Caspian Cole-Varley",)), "Nothing but the name"),
    ("a twin's form that repeats her forename as what she is known as",
     replace(AMIRA, forename="Sana", known_as="Sana"), AMIRA, "forenames"),
    ("a mistyped Muhammad of the other sex", replace(AMIRA, forename="Mehnet"), replace(AMIRA, forename="Mehmet", gender="M"), "sex differs"),
    ("one of several Muhammads in the house, without a birthday", replace(AMIRA, forename="Mohumed", dob=None, upn=""),
     replace(AMIRA, forename="Mohamed"), "No date of birth"),
    ("a short form in no dictionary", replace(AMIRA, forename="Clemmie", upn=""), replace(AMIRA, forename="Clementine"), "forenames"),
    ("two permanent numbers", replace(AMIRA, upn=upn("935204420333")), AMIRA, "different permanent"),
    ("neighbouring numbers: entered together", replace(AMIRA, upn=upn("935201320018")), AMIRA, "neighbours"),
    ("nothing but name and birthday", BARE, AMIRA, "Nothing but the name"),
    ("a namesake whose mother has her namesake's name",
     replace(BARE, parents=("Saima Hussain",), address="3 Mill Street, IP9 2CD", school_name="Brook Academy"), AMIRA,
     "Nothing but the name"),
    ("a namesake two doors away whose parents are called otherwise",
     replace(AMIRA, upn="", address="14 Alder Road, IP4 2AB", postcode="IP4 2AB", parents=("Sana Hussain",), school_name=""),
     AMIRA, "Nothing but the name"),
    ("a namesake both of whose parents are called as hers", replace(BARE, parents=AMIRA.parents, school_name="Brook Academy"),
     AMIRA, "Nothing but the name"),
    ("a twin whose names stand the wrong way round: Hassan Abdi, and Abdi Abdi is on file",
     replace(AMIRA, surname="Hassan", forename="Hussain", upn=""), replace(AMIRA, forename="Hussain"), "exchanged"),
    ("a birthday in another year", replace(AMIRA, dob=date(2008, 3, 9)), AMIRA, "slip of the pen"),
    ("another surname with nothing behind it", replace(BARE, surname="Khan"), AMIRA, "surname differs"),
    ("a misspelt forename and another surname", replace(AMIRA, forename="Amiira", surname="Nowak"), AMIRA, "Neither name"),
    ("a misspelt forename and another sex", replace(AMIRA, forename="Amiira", gender="M"), AMIRA, "sex differs"),
    ("surname and forename exchanged, without number or address",
     replace(BARE, surname="Amira", forename="Hussain", parents=AMIRA.parents), AMIRA, "exchanged"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("story", "person", "on_file", "words"), GUARDS, ids=[g[0] for g in GUARDS]
)
def test_a_guard_sends_the_form_to_a_person_whatever_the_score(story, person, on_file, words):
    verdict = verdict_on(person, known(on_file))
    assert isinstance(verdict, AskOfficer | NewChild), story
    assert any(words in g for g in score(form(person), known(on_file)).guards)


def test_a_bare_muhammad_may_be_any_of_the_brothers():
    brother = replace(AMIRA, forename="Muhammad Bilal", gender="M")
    verdict = verdict_on(replace(brother, forename="Mohammed"), known(brother))
    assert isinstance(verdict, AskOfficer)


def test_a_twin_called_by_his_brothers_middle_name_is_not_his_brother():
    brother = replace(AMIRA, forename="Mohamed", middle_names="Abdi", gender="M", upn="")
    verdict = verdict_on(replace(brother, forename="Abdi", middle_names=""), known(brother))
    assert isinstance(verdict, AskOfficer)


def test_of_a_child_with_two_numbers_on_file_both_count():
    mistyped = replace(AMIRA, upn="A" + upn("935201320018")[1:])
    verdict = verdict_on(replace(AMIRA, upn=upn("935201320018")), known(persons=(AMIRA, mistyped)))
    assert isinstance(verdict, AskOfficer)
    assert "neighbours" in verdict.why


LINKED = [
    ("a number with a character too many", replace(AMIRA, upn=AMIRA.upn[:4] + AMIRA.upn[3:], address="", parents=())),
    ("a scanner's letters in the number", replace(AMIRA, upn=AMIRA.upn.replace("5", "S"), address="", parents=())),
    ("no birthday, but house, parent, school and last day", replace(AMIRA, dob=None, upn="")),
    ("two letters exchanged, nobody's name", replace(AMIRA, forename="Amria", upn="")),
    ("the birthday a digit off, on a form of the same day", replace(AMIRA, dob=date(2015, 3, 8), upn="", parents=())),
    ("the father's name as surname", replace(AMIRA, surname="Bilal", upn="")),
    ("moved, with a parent and the school in common", replace(AMIRA, upn="", address="3 Mill Street", postcode="IP9 2CD")),
]  # fmt: skip


@pytest.mark.parametrize(("story", "person"), LINKED, ids=[s for s, _ in LINKED])
def test_what_two_offices_write_of_one_child_is_linked_without_a_person(story, person):
    on_file = known(replace(AMIRA, middle_names="Bilal"))
    assert isinstance(verdict_on(person, on_file), Duplicate | Update), story


def test_a_child_called_muhammad_with_his_fathers_name_is_not_one_of_several_muhammads():
    son = replace(AMIRA, forename="Maxamed", middle_names="Bilal", gender="M")
    assert isinstance(
        verdict_on(replace(son, forename="Mahamed", middle_names=""), known(son)), Duplicate
    )


def test_the_thread_tells_which_of_two_namesakes_an_email_means():
    other = replace(AMIRA, dob=date(2011, 7, 21), upn="", address="3 Mill Street", parents=())
    named = Person(surname="Hussain", forename="Amira", school_name="Brook Academy")
    told = {"case_refs": ("CME-2026-0001",), "is_form": False}
    assert isinstance(verdict_on(named, known(), known(other, "2"), **told), Update)


def test_an_email_that_names_somebody_else_in_the_thread_and_no_birthday_is_a_question():
    named = Person(surname="Hussain", forename="Omar")
    thread = {"in_reply_to": ("<m1@alder.example>",), "is_form": False}
    assert isinstance(verdict_on(named, **thread), AskOfficer)


def test_two_children_who_fit_alike_are_a_question():
    twice = known(name="2", persons=(replace(AMIRA, upn=""),))
    verdict = verdict_on(replace(AMIRA, upn=""), known(replace(AMIRA, upn="")), twice)
    assert isinstance(verdict, AskOfficer)
    assert [c.child_id for c in verdict.candidates] == ["child-1", "child-2"]


@pytest.mark.parametrize(("a", "b", "level"), [
    ("Zainab", "Zaynab", "spelling"), ("Fatima", "Fatma", "spelling"), ("Mateusz", "Matuesz", "spelling"), ("Zainab", "Zaiinab", "near"),
    ("Xasan", "Hassan", "spelling"), ("Jaamac", "Jama", "spelling"), ("Su1eyman", "Suleyman", "exact"), ("M1na", "Mina", "exact"),
    ("Oluwaseun", "Seun", "alike"), ("Clementine", "Clemmie", "alike"), ("Hugo", "Hiigo", "alike"), ("Layan", "Layann", "near_two_names"),
    ("Amira", "Amina", "near_two_names"), ("Aisha", "Alisha", "near_two_names"), ("Ella", "Bella", "near_two_names"),
    ("Adrian", "Adriana", "near_two_names"), ("Hassan", "Hussain", "different"), ("Łukasz", "Lukasz", "exact"),
    ("Ayaan", "Ayian", "near_two_names"), ("Ayaan", "Ayan", "near_two_names"), ("Yan", "Jan", "near_two_names"),
    ("Tara", "Tiara", "near_two_names"), ("Jakub", "Jalub", "near_two_names"),
    ("Darinna", "Darinnaa", "near_two_names"), ("Mohamed", "Mohmaed", "exact"), ("Mohmaed Ali", "Ali", "exact"),
    ("Muhammad Ali", "Md Ali", "exact"), ("Muhammad Ali", "Muhammad Omar", "different"),
])  # fmt: skip
def test_a_slip_of_the_pen_is_not_a_twins_name(a, b, level):
    assert compare_forenames(given(a), given(b)) == level


def test_a_namesake_of_another_age_with_nothing_in_common_is_new():
    other = replace(AMIRA, dob=date(2010, 7, 21), upn="", address="", postcode="", parents=())
    assert isinstance(verdict_on(other, known(replace(AMIRA, upn=""))), NewChild)
    assert isinstance(verdict_on(replace(other, parents=AMIRA.parents)), AskOfficer)


@pytest.mark.parametrize(("a", "b", "level"), [
    (date(2015, 3, 9), date(2015, 9, 3), "swapped"), (date(2015, 3, 9), date(2015, 3, 8), "one_digit"),
    (date(2015, 3, 12), date(2015, 3, 21), "one_digit"), (date(2015, 3, 9), date(2051, 3, 9), "one_digit"),
    (date(2015, 3, 9), date(2008, 3, 9), "same_day"), (date(2015, 3, 9), date(2014, 6, 9), "different"),
    (date(2015, 3, 9), None, "missing"),
])  # fmt: skip
def test_a_slip_in_a_date_is_not_another_date(a, b, level):
    assert compare_dates(a, b) == compare_dates(b, a) == level


@pytest.mark.parametrize(("a", "b", "level"), [
    ("12 Alder Road, Wexbury, IP4 1AB", "12, Alder Rd IP4 1AB", "same"),
    ("12 Alder Road, Wexbury, IP4 1AB", "12 Alder Road, Saltmere, IP4 1BA", "same"),
    ("Flat 2, 12 Mill Street, Wexbury", "Flat 2, 12 Mill St", "same"),
    ("12 Alder Road, Wexbury, IP4 1AB", "14 Alder Road, Wexbury, IP4 1AB", "postcode"),
    ("12 Alder Road, Wexbury, IP4 1AB", "12 Alder Road, Wexbury, CB9 7XY", "other"),
])  # fmt: skip
def test_addresses_are_compared_by_number_and_street(a, b, level):
    assert compare_addresses(Person(address=a), Person(address=b)) == level


def test_a_mistyped_number_may_be_near_and_may_be_another():
    assert compare_upns(AMIRA.upn, "A" + AMIRA.upn[1:]) == "near"
    assert compare_upns(AMIRA.upn, "A" + upn("870444590888")[1:]) == "other"


CLOSED = known(status="closed", closed_on=date(2026, 10, 1))


@pytest.mark.parametrize(("person", "on_file", "expected"), [
    (AMIRA, known(), Duplicate),
    (replace(AMIRA, surname="HUSSAIN", address="12 Alder Rd, Wexbury IP4 1AB"), known(), Duplicate),
    (replace(AMIRA, address="3 Mill Street, IP9 2CD", postcode="IP9 2CD"), known(), Update),
    (replace(AMIRA, last_attended=date(2026, 11, 2)), CLOSED, ReReferral),
    (AMIRA, CLOSED, Attached),
    (replace(AMIRA, last_attended=None), CLOSED, ReReferral),
    (replace(AMIRA, last_attended=None), replace(CLOSED, closed_on=date(2026, 11, 2)), AskOfficer),
    (replace(AMIRA, forename="Omar", gender="M", dob=date(2012, 1, 4), upn=""), known(), NewChild),
    (replace(AMIRA, forename="Sana", upn=""), known(), NewChild),
])  # fmt: skip
def test_the_decision_table(person, on_file, expected):
    assert isinstance(verdict_on(person, on_file), expected)


def test_a_changed_name_birth_date_sex_or_permanent_number_is_only_proposed():
    verdict = verdict_on(replace(AMIRA, surname="Malik", school_name="Brook Academy"))
    assert isinstance(verdict, Update)
    assert verdict.proposed == ("surname",)
    assert verdict.changed == ("school_name",)


def test_a_number_found_is_filled_in():
    verdict = verdict_on(AMIRA, known(replace(AMIRA, upn="")))
    assert isinstance(verdict, Update)
    assert (verdict.changed, verdict.proposed) == (("upn",), ())


def test_a_brother_at_the_same_address_is_new_and_linked_as_family():
    verdict = verdict_on(replace(AMIRA, forename="Omar", gender="M", dob=date(2012, 1, 4), upn=""))
    assert isinstance(verdict, NewChild)
    assert [link.child_id for link in verdict.family] == ["child-1"]


def test_a_brother_sent_in_the_known_childs_thread_is_new():
    brother = Person(surname="Hussain", forename="Omar", dob=date(2012, 1, 4), gender="M")
    verdict = verdict_on(brother, in_reply_to=("<m1@alder.example>",))
    assert verdict == NewChild(verdict.family)
    assert verdict.family[0].why == "same surname and thread"


def test_a_form_in_a_strangers_thread_is_a_question():
    stranger = Person(surname="Nowak", forename="Iga", dob=date(2012, 1, 4))
    assert isinstance(verdict_on(stranger, in_reply_to=("<m1@alder.example>",)), AskOfficer)


def test_a_reply_about_one_child_in_anothers_thread_is_a_question():
    other = replace(
        BARE,
        surname="Nowak",
        forename="Iga",
        upn=upn("935204420333"),
        address="3 Mill Street, IP9 2CD",
    )
    verdict = verdict_on(other, known(), known(other, "2"), in_reply_to=("<m1@alder.example>",))
    assert isinstance(verdict, AskOfficer)


def test_an_email_that_names_nobody_speaks_of_the_case_it_answers():
    moved = Person(address="3 Mill Street, IP9 2CD", postcode="IP9 2CD")
    verdict = verdict_on(moved, in_reply_to=("<m1@alder.example>",), is_form=False)
    assert isinstance(verdict, Update)
    assert verdict.changed == ("address", "postcode")


def test_an_email_in_the_cases_thread_need_not_repeat_the_birth_date():
    named = Person(surname="Hussain", forename="Amira", school_name="Brook Academy")
    verdict = verdict_on(named, case_refs=("CME-2026-0001",), is_form=False)
    assert isinstance(verdict, Update)


@pytest.mark.parametrize(("person", "linked"), [
    (Person(forename="Amira"), True),
    (Person(surname="Hussain"), True),
    (Person(forename="Amira", dob=AMIRA.dob), True),
    (Person(forename="Amira", dob=date(2012, 1, 4)), False),
    (Person(forename="Amina"), False),
    (Person(forename="Sana", known_as="Sana"), False),
    (Person(surname="Nowak"), False),
])  # fmt: skip
def test_an_email_in_the_cases_thread_may_call_the_child_by_one_name(person, linked):
    thread = {"in_reply_to": ("<m1@alder.example>",), "is_form": False}
    assert isinstance(verdict_on(person, **thread), Duplicate) is linked
    assert not isinstance(verdict_on(person, is_form=False), Duplicate)
    assert isinstance(verdict_on(person, known(), known(name="2"), **thread), Duplicate) is linked
    assert not isinstance(verdict_on(person, known(protected=True), **thread), Duplicate)


def test_the_same_message_about_the_same_child_is_a_resend_and_her_brother_in_it_is_not():
    assert verdict_on(AMIRA, message_id="<m1@alder.example>") == Resend("case-1", "child-1")
    brother = replace(AMIRA, forename="Omar", gender="M", dob=date(2012, 1, 4), upn="")
    assert isinstance(verdict_on(brother, message_id="<m1@alder.example>"), NewChild)


@pytest.mark.parametrize(
    "changes", [{}, {"in_reply_to": ("<m1@alder.example>",)}, {"message_id": "<m1@alder.example>"}]
)
def test_a_protected_child_is_never_matched_or_shown(changes):
    verdict = verdict_on(AMIRA, known(protected=True), **changes)
    assert isinstance(verdict, AskOfficer)
    assert verdict.candidates == ()
    assert verdict.family == ()


def test_a_protected_child_in_whose_thread_a_stranger_comes_is_not_shown():
    stranger = Person(surname="Nowak", forename="Iga", dob=date(2012, 1, 4))
    verdict = verdict_on(stranger, known(protected=True), in_reply_to=("<m1@alder.example>",))
    assert isinstance(verdict, AskOfficer)
    assert verdict.candidates == ()


def test_every_field_that_was_compared_shows_its_bits():
    told = {f.field: f for f in score(form(), known()).fields}
    assert {"forename", "surname", "date_of_birth", "upn", "address", "parents"} <= told.keys()
    assert told["forename"].bits > 0
    assert abs(told["address"].bits) < 1  # brothers and sisters share it: it says nothing


names = st.sampled_from(
    ["", "Amira", "Amina", "Łukasz", "Lukasz", "Md Ali", "Ali", "Omar", "Jo", "A"]
)
days = st.sampled_from(
    [None, date(2015, 3, 9), date(2015, 9, 3), date(2015, 3, 8), date(2010, 1, 1)]
)
people = st.builds(
    Person, surname=names, forename=names, middle_names=names, dob=days, gender=st.sampled_from(["", "M", "F"]),
    upn=st.sampled_from(["", AMIRA.upn, upn("935201320018"), upn("935204420333")]),
    address=st.sampled_from(["", AMIRA.address, "3 Mill Street, IP9 2CD"]),
    parents=st.sampled_from([(), ("Saima Hussain",), AMIRA.parents]),
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@each(people, st.lists(people, min_size=2, max_size=3))
def test_the_order_of_candidates_does_not_matter(person, others):
    on_file = [known(p, str(n)) for n, p in enumerate(others)]
    assert len({repr(decide(form(person), order)) for order in permutations(on_file)}) == 1


@settings(max_examples=150, deadline=None)
@each(people, people)
def test_nothing_is_linked_where_a_guard_fires(person, other):
    verdict = decide(form(person), [known(other)])
    if score(form(person), known(other)).guards:
        assert isinstance(verdict, AskOfficer | NewChild)


@settings(max_examples=150, deadline=None)
@each(st.text(max_size=12), st.text(max_size=12))
def test_comparing_names_takes_no_sides(a, b):
    assert compare_surnames(a, b) == compare_surnames(b, a)
    assert compare_forenames(given(a), given(b)) == compare_forenames(given(b), given(a))


@pytest.mark.parametrize("other", [
    replace(AMIRA, forename="Amiira", upn="", dob=None), replace(AMIRA, dob=date(2015, 9, 3), upn="", address="", postcode=""),
    replace(BARE, surname="Amira", forename="Hussain"), replace(BARE, surname="Khan"),
])  # fmt: skip
def test_two_forms_of_one_child_share_a_key(other):
    assert keys(AMIRA) & keys(other)


def test_on_invented_families_nobody_is_merged_wrongly():
    figures = run(range(50, 51), forms=600, families=300)
    assert not figures.wrong
    known_forms = figures.count["known"]
    assert (figures.count["linked"] + figures.count["offered"]) / known_forms >= 0.98
    assert figures.count["asked"] / figures.count["all"] <= 0.16
