"""Sets A and B: a form's lines with codes for answers, made into blocks and a truth.

Eight invented children and six ways of writing a day stand for everybody who fills in a form.
The marks of a line are told at the head of `unseen.yaml`.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from policy import upn

_DATES = {
    "date_of_birth", "last_attended", "off_roll_date", "admission_date", "move_date", "referral_date",
}  # fmt: skip
_CODES = {
    "sn": "surname", "fn": "forenames", "dob": "date_of_birth", "sex": "sex", "upn": "upn",
    "year": "year_group", "eth": "ethnicity", "lang": "first_language", "addr": "address",
    "pc": "postcode", "school": "school_name", "urn": "school_urn", "lae": "school_laestab",
    "rn": "referrer_name", "rr": "referrer_role", "rt": "referrer_phone", "re": "referrer_email",
    "rd": "referral_date", "last": "last_attended", "off": "off_roll_date", "adm": "admission_date",
    "reason": "reason", "dest": "destination_school", "daddr": "destination_address", "known": "known_as",
    "dctry": "destination_country", "move": "move_date", "narr": "narrative", "ground": "ground",
    "lac": "looked_after", "cp": "child_protection_plan", "cin": "child_in_need", "ehcp": "ehcp",
    "sen": "sen_support", "yc": "young_carer", "trav": "traveller", "pf": "private_fostering",
    "ctf": "ctf_sent", "pl": "parental_letter",
}  # fmt: skip
# surname, forenames, born, sex, year, street, postcode, two adults
_PEOPLE = [
    ("Wexcombe", "Isla Rose", "2015-03-12", "F", "7", "4 Sorrel Court, Norfield", "NF9 4ZA", "Karen Wexcombe", "Mother", "Paul Wexcombe", "Father"),
    ("O'Hanlon", "Ciaran", "2012-11-02", "M", "9", "27B Quarry Rise, Ipsford", "IP99 3QX", "Siobhan O'Hanlon", "Mother", "Declan O'Hanlon", "Father"),
    ("Ashdown-Rees", "Megan", "2018-06-30", "F", "4", "Flat 3, Tower View, Eastmere", "EM9 1AB", "Gareth Rees", "Father", "Lowri Ashdown", "Mother"),
    ("Nowicki", "Szymon", "2013-01-25", "M", "9", "112 Station Road, Alderton", "AL9 9XX", "Ewa Nowicka", "Mother", "Piotr Nowicki", "Father"),
    ("Haddad", "Yasmin Noor", "2017-09-08", "F", "5", "8 Lime Walk, Norfield", "NF9 2PQ", "Samira Haddad", "Mother", "Karim Haddad", "Father"),
    ("Reeve", "Dylan James", "2014-04-19", "M", "8", "61 Heron Drive, Ipsford", "IP99 8TT", "Tracy Reeve", "Mother", "Mark Reeve", "Father"),
    ("Sands", "Poppy", "2016-12-01", "F", "5", "The Cottage, Mill Lane, Eastmere", "EM9 6YD", "Lisa Sands", "Grandmother", "Tom Sands", "Father"),
    ("Adeyemi", "Tobi", "2011-07-14", "M", "11", "19 Canal Street, Alderton", "AL9 5RE", "Folake Adeyemi", "Mother", "Femi Adeyemi", "Uncle"),
]  # fmt: skip


def _upn(number: int) -> str:
    tail = f"935{2000 + number * 37:04}{20 + number % 6:02}{100 + number * 53:03}"[:12]
    return next(c + tail for c in upn.LETTERS if upn.kind(c + tail) == "permanent")


def facts(number: int) -> dict[str, Any]:
    """Return what is true of one invented child, by contract field (parents by part)."""
    sn, fn, born, sex, year, street, code, p1, r1, p2, r2 = _PEOPLE[number % len(_PEOPLE)]
    yes = {k: (number + i) % 3 == 0 for i, k in enumerate(
        ("lac", "cp", "cin", "ehcp", "sen", "yc", "trav", "pf", "ctf", "pl"))}  # fmt: skip
    letter = "afhino"[number % 6]
    return yes | {
        "sn": sn, "fn": fn, "dob": born, "sex": sex, "upn": _upn(number % len(_PEOPLE)), "year": year,
        "eth": "White British", "lang": "English", "addr": f"{street}, {code}", "pc": code,
        "p1n": p1, "p1r": r1, "p1t": f"07700 900{311 + number}", "p1e": f"{p1.split()[0].lower()}@post.example",
        "p2n": p2, "p2r": r2, "p2t": f"07700 900{411 + number}", "p2e": f"{p2.split()[0].lower()}@post.example",
        "school": ("Alder Primary School", "Foundry Way Academy", "St Bride's CE High School")[number % 3],
        "urn": "999123", "lae": "935/2047", "rn": "Mrs Jo Bell", "rr": "Attendance Officer",
        "rt": "01632 960123", "re": "office@alder.example", "rd": "2026-10-21", "last": "2026-10-02",
        "off": "2026-10-19", "adm": "2026-11-03", "move": "2026-10-05", "known": fn.split()[0][:3] + "y",
        "reason": "Family not contactable", "dest": "Beech Hill Academy", "daddr": "14 Mill Lane, Farley, FR9 9ZZ",
        "dctry": "Poland", "narr": "Neighbours say that the family packed a van and left overnight.",
        "ground": {"scheme": "2024", "letter": letter},
    }  # fmt: skip


def day(hand: str, iso: str) -> str:
    """Write a day as one of the hands does."""
    d = date.fromisoformat(iso)
    th = "th" if 10 <= d.day <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(d.day % 10, "th")
    match hand:
        case "dots":
            return f"{d.day}.{d.month}.{d.year}"
        case "words":
            return f"{d.day}{th} {calendar.month_name[d.month]} {d.year}"
        case "iso":
            return iso
        case "short":
            return f"{d.day} {calendar.month_name[d.month][:3]} {d:%y}"
        case "slash":
            return f"{d:%d/%m/%Y}"
        case "weekday":
            return f"{d:%A} {d.day} {calendar.month_name[d.month]} {d.year}"
        case "us":
            return f"{calendar.month_name[d.month]} {d.day}, {d.year}"
        case "dash":
            return f"{d:%d-%m-%Y}"
        case _:
            return f"{d:%d/%m/%Y}"


@dataclass
class Cell:
    text: str
    answer: bool = False
    choice: tuple[str, bool] | None = None


@dataclass
class Form:
    key: str
    group: str
    format: str
    title: str
    blocks: list[tuple[str, Any]] = field(default_factory=list)
    truth: list[dict[str, Any]] = field(default_factory=list)


class Hand:
    """Somebody who fills in a form; what is written is added to the truth."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.who, self.hand = spec["who"], spec["hand"]
        self.truth: dict[int, dict[str, Any]] = {}

    def write(self, code: str) -> str:
        code = code.strip()
        if code.startswith("'"):
            return code[1:].strip()
        child, _, rest = code.rpartition(".")
        number = int(child or 1)
        fact = facts(self.who + (number - 1) * 3)
        truth = self.truth.setdefault(number, {})
        if not rest:
            return ""
        written = self._code(rest, fact, truth)
        return written.upper() if self.hand == "caps" and "@" not in written else written

    def _code(self, code: str, fact: dict[str, Any], truth: dict[str, Any]) -> str:
        if code == "full":
            truth["surname"], truth["forenames"] = fact["sn"], fact["fn"]
            return f"{fact['fn']} {fact['sn']}"
        if code in ("addr", "addrpc"):
            truth["address"], truth["postcode"] = fact["addr"], fact["pc"]
            return str(fact["addr"]) if code == "addrpc" else fact["addr"].rsplit(", ", 1)[0]
        if re.fullmatch(r"p\d[nrte]", code):
            people = truth.setdefault("parents", {})
            part = {"n": "name", "r": "relationship", "t": "phone", "e": "email"}[code[2]]
            people.setdefault(code[:2], {})[part] = fact[code]
            return str(fact[code])
        name = _CODES[code]
        truth[name] = fact[code]
        if name in _DATES:
            return day(self.hand, fact[code])
        if name == "ground":
            return f"9(1)({fact[code]['letter']})"
        if isinstance(fact[code], bool):
            return "Yes" if fact[code] else "No"
        if name == "sex" and self.hand in ("words", "short", "caps"):
            return {"F": "Female", "M": "Male"}[fact[code]]
        if name == "year_group" and self.hand in ("dots", "weekday"):
            return f"Year {fact[code]}"
        return str(fact[code])


def _pairs(line: str, sep: str) -> list[tuple[str, str]]:
    return [(a.strip(), b.strip()) for a, _, b in (x.partition(" = ") for x in line.split(sep))]


def build(spec: dict[str, Any]) -> Form:
    """Turn a form's lines into blocks of headings, paragraphs and tables of cells."""
    form = Form(spec["id"], spec["id"][0].upper(), spec["as"], spec["title"])
    hand = Hand(spec)
    last = ""
    for line in (x.strip() for x in spec["body"].replace(" = \n", " = '\n").split("\n")):
        mark, rest = (
            (line[:2], line[2:].strip()) if line[:2] == "#|" else (line[:1], line[1:].strip())
        )
        if not mark:
            continue
        if (rows := _rows(mark, rest, hand, last)) is not None:
            same = last == mark or {last, mark} <= {"|", "#|", "@"} or (last, mark) == ("*", "+")
            if same and form.blocks and form.blocks[-1][0] == "table":
                form.blocks[-1][1].extend(rows)
            else:
                form.blocks.append(("table", rows))
        else:
            form.blocks.extend(_words(mark, rest, hand))
        last = mark
    for number in sorted(hand.truth):
        truth = dict(hand.truth[number])
        if "parents" in truth:
            truth["parents"] = list(truth["parents"].values())
        form.truth.append(truth)
    form.truth[0].update(spec.get("truth", {}))
    return form


def _rows(mark: str, rest: str, hand: Hand, last: str) -> list[list[Cell]] | None:
    match mark:
        case "#|":
            return [[Cell(rest)]]
        case "|":
            return [[c for a, b in _pairs(rest, "|") for c in (Cell(a), Cell(hand.write(b), True))]]
        case "^":
            pairs = _pairs(rest, "|")
            return [[Cell(a) for a, _ in pairs], [Cell(hand.write(b), True) for _, b in pairs]]
        case "@":
            return [[Cell(f"{a}\n{hand.write(b)}") for a, b in _pairs(rest, "|")]]
        case "?":
            [(label, code)] = _pairs(rest, "|")
            yes = hand.write(code) == "Yes"
            row = [Cell(label), Cell("✓" if yes else "", True, (label, yes)),
                   Cell("" if yes else "✓", True, (label, not yes))]  # fmt: skip
            return [row] if last == "?" else [[Cell(""), Cell("Yes"), Cell("No")], row]
        case "*":
            return [[Cell(x.strip()) for x in rest.split("|")]]
        case "+":
            return [[Cell(hand.write(x), True) for x in rest.split("|")]]
        case "<":
            head, *others = rest.split("|")
            people = not re.search(r"child", rest, re.I)
            return [[Cell(head.strip())] + [
                Cell(hand.write(x), True) if people else Cell(x.strip()) for x in others]]  # fmt: skip
    return None


def _words(mark: str, rest: str, hand: Hand) -> list[tuple[str, Any]]:
    match mark:
        case "#":
            return [("head", rest)]
        case ":":
            return [("line", "      ".join(f"{a}: {hand.write(b)}" for a, b in _pairs(rest, ";")))]
        case "!" | "%":
            [(label, code)] = _pairs(rest, "|")
            yes = hand.write(code) == "Yes"
            ticks = f"Yes {'☑' if yes else '☐'} No {'☐' if yes else '☑'}"
            return [("line", f"{ticks} {label}" if mark == "!" else f"{label} {ticks}")]
        case "~":
            label, _, code = rest.partition(" = ")
            code, _, options = code.partition(":")
            chosen = hand.write(code)
            ticks = "   ".join(f"{'☒' if x.strip().startswith(chosen[0]) else '☐'} {x.strip()}"
                               for x in options.split("/"))  # fmt: skip
            return [("line", f"{label}: {ticks}")]
    return [("line", rest)]


def forms() -> list[Form]:
    """Return every form of unseen.yaml with its truth."""
    raw = yaml.safe_load((Path(__file__).parent / "unseen.yaml").read_text("utf-8"))
    return [build(spec) for spec in raw]
