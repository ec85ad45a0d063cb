"""An email's words as sentences, each with the line it stands on.

What a stranger would get wrong: a mail program breaks lines where its width ends, a person breaks them
where the matter ends, and only the second means something; the signature is no part of the news, its
telephone is the sender's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.documents.model import Place
from parsers.words import squash

LONGEST = 40_000  # characters of prose; a longer message is held, its beginning read
_SIGNOFF = re.compile(
    r"^[^\w\n]*(?:(?:kind|kindest|best|warm|warmest|many)\s+(?:regards|wishes|thanks)|regards|yours\s+(?:sincerely|faithfully|truly)|"
    r"(?:many )?thanks(?: and regards| in advance| again| a lot)?|thank you|cheers|best|sincerely|sent from my \w+|get outlook for \w+|--)[^\w\n]*$", re.I | re.M)  # fmt: skip
_SHORT_TITLES = r"(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bSt)(?<!\bNo)(?<!\bTel)(?<!\bMob)(?<!\bYr)(?<!\bapprox)(?<!\bRev)(?<!\b[A-Z])"
_SENTENCE = re.compile(
    rf"{_SHORT_TITLES}(?<=[A-Za-z0-9)!?\"'’])[.!?]+[\"'”’]?\s+(?=[\"'“‘(]?[A-ZÀ-ÞĀ-ſ])|(?<=[?!])\s+"
)
_DATE = r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}"
_POSTCODE = r"[A-Za-z]{1,2}[0-9OI][0-9A-Za-z]?[ ]?[0-9OI][A-Za-z]{2}"
_ADDRESS = re.compile(
    rf"^[ \t]*(?:Flat|Apartment|Apt|Unit|Room|\d)[^\n:]{{2,45}}\n(?:[^\n:.?!]{{2,40}}\n){{0,4}}?[^\n:.?!]{{0,30}}\b{_POSTCODE}[ \t]*\.?$\n?",
    re.M,
)
# No word of prose is so long; what is costs the patterns minutes.
_DISCLAIMER = re.compile(
    r"^\W*(?:(?:this|the information (?:contained )?in this|the contents? of this) (?:e-?mail|message|communication|transmission)\b[^\n]{0,60}\b(?:is|are|may|and any)\b)[^\n]*(?:confiden|privileg|intended|addressee|recipient|attachments?)"
    r"|^\W*disclaimer\b|^\W*confidentiality (?:notice|note)\b",
    re.I | re.M,
)
# "hasnt", as people type it: what is denied must be seen to be.
_NO_APOSTROPHE = re.compile(
    r"\b((?:ha[sd]|have|did|does|do|is|are|was|were|ca|could|would|should|wo))nt\b", re.I
)
_LONG_WORD = re.compile(r"\S{60}(?=\S)")
SUBJECT = Place("subject")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`start` and `end` are where it stands in the whole text that `Words` holds; blank lines part paragraphs."""

    text: str
    start: int
    place: Place
    paragraph: int = 0

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Words:
    """The subject and the new words as one text, its sentences, and which part is the subject."""

    text: str
    body_at: int
    sentences: tuple[Sentence, ...]

    def spaced(self) -> str:
        """Return the body with its lines kept and a blank line between sentences of one line."""
        pieces: list[str] = []
        before: Place | None = None
        for sentence in self.sentences:
            if sentence.place is not SUBJECT:
                line = sentence.text.rstrip(".")
                pieces += ["", line] if sentence.place == before else [line]
                before = sentence.place
        return "\n".join(pieces)

    def place(self, offset: int) -> Place:
        """Return where a character of the text stands, for the officer."""
        found = next((s.place for s in self.sentences if s.start <= offset <= s.end), None)
        return found or (SUBJECT if offset < self.body_at else Place("line 1"))

    def sentence(self, offset: int) -> Sentence | None:
        """Return the sentence that a character of the text stands in."""
        return next(
            (s for s in self.sentences if s.start <= offset < max(s.end, s.start + 1)), None
        )


def told(subject: str, body: str) -> Words:
    """Return an email's words, its signature left out."""
    head = squash(re.sub(r"^(?:\s*(?:re|fwd?|fw|aw|tr)\s*:)+", "", subject[:300], flags=re.I))
    pieces: list[str] = [head]
    made: list[Sentence] = [Sentence(head, 0, SUBJECT)] if head else []
    at = len(head) + 1 if head else 0
    body_at = at
    body = _NO_APOSTROPHE.sub(r"\1n't", _LONG_WORD.sub(r"\g<0> ", body[:LONGEST]))
    for line, paragraph, words in _lines(_blocks(unsigned(body))):
        for sentence in _sentences(words):
            made.append(Sentence(sentence, at, Place(f"line {line}"), paragraph))
            pieces.append(sentence)
            at += len(sentence) + 1
    return Words("\n".join(p for p in pieces if p), body_at, tuple(made))


def unsigned(text: str) -> str:
    """Return the text without what stands under "Kind regards"."""
    text = _DISCLAIMER.split(text)[0]
    for match in _SIGNOFF.finditer(text):
        if match.start() > 15:
            return text[: match.start()]
    return text


def _blocks(text: str) -> str:
    """Join an address that is written a line for each part, and what it is introduced by."""
    joined = _ADDRESS.sub(lambda m: re.sub(r"\s*,?\s*\n\s*", ", ", m[0].strip()) + "\n", text)
    return re.sub(rf":[ \t]*\n\s*\n?(?=[^\n]{{4,140}}{_POSTCODE}\s*$)", ": ", joined, flags=re.M)


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield lines that belong together as one, with the number of the first of them and of their paragraph.

    A line was broken by a mail program when the next word would not have fitted on it.
    """
    lines = [squash(x) for x in text.splitlines()]
    width = max((len(x) for x in lines), default=0)
    held, since, paragraph = "", 0, 1
    for number, line in enumerate(lines, start=1):
        if not line:
            if held:
                yield since, paragraph, held
                paragraph += 1
            held = ""
            continue
        if held and _runs_on(lines[number - 2], line, width):
            held = f"{held} {line}"
            continue
        if held:
            yield since, paragraph, held
        held, since = line, number
    if held:
        yield since, paragraph, held


def _runs_on(before: str, line: str, width: int) -> bool:
    first = line.split(" ", 1)[0]
    if re.match(r"[-•*·▪–]|\d+[.)]\s", line):
        return False
    if before.endswith((":", ";")) or re.match(
        r"(?:dear|hi|hello|good|morning|afternoon)\b[^.]{0,30},?$", before, re.I
    ):
        return False
    if re.search(_DATE, before) and re.match(rf"[A-Z]\S+ [A-Z][^\W\d_A-Z].*{_DATE}", line):
        return False  # a list, one child a line
    full = width >= 55 and len(before) + 1 + len(first) > 0.85 * width
    return (
        full
        or bool(re.match(r"[a-z]", line))
        or before.endswith((",", " and", " the", " on", " at"))
    )


def _sentences(paragraph: str) -> Iterator[str]:
    at = 0
    for match in _SENTENCE.finditer(paragraph):
        piece = paragraph[at : match.end()].strip()
        if piece:
            yield piece
        at = match.end()
    if paragraph[at:].strip():
        yield paragraph[at:].strip()
