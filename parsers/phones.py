"""Telephone numbers as written on forms: several in a box, spaces anywhere, notes between.

Only the shape is judged: numbers set aside for drama and numbers of other countries are numbers.

Source: the phonenumbers library; Ofcom's ranges for drama in docs/sources.md.
"""

from __future__ import annotations

import re

import phonenumbers

from parsers.words import squash


def find(text: str) -> list[str]:
    """Return the numbers in a text, tidy, British ones in national form."""
    found: list[str] = []
    cleaned = re.sub(r"\(0\)", "", squash(text)[:600])
    for match in phonenumbers.PhoneNumberMatcher(
        cleaned, "GB", leniency=phonenumbers.Leniency.POSSIBLE
    ):
        if re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}", match.raw_string.strip()):
            continue
        national = match.number.country_code == 44
        digits = re.sub(r"\D", "", match.raw_string)
        if national and not re.match(r"(?:0|44|0044)", digits):
            continue
        if national and len(str(match.number.national_number)) not in (9, 10):
            continue
        style = phonenumbers.PhoneNumberFormat.NATIONAL if national else (
            phonenumbers.PhoneNumberFormat.INTERNATIONAL)  # fmt: skip
        number = phonenumbers.format_number(match.number, style)
        if number not in found:
            found.append(number)
    return found


def read(text: str) -> str | None:
    """Return the numbers joined by " / ", or None when there is none."""
    return " / ".join(find(text)) or None
