"""Answers brought to the contract's shapes: names, sex, year groups, postcodes, yes and no.

Each reader returns `Got` (value and how sure its shape makes it) or a sentence saying why not; none
raises. A stranger would take the last word of a name for the surname ("de la Cruz") and a class
for a year ("5 Oak").

Source: docs/contract.md, the table of fields; docs/sources.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from parsers.words import flowing, is_no_value, one_line, squash
from policy import upn as upns


@dataclass(frozen=True, slots=True)
class Got:
    value: Any
    sure: float


# Names

_PARTICLES = frozenset(
    [
        "de",
        "la",
        "del",
        "della",
        "di",
        "da",
        "do",
        "dos",
        "das",
        "le",
        "el",
        "al",
        "bin",
        "binti",
        "ibn",
        "ben",
        "abu",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "ten",
        "st",
        "o",
        "mac",
        "mc",
        "du",
        "des",
        "af",
        "ap",
        "ab",
        "y",
        "e",
        "bint",
        "ul",
        "ur",
    ]
)
# Vietnamese family names stand first at home and often last on a form; nothing tells which.
_FAMILY_FIRST = frozenset(
    [
        "nguyễn",
        "nguyen",
        "trần",
        "tran",
        "phạm",
        "pham",
        "lê",
        "hoàng",
        "hoang",
        "huỳnh",
        "huynh",
        "vũ",
        "võ",
        "đặng",
        "bùi",
        "đỗ",
        "ngô",
        "dương",
        "lý",
    ]
)
_TITLES = re.compile(r"^(?:mr|mrs|ms|miss|master|dr|mx|prof|rev|sir|lady)\b\.?\s+", re.I)
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[\s'’‘`.,\-()\"“”])*")
_NOT_NAME = re.compile(
    r"\b(?:date|address|school|unknown|please|telephone|born|dob|upn|year|male|female|"
    r"yes|attended|referral|email|details|name|surname|forename|primary|academy|class)\b", re.I)  # fmt: skip
_KNOWN_AS = re.compile(
    r"[\(\[,;]?\s*(?:a\.?k\.?a\.?|(?:also |usually |commonly )?known as|preferred name:?|called|prefers)\s+"
    r"[\"“'‘]?([^\W\d_][\w'’ -]{0,30}?)[\"”'’]?\s*(?:[\)\]]|$)", re.I)  # fmt: skip
_QUOTED = re.compile(r"\s[\"“]([^\W\d_][\w' -]{1,20})[\"”]\s?|\s\(([^\W\d_][\w'-]{1,20})\)\s?")


def cased(name: str) -> str:
    """Return a name with capitals as people write them, if it came all upper or all lower."""
    name = squash(name).strip(" ,;:.-")
    if len(name) < 2 or not (name.isupper() or name.islower()):
        return name
    if len(name) < 4 and name.isupper() and not re.search(r"[AEIOUY]", name):
        return name  # "KK" is what she is called
    words = name.split(" ")
    made = [_cased_word(w) for w in words]
    return " ".join(
        w.lower() if i < len(words) - 1 and w.lower() in _PARTICLES - {"st", "o", "al", "el", "y", "e", "do", "da", "mc", "mac", "ben", "abu", "ap", "ab"}
        else w for i, w in enumerate(made))  # fmt: skip


def _cased_word(word: str) -> str:
    pieces = re.split(r"([-'’])", word)
    out = "".join(p if p in "-'’" else p[:1].upper() + p[1:].lower() for p in pieces)
    if re.match(r"^[A-Z]'?[a-z]+['’]S$", out):
        out = out[:-1] + "s"
    if re.match(r"Mc[a-z]{2,}", out):
        out = "Mc" + out[2].upper() + out[3:]
    return out


def name(raw: str) -> Got | str:
    """Return one name (a surname, or forenames) in its usual case."""
    text = squash(raw).strip(" ,;:.")
    if len(text) > 60 or re.search(r"\d|@", text) or not _NAME.fullmatch(text):
        return "not a name"
    if _NOT_NAME.search(text):
        return "not a name"
    value = cased(text)
    return Got(value, 0.99 if len(text) > 1 else 0.6)


@dataclass(frozen=True, slots=True)
class WholeName:
    surname: str | None
    forenames: str | None
    known_as: str | None
    sure: float


def whole_name(raw: str, surname_first: bool = False) -> WholeName | str:
    """Split a whole name; less sure where two ways of splitting are open."""
    text = squash(raw).strip(" ,;:.")
    known: str | None = None
    match = _KNOWN_AS.search(text)
    if match:
        known, text = cased(match[1]), squash(text[: match.start()] + " " + text[match.end() :])
    else:
        match = _QUOTED.search(" " + text + " ")
        if match and (match[1] or match[2]).casefold() not in ("male", "female", "m", "f"):
            padded = " " + text + " "
            known = cased(match[1] or match[2])
            text = squash(padded[: match.start()] + " " + padded[match.end() :])
    text = _TITLES.sub("", re.sub(r"\([^()]*\)", " ", text)).strip(" ,;:.-")
    if not text or len(text) > 70 or re.search(r"[\d@/]", text) or not _NAME.fullmatch(text):
        return "not a name"
    if _NOT_NAME.search(text) or re.search(r"\band\b|&", text, re.I):
        return "not one name"
    if text.count(",") == 1:
        last, first = (part.strip() for part in text.split(","))
        if last and first:
            return WholeName(cased(last), cased(first), known, 0.97)
    words = text.replace(",", " ").split()
    if len(words) == 1:
        return WholeName(None, cased(words[0]), known, 0.5)
    caps = [w.isupper() and len(w.strip("'’-.")) > 1 for w in words]
    if any(caps) and not all(caps):
        first_cap = caps.index(True)
        block = caps[first_cap:]
        if all(block):
            return WholeName(
                cased(" ".join(words[first_cap:])), " ".join(words[:first_cap]), known, 0.97
            )
        last_cap = len(caps) - 1 - caps[::-1].index(True)
        if first_cap == 0 and all(caps[: last_cap + 1]):
            return WholeName(
                cased(" ".join(words[: last_cap + 1])), " ".join(words[last_cap + 1 :]), known, 0.97
            )
    if surname_first:
        cut = 1
        while cut < len(words) - 1 and words[cut - 1].casefold() in _PARTICLES:
            cut += 1
        return WholeName(cased(" ".join(words[:cut])), cased(" ".join(words[cut:])), known, 0.9)
    if len(words) > 2 and words[0].casefold() in _FAMILY_FIRST:
        return WholeName(cased(words[-1]), cased(" ".join(words[:-1])), known, 0.5)
    cut = len(words) - 1
    while cut > 1 and words[cut - 1].casefold().strip("'’") in _PARTICLES:
        cut -= 1
    sure = 0.93 if len(words) == 2 else 0.88
    return WholeName(cased(" ".join(words[cut:])), cased(" ".join(words[:cut])), known, sure)


def adult(raw: str) -> str | None:
    """Return an adult's name tidily, title kept; None when there is none in it."""
    text = squash(raw).strip(" ,;:-/")
    text = re.sub(
        r"\s*\((?:mother|father|mum|dad|step\w*|carer|guardian|parent|grand\w+|aunt|uncle)\)\s*$",
        "",
        text,
        flags=re.I,
    )
    if (
        not text
        or len(text) > 80
        or re.search(r"\d|@", text)
        or not re.search(r"[^\W\d_]{2}", text)
    ):
        return None
    if not _NAME.fullmatch(text.replace("&", "and").replace("/", " ")) or is_remark(text):
        return None
    return " ".join(cased(w) for w in text.split()) if text.isupper() or text.islower() else text


def is_remark(text: str) -> bool:
    """Say whether words are a remark ("not in contact", "Dissatisfied with the provision made") and no name."""
    if _NOBODY.match(text):
        return True
    small = [w for w in text.split() if w.islower() and w.strip("'’") not in _PARTICLES | {"and"}]
    return len(small) > 1 and not text.islower()


_NOBODY = re.compile(
    r"(?:not|none|never|nobody|no (?:one|longer|contact)|unknown|as above|same as)\b", re.I
)


# Small codes


def sex(raw: str) -> Got | str:
    """Return M, F or U."""
    text = squash(raw).casefold().strip(" .()[]")
    if re.fullmatch(r"m|male|boy|man|m \(male\)|male \(m\)|he|he/him", text):
        return Got("M", 0.99)
    if re.fullmatch(r"f|female|girl|woman|f \(female\)|female \(f\)|she|she/her", text):
        return Got("F", 0.99)
    if re.fullmatch(r"u|unknown|not known|not specified", text):
        return Got("U", 0.95)
    return "not a sex as the census codes it"


def year_group(raw: str) -> Got | str:
    """Return N1, N2, R or 1 to 14, from "Y5", "Year 5 (Oak class)", "Reception", "NCY 9"."""
    text = re.sub(r"\([^()]*\)", " ", squash(raw).casefold()).strip(" .:")
    text = re.sub(
        r"^(?:national curriculum |nc ?)?(?:year group|years?|yrs?|ncy|y)[ .:\-]*(?=\d|r\b|reception|nursery)",
        "",
        text,
    )
    if re.fullmatch(
        r"r|reception|rec|yr|year r|fs ?2|eyfs ?2|foundation(?: stage)?(?: 2)?|reception class|reception year",
        text,
    ):
        return Got("R", 0.99 if text != "yr" else 0.9)
    if re.fullmatch(r"n ?1|fs ?0|nursery ?1", text):
        return Got("N1", 0.97)
    if re.fullmatch(r"n ?2|fs ?1|nursery ?2", text):
        return Got("N2", 0.97)
    if re.fullmatch(r"nursery|pre-?school", text):
        return Got("N2", 0.7)
    match = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?(?: ?(?:year|yr))?(.*)", text)
    if not match or not 1 <= int(match[1]) <= 14:
        return "not a year group"
    rest = match[2].strip(" -,/.")
    if any(n != match[1] for n in re.findall(r"\d+", rest)):
        return "more than one year group"
    return Got(str(int(match[1])), 0.99 if len(rest) <= 1 else 0.95)


_POSTCODE = re.compile(
    r"(?<![A-Z0-9])([A-Z]{1,2}[0-9OI][0-9A-Z]?)[ \-]*([0-9OI][A-Z]{2}|[0-9OI][A-Z0]{2})(?![A-Z0-9])", re.I)  # fmt: skip


def postcode(raw: str) -> Got | str:
    """Return a postcode with its space, O/0 and I/1 mended."""
    found = list(_POSTCODE.finditer(squash(raw)))
    good: list[Got] = []
    for match in found:
        out, inner = match[1].upper(), match[2].upper()
        letters = re.match(r"[A-Z]{1,2}(?=[0-9OI])", out)
        digits = len(re.findall(r"\d", match[0]))
        if letters is None or not digits or (digits < 2 and " " not in match[0]):
            continue  # "Priory" is no postcode
        head = letters[0]
        if len(head) == 2 and head[1] in "OI" and len(out) == 3 and not out[2].isdigit():
            head = head[0]
        tail = out[len(head) :]
        tail = tail[0].translate(str.maketrans("OI", "01")) + tail[1:].replace("O", "0").replace(
            "I", "1"
        )
        inner = inner[0].translate(str.maketrans("OI", "01")) + inner[1:].replace("0", "O")
        if re.fullmatch(r"[A-Z]{1,2}[0-9][0-9A-Z]?", head + tail) and re.fullmatch(
            r"[0-9][ABD-HJLNP-UW-Z]{2}", inner
        ):
            mended = head + tail + inner != (match[1] + match[2]).upper()
            good.append(Got(f"{head}{tail} {inner}", 0.93 if mended else 0.99))
    if not good:
        return "not a postcode"
    return good[-1]


def upn(raw: str) -> Got | str:
    """Return the canonical number; sure 0.4 where the check letter fails."""
    text = squash(raw)
    value = upns.canonical(text)
    if value is None:
        match = re.search(
            r"(?<![A-Za-z0-9])[A-Za-z](?:[ -]?[0-9OIl]){11}[ -]?[0-9A-Za-z](?![A-Za-z0-9])", text
        )
        value = upns.canonical(match[0]) if match else None
    if value is None:
        return "not a UPN"
    if upns.kind(value) is None:
        return Got(value, 0.4)
    bare = re.sub(r"[^0-9A-Za-z]", "", text).upper()
    return Got(value, 0.99 if value in bare else 0.97)


_YES = re.compile(
    r"\W*(?:y|yes|yep|true|ticked|x|✓|✔|☑|☒|confirmed|completed?|done|sent|attached|enclosed|made|1)\b",
    re.I,
)
_NO = re.compile(r"\W*(?:n|no|nope|false|none|not?\b.*|nil|0|never)(?:\W|$)", re.I)


# "Y / N (please delete)", "Yes / No / Not known": the question's own options, none of them taken.
_BOTH = re.compile(
    r"\W*(?:y(?:es)?\W+(?:or\W+)?no?|no?\W+(?:or\W+)?y(?:es)?)"
    r"(?:\W+(?:or\W+)?(?:not known|unknown|unsure|not sure|don'?t know|n/?a))?\W*",
    re.I,
)
_INSTRUCTION = re.compile(
    r"\([^()]*\)|\b(?:please\b|delete\b|circle\b|tick\b|as (?:appropriate|applicable)\b).*", re.I
)


def yes_no(raw: str) -> Got | str:
    """Return true or false from words beginning with yes or no."""
    text = squash(raw)
    if _BOTH.fullmatch(_INSTRUCTION.sub(" ", text)):
        return "neither yes nor no was chosen"
    short = len(text) < 6
    if re.match(r"\W*not (?:known|sure|yet known)", text, re.I):
        return "not known"
    if _YES.match(text) or text in {"✓", "✔", "x", "X", "√"}:
        return Got(True, 0.99 if short else 0.96)
    if _NO.match(text):
        return Got(False, 0.99 if short else 0.95)
    return "neither yes nor no"


def url_email(raw: str) -> str | None:
    """Return the first email address in a text, lower case."""
    match = re.search(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+", raw.replace(" @ ", "@"))
    return match[0].lower().rstrip(".") if match else None


def urn(raw: str) -> Got | str:
    """Return a school's six-digit URN."""
    match = re.search(r"(?<!\d)(\d{6})(?!\d)", raw)
    return Got(match[1], 0.98) if match else "not a URN"


def laestab(raw: str) -> Got | str:
    """Return a DfE number as LA/school: 935/2033."""
    match = re.search(r"(?<!\d)(\d{3})[ /-]?(\d{4})(?!\d)", raw)
    return Got(f"{match[1]}/{match[2]}", 0.98) if match else "not a DfE number"


_SPLIT_CODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*\n\s*(\d[A-Z]{2})\b")
_LINE_LABEL = re.compile(
    r"^(?:(?:address )?line \d|house(?: (?:name|no\.?|number))?|street|road|village|town|city|county|district|locality"
    r"|post ?code)(?: ?(?:/|or|and) ?(?:town|city|village|street))?\s*[:.\-–]\s*",
    re.I,
)


def address(raw: str) -> Got | str:
    """Return an address as one line."""
    lines = (
        _LINE_LABEL.sub("", line.strip()) for line in _SPLIT_CODE.sub(r"\1 \2", raw).split("\n")
    )
    value = one_line("\n".join(lines))
    if len(value) < 4:
        return "too short for an address"
    return Got(value, 0.98 if len(value) < 200 else 0.8)


def free(raw: str) -> Got | str:
    """Return running words, lines kept."""
    value = flowing(raw)
    return "nothing written" if is_no_value(value) else Got(value, 0.97)
