"""A visit as an Education Welfare Officer tells of it in an email: its day, and what was found.

"Visited 3 March, no answer, neighbour says moved in January" has two dates, and only one is the visit's. "Will visit on
Friday" is no visit; "spoke to the neighbour" has not seen the family. One visit stands in for several: that on which the
family was seen, else the first. The words themselves are always kept beside what was made of them.

Source: policy 10.1; Appendix 3, step 5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from parsers import dates

_LONGEST = 4_000  # characters; an answer to a chase is short
_VISIT = re.compile(
    r"\b(?:(?:home |door ?step |unannounced |joint |second |first |follow[- ]?up )*visit(?:s|ed)?\b|h\.?v\.?\b|"
    r"called (?:round|at|by|in\b|on (?:the )?(?:family|home|house|address|mum|mother|them))|call(?:ed)? at|"
    r"went (?:round|over|there|back|to (?:the|see|their|his|her|\d))|been (?:round|out|to (?:the|see|their|his|her))|"
    r"attended (?:the |at |their |last known )*(?:address|property|home|house|flat)|"
    r"knocked|door ?step|popped (?:round|in|over)|dropped (?:by|in|round)|tried (?:the|their) (?:door|address|house|home|flat)|"
    r"cold[- ]call(?:ed)?|went (?:on|yesterday|today|this|last|again|out to)\b|"
    r"(?:tried|attempted)(?: to)? visit(?:ing)?|^attended\b(?! school))",
    re.I,
)
# Who tells of these was there, whatever they found.
_THERE = re.compile(
    r"\b(?:at (?:the )?(?:address|property|door|house|flat|home address)\b|(?:came|come|comes) to the door|opened (?:the )?door|"
    r"(?:was|were) there (?:on|today|yesterday|again|this)\b|(?:saw|seen|met)\b[^;]{0,60} at (?:home|the (?:house|address|property|flat)))",
    re.I,
)
_TO_COME = re.compile(
    r"\b(?:will|shall|plan|planned|going to|booked|arranged|due|hope|next|tomorrow)\b", re.I
)
# What was not done, or not yet.
_NOT_MADE = re.compile(
    r"\b(?:will|shall|'ll|plan(?:s|ned|ning)?(?: to)?|going to|intend(?:s|ing)?(?: to)?|hop(?:e|ing) to|due to|hav(?:e|ing) to|"
    r"need(?:s)? to|to|aim(?:ing)? to|unable to|not (?:yet )?(?:been )?able to|could(?: not|n'?t)|can(?:not|'?t)|"
    r"did(?: not|n'?t)|ha(?:s|ve|d)(?: not|n'?t)(?: yet)?(?: been)?(?: able to)?|not(?: yet)?(?: been)?|yet to|never|no|next|"
    r"tomorrow|would|should|may|might|please|can you|shall i)\s+(?:\w+ ){0,2}$",
    re.I,
)
_ONLY_PLANNED = re.compile(
    r"^\W*(?:is |was |has been |been )?(?:\w+ )?(?:booked|planned|arranged|scheduled|due|to be made|to follow|needed|required|"
    r"not (?:yet )?(?:made|done|carried|possible|completed)|outstanding|pending|tomorrow|next)\b",
    re.I,
)
_RESULTS: tuple[tuple[str, str], ...] = (
    ("wrong address", r"(?:wrong|incorrect) (?:address|house|property)|(?:address|house number)\b[^.;]{0,30}\b(?:wrong|incorrect|does(?: not|n'?t) exist)|"
     r"no such (?:address|house|number|property|street|flat)|never (?:lived|heard)|(?:not |un)known (?:at|there|here|to)|has never been their|"
     r"(?:does|do|did)(?: not|n'?t) know (?:of )?(?:the |this )?(?:family|them|child|name)|(?:has |have )?lived (?:there|here) (?:for )?\w+ years"),
    ("moved", r"\b(?:moved|relocated)\b|\bgone (?:away|back|abroad|to live)|no longer (?:live|lives|living|there|at|resid)|(?:do|does)(?: not|n'?t) live (?:there|here)|"
     r"new (?:tenants?|occupants?|occupiers?|owners?|people|family)|(?:family|they|mum|mother|parents) (?:have |has |had )?(?:all )?left\b|vacated|moved[- ]out|cleared out|different family|(?:has|have|had) gone\b|"
     r"neighbours?\b[^.]{0,50}\b(?:went|left)\b|(?:flew|flown) (?:back )?to"),
    ("address empty", r"\b(?:empty|vacant|unoccupied|abandoned|boarded[- ]up|derelict|demolished)\b|no (?:furniture|curtains|sign of (?:life|anyone|anybody|occup\w+))|"
     r"\bto let\b|for sale (?:sign|board)|nobody living there|no one living there"),
    ("refused", r"\brefus\w+|would(?: not|n'?t) (?:open|speak|let|engage|talk|come|answer|say|give)|\bdeclin\w+|(?:shut|closed|slammed) the door|"
     r"not (?:let|allowed) (?:me |us )?in|turned (?:me|us) away|told (?:me|us) to (?:go|leave)|will not engage"),
    ("seen", r"(?<!not )(?<!n't )\b(?:saw|seen|met)\b(?! by (?:the )?neighbour)|spoke(?:n)? (?:to|with) (?!(?:the |a |an |his |her |their |next[- ]door |two |several )*(?:neighbours?|landlord|housing|school|concierge|agent|caretaker|police))|"
     r"let (?:me|us) in|(?:mum|mother|dad|father|parents?|family|grand\w+|child(?:ren)?|he|she|they|both|all)\b[^.;,]{0,30}\b(?:was|were|is|are) (?:all |both )?(?:in|home|at home|there|present|well|fine|safe)\b|"
     r"safe and well|opened the door|answered by (?!(?:a |the )?neighbour)|child(?:ren)? present|family (?:in|home|at home)\b|"
     r"(?:mum|mother|dad|father|parents?|grand\w+|aunt\w*|uncle|brother|sister|sibling|girl|boy|child) (?:\(\d+\) |\w+ )?(?:says?|said|told|confirm\w*|answered|explain\w*|report\w*)\b"),
    ("no answer", r"\bno[- ]?(?:answer|reply|response|one|body|joy|contact|access|luck)\b|\bnobody\b|\bnil (?:response|answer|reply)|not (?:in|at home|home|there|available)\b|"
     r"unanswered|did(?: not|n'?t) (?:answer|respond|come to the door)|(?:card|note|letter) (?:was )?left|left (?:a |my )?(?:\w+ )?(?:card|note|letter)|\bN\.?R\b|(?:were|was|all) out\b|"
     r"without (?:an )?(?:answer|reply|response|success)|unsuccessful|could(?: not|n'?t) (?:raise|get|gain)|\bnegative\b"),
)  # fmt: skip
_COMPILED = tuple((name, re.compile(pattern, re.I)) for name, pattern in _RESULTS)
_NOT_SEEN = re.compile(
    r"\b(?:not|n'?t|nobody|no[- ]?one|never|without|nothing|neither|nor)\b[^.;,]{0,25}$"
    r"|neighbours?\b[^.;,]{0,30}$|\blast $|when (?:\w+ ){0,3}$", re.I)  # fmt: skip
# Dates behind these are of something else.
_OTHER_DATE = re.compile(
    r"\b(?:moved|left(?! (?:a|my) )|leaving|gone|since|until|till|born|d\.?o\.?b\.?|appointment|booked|next|due|from|back (?:in|on)|return\w*|"
    r"last (?:seen|attended|in school)|your (?:e?mail|letter|message)(?: of| dated)?|planned(?: for)?|arranged(?: for)?|again on|"
    r"meeting|flew|flying|tenancy|started?)\b[^.;\d]{0,24}$",
    re.I,
)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_RELATIVE = re.compile(
    r"\b(?P<today>today|this (?:morning|afternoon|evening)|just now|earlier)\b|\b(?P<yesterday>yesterday|last night)\b"
    r"|\b(?P<ago>\d|one|two|three|four|five|six) days? ago\b"
    r"|\b(?P<last>last )?(?P<name>mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur|urs)?(?:day)?s?\b",
    re.I,
)
_SHORT = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])")
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_ELSEWHERE = {"wrong address", "moved", "address empty", "refused"}


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit that was made: its day if it is told, what was found ("" if that is not told), and the words."""

    on: date | None
    results: tuple[str, ...]
    words: str

    @property
    def event(self) -> str:
        """The event that it is: whoever opened the door, a refusal or news of a move has not shown the child."""
        if "seen" in self.results and not set(self.results) & _ELSEWHERE:
            return "home_visit"
        return "home_visit_failed" if self.results else "home_visit"


def visit(text: str, on: date) -> Visit | None:
    """Return the visit that an email of the day `on` tells of, or None when it tells of none."""
    made = [p for p in _pieces(text[:_LONGEST]) if p]
    told = [i for i, piece in enumerate(made) if _is_made(piece, on)]
    if not told:
        return None
    words = " ".join(made[told[0] :])
    results = tuple(name for name, pattern in _COMPILED if _holds(name, pattern, words))
    days = [(i, day) for i in told if (day := _day(made[i], on))]
    seen = dict(_COMPILED)["seen"]
    on_seen = [day for i, day in days if _holds("seen", seen, made[i])]
    day = next(iter(on_seen or [day for _, day in days]), None)
    return Visit(day, results, words[:500])


def _pieces(text: str) -> list[str]:
    """Sentences, and halves of one that goes on to another visit."""
    flat = re.sub(r"[ \t]+", " ", text)
    flat = re.sub(r"\b(\d{1,2})\.(\d{1,2})\.(\d{2,4})\b", r"\1/\2/\3", flat)
    flat = re.sub(
        r"\b(\d{1,2})[.:](\d\d) ?(?:am|pm|hrs?)\b", "", flat, flags=re.I
    )  # an hour is no date
    parts = re.split(
        r"(?<=[.;!?])(?<!\b[A-Z]\.)\s+|\n+|,? (?:and|then|but) (?=(?:I )?(?:went back|again|returned|called again))",
        flat,
    )
    return [part.strip() for part in parts]


def _is_made(piece: str, on: date) -> bool:
    if _THERE.search(piece) and not _TO_COME.search(piece):
        return True
    for match in _VISIT.finditer(piece):
        before, after = piece[: match.start()], piece[match.end() :]
        tried = re.match(r"(?:tried|attempted)", match[0], re.I)
        if (_NOT_MADE.search(before[-60:]) and not tried) or _ONLY_PLANNED.match(after):
            continue
        if piece.rstrip().endswith("?"):
            continue
        days = [d.day for d in dates.find(piece, on=on, no_year=True)]
        if days and min(days) > on:
            continue
        return True
    return False


def _holds(name: str, pattern: re.Pattern[str], words: str) -> bool:
    for match in pattern.finditer(words):
        if name != "seen" or not _NOT_SEEN.search(
            words[max(0, match.start() - 40) : match.start()]
        ):
            return True
    return False


def _day(piece: str, on: date) -> date | None:
    for found in dates.find(piece, on=on, no_year=True):
        at = piece.find(found.raw)
        if found.day <= on and not _OTHER_DATE.search(piece[max(0, at - 40) : at]):
            return found.day
    for match in _SHORT.finditer(piece):
        told = _nearest(int(match[1]), int(match[2]), on)
        if told and not _OTHER_DATE.search(piece[max(0, match.start() - 40) : match.start()]):
            return told
    if only := re.search(r"\bthe (\d{1,2})(?:st|nd|rd|th)\b", piece):
        months = (on, on.replace(day=1) - timedelta(days=1))
        known = [_nearest(int(only[1]), month.month, on) for month in months]
        return max((d for d in known if d), default=None)
    for match in _RELATIVE.finditer(piece):
        if not _OTHER_DATE.search(piece[max(0, match.start() - 40) : match.start()]):
            return _relative(match, on)
    return None


def _nearest(day: int, month: int, on: date) -> date | None:
    """Return the last such day of a year, not after `on`."""
    for year in (on.year, on.year - 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= on:
            return found
    return None


def _relative(match: re.Match[str], on: date) -> date:
    if match["today"]:
        return on
    if match["yesterday"]:
        return on - timedelta(days=1)
    if match["ago"]:
        told = match["ago"].lower()
        return on - timedelta(days=_NUMBERS.get(told) or int(told))
    wanted = next(i for i, day in enumerate(_DAYS) if day.startswith(match["name"].lower()))
    back = (on.weekday() - wanted) % 7
    return on - timedelta(days=back or (7 if match["last"] else 0))
