"""What the school did to find the child: check lists, grids of visits, and lines of words.

Rows that nobody filled in are not enquiries: a printed check list with an empty row says nothing.

Source: policy 9.8 and 10.1; docs/contract.md, `enquiries`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from parsers import dates, fields
from parsers.fields import Got
from parsers.forms.answers import chosen
from parsers.pairs import Answer, Enquiry
from parsers.vocabulary import Vocabulary
from parsers.words import is_no_value, squash

BY = re.compile(
    r"\bby\s+((?:(?:Mr|Mrs|Ms|Miss|Dr)\.?\s)?(?:[A-Z]\.?\s)?[A-Z][\w'-]+(?:\s[A-Z][\w'-]+)?)"
)

_UNDONE = re.compile(
    r"\bnot (?:yet )?(?:been )?(?:done|made|sent|carried out|completed|attempted|undertaken|tried|required|needed)\b"
    r"|\bto be (?:done|made|sent|arranged|completed|carried out)\b|^\W*(?:still )?(?:planned|outstanding|to do)\b",
    re.I,
)


def from_grid(row: Enquiry, vocabulary: Vocabulary, on: date) -> dict[str, Any] | None:
    """Return a grid's row as an enquiry, or None when nobody filled it in."""
    words = {name: chosen(answer) for name, answer in row.columns.items()}
    label = squash(words["action"].words) if "action" in words else ""
    rest = {
        k: v.words for k, v in words.items() if k not in ("action", "visit", "time") and v.words
    }
    if not rest:
        return None
    by_heading = re.search(r"visit", row.heading, re.I) or "address" in words or "spoke" in words
    action = vocabulary.action(label) if label else None
    if action is None:
        action = "home_visit" if by_heading else "other"
    day = day_in(rest.get("date", ""), on)
    done = _done(words.get("done"), rest, day)
    outcome = "; ".join(
        squash(rest[k])
        for k in ("outcome", "spoke", "address")
        if k in rest and not is_no_value(rest[k])
    )
    if action == "other" and label:
        outcome = f"{label}: {outcome}" if outcome else label
    by = rest.get("by", "")
    return made(action, done, day, squash(by) or None, outcome or None)


def from_pair(
    label: str, answer: Answer, vocabulary: Vocabulary, on: date
) -> dict[str, Any] | None:
    """Return one question about an enquiry with its answer, or None when it is not answered."""
    picked = chosen(answer)
    action = vocabulary.action(label)
    if action is None or not picked.words:
        return None
    text = squash(picked.words)
    said = re.match(r"\W*(?:yes|no|y|n)\s*(?:$|[-–—,.;:(/]|\d|on\b|by\b)", text, re.I)
    got = fields.yes_no(text) if said or len(text) < 5 else "words"
    day = day_in(text, on) or day_in(label, on)
    done = got.value if isinstance(got, Got) else _UNDONE.search(text) is None
    rest = re.sub(r"^\W*(?:yes|no|y|n)\b[\s,.:;–-]*", "", text, flags=re.I) if said else text
    if day is not None:
        found = dates.find(rest, on=on)
        rest = squash(rest.replace(found[0].raw, "")) if found else rest
    by = BY.search(rest)
    rest = rest.replace(by[0], "") if by else rest
    return made(action, done, day, by[1] if by else None, rest.strip(" ,;:.-–") or None)


def from_words(text: str, vocabulary: Vocabulary, on: date) -> list[dict[str, Any]]:
    """Return the enquiries that lines of running words tell of."""
    found = []
    for line in re.split(r"\n|;|(?<=[a-z)])\.\s+(?=[A-Z\d])", text):
        action = vocabulary.action(line)
        if action is None or action == "other" or len(line) > 400:
            continue
        days = dates.find(line, on=on, no_year=True, past=True)
        by = BY.search(line)
        found.append(made(action, _UNDONE.search(line) is None, days[0].day.isoformat() if days else None,
                           by[1] if by else None, squash(line)))  # fmt: skip
    return found


def made(
    action: str, done: bool | None, day: str | None, by: str | None, outcome: str | None
) -> dict[str, Any]:
    return {"action": action, "done": done, "date": day, "by": by, "outcome": outcome}


def day_in(text: str, on: date) -> str | None:
    found = dates.find(text, on=on, no_year=True, past=True)
    return found[0].day.isoformat() if found else None


def _done(picked: Any, rest: dict[str, str], day: str | None) -> bool | None:
    if picked is not None and picked.words:
        got = fields.yes_no(picked.words)
        if isinstance(got, Got):
            return bool(got.value)
    if picked is not None and picked.why == "not ticked" and day is None:
        return False
    if _UNDONE.search(rest.get("outcome", "")):
        return False
    if day is not None:
        return True
    return (
        True
        if rest.get("outcome")
        and not re.match(r"\W*(?:no|not)\b.*(?:done|made|tried|attempted)", rest["outcome"], re.I)
        else None
    )
