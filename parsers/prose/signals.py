"""What the words say happened: found, enrolled, returned, abroad, a correction, a worry.

A stranger would take "has not returned to school" for a return and "if he is found" for a finding;
so every signal is looked at with what stands before it. A covering note says nothing of its own but a risk.

Source: policy 9.5 (updates by email), 10.1 (visits), 17.2 (risk).
"""

from __future__ import annotations

import re
from collections.abc import Collection

from parsers import countries
from parsers.prose.denial import denied, doubted
from parsers.prose.subjects import not_so, of_another
from parsers.prose.text import Sentence, Words
from parsers.prose.where import WISHED
from parsers.reading import Signal

_SIGNALS: tuple[tuple[str, str], ...] = (
    ("found", r"^\W*found\b(?=[,.;:]| (?:and|at|in|living|safe|with|by))|(?:has|have|was|been|now)\s+(?:now\s+|been\s+)*(?:found|located|traced)|whereabouts (?:are |is )?(?:now )?(?:known|confirmed|established)|"
              r"(?:safe|alive|fit) and well|turned up|made contact|we have (?:found|located|traced)|resident (?:in|at)\b|(?:was|were|been) located\b|(?<!last )\bseen (?=by|at\b|in\b|outside|near|with|today|yesterday|on\b|and (?:is|was|are|were|well|fine|safe))|"
              r"\b(?:saw|met) (?:him|her|them|both|the (?:child|boy|girl|family)|(?-i:[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?)) (?=outside|at|in|on|near|with|today|yesterday|this|playing|walking)|\bsighting|\bspotted (?:him|her|them|by|in|at|on|outside|(?-i:[A-Z]))|(?:he|she|they)(?:['’]s| is|['’]re| are) (?:all |both |absolutely )?(?:safe|fine|ok|okay|well)\b"),
    ("enrolled", r"(?:enroll?ed|on roll|registered|admitted|accepted|joined|started|starting|begun|start(?:s|ed)?|place(?:d)?|attending|transferred) (?:\w+ ){0,3}?(?:at|to|in|with|into) (?!school\b)(?:\w+ ){0,3}?(?=[A-Z]|a new school|another school|new school)|"
                 r"[Nn]ew school(?: is| will be|:|,)|attending (?=[A-Z])|requested (?:his|her|the|their) (?:CTF|[Ff]iles?|[Rr]ecords?)|(?:he|she|they)(?:['’]s|['’]ve| has| have) been there since|confirmed (?:on roll|place|start)|(?:offered|accepted|has|given) a (?:school )?place|has enroll?ed|(?:admitted|enroll?ed|registered|started|transferred|on roll|joined) (?:at |to |with |in |on to |onto )?(?:our (?:school|academy|college|roll)|us|here)\b|(?:was|were|been|is|are) (?:now |both |all |formally )?(?:admitted|enroll?ed|placed)\b(?! (?:with (?:a |her|him|his|their|foster)|as|for|under|in (?:care|hospital)))|(?:started|attending|joined|starting|enroll?ed) (?:there|with them|them)\b|now (?:at|with|attending) (?:[A-Z][\w'’-]+ ){1,5}(?:School|Academy|College|Primary|High)\b|joined (?=[A-Z][\w'-]+ (?:[A-Z][\w'-]+ ){0,4}(?:School|Academy|College|Primary|High)\b)|(?:have|has)(?: now| just)? admitted|have (?:enroll?ed|welcomed)"),
    ("returned", r"return(?:ed|s)? to (?:our |the )?school|back (?:in|at|to) (?:our )?school|(?:is|are) now (?:back|attending)|resumed attend|started attending again|(?:walked|came|strolled|turned up) (?:back )?in(?:to)? (?:class|school)|came back to school|(?:come|came|been|is|are|was|were)(?: both| all| now)* back (?:in|at|to|with) (?:school|class|us|lessons)|back with us|(?:he|she|they|who)(?:['’]s| is|['’]re| are) (?:now )?back(?= (?:today|yesterday|this|now|since|on\b)|[.,!]|$)|\b(?:was|is|are|were|came|been) in (?:school |class |again )?(?:today|yesterday|this (?:morning|week))|attending again|return(?:ed|s)? to (?:\w+ )?(?:class|lessons|school)"),
    ("abroad", r"moved abroad|gone abroad|overseas|left the (?:uk|united kingdom|country)|emigrat\w+|out of the country|living abroad|flown? (?:back )?to|returned to (?:live in )?(?=COUNTRY)|"
               r"(?:moved|gone|left|flew|flying|relocated|travelled|go|went|moving|going|relocating|are|is|living|now)(?: \w+){0,6}? (?:to|in|for) (?:\w+, ){0,2}?(?:live in )?(?=COUNTRY)"),
    ("address", r"new (?:home )?address|(?:have|has|had|family|they|he|she)(?: \w+){0,3} moved (?:\w+ )?to(?! (?:the )?COUNTRY)|now (?:live|lives|living|reside|resides|residing|staying) (?:at|in|with)|(?<!for a )(?<!no )(?<!any )forwarding address|change of address|"
                r"address (?:is now|has changed|should (?:be|read))|moved (?:house|home|to(?! (?:the )?COUNTRY))|(?:is|are|(?<!had )(?<!['’]d )been|and|,) (?:now )?(?:living|staying) (?:at|in|with)|(?:gone|moved|went|going) to (?:live|stay) (?:at|in|with)(?! (?:the )?COUNTRY)|relocated to (?!COUNTRY)|moved (?:out of (?:the )?area|away)|(?:family|they|he|she) (?:have |has |had )?moved\b(?! (?:back )?(?:abroad|to COUNTRY))"),
    ("phone", r"(?:new|changed?|updated|different|another|correct) (?:tele)?(?:phone|mobile|contact|tel)\.? ?(?:number|no)?|(?:phone|telephone|mobile|contact) (?:number )?(?:has changed|is now|have changed)|(?:new|correct|updated|different) (?:\w+ )?number|can (?:now )?be (?:reached|contacted) on|number is now|(?:please |pls )?use 0[\d ]{9}|own (?:new )?number|(?:phone|mobile) (?:was|has been|is) (?:lost|stolen|broken)"),
    ("correction", r"(?:sur|first |last |fore)?name (?:has |have )?(?:been |was |is )?(?:legally )?changed|change of (?:sur|first |last )?name|now known as|(?:sur|first |last |fore|family )?name is now|(?:correct|right|actual) (?:\w+ ){0,2}(?:dob|d\.o\.b\.?|date|birthday|name|spelling|surname|upn|year group|post ?code) |please (?:correct|amend|change)|correction|should (?:be|read|have (?:been|read|said))|typo|spel(?:t|led|ling)|mistake|incorrect|wrong(?:ly)?|in error|not \d{1,2}[/.]\d|error (?:on|in) (?:the|our|my) form|amended"),
    ("left_school", r"\bleavers? (?:from (?:us|our|here)|this (?:week|month|term|half))|(?:is|are|will be) leaving (?:us|our school|the school|school)\b|\b(?:leaves|leave) us\b|\bleft (?-i:(?:[A-Z][\w'’-]+ ){1,5}(?:School|Academy|College|Primary|High)\b)|\bleft us\b|(?:taken|took|came|come|removed|deleted|struck)\b(?:(?!\. )[^;]){0,80}? (?:off|from) (?:the |our )?(?:school )?(?:roll|register)|(?:has|have) (?:now )?left (?:our |the |this )?school|taken off (?:our |the )?roll|off-?rolled|removed from (?:our |the )?roll|no longer on (?:our )?roll|deleted from (?:our |the )?(?:roll|register)|last day (?:with us|at our school)"),
    ("withdrawn", r"withdraw (?:the|this|our|my) (?:referral|form|notification)|referral (?:can|should) be (?:closed|withdrawn|cancelled)|please (?:disregard|ignore|cancel|close)(?: down)?(?= (?:(?:the|this|that|our|my|all|both|your) )?(?:\w+ ){0,2}?(?:forms?|referrals?|emails?|messages?|ones?|cases?|notifications?|cme|it|that|this|last|previous|above|below|for)\b|[.!,]|$| at your)|(?:no longer|not) (?:needed|required)|sent (?:to you )?in error|close (?:the|this) (?:case|referral)|can (?:now )?(?:be closed|close (?:this|it|the case))"),
    ("status_enquiry", r"what(?:['’]s| is| are)(?: \w+)? (?:happening|going on|the (?:latest|status|position|outcome))|(?:can|could) (?:you|someone|anyone) (?:please )?tell (?:me|us)|(?:find|found|managed to find|heard|learnt|known?) (?:\w+ )?(?:anything|out anything)|anything (?:further|new|more|else)(?: on| about|\?| please)|any (?:news|update|updates|progress|further (?:news|information))|is there (?:an|any) (?:update|news)|(?:could|can|would) you (?:please |kindly )?(?:update (?:me|us)|let (?:me|us) know (?:if|the|what|whether|where|how)|advise (?:on|us|me|if|of) )|what is (?:happening|the (?:status|position|latest))|"
                       r"heard anything|status of (?:this|the|our|my)|(?:just )?(?:wondering|(?<!for )chasing|following up)|have you had (?:any|a) (?:update|news|luck)|where (?:are we|things are) (?:with|at)"),
    ("home_educated", r"(?:home|electively) ?-?(?:educate[ds]?|educating|education|schooled|schooling|school)|electively home|\behe\b|educated? (?:\w+ ){0,3}at home"),
    ("visit", r"home visit|visited (?:the )?(?:home|address|property|house|family)|(?:i|we|he|she|ewo|officer) (?:\w+ )?(?:visited|called at|attended the (?:home|address|property))|^visited\b|\bvisited (?:on |again )?(?:the )?(?:\d|today|yesterday|this (?:morning|afternoon))|neighbours? (?:\w+ )?(?:says?|said|told|reports?|reported|confirm\w*|believes?)|knocked|door ?step|no (?:answer|reply|response) at (?:the )?(?:door|property|address|home|house)|property (?:is|was|appeared) empty|(?:went|called|been|popped|drove) (?:round|to (?:the )?(?:house|home|flat|property|address))"),
    ("at_risk", r"at risk|\brefuge\b|women['’]s aid|witness protection|\bCSE\b|\bCCE\b|child (?:sexual|criminal) expl|reported (?:\w+ )?(?:to (?:the )?police )?(?:as )?missing|missing person|risk of (?:significant )?harm|significant harm|(?:concern(?:ed|s)?|worried|fear(?:s|ful)?)(?: \w+){0,4} (?:safety|welfare|wellbeing|safe)|safeguarding (?:concern|issue|risk|referral)|forced marriage|\bfgm\b|female genital|honour.based|exploit(?:ation|ed)|traffick|"
                r"domestic (?:abuse|violence)|immediate danger|child protection plan|being (?:abused|harmed|hurt|hit|beaten)|disclos(?:ed|ure)|grooming|county lines|radicali[sz]|suicid|self.?harm|police (?:are|have been) (?:looking|called|informed|involved)"),
)  # fmt: skip
_COMPILED = tuple(
    # case matters only for what begins a name
    (kind, re.compile(pattern, 0 if kind == "enrolled" else re.I))
    for kind, pattern in _SIGNALS
)
_SETTLED = frozenset({"found", "returned", "enrolled"})
_CLOSE = re.compile(r"\bclosed?\b", re.I)
_CAN_BE_NEGATIVE = frozenset({"status_enquiry", "visit", "correction", "phone", "withdrawn"})
_MUST_BE_CERTAIN = frozenset(
    {"home_educated", "found", "enrolled", "returned", "abroad", "withdrawn", "left_school"}
)
_NO_QUESTION = frozenset({"found", "enrolled", "returned", "abroad", "address", "left_school"})
_WAS_DUE = re.compile(
    r"\b(?:was|were|had been|is|are) (?:due|supposed|meant|expected) to\W*$|\b(?:we|i|us) (?:had |were )?expect(?:ed|ing)\b[^.;]{0,60}\bto\W*$",
    re.I,
)
_WRITER = re.compile(r"\b(?:i|we)(?: am|['’]m| are|['’]re| will be|['’]ll be)? (?:\w+ )?$", re.I)
_FOR_A_WHILE = re.compile(
    r"\bbefore (?:he|she|they)\b|\bfor (?:just |only )?(?:one|a|two|three|\d) (?:days?|mornings?|weeks?)\b|\bbut (?:has |have )?(?:since|then|not)\b",
    re.I,
)
_LONG_SINCE = re.compile(
    r"[^.;,]*\b(?:us|here)\b[^.;,]{0,12}\bsince\b", re.I
)  # "on roll with us since 2024" is no news
_ABROAD = re.compile(r"abroad|overseas|left the|emigrat|out of the country|flown", re.I)


def signals(
    words: Words, covering: bool = False, forenames: Collection[str] = ()
) -> tuple[Signal, ...]:
    """Return what the words say happened, each with its sentence; `covering` keeps only risk.

    `forenames` are the children's: what a sentence tells of somebody else did not happen to them.
    """
    found: list[Signal] = []
    for sentence in words.sentences:
        another = of_another(sentence.text, forenames)
        for kind in _kinds(sentence):
            if (not covering and not another) or kind == "at_risk":
                found.append(Signal(kind, sentence.text[:300], sentence.place))
    if {
        s.kind for s in found
    } & _SETTLED:  # "she has started there. Please close" withdraws nothing
        found = [s for s in found if s.kind != "withdrawn" or not _CLOSE.search(s.words)]
    if any(s.kind == "abroad" for s in found) and not _ABROAD.search(words.text):
        named = [c for c in countries.find(words.text) if c.casefold() not in countries.HOME]
        found = found if named else [s for s in found if s.kind != "abroad"]
    return tuple(found)


def _kinds(sentence: Sentence) -> list[str]:
    text = sentence.text
    marked = re.sub(countries.PATTERN, lambda m: "COUNTRY" + "_" * max(0, len(m[0]) - 7), text)
    kinds = []
    for kind, pattern in _COMPILED:
        if any(_holds(kind, match, marked, text) for match in pattern.finditer(marked)):
            kinds.append(kind)
    return kinds


def _holds(kind: str, match: re.Match[str], marked: str, text: str) -> bool:
    at = match.start()
    if kind not in _CAN_BE_NEGATIVE and (
        denied(marked, at) or re.search(r"n['’]t\b|\b(?:no|not|never)\b", match[0], re.I)
    ):
        return False
    if kind in _MUST_BE_CERTAIN and doubted(marked, at):
        return False
    if kind in _MUST_BE_CERTAIN - {"withdrawn"} and not_so(text):
        return False
    if kind == "returned" and _WRITER.search(marked[:at]):
        return False  # "I am back in school on Monday"
    if kind in ("returned", "found") and _FOR_A_WHILE.search(marked[match.end() :]):
        return False
    if kind == "enrolled" and (
        _WAS_DUE.search(marked[:at])
        or WISHED.search(marked[: match.end()])
        or _LONG_SINCE.match(marked[at:])
    ):
        return False
    return not (kind in _NO_QUESTION and text.rstrip().endswith("?"))
