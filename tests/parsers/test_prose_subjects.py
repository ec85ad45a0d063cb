"""A sentence about a sister, a friend or another child of the same name gives the child nothing."""

from __future__ import annotations

from datetime import date

import pytest

from parsers import prose
from parsers.reading import Reading
from parsers.vocabulary import standard

ON = date(2026, 11, 17)
WORDS = standard()
BO = "Bo Finch, DOB 03/02/2015, Year 6, has not been in since 28 September 2026. "
OWN = {"surname", "forenames", "date_of_birth", "year_group", "last_attended", "siblings"}


def read(text: str, subject: str = "CME") -> list[Reading]:
    return prose.read(text, "body", on=ON, words=WORDS, subject=subject)


@pytest.mark.parametrize(
    "said",
    [
        "His sister Ivy is back in school today. No news on Bo.",
        "Bo's friend Al told us that he, Al, is moving to Spain.",
        "Bo's aunt's address is 4 Elm Close, Dale, DL9 5EE. He does not live there.",
        "The social worker for his brother (who is looked after) is Kay Dobbs.",
        "His cousin Bea Birch, DOB 02/03/2015, is in school today.",
        "Bo was back in school on 14 September for one day before he went missing.",
    ],
)
def test_what_is_told_of_somebody_else_or_of_before_is_not_the_childs(said: str):
    (reading,) = read(BO + said)
    assert set(reading.fields) <= OWN
    assert reading.fields["date_of_birth"].value == "2015-02-03"
    assert not {s.kind for s in reading.signals} - {"at_risk"}


@pytest.mark.parametrize(
    "said", ["His sister says he has moved to Spain.", "His brother has moved to Spain too."]
)
def test_what_kin_tell_of_the_child_is_the_childs(said: str):
    (reading,) = read(BO + said)
    assert reading.fields["destination_country"].value == "Spain"


def test_what_was_thought_at_first_is_no_news():
    found = read(
        "We thought Bo had started at Lake Primary but that was a different boy.", "Bo Finch"
    )
    assert not any(s.kind == "enrolled" for r in found for s in r.signals)
    assert not any("destination_school" in r.fields for r in found)
    off = read("We have taken Bo off roll in error. He should still be on roll.", "CME-2026-0001")
    assert not any(s.kind == "left_school" for r in off for s in r.signals)


def test_a_line_of_a_list_that_tells_no_birthday_is_a_child_too():
    listed = "Referrals please:\n- Al Ash, dob 01/02/2014 (Y8)\n- Bea Birch, dob 02/03/2015 (Y7)\n- D. Doe, dob unknown (Y5)\n"
    assert [r.fields["surname"].value for r in read(listed)] == ["Ash", "Birch", "Doe"]


def test_each_child_in_a_paragraph_has_what_is_said_of_it():
    text = (
        "Danylo Kravets (Yr 3, 5/2/2019) and his sister Oksana (Yr 6, 17/9/2015) are going back to Ukraine on "
        "20 November - last day in school Thursday 19th. Also Maksym Bondar (Yr 9, 23/12/2012) has already left: "
        "last in school 6 November, now in Germany."
    )
    told = {r.fields["forenames"].value: r.fields for r in read(text, "Leaving")}
    last = {name: fields["last_attended"].value for name, fields in told.items()}
    assert last == {"Danylo": "2026-11-19", "Oksana": "2026-11-19", "Maksym": "2026-11-06"}
    gone = {name: fields["destination_country"].value for name, fields in told.items()}
    assert gone == {"Danylo": "Ukraine", "Oksana": "Ukraine", "Maksym": "Germany"}


@pytest.mark.parametrize(
    "said",
    [
        "He will be removed from roll on 9 December 2026 if he is not back by then.",
        "Did he start at Lake Primary?",
    ],
)
def test_what_may_come_or_is_asked_has_not_happened(said: str):
    (reading,) = read(BO + said)
    assert set(reading.fields) <= OWN
    assert not {s.kind for s in reading.signals} & {"left_school", "enrolled"}


def test_a_brother_who_is_missing_too_is_a_child_of_the_email():
    text = (
        "We are worried about two siblings: Leila Haddad, dob 11/12/2013 (Year 8) and her brother Sami Haddad, "
        "dob 02/03/2011 (Year 11). Neither has attended since 9 November 2026."
    )
    told = [(r.fields["forenames"].value, r.fields["last_attended"].value) for r in read(text)]
    assert told == [("Leila", "2026-11-09"), ("Sami", "2026-11-09")]


def test_a_child_whom_nobody_has_seen_is_named():
    (reading,) = read(
        "We have not seen Saoirse Gallagher (DOB 11/08/2015, Year 6) since 2 November."
    )
    assert reading.fields["surname"].value == "Gallagher"
