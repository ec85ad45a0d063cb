"""Needs told in the words of one answer: "CIN, social worker is Debbie Oduya" under "Social care".

What a stranger would get wrong: "none", "no longer CIN" and "was LAC" are no needs.

Source: docs/contract.md, needs and risk; the unseen sets.
"""

from __future__ import annotations

import re
from dataclasses import replace

from parsers.documents.model import Text
from parsers.forms.answers import BOOLEANS, chosen
from parsers.pairs import Answer, Pair
from parsers.vocabulary import Match, Vocabulary
from parsers.words import squash

_ASKS = re.compile(
    r"social (?:care|services)|\bneeds\b|vulnerab|safeguarding|\bstatus\b|involvement|agencies|\bsend?\b|"
    r"additional|\bflags?\b|groups?\b|factors",
    re.I,
)
_WORKER = re.compile(
    r"\b(?:social ?worker|s/?w)\b(?:\s*(?:is|:|=|-|–|name))*\s*((?:(?:mr|mrs|ms|miss|dr)\.? )?[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){1,2})"
)
_DENIED = re.compile(
    r"\b(?:no|not|none|never|was|were|closed|ended|former|previous(?:ly)?|until|refused|n/a)\b",
    re.I,
)


def listed(pair: Pair, words: Vocabulary) -> list[Pair]:
    """Return a pair for each need that an answer names, when every piece of it is one; none otherwise."""
    if pair.answer.marked or (
        pair.match is not None and pair.match.field not in ("outside", "sen_status")
    ):
        return []
    if not _ASKS.search(pair.label):
        return []
    said = squash(chosen(pair.answer).words)
    if not 2 <= len(said) <= 120 or _DENIED.search(said):
        return []
    made: list[Pair] = []
    worker = _WORKER.search(said)
    if worker:
        made.append(_pair(pair, worker[0], Match("social_worker", 0.9, "parts"), worker[1]))
        said = said.replace(worker[0], " ")
    pieces = [p.strip(" .-–") for p in re.split(r"[,;/+&\n]|\band\b", said)]
    known = [(p, words.match(p)) for p in pieces if p]
    if not all(m is not None and m.field in BOOLEANS for _, m in known):
        return []
    made[:0] = [_pair(pair, p, replace(m, sure=min(m.sure, 0.93)), "Yes") for p, m in known if m]
    return made


def _pair(pair: Pair, label: str, match: Match, words: str) -> Pair:
    return replace(pair, label=label, match=match, answer=Answer((Text(words, pair.place),)))
