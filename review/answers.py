"""What people type as an answer, turned into what the record holds: days, yes and no, the sex of a child.

A stranger would take "no" typed for a yes-or-no answer as text, and any text is true.
"""

from __future__ import annotations

from typing import Any

from cases.decisions import CannotDecide
from cases.importing import day as written_day
from review.pages import label

DAYS = (
    "date_of_birth", "referral_date", "last_attended", "off_roll_date", "admission_date", "move_date",
)  # fmt: skip
LISTS = ("parents", "siblings", "enquiries", "ground")
YES_OR_NO = (
    "child_protection_plan", "child_in_need", "looked_after", "ehcp", "sen_support", "young_carer", "eal",
    "private_fostering", "traveller", "safeguarding_concern", "ctf_sent", "parental_letter",
)  # fmt: skip
_SEX = {"m": "M", "male": "M", "boy": "M", "f": "F", "female": "F", "girl": "F", "u": "U", "": ""}


def answer(name: str, text: str) -> Any:
    """Return a typed answer as the record holds it; nothing typed means that nothing is known.

    Raises:
        CannotDecide: it is no answer to that question; the text says what one looks like.
    """
    text = text.strip()
    if name in DAYS:
        try:
            return day.isoformat() if (day := written_day(text)) else ""
        except ValueError:
            raise CannotDecide(
                f"{label(name)}: a day is written like 14/03/2015. Nothing was saved."
            ) from None
    if name in YES_OR_NO:
        found = {"yes": True, "y": True, "no": False, "n": False, "": None}.get(text.lower(), text)
        if isinstance(found, str):
            raise CannotDecide(f"{label(name)}: type yes or no. Nothing was saved.")
        return found
    if name == "sex":
        if text.lower() not in _SEX:
            raise CannotDecide("Sex: type male or female. Nothing was saved.")
        return _SEX[text.lower()]
    return text
