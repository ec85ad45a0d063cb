"""The words around a form: do they speak of the form's own child, or of another?

What a stranger would get wrong: "please find attached the form for Ayaan" is no news; but the same email may say that
another child is back in school, or bear the wrong child's form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from parsers.prose import names
from parsers.reading import Reading, Value

_PUT_RIGHT = 0.8  # the form says one thing and the email another
_TAKEN_BACK = frozenset({"returned", "found", "withdrawn"})
_WHO = ("surname", "date_of_birth", "upn")


def of_others(told: Iterable[Reading], forms: Sequence[Reading]) -> list[Reading]:
    """Return what the words tell of children named in full who are none of the forms' children.

    One equal surname, birthday or number is enough to be the same child: a form that was read askew differs in the rest.
    """
    return [
        reading
        for reading in told
        if "surname" in reading.fields
        and {"date_of_birth", "upn"} & set(reading.fields)
        and not any(_alike(reading, form) for form in forms)
    ]


def _alike(a: Reading, b: Reading) -> bool:
    return any(
        n in a.fields
        and n in b.fields
        and str(a.fields[n].value).casefold() == str(b.fields[n].value).casefold()
        for n in _WHO
    )


def put_right(form: Reading, told: Sequence[Reading], alone: bool) -> Reading:
    """Return a form's reading with what the email puts right in it, each value for an officer to check.

    `alone` says that the email has this one form only.
    """
    for words in told:
        right = {
            n: replace(v, sure=min(v.sure, _PUT_RIGHT), corrects=False)
            for n, v in words.fields.items()
            if v.corrects
        }
        if right and _speaks_of(form, words, alone):
            form = replace(form, fields={**form.fields, **right})
    return form


def takes_back(form: Reading, told: Sequence[Reading], alone: bool) -> bool:
    """Say whether the email tells that a form's child is back or found, or that the form is to be ignored."""
    return any(
        {s.kind for s in words.signals} & _TAKEN_BACK and _speaks_of(form, words, alone)
        for words in told
    )


def _speaks_of(form: Reading, told: Reading, alone: bool) -> bool:
    """Words are about the form's child when they name it; words that name nobody are, where the form is alone."""
    who = {n: v for n, v in told.fields.items() if n in ("surname", "forenames") and not v.corrects}
    if not who:
        return alone
    return all(
        n in form.fields and first_word(v) == first_word(form.fields[n]) for n, v in who.items()
    )


def first_word(value: Value) -> str:
    """Return the first word of a value, in small: by which two tellings of one child are known."""
    return str(value.value).casefold().split()[0] if str(value.value).strip() else ""


def names_another(subject: str, body: str, file: str, forms: Sequence[Reading]) -> bool:
    """Say whether the email and its file's own name agree on a child whom the form is not about: the wrong file.

    Both must bear the name: a subject alone may be a school's, a file name alone an old one that was filled anew.
    """
    stem = re.sub(r"[_\-.]+", " ", PurePosixPath(file).stem)
    on_file = {(n.forenames.casefold(), n.surname.casefold()) for n in names.people(stem)}
    told = {
        (n.forenames.casefold(), n.surname.casefold())
        for text in (subject, body)
        for n in names.people(text)
    }
    both = on_file & told
    words = {
        word
        for form in forms
        for name in ("surname", "forenames", "known_as")
        if name in form.fields
        for word in re.findall(r"\w+", str(form.fields[name].value).casefold())
    }
    return bool(both and words) and not any(
        word in words for pair in both for part in pair for word in re.findall(r"\w+", part)
    )
