"""Places in running words: the next school, the one that is left, the address moved to, the country.

What a stranger would get wrong: "our school" is nobody's destination; "in Nigeria for a funeral" is
no move; "Leeds" after a school is where the school stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from parsers import countries, fields
from parsers.fields import Got
from parsers.prose.denial import denied, doubted
from parsers.prose.names import UPPER
from parsers.prose.text import Sentence
from parsers.words import squash

_CAP = rf"[{UPPER}][\w'’.&-]*"
_INNER = r"(?:of|and|the|for|&|C of E|CE|RC|upon|on|by|St\.?)"
_KINDS = r"(?:[Ss]chool|Academy|academy|College|college|Primary|High|Infants?|Juniors?|Secondary|Grammar|Nursery|Prep|PRU|UTC|Lyc[ée]e|Gymnasium|Sixth Form|(?:Grund|Haupt|Real|Gesamt|Volks)schule|Basisschool|[SȘŞ]coala|Liceul)"
_ABROAD = r"(?:[A-Z]\w*schule|[ÉE]cole|Coll[èe]ge|Lyc[ée]e|Colegio|Escuela|Instituto|Scuola|Szko[łl]a|Liceum|[SȘŞ]coala|Colegiul|Liceul|Gr[ăa]dini[țt]a|Skola|Ysgol|Scoil|Gaelscoil)"
SCHOOL = rf"(?<![\w-]){_ABROAD}(?:[ ](?:(?:am|an|der|de|del|di|da|du|des|la|le|el|nr|im|y|w|cel|naomh|gyfun)[ ])?(?:{_CAP}|\d+)){{1,5}}(?:,[ ]{_CAP}(?=[\s.,;]|$))?|(?:{_CAP}(?: {_INNER})*[ ]){{1,6}}?{_KINDS}\b(?:[ ](?:[Ss]chool|Academy|College|Catholic|Community)\b)*(?:,[ ](?!(?:who|where|which|and|his|her|the)\b){_CAP}(?=[\s.,;]|$))?"
_SHORT_SCHOOL = rf"{_CAP}(?:[ ](?:{_INNER}[ ])?{_CAP}){{1,3}}"
_ENROLLING = r"(?:enroll?(?:ed|s)?|on[ -]roll|registered|admitted|accepted|join(?:ed|ing|s)?|start(?:ed|ing|s)?|attend(?:ing|s|ed)?|(?:a |school )?place(?:d)?|transferr?(?:ed|ing)?|new school(?: is| will be)?|moved|moving|goes|go|going|gone|begun|began|begin|now|found|located)"
_KINS = re.compile(
    r"\b(?:brother|sister|sibling|cousin|twin)s?\b(?:(?!\b(?:he|she|they|both)\b)[^.;]){0,60}$",
    re.I,
)
_OWN = re.compile(r"\b(?:our|this|(?<!from )us|with us|here)\b", re.I)
_LEFT = re.compile(
    r"\b(?:previous(?:ly)?|former(?:ly)?|old|last|came from|(?:moved|transferred|arrived) from|primary) (?:school|at|academy|primary)?(?: (?:was|is|had been))?(?:(?! to )[\w ]){0,12}$",
    re.I,
)
_NEW_ADDRESS = re.compile(
    r"\b(?:new (?:home )?address|address (?:is )?now|address held|forwarding address|change of address|address (?:has )?changed|current(?:ly)? (?:address|living|staying)|(?:moved|moving|relocated|gone)\b|(?:living|lives|live|staying|stays|residing|resides|reside|rehoused)\b(?! previously)|address is)",
    re.I,
)
_OLD_ADDRESS = re.compile(
    r"\b(?:last (?:known )?(?:home )?address|last lived|home(?= ?[:-])|home address|placement address|address (?:on (?:file|record)|we (?:have|hold)|is)|(?:letters?|wrote|written|post(?:ed)?) to|visit(?:ed)? (?:to |at )?|lives? at|lived at|living at|old address|previous address|of|at|address)\b",
    re.I,
)
_POSTCODE = r"[A-Za-z]{1,2}[0-9OI][0-9A-Za-z]?\s*[0-9OI][A-Za-z]{2}\b"
_MONTHS = r"(?:st|nd|rd|th)?\s(?:of\s)?(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b(?!\s(?:Street|Road|Avenue|Lane|Close|Way|Court|Drive))"
_NUMBER = (
    rf"(?<![\d/.-])\b\d{{1,4}}[A-Za-z]?(?:-\d+)?\b(?![/.:]\d)(?!{_MONTHS})(?!(?:st|nd|rd|th)\b)"
)
_STREET = re.compile(
    rf"(?:(?:(?:Flat|Apartment|Apt|Unit|Room|Plot)\s\w+\b|{_CAP}(?:\s{_CAP})?)\b,?\s)?{_NUMBER},?\s(?=[A-Z])[^;\n]{{2,90}}?{_POSTCODE}"
    rf"|(?:(?<=\bto )|(?<=\bat )|(?<=\bis )|(?<=ddress )|(?<=: )|(?<=\())(?:Flat\s\w+,?\s)?{_CAP}\s?[^;\n(]{{2,90}}?{_POSTCODE}"
)
_WRITTEN_SMALL = re.compile(
    rf"\b(?:addr(?:ess)?|addy|lives? at|living at)\b[\s:]*(?:is )?(?P<address>\d{{1,4}}[a-z]?,? [^;\n]{{2,80}}?{_POSTCODE})",
    re.I,
)
_HOUSE = re.compile(
    rf"(?:(?:Flat|Apartment|Apt|Unit|Room)\s\w+,?\s)?\b\d{{1,4}}[A-Za-z]?,?\s{_CAP}(?:\s{_CAP})*\s(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Close|Drive|Dr|Court|Ct|Gardens|Terrace|Place|Crescent|Grove|Way|Walk|Row|View|Rise|Hill|Mews|Square|Park|Green|Yard|Parade|Fields?|Meadows?|Paddocks?|Common|End|Bank|Croft|Green)\b(?:,\s{_CAP}(?:\s{_CAP})*){{0,3}}"
)
_LEADS_TO = re.compile(
    r"(?:\b(?:at|to|in|is|be|with|by|joined|joining|started|starting|starts|a place at|attending|attends|new school)(?: the)?|[:–-])\W*$",
    re.I,
)
_SURGERY = re.compile(r"\b(?:Surgery|Clinic|Practice|Hospital|Pharmacy|Health|Housing|Hotel)\b")
_MOVE = r"abroad|moved|moving|move|gone|went|going|left|leav\w+|return(?:ed|ing)?|emigrat\w+|fl[eoy]w\w*|fly\w*|relocat\w+|travel\w*|overseas|liv(?:e|es|ing)|resid\w+|now in|back (?:in|to|home)|settled|deported"


@dataclass(frozen=True, slots=True)
class Somewhere:
    """`field` of the contract, its `value` and the words; `at` is where they stand in the sentence."""

    field: str
    value: str
    raw: str
    at: int
    sure: float


def schools(sentence: Sentence, referral: bool = False) -> Iterator[Somewhere]:
    """Yield the schools that a sentence names, each as the one gone to or the one attended.

    In a `referral` the school that a child "attends" is the one that is missing it.
    """
    text = sentence.text
    if text.rstrip().endswith("?"):
        return  # "did he start at Lake Primary?"
    if re.search(r"\brespectively\b", text, re.I):
        return  # which child goes to which is not for a pattern to say
    for match in re.finditer(SCHOOL, text):
        raw, at = _named(match[0], match.start())
        if not raw:
            continue
        before, after = text[max(0, at - 70) : at], text[at + len(raw) : at + len(raw) + 90]
        if _LEFT.search(before) or _KINS.search(before):
            continue
        here = referral and re.search(
            r"\b(?:attend\w*|on[ -]roll|registered|place)\b[^.;]{0,20}$", before, re.I
        )
        foreign = re.match(_ABROAD, raw) is not None
        if not here and (foreign or _going_to(before, after, text, at)):
            sure = 0.88 if not doubted(text, at) else 0.75
            yield Somewhere("destination_school", _clean(raw), raw, at, sure)
        elif re.search(
            r"\b(?:last day|last (?:attended|seen|in class)) (?:at|in)\W+(?:the )?$|(?:n['’]t|\bnot|\bstopped|\bno longer)\b[^.;]{0,30}\b(?:attend\w*|go to|been (?:at|in|to|seen)|(?<!is not )(?<!are not )(?<!n['’]t )(?:at|in))\W+(?:the )?$",
            before,
            re.I,
        ) or re.search(
            r"\b(?:withdrawn|removed|deregistered|taken out|left|off roll)(?: from| at| of)?\W*(?:the )?$|\b(?:pupil|student|attends|attend(?:ed|ing)?|on roll|child|year \w+|registered)[ ,]+(?:at|of|in|with)?\W*(?:the )?$|\b(?:he|she) (?!is not|was not|isn|wasn)(?:\w+ ){0,3}at $",
            before,
            re.I,
        ):
            yield Somewhere("school_name", _clean(raw), raw, at, 0.85)
    for match in re.finditer(
        rf"\b(?:(?:start(?:ed|s|ing)?|enroll?ed|joined|on roll|place|attend(?:ed|s|ing)?|registered|admitted|accepted) (?:at|in|with|to|by)|(?:is|now|been|are) attending|joined) (?:the )?({_SHORT_SCHOOL})",
        text,
    ):
        name = match[1]
        if (
            _SURGERY.search(name)
            or re.search(SCHOOL, name)
            or denied(text, match.start())
            or countries.find(name)
        ):
            continue
        if re.match(
            rf"\s*(?:{_INNER}\s)?{_KINDS}|\s+(?:Street|Road|Avenue|Council)", text[match.end() :]
        ) or _month(name):
            continue
        yield Somewhere("destination_school", _clean(name), name, match.start(1), 0.8)


# What is only asked for is no place yet.
WISHED = re.compile(
    r"\b(?:refus(?:ed|es|ing)|declin(?:ed|es|ing)|reject(?:ed|s)|turned down|appl(?:y|ied|ying|ication)|wait(?:ing|s)?(?: list)?|hop(?:e|es|ing)|look(?:ing|s)?|request(?:ed|ing)?|interested|consider(?:ing)?|would like|wants?|wish(?:es)?)\b[^.;]{0,30}\b(?:for|to|in|at)\b[^.;]{0,20}$",
    re.I,
)


def _going_to(before: str, after: str, text: str, at: int) -> bool:
    cue = re.search(rf"\b{_ENROLLING}\b[^.;]{{0,60}}?$", before, re.I)
    if (
        cue
        and not WISHED.search(before)
        and not _OWN.search(before[cue.start() :])
        and not denied(text, at - len(before) + cue.start())
        and _LEADS_TO.search(before)
    ):
        return True
    said = rf"[^.;]{{0,45}}\b(?:say|says|said|confirm\w*|report\w*|told|tell|advise\w*|let)\b[^.;]{{0,60}}\b{_ENROLLING}\b[^.;]{{0,20}}\b(?:them|there|at theirs)"
    return bool(re.match(said, after, re.I))


def _named(raw: str, at: int) -> tuple[str, int]:
    """Return a school's name without the ordinary words that begin its sentence."""
    while True:
        first = re.match(
            r"(?:The|This|Our|We|He|She|They|It|His|Her|Their|A|An|At|In|On|To|From|And|But|Also|Please|Dear|Hi|Hello|My|Your|Mum|Dad|Previous|Former|New|Is|Has|Have|Was|Year|I|If|When|As|"
            r"Primary|School|Taken|Admissions|Please|Note|Re|Regarding|Update|Leaver|Starter)[ ](?=\S)(?!School\b)", raw)  # fmt: skip
        if first is None:
            break
        raw, at = raw[first.end() :], at + first.end()
    return ("", at) if re.fullmatch(rf"{_KINDS}", raw) else (raw, at)


def _clean(name: str) -> str:
    return re.sub(r"^(?:the|a|our)\s+", "", squash(name), flags=re.I).strip(" ,.")


def _month(name: str) -> bool:
    return bool(
        re.match(
            r"(?:Year|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)",
            name,
        )
    )


def addresses(sentence: Sentence, is_referral: bool, carried: str | None) -> Iterator[Somewhere]:
    """Yield addresses, each as the one moved to or the last one known.

    `carried` is what the sentence before spoke of ("new" or "last"), when this one begins with the address itself.
    """
    text = sentence.text
    found = [(_from_house(m[0]), m.end()) for m in _STREET.finditer(text)]
    found = found or [(_from_house(m[0]), m.end()) for m in _HOUSE.finditer(text)]
    found = found or [(m["address"], m.end()) for m in _WRITTEN_SMALL.finditer(text)]
    for raw, end in found:
        at = end - len(raw)
        before = text[max(0, at - 80) : at]
        field, sure = _which(before, text, is_referral, carried)
        if field == "destination_address" and denied(text, at):
            continue
        whole = re.search(_POSTCODE, raw) is not None
        if not (whole or is_referral) and re.search(r"\bvisit(?:ed)?\W+(?:to )?$", before, re.I):
            continue  # the door that an officer knocked at is on the case already
        yield Somewhere(field, squash(raw).strip(" ,."), raw, at, sure if whole else sure - 0.05)


def _from_house(raw: str) -> str:
    """Begin an address at its house: the last number or name before the street."""
    starts = [
        m.start()
        for m in re.finditer(
            rf"\b(?:Flat|Apartment|Apt|Unit|Room|No\.?)\s\w+|{_NUMBER}(?=,?\s[A-Z])", raw
        )
    ]
    code = re.search(rf"{_POSTCODE}$", raw)
    starts = [s for s in starts if code is None or s < code.start()]
    return raw[starts[0] :] if starts else raw


def _which(before: str, text: str, is_referral: bool, carried: str | None) -> tuple[str, float]:
    new = [m.end() for m in _NEW_ADDRESS.finditer(before)]
    old = [m.end() for m in _OLD_ADDRESS.finditer(before)]
    strong = re.search(
        r"\b(?:last known|last|home|placement|old|previous) (?:home )?address|(?:letters?|wrote|written|visit(?:ed)?)\b",
        before,
        re.I,
    )
    if strong:
        return "address", 0.88
    if new and re.search(
        r"\b(?:new|moved|moving|relocated|forwarding|now|gone|staying|rehoused|held)\b",
        before,
        re.I,
    ):
        return "destination_address", 0.9
    if new and not is_referral:
        return "destination_address", 0.88
    if (old or new) and is_referral:
        return "address", 0.88
    if carried:
        return ("destination_address", 0.85) if carried == "new" else ("address", 0.85)
    return ("address", 0.85) if is_referral else ("destination_address", 0.8)


def vague(sentence: Sentence) -> Iterator[Somewhere]:
    """Yield a destination that is no full address: a town, "with his grandmother"."""
    text = sentence.text
    match = re.search(
        r"(?:new (?:home )?address(?: is| of|:)?|left for|emigrated to|(?:moved|relocated|gone) (?:\w+ ){0,4}?to(?: (?:live|stay) (?:in|with|at))?|went to (?:live|stay) (?:in|with|at)|(?:living|lives|live|staying|residing|resides) (?:at|in|with|on)|forwarding address(?: is|:)?)\s*:?\s*(.+)", text, re.I)  # fmt: skip
    if match is None or denied(text, match.start()) or doubted(text, match.start()):
        return
    raw = re.split(
        r"\.(?:\s|$)|;|\b(?:on|from|since|and|where|because|with effect|as of|in (?:January|February|March|April|May|June|July|August|September|October|November|December)|at the (?:beginning|end|start)|at (?=\d|Flat)|for|to|so)\b(?! \d+ (?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b)[A-Z])",
        match[1],
    )[0]
    raw = re.sub(
        r"\s*(?:\w+ )?(?:days?|weeks?|months?) ago.*|\s*(?:last|this|next) (?:week|month|year|term|summer).*|\s*\b(?:recently|already|now|permanently|temporarily|today|yesterday)\b.*",
        "", raw)  # fmt: skip
    raw = squash(raw).strip(" ,.")
    if not raw or len(raw) > 90 or re.search(SCHOOL, raw) or raw.casefold() in countries.NAMES:
        return
    kin = re.match(
        r"(?:his|her|their|the|with|an?)\s(?:\w+ )?(?:grand\w+|nan|aunt|uncle|father|mother|dad|mum|relatives?|family|cousins?|sister|brother)\b",
        raw, re.I)  # fmt: skip
    if kin:
        yield Somewhere("destination_address", raw, raw, match.start(1), 0.6)
    elif re.match(rf"[{UPPER}]", raw) and (not countries.find(raw) or re.search(r"\d", raw)):
        yield Somewhere("destination_address", raw, raw, match.start(1), 0.7)


def country(sentence: Sentence) -> Somewhere | None:
    """Return the country that somebody has gone to, or None."""
    text = sentence.text
    for name in reversed(countries.find(text)):
        at = text.rfind(name)
        before = text[:at]
        move = list(re.finditer(rf"\b(?:{_MOVE})\b", before, re.I))
        if not move:
            continue
        between = before[move[-1].end() :]
        left_for = move[-1][0].casefold() == "left" and between.rstrip().endswith("for")
        if len(between) > 45 or (
            not left_for
            and re.search(r"\b(?:from|visit|holiday|funeral|school in|for)\b", between, re.I)
        ):
            continue
        if denied(text, move[-1].start()):
            continue
        sure = 0.88 if not doubted(text, at) else 0.7
        return Somewhere("destination_country", name, name, at, sure)
    return None


def postcode_of(address: str) -> str | None:
    """Return the postcode in an address."""
    got = fields.postcode(address)
    return str(got.value) if isinstance(got, Got) else None
