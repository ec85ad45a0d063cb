"""What the sender's side did to find a child, told in words; what parents did and what is planned is none."""

from __future__ import annotations

from datetime import date

import pytest

from parsers.prose import text
from parsers.prose.efforts import efforts

ON = date(2026, 11, 17)
DONE = {
    "We phoned mum on 10/11/26 and wrote to the home on 11/11/26.": [("phone", "2026-11-10"), ("letter", "2026-11-11")],
    "Visited 3 November, no answer.": [("home_visit", "2026-11-03")],
    "Family support worker went round on Friday 13th; nobody in.": [("home_visit", "2026-11-13")],
    "I called round yesterday.": [("home_visit", "2026-11-16")],
    "- letter 10/11": [("letter", "2026-11-10")],
    "Calls made daily, letter sent 2 November.": [("phone", None), ("letter", "2026-11-02")],
    "We have rung both emergency contacts.": [("emergency_contacts", None)],
    "I have asked social care and they do not know the family.": [("social_care", None)],
    "Her brother's school says he has not been in either.": [("siblings_schools", None)],
    "We checked with admissions on 5 November.": [("admissions", "2026-11-05")],
    "I spoke to the landlord this morning.": [("other_agencies", "2026-11-17")],
    "The EWO knocked twice.": [("home_visit", None)],
}  # fmt: skip
NOTHING = [
    "Mum rang us yesterday.",
    "She has emailed to say they are in Spain.",
    "The parents visited the school on Monday.",
    "We will visit on Thursday.",
    "Can you visit the address please?",
    "We have not visited yet.",
    "I wrote to you on 3 November.",
    "Following our phone call this morning, here is the form.",
    "A boy called Ali started on Monday.",
    "Letter received 10 November 2026.",
    "If you have called at the house, let us know.",
]


@pytest.mark.parametrize(("words", "wanted"), DONE.items())
def test_what_was_done_is_told_with_its_day(words: str, wanted: list[tuple[str, str | None]]):
    found = [e.entry for e in efforts(list(text.told("", words).sentences), ON)]
    assert [(e["action"], e["date"]) for e in found] == wanted
    assert all(e["done"] is True and e["outcome"] for e in found)


@pytest.mark.parametrize("words", NOTHING)
def test_what_others_did_or_nobody_has_done_yet_is_no_enquiry(words: str):
    assert not list(efforts(list(text.told("", words).sentences), ON))
