"""Names in running words: which capitals are a person, and whether a child or a grown-up.

What a stranger would get wrong: half of all capitals are schools, streets and months; "Mrs", "mum,"
and "social worker" stand before grown-ups; a name may begin with Ł or Ş.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from parsers import countries, fields
from parsers.words import squash

UPPER = "".join(chr(c) for c in (*range(0x41, 0x250), *range(0x1E00, 0x1F00)) if chr(c).isupper())
_LETTER = r"[^\W\d_]"
WORD = rf"[{UPPER}]{_LETTER}{{0,29}}(?:['’-](?!s\b){_LETTER}{{1,30}}){{0,4}}(?![\w])"
_PARTICLES = (
    r"(?:de|la|da|dos|das|do|del|di|van|von|der|den|bin|bint|ibn|al|el|ul|du|le|ter|ten|abu|o)"
)
NAME = rf"(?:{WORD}|[{UPPER}]\.)(?:[ ](?:{_PARTICLES}[ ]){{0,2}}{WORD}){{1,4}}"
_COMMA = rf"(?P<last>{WORD}(?:[ ]{WORD})?),[ ](?P<first>{WORD}(?:[ ]{WORD}){{0,2}})(?=\s*[,(:–-]|\s+(?:dob|d\.o\.b|born|\d)|\s*(?:\n|$))"
RELATION = (
    r"foster carers?|(?:(?:step|foster|grand|god)[ -]?)?(?:mother|father|mum|mummy|mom|dad|parents?)|ma|carers?|guardian|nan|nana|gran|granny|grandma|grandad|"
    r"grandmother|grandfather|aunt(?:ie|y)?|uncle|partner|wife|husband|cousin"
)
_TITLE = r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sir|Madam|Rev|Prof|Cllr|PC|DC|Sgt)\.?"
_NOT_PERSON = frozenset(
    ["dear", "hiya", "hey", "called", "missing", "kind", "best", "many", "thanks", "thank", "please", "hello", "hi", "good", "morning", "afternoon", "evening", "re", "regarding", "the", "this", "that",
     "these", "those", "we", "our", "us", "school", "academy", "primary", "college", "high", "secondary", "infant", "infants", "junior", "juniors", "nursery", "grammar", "children", "child", "missing",
     "education", "educational", "officer", "team", "council", "county", "cme", "cmoe", "ehe", "referral", "referrals", "form", "forms", "update", "updates", "case", "cases", "street", "road", "avenue", "close",
     "lane", "drive", "court", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun", "january", "february",
     "march", "april", "may", "june", "july", "august", "september", "october", "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "year", "yr", "years",
     "date", "new", "old", "his", "her", "their", "my", "your", "he", "she", "they", "it", "i", "you", "mrs", "mr", "miss", "ms", "dr", "head", "headteacher", "attendance", "welfare", "social", "care", "home", "visit",
     "visits", "local", "authority", "pupil", "pupils", "student", "students", "learner", "dob", "upn", "ewo", "mum", "dad", "mother", "father", "parent", "parents", "family", "subject", "from", "to", "sent", "attached",
     "following", "further", "since", "after", "also", "when", "as", "if", "on", "at", "in", "no", "yes", "any", "taken", "telephone", "phone", "mobile", "email", "address", "leaver", "leavers", "starter", "starters",
     "urgent", "confidential", "secure", "official", "sensitive", "reception", "ctf", "s2s", "ems", "sen", "ehcp", "lac", "cp", "cin", "mash", "la", "uk", "england", "britain", "english", "polish", "christmas", "easter",
     "term", "half", "summer", "autumn", "spring", "winter", "please", "sorry", "apologies", "however", "although", "unfortunately", "today", "yesterday", "last", "first", "next", "with", "about", "for", "of", "and", "or",
     "but", "by", "an", "a", "there", "here", "what", "who", "where", "why", "how", "has", "have", "had", "is", "are", "was", "were", "will", "would", "could", "can", "should", "did", "do", "does", "not", "name",
     "named", "extended", "leave", "request", "note", "notes", "message", "call", "wrong", "correction", "amendment", "amendments", "change", "elective", "electively", "removal", "removed", "roll", "off", "number", "lost",
     "found", "enquiry", "query", "question", "information", "info", "fyi", "neighbour", "neighbours", "police", "admissions", "admission", "nan", "gran", "grandma", "both", "all", "some", "one", "two", "three", "just",
     "still", "now", "then", "trace", "tracing", "report", "confirmation", "notification", "concern", "concerns", "safeguarding", "protection", "service", "services", "department", "office", "manager", "assistant",
     "secretary", "teacher", "tutor", "lead", "deputy", "principal", "senco", "regards", "sincerely", "faithfully", "visited", "called", "rang", "spoke", "sibling", "siblings", "brother", "sister", "twin", "twins",
     "boys", "girls", "boy", "girl", "bro", "sis", "another", "other", "cousin", "uncle", "aunt", "auntie", "grandmother", "grandfather", "grandad", "his", "unknown", "none", "nobody", "everyone", "someone", "trust", "church",
     "catholic", "community", "centre", "center", "hospital", "house", "flat", "estate", "park", "way", "gardens", "terrace", "place", "crescent", "grove", "square", "hill", "row", "view", "rise", "walk", "mews", "ref", "reference", "urn", "despite", "during", "until", "before", "following", "given", "while", "so", "because"]
)  # fmt: skip
# Countries that people are called by, as a forename or a surname.
_ALSO_NAMES = frozenset(
    ["georgia", "jordan", "chad", "israel", "india", "kenya", "holland", "ireland", "france", "wales", "poland", "malta"]
)  # fmt: skip
_PLACE_WORDS = frozenset(
    ["school", "academy", "college", "primary", "secondary", "infant", "infants", "junior", "juniors", "nursery", "grammar", "street", "road", "avenue", "lane", "drive", "court", "council", "county", "trust", "church",
     "hospital", "house", "flat", "estate", "park", "gardens", "terrace", "crescent", "mews", "centre", "center", "federation", "authority", "borough", "police", "prep", "pre-prep", "high", "service", "services", "department", "team"]
)  # fmt: skip
_GROWN = re.compile(
    rf"(?:\b{_TITLE}\s+|\b(?:{RELATION})(?:'s|’s)?(?: (?:is|called|named|name is|,|[-–:]))?[\s,(:–-]{{1,3}}|social worker(?: (?:is|called|named))?[\s,(:–-]{{1,3}}|(?:head(?:teacher)?|teacher|tutor|officer|worker|sw|ewo|manager|lead|secretary|nurse|gp|pc|constable|solicitor|landlord|neighbour|colleague|contact)(?: (?:is|called|named))?[\s,(:–-]{{1,3}}|(?:spoke|speak|spoken|talk|met) (?:to|with) |emailed |rang |phoned |called )$",
    re.I,
)
_GROWN_AFTER = re.compile(
    rf"\s*[,(–-]{{1,2}}\s*(?:the |his |her |their |a )?(?:(?:\w+ ){{0,2}}(?:{RELATION})\b(?!'s|’s)|social worker|head(?:teacher)?|attendance|ewo|office|manager|teacher|safeguarding|dsl|senco|tutor|(?-i:[A-Z][\w' ]* (?:School|Academy|College|Primary|Council)))",
    re.I,
)


_ANCHORED = re.compile(
    r"(?<![^\s(-])(?P<words>[a-z][a-z'’-]+(?: [a-z][a-z'’-]+){1,3})[ ,(]{1,3}(?=(?:yr|year|y) ?\d{1,2}\b|d\.?o\.?b\b|born\b)"
)


# Forenames alone, told together with the whole name that follows them.
_AND_BEFORE = re.compile(
    rf"(?<![\w'’.-] )(?<![\w'’-])(?:{WORD}, ){{0,3}}{WORD},? (?:and|&) $|(?<=[a-z:;,] )(?:{WORD}, ){{0,3}}{WORD},? (?:and|&) $"
)


@dataclass(frozen=True, slots=True)
class Name:
    """A person named at `start` to `end` of a text."""

    surname: str
    forenames: str
    raw: str
    start: int
    end: int
    sure: float
    shares: bool = False  # a forename that shares the surname of the whole name after it


def people(text: str) -> list[Name]:
    """Return every whole name of a person who is not said to be grown up, in order."""
    return sorted([*_people(text), *_small_letters(text)], key=lambda name: name.start)


def _people(text: str) -> Iterator[Name]:
    taken: list[tuple[int, int]] = []
    for match in re.finditer(_COMMA, text):
        last, first = match["last"], match["first"]
        if len(first) == 1:
            continue  # "Aws Al-Khatib, M, DOB ...": a sex
        if not (last.isupper() or text[match.end() :].strip(" ")[:1].strip("\n")):
            continue  # "Alder Grove, Wrenbury" ends a line as well
        if is_ordinary(last) or is_ordinary(first) or _is_grown(text, match.start(), match.end()):
            continue
        taken.append(match.span())
        yield Name(
            fields.cased(last), fields.cased(first), match[0], match.start(), match.end(), 0.9
        )
    for match in re.finditer(NAME, text):
        start, raw = _trimmed(match[0], match.start(), text[match.end() : match.end() + 30])
        end = start + len(raw)
        if not raw or any(a < end and start < b for a, b in taken) or _is_place(text, start, end):
            continue
        if _is_grown(text, start, end):
            continue
        split = fields.whole_name(raw)
        if isinstance(split, str) or split.surname is None or split.forenames is None:
            continue
        if len(split.surname) == 1:
            continue  # "Nadia R": a forename with an initial
        yield from _beside(text, start, split.surname)
        yield Name(split.surname, split.forenames, squash(raw), start, end, min(split.sure, 0.9))


def _beside(text: str, start: int, surname: str) -> Iterator[Name]:
    """Yield the children told before a whole name that share its surname: "Callum & Erin Boyd"."""
    before = _AND_BEFORE.search(text[max(0, start - 90) : start])
    if before is None or _is_grown(text, start - len(before[0]), start):
        return
    for first in re.finditer(WORD, before[0]):
        at = start - len(before[0]) + first.start()
        if not is_ordinary(first[0]):
            end = at + len(first[0])
            yield Name(surname, fields.cased(first[0]), first[0], at, end, 0.8, shares=True)


def _small_letters(text: str) -> Iterator[Name]:
    """Yield names written small, known by the class or birthday right behind them."""
    for match in _ANCHORED.finditer(text):
        words = list(re.finditer(r"[^ ]+", match["words"]))
        while words and is_ordinary(words[0][0].strip(",.'’")):
            words.pop(0)
        kept = [w[0] for w in words]
        if len(kept) not in (2, 3) or any(is_ordinary(w) for w in kept):
            continue
        start = match.start("words") + words[0].start()
        raw = text[start : match.end("words")]
        yield Name(
            fields.cased(kept[-1].upper()),
            fields.cased(" ".join(kept[:-1]).upper()),
            raw,
            start,
            start + len(raw),
            0.75,
        )


# Months and seasons that children are called by too: names only where a birthday or a class follows.
_CALLED = frozenset({"summer", "april", "may", "june", "august", "autumn", "sunday", "winter"})
_KNOWN_BY = re.compile(
    r"[ ,(–-]{1,3}(?:is )?(?:(?:yr|year|y) ?\d|d\.?o\.?b\b|born\b|date of birth|upn\b|\d{1,2}[/.-]\d)",
    re.I,
)


def is_ordinary(words: str) -> bool:
    """Say whether words are no name: a weekday, a role, a country."""
    return words.casefold() in countries.NAMES - _ALSO_NAMES or any(
        w.casefold() in _NOT_PERSON or w.casefold() in countries.NAMES - _ALSO_NAMES
        for w in words.split()
    )


def _trimmed(raw: str, start: int, after: str = "") -> tuple[int, str]:
    """Return the name without the ordinary words before it, ended at the first one after."""
    words = list(re.finditer(r"\S+", raw))
    while words and is_ordinary(words[0][0].strip(".")):
        if words[0][0].casefold() in _CALLED and len(words) == 2 and _KNOWN_BY.match(after):
            return start + words[0].start(), raw[words[0].start() :]
        words.pop(0)
    kept = words
    for at, word in enumerate(words):
        if is_ordinary(word[0].strip(".")) or (word[0].isupper() and len(word[0]) == 1 and at == 0):
            kept = words[:at]
            break
    if len(kept) < 2 or kept[0][0].casefold().strip(".") == "st":
        return start, ""
    first, last = kept[0], kept[-1]
    return start + first.start(), raw[first.start() : last.end()]


def _is_place(text: str, start: int, end: int) -> bool:
    """Say whether a capitalised run is a school, a street or a town rather than a person."""
    kind = "|".join(sorted(_PLACE_WORDS))
    if re.match(
        rf"(?:['’]s)?(?:[ ](?:of|and|the|{WORD})){{0,4}}?[ ](?i:{kind})\b", text[end : end + 70]
    ):
        return True
    words = {w.casefold().strip("'s") for w in text[start:end].split()}
    if words & _PLACE_WORDS:
        return True
    before = text[max(0, start - 30) : start]
    if re.search(
        r"(?<![-\w])(?:\d{1,4}[a-z]?|flat|house|court|apartment|unit)[ ,]+$", before, re.I
    ):
        return True
    return bool(re.match(r",?[ ]+[A-Z]{1,2}\d[\dA-Z]? ?\d[A-Z]{2}\b", text[end:]))


def _is_grown(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 40) : start]
    if re.search(
        rf"\b(?:for|of|re|regarding|about|refer|pupil|child|student|named|called)\W+(?:{_TITLE}\W+)?$",
        before,
        re.I,
    ):
        return bool(re.search(rf"{_TITLE}\W+$", before))
    return bool(_GROWN.search(before) or _GROWN_AFTER.match(text[end : end + 60]))


_DOES = (
    r"(?:has|had|may|might|is|was|will|did|does|came|started|starts|returned|moved|left|joined|attends|attended|stopped|walked|arrived|went|lives|lived|stays|turned|told|and (?:his|her|their)\b|['’]s (?:not )?(?:been|back|"
    rf"moved|left|gone|started|now|(?:{RELATION}|family|sister|brother|address|last|name|date|dob|surname|upn|home|new|old|head|teacher|social|key|class)\b))"
)


def forename(text: str) -> tuple[str, int] | None:
    """Return the one forename by which a text tells of its child, with its place; None when none is plain."""
    pattern = rf"(?:(?<=\A)|(?<=[.!?\n\"(] )|(?<=\n)|(?<=[a-z,:;] ))({WORD})(?![^\W\d_])[ ]?(?={_DOES})|\b(?:about|with|for|say|says|said|that|to see|seen) ({WORD})(?=[ ](?:as|who|has|is|was|yet|started|lately|today|since|moved|may|might|could|had|left|lives)\b|[.,?])|(?<![\w'’-])({WORD})(?= ?\((?:[Yy]ear|[Yy]r|Y) ?\d{{1,2}}\b)|\b(?:girl|boy|child|son|daughter|pupil|student)(?: is|['’]s name is|,)? (?:called|named) ({WORD})\b"
    for match in re.finditer(pattern, text):
        word = match[match.lastindex or 0]
        at = match.start(match.lastindex or 0)
        if (
            is_ordinary(word)
            or word.isupper()
            or len(word) < 2
            or word.casefold().rstrip("s") in _NOT_PERSON
        ):
            continue
        before = text[max(0, at - 25) : at]
        if (
            (_GROWN.search(before) and match.lastindex != 4)
            or re.search(rf"\b{_TITLE} $", before)
            or (
                (word_before := re.search(rf"({WORD}) $", before))
                and not is_ordinary(word_before[1])
            )
            or re.search(r"\b(?:from|at|in|to|of) $", before)
        ):
            continue
        return word, at
    return None


def house(text: str) -> str:
    """Return the surname of the family that a text is about ("the Oduya family"), or nothing."""
    for told in (
        rf"\b[Tt]he ({WORD}(?: {WORD})?) (?:family|children|siblings|brothers|sisters|twins)\b",
        rf"(?<![^\W\d_] )\b({WORD}) (?i:family|children|siblings|brothers|sisters|twins)\b",
    ):
        for match in re.finditer(told, text):
            # "Travelling family" in a heading is no name: a name stands elsewhere too, or behind "the"
            known = match[0][:3].casefold() == "the" or text.count(match[1]) > 1
            if known and not is_ordinary(match[1]):
                return fields.cased(match[1])
    return couple(text)


def couple(text: str) -> str:
    """Return the surname of the parents told together, "Mr and Mrs Hartigan", or nothing."""
    match = re.search(rf"\b(?:Mr\.? (?:and|&) Mrs|Mrs\.? (?:and|&) Mr)\.? ({WORD})\b", text)
    return fields.cased(match[1]) if match and not is_ordinary(match[1]) else ""


def family(text: str) -> list[tuple[str, str, int]]:
    """Return (surname, forename, place) of the children of one family told together.

    "The Ahmed family (Yusuf, Y4 and Maryam, Y6)", "Arjun and Dev Patel", "the Patel boys, Arjun and Dev".
    """
    found: list[tuple[str, str, int]] = []
    both = re.search(
        rf"(?<![\w'’-])((?:{WORD}, ){{0,6}}{WORD}),? (?:and|&) ({WORD}) ({WORD})(?!['’\w-])", text
    )
    if (
        both
        and not _is_place(text, both.start(1), both.end(3))
        and not _is_grown(text, both.start(1), both.end(3))
    ):
        firsts = [*both[1].split(", "), both[2]]
        if not any(is_ordinary(w) for w in (*firsts, both[3])):
            return [(fields.cased(both[3]), fields.cased(f), both.start(1)) for f in firsts]
    house = re.search(
        rf"\b[Tt]he ({WORD}(?:[ ]{WORD})?) (?:family|boys|girls|children|siblings|brothers|sisters|twins|kids)\b",
        text,
    )
    if house and not is_ordinary(house[1]):
        rest = text[house.end() : house.end() + 120]
        listed = re.match(
            rf"\s*[(:,–-]+\s*((?:{WORD}\b[^.()]{{0,25}}?(?:, | and | & )?){{2,6}})", rest
        )
        if listed is None:
            return []
        for name in re.finditer(WORD, listed[1]):
            if not is_ordinary(name[0]) and not re.fullmatch(r"Y\d*|CME.*", name[0]):
                found.append(
                    (
                        fields.cased(house[1]),
                        fields.cased(name[0]),
                        house.end() + listed.start(1) + name.start(),
                    )
                )
    return found if len(found) > 1 else []
