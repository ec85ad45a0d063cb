"""What a school or an officer did to find the child, in running words: rang, wrote, called round, asked.

What a stranger would get wrong: "mum rang us" is no enquiry of the school's, nor is "we rang you"; "we will
visit" has not been done; one sentence often tells of three ("phoned on the 3rd, wrote on the 4th and visited").

Source: policy 9.8 (reasonable enquiries) and 10.1 (visits); docs/contract.md, `enquiries`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from parsers import dates
from parsers.forms.enquiries import BY, made
from parsers.prose.names import RELATION
from parsers.prose.text import Sentence
from parsers.prose.when import dated_in
from parsers.words import squash

_ASKED = r"\b(?:ask(?:ed|ing)?|contact(?:ed|ing)?|check(?:s|ed|ing)?|spoke(?:n)?|speaking|rang|rung|phoned|called|e-?mailed|wrote|written|enquir\w+|inform(?:ed|ing)|told|confirm\w*|liais\w+|tried|notified|says?|said)\b"
_ACTIONS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (action, re.compile(pattern, re.I))
    for action, pattern in (
        ("home_visit", r"\bhome visits?\b|\bvisit(?:ed|s)\b|\bvisiting (?:the )?(?:home|house|address|family)|\b(?:called|went|been|drove|popped) (?:round\b|(?:to|at) the (?:house|home|flat|property|address)\b)|\bdoor ?knock|\bknocked\b"),
        ("letter", r"\bletters? (?!received)(?:\w+ ){0,3}?(?:sent|posted|delivered|hand|home|to\b|\d)|\b(?:sent|posted|delivered|left) (?:\w+ ){0,4}?letters?\b|\bwrote\b|\bwritten\b(?! (?:off|notice|notification|confirmation))|^\W*letters?\b(?! (?:received|from|attached|enclosed|of))"),
        ("email", r"\be-?mailed\b|\b(?:sent|sending) (?:\w+ ){0,3}?e-?mails?\b|\be-?mails? (?:\w+ ){0,2}?(?:sent|to)\b|\be-?mailing\b"),
        ("phone", r"\b(?:tele)?phoned\b|\brang\b|\brung\b|\bringing\b|(?<!our )(?<!your )\b(?:phone|telephone|daily|first day|welfare) calls?\b|\bcalls? (?:\w+ )?(?:to\b|daily|made|every|home|on\b|\d)|\b(?:we|i|have|has|also|and|staff|office|['’]ve) (?:\w+ly |also |then |again )?call(?:ed|ing)\b(?! (?:round|at|in|for))|^\W*called\b(?! (?:round|at|in|for))|\btried calling\b|\btext(?:ed|s)\b|\bleft (?:\w+ ){0,3}?(?:voicemails?|messages?)\b|\bphoning\b"),
        ("emergency_contacts", rf"(?:{_ASKED}|\btried\b)[^.;]{{0,50}}\bemergency contacts?\b|\bemergency contacts?\b[^.;]{{0,40}}{_ASKED}"),
        ("siblings_schools", rf"{_ASKED}[^.;]{{0,40}}\b(?:sibling|brother|sister)s?['’]?s? (?:\w+ )?(?:school|nursery|college)|\b(?:sibling|brother|sister)s?['’]?s? (?:\w+ )?(?:school|nursery|college)[^.;]{{0,50}}{_ASKED}"),
        ("social_care", rf"{_ASKED}[^.;]{{0,40}}\b(?:social care|social services|children['’]?s services|MASH)\b"),
        ("admissions", rf"{_ASKED}[^.;]{{0,40}}\badmissions\b"),
        ("other_agencies", rf"{_ASKED}[^.;]{{0,40}}\b(?:police|the gp|gp surgery|health visitor|school nurse|landlord|letting agents?|housing|council tax|border force|dwp|hmrc)\b"),
        ("social_media", r"\b(?:facebook|instagram|tiktok|snapchat|social media)\b"),
    )
)  # fmt: skip
# One sentence, several efforts: where the next one begins.
_NEXT = re.compile(
    r"\s*;\s*|,?\s+(?:and|then|&)\s+(?=(?:we |i |have |has |also |then |again )*(?:wrote|written|visit|rang|rung|phoned|telephoned|e-?mailed|sent|posted|called|tried|spoke|asked|contacted|checked|went|texted|left a|a letter|letter|home visit|knocked))"
    r"|,\s+(?=(?:we |i |have |also )*(?:wrote|written|visited|rang|phoned|e-?mailed|sent|posted|texted|home visit|letters?)\b)",
    re.I,
)
_NOT_YET = re.compile(
    r"\b(?:will|shall|going to|plan(?:s|ning)?|intend\w*|hope to|want to|can you|could you|can we|should (?:we|i)|would you|please|need to|ought to|let me know|asked (?:me|us) to|agreed to|due to|if|about to|trying to arrange|booked)\b",
    re.I,
)
_NOT_DONE = re.compile(
    r"(?:n['’]t|\bnot|\bnever|\bunable to|\bcannot|\byet to|\bwithout|\bno)(?: (?:been|yet|be|able to|have|made|any|a|further)){0,3} ?$",
    re.I,
)
_THEIRS = re.compile(
    rf"\b(?:he|she|they|(?:{RELATION})s?|parents?|family|neighbours?|landlord|who|police|somebody|someone|another (?:parent|pupil)|friend)(?: \w+)?(?: ?\([^()]*\))? (?:has |have |had |also |just |then )*$",
    re.I,
)
_TO_YOU = re.compile(
    r"^(?: to| with)? (?:you|your|yourselves|cme|the (?:council|la|cme|team))\b", re.I
)
_AND_AGAIN = re.compile(
    r"(?:[\s,;&/()]|\band\b|\bagain\b|\bthen\b|\balso\b|\bon\b|\bthe\b|\bat \d{1,2}(?:[.:]\d\d)? ?(?:am|pm)?)*",
    re.I,
)
_REPLY = re.compile(
    r"(?:but )?(?:there (?:was|is|has been) )?(?:no (?:answer|reply|response|one|contact)|nobody|none|neither|went to voicemail|straight to voicemail|number)\b",
    re.I,
)
# That social care was asked says more than that it was asked by telephone.
_WHO_WAS_ASKED = (
    "siblings_schools",
    "social_care",
    "admissions",
    "other_agencies",
    "emergency_contacts",
)
_IN_ORDER = sorted(_ACTIONS, key=lambda a: a[0] not in _WHO_WAS_ASKED)


@dataclass(frozen=True, slots=True)
class Effort:
    """One enquiry as the contract lists it, with the sentence that told it."""

    entry: dict[str, Any]
    sentence: Sentence


def efforts(sentences: list[Sentence], on: date) -> Iterator[Effort]:
    """Yield what was done to find the child, in the order told; `outcome` holds the words that told it."""
    for number, sentence in enumerate(sentences):
        following = sentences[number + 1].text if number + 1 < len(sentences) else ""
        found = [(action, clause) for clause in _clauses(sentence.text) for action in _done(clause)]
        for action, clause in found:
            words = clause if len(found) > 1 else sentence.text
            if found[-1] == (action, clause) and _REPLY.match(following):
                words = f"{words.rstrip('. ')}. {following}"
            for entry in _entries(action, clause, words, on):
                yield Effort(entry, sentence)


def _clauses(text: str) -> list[str]:
    if text.rstrip().endswith("?"):
        return []
    pieces: list[str] = []
    at = 0
    for match in _NEXT.finditer(text):
        pieces.append(text[at : match.start()])
        at = match.end()
    return [p for p in (*pieces, text[at:]) if p.strip()]


def _done(clause: str) -> list[str]:
    """Return the actions that a clause tells of as done by the sender's side: one, or none."""
    for action, pattern in _IN_ORDER:
        for match in pattern.finditer(clause):
            before, after = clause[: match.start()], clause[match.end() :]
            if _NOT_YET.search(before) or _NOT_DONE.search(before) or _TO_YOU.match(after):
                continue
            if action != "siblings_schools" and _THEIRS.search(before):
                continue
            return [action]
    return []


def _entries(action: str, clause: str, words: str, on: date) -> list[dict[str, Any]]:
    """Return an enquiry for each day told: "visited on 5 Nov and again 13 Nov" are two visits."""
    told = _days(clause, on)
    by = BY.search(clause)
    outcome = squash(words).strip(" -–•*").rstrip(".")
    days = tuple(told if action == "home_visit" else told[:1])
    return [
        made(action, True, day.isoformat() if day else None, by[1] if by else None, outcome)
        for day in (days or (None,))
    ]


def _days(clause: str, on: date) -> list[date]:
    """Return the days told together, "5 Nov and again 13 Nov"; a birthday and other people's days are none of them."""
    found = dates.find(clause, on=on, no_year=True, past=True)
    told: list[date] = []
    until = 0
    for dated in found:
        at = clause.find(dated.raw, until)
        if told and not _AND_AGAIN.fullmatch(clause[until:at]):
            break
        if (on - dated.day).days < 730:
            told.append(dated.day)
        until = at + len(dated.raw)
    return told or [d[3] for d in dated_in(clause, on) if d[3] <= on][:1]
