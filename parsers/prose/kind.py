"""Which kind of news plain words are: a referral, a removal, an admission, home education, or an update.

An answer on a case, and whatever bears a case's reference, is an update, whatever it tells.

Source: policy 9.4, 9.5, 9.6, 15.2; contract, `readings[].form`.
"""

from __future__ import annotations

import re
from collections.abc import Set

from parsers.prose.references import REFERENCE
from parsers.prose.text import Words
from parsers.reading import FormKind

MISSING = re.compile(
    r"last in\b(?! touch| contact)|\breferrals?(?: please|:)|did(?: not|n['’]t) come in\b|(?:no|without a) school place|(?:out of|not in) (?:school|education)\b(?! (?:today|uniform|on time))|(?:appears?|seems?|believed|thought) to have (?:left|moved|gone|disappeared)|without telling|(?:does|do)(?: not|n['’]t) (?:go to|attend|come to) (?:any )?school|never (?:goe?s?|been|attend\w*) (?:to |in )?school|(?:neither|none|nobody|no one)(?: \w+){0,4} (?:seen|attended|in|heard)\b|no trace\b|not (?:been )?(?:attend\w*|in school|seen|returned|turned up)|(?:hasn['’]t|has not|have not|haven['’]t)(?: been)? (?:attend|in school|seen|return|turned up)|missing (?:from |in )?education|last (?:attended|in school|seen)|"
    r"whereabouts (?:are |is )?(?:un|not )known|(?:stopped|ceased) (?:attending|coming|attend)|no longer attend|absent since|make (?:a|another) (?:\w+ )?referral|refer(?:ring)? (?:\w+ ){0,5}(?:as|to|for|two|three)|\brefer [A-Z]|open a (?:\w+ )?referral|"
    r"never (?:started|arrived|turned up|came|attended)|did(?: not|n['’]t) (?:arrive|start|turn up|come back)|failed to (?:start|arrive|attend|return)|not (?:on|registered at) (?:a |any )?(?:school )?roll|not (?:in|attending) (?:any )?school|disappeared|(?:still|also|is|are) missing|"
    r"(?:cannot|can['’]t|unable to|could not) (?:trace|locate|find|contact)|not been seen|(?:wo|ca)n['’]t (?:be )?(?:return|coming|attend|com|find|trac|reach)\w*|(?:will|are|is) not (?:be )?(?:return|coming back)\w*|not coming back|not (?:been )?in since|no show|unexplained absence",
    re.I,
)  # fmt: skip
_NEWS = frozenset({"found", "returned", "correction", "withdrawn", "status_enquiry"})
_OURS = re.compile(
    r"\b(?:joined|joins|joining|started (?:at|with)|starts with|enroll?ed (?:at|with|in)|admitted (?:to|at)|came to) (?:us|our school)\b|\bwe (?:have |are |will be )?(?:now |just )?(?:admit\w*|enroll?\w*|welcom\w*)|"
    r"\bnew (?:starter|admission|arrival|pupil|joiner|entrant)s?\b|\badmitted to (?:our|the) (?:roll|register|school)\b|\badded to (?:our|the) (?:roll|register)\b",
    re.I,
)  # fmt: skip
_LIST = re.compile(r"\b(?:starters|leavers|joiners|new admissions|admitted the following)\b", re.I)
_THREAD = re.compile(r"^\s*(?:re|aw|fw|fwd)\s*:", re.I)


def kind_of(
    words: Words, subject: str, kinds: Set[str], known: Set[str], children: int, listed: bool
) -> FormKind:
    """Return the kind of reading that an email's words make.

    `kinds` are its signals, `known` the fields told, `listed` whether the children stand one a line.
    """
    told_of = {"date_of_birth", "upn", "year_group"}
    if MISSING.search(words.text):
        told_of |= {"address"}  # a neighbour knows where a child lives, not its birthday
    identified = "surname" in known and bool(known & told_of)
    if MISSING.search(
        words.text
    ):  # "a girl called Maisie at 44 Foundry Street never goes to school"
        identified = identified or {"forenames", "address"} <= known
    if not identified or REFERENCE.search(words.text):
        return "update"
    moves = known & {"off_roll_date", "admission_date"} or (
        "left_school" in kinds and "last_attended" in known
    )
    if children > 1 and listed and (moves or _LIST.search(words.text)):
        return "starters_leavers"
    answer = _THREAD.match(subject) is not None
    if (
        MISSING.search(words.text)
        and not kinds & _NEWS
        and not ("enrolled" in kinds and "admission_date" in known)
        and "home_educated" not in kinds
    ):
        return "cme"
    if answer or kinds & _NEWS:
        return "update"
    if "home_educated" in kinds:
        return "ehe"
    if _OURS.search(words.text):
        return "admission"
    if "left_school" in kinds or "off_roll_date" in known:
        return "removal"
    return "update"
