"""Safeguarding signals: words that must raise an alert at once, read or unread (policy 10.4, 17.2).

Where doubt remains it is raised: a false alarm costs a minute. Only a plain denial ("not subject to a child protection
plan", "CPP: No") and a form's own empty question are left out, or every blank form would cry wolf.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signal:
    """A kind of alert and the words that raised it."""

    kind: str
    words: str


_TERMS: tuple[tuple[str, str], ...] = (
    ("child_protection", r"child(?:ren)? protection (?:plan|register|conference|investigation|enquir\w+|concern\w*)"
     r"|\bCPP?\b(?= ?(?:plan|register|case|:|=|-|yes|y\b))|section 47|s\.? ?47\b|strategy (?:meeting|discussion)|core group"
     r"|on (?:a )?CP plan|subject to (?:a )?CPP?\b"),
    ("missing", r"\b(?:gone|went|reported|been|is|are|still) missing\b(?! education| from education| from (?:the )?form| data)"
     r"|missing person|\brun(?:ning)? away\b|\bran away\b|\babscond\w*|\babduct\w*|\bkidnap\w*"),
    ("police", r"\bpolice\b|\b999\b|\bcrime (?:ref|number)|\bMARAC\b"),
    ("refuge", r"\bwomen'?s refuge\b|\b(?:in|to|at|a) (?:a )?refuge\b|\bfled\b|\bfleeing\b|\bsafe house\b"),
    ("domestic_abuse", r"domestic (?:abuse|violence)|\bDV\b|coercive control|violent (?:partner|father|ex)"),
    ("forced_marriage", r"forced marriage|honou?r[- ]based|being married|to be married (?:off|abroad)|marriage (?:abroad|has been arranged)"),
    ("fgm", r"\bFGM\b|female genital|genital mutilation|\bcut abroad\b|circumcis\w+"),
    ("exploitation", r"\bCSE\b|\bCCE\b|exploit\w*|county lines|groom(?:ed|ing)\b|traffick\w*|modern slavery|gang\b|gang-"),
    ("risk_of_harm", r"(?:at|a) risk of (?:significant |serious |immediate )?harm|significant harm|immediate danger|in danger"
     r"|fear(?:s|ed)? for (?:\w+ ){0,2}(?:safety|life|welfare)|welfare concern|unsafe at home|concern(?:ed|s)? (?:for|about) (?:\w+ ){0,3}(?:safety|welfare|wellbeing)"
     r"|safeguarding concern|life[- ]threatening|\bMASH referral (?:made|submitted)"),
    ("abuse", r"(?<!domestic )\babus(?:e|ed|ive)\b|\bneglect(?:ed|ful)?\b|\bassault\w*|sexual(?:ly)? (?:harm|assault|abus)\w*|\bbruis\w+|\bhit(?:s|ting)? (?:by|him|her|them)\b|physically hurt"),
    ("self_harm", r"self[- ]harm\w*|suicid\w*|overdose|wants? to die|kill (?:him|her|them)sel\w+"),
    ("radicalisation", r"radicali[sz]\w+|\bextremis\w+|\bPrevent referral|travel(?:led|ling)? to (?:syria|join)"),
    ("private_fostering_risk", r"left (?:alone|unattended)|home alone|living alone|no adult|unaccompanied"),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(pattern, re.I)) for kind, pattern in _TERMS)
# Only words that hang on the denial may stand between it and the term: "no answer, at risk of harm" denies nothing.
_DENIED_BEFORE = re.compile(
    r"(?:\bnot?\b|\bnever\b|\bno longer\b|\bwithout\b|\bisn'?t\b|\bhasn'?t\b|\bnor\b|\bdenie[sd]\b|\bnone of\b)"
    r"(?:\s+(?:currently|presently|now|known|previously|ever|been|being|be|to|subject|on|under|in|of|a|an|any|the|open|current|active|"
    r"evidence|concerns?|about|regarding|history|suggestion|suspicion|signs?|indication|reason|believe|believed|thought|considered|"
    r"have|has|had|there|is|are|at|involved|with|for)){0,6}\s*$",
    re.I,
)  # fmt: skip
_DENIED_AFTER = re.compile(
    r"^\W*yes\s*/\s*no\b\W*$|^[^\n.;,]{0,40}?(?:[:?=\-–|\t]|\bstatus\b)\W*(?:☐\s*yes\s*☒\s*no|☐\W*$"
    r"|(?:no|n/?a|none|not (?:applicable|known|aware)|never|false)\b(?=\W*$|\s*[.;|\t]))",
    re.I,
)  # fmt: skip
_QUESTION = re.compile(r"^[^\n]{0,80}\?\s*$|^\s*(?:yes\s*/\s*no|y\s*/\s*n)\b", re.I)
_CONDITION = re.compile(r"^\W*(?:if|where|when)\b(?! possible)", re.I)
# "Please give as much detail as possible about why ..." is what a form says, not what a school tells.
_PROMPT = re.compile(
    r"^\W*(?:please )?(?:(?:give|provide|include|state) (?:as much|full|further|brief|any|details?|(?:the )?reasons?)"
    r"|(?:describe|explain|outline) (?:in|why|how|any|the (?:reasons?|circumstances)|as)\b"
    r"|(?:give|provide) (?:us )?details)",
    re.I,
)
_SOMEBODY = re.compile(
    r"\b(?:he|she|his|her|him|mum|dad|mother|father|aunt|uncle|neighbour|we|i|me|my)\b", re.I
)
_LABEL_WORDS = re.compile(
    r"^(?:\W|\d|_|\b(?:any|is|are|the|this|child|pupil|student|known|details?|current|previous|other|of|on|to|and|or|a|an|if|"
    r"issues?|information|history|social|care|worker|early|help|name|date|contact|agency|agencies|involved|involvement)\b)*$",
    re.I,
)  # fmt: skip
_GUIDANCE = re.compile(
    r"\b(?:if (?:you|the|a|there|at any)|please (?:contact|call|ring|tick|state|give|do not)|should be|must be|refer to|see (?:section|guidance)|in an emergency"
    r"|for example|e\.g\.|this form (?:is|should)|do not use this form|complete(?:d)? (?:if|when|by)|policy|procedures?|guidance)\b",
    re.I,
)  # fmt: skip


def alerts(text: str) -> tuple[Signal, ...]:
    """Return the signals in a text, one of each kind, with the line that raised it."""
    found: dict[str, str] = {}
    # A paragraph of guidance is told apart sentence by sentence: its next one may be a message.
    lines = [
        s for line in text.splitlines() for s in re.split(r"(?<=[.!?])\s+(?=[A-Z])", line[:20_000])
    ]
    for number, line in enumerate(lines):
        if len(line) > 5000:
            line = line[:5000]
        for kind, pattern in _PATTERNS:
            if kind in found:
                continue
            for match in pattern.finditer(line):
                if _answered_no(line[match.end() :], lines[number + 1 : number + 3]):
                    continue
                if not _left_out(line, match.start(), match.end()):
                    found[kind] = _around(line, match.start(), match.end())
                    break
    return tuple(Signal(kind, words) for kind, words in found.items())


def _answered_no(rest: str, following: list[str]) -> bool:
    """A label on a line of its own whose answer, on the next line, is a plain no (a form's cells)."""
    if re.sub(r"^s\b|\([^)]*\)|^[^()]*\)|[\W_]", "", rest):
        return False
    answer = next((f for f in following if f.strip()), "")
    return bool(
        re.match(
            r"\W*(?:no|none|n/?a|not applicable|not known|never|false)(?: (?:known|identified|reported|"
            r"that we know of|at (?:this|the) (?:time|moment|present)|at present|to date|concerns?)){0,3}\W*$",
            answer, re.I,
        )
    )  # fmt: skip


def _left_out(line: str, start: int, end: int) -> bool:
    before, after = line[:start], line[end:]
    sentence = re.split(r"[.;!?]\s", before)[-1]
    twice = len(re.findall(r"\b(?:not?|never|without)\b", sentence, re.I)) > 1  # denies a denial
    if (_DENIED_BEFORE.search(sentence) and not twice) or _DENIED_AFTER.match(after):
        return True
    label = line.strip()
    # A form's own question or label without an answer: no sentence, nothing after it.
    if (
        _QUESTION.match(label[max(0, start - 80) :]) and not _SOMEBODY.search(label)
    ) or _bare_label(label, before, after):
        return True
    if _SOMEBODY.search(line):
        return False
    if _PROMPT.match(line):
        return True
    if _CONDITION.match(line) and _GUIDANCE.search(line):
        return True
    # Guidance speaks of the term in its own clause; "fled to a refuge, please ring" is a message.
    clause = (
        re.split(r"[.;:!?,–]\s| - ", before)[-1]
        + line[start:end]
        + re.split(r"[.;:!?,–]", after)[0]
    )
    return bool(_GUIDANCE.search(clause)) and not _tells(line)


def _bare_label(label: str, before: str, after: str) -> bool:
    """True for a line that only names the thing, as a form's cell does: "Mother in refuge" is a message."""
    if after.strip(" :*?-–|\t_☐()/") or _SOMEBODY.search(label) or _tells(label):
        return False
    return bool(_LABEL_WORDS.match(before))


def _tells(line: str) -> bool:
    """True when a line tells of somebody: a verb of happening, or a person."""
    return bool(
        re.search(
            r"\b(?:he|she|they|his|her|their|mum|dad|mother|father|parent|pupil|child|sibling|family|we|i|aunt|neighbour)s?\b.*"
            r"\b(?:is|was|were|are|has|have|had|been|said|says|told|reported|disclosed|called|moved|fled|believe|fear|think)\b"
            r"|\b(?:informed|attended|called|contacted|reported|disclosed|subject to|made|opened|involved|alleg\w+)\b",
            line, re.I,
        )
    )  # fmt: skip


def _around(line: str, start: int, end: int) -> str:
    """The words that raised it, with a little around them."""
    told = line[max(0, start - 60) : end + 60].strip()
    return " ".join(told.split())
