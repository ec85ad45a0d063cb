"""What the sender wrote this time, apart from what they quote.

Every library tried cut away a form's "From: 2 March 2026 / To: 6 March 2026" as if it were a quoted
header. The rule here: a quoted header block has at least three different header names on lines that
follow each other, a sender and a recipient or sent line among them, and either a Subject or an `@` in its
From. When nothing would be left, everything is kept. Nothing is thrown away: what is not new is
quoted, and both are handed on.

Lines between or after `>` lines are the sender's own (answers within and below the quoted mail).

Source: docs/sources.md, "Post".
"""

from __future__ import annotations

import re
from collections.abc import Collection

_NAMES = {
    "from": "from", "oddi wrth": "from", "oddiwrth": "from", "gan": "from", "de": "from", "von": "from",
    "sent": "sent", "anfonwyd": "sent", "date": "sent", "dyddiad": "sent", "envoyé": "sent",
    "gesendet": "sent", "sent on": "sent",
    "to": "to", "at": "to", "i": "to", "à": "to", "an": "to",
    "cc": "cc", "copi": "cc", "bcc": "cc",
    "subject": "subject", "pwnc": "subject", "testun": "subject", "objet": "subject",
    "betreff": "subject", "re": "subject",
    "importance": "other", "attachments": "other", "reply-to": "other", "pwysigrwydd": "other",
    "atodiadau": "other",
}  # fmt: skip
_FIELD = re.compile(r"^[>\s|*_]*([A-Za-zÀ-ÿ][A-Za-zÀ-ÿ -]{0,14}?)\s*[*_]*:[*_]*\s*(.*)$")
_RULE = re.compile(
    r"^[>\s*_-]*-{2,}\s*(original message|original appointment|forwarded message|forwarded by .{1,60}"
    r"|neges wreiddiol|neges a anfonwyd ymlaen|anfonwyd ymlaen|message d'origine|ursprüngliche nachricht)"
    r"\s*-{2,}[\s*_]*$",
    re.I,
)
_SENT_ON = re.compile(r"^\s*(?:fwd?|fw|wg|tr|ymlaen)\s*:", re.I)
_SENT_ON_RULE = re.compile(r"forwarded (?:message|by)|ymlaen\b", re.I)
_BEGIN = re.compile(r"^\s*(begin forwarded message|dechrau neges a anfonwyd ymlaen)\s*:\s*$", re.I)
_WROTE = re.compile(
    r"(wrote|ysgrifennodd|a ysgrifennodd|a écrit|schrieb)\s*:\s*$|^.{0,200}\bysgrifennodd\b.{0,200}:\s*$",
    re.I,
)
_OPENS = re.compile(r"^[\s>*_]*(on|ar|le|am|ar ddydd)\b", re.I)
_OLD_GMAIL = re.compile(
    r"^\s*20\d\d-\d\d-\d\d \d{1,2}:\d\d (gmt|utc)?[+-]?[\d:]* ?.{1,80}<?\S+@\S+>?:\s*$", re.I
)
_LONGEST = (
    400  # of a line: what marks a quote is short, and patterns are slow on a megabyte of dashes
)
_LINE = re.compile(r"^[\s*]*[_\u2014\u2500-]{10,}[\s*]*$")
_DATE = re.compile(
    r"^\W*(\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|(\w+\s+)?\d{1,2}(st|nd|rd|th)?\s+[A-Za-z]{3,9}(\s+\d{2,4})?)\W*$"
)
_YEAR = re.compile(r"\b20\d\d\b|\b\d{1,2}[/.]\d{1,2}[/.]\d{2}\b")
_SENT = re.compile(r"^[>\s|*_]*(?:sent|anfonwyd)\s*[*_]*:", re.I)
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d\d\b")


def split(text: str) -> tuple[str, str]:
    """Return (new words, quoted words) of a message's text."""
    lines = text.split("\n")
    cut, angle = _cut(lines)
    if cut is None:
        new, quoted = _without_angles(lines)
    elif angle:
        inner_new, inner_quoted = _without_angles(lines[cut:], lead=_lead(lines[cut:]))
        new, quoted = lines[:cut] + inner_new, inner_quoted
    else:
        inner_new, inner_quoted = _without_angles(lines[:cut])
        new, quoted = inner_new, inner_quoted + lines[cut:]
    new, signed = _signature(new)
    words = "\n".join(new).strip("\n").strip()
    if not re.search(r"\w", words):
        return text.strip(), ""
    return words, "\n".join([*signed, *quoted]).strip()


def answered(text: str) -> str | None:
    """Return a reply that answers under each quoted question as "question: answer" lines, or None when it does not.

    The question alone tells what "04/05/2014" is; its quoted words are nobody's news.
    """
    pairs: list[str] = []
    asked = ""
    for line in text.split("\n"):
        bare = line.strip()
        if bare.startswith(">"):
            asked = bare.lstrip("> ").strip()
        elif not bare:
            pairs.append("")
        elif asked and re.search(r"[?:]\W*$", asked) and len(asked) < 120:
            pairs.append(f"{asked.rstrip(' ?:*')}: {bare}")
            asked = ""
        else:
            pairs.append(bare)
            asked = ""
    told = sum(": " in line for line in pairs)
    return "\n".join(pairs).strip() if told >= 2 and ">" in text else None


def forwarded(subject: str, quoted: str, ours: Collection[str]) -> tuple[str, str] | None:
    """Return the subject and the words of a message that was sent on, or None when what is quoted is old news.

    A reply quotes what we have had or written ourselves; a message sent on is news to us, and what it quotes in
    its turn is not. `ours` are this mailbox's addresses: a letter of our own that is sent back to us is no news.
    """
    if not _SENT_ON.match(subject) and not _SENT_ON_RULE.search(quoted[:600]):
        return None
    lines = [re.sub(r"^(?:>\s?)+", "", line) for line in quoted.split("\n")]
    at = next((i for i in range(min(len(lines), 30)) if _header_block(lines, i)), None)
    if at is None:
        return None
    inner, sender, end = "", "", at
    for number, line in enumerate(lines[at : at + 14], start=at):
        field = _field(line)
        if field is None and (number > at + 1 and not line.strip()):
            break
        end = number
        inner = field[1] if field and field[0] == "subject" else inner
        sender = field[1] if field and field[0] == "from" else sender
    if any(address and address in sender.lower() for address in ours):
        return None
    words, _ = split("\n".join(lines[end + 1 :]).strip("\n"))
    return (inner, words) if re.search(r"\w", words) else None


def _cut(lines: list[str]) -> tuple[int | None, bool]:
    """Return the line where the quoted mail begins, and whether `>` marks it from there on."""
    for at, whole in enumerate(lines):
        line = whole[:_LONGEST]
        if not line.strip():
            continue
        if _RULE.match(line) or _BEGIN.match(line) or _OLD_GMAIL.match(line):
            return at, _angled(lines, at + 1)
        if _LINE.match(line) and _header_block(lines, _next(lines, at + 1)):
            return at, False
        if _header_block(lines, at):
            return at, line.lstrip().startswith(">")
        if length := _attribution(lines, at):
            return at, _angled(lines, at + length)
    return None, False


def _next(lines: list[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _angled(lines: list[str], at: int) -> bool:
    at = _next(lines, at)
    return at < len(lines) and lines[at].lstrip().startswith(">")


def _header_block(lines: list[str], at: int) -> bool:
    """Tell whether a quoted mail's header lines stand here."""
    if at >= len(lines) or not _field(lines[at]):
        return False
    found: dict[str, str] = {}
    last, spare = "", 2
    for line in lines[at : at + 14]:
        field = _field(line)
        if field:
            last, value = field
            found.setdefault(last, value)
        elif not line.strip() and spare:
            spare -= 1  # some programs put an empty line between them
        elif last in ("to", "cc") and re.search(r"[@;<>]", line):
            continue
        elif last in ("from", "sent", "subject") and line.strip() and not found.get(last):
            found[last] = line.strip()
        else:
            break
    sender = found.get("from", "")
    if len(found) < 3 or "from" not in found or not ({"to", "sent"} & set(found)):
        return False
    if _DATE.match(sender) or not sender.strip(" >*_"):
        return False
    if "@" in sender:
        return True
    # Exchange writes no addresses inside an organisation, but always when the mail was sent. A form's
    # own "From: one school / To: another / Subject: transfer" has no time of day.
    sent = found.get("sent", "")
    if _SENT.match(lines[at + 1] if at + 1 < len(lines) else "") and _YEAR.search(sent):
        return True  # "From: CME / Sent: 20 October 2026 / To: Office": no form says "Sent" there
    return "subject" in found and (bool(_CLOCK.search(sent)) or "@" in found.get("to", ""))


def _field(line: str) -> tuple[str, str] | None:
    matched = _FIELD.match(line[:500])
    if not matched:
        return None
    name = _NAMES.get(re.sub(r"\s+", " ", matched[1].strip().lower()))
    return (name, matched[2].strip(" *_")) if name else None


def _attribution(lines: list[str], at: int) -> int:
    """Return how many lines "On ... wrote:" takes here, or 0.

    It needs an address, or a date with its year and a time, or `>` lines behind it: "On 3 March the school wrote:" is
    somebody's own sentence.
    """
    if not _OPENS.match(lines[at][:_LONGEST]):
        return 0
    for length in range(1, 5):
        joined = " ".join(line[:_LONGEST].strip(" >*_") for line in lines[at : at + length])[:600]
        if _WROTE.search(joined):
            dated = bool(_CLOCK.search(joined) and _YEAR.search(joined))
            sure = "@" in joined or dated
            return length if sure or _angled(lines, at + length) else 0
        if at + length < len(lines) and not lines[at + length].strip():
            return 0
    return 0


def _lead(lines: list[str]) -> int:
    """Count the lines before the first `>`: the attribution."""
    return next((n for n, line in enumerate(lines) if line.lstrip().startswith(">")), 0)


def _without_angles(lines: list[str], lead: int = 0) -> tuple[list[str], list[str]]:
    """Part the lines that stand behind `>` from the others."""
    new: list[str] = []
    quoted = list(lines[:lead])
    for line in lines[lead:]:
        (quoted if line.lstrip().startswith(">") else new).append(line)
    return new, quoted


def _signature(lines: list[str]) -> tuple[list[str], list[str]]:
    """Part what follows a line of exactly "-- ", when it is short enough to be a signature."""
    for at in range(len(lines) - 1, -1, -1):
        if lines[at] == "-- ":
            below = [line for line in lines[at:] if line.strip()]
            return (lines[:at], lines[at:]) if len(below) <= 15 else (lines, [])
    return lines, []
