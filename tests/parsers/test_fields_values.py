"""Answers as people write them, and what they are."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import dates, fields, grounds, phones
from parsers.fields import Got, WholeName
from parsers.words import is_no_value, is_not_known, tokens

ON = date(2026, 10, 22)


@pytest.mark.parametrize("written", [
    "14/03/2015", "14.3.15", "14th March 2015", "March 14 2015", "2015-03-14", "14-Mar-15", "14 03 2015", "14032015",
    "Saturday 14th March 2015", "14 / 03 / 2015", "14th of March, 2015", "14/03/2015 (age 11)", "2015-03-14 00:00:00",
    "14·3·2015".replace("·", "-"), "14 Mar '15", "l4/O3/2015", "1 4 / 0 3 / 2 0 1 5",
])  # fmt: skip
def test_a_date_is_read_day_first_however_it_is_written(written):
    read = dates.read(written, on=ON, kind="birth")
    assert isinstance(read, dates.Dated)
    assert read.day == date(2015, 3, 14)


@pytest.mark.parametrize(("written", "why"), [
    ("31/02/2015", "not a date"), ("03/14/2015", "not a date"), ("2 October", "no year"), ("Sept", "not a date"),
    ("14/03/2015 or 15/03/2015", "more than one date"), ("42077", "not a date"), ("", "not a date"),
])  # fmt: skip
def test_what_is_no_date_says_why(written, why):
    assert dates.read(written, on=ON) == why


def test_a_serial_number_is_a_date_in_a_spreadsheet_only():
    read = dates.read("42077", on=ON, kind="birth", sheet=True)
    assert isinstance(read, dates.Dated)
    assert read.day == date(2015, 3, 14)


def test_two_digit_years_are_read_by_what_the_date_is_for():
    birth = dates.read("01/09/27", on=ON, kind="birth")
    event = dates.read("01/09/27", on=ON, kind="event")
    assert isinstance(birth, dates.Dated)
    assert isinstance(event, dates.Dated)
    assert (birth.day.year, event.day.year) == (1927, 2027)
    assert birth.sure <= 0.5


def test_a_day_without_a_year_is_the_nearest_one_in_running_words():
    found = dates.find("not seen since 2 October", on=ON, no_year=True)
    assert [(d.day, d.sure <= 0.8) for d in found] == [(date(2026, 10, 2), True)]


@pytest.mark.parametrize(("written", "surname", "forenames"), [
    ("THORNBURY, Ayaan", "Thornbury", "Ayaan"), ("Ayaan THORNBURY", "Thornbury", "Ayaan"),
    ("Ayaan Thornbury", "Thornbury", "Ayaan"), ("Mateo de la Cruz", "de la Cruz", "Mateo"),
    ("O'BRIEN, NIAMH ROSE", "O'Brien", "Niamh Rose"), ("Yusuf Al-Hassan", "Al-Hassan", "Yusuf"),
    ("MCDONALD Aoife", "McDonald", "Aoife"), ("Zofia Kowalska-Nowak", "Kowalska-Nowak", "Zofia"),
    ("Ahmed bin Said", "bin Said", "Ahmed"), ("Ayaan (known as AJ) Thornbury", "Thornbury", "Ayaan"),
])  # fmt: skip
def test_a_whole_name_is_split(written, surname, forenames):
    name = fields.whole_name(written)
    assert isinstance(name, WholeName)
    assert (name.surname, name.forenames) == (surname, forenames)


def test_a_split_that_could_go_two_ways_is_less_sure():
    plain, comma = fields.whole_name("Mohammed Ali Khan"), fields.whole_name("KHAN, Mohammed Ali")
    assert isinstance(plain, WholeName)
    assert isinstance(comma, WholeName)
    assert plain.sure < 0.95 <= comma.sure


@pytest.mark.parametrize(
    "written", ["14/03/2015", "Ayaan and Zara Thornbury", "Alder Primary School", "a@b.example"]
)
def test_what_is_no_one_name_is_refused(written):
    assert isinstance(fields.whole_name(written), str)


@pytest.mark.parametrize(("written", "value"), [
    ("Y5", "5"), ("Year 11", "11"), ("NCY 9", "9"), ("5 (Oak class)", "5"), ("Reception", "R"), ("R", "R"), ("yr 7", "7"),
    ("N2", "N2"), ("10B", "10"), ("Year Group 3", "3"), ("FS2", "R"),
])  # fmt: skip
def test_a_year_group_is_read(written, value):
    got = fields.year_group(written)
    assert isinstance(got, Got)
    assert got.value == value


@pytest.mark.parametrize("written", ["5/6", "Year 5 or 6", "99", "Oak", "2015"])
def test_what_is_no_one_year_group_is_refused(written):
    assert isinstance(fields.year_group(written), str)


@pytest.mark.parametrize(("written", "value"), [
    ("ip99 1ab", "IP99 1AB"), ("IP991AB", "IP99 1AB"), ("4 Alder Close, Ipsford IP99 1AB", "IP99 1AB"), ("IP99 lAB".replace("l", "1"), "IP99 1AB"),
    ("SW1A 0AA", "SW1A 0AA"), ("IPO9 OAB", "IP09 0AB"),
])  # fmt: skip
def test_a_postcode_is_mended(written, value):
    got = fields.postcode(written)
    assert isinstance(got, Got)
    assert got.value == value


def test_a_upn_whose_check_letter_fails_is_doubted_and_one_with_letters_for_digits_mended():
    good, mended, bad = (
        fields.upn("H801200001001"),
        fields.upn("N926200515OO3"),
        fields.upn("A935200116001"),
    )
    assert isinstance(good, Got)
    assert isinstance(mended, Got)
    assert isinstance(bad, Got)
    assert (good.sure >= 0.95, mended.value, bad.sure <= 0.5) == (True, "N926200515003", True)
    assert fields.upn("K93520011600") == "not a UPN"


@pytest.mark.parametrize(("written", "scheme", "letter"), [
    ("Regulation 8(1)(d)", "2006", "d"), ("9(1)(f) home education", "2024", "f"), ("9(1)(0) permanently excluded", "2024", "o"),
    ("(d) educated otherwise than at school", "2006", "d"), ("(f) educated otherwise than at school", "2024", "f"),
])  # fmt: skip
def test_a_ground_keeps_its_scheme(written, scheme, letter):
    got = grounds.ground(written)
    assert isinstance(got, Got)
    assert (got.value["scheme"], got.value["letter"]) == (scheme, letter)


def test_a_bare_letter_is_no_ground_unless_the_form_names_the_regulations():
    assert isinstance(grounds.ground("(d)"), str)
    got = grounds.ground("(d)", "2006")
    assert isinstance(got, Got)
    assert got.value["meaning"].startswith("educated otherwise")


def test_several_telephones_in_one_box_are_kept():
    assert phones.find("Mum 07700 900123 / home: 01632960124, born 14/03/2015") == [
        "07700 900123",
        "01632 960124",
    ]


@pytest.mark.parametrize(
    "words",
    [
        "Click or tap here to enter text.",
        "DD/MM/YYYY",
        "N/A",
        "-",
        "none",
        "Choose an item.",
        "_______",
        "",
    ],
)
def test_a_prompt_is_no_value(words):
    assert is_no_value(words)


@pytest.mark.parametrize("words", ["not known", "TBC", "unknown", "to be confirmed"])
def test_not_known_is_told_apart_from_nothing(words):
    assert is_not_known(words)
    assert not is_no_value(words)


@pytest.mark.parametrize(("one", "other"), [
    ("PUPIL'S D.O.B.*", "Date of birth of child (dd/mm/yyyy)"), ("Learner’s Family Name:", "Child surname"),
    ("TEL NO", "Telephone number(s)"), ("Parent(s)/Carer(s) E-mail address", "Parent email"),
])  # fmt: skip
def test_the_same_question_in_other_words_has_the_same_tokens(one, other):
    assert sorted(tokens(one)) == sorted(tokens(other))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
def test_no_words_make_a_reader_of_values_raise(words):
    dates.read(words, on=ON, kind="birth", sheet=True)
    dates.find(words, on=ON, no_year=True)
    phones.find(words)
    tokens(words)
    for reader in (fields.name, fields.whole_name, fields.sex, fields.year_group, fields.postcode, fields.upn,
                   fields.yes_no, grounds.ground, fields.address, fields.urn, fields.laestab, fields.cased, fields.adult):  # fmt: skip
        reader(words)


@settings(max_examples=60, deadline=None)
@given(
    st.dates(date(2007, 1, 1), date(2026, 10, 1)),
    st.sampled_from(["%d/%m/%Y", "%d.%m.%y", "%d %B %Y", "%Y-%m-%d", "%A %d %b %Y", "%B %d, %Y"]),
)
def test_a_date_written_out_comes_back(day, style):
    read = dates.read(day.strftime(style), on=ON, kind="birth")
    assert isinstance(read, dates.Dated)
    assert read.day == day
