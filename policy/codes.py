"""Codes: the policy's own lists (Appendix 4), each namespaced, with DfE's reasons and durations beside.

EHE, IND, OLA and WLA stand in both the source and the outcome list and mean different things there, so a code is nothing without
its list. A bare letter of a ground for deletion is ambiguous: "(d)" is home education under the 2006 regulations and a
school attendance order under those of 2024.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

LISTS = ("referral_reason", "referral_source", "outcome", "ctf_destination", "dfe_reason")
_LONG_LISTS = ("ctf_destination", "dfe_reason")
_SHORT, _LONG = 5, 40


@dataclass(frozen=True, slots=True)
class Code:
    """One code of one list, and from when until when it may be used (None: always)."""

    list: str
    code: str
    meaning: str
    valid_from: date | None = None
    valid_until: date | None = None

    def valid_on(self, day: date) -> bool:
        """Return True when the code may be used on that day."""
        return (self.valid_from is None or day >= self.valid_from) and (
            self.valid_until is None or day <= self.valid_until
        )


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground for deletion: what it means, and its letter under each set of regulations."""

    meaning: str
    letter_2006: str | None
    letter_2024: str | None
    number_2016: int | None


GROUNDS: tuple[Ground, ...] = (
    Ground("School attendance order: another school was substituted", "a", "d", 1),
    Ground("School attendance order: revoked", "a", "e", 1),
    Ground("Registered at another school", "b", "a", 2),
    Ground("Dual registration ended by consent", "c", "c", 3),
    Ground("Educated otherwise than at school, on the parent's written notice", "d", "f", 4),
    Ground("No longer lives a reasonable distance away", "e", "g", 5),
    Ground("Did not return within ten school days after leave; whereabouts unknown", "f", "h", 6),
    Ground("Medically unfit to attend before the end of compulsory school age", "g", None, 7),
    Ground("Continuously absent for twenty school days; whereabouts unknown", "h", "i", 8),
    Ground("Detained under a sentence", "i", "j", 9),
    Ground("Died", "j", "k", 10),
    Ground("Over compulsory school age", "k", "l", 11),
    Ground("Ceased to be a pupil of an independent or non-maintained school", "l", "n", 12),
    Ground("Permanently excluded", "m", "o", 13),
    Ground("Nursery pupil not continuing", "n", "b", 14),
    Ground("Boarding fees unpaid", "o", "m", 15),
)


def ground(scheme: str, letter: str) -> Ground | None:
    """Return the ground that a letter means under "2006" or "2024", or a DfE number of 2016 under "local"."""
    told = letter.strip("() .").lower()
    for g in GROUNDS:
        if (scheme == "2006" and g.letter_2006 == told) or (
            scheme == "2024" and g.letter_2024 == told
        ):
            return g
        if scheme == "local" and told.isdigit() and g.number_2016 == int(told):
            return g
    return None


class CodesRefused(ValueError):
    """The `codes` section cannot be used; `problems` has a line for each fault, with its place."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


def codes_from(told: object) -> tuple[Code, ...]:
    """Return the codes of config.yaml's `codes` section.

    Raises:
        CodesRefused: with every list and code that cannot be used and why.
    """
    if not isinstance(told, Mapping):
        raise CodesRefused(["is missing, or is no mapping of lists"])
    problems = [f"{name}: there is no such list" for name in told if name not in LISTS]
    found: list[Code] = []
    for name in LISTS:
        table = told.get(name)
        if not isinstance(table, Mapping) or not table:
            problems.append(f"{name}: is missing; write a list of codes, each with its meaning")
            continue
        for code, value in table.items():
            made = _code(name, code, value)
            if isinstance(made, Code):
                found.append(made)
            else:
                problems.append(f"{name}.{code}: {made}")
    if problems:
        raise CodesRefused(problems)
    return tuple(found)


def _code(name: str, code: object, value: object) -> Code | str:
    """Return a code, or why there is none."""
    # YAML reads NO, ON and 0123 as false, true and 83.
    if not isinstance(code, str):
        return "put the code in quotation marks"
    if not re.fullmatch(r"[A-Z0-9_]+", code):
        return "a code is capital letters and figures"
    if len(code) > (_LONG if name in _LONG_LISTS else _SHORT):
        return "the code is too long"
    if isinstance(value, str):
        value = {"meaning": value}
    if not isinstance(value, Mapping) or not isinstance(value.get("meaning"), str):
        return "needs a meaning, in words"
    if not value["meaning"].strip():
        return "needs a meaning, in words"
    if extra := sorted(set(map(str, value)) - {"meaning", "from", "until"}):
        return f"{extra[0]}: there is no such setting"
    days = value.get("from"), value.get("until")
    for key, day in zip(("from", "until"), days, strict=True):
        if day is not None and type(day) is not date:
            return f"{key}: is no date; write it like 2027-03-01"
    if days[0] and days[1] and days[1] < days[0]:
        return "until: is before from"
    return Code(name, code, value["meaning"], *days)


def meaning(codes: tuple[Code, ...], list_name: str, code: str) -> str:
    """Return what a code means in its list, the code itself when it is unknown."""
    return next((c.meaning for c in codes if (c.list, c.code) == (list_name, code)), code)
