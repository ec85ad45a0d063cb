"""Words as forms print them: labels brought to one spelling, prompts told from answers.

A stranger would compare labels letter by letter. Councils print the same question in a hundred
ways ("PUPIL'S D.O.B.*", "Date of birth of child (dd/mm/yyyy)"), so a label becomes a short list of
plain tokens: people and things under one word each ("learner" is a child, "tel no" a phone), notes
in brackets and courtesies gone. Two labels are the same when their tokens are.

Source: the label wordings in docs/sources.md, "forms that councils print".
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LEADERS = re.compile(r"(?:[._…]{3,}|(?:\. ){3,}|-{4,})")
_NUMBERING = re.compile(r"^\s*(?:section\s+|part\s+|q(?:uestion)?\s*)?"
                        r"(?:\d{1,2}(?:\.\d{1,2})?[.):]?|[a-h]\.|[a-z]\))\s+(?=\D)", re.I)  # fmt: skip
_COURTESY = re.compile(
    r"^\W*(?:please (?:give|provide|enter|state|write|tell us|confirm|insert|list|type|supply)(?: us)?(?: with)?|"
    r"(?:what|which) (?:is|was|are|were)|tell us|give|enter|provide|insert)\s+(?:their\b|the\b|your (?=child))?\s*", re.I)  # fmt: skip
_ATTRIBUTE = re.compile(r"\((new|role|job title|position|e-?mail|phone|telephone|tel)\)", re.I)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}")
_NOTES = re.compile(
    r"\b(?:please (?!select reason).*|if (?:known|applicable|different|any|yes|so|available|not known|relevant|possible)\b.*"
    r"|where (?:known|applicable|possible|appropriate)\b.*|as appropriate.*|delete as.*"
    r"|dd ?[/.-] ?mm ?[/.-] ?yy(?:yy)?|e\.?g\.? .*|mandatory|required|optional|compulsory field"
    r"|including post ?code.*|include post ?code.*|inc(?:l)?\.? post ?code.*|with post ?code.*"
    r"|and post ?code$|& post ?code$)",
    re.I,
)
_PHRASES: tuple[tuple[str, str], ...] = tuple((rf"\b(?:{a})\b", b) for a, b in (
    (r"your? (?:childs?|sons?|daughters?)", "child"),
    (r"child(?:ren)? and young (?:person|people)|child(?:ren)? or young (?:person|people)"
     r"|child(?:ren)? ?/? ?young (?:person|people)|young (?:person|people)|c ?/ ?yp|cyp|child ?/ ?pupil"
     r"|pupil ?/ ?child|child ?/ ?student|pupils?|students?|learners?|childs|children|yp", "child"),
    (r"parents? ?(?:/|or|and|,) ?carers?|parents? ?(?:/|or|and|,) ?guardians?"
     r"|parents? ?/ ?carers? ?/ ?guardians?|carers? ?/ ?parents?|parents?|carers?|guardians?"
     r"|p ?/ ?c|main contact", "parent"),
    (r"d\.? ?of ?b\.?|d ?\. ?o ?\. ?b ?\.?|date of birth|birth ?date|birthday|date born|born on|born|doby?", "dob"),
    (r"(?:(?:mobile|daytime|day|evening|landline|contact|work|direct|main|best|office) )?"
     r"(?:tele ?phone|phone|mobile|tel|telephones?|phones?|contact) ?\.? ?"
     r"(?:nos?\.?|numbers?|nums?|details of)", "phone"),
    (r"(?:daytime|work|contact|mobile|direct|evening) (?:telephone|phone|tel)", "phone"),
    (r"yours?", "you"),
    (r"telephones?|phones?|tel|mobiles?|mob|landline", "phone"),
    (r"e ?-? ?mails?(?: addresse?s?)?(?: i ?d)?", "email"),
    (r"post ?-? ?code|postal code", "postcode"),
    (r"first ?names?|fore ?-? ?names?|given ?names?|christian names?|fornames?|forename s", "forename"),
    (r"(?:family|sur|last) ?(?:names?)? ?/ ?(?:last|family|sur) ?names?|sur ?-? ?names?|family ?names?|last ?names?", "surname"),
    (r"unique (?:pupil|child|learner|student) (?:reference )?(?:number|no|identifier|id)", "upn"),
    (r"upns?|u\.p\.n\.?", "upn"),
    (r"national curriculum (?:year|yr)(?: group)?|nc ?(?:year|yr)(?: group)?|n\.c\. year|ncy|ncyg"
     r"|year ?-? ?groups?|school year|yr ?-? ?grp|yr group|year/class|class/year|yr|y/g|yg", "yeargroup"),
    (r"gender(?: ?/ ?sex)?|sex ?/ ?gender", "sex"),
    (r"social services?|children'?s? social care|childrens services|csc", "socialcare"),
    (r"social ?workers?|s ?/ ?w", "socialworker"),
    (r"child protection \(?cp\)? plans?|child protection plans?|c\.?p\.? plans?|cpp", "cpplan"),
    (r"brothers? ?(?:/|and|or|&) ?sisters?|siblings?|other child in (?:the )?(?:family|household|home)"
     r"|brothers?|sisters?", "sibling"),
    (r"(?:last )?(?:known to|held by|given to|on record (?:at|with)|recorded by|registered with|on file (?:at|with)) "
     r"(?:the |your |our |this )?(?:school|academy|setting|us)\b|(?:that )?(?:we|you) (?:have|hold)(?: on (?:file|record))?", "current"),
    (r"(?:last|previous)(?:ly)? known", "current"),
    (r"(?:last|final) (?:day|date)(?: of)? (?:attend(?:ed|ance)|in school|at school|present)"
     r"|date (?:of )?last (?:attend(?:ed|ance)|present|seen in school|in school|at school)"
     r"|last attend(?:ed|ance)(?: date)?(?: at)?|date last attend(?:ed|ance)|last date of attendance"
     r"|last date (?:attended|present)|date last attended|last (?:seen )?(?:in|at) school(?: on)?", "lastattended"),
    (r"numbers?|nos?|num", "number"),
    (r"schools|academy|college|setting|school ?/ ?academy|school ?/ ?setting|establishment", "school"),
    (r"addresses|residence", "address"), (r"names", "name"), (r"dates", "date"),
    (r"new|next|receiving|destination|future|forwarding", "new"),
    (r"previous|former|last|prior", "previous"),
    (r"mum|mother", "mother"), (r"dad|father", "father"),
    (r"job title|position|designation|role|post held|job role|capacity", "role"),
    (r"completing|making|submitting|referring|reporting|notifying", "completing"),
    (r"referrers?|referer", "referrer"),
    (r"enquir(?:y|ies)|inquir(?:y|ies)", "enquiry"),
))  # fmt: skip
_COMPILED = tuple((re.compile(a), b) for a, b in _PHRASES)
_FILLERS = frozenset(
    [
        "the",
        "of",
        "a",
        "an",
        "for",
        "at",
        "in",
        "on",
        "to",
        "and",
        "or",
        "is",
        "are",
        "was",
        "were",
        "this",
        "that",
        "s",
        "full",
        "legal",
        "please",
        "current",
        "details",
        "detail",
        "information",
        "info",
        "their",
        "his",
        "her",
        "hisher",
        "it",
        "which",
        "be",
        "has",
        "have",
        "been",
        "does",
        "do",
        "did",
        "there",
        "with",
        "from",
        "if",
        "known",
        "any",
        "please",
        "enter",
        "state",
        "give",
        "as",
        "per",
        "given",
        "here",
        "child_s",
    ]
)
_APOSTROPHES = re.compile(r"[’'`´]s?\b")


def squash(text: str) -> str:
    """Return the text with compatibility forms folded and every run of spaces one space."""
    return _squashed(text) if len(text) <= 200 else _squash(text)


def _squash(text: str) -> str:
    if text.isascii():
        return " ".join(text.split())
    folded = unicodedata.normalize("NFKC", text).replace("\u00ad", "").replace("\u200b", "")
    return re.sub(r"\s+", " ", folded).strip()


_squashed = lru_cache(maxsize=4_096)(_squash)


def without_leaders(text: str) -> str:
    """Drop dotted leaders and underscores that were drawn to write on."""
    if len(text) > 2 and (
        "__" in text or ".." in text or "…" in text or "--" in text or ". ." in text
    ):
        text = _LEADERS.sub("    ", text)
    return text.strip(" _\t")


def plain_label(text: str, brackets: bool = False) -> str:
    """Return a label in small letters without its number, courtesies, notes and signs."""
    text = _NUMBERING.sub("", text)
    text = text.replace("(s)", "s").replace("(es)", "es").replace("(ies)", "ies")
    text = _COURTESY.sub("", text)
    bare = text if brackets else _BRACKETS.sub(" ", text)
    text = bare if re.search(r"\w", bare) else text
    text = _NOTES.sub(" ", text).replace("’", "'").replace("`", "'")
    return squash(re.sub(r"[*!\"“”;,#•·–—†‡<>=|]", " ", text))


@lru_cache(maxsize=20_000)
def tokens(label: str) -> tuple[str, ...]:
    """Return a label's plain tokens, notes and courtesies left out, in order."""
    text = squash(label[:400]).casefold()
    text = _NUMBERING.sub("", text)
    text = _COURTESY.sub("", text)
    text = _ATTRIBUTE.sub(r" \1 ", text)
    bare = _BRACKETS.sub(
        " ", text.replace("(s)", "s").replace("(es)", "es").replace("(ies)", "ies")
    )
    text = bare if re.search(r"\w", bare) else re.sub(r"[()\[\]{}]", " ", text)
    text = _NOTES.sub(" ", text)
    text = _APOSTROPHES.sub("s", text) if re.search(r"[’'`´]s", text) else text.replace("’", "")
    text = text.replace("'", "").replace("`", "").replace("&", " and ")
    text = re.sub(r"\b(child|parent|pupil|carer|school|student|learner|mother|father|referrer|"
                  r"sibling|person|worker|guardian|headteacher)ss?\b", r"\1", text)  # fmt: skip
    text = re.sub(r"[*:?!\"“”;,#•·–—†‡<>=|]", " ", text)
    text = re.sub(r"\s+", " ", text).strip(" .-/")
    for pattern, word in _COMPILED:
        text = pattern.sub(word, text)
    words = re.findall(r"[^\W_]+", text)
    kept = [w for w in words if w not in _FILLERS]
    kept = kept or words
    result: list[str] = []
    for word in kept:
        if not result or result[-1] != word:
            result.append(word)
    return tuple(result[:14])


_NO_VALUE = re.compile(
    r"\W*(?:n ?/? ?a|not applicable|none|nil|-+|—|–|/|\?*|dd ?[/.-] ?mm ?[/.-] ?y{2,4}|d ?d ?m ?m ?y ?y(?: ?y ?y)?"
    r"|(?:please )?(?:click|tap)\b.*|(?:please )?(?:choose|select)(?: an?| one| from)?\b.{0,30}"
    r"|enter (?:text|date|a date|name)\b.*|type here|your text here|insert .{0,20}|[_.…\s]*)\W*",
    re.I | re.S,
)
_NOT_KNOWN = re.compile(
    r"\W*(?:(?:not (?:yet )?known|unknown)(?: (?:yet|at present|currently|at the moment|at this (?:time|stage|point)"
    r"|to (?:us|(?:the )?school)))?|not sure|unsure|don'?t know|do not know|t\.?b\.?c\.?|t\.?b\.?a\.?|"
    r"to be (?:confirmed|advised)|awaiting(?: confirmation| upn)?|not available|unavailable|"
    r"not provided|not given|see above|as above|same as above|see below|see attached|refused|pending|not recorded|"
    r"not obtained|information not yet obtained)\W*",
    re.I,
)


def is_no_value(text: str) -> bool:
    """Say whether an answer is no answer: a prompt, a dash, "n/a", "DD/MM/YYYY"."""
    return _NO_VALUE.fullmatch(squash(without_leaders(text))) is not None


def is_not_known(text: str) -> bool:
    """Say whether an answer says that nobody knows; it is told to the officer, never a value."""
    return _NOT_KNOWN.fullmatch(squash(text)) is not None


def one_line(text: str) -> str:
    """Return lines joined by commas, for addresses and lists."""
    lines = [squash(line).strip(" ,") for line in text.splitlines()]
    return ", ".join(line for line in lines if line)


def flowing(text: str) -> str:
    """Return a text with its lines kept, each tidy; a line that goes on in small letters is no new one."""
    lines = [line for line in (squash(x) for x in text.splitlines()) if line]
    made = lines[:1]
    for line in lines[1:]:
        if line[0].islower() and not made[-1].endswith((".", ":", ";", "!", "?")):
            made[-1] += " " + line
        else:
            made.append(line)
    return "\n".join(made)
