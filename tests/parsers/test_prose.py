"""Emails in plain words, as schools and officers write them: `prose/emails.yaml` holds each with its whole reading."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from parsers import read
from parsers.reading import Source

ON = date(2026, 11, 17)
HERE = Path(__file__).parent / "prose"
EMAILS = yaml.safe_load((HERE / "emails.yaml").read_text(encoding="utf-8"))


def as_told(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case list():
            return [{k: as_told(v) for k, v in person.items()} for person in value]
    return value


@pytest.mark.parametrize("email", EMAILS, ids=lambda e: e["name"])
def test_an_email_in_plain_words_is_read_whole(email: dict[str, Any]):
    body = Source("body", "", "text/plain", text=email["text"], subject=email["subject"])
    found = read([body], on=ON)
    wanted = [{**email.get("all", {}), **child} for child in email["children"] or ()]
    assert [{n: v.value for n, v in r.fields.items()} for r in found.readings] == [
        {n: as_told(v) for n, v in child.items()} for child in wanted
    ]
    assert all(v.sure <= 0.93 for r in found.readings for v in r.fields.values())
    if wanted:
        assert found.readings[0].form == email["form"]
        assert {s.kind for s in found.readings[0].signals} == set(email["says"])


OUTSIDE = yaml.safe_load((HERE / "outside.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("email", OUTSIDE, ids=lambda e: e["name"])
def test_an_email_that_the_reader_was_not_written_for(email: dict[str, Any]):
    body = Source("body", "", "text/plain", text=email["text"], subject=email["subject"])
    readings = read([body], on=ON).readings
    wanted, free = email.get("children") or [], set(email.get("free", ()))
    assert len(readings) == len(wanted) or "children" in free
    assert not readings or "form" in free or readings[0].form == email["form"]
    if readings and "says" in email:
        assert {s.kind for s in readings[0].signals} == set(email["says"])
    for reading, child in zip(readings, wanted, strict=False):
        got = {n: folded(v.value) for n, v in reading.fields.items() if n not in free}
        assert got == {n: folded(as_told(v)) for n, v in child.items() if n not in free}


def folded(value: Any) -> Any:
    """A relationship may be told as it was written: "Mother" or "mother"."""
    if isinstance(value, list):
        return [{k: folded(v) for k, v in person.items()} for person in value]
    return value.casefold() if isinstance(value, str) else value


LETTER = """Dear Sir or Madam

Re: Astrid Maria LINDQVIST, d.o.b. 4 May 2014

I write as headteacher of Heron Bank Academy. Astrid has not been in school since 28 September 2026 and
we cannot reach her parents.

Yours faithfully
P. Marchbanks
"""


def letter(*more: Source) -> Any:
    source = Source("letter.txt", "letter.txt", "text/plain", LETTER.encode())
    body = Source("body", "", "text/plain", text="Please see the letter attached.")
    return read([body, source, *more], on=ON)


def test_a_letter_that_is_all_there_is_refers_the_child_whom_it_names():
    found = letter()
    assert [(d.path, d.decision) for d in found.documents] == [
        ("body", "kept"),
        ("letter.txt", "read"),
    ]
    assert [r.form for r in found.readings] == ["cme"]
    told = {n: v.value for n, v in found.readings[0].fields.items()}
    assert told["surname"] == "Lindqvist"
    assert told["date_of_birth"] == "2014-05-04"
    assert told["last_attended"] == "2026-09-28"


def test_a_letter_beside_a_form_supports_it():
    form = b"CME Referral Form\nSurname: Lindqvist\nForename: Astrid\nDOB: 04/05/2014\nUPN: H801200001001\nSchool: Heron Bank Academy\n"
    found = letter(Source("form.txt", "form.txt", "text/plain", form))
    assert [(d.path, d.decision) for d in found.documents] == [
        ("body", "kept"), ("letter.txt", "kept"), ("form.txt", "read"),
    ]  # fmt: skip


def sent_on(above: str) -> Any:
    words = "Zofia Nowak, born 3 June 2016, was last in school on 23 October 2026 and we cannot reach her mother."
    return read(
        [
            Source("body", "", "text/plain", text=above, subject="Fwd: Zofia Nowak"),
            Source("forwarded", "", "text/plain", text=words, subject="Zofia Nowak"),
        ],
        on=ON,
    )


@pytest.mark.parametrize(("above", "decided", "document"), [
    ("One for you.", ["kept", "read"], "forwarded"),
    ("Zofia Nowak in Year 5, see below.", ["kept", "read"], "forwarded"),
    ("I refer Zofia Nowak, DOB 03/06/2016, last attended 23/10/2026, see below.", ["read", "kept"], "body"),
])  # fmt: skip
def test_a_message_sent_on_is_read_once(above, decided, document):
    found = sent_on(above)
    assert [d.decision for d in found.documents] == decided
    assert [(r.document, r.form) for r in found.readings] == [(document, "cme")]
