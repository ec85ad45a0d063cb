"""Who signs: a name with what stands beside it in one answer: role, school, telephone, email and day.

"Carys Dunn (Data Manager) 5/10/26" under "Completed by" is four answers, and so is the end of an email. What a stranger
would get wrong: the name is not always first, and the piece that is no name is not always a role.

Source: docs/reading.md, "values"; the sign-offs of the unseen sets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from parsers import dates, fields, phones
from parsers.words import squash

_ROLE = re.compile(
    r"\b(?:officer|teacher|teaching|lead|leader|head|dd?sl|manager|administrator|admin|secretary|tutor|worker|assistant|principal|es?wo"
    r"|sen[cd]?d?co|co-?ordinator|bursar|mentor|clerk|governor|nurse|practitioner|advis[eo]r|director|deputy|registrar|receptionist"
    r"|liaison|counsellor|headmaster|headmistress|headteacher|attendance|pastoral|welfare|safeguarding|inclusion|admissions"
    r"|office|team|executive|chair|visitor|consultant|supervisor|specialist|data|business)s?\b",
    re.I,
)
_SCHOOL = re.compile(
    r"\b(?:school|academy|college|primary|infants?|juniors?|secondary|high|nursery|grammar)\b", re.I
)
_PIECES = re.compile(r"\n|,|;|[()\[\]]|\s[-–—|/•]\s|\s{3,}|\t")
_PHONE = re.compile(r"(?:\+44|\(?0)[\d ()\-]{8,}\d(?:\s*(?:ext|x)\.?\s*\d{1,5})?", re.I)
_MAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_LABELLED = re.compile(
    r"^\W*(?:tel(?:ephone)?|phone|mobile|mob|ext|e-?mail|date(?:d)?|on|name|role|position|t|e|m)\b\W*[:.]?\W*|\b(?:tel(?:ephone)?|mob(?:ile)?|e-?mail|dated?|on|by)\W*$",
    re.I,
)
_THANKS = re.compile(
    r"\W*(?:(?:many |with )?thanks?(?: you)?(?: (?:again|in advance|so much|very much))?|thx|cheers|ta|(?:kind(?:est)?|best|warm(?:est)?|many)? ?(?:regards|wishes)"
    r"|yours(?: (?:sincerely|faithfully|truly))?|sincerely|all the best|best|kr|br|from)\W*",
    re.I,
)
_DEGREE = re.compile(r"(?:B\.?A|B\.?Ed|M\.?A|M\.?Ed|PGCE|NPQH|QTS|Ph\.?D|Hons|[A-Z]{2,4})\.?")


@dataclass(frozen=True, slots=True)
class Signed:
    """The pieces of one answer; None where there is none."""

    name: str | None = None
    role: str | None = None
    school: str | None = None
    phone: str | None = None
    email: str | None = None
    day: str | None = None

    @property
    def beside(self) -> dict[str, str]:
        """The fields that the pieces other than the name tell."""
        told = {
            "referrer_role": self.role, "referrer_phone": self.phone, "referrer_email": self.email,
            "referral_date": self.day, "school_name": self.school,
        }  # fmt: skip
        return {name: words for name, words in told.items() if words}


def apart(words: str, on: date) -> Signed:
    """Return the pieces of what somebody signed with; of one piece alone only the name."""
    email = fields.url_email(words)
    phone = phones.read(words)
    text = _PHONE.sub("\n", _MAIL.sub("\n", words))
    found = dates.find(text, on=on)
    day = found[0] if len(found) == 1 else None
    if day is not None:
        text = text.replace(day.raw, "\n")
    name = role = school = None
    for piece in _PIECES.split(text):
        bare = squash(_LABELLED.sub("", squash(piece))).strip(" .:-–/")
        if len(bare) < 2 or re.search(r"\d", bare):
            continue
        if _SCHOOL.search(bare) and not (
            _ROLE.search(bare) and not school and role is None and name
        ):
            school = school or bare
        elif _ROLE.search(bare) and not _titled(bare):
            role = role or bare
        elif name is None and (person := fields.adult(bare)):
            name = person
        elif name and role is None and not _DEGREE.fullmatch(bare):
            role = bare
    if role and (more := re.search(rf"{re.escape(role)} ?\([^()\d@]{{2,30}}\)", squash(text))):
        role = more[0]  # "Assistant Head (Inclusion)" is one post
    return Signed(name, role, school, phone, email, day.day.isoformat() if day else None)


def sign_off(text: str, on: date) -> Signed | None:
    """Return who signs the end of a message, when a name stands alone below its thanks."""
    lines = [line.strip() for line in text.split("\n")]
    at = max((n for n, line in enumerate(lines) if _THANKS.fullmatch(line)), default=-1)
    below = [line for line in lines[at + 1 : at + 8] if line][:5] if at >= 0 else []
    if (
        not below
        or len(below[0]) > 40
        or not re.fullmatch(r"(?:[^\W\d_][\w'’.-]*\s?){2,4}", below[0])
    ):
        return None
    parts = apart("\n".join(below), on)
    return parts if parts.name else None


def _titled(words: str) -> bool:
    """Say whether a piece is a person whose name reads like a post ("Mrs Head")."""
    return re.match(r"(?:mr|mrs|ms|miss|dr|mx|sr|rev)\b\.? [A-Z]", words, re.I) is not None
