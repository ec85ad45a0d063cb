"""Which children running words name, with what stands beside each name.

A name with a birthday or a pupil number is a child; else one with a year group, else the one that the
words are plainly about. A forename alone counts when the sentence is about it and nobody is named in full.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date

from parsers import dates, fields
from parsers.fields import Got
from parsers.prose import names
from parsers.prose.names import Name
from parsers.prose.references import SHAPE
from parsers.prose.text import SUBJECT, Sentence, Words
from parsers.reading import Value
from parsers.words import squash

_BORN = re.compile(
    r"\b(?:d\.?\s?o\.?\s?b\b\.?|born(?: on)?|date of birth|birthday|birth ?date)(?:\s(?:is|was|of))?\W{0,4}",
    re.I,
)
_UPN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z](?:[ -]?[0-9OIl]){11}[ -]?[0-9A-Z](?![A-Za-z0-9])")
_YEAR = re.compile(
    r"\b(?:[Yy]ear(?: [Gg]roup)?|[Yy]r|NCY|Y)[ .]?(\d{1,2}|R)\b|\b(Reception|Nursery)\b(?! (?:staff|manager|desk|office))"
)
# A class beside a name tells its year: "Ana Lis, 7C", "Ana Lis in 4B".
_CLASS = re.compile(r"[\s,(|–-]{1,3}(?:in |from |of |class |form )*(1[0-3]|[1-9])[A-Z]{1,2}\b")
# What may stand between a name and a birthday that nothing announces: "Ana Lis, 7C, F, 12/05/2015".
_BEFORE_BORN = re.compile(
    r"[\s,;(|–-]*(?:(?:in |from |class |form |year |yr |y)?(?:1[0-3]|[1-9]|R)[A-Z]{0,2}\b(?!\s?[/.-]\s?\d|(?:st|nd|rd|th)?\s(?:of\s)?[a-z]{3})[\s,;)|/–-]*|(?:[MF]|male|female|boy|girl|reception|nursery)\b[\s,)|/–-]*){0,3}(?=\d)",
    re.I,
)
_ABOUT = re.compile(
    r"\b(?:re|regarding|about|concerning|child|pupil|student|refer|referring|for|name|named|of|with|that|boy|girl|son|daughter|trace|show|returner|(?:news|update|updates|information|info|progress|latest) (?:on|of))\b(?: is| was)?[:\s–-]+(?:our |the |my |a )?(?:(?:former )?(?:pupil|student|child)[ ,:]+)?$",
    re.I,
)
_DOING = re.compile(
    r"[ ,]*(?:(?:in|from|of) (?:year |yr |class )?\d{1,2}\w{0,2} )?(?:who |\([^()]{0,60}\)[ ,]*)?(?:has|have|had|is|are|was|were|will|did|does|both|started|starts|returned|moved|left|joined|stopped|came|went|attends|attended|remains)\b|['’]s\b"
)


_IS_KIN = re.compile(
    r"\b(?:his|her|their)(?: (?:\w+ )?(?:older|younger|elder|big|little|twin|half|step))?[- ]?(?:brother|sister|sibling),? (?:is |called |named )?$",
    re.I,
)
_SEX = re.compile(r"[\s,(/–-](?:(?P<M>(?i:boy|male)|M)|(?P<F>(?i:girl|female)|F))(?=[,.)/–-])")
_REFERENCE = re.compile(rf"\b{SHAPE}\W{{0,4}}$")
_JOINED = re.compile(r",? (?:and|&) |, ")
_REFERENCED = re.compile(rf"\b{SHAPE}\W{{1,4}}{names.NAME}")
_FORENAME_BORN = re.compile(
    rf"(?<![\w'’-])(?<![A-Z][a-z] )({names.WORD})(?=[ ,]*(?:\(|,? ?(?i:dob|d\.o\.b|born|date of birth)\b))"
)
# "Hamza (Y8)", "Finn (aged 8)": a child told by a forename and a class or an age in brackets.
_FORENAME_CLASSED = re.compile(
    rf"(?<![\w'’-])(?<![A-Z][a-z] )({names.WORD})(?= ?\((?i:(?:year|yr|y) ?\d{{1,2}}\b|reception|(?:aged? )?\d{{1,2}}(?: ?(?:years?|yrs?)(?: old)?)?\)))"
)
_OTHER = re.compile(r"\b(?:different|another|other|wrong)\b[^.;]*$", re.I)
_MANY = 300  # names; no email is about more
_IN_SCHOOL = re.compile(
    r"\b(?:attends?|goes to|is (?:still |now )?(?:in|at|attending)|still (?:in|at|attends))\b(?! (?:missing|home))",
    re.I,
)
_ONE = re.compile(r"\b(?:he|she|his|her|him)\b", re.I)
_BIRTHS = re.compile(
    r"\b(?:d\.?o\.?b\.?['’]?s|dates of birth|birthdays|born)\b[^\d\n]{0,25}(?P<days>\d[^\n;]{5,80})",
    re.I,
)
_OF_ALL = re.compile(
    r"(?:they|both|all|neither|their|these|the (?:\w+ )?(?:family|children|boys|girls|siblings|brothers|sisters|pupils|parents))\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Child:
    """A child named in the words, with the values told beside the name."""

    surname: str
    forenames: str
    values: dict[str, Value] = field(default_factory=dict)
    sentence: Sentence | None = None


def children(told: Words, on: date) -> list[Child]:
    """Return the children whom the words name, in order; none when nobody is plainly meant."""
    found = _whole_names(told, on)
    if found:
        return _with_forename(found, told)
    if by_forename := _by_forename([], told, on):
        return [_completed(c, told, on, len(by_forename)) for c in by_forename]
    kin = [(s, f, at) for s, f, at in names.family(told.text)]
    if kin:
        return [
            _child(
                told,
                Name(s, f, f"{f} {s}", at, at + len(f), 0.85),
                _year_beside(told.text, at + len(f)),
                {},
            )
            for s, f, at in kin
        ]
    alone = names.forename(told.text[told.body_at :])
    if alone is None:
        return []
    word, at = alone[0], alone[1] + told.body_at
    values = {"forenames": Value(word, word, told.place(at), 0.8)}
    if surname := names.couple(told.text):
        values["surname"] = Value(surname, surname, told.place(at), 0.6)
    return [_completed(Child(surname, word, values, told.sentence(at)), told, on, 1)]


def forenames(found: list[Child]) -> frozenset[str]:
    """Return the first forename of each child."""
    return frozenset(c.forenames.split()[0] for c in found if c.forenames)


def own_sentences(told: Words, found: list[Child]) -> list[list[Sentence]]:
    """Return for each child the sentences that are about it and not about all: its own line, and what follows on it.

    Where the children do not stand one a line, a sentence is about those whom it names, and the next one about
    the same as long as it says "he" or "she"; what names nobody is told of all.
    """
    if len(found) < 2:
        return [[] for _ in found]
    if not listed(found):
        return _named_in_turn(told, found)
    firsts = [child.sentence for child in found if child.sentence is not None]
    apart = len({s.paragraph for s in firsts}) == len(firsts)  # each child in paragraphs of its own
    own: list[list[Sentence]] = [[] for _ in found]
    for sentence in told.sentences:
        begun = [i for i, first in enumerate(firsts) if first.start <= sentence.start]
        if not begun:
            continue
        is_last = begun[-1] == len(found) - 1
        ended = is_last and not apart and sentence.paragraph != firsts[-1].paragraph
        if not (ended or (is_last and _OF_ALL.match(sentence.text))):
            own[begun[-1]].append(sentence)
    return own


def _named_in_turn(told: Words, found: list[Child]) -> list[list[Sentence]]:
    own: list[list[Sentence]] = [[] for _ in found]
    firsts = [re.escape(c.forenames.split()[0]) for c in found if c.forenames]
    if len(firsts) < len(found) or len(set(firsts)) < len(firsts):
        return own
    spoken: list[int] = []
    for sentence in told.sentences:
        if sentence.place is SUBJECT:
            continue
        named = [i for i, name in enumerate(firsts) if re.search(rf"\b{name}\b", sentence.text)]
        if not named and not (spoken and _ONE.search(sentence.text)):
            continue
        spoken = named or spoken
        if 0 < len(spoken) < len(found):
            for i in spoken:
                own[i].append(sentence)
    return own


def listed(found: list[Child]) -> bool:
    """Say whether several children stand one a line, each line its own."""
    lines = [c.sentence for c in found if c.sentence is not None]
    return (
        len(found) > 1
        and len({s.start for s in lines}) == len(found)
        and all(
            re.match(
                rf"\W*(?:\d+[.)]\s*|{SHAPE}\W*)?{re.escape(_first_word(c))}",
                c.sentence.text,
                re.I,
            )
            is not None
            for c in found
            if c.sentence is not None
        )
    )


def _first_word(child: Child) -> str:
    raw = child.values["surname"].raw if "surname" in child.values else child.forenames
    return raw.split()[0].strip(",")


def _whole_names(told: Words, on: date) -> list[Child]:
    ranked: list[tuple[int, list[Child]]] = []
    waiting: list[Child] = []  # "Callum &" before "Erin Boyd": as surely meant as she is
    people = _told_whole(names.people(told.text))
    for number, name in enumerate(people):
        until = people[number + 1].start if number + 1 < len(people) else len(told.text)
        sentence = told.sentence(name.start)
        window = told.text[
            name.end : min(until, name.end + 110, sentence.end if sentence else until)
        ]
        born, upn, year = _born(window, on), _upn(window), _year(window)
        child = _child(told, name, year, _identity(told, name, born, upn))
        kin = _IS_KIN.search(told.text[max(0, name.start - 60) : name.start])
        if kin and sentence and _IN_SCHOOL.search(told.text[name.end : sentence.end]):
            continue  # a sister who is in school is no child of this email
        if _OTHER.search(told.text[max(0, name.start - 20) : name.start]):
            continue  # "a different Bo Finch"
        if name.shares:
            waiting.append(child)
            continue
        about = _REFERENCE.search(told.text[max(0, name.start - 30) : name.start])
        rank = 3 if born or upn else 2 if year or about else _told_about(told, name)
        beside = number and _JOINED.fullmatch(told.text[people[number - 1].end : name.start])
        if ranked and ranked[-1][0] == 1 == max(rank, 1) and beside:
            ranked[-1][1].append(child)  # "Fatima Noor & Zahra Noor": both are meant
            continue
        if rank:
            if waiting and re.match(r"[ ,(]{1,3}(?:both|all|twins)\b", window):
                waiting = [replace(w, values={**child.values, **w.values}) for w in waiting]
            ranked.append((rank, [*waiting, child]))
        waiting = []
    best = max((rank for rank, _ in ranked), default=0)
    if best == 0:
        return []
    in_list = best >= 2 and sum(_in_list(group[-1]) for rank, group in ranked if rank == best) > 1
    meant = [
        group
        for rank, group in ranked
        if rank == best or (in_list and rank == 2 and _in_list(group[-1]))
    ]  # "- D. Doe, dob unknown (Y5)" is a child of the list too
    chosen = _distinct([child for group in (meant if best >= 2 else meant[:1]) for child in group])
    chosen = [_born_by_forename(c, told, on) for c in chosen]
    chosen += _by_forename(chosen, told, on)
    chosen = _born_in_order(chosen, told, on)
    return [_completed(c, told, on, len(chosen)) for c in chosen]


def _in_list(child: Child) -> bool:
    """Say whether a child begins a line of a list with marks or numbers."""
    line = child.sentence.text if child.sentence else ""
    return re.match(r"(?:[-•*·▪–]|\d{1,2}[.)])\s", line) is not None


def _told_whole(people: list[Name]) -> list[Name]:
    """Tell a name that is the beginning of a longer one by that: "Ellie Mae" where "Ellie Mae Tarrant" is named."""
    if len(people) > _MANY:
        return people
    whole = []
    for name in people:
        longer = [p for p in people if p.raw.startswith(f"{name.raw} ") and not name.shares]
        if longer:
            name = replace(name, surname=longer[0].surname, forenames=longer[0].forenames)
        whole.append(name)
    return whole


def _by_forename(chosen: list[Child], told: Words, on: date) -> list[Child]:
    """Return the children told by a forename and a birthday: "Kemi's brother Dayo (02/02/2017)".

    Their surname is the family's, where the words tell one: the child's named last before them, "the Oduya family".
    """
    births = {c.values["date_of_birth"].value for c in chosen if "date_of_birth" in c.values}
    house = names.house(told.text)
    found: list[Child] = []
    known = [*_FORENAME_BORN.finditer(told.text), *_FORENAME_CLASSED.finditer(told.text)]
    for match in sorted(known, key=lambda m: m.start()):
        window = told.text[match.end() : match.end() + 60]
        born = _born(window, on)
        told_before = {c.forenames.split()[0].casefold() for c in (*chosen, *found)}
        if (
            (born is None and match.re is _FORENAME_BORN)
            or (born is not None and born[0].isoformat() in births)
            or names.is_ordinary(match[1])
            or match[1].casefold() in told_before
            or _no_forename(told.text, match.start(1))
        ):
            continue
        before = [c for c in chosen if c.sentence and c.sentence.start <= match.start()]
        surname = before[-1].surname if before else house or _after_brackets(told.text, match.end())
        name = Name(surname, fields.cased(match[1]), match[1], match.start(1), match.end(1), 0.8)
        year = _year(window[:40].split(")")[0])
        child = _child(told, name, year, _identity(told, name, born, None))
        if not surname:
            child = replace(child, values={n: v for n, v in child.values.items() if n != "surname"})
        births |= {born[0].isoformat()} if born else set()
        found.append(child)
    return found


def _no_forename(text: str, at: int) -> bool:
    """Say whether a word with a number behind it is a surname, or a grown-up's: "mum Ewa (07700 ...)"."""
    before = text[max(0, at - 35) : at]
    word = re.search(rf"({names.WORD}) $", before)
    if word is not None and not names.is_ordinary(word[1]):
        return True
    if re.search(r"\bsiblings?(?: are| is| named)?[ ,:–-]+$", before, re.I):
        return True  # "siblings: Haroon (Y8), separate form to follow"
    kin = re.search(rf"\b({names.RELATION})[ ,:]+$", before, re.I)
    return kin is not None and kin[1].casefold() not in ("son", "daughter")


def _after_brackets(text: str, at: int) -> str:
    """Return the surname that ends a list of forenames: "Finn (8) and Isla (6) Carrow"."""
    match = re.match(
        rf" ?\([^()]{{1,25}}\)(?:(?:,| and|,? and| &) {names.WORD} ?\([^()]{{1,25}}\)){{0,5}} ({names.WORD})\b",
        text[at:],
    )
    return fields.cased(match[1]) if match and not names.is_ordinary(match[1]) else ""


def _born_in_order(chosen: list[Child], told: Words, on: date) -> list[Child]:
    """Give several children the birthdays told in their order: "DOBs 3/3/2014 and 8/8/2016"."""
    if len(chosen) < 2 or any("date_of_birth" in c.values for c in chosen):
        return chosen
    for match in _BIRTHS.finditer(told.text):
        days = dates.find(match["days"], on=on, kind="birth")
        if len(days) == len(chosen) and all(2 <= on.year - d.day.year <= 19 for d in days):
            place = told.place(match.start())
            return [
                replace(c, values={**c.values, "date_of_birth": Value(d.day.isoformat(), d.raw, place, 0.8)})
                for c, d in zip(chosen, days, strict=True)
            ]  # fmt: skip
    return chosen


def _born_by_forename(child: Child, told: Words, on: date) -> Child:
    """Give a child the birthday that stands behind its forename elsewhere: "Wren Castellano ... Wren (dob 4/4/17)"."""
    if "date_of_birth" in child.values:
        return child
    for match in _FORENAME_BORN.finditer(told.text):
        born = _born(told.text[match.end() : match.end() + 60], on)
        if born and match[1].casefold() == child.forenames.split()[0].casefold():
            birthday = Value(born[0].isoformat(), born[1], told.place(match.start()), 0.9)
            return replace(child, values={**child.values, "date_of_birth": birthday})
    return child


def _distinct(found: list[Child]) -> list[Child]:
    kept: dict[str, Child] = {}
    for child in found:
        key = f"{child.forenames} {child.surname}".casefold()
        if key in kept:
            kept[key] = replace(kept[key], values={**child.values, **kept[key].values})
        else:
            kept[key] = child
    return list(kept.values())


def _completed(child: Child, told: Words, on: date, count: int) -> Child:
    """Give the only child a birthday, a number and a year group that stand elsewhere in the words."""
    if count != 1:
        return child
    values = dict(child.values)
    for match in _BORN.finditer(told.text) if "date_of_birth" not in values else ():
        if _OTHER.search(told.text[max(0, match.start() - 45) : match.start()]):
            continue
        born = _birthday(told.text[match.end() : match.end() + 40], on)
        if born:
            values["date_of_birth"] = Value(
                born[0].isoformat(), born[1], told.place(match.start()), 0.88
            )
            break
    if "upn" not in values and (number := _UPN.search(told.text)):
        got = fields.upn(number[0])
        if isinstance(got, Got):
            values["upn"] = Value(
                got.value, number[0], told.place(number.start()), min(got.sure, 0.93)
            )
    if "year_group" not in values and (year := _year(told.text)):
        values["year_group"] = Value(year[0], year[1], told.place(told.text.find(year[1])), 0.86)
    return replace(child, values=values)


def _with_forename(found: list[Child], told: Words) -> list[Child]:
    """Leave out a name that stands in the subject only, unless the words speak of it."""
    if len(found) != 1 or found[0].sentence is None or found[0].sentence.place is not SUBJECT:
        return found
    child = found[0]
    spoken = "|".join(re.escape(w) for w in (child.forenames.split()[0], child.surname) if w)
    subject = told.text[: told.body_at]
    known = {"date_of_birth", "upn"} & set(child.values) or _REFERENCED.search(subject)
    body = told.text[told.body_at :]
    return found if known or re.search(rf"\b(?:{spoken})\b", body, re.I) else []


def _told_about(told: Words, name: Name) -> int:
    before, after = (
        told.text[max(0, name.start - 40) : name.start],
        told.text[name.end : name.end + 60],
    )
    sentence = told.sentence(name.start)
    begins = sentence is not None and not told.text[sentence.start : name.start].strip(" -–•*")
    if _ABOUT.search(before) or _DOING.match(after):
        return 1
    if sentence is not None and sentence.place is SUBJECT:
        return 1
    return int(begins and re.match(r"\s*[:–—-]\s", after) is not None)


def _child(
    told: Words, name: Name, year: tuple[str, str] | None, values: dict[str, Value]
) -> Child:
    place = told.place(name.start)
    sentence = told.sentence(name.start)
    near = told.text[name.end : min(name.end + 60, sentence.end if sentence else name.end)]
    sex = _SEX.search(near) if values or year else None
    whole = {
        "surname": Value(name.surname, name.raw, place, name.sure),
        "forenames": Value(name.forenames, name.raw, place, name.sure),
        **values,
    }
    if year:
        whole["year_group"] = Value(year[0], year[1], place, 0.88)
    if sex:
        whole["sex"] = Value(str(sex.lastgroup), sex[0].strip(" ,(/–-"), place, 0.88)
    return Child(name.surname, name.forenames, whole, sentence)


def _identity(
    told: Words, name: Name, born: tuple[date, str] | None, upn: tuple[str, str, float] | None
) -> dict[str, Value]:
    place = told.place(name.start)
    values = {}
    if born:
        values["date_of_birth"] = Value(born[0].isoformat(), born[1], place, 0.9)
    if upn:
        values["upn"] = Value(upn[0], upn[1], place, min(upn[2], 0.93))
    return values


def _born(window: str, on: date) -> tuple[date, str] | None:
    """Return a birthday told beside a name: after a word for it, or a date of childhood in brackets or after a comma."""
    match = _BORN.search(window)
    if match:
        return _birthday(window[match.end() : match.end() + 40], on)
    bare = _BEFORE_BORN.match(window)
    born = _birthday(window[bare.end() : bare.end() + 22], on) if bare else None
    if born is None or not window[bare.end() :].startswith(born[1]):  # type: ignore[union-attr]
        return None
    return born


def _birthday(words: str, on: date) -> tuple[date, str] | None:
    found = dates.find(words, on=on, kind="birth")
    if not found or not 2 <= on.year - found[0].day.year <= 19:
        return None
    return found[0].day, found[0].raw


def _upn(window: str) -> tuple[str, str, float] | None:
    match = _UPN.search(window)
    got = fields.upn(match[0]) if match else "none"
    return (got.value, squash(match[0]), got.sure) if isinstance(got, Got) and match else None


def _year(window: str) -> tuple[str, str] | None:
    if match := _YEAR.search(window):
        got = fields.year_group(match[1] or match[2])
    elif match := _CLASS.match(window):
        got = fields.year_group(match[1])
    return (got.value, squash(match[0]).strip(" ,(|–-")) if match and isinstance(got, Got) else None


def _year_beside(text: str, at: int) -> tuple[str, str] | None:
    near = re.match(r"[\s,(]*(?:in )?((?:[Yy]ear|[Yy]r|Y)[ ]?(?:\d{1,2}|R))\b", text[at : at + 20])
    return _year(near[1]) if near else None
