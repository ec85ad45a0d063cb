"""How Education Welfare Officers answer a chase: the visit's day and what was found, in their own ways of writing."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from cases.visits import visit

ON = date(2027, 3, 5)  # a Friday

MADE = [
    ("visited 3 March, no answer, neighbour says moved in January", "Wed 2027-03-03", "moved, no answer"),
    ("Visited on 03/03/2027 - nobody in, card left.", "Wed 2027-03-03", "no answer"),
    ("HV 3.3.27 no reply x2", "Wed 2027-03-03", "no answer"),
    ("Home visit made yesterday. Spoke to mum, both children seen and well.", "Thu 2027-03-04", "seen"),
    ("I called round on Tuesday and met dad at the door; the child was in and fine.", "Tue 2027-03-02", "seen"),
    ("Went to the address this morning. Property is empty, no curtains, a To Let board outside.", "Fri 2027-03-05", "address empty"),
    ("Went round Thursday 4th March: house boarded up.", "Thu 2027-03-04", "address empty"),
    ("Attended the property on 2 March 2027. New tenants, who have never heard of the family.", "Tue 2027-03-02", "wrong address, moved"),
    ("Knocked at the house on Wednesday, mother opened but refused to speak to me and shut the door.", "Wed 2027-03-03", "refused"),
    ("Unannounced visit today - dad would not let me in and declined to say where she is.", "Fri 2027-03-05", "refused"),
    ("The visit on 1 March was unsuccessful: the address does not exist, the road ends at number 40.", "Mon 2027-03-01", "wrong address, no answer"),
    ("Visited Monday no answer. Went back Wednesday and saw mum and the child.", "Wed 2027-03-03", "seen, no answer"),
    ("Visited 1 March and again 4 March, no answer both times.", "Mon 2027-03-01", "no answer"),
    ("Doorstep visit 4/3. Grandmother was at home and says they have all gone back to Spain.", "Thu 2027-03-04", "moved, seen"),
    ("I have been to the house twice this week, last on Thursday. Nobody answered.", "Thu 2027-03-04", "no answer"),
    ("Dropped by on 2nd March, curtains drawn, nil response. Neighbours have not seen them since Christmas.", "Tue 2027-03-02", "no answer"),
    ("Cold called last Friday; a different family lives there now.", "Fri 2027-02-26", "moved"),
    ("We visited the home two days ago. The family no longer live there.", "Wed 2027-03-03", "moved"),
    ("Joint visit with the PCSO on 3 March. Child seen, safe and well.", "Wed 2027-03-03", "seen"),
    ("Visit completed 03.03.2027. No one home. Left a calling card.", "Wed 2027-03-03", "no answer"),
    ("Tried the door on Weds, spoke to next-door neighbour, no sign of anyone for weeks", "Wed 2027-03-03", "address empty"),
    ("Home visit done 4 March, parents were in but would not engage.", "Thu 2027-03-04", "refused, seen"),
    ("Popped round earlier. Not in. Will try again Monday.", "Fri 2027-03-05", "no answer"),
    ("Called at 12 Quayside Row on 3rd March. The landlord told me the tenancy ended in January and they moved out.", "Wed 2027-03-03", "moved"),
    ("3 March: visited, wrong address, number 12 is a shop.", "Wed 2027-03-03", "wrong address"),
    ("I visited the family, all were at home.", None, "seen"),
    ("Visited.", None, ""),
    ("Home visit 3rd March 10.30am. Door answered by an older brother, child is with his father.", "Wed 2027-03-03", "seen"),
    ("No answer at the door on Monday 1 March. Neighbour thinks they left.", "Mon 2027-03-01", "moved, no answer"),
    ("Went out to Quayside Row on the 3rd, locked gate, no access to flats", "Wed 2027-03-03", "no answer"),
    ("Visit done Thurs. Sister (19) says the family relocated at Christmas", "Thu 2027-03-04", "moved, seen"),
    ("Officer from our team visited on the 28th: house demolished.", "Sun 2027-02-28", "address empty"),
    ("I went on Wednesday, nobody there.", "Wed 2027-03-03", "no answer"),
    ("Tried visiting 3rd March, got no reply", "Wed 2027-03-03", "no answer"),
    ("Visit attempted 3 March; gated property, could not gain access.", "Wed 2027-03-03", "no answer"),
    ("We were there on 2 March and again today; no one came to the door.", "Tue 2027-03-02", "no answer"),
    ("Saw P.F. at home on 3 March, all well.", "Wed 2027-03-03", "seen"),
    ("Address visited 3 March. Occupier does not know the family.", "Wed 2027-03-03", "wrong address"),
    ("i did the visit on 3rd march and they have gone, the flat is let to someone else", "Wed 2027-03-03", "moved"),
    ("Re your email of 1 March - I visited on 3 March, no reply.", "Wed 2027-03-03", "no answer"),
]  # fmt: skip


def day(text: str | None) -> date | None:
    if text is None:
        return None
    told = datetime.strptime(text[4:], "%Y-%m-%d").date()
    assert told.strftime("%a") == text[:3]
    return told


@pytest.mark.parametrize(("text", "on", "results"), MADE)
def test_a_visit_s_day_and_what_was_found(text: str, on: str | None, results: str) -> None:
    told = visit(text, ON)
    assert told is not None
    assert told.on == day(on)
    assert ", ".join(told.results) == results


@pytest.mark.parametrize(
    "text",
    [
        "I will visit on Friday.", "Visit booked for 9 March.", "I have not yet visited, sorry.",
        "I was unable to visit this week as I was on leave.", "Can you tell me when the visit is due?",
        "Plan to call round tomorrow.", "No visit made yet.", "A home visit is planned for Monday 8 March.",
        "Going to do a home visit next week.", "Rang mum on 3 March, no answer.", "Please visit again.",
        "Thanks, noted.", "", "Couldn't visit, the car broke down.",
        "Could you send me the address? I visited where?",
    ],
)  # fmt: skip
def test_a_visit_that_was_not_made_is_none(text: str) -> None:
    assert visit(text, ON) is None


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Visited 3 March, saw the child.", "home_visit"),
        ("Visited 3 March, no answer.", "home_visit_failed"),
        ("Visited 3 March, mother refused to let me in.", "home_visit_failed"),
        ("Visited 3 March. Saw mum, who refused to say where he is.", "home_visit_failed"),
        ("Visited 3 March.", "home_visit"),
        ("Visited 1 March, no answer. Again on 3 March, saw mum and the child.", "home_visit"),
        (
            "Visited 3 March. Grandmother was in and says they have gone to Spain.",
            "home_visit_failed",
        ),
        ("Visited 3 March, they have moved.", "home_visit_failed"),
    ],
)
def test_what_a_visit_is_on_the_case(text: str, event: str) -> None:
    told = visit(text, ON)
    assert told is not None
    assert told.event == event
