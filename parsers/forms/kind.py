"""Which kind of form this is: by what it asks and says, its title being one witness of several.

Councils put the same title on different forms and different titles on the same one ("Appendix
1", "NCME1"), and schools rename files; so titles and telling questions are weighed together.

Source: policy 9.4, 9.6, 9.8, 10.4, 15.2; parsers/vocabulary.yaml `kinds`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from parsers.reading import FormKind
from parsers.vocabulary import Vocabulary

_NOT_PLAIN = re.compile(r"[^a-z0-9]+")


def decide(
    text: str, headings: list[str], asked: set[str], answered: set[str], children: int,
    enquiry_rows: int, vocabulary: Vocabulary, ground: str | None = None,
) -> FormKind:  # fmt: skip
    """Return the kind with the most evidence, "cme" when a child is referred and nothing tells more."""
    if {"off_roll_date", "last_attended", "ground"} & answered and children < 2:
        # who leaves may be said to start elsewhere, or to have started long ago
        asked, answered = asked - {"admission_date"}, answered - {"admission_date"}
    top = _plain(text[: 500 if children < 2 else 200])  # a list's rows are no title
    heads = _plain(" . ".join(headings))
    whole = _plain(text[:6000])
    scores: dict[str, float] = {}
    titled = False
    for kind, evidence in vocabulary.kinds.items():
        scores[kind] = _titles(evidence, top, heads, whole)
        titled = titled or scores[kind] >= 8
        for name, weight in evidence["fields"].items():
            scores[kind] += weight * (1.0 if name in answered else 0.4 if name in asked else 0.0)
    if children > 1 and {"joining_or_leaving", "movement_date"} & asked:
        scores["starters_leavers"] += 6
    if children > 2 and {"off_roll_date", "admission_date"} & answered and "ground" not in asked:
        scores["starters_leavers"] += 5
    if children > 1 and re.search(r"\b(?:leavers|starters|joiners|admissions)\b", top):
        scores["starters_leavers"] += 6
    told = _told(headings[:1] or text.split("\n", 1)[:1], children)
    if children > 1 and not (titled or told) and {"off_roll_date", "admission_date"} & answered:
        scores["starters_leavers"] += 8  # an export with no title: each row says who came or went
    if (
        children > 1
        and re.search(r"\bleav|\bleft\b|\bgone\b", heads)
        and re.search(r"\bjoin|\badmit|\bstart|\barriv", heads)
    ):
        scores["starters_leavers"] += 8
    if enquiry_rows >= 3:
        scores["checklist"] += 2
    if enquiry_rows >= 3 and not {"last_attended", "reason", "narrative"} & asked:
        scores["checklist"] += 2
    if ground and "home education" in ground and children < 2:
        scores["ehe"] += 5
    if max(scores.values()) < 8:  # no title that is known
        for kind, weight in told:
            scores[kind] += weight
    if (
        not {"ground", "off_roll_date", "last_attended", "reason"} & answered
        and "admission_date" in answered
    ):
        scores["admission"] += 2
    best = max(scores, key=lambda kind: scores[kind])
    return best if scores[best] >= 2 else "cme"  # type: ignore[return-value]


_TELLING: tuple[tuple[str, float, str], ...] = (
    (
        "ewo_notification",
        6,
        r"\bncme|\b(?:by|from) (?:the |an )?(?:ewo|ews|education welfare \w+)\b|\b(?:ewo|ews) (?:internal|notification|report|record)",
    ),
    ("ehe", 7, r"home.?educat|electively|educated? (?:at home|otherwise)|\behe\b"),
    (
        "removal",
        5,
        r"\bleav(?:er|ing)|off.?roll|\bremov|\bdelet|de-?regist|(?:taken|taking|struck) (?:off|out of)",
    ),
    ("admission", 5, r"\badmission|\badmitted|\bnew pupil|\bstarter|\bjoiner|\benrol"),
    ("checklist", 5, r"\battempts to|\benquir|\bcheck.?list|\bchecks\b"),
    ("cme", 4, r"\bmissing|\btrac(?:e|ing)\b|whereabouts|not in school|disappear|\bcme\b"),
)


def _told(lines: list[str], children: int) -> list[tuple[str, float]]:
    """Return what the words of a title tell, where the title is none of those known."""
    title = " ".join(x for x in lines if len(x) < 110 and not re.search(r"[.,;\t|]|\.\s*$", x))
    found = [(kind, weight) for kind, weight, words in _TELLING if re.search(words, title, re.I)]
    many = children > 1 and {"removal", "admission"} <= {kind for kind, _ in found}
    return [*found, ("starters_leavers", 8.0)] if many else found


def _titles(evidence: Mapping[str, object], top: str, heads: str, whole: str) -> float:
    titles = _padded(tuple(evidence["title"]))  # type: ignore[arg-type]
    score = 0.0
    if shown := [t for t in titles if t in top]:
        longest = max(shown, key=len)
        score += (
            8
            + 0.5 * len(longest.split())
            + (
                4
                if "ncme1" in heads.replace("ncme 1", "ncme1") + " ".join(shown)
                and any("ncme" in str(t) for t in titles)
                else 0
            )
        )
        score += max(0.0, 3 - min(map(top.find, shown)) / 60)
    elif any(t in heads for t in titles):
        score += 3
    elif any(t in whole for t in titles):
        score += 0.5
    return score


@lru_cache(maxsize=64)
def _padded(titles: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(_plain(str(t)) for t in titles)


def _plain(text: str) -> str:
    """Return the plain words of a text, a space before and after each."""
    return " " + _NOT_PLAIN.sub(" ", text.casefold()).strip() + " "
