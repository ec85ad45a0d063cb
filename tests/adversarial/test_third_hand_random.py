"""Forms and lists put together by chance from the wordings that the vocabulary knows.

Whatever the layout, a row of a list is one child and lends nothing to the next, and what was typed beside a
label comes back as a value or as unread: never silently lost. Every draw comes from a seed.
"""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from html import escape
from importlib.resources import files
from random import Random

import pytest
import yaml

from parsers import read
from parsers.reading import Findings, Source

ON = date(2026, 10, 22)
WORDINGS = yaml.safe_load(files("parsers").joinpath("vocabulary.yaml").read_text("utf-8"))["fields"]
SURNAMES = [
    "Lindqvist",
    "Oduya",
    "Fenn",
    "Abara",
    "Zhao",
    "Pike",
    "Nowak",
    "Haddad",
    "O'Hanlon",
    "Kaur",
    "Smith-Jones",
    "Le",
    "Tembo",
    "Li",
    "May",
    "Hall",
    "Church",
    "Green",
]
FORENAMES = [
    "Astrid",
    "Kemi",
    "Jack",
    "Chidi",
    "Mei",
    "Tom",
    "Ewa",
    "Ciaran",
    "Lily-Mae",
    "An",
    "Sean",
    "April",
    "Summer",
    "Grace",
    "Will",
    "Mark",
    "Max",
    "Art",
]
ANSWERS = {
    "surname": "Lindqvist", "forenames": "Astrid Maria", "known_as": "Azzy", "date_of_birth": "04/05/2014",
    "upn": "P916336117086", "ethnicity": "White Swedish", "first_language": "Swedish",
    "address": "9 Heron Way, Saltby SB9 1AB", "parent_name": "Ingrid Lindqvist", "parent_phone": "07700 900911",
    "school_name": "Heron Bank Academy", "school_urn": "999123", "referrer_name": "Joan Pitt",
    "referrer_role": "Attendance Officer", "referrer_email": "jp@heron.example", "last_attended": "28/09/2026",
    "off_roll_date": "02/10/2026", "reason": "Family moved out of the area", "destination_country": "Sweden",
    "destination_address": "14 Mill Lane, Farley FR9 9ZZ", "narrative": "The neighbours saw a van on Sunday.",
}  # fmt: skip
OPTIONAL = ["year_group", "sex", "last_attended", "off_roll_date", "destination_school", "reason"]


def label(draw: Random, name: str) -> str:
    """One of the better known wordings, as somebody would capitalise it."""
    wording = draw.choice(WORDINGS[name][:15])
    return draw.choice([str.capitalize, str.title, str.upper])(wording)


def day(draw: Random, first: date, last: date) -> date:
    return first + timedelta(days=draw.randrange((last - first).days))


def child(draw: Random) -> dict[str, str]:
    return {
        "surname": draw.choice(SURNAMES), "forenames": draw.choice(FORENAMES), "sex": draw.choice("MF"),
        "date_of_birth": f"{day(draw, date(2010, 9, 1), date(2021, 8, 31)):%d/%m/%Y}",
        "year_group": str(draw.randint(1, 11)),
        "last_attended": f"{day(draw, date(2026, 9, 1), date(2026, 10, 1)):%d/%m/%Y}",
        "off_roll_date": f"{day(draw, date(2026, 10, 2), date(2026, 10, 20)):%d/%m/%Y}",
        "destination_school": draw.choice(["Brook High", "Dell Academy", "Not known", ""]),
        "reason": draw.choice(["Moved house", "Left the area", ""]),
    }  # fmt: skip


def as_source(rows: list[list[str]], page: bool) -> Source:
    if page:
        cells = ("".join(f"<td>{escape(x)}</td>" for x in row) for row in rows)
        table = "<p>Leavers</p><table>" + "".join(f"<tr>{r}</tr>" for r in cells) + "</table>"
        return Source("list.html", "list.html", "", table.encode())
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return Source("list.csv", "list.csv", "", out.getvalue().encode())


def iso(written: str) -> str:
    return "-".join(reversed(written.split("/")))


def find_all(found: Findings) -> str:
    """Every value and every unread answer, as it was written or put right."""
    told = [f"{v.raw} {v.value}" for r in found.readings for v in r.fields.values()]
    return " | ".join(told + [u.raw for r in found.readings for u in r.unread]).casefold()


@pytest.mark.parametrize("seed", range(30))
def test_each_row_of_a_list_is_one_child_and_lends_nothing_to_the_next(seed: int):
    draw = Random(seed)
    names = ["surname", "forenames", "date_of_birth", *draw.sample(OPTIONAL, draw.randint(2, 5))]
    if "off_roll_date" not in names and "last_attended" not in names:
        names.append("off_roll_date")
    children = [child(draw) for _ in range(draw.randint(1, 8))]
    heads = [label(draw, name) for name in names]
    rows = [heads, *([one[name] for name in names] for one in children)]
    found = read([as_source(rows, page=seed % 2 == 0)], on=ON)
    assert len(found.readings) == len(children)
    for one, reading in zip(children, found.readings, strict=True):
        for name in names:
            if name in reading.fields:
                value = reading.fields[name].value
                assert value == (iso(one[name]) if "/" in one[name] else one[name]), heads
            else:
                unread = {u.raw for u in reading.unread}
                assert one[name] in ("", *unread), heads


@pytest.mark.parametrize("seed", range(24))
def test_no_answer_of_a_plausible_form_is_lost_silently(seed: int):
    draw = Random(1000 + seed)
    names = [
        n for n in ANSWERS if n in ("surname", "forenames", "date_of_birth") or draw.random() < 0.5
    ]
    pairs = [(label(draw, name), ANSWERS[name]) for name in names]
    match seed % 4:
        case 0:
            rows = [list(pair) for pair in pairs]
        case 1:
            rows = [[x for pair in pairs[i : i + 2] for x in pair] for i in range(0, len(pairs), 2)]
        case 2:
            rows = [
                [pair[side] for pair in pairs[i : i + 3]]
                for i in range(0, len(pairs), 3)
                for side in (0, 1)
            ]
        case _:
            rows = [[f"{a}: {b}" for a, b in pairs[i : i + 2]] for i in range(0, len(pairs), 2)]
    cells = ("".join(f"<td>{escape(x)}</td>" for x in row) for row in rows)
    table = (
        "<h1>CME referral form</h1><table>" + "".join(f"<tr>{r}</tr>" for r in cells) + "</table>"
    )
    found = read([Source("form.html", "form.html", "", table.encode())], on=ON)
    assert len(found.readings) == 1
    told = find_all(found)
    assert [a for a, b in pairs if b.casefold() not in told] == []
    fields = found.readings[0].fields
    assert (fields["surname"].value, fields["date_of_birth"].value) == ("Lindqvist", "2014-05-04")
