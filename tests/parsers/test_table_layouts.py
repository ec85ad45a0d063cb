"""Layouts of tables that a reader of rows gets wrong: halves, bands, addresses in parts, numbered rows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from parsers import dates, read
from parsers.documents.model import Cell, Place, Table, Text
from parsers.layout import continued
from parsers.reading import Reading, Source
from parsers.vocabulary import standard
from parsers.words import flowing
from tests.parsers.making import docx, p, r, tbl, tc, tr

BOLD = "<w:b/>"
Row = tuple[str, ...]


def grid(*rows: Row) -> str:
    """Return a table; "*word" is bold, "word>2" spans two columns."""
    return tbl(*(tr(*(cell(c) for c in row)) for row in rows))


def cell(text: str) -> str:
    text, _, span = text.partition(">")
    loud = text.startswith("*")
    look = f'<w:gridSpan w:val="{span}"/>' if span else ""
    lines = text.lstrip("*").split("\n")
    return tc(p("<w:r><w:br/></w:r>".join(r(x, BOLD if loud else "") for x in lines)), look)


def readings(*blocks: str) -> tuple[Reading, ...]:
    data = docx("".join(b if b.startswith("<") else p(b) for b in blocks))
    return read([Source("form.docx", "form.docx", "", data)], on=date(2026, 10, 22)).readings


def values(reading: Reading) -> dict[str, Any]:
    return {name: told.value for name, told in reading.fields.items()}


@pytest.mark.parametrize("empty", [True, False])
def test_a_heading_over_half_a_table_owns_its_own_columns_only(empty: bool) -> None:
    heads = ("*Pupil", "", "*Family>2") if empty else ("*Pupil>2", "*Family>2")
    (one,) = readings("Referral of a child missing education", grid(
        heads,
        ("Surname", "Balodis", "Mother's name", "Ruta Balodis"),
        ("Forenames", "Ilze Marta", "Mother's mobile", "07700 900623"),
        ("Date of birth", "17/06/2013", "Home language", "Latvian"),
        ("Address", "204 Viaduct Street, Harbury, HB5 5XW>3"),
        ("*School", "", "*Decision>2"),
        ("School", "Harbury City Academy", "Off roll from", "06/10/2026"),
    ))  # fmt: skip
    told = values(one)
    assert told.items() >= {
        "surname": "Balodis", "forenames": "Ilze Marta", "date_of_birth": "2013-06-17", "first_language": "Latvian",
        "address": "204 Viaduct Street, Harbury, HB5 5XW", "school_name": "Harbury City Academy",
        "off_roll_date": "2026-10-06",
    }.items()  # fmt: skip
    assert told["parents"] == [
        {"name": "Ruta Balodis", "relationship": "mother", "phone": "07700 900623"}
    ]


def test_headings_over_the_headings_of_a_list_say_whose_the_columns_are() -> None:
    found = readings("Leavers", grid(
        ("*Child>3", "*Parent>2"),
        ("Name", "DOB", "Date left", "Name", "Telephone"),
        ("Ilze Balodis", "17/06/2013", "06/10/2026", "Ruta Balodis", "07700 900623"),
        ("Jonty Fenn", "01/02/2015", "07/10/2026", "Claire Fenn", "07700 900624"),
    ))  # fmt: skip
    told = [values(one) for one in found]
    assert [(t["forenames"], t["date_of_birth"]) for t in told] == [
        ("Ilze", "2013-06-17"), ("Jonty", "2015-02-01")]  # fmt: skip
    assert [[a["name"] for a in t["parents"]] for t in told] == [["Ruta Balodis"], ["Claire Fenn"]]


def test_headings_that_nobody_knows_are_told_by_the_row_below_them() -> None:
    (one,) = readings("Help to find a child", grid(
        ("First name", "Middle name(s)", "Family name"),
        ("Seun", "David", "Adeyemi"),
        ("When were they born?", "Boy or girl?", "School year"),
        ("02/11/2017", "Boy", "Year 4"),
        ("Last day at school", "How many days missed", "Have you marked them as leaving?"),
        ("11/09/2026", "22", "No"),
        ("House number or name and street", "Town", "Postcode"),
        ("7 Angel Yard", "Blackmoor", "BK2 7HN"),
    ))  # fmt: skip
    told = values(one)
    assert told["last_attended"] == "2026-09-11"
    assert told["address"] == "7 Angel Yard, Blackmoor, BK2 7HN"
    assert told["postcode"] == "BK2 7HN"
    assert {u.raw for u in one.unread} == {"22", "No"}


def test_enquiries_under_headings_that_nobody_knows() -> None:
    (one,) = readings(
        "Child missing education",
        grid(("Name", "Seun Adeyemi"), ("Date of birth", "02/11/2017")),
        p(r("What have you tried?", BOLD)),
        grid(
            ("What", "When", "What happened"),
            ("Rang mum", "14/09/2026", "Voicemail"),
            ("Home visit", "21/09/2026", "Curtains drawn"),
        ),
    )
    assert [(e["action"], e["date"], e["outcome"]) for e in values(one)["enquiries"]] == [
        ("phone", "2026-09-14", "Voicemail"), ("home_visit", "2026-09-21", "Curtains drawn")]  # fmt: skip


@pytest.mark.parametrize("labels", [
    ("Contact Address (Line 1)", "Contact Address (Line 2)", "Contact Address (Postcode)"),
    ("Home address line 1", "Home address line 2", "Home postcode"),
    ("Address 1", "Address 2", "Post code"),
    ("House name or number and street", "Town/City", "Postcode"),
    ("Address", "County", "Postcode"),
])  # fmt: skip
def test_an_address_in_parts_is_one_address(labels: Row) -> None:
    answers = ("22 Tithe Barn Close", "Amwick", "LA9 5RU")
    (one,) = readings("Child missing education", grid(
        ("Surname", "Alder"), ("Forename", "Bea"), ("Date of birth", "01/12/2013"),
        *zip(labels, answers, strict=True), ("Current school", "Amwick Park School"),
    ))  # fmt: skip
    told = values(one)
    assert told["address"] == "22 Tithe Barn Close, Amwick, LA9 5RU"
    assert told["postcode"] == "LA9 5RU"
    assert not one.unread
    assert "destination_country" not in told


def test_captions_inside_an_address_are_no_part_of_it() -> None:
    (one,) = readings("Child missing education", grid(
        ("Surname", "Alder"), ("Forename", "Bea"), ("Date of birth", "01/12/2013"),
        ("Home address", "Line 1: The Old Forge, Line 2: 5 Smithy Lane, Town: Upper Wick, UW6 7ED"),
    ))  # fmt: skip
    assert values(one)["address"] == "The Old Forge, 5 Smithy Lane, Upper Wick, UW6 7ED"


def test_a_column_that_numbers_the_rows_names_no_child() -> None:
    found = readings(
        "Family moving away: children missing education",
        grid(("FAMILY NAME", "Petraitis"), ("ADDRESS", "31 Windmill Rise, Ottery, OG5 9XX")),
        grid(
            ("CHILD", "Forename(s)", "D.O.B.", "Year", "Last attended"),
            ("1", "Lukas", "14/02/2013", "9", "02/10/2026"),
            ("2", "Emilija", "28/09/2016", "5", "02/10/2026"),
            ("3", "", "", "", ""),
        ),
        "COMPLETED BY Ms A Fry   DATE 13/10/2026",
    )
    told = [values(one) for one in found]
    assert [(t["forenames"], t["surname"], t["date_of_birth"]) for t in told] == [
        ("Lukas", "Petraitis", "2013-02-14"), ("Emilija", "Petraitis", "2016-09-28")]  # fmt: skip
    assert told[0]["referrer_name"] == "Ms A Fry"


def test_an_answer_that_only_looks_like_a_label_heads_no_answers() -> None:
    (one,) = readings("EHE notification", grid(
        ("Pupil Name", "Bea Alder"), ("Pupil DOB", "2013-12-01"), ("Parent Name", "Cora Alder"),
        ("SEND Status", "E - EHC Plan"), ("Social Care Involvement", "None"), ("School", "Amwick Park School"),
    ))  # fmt: skip
    assert values(one)["ehcp"] is True


def test_a_line_that_goes_on_in_small_letters_is_one_line() -> None:
    assert flowing("Wants to follow a sporting\ncareer") == "Wants to follow a sporting career"
    assert flowing("Moved away.\nno answer") == "Moved away.\nno answer"
    assert flowing("Rang mum\nVoicemail") == "Rang mum\nVoicemail"


NEEDS = ("Looked after child", "Child protection plan", "Child in need", "Young carer")
TICKED = {"looked_after": False, "child_protection_plan": True, "child_in_need": True, "young_carer": False}  # fmt: skip
CHILD = (("Name", "Bo Finch", "DOB", "03/02/2015"),)
NO, YES = ("\u2610", "\u2612"), ("\u2612", "\u2610")
BOXES = (NO, YES, YES, NO)


def ticks(*blocks: str) -> dict[str, Any]:
    (one,) = readings("Child missing education referral", grid(*CHILD), *blocks)
    assert not one.unread
    return {name: told for name, told in values(one).items() if name in TICKED}


def test_a_box_in_a_cell_of_its_own_belongs_to_the_word_beside_it() -> None:
    after = [(need, "Yes", y, "No", n) for need, (y, n) in zip(NEEDS, BOXES, strict=True)]
    before = [(need, y, "Yes", n, "No") for need, (y, n) in zip(NEEDS, BOXES, strict=True)]
    assert ticks(grid(*after)) == TICKED
    assert ticks(grid(*before)) == TICKED


def test_two_grids_of_yes_and_no_stand_side_by_side() -> None:
    left, right = ([(n, *b) for n, b in zip(NEEDS, BOXES, strict=True)][part::2] for part in (0, 1))
    rows = [(*a, *b) for a, b in zip(left, right, strict=True)]
    assert ticks(grid(("Status", "Yes", "No", "Status", "Yes", "No"), *rows)) == TICKED


def test_boxes_before_their_labels_in_cells_of_their_own() -> None:
    cells = [x for n, (y, _) in zip(NEEDS, BOXES, strict=True) for x in (y, n)]
    assert ticks(grid(tuple(cells[:4]), tuple(cells[4:]))) == TICKED


@pytest.mark.parametrize("form", ["{0} Yes {1} No {2}", "{0} {1} Yes {2} No"])
def test_several_questions_with_boxes_share_a_line(form: str) -> None:
    line = "  ".join(form.format(n, *b) for n, b in zip(NEEDS, BOXES, strict=True))
    assert ticks(line) == TICKED


def test_a_row_that_nobody_marked_does_not_end_the_grid() -> None:
    rows = "Is the pupil,Y,N\nLooked after child,,x\nEHCP\nYoung carer,,x\n"
    head = "Name,Bo Finch\nDOB,03/02/2015\nLast attended,01/10/2026\n"
    (one,) = read([Source("a.csv", "a.csv", "", (head + rows).encode())], on=date(2026, 10, 22)).readings  # fmt: skip
    told = values(one)
    assert (told["looked_after"], told["young_carer"]) == (False, False)
    assert "ehcp" not in told


def test_a_row_of_questions_with_their_answers_heads_no_grid() -> None:
    rows = grid(
        ("Looked after child", "No", "Child protection plan", "Yes"),
        ("Child in need", "Yes", "Young carer", "No"),
    )
    assert ticks(rows) == TICKED


def test_how_to_fill_in_a_label_is_no_answer() -> None:
    (one,) = readings("Child missing education referral", grid(
        ("Name", "Bo Finch"), ("DOB", "03/02/2015"),
        ("New address: where possible give flat number, street and postcode", ""),
        ("Reason: choose from list A to F overleaf", "Moved away"),
        ("Parental contact: at least two numbers", "07700 900693"),
    ))  # fmt: skip
    told = values(one)
    assert told["reason"] == "Moved away"
    assert told["parents"] == [{"phone": "07700 900693"}]
    assert "destination_address" not in told


def test_a_cell_that_reaches_down_holds_for_every_row() -> None:
    down, under = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    found = readings("Leavers", tbl(
        tr("Surname", "Forename", "DOB", "Date left"),
        tr(tc("Barrow", down), tc("Ned"), tc("02/02/2016"), tc("09/10/2026", down)),
        tr(tc("", under), tc("Iris"), tc("07/08/2018"), tc("", under)),
        tr("Stott", "Amos", "01/12/2019", "12/10/2026"),
    ))  # fmt: skip
    told = [values(one) for one in found]
    assert [(t["surname"], t["forenames"], t["off_roll_date"]) for t in told] == [
        ("Barrow", "Ned", "2026-10-09"), ("Barrow", "Iris", "2026-10-09"), ("Stott", "Amos", "2026-10-12")]  # fmt: skip


def test_two_people_side_by_side_keep_their_own_numbers() -> None:
    (one,) = readings("Child missing education referral", grid(
        *CHILD,
        ("Mother", "Peg Finch", "Father", "Al Finch"),
        ("Mobile", "07700 900671", "Mobile", "07700 900673"),
        ("Email", "peg@post.example", "Email", ""),
        ("School", "Dale Primary", "Last attended", "01/10/2026"),
    ))  # fmt: skip
    told = values(one)
    assert told["parents"] == [
        {"name": "Peg Finch", "relationship": "mother", "phone": "07700 900671", "email": "peg@post.example"},
        {"name": "Al Finch", "relationship": "father", "phone": "07700 900673"},
    ]  # fmt: skip
    assert told["school_name"] == "Dale Primary"


def test_two_children_side_by_side_without_a_heading_are_two() -> None:
    found = readings("Leavers", grid(
        ("Name", "Bo Finch", "Name", "Ivy Marr"), ("DOB", "03/02/2015", "DOB", "05/06/2016"),
        ("Date left", "01/10/2026", "Date left", "02/10/2026"),
    ))  # fmt: skip
    told = [values(one) for one in found]
    assert [(t["forenames"], t["date_of_birth"], t["off_roll_date"]) for t in told] == [
        ("Bo", "2015-02-03", "2026-10-01"), ("Ivy", "2016-06-05", "2026-10-02")]  # fmt: skip


def test_a_log_of_what_was_done() -> None:
    (one,) = readings("Child missing education referral", grid(*CHILD), grid(
        ("Date", "What was done", "Result"),
        ("02/10/2026", "Phoned mum", "no answer"), ("07/10/2026", "Home visit", "no reply"),
    ))  # fmt: skip
    assert [(e["action"], e["date"], e["outcome"]) for e in values(one)["enquiries"]] == [
        ("phone", "2026-10-02", "no answer"), ("home_visit", "2026-10-07", "no reply")]  # fmt: skip


def test_a_list_goes_on_over_the_page_without_its_heading() -> None:
    def page(number: int, rows: list[Row]) -> Table:
        place = Place(f"table {number}", number)
        cells = [Cell(r, c, (Text(words, place),), place)
                 for r, row in enumerate(rows) for c, words in enumerate(row)]  # fmt: skip
        return Table(tuple(cells), len(rows), len(rows[0]), place)

    first = page(1, [("Surname", "Forename", "DOB"), ("Finch", "Bo", "03/02/2015")])
    again = page(2, [("Marr", "Ivy", "05/06/2016"), ("Coe", "Ned", "01/01/2014")])
    other = page(2, [("School", "Contact", "Telephone"), ("Dale", "Al Coe", "07700 900673")])
    (one,) = continued([first, again], standard())
    assert isinstance(one, Table)
    assert [(c.row, c.text) for c in one.cells if c.col == 0] == [
        (0, "Surname"), (1, "Finch"), (2, "Marr"), (3, "Coe")]  # fmt: skip
    assert continued([first, other], standard()) == [first, other]


@pytest.mark.parametrize("written", ["03\u201302\u20132015", "03\u00b702\u00b72015", "20150203"])
def test_dates_with_dashes_dots_or_nothing_between(written: str) -> None:
    found = dates.read(written, on=date(2026, 10, 22), kind="birth")
    assert isinstance(found, dates.Dated)
    assert found.day == date(2015, 2, 3)


def test_a_row_that_only_goes_on_is_no_child() -> None:
    found = readings("Leavers", grid(
        ("Surname", "Forename", "DOB", "Date left", "Home address"),
        ("Fitzwilliam-", "Alexandra", "01/02/2014", "01/10/2026", "Flat 12, Canal House,"),
        ("Smythe", "Rose", "", "", "Dale, DL1 1AA"),
        ("Li", "Bo", "02/03/2015", "02/10/2026", "1 Hill, Dale DL2 2BB"),
    ))  # fmt: skip
    told = [values(one) for one in found]
    assert [(t["surname"], t["forenames"], t["address"]) for t in told] == [
        ("Fitzwilliam-Smythe", "Alexandra Rose", "Flat 12, Canal House, Dale, DL1 1AA"),
        ("Li", "Bo", "1 Hill, Dale DL2 2BB")]  # fmt: skip


def test_two_children_in_one_cell_are_two() -> None:
    found = readings("CME referral", grid(
        ("Name of child(ren)", "Ivy Marr\nNoah Marr"), ("Date(s) of birth", "01/02/2014\n03/04/2016"),
        ("Address", "6 Pond Street, Dale, DL7 1AA"), ("Last attended", "02/10/2026"),
    ))  # fmt: skip
    told = [values(one) for one in found]
    assert [(t["forenames"], t["date_of_birth"], t["last_attended"]) for t in told] == [
        ("Ivy", "2014-02-01", "2026-10-02"), ("Noah", "2016-04-03", "2026-10-02")]  # fmt: skip


def test_a_heading_over_columns_completes_their_headings() -> None:
    (one,) = readings("Leavers return", grid(
        ("Pupil>3", "Leaving>2"), ("Surname", "Forename", "DOB", "Date", "To"),
        ("Ash", "Al", "01/02/2014", "01/10/2026", "Lake Primary"),
    ))  # fmt: skip
    assert values(one)["off_roll_date"] == "2026-10-01"


def test_two_grounds_ticked_are_none() -> None:
    (one,) = readings(
        "Deletion return",
        grid(("Name", "Zed Moon"), ("DOB", "01/02/2013"), ("Date off roll", "05/10/2026")),
        "Ground for deletion", "\u2612 9(1)(a) registered at another school",
        "\u2610 9(1)(f) home education", "\u2612 9(1)(g) moved away",
    )  # fmt: skip
    assert "ground" not in one.fields
    assert [u.why for u in one.unread] == ["more than one ground is ticked"]


def test_a_sentence_of_which_half_is_struck_out() -> None:
    struck = "<w:strike/>"
    assert ticks(
        p(r("This pupil "), r("is", struck), r(" / is not looked after.")),
        p(r("This pupil is / "), r("is not", struck), r(" subject to a child protection plan.")),
    ) == {"looked_after": False, "child_protection_plan": True}


@pytest.mark.parametrize("shown", ["e.g. Smith", "Example: Smith", "(e.g.) Smith"])
def test_a_row_that_shows_how_to_fill_the_list_in_is_no_child(shown: str) -> None:
    (one,) = readings("Leavers", grid(
        ("Surname", "Forename", "DOB", "Date left"),
        (shown, "John", "01/01/2014", "01/09/2026"),
        ("Lunn", "Tia", "06/03/2016", "02/10/2026"),
    ))  # fmt: skip
    assert values(one)["surname"] == "Lunn"


@pytest.mark.parametrize(
    "words", ["NONE THIS WEEK", "Nil return", "No leavers", "no further pupils", "None"]
)
def test_the_words_that_there_is_nobody_name_no_child(words: str) -> None:
    found = readings("Leavers", grid(
        ("Surname", "Forename", "DOB", "Date left"),
        ("Nunn", "Tia", "06/03/2016", "02/10/2026"), ("No", "Bo", "07/03/2016", "02/10/2026"),
        (words, "", "", ""),
    ))  # fmt: skip
    assert [values(one)["surname"] for one in found] == ["Nunn", "No"]


def test_a_remark_in_a_row_of_its_own_belongs_to_the_row_above() -> None:
    one, other = readings("Leavers", grid(
        ("Surname", "Forename", "DOB", "Date left", "New school"),
        ("Ash", "Al", "01/02/2014", "01/10/2026", "Lake Primary"),
        ("", "", "", "", "(mother expects a place)"),
        ("Birch", "Bea", "02/03/2015", "02/10/2026", "Moor Primary"),
    ))  # fmt: skip
    assert "expects a place" in str(one.fields["destination_school"].raw)
    assert values(other)["surname"] == "Birch"


CHILD: tuple[Row, ...] = (("Surname", "Finch"), ("Forename", "Bo"), ("DOB", "03/02/2015"), ("School", "Dale Primary"))  # fmt: skip


def test_parents_over_one_cell_each() -> None:
    (one,) = readings("CME referral", grid(*CHILD), grid(
        ("Mother", "Father"), ("Peg Marlow\n07700 900671", "Al Finch\n07700 900672\nal@finch.example"),
    ))  # fmt: skip
    assert values(one)["parents"] == [
        {"name": "Peg Marlow", "relationship": "mother", "phone": "07700 900671"},
        {"name": "Al Finch", "relationship": "father", "phone": "07700 900672", "email": "al@finch.example"},
    ]  # fmt: skip


def test_what_was_before_never_competes_with_what_is_now() -> None:
    (one,) = readings("CME referral", grid(
        *CHILD, ("Previous address", "1 Old Row, Dale, DL9 1ZZ"), ("Current address", "9 Beck Lane, Dale, DL9 8HH"),
        ("School attended before this one", "Lake Primary"),
        ("Sibling 1 name", "Robin Finch"), ("Sibling 1 also missing?", "Yes"),
    ))  # fmt: skip
    assert values(one)["address"].startswith("9 Beck Lane")
    assert one.fields["address"].sure > 0.8
    assert {(u.label, u.raw) for u in one.unread} == {
        ("Previous address", "1 Old Row, Dale, DL9 1ZZ"), ("School attended before this one", "Lake Primary"),
        ("Sibling 1 also missing?", "Yes")}  # fmt: skip
    (lone,) = readings(
        "CME referral", grid(*CHILD, ("Previous address", "1 Old Row, Dale, DL9 1ZZ"))
    )
    assert values(lone)["address"].startswith("1 Old Row")


def test_what_the_office_wrote_below_no_known_label_is_told() -> None:
    (one,) = readings("CME referral", grid(*CHILD), p(r("FOR OFFICE USE ONLY", BOLD)), grid(
        ("Date received", "09/10/2026"), ("New school found", "Moor Primary")))  # fmt: skip
    assert [(u.label, u.raw) for u in one.unread] == [("New school found", "Moor Primary")]


def test_a_visit_ends_where_the_next_effort_begins() -> None:
    (one,) = readings(
        "CME referral", grid(*CHILD), "Home visit: Yes 05/10/2026", "Letter sent: Yes 06/10/2026"
    )
    visits = [e for e in values(one)["enquiries"] if e["action"] == "home_visit"]
    assert [(e["done"], e["date"]) for e in visits] == [(True, "2026-10-05")]
