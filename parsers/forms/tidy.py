"""What follows from one child's values taken together: postcodes, a school from the title, a doubtful age.

Source: docs/contract.md; docs/reading.md, "values".
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from parsers import fields
from parsers.documents.model import Place
from parsers.fields import Got
from parsers.forms.placed import Form
from parsers.reading import Value
from parsers.words import squash, tokens

_SCHOOL_TITLE = re.compile(
    r"(?!(?:old|new|previous|next|leaving|your|our|this|name of|the)\b)(?!.*\b(?i:child|children|pupils?|not|missing|absent|form|from|leavers?)\b)(?:[A-Z][\w'’.&-]*\s+(?:(?:of|and|the|for|in|upon|on|C of E)\s+)*){1,6}"
    r"(?i:school|academy|college|primary|infants|juniors)"
)
_LIVES_WITH = re.compile(r"with whom|who(?:m)?\b.*\bwith\b|\b(?:lives?|living|resid\w+) with", re.I)


def tidy(form: Form, values: dict[str, Value]) -> None:
    """Bring one child's values into agreement with each other."""
    _admitted_home(values)
    _middle(values)
    _new_postcode(values)
    _home_postcode(values)
    if "address" not in values and "parents" in values:
        _with_parents(form, values)
    _titled_school(form, values)
    if "school_name" in values:
        _school_numbers(values["school_name"], values)
    _ages(form, values)


def _admitted_home(values: dict[str, Value]) -> None:
    """Take the new address of a child who is admitted for its address: it has moved already."""
    if "admission_date" not in values or {
        "address",
        "last_attended",
        "off_roll_date",
        "ground",
    } & set(values):
        return
    moved = values.get("destination_address")
    if moved and isinstance(fields.postcode(str(moved.value)), Got):
        values["address"] = values.pop("destination_address")


def _middle(values: dict[str, Value]) -> None:
    middle, first = values.pop("_middle", None), values.get("forenames")
    if middle is None:
        return
    if first is None:
        if "surname" in values:
            values["forenames"] = replace(middle, sure=min(middle.sure, 0.88))
    elif middle.value.casefold() not in first.value.casefold():
        values["forenames"] = replace(first, value=f"{first.value} {middle.value}")


def _new_postcode(values: dict[str, Value]) -> None:
    new, where = values.pop("_new_postcode", None), values.get("destination_address")
    if new and where and isinstance(fields.postcode(where.value), str):
        values["destination_address"] = replace(where, value=f"{where.value}, {new.value}")


def _home_postcode(values: dict[str, Value]) -> None:
    home = values.get("address")
    if home is None:
        return
    code = fields.postcode(str(home.value))
    if isinstance(code, Got):
        sure = min(code.sure, home.sure)
        values.setdefault("postcode", replace(home, value=code.value, sure=sure))
    elif "postcode" in values:
        values["address"] = replace(home, value=f"{home.value}, {values['postcode'].value}")


def _with_parents(form: Form, values: dict[str, Value]) -> None:
    """Take the address told of the first parent for the child's, and leave it the parent's if it was said to be."""
    elders = values["parents"]
    first = elders.value[0]
    if not first.get("address"):
        return
    sure = 0.8
    if len(elders.value) == 1 and len(first) > 1 and _bare_address(form):
        sure = 0.85
        only = {name: told for name, told in first.items() if name != "address"}
        values["parents"] = replace(elders, value=[only])
    home = replace(elders, value=first["address"], sure=min(elders.sure, sure))
    values["address"] = replace(home, raw=first["address"]) if sure > 0.8 else home
    code = fields.postcode(first["address"])
    if isinstance(code, Got):
        values.setdefault("postcode", replace(elders, value=code.value, sure=sure))


def _bare_address(form: Form) -> bool:
    """Say whether the only address asked for is not said to be the parent's own."""
    asked = [p for p in form.placed if p.field == "parent_address" and p.picked.words]
    if len(asked) != 1:
        return False
    label = asked[0].pair.label
    return "parent" not in tokens(label) or _LIVES_WITH.search(label) is not None


def _titled_school(form: Form, values: dict[str, Value]) -> None:
    """Take the school from a list's title, "Leavers - Alder Primary School - DfE 935/2047"."""
    titles = [(t.text, t.place) for t in form.found.loose[:4]]
    titles += [(h, Place("title")) for h in form.found.headings[:2]]
    for words, place in titles:
        if len(words) > 160 or words.rstrip().endswith("."):
            continue
        for part in re.split(r"\s+[-–—|:]\s+|[,;:]\s+|\t|\s{3,}", words):
            if "school_name" not in values and _SCHOOL_TITLE.fullmatch(part.strip()):
                values["school_name"] = Value(squash(part), words, place, 0.85)
            number = re.fullmatch(
                r"\W*(?:DfE|DfES|LAESTAB|LA/?Estab)\D{0,8}(\d{3})[/ -]?(\d{4})\W*", part, re.I
            )
            if number:
                values.setdefault(
                    "school_laestab", Value(f"{number[1]}/{number[2]}", words, place, 0.9)
                )


def _school_numbers(school: Value, values: dict[str, Value]) -> None:
    urn = re.search(r"\bURN:?\s*(\d{6})\b", str(school.value), re.I)
    number = re.search(
        r"\b(?:DfE|LAESTAB|DFES)\D{0,8}(\d{3})[/ -]?(\d{4})\b", str(school.value), re.I
    )
    if urn:
        values.setdefault("school_urn", replace(school, value=urn[1], sure=0.95))
    if number:
        values.setdefault(
            "school_laestab", replace(school, value=f"{number[1]}/{number[2]}", sure=0.95)
        )
    bare = re.sub(
        r"[\s,(–-]*\b(?:URN|DfE|DFES|LAESTAB)\b.*$", "", str(school.value), flags=re.I
    ).strip(" ,(")
    if (urn or number) and len(bare) > 3:
        values["school_name"] = replace(school, value=bare)


def _ages(form: Form, values: dict[str, Value]) -> None:
    """Doubt a year group that the date of birth contradicts."""
    born, year = values.get("date_of_birth"), values.get("year_group")
    if not born or not year:
        return
    day = date.fromisoformat(born.value)
    start = form.on.year if form.on.month >= 9 else form.on.year - 1
    cohort = day.year if day.month < 9 else day.year + 1
    expected = start - cohort - 4
    said = {"R": 0, "N2": -1, "N1": -2}.get(year.value)
    number = said if said is not None else int(year.value)
    if abs(number - expected) > 2:
        values["year_group"] = replace(year, sure=min(year.sure, 0.7))
        values["date_of_birth"] = replace(born, sure=min(born.sure, 0.8))
