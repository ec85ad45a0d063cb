"""What an email says in plain words: what changed, and a referral told as a story.

A stranger would take "has not returned to school" for a return and "if he is found" for a finding;
so every signal is looked at with what stands before it. The signature is no part of the news: its
telephone is the sender's. A covering note ("please find attached") says nothing of its own.

Source: policy 9.4 (referral), 9.5 (updates by email), 10.1 (visits), 17.2 (risk).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from parsers import countries, dates, fields, phones
from parsers.documents.model import Document, Place
from parsers.documents.plain import read_text
from parsers.fields import Got
from parsers.forms import enquiries, record
from parsers.reading import FormKind, Reading, Signal, Unread, Value
from parsers.vocabulary import Vocabulary
from parsers.words import squash

_LONGEST = 8_000  # characters of prose; nobody writes a longer update
_SIGNOFF = re.compile(
    r"^\W*(?:(?:kind|kindest|best|warm|many)\s+(?:regards|wishes|thanks)|regards|yours\s+(?:sincerely|faithfully)|"
    r"thanks(?: and regards)?|thank you|cheers|best|sent from my \w+|get outlook for \w+|--)\W*$", re.I | re.M)  # fmt: skip
_SIGNALS: tuple[tuple[str, str], ...] = (
    ("found", r"(?:has|have|was|been|now)\s+(?:now\s+|been\s+)*(?:found|located|traced)|whereabouts (?:are |is )?(?:now )?(?:known|confirmed|established)|"
              r"safe and well|turned up|made contact|we have (?:found|located|traced)"),
    ("enrolled", r"(?:enroll?ed|on roll|registered|admitted|accepted|joined|started|starting|begun|start(?:s|ed)?|place(?:d)?|attending|transferred) (?:\w+ ){0,3}?(?:at|to|in|with|into) (?!school\b)(?:\w+ ){0,3}?(?=[A-Z]|a new school|another school|new school)|"
                 r"new school (?:is|will be|:)|confirmed (?:on roll|place|start)|(?:offered|accepted|has|given) a (?:school )?place|has enroll?ed"),
    ("returned", r"return(?:ed|s)? to (?:our |the )?school|back (?:in|at|to) (?:our )?school|(?:is|are) now (?:back|attending)|resumed attend|started attending again|came back to school|back with us|attending again"),
    ("abroad", r"moved abroad|gone abroad|overseas|left the (?:uk|united kingdom|country)|emigrat\w+|out of the country|living abroad|flown? (?:back )?to|returned to (?:live in )?(?=COUNTRY)|"
               r"(?:moved|gone|left|flew|flying|relocated|travelled|went|moving|going|relocating|are|is|living|now)(?: \w+){0,4}? (?:to|in|for) (?:\w+, ){0,2}?(?:live in )?(?=COUNTRY)"),
    ("address", r"new (?:home )?address|(?:have|has|had|family|they|he|she)(?: \w+){0,3} moved (?:\w+ )?to|now (?:live|lives|living|reside|resides|residing|staying) (?:at|in|with)|forwarding address|change of address|"
                r"address (?:is now|has changed|should (?:be|read))|moved (?:house|home|to)|(?:is|are) (?:now )?(?:living|staying) (?:at|in|with)|relocated to"),
    ("phone", r"(?:new|changed?|updated|different|another|correct) (?:tele)?(?:phone|mobile|contact|tel)\.? ?(?:number|no)?|(?:phone|telephone|mobile|contact) (?:number )?(?:has changed|is now|have changed)|(?:new|correct|updated|different) (?:\w+ )?number|can (?:now )?be (?:reached|contacted) on|number is now"),
    ("correction", r"please (?:correct|amend|change)|correction|should (?:be|read|have (?:been|read|said))|typo|spel(?:t|led|ling)|mistake|incorrect|wrong(?:ly)?|in error|not \d{1,2}[/.]\d|error (?:on|in) (?:the|our|my) form|amended"),
    ("left_school", r"(?:has|have) (?:now )?left (?:our |the |this )?school|taken off (?:our |the )?roll|off-?rolled|removed from (?:our |the )?roll|no longer on (?:our )?roll|deleted from (?:our |the )?(?:roll|register)|last day (?:with us|at our school)"),
    ("withdrawn", r"withdraw (?:the|this|our|my) (?:referral|form|notification)|referral (?:can|should) be (?:closed|withdrawn|cancelled)|please (?:disregard|ignore|cancel|close)|(?:no longer|not) (?:needed|required)|sent (?:to you )?in error|close (?:the|this) (?:case|referral)"),
    ("status_enquiry", r"any (?:news|update|updates|progress|further (?:news|information))|is there (?:an|any) (?:update|news)|(?:could|can|would) you (?:please |kindly )?(?:update (?:me|us)|let (?:me|us) know (?:if|the|what|whether|where|how)|advise (?:on|us|me|if|of) )|what is (?:happening|the (?:status|position|latest))|"
                       r"heard anything|status of (?:this|the|our|my)|(?:just )?(?:wondering|chasing|following up)|have you had (?:any|a) (?:update|news|luck)|where (?:are we|things are) (?:with|at)"),
    ("home_educated", r"(?:home|electively) ?-?(?:educated|educating|education|schooled|schooling)|electively home|\behe\b|educated? (?:\w+ ){0,3}at home"),
    ("visit", r"home visit|visited (?:the )?(?:home|address|property|house|family)|(?:i|we|he|she|ewo|officer) (?:\w+ )?(?:visited|called at|attended the (?:home|address|property))|^visited\b|\bvisited (?:on |again )?(?:the )?(?:\d|today|yesterday|this (?:morning|afternoon))|neighbours? (?:\w+ )?(?:says?|said|told|reports?|reported|confirm\w*|believes?)|knocked|door ?step|no (?:answer|reply|response) at (?:the )?(?:door|property|address|home|house)|property (?:is|was|appeared) empty"),
    ("at_risk", r"at risk|risk of (?:significant )?harm|significant harm|(?:concern(?:ed|s)?|worried|fear(?:s|ful)?)(?: \w+){0,4} (?:safety|welfare|wellbeing|safe)|safeguarding (?:concern|issue|risk|referral)|forced marriage|\bfgm\b|female genital|honour.based|exploit(?:ation|ed)|traffick|"
                r"domestic (?:abuse|violence)|immediate danger|child protection plan|being (?:abused|harmed|hurt|hit|beaten)|disclos(?:ed|ure)|grooming|county lines|radicali[sz]|suicid|self.?harm|police (?:are|have been) (?:looking|called|informed|involved)"),
)  # fmt: skip
_BEFORE = re.compile(
    r"\b(?:not|n't|never|no|nor|neither|unless|until|whether|without|unable|cannot|hoping|hope|expect(?:ed)? to be|yet to|did not|wasn't|isn't|hasn't|haven't|refused to|if)\b[^.;!?\n]{0,28}$", re.I)  # fmt: skip
_IF = re.compile(
    r"\b(?:if|whether|unless|until|in case|should (?:he|she|they)|when|once)\b[^.;!?\n]{0,60}$",
    re.I,
)
_CAN_BE_NEGATIVE = frozenset({"status_enquiry", "visit", "correction", "phone", "withdrawn"})
_COVER = re.compile(
    r"(?:please |pls )?(?:find|see)(?: \w+){0,3} (?:attached|enclosed)|i (?:have |am )?attach(?:ed|ing)?|attached (?:is|are|please|herewith)|(?:form|referral|document)s? (?:is |are )?attached|as attached|attached (?:form|referral|file)",
    re.I,
)

_WORD = r"[A-Z][^\W\d_]*(?:['’-][A-Z]?[^\W\d_]+)*"
_NAME = rf"(?:{_WORD})(?:\s+(?:(?:de|la|da|dos|van|von|bin|al|el|ibn|der|du)\s+)*{_WORD}){{1,3}}"
_NOT_PERSON = frozenset(
    ["dear", "kind", "best", "many", "thanks", "thank", "please", "hello", "hi", "good", "morning", "afternoon", "re", "regarding", "the", "this", "that", "we", "our", "school", "academy", "primary", "college", "high", "children", "child", "missing", "education", "officer", "team", "council", "cme", "referral", "form", "update", "case", "street", "road", "avenue", "close", "lane", "drive", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december", "year", "date", "new", "his", "her", "their", "he", "she", "they", "it", "i", "mrs", "mr", "miss", "ms", "dr", "head", "headteacher", "attendance", "welfare", "social", "care", "home", "visit", "county", "local", "authority", "pupil", "student", "dob", "upn", "ewo", "mum", "dad", "mother", "father", "family", "subject", "from", "to", "sent", "attached", "following", "further", "since", "after", "also", "since", "when", "as", "if", "on", "at", "in", "no", "yes", "any"]
)  # fmt: skip
_SCHOOL = (
    r"((?:St\.?\s|The\s)?(?:[A-Z][\w'’.&-]*\s+(?:(?:of|and|the|for|C of E|CE|RC|in|upon|on|by)\s+)*){0,6}?[A-Z][\w'’.&-]*\s+(?:(?:Community|Church of England|C of E|CE|RC|VC|VA|Catholic|Free|Junior|Infant|Infants'?|Primary|Secondary|High|Grammar|Nursery|Middle|Upper|Lower|First|Special|Girls'?|Boys'?)\s+)*"
    r"(?:School|Academy|College|Primary|High|Infants|Juniors|Secondary|Grammar)\b(?:\s+(?:School|Academy))?(?:\s*,\s*(?!(?:who|where|which)\b)[A-Z][a-z]+(?=[\s.,]))?)"
)  # fmt: skip


def signals(text: str, path: str, covering: bool = False) -> tuple[Signal, ...]:
    """Return what the words say happened, each with its sentence; `covering` keeps only risk."""
    found: list[Signal] = []
    body = _unsigned(text[:_LONGEST])
    for place, sentence in _sentences(body, path):
        marked = re.sub(
            countries.PATTERN, lambda m: "COUNTRY" + "_" * max(0, len(m[0]) - 7), sentence
        )
        for kind, pattern in _SIGNALS:
            if covering and kind != "at_risk":
                continue
            # case matters only for what begins a name
            match = re.search(
                pattern,
                marked,
                0 if kind == "enrolled" else re.I,
            )
            if match is None:
                continue
            before = marked[: match.start()]
            if kind not in _CAN_BE_NEGATIVE and (
                _BEFORE.search(before[-60:])
                or re.search(r"\b(?:no|not|n't|never)\b", match[0], re.I)
            ):
                continue
            if kind in (
                "found",
                "enrolled",
                "returned",
                "abroad",
                "withdrawn",
                "left_school",
            ) and _IF.search(before):
                continue
            if sentence.rstrip().endswith("?") and kind in (
                "found",
                "enrolled",
                "returned",
                "abroad",
                "address",
                "left_school",
            ):
                continue
            found.append(Signal(kind, sentence[:300], place))
    kinds = {s.kind for s in found}
    if "abroad" in kinds:
        named = [c for c in countries.find(body) if c.casefold() not in countries.HOME]
        if not named and not re.search(
            r"abroad|overseas|left the|emigrat|out of the country|flown", body, re.I
        ):
            found = [s for s in found if s.kind != "abroad"]
    return tuple(found)


def read(
    text: str, path: str, *, on: date, attached: bool, document: Document, words: Vocabulary
) -> list[Reading]:
    """Return what plain words say about a child: an update, or a referral told in prose; often none."""
    if attached or not text.strip():
        return []
    body = _unsigned(text[:_LONGEST])
    told = signals(text, path)
    teller = _Teller(body, path, on, words, {s.kind for s in told})
    values, unread = teller.read()
    referral = teller.is_referral(values)
    if not told and not referral and not (set(values) - {"surname", "forenames"}):
        return []
    if not values and {s.kind for s in told} <= {"correction", "phone"} and _COVER.search(body):
        return []
    form: FormKind = "cme" if referral else "update"
    first = Reading(path, form, values, tuple(unread), told)
    return [first] if "upn" in values else _several(first, teller)


# What is told of all the children whom one email names.
_SHARED = frozenset({
    "last_attended", "off_roll_date", "admission_date", "move_date", "address", "postcode", "parents", "school_name",
    "referrer_name", "referrer_role", "referrer_phone", "referrer_email", "referral_date", "reason", "reason_code",
    "destination_school", "destination_address", "destination_country", "enquiries",
})  # fmt: skip


def _several(first: Reading, teller: _Teller) -> list[Reading]:
    """One reading for each child whom the words name with a birthday: brothers and sisters come in one email."""
    children = teller.children()
    if len(children) < 2:
        return [first]
    shared = {name: value for name, value in first.fields.items() if name in _SHARED}
    return [replace(first, fields={**shared, **child}) for child in children]


def named(subject: str, on: date, words: Vocabulary) -> dict[str, Value]:
    """Return the child whom a subject line names with a birthday or a number; else nothing.

    A name alone is not enough: half of all subjects are the names of schools.
    """
    teller = _Teller(subject[:200], "subject", on, words, set())
    values, _ = teller.read()
    found = {
        n: v for n, v in values.items() if n in ("surname", "forenames", "date_of_birth", "upn")
    }
    if "surname" not in found or not {"date_of_birth", "upn"} & set(found):
        return {}
    return {n: replace(v, place=Place("subject")) for n, v in found.items()}


def _unsigned(text: str) -> str:
    match = None
    for match in _SIGNOFF.finditer(text):
        if match.start() > 15:
            break
    return text[: match.start()] if match and match.start() > 15 else text


def _sentences(text: str, path: str) -> Iterator[tuple[Place, str]]:
    """Yield sentences with their line; a sentence may run over lines."""
    del path
    line = 1
    for block in re.split(r"(\n\s*\n)", text):
        at = line
        line += block.count("\n")
        joined = re.sub(r"\s*\n\s*", " ", block)
        for sentence in re.split(r"(?<=[a-z0-9)!?\"'])[.!?]+\s+(?=[A-Z])|(?<=[?!])\s+", joined):
            if sentence.strip():
                ended = "?" if block.find(sentence[-20:] + "?") >= 0 else ""
                yield (
                    Place(f"line {at}"),
                    squash(sentence) + (ended if not sentence.rstrip().endswith("?") else ""),
                )


class _Teller:
    """Looks through prose for what the contract has a field for."""

    def __init__(self, text: str, path: str, on: date, words: Vocabulary, kinds: set[str]) -> None:
        self.text, self.path, self.on, self.words, self.kinds = text, path, on, words, kinds
        self.values: dict[str, Value] = {}
        self.unread: list[Unread] = []
        self.sentences = list(_sentences(text, path))

    def read(self) -> tuple[dict[str, Value], list[Unread]]:
        self._labelled()
        self._child()
        self._numbers()
        for place, sentence in self.sentences:
            self._dates(place, sentence)
            self._where(place, sentence)
            self._people(place, sentence)
            self._corrections(place, sentence)
        self._visits()
        return self.values, self.unread

    def is_referral(self, values: dict[str, Value]) -> bool:
        named = "surname" in values or "forenames" in values
        known = {"date_of_birth", "upn", "year_group"} & set(values)
        missing = re.search(
            r"not (?:been )?(?:attend\w*|in school|seen|returned)|(?:hasn't|has not|have not|haven't)(?: been)? (?:attend|in school|seen|return)|missing (?:from )?education|last attended|whereabouts (?:are |is )?(?:un|not )known|"
            r"stopped attending|no longer attend|absent since|make a referral|refer(?:ring)? (?:\w+ ){0,5}(?:as|to|for)|never (?:started|arrived)|did not (?:arrive|start)|failed to (?:start|arrive|attend|return)|not (?:on|registered at) (?:a |any )?(?:school )?roll|not (?:in|attending) (?:any )?school|disappeared", self.text, re.I)  # fmt: skip
        news = self.kinds & {
            "found",
            "enrolled",
            "returned",
            "correction",
            "withdrawn",
            "status_enquiry",
        }
        return bool(
            named and known and missing and not news and not re.search(r"CME-\d{4}-\d+", self.text)
        )

    def _put(self, name: str, item: Any, raw: str, place: Place, sure: float) -> None:
        if name not in self.values:
            self.values[name] = Value(item, squash(raw), place, sure)

    def _labelled(self) -> None:
        """Take the lines that read "label: value", as a form would be read."""
        form = record.read(read_text(self.text), self.path, self.words, self.on)
        for reading in form.raw[:1]:
            for name, value in reading.fields.items():
                if name == "enquiries" and any(
                    e["action"] == "siblings_schools" for e in value.value
                ):
                    continue  # "to refer two siblings: ..." tells of no enquiry
                if name not in ("referrer_name", "narrative", "enquiries") or value.sure > 0.9:
                    self.values[name] = replace(value, sure=min(value.sure, 0.93))
            self.unread.extend(u for u in reading.unread if u.field)

    def _child(self) -> None:
        if "surname" in self.values:
            return
        patterns = (
            rf"(?:[Rr]e|RE|[Rr]egarding|REGARDING|[Aa]bout|[Cc]oncerning|[Cc]hild|[Pp]upil|[Ss]tudent|[Rr]efer|[Ff]or|[Nn]ame|[Oo]f|[Oo]n|[Ww]ith|[Tt]hat|[Bb]oy|[Gg]irl|[Ss]on|[Dd]aughter)\b:?\s+(?:our |the |my )?(?:pupil |student |child |former pupil )?({_NAME})",
            rf"({_NAME})\s*[,(]?\s*\(?\s*(?:[Dd]\.?[Oo]\.?[Bb]|[Bb]orn|[Dd]ate of birth|UPN|aged?|Year|[Yy]r|CME-\d)",
            rf"(?:^|[.!?]\s+|\n)\s*({_NAME})\s+(?:has|have|is|was|will|did|started|returned|moved|left|had|and)\b",
            rf"\b({_NAME})\s+(?:has|is|was|will|started|returned|moved|left)\b",
            rf"(?:^|\n)\s*({_NAME})\s*(?::|[-–—]\s)",
        )  # fmt: skip
        for number, pattern in enumerate(patterns):
            for match in re.finditer(pattern, self.text):
                name = self._person(match[1])
                if name is None:
                    continue
                split = fields.whole_name(name)
                if isinstance(split, str) or split.surname is None:
                    continue
                sure = min(split.sure, (0.88, 0.9, 0.85, 0.8, 0.8)[number])
                place = self._at(match.start(1))
                self._put("surname", split.surname, match[1], place, sure)
                self._put("forenames", split.forenames, match[1], place, sure)
                return

    def children(self) -> list[dict[str, Value]]:
        """Return every child whose name stands beside a birthday, in order."""
        found: dict[str, dict[str, Value]] = {}
        pattern = rf"({_NAME})\s*[,(:–-]*\s*(?:[Dd]\.?[Oo]\.?[Bb]\.?|DOB|[Bb]orn(?: on)?|[Dd]ate of birth)\W{{0,3}}(?=(.{{0,40}}))"
        for match in re.finditer(pattern, self.text):
            name = self._person(match[1])
            split = fields.whole_name(name) if name else "no name"
            born = dates.find(match[2], on=self.on, kind="birth")
            if isinstance(split, str) or split.surname is None or not born:
                continue
            if self.on.year - born[0].day.year > 19:
                continue  # a parent's birthday
            place, sure = self._at(match.start(1)), min(split.sure, 0.9)
            child = {
                "surname": Value(split.surname, squash(match[1]), place, sure),
                "forenames": Value(split.forenames, squash(match[1]), place, sure),
                "date_of_birth": Value(born[0].day.isoformat(), born[0].raw, place, 0.9),
            }
            year = re.match(r"[^\n]{0,25}?\b(?:[Yy]ear|[Yy]r|NCY)\s?(\d{1,2}|R)\b", match[2])
            got = fields.year_group(year[1]) if year else "none"
            if isinstance(got, Got) and year:
                child["year_group"] = Value(got.value, year[1], place, 0.85)
            found.setdefault(squash(match[1]).casefold(), child)
        return list(found.values())

    def _person(self, words: str) -> str | None:
        parts = squash(words).split()
        while parts and parts[0].casefold().strip(".") in _NOT_PERSON:
            parts = parts[1:]
        for at, part in enumerate(parts):
            if part.casefold() in _NOT_PERSON:
                parts = parts[:at]
                break
        if len(parts) < 2 or re.match(r"(?:Mr|Mrs|Ms|Miss|Dr)\b", words):
            return None
        if any(p.casefold() in countries.NAMES for p in parts):
            return None
        return " ".join(parts)

    def _at(self, offset: int) -> Place:
        return Place(f"line {self.text.count(chr(10), 0, offset) + 1}")

    def _numbers(self) -> None:
        match = re.search(
            r"(?<![A-Za-z0-9])[A-Za-z](?:[ -]?[0-9OIl]){11}[ -]?[0-9A-Z](?![A-Za-z0-9])", self.text
        )
        if match:
            got = fields.upn(match[0])
            if isinstance(got, Got):
                self._put("upn", got.value, match[0], self._at(match.start()), min(got.sure, 0.95))
        match = re.search(r"\b(?:[Yy]ear|[Yy]r|NCY|Y)\s?(\d{1,2}|R)\b|\b(Reception)\b", self.text)
        if match:
            got = fields.year_group(match[1] or match[2])
            if isinstance(got, Got):
                self._put("year_group", got.value, match[0], self._at(match.start()), 0.88)

    def _dates(self, place: Place, sentence: str) -> None:
        born = re.search(
            r"(?:d\.?\s?o\.?\s?b\.?|born(?: on)?|date of birth|birthday)\W{0,3}(?:is |was |to |should be |should read |of |: )*(.{0,45})",
            sentence,
            re.I,
        )
        if born:
            found = dates.find(self._said(born[1], sentence), on=self.on, kind="birth")
            if found:
                self._put("date_of_birth", found[0].day.isoformat(), found[0].raw, place, 0.9)
        last = re.search(
            r"(?:last attended|last (?:seen|present|in school)|last (?:day|date)[\w ]{0,25}(?:was|:)|not (?:been )?(?:attended|in school|seen|attending|been seen|returned)[^.]{0,40}?since|absent since|missing since|no(?:t any)? contact since|hasn't (?:been|attended)[^.]{0,40}?since)(.{0,60})", sentence, re.I)  # fmt: skip
        if last:
            found = dates.find(last[1], on=self.on, no_year=True)
            if found:
                self._put(
                    "last_attended",
                    found[0].day.isoformat(),
                    found[0].raw,
                    place,
                    0.85 if re.match(r"\d", found[0].raw) else 0.8,
                )
        for name, pattern in (
            ("off_roll_date", r"(?:off[- ]?roll(?:ed)?|removed from (?:our |the )?roll|taken off (?:our |the )?roll|left (?:our|the) school|deleted from)(.{0,60})"),
            ("admission_date", r"(?:start(?:s|ed|ing)?|enroll?ed|admitted|on roll|joined|begins?|admission date|start date|place from|attending (?:from|since))(.{0,110})"),
            ("move_date", r"(?:moved|moving|left (?:the )?(?:uk|country|area|england|property|address)|flew|flown|emigrated|relocated|travelled|gone (?:back )?to)(.{0,90})"),
        ):  # fmt: skip
            match = re.search(pattern, sentence, re.I)
            if not match or _BEFORE.search(sentence[: match.start()][-40:]):
                continue
            rest = (
                re.split(r"\b(?:and|but|because|his|her|dob|d\.o\.b|born)\b", match[1], maxsplit=1)[
                    0
                ]
                if name != "admission_date"
                else re.split(r"\b(?:dob|d\.o\.b|born)\b", match[1], maxsplit=1)[0]
            )
            found = dates.find(rest, on=self.on, no_year=True)
            if found and not (name == "admission_date" and last):
                self._put(
                    name,
                    found[0].day.isoformat(),
                    found[0].raw,
                    place,
                    0.85 if len(found) == 1 else 0.7,
                )

    def _said(self, words: str, sentence: str) -> str:
        """Drop the wrong half of "not 14/03/2014 but 14/03/2015" and of "... not 14/03/2014"."""
        cut = re.sub(
            r"\b(?:not|instead of|rather than|from)\s+\S+(?:\s(?:of )?[A-Za-z]+\s\d{4})?",
            " ",
            words,
            flags=re.I,
        )
        right = re.search(
            r"\b(?:should (?:be|read|have been|have read)|is actually|to|but|correct(?:ed)? (?:date|dob|date of birth)? ?is)\s+(.*)",
            sentence,
            re.I,
        )
        if right and dates.find(right[1], on=self.on, kind="birth"):
            return re.sub(r"\b(?:not|instead of|rather than)\s+.*", " ", right[1], flags=re.I)
        return cut

    def _where(self, place: Place, sentence: str) -> None:
        enrolling = r"(?:enroll?ed|on roll|registered|admitted|accepted|joined|joining|started|starting|starts|attending|attends|place|transferred|new school|moved|goes|going|begun)"
        if "enrolled" in self.kinds or "address" in self.kinds or "found" in self.kinds:
            match = re.search(
                rf"{enrolling}\b[^.]{{0,60}}?(?:\bat|\bto|\bin|\bis|\bwith|:|\bjoined)\s+(?:the )?{_SCHOOL}",
                sentence,
            )
            if match and not _BEFORE.search(sentence[: match.start()][-30:]):
                self._put("destination_school", _clean_school(match[1]), match[1], place, 0.88)
        if self.kinds & {"address", "abroad", "found"}:
            match = re.search(
                r"(?:new (?:home )?address(?: is| of|:)?|address (?:is now|should (?:be|read)|has changed to|is)|(?:moved|relocated|gone) (?:\w+ ){0,2}?to|(?:living|lives|live|staying|residing|resides|reside) (?:at|in|with)|forwarding address(?: is|:)?)\s*:?\s*(.+)", sentence, re.I)  # fmt: skip
            if match and not _BEFORE.search(sentence[: match.start()][-30:]):
                self._address(match[1], place)
        if "abroad" in self.kinds:
            named = countries.find(sentence)
            if named and re.search(
                r"abroad|moved|gone|went|going|left|return|emigrat|fl[eoy]w|relocat|travel|overseas|living|now in",
                sentence,
                re.I,
            ):
                self._put("destination_country", named[-1], named[-1], place, 0.88)

    def _address(self, words: str, place: Place) -> None:
        code = fields.postcode(words)
        if isinstance(code, Got):
            out = re.search(r"[A-Za-z]{1,2}[0-9OI][0-9A-Za-z]?\s*[0-9OI][A-Za-z]{2}", words)
            raw = words[: out.end()] if out else words
            self._put("destination_address", squash(raw).strip(" ,."), raw, place, 0.9)
            return
        raw = re.split(
            r"\.(?:\s|$)|;|\b(?:on|from|since|and|where|because|with effect|as of|in (?:January|February|March|April|May|June|July|August|September|October|November|December))\b(?! \d+ [A-Z])",
            words,
        )[0]
        raw = re.sub(
            r"\s*(?:\w+ )?(?:days?|weeks?|months?) ago.*|\s*(?:last|this|next) (?:week|month|year|term|summer).*|\s*(?:recently|already|now|permanently|temporarily)\b.*",
            "",
            raw,
        )
        raw = squash(raw).strip(" ,.")
        if (
            not raw
            or len(raw) > 140
            or re.search(_SCHOOL, raw)
            or raw.casefold() in countries.NAMES
        ):
            return
        if re.match(r"\d+\w?\s|flat|the |unit", raw, re.I) and re.search(r"\d", raw):
            self._put("destination_address", raw, raw, place, 0.85)
        elif re.match(
            r"(?:his|her|their|the|with|an?)\s(?:\w+ )?(?:grand\w+|aunt|uncle|father|mother|dad|mum|relatives?|family|cousins?|sister|brother)\b",
            raw,
            re.I,
        ):
            self._put("destination_address", raw, raw, place, 0.6)
        elif re.match(r"[A-Z]", raw) and not (set(raw.split()) & {"School", "Academy"}):
            self._put("destination_address", raw, raw, place, 0.7)

    def _people(self, place: Place, sentence: str) -> None:
        if "phone" not in self.kinds:
            return
        numbers = phones.find(sentence)
        if not numbers or "parents" in self.values:
            return
        person: dict[str, Any] = {}
        whose = re.search(
            r"\b(mother|father|mum|dad|carer|guardian|step-?(?:mother|father)|grandmother|grandfather|aunt|uncle)\b",
            sentence,
            re.I,
        )
        named = re.search(rf"\b((?:Mr|Mrs|Ms|Miss|Dr)\.?\s+{_WORD}(?:\s+{_WORD})?)", sentence)
        if named:
            person["name"] = squash(named[1])
        if whose:
            person["relationship"] = whose[1].lower()
        old = [
            n
            for n in numbers
            if re.search(
                r"(?:not|instead of|rather than|old|previous)\W+(?:\w+\W+){0,2}$",
                _upto(sentence, n),
                re.I,
            )
        ]
        numbers = [n for n in numbers if n not in old] or numbers
        person["phone"] = numbers[-1] if re.search(r"\bfrom\b.*\bto\b", sentence) else numbers[0]
        self._put("parents", [person], sentence, place, 0.85)

    def _corrections(self, place: Place, sentence: str) -> None:
        if "correction" not in self.kinds:
            return
        for name, label in (("surname", r"surname|family name|last name"), ("forenames", r"first name|forename|given name"),
                            ("year_group", r"year group"), ("sex", r"gender|sex"), ("upn", r"\bupn\b"), ("postcode", r"post ?code"),
                            ("last_attended", r"last (?:date of )?attend(?:ed|ance)(?: date)?|date last attended"), ("off_roll_date", r"off.?roll date|date off roll|leaving date")):  # fmt: skip
            match = re.search(
                rf"(?:{label})\b[^.]{{0,40}}?\b(?:is spel(?:t|led)|should be|should read|spel(?:t|led)|to|is|as)\s+(?:spel(?:t|led)\s+)?[\"“'‘]?([^\"”',.;()]+)",
                sentence,
                re.I,
            )
            if not match:
                continue
            words = re.split(r"\b(?:not|instead|rather|and|please)\b", match[1])[0].strip(
                " '\"’”,."
            )
            got: Got | str
            if name in ("last_attended", "off_roll_date"):
                read = dates.read(words, on=self.on)
                got = read if isinstance(read, str) else Got(read.day.isoformat(), read.sure)
            else:
                reader = {"surname": fields.name, "forenames": fields.name, "year_group": fields.year_group,
                          "sex": fields.sex, "upn": fields.upn, "postcode": fields.postcode}[name]  # fmt: skip
                got = reader(words)
            if isinstance(got, Got):
                self.values[name] = Value(got.value, words, place, min(got.sure, 0.88))

    def _visits(self) -> None:
        if "visit" not in self.kinds or "enquiries" in self.values:
            return
        made: list[dict[str, Any]] = []
        for _, sentence in self.sentences:
            for entry in enquiries.from_words(sentence, self.words, self.on):
                if entry["action"] == "home_visit":
                    made.append(entry)
        if made:
            self._put(
                "enquiries", made, "; ".join(str(m["outcome"]) for m in made), Place("line 1"), 0.8
            )


def _upto(sentence: str, number: str) -> str:
    """Return a sentence's words before a telephone number, however it is spaced there."""
    spaced = r"\s*".join(re.sub(r"\D", "", number))
    match = re.search(spaced, sentence)
    return sentence[: match.start()] if match else ""


def _clean_school(name: str) -> str:
    return re.sub(r"^(?:the|a|our)\s+", "", squash(name), flags=re.I).strip(" ,.")
