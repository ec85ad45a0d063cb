"""Machine mail told from people's. The headers decide "never answer", never "throw away" (F22).

- A school's Exchange sets X-Auto-Response-Suppress on what people write: it is a request, no evidence.
- A mailing list or an Outlook rule puts "list" or "auto-generated" on a person's forwarded form:
  mail with a document, or one of our references, stays a person's mail; `never_answer` is
  noted so that nothing is sent back (F21).
- Our own letters never carry a file: what bears our header and a file is a letter of ours that somebody has used
  as a form to write on, and a person's mail.
- Bounces are read by RFC 3464 here: the library that does it finds addresses in ordinary mail.

Source: docs/sources.md, "Post"; RFC 3834, 3464, 8098.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from email.message import Message

from mail import headers
from mail.payloads import children_of
from mail.values import Leaf, MachineKind

OUR_ID = re.compile(r"<out\.[0-9a-z]{8,}\.[^<>@\s]{1,60}@[^<>\s]{1,200}>", re.I)
OUR_HEADER = "X-CME-Outbox"
AUTOMATIC_REPLY = "an automatic reply"
_TAGS = re.compile(r"^(\s*\[[^\]]{1,30}\]\s*|\s*\*+\s*\w+\s*\*+\s*)+")
_AUTO = re.compile(
    r"^\s*(automatic reply|automatic response|auto[- ]?reply|auto[- ]?response|autoresponder|auto"
    r"|ateb awtomatig|ymateb awtomatig|awto-ateb|automatyczna odpowiedź|out of (the )?office( auto-?reply)?"
    r"|allan o'?r swyddfa|i ffwrdd o'?r swyddfa|away from (my|the) (desk|office))\s*(:|-|–|$)",
    re.I,
)
_AUTO_FULL = re.compile(
    r"^\s*(automatic reply|autoreply|ateb awtomatig|automatyczna odpowiedź|out of office auto-?reply)\b",
    re.I,
)
_BOUNCE = re.compile(
    r"^\s*(undeliverable|undelivered mail|undelivered message|mail delivery (failed|failure|system|status)"
    r"|delivery (status notification|failure|has failed)|returned mail|failure notice|message not delivered"
    r"|mail system error|ni ellir ei (ddanfon|anfon|ddosbarthu)|methwyd danfon|heb ei ddanfon)",
    re.I,
)
_DELAYED = re.compile(r"\b(delayed|delay|warning: could not send|still trying|oedi)\b", re.I)
_RECEIPT = re.compile(
    r"^\s*(read|not read|delivered|relayed|darllenwyd|wedi'?i darllen|heb ei ddarllen|danfonwyd)\s*:",
    re.I,
)
_RECEIPT_WORDS = re.compile(
    r"was (read|delivered|deleted)|has been (read|delivered)|wedi cael ei (d?darllen|danfon)|darllenwyd",
    re.I,
)
_POSTMASTER = re.compile(
    r"^(mailer-daemon|postmaster|microsoftexchange[0-9a-f]+|mail-daemon|maildelivery)@", re.I
)
_CALENDAR = re.compile(
    r"^\s*(accepted|declined|tentative|tentatively accepted|canceled|cancelled|derbyniwyd|gwrthodwyd)\s*:",
    re.I,
)
_DOCUMENT = re.compile(
    r"\.(docx?|docm|dotx?|pdf|xlsx?|xlsm|csv|odt|ods|rtf|zip|msg|eml|html?|tiff?|heic)$", re.I
)
_LEFT = re.compile(
    r"\b(has|have|had) (now |recently |since )?left\b(?! (the (office|building)|for |work|early|instructions|a message|details|you))|\bno longer (works?|working|employed|with|at|in post|in this role|part of)\b"
    r"|\bis no longer (at|with|employed|working|a member)\b|\bleft (my|the|this) (post|role|school|organisation|position)\b"
    r"|\bwedi gadael\b|\bnid yw .{0,40}bellach yn\b|\bddim yn gweithio .{0,30}mwyach\b",
    re.I,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january stycznia jan ionawr ion", "february lutego feb chwefror chwe", "march marca mar mawrth maw", "april kwietnia apr ebrill ebr",
         "may maja mai", "june czerwca jun mehefin meh", "july lipca jul gorffennaf gor", "august sierpnia aug awst", "september września sep sept medi",
         "october października oct hydref hyd", "november listopada nov tachwedd tach", "december grudnia dec rhagfyr rhag"), 1)
    for name in names.split()
}  # fmt: skip
_BACK = re.compile(
    r"\b(?:poza biurem do|nieobecn\w{1,3} do|wr(?:acam|ócę)|back|return(?:ing|s)?|returned|re-?open(?:s|ing)?|away until|until|available (?:again )?(?:from|on)|yn ôl|dychwelyd|ailagor|tan)\b"
    r"(?P<rest>[^.!?]{0,90})",
    re.I,
)
_WORDS_DATE = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|af|ydd|fed|eg|ain)?(?: of)?[ -]+([^\W\d_]{3,12})\.?,?(?:[ -]+(\d{4}))?",
    re.I,
)
_AMERICAN = re.compile(r"\b([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?\b(?:,? (\d{4}))?")
_FIGURES = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{2,4})\b")
_EMAIL = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


def kind(
    message: Message,
    text: str,
    leaves: Sequence[Leaf],
    case_refs: Sequence[str],
    sent: datetime | None,
) -> tuple[MachineKind | None, dict[str, str]]:
    """Return what kind of machine wrote this, None for a person, and notes about it."""
    carries = _carries(leaves)
    if headers.raw_values(message, OUR_HEADER) or OUR_ID.search(headers.message_id(message)):
        return None if carries else "ours", {"never_answer": "it is a letter of our own"}
    report = _report(message)
    if report == "delivery-status" or (not report and _looks_bounced(message)):
        return _bounce(message, text)
    if report == "disposition-notification" or _is_receipt(message, text, leaves):
        return "receipt", {"never_answer": "a receipt"}
    why = _automatic(message)
    if _is_calendar(message, leaves) and not carries:
        return "calendar", {"never_answer": "a calendar entry"}
    subject = _TAGS.sub("", headers.first(message, "Subject"))
    said = bool(_AUTO.match(subject) or _AUTO_FULL.match(subject))
    if why in ("auto-replied", "auto_reply", "x-autoreply") or (said and not carries):
        notes = {"never_answer": AUTOMATIC_REPLY, **auto_notes(text, sent)}
        return "auto_reply", notes
    if not why:
        return None, {}
    notes = {"never_answer": why}
    if carries or case_refs or _answers_ours(message):
        return None, notes
    if why == "list":
        return "newsletter", notes
    return "auto_reply", notes | auto_notes(text, sent)


def _answers_ours(message: Message) -> bool:
    return any(OUR_ID.search(i) for i in headers.ids(message, "In-Reply-To"))


def _report(message: Message) -> str:
    if headers.content_type(message) != "multipart/report":
        return next(
            (
                "delivery-status"
                for p in children_of(message)
                if headers.content_type(p) == "message/delivery-status"
            ),
            "",
        )
    declared = headers.parameter(message, "Content-Type", "report-type").lower()
    types = {headers.content_type(p) for p in children_of(message)}
    if declared == "delivery-status" or "message/delivery-status" in types:
        return "delivery-status"
    if declared == "disposition-notification" or "message/disposition-notification" in types:
        return "disposition-notification"
    return declared


def _empty_return_path(message: Message) -> bool:
    return any(v.replace(" ", "") == "<>" for v in headers.raw_values(message, "Return-Path"))


def _looks_bounced(message: Message) -> bool:
    subject = _TAGS.sub("", headers.first(message, "Subject"))
    sender = headers.addresses(message, "From")
    machine = bool(sender and _POSTMASTER.match(sender[0].address))
    return bool(
        (_BOUNCE.match(subject) and (machine or _empty_return_path(message)))
        or (machine and _DELAYED.search(subject))
        or headers.raw_values(message, "X-Failed-Recipients")
    )


def _automatic(message: Message) -> str:
    """Return why a message is never to be answered, "" for a person's."""
    submitted = headers.first(message, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted.startswith("auto-replied"):
        return "auto-replied"
    precedence = headers.first(message, "Precedence").strip().lower()
    if precedence == "auto_reply":
        return "auto_reply"
    if any(
        headers.raw_values(message, h) for h in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply")
    ):
        return "x-autoreply"
    if precedence in ("bulk", "junk", "list") or any(
        headers.raw_values(message, h) for h in ("List-Id", "List-Unsubscribe", "Feedback-ID")
    ):
        return "list"
    if submitted and submitted != "no":
        return "auto-generated"
    if _empty_return_path(message):
        return "empty return path"
    return ""


def _carries(leaves: Sequence[Leaf]) -> bool:
    return any(not leaf.inline and (leaf.problem or _DOCUMENT.search(leaf.name)) for leaf in leaves)


def _is_calendar(message: Message, leaves: Sequence[Leaf]) -> bool:
    if headers.content_type(message) == "text/calendar":
        return True
    for leaf in leaves:
        if leaf.content_type == "text/calendar" and b"\nMETHOD:" in leaf.data.replace(b"\r", b"\n"):
            return True
    return bool(
        _CALENDAR.match(headers.first(message, "Subject"))
        and any(leaf.content_type == "text/calendar" for leaf in leaves)
    )


def _is_receipt(message: Message, text: str, leaves: Sequence[Leaf]) -> bool:
    return bool(
        _RECEIPT.match(headers.first(message, "Subject"))
        and not _carries(leaves)
        and len(text) < 1500
        and _RECEIPT_WORDS.search(text)
    )


def _bounce(message: Message, text: str) -> tuple[MachineKind, dict[str, str]]:
    """Read a report on a letter of ours: whom it did not reach, which it was, and why."""
    notes = {"never_answer": "a delivery report"}
    actions: list[str] = []
    for block in _status_blocks(message):
        action = headers.first(block, "Action").strip().lower()
        if action:
            actions.append(action)
        if action in ("failed", "delayed", "expanded", "relayed", "delivered", ""):
            recipient = _recipient(block)
            if recipient and (action == "failed" or "recipient" not in notes):
                notes["recipient"] = recipient
            status = headers.first(block, "Status").strip()
            if status and (action == "failed" or "status" not in notes):
                said = headers.first(block, "Diagnostic-Code")
                notes["status"] = f"{status} {said}".strip()[:300]
    original = _original_id(message, text)
    if original:
        notes["original_message_id"] = original
    if not actions:
        return _text_bounce(message, text, notes)
    if "failed" in actions:
        return "bounce", notes
    return ("bounce_delayed" if "delayed" in actions else "receipt"), notes


def _text_bounce(
    message: Message, text: str, notes: dict[str, str]
) -> tuple[MachineKind, dict[str, str]]:
    delayed = _DELAYED.search(headers.first(message, "Subject")) or re.search(
        r"will (continue|keep) (to try|trying)|no action is required", text, re.I
    )
    failed = headers.addresses(message, "X-Failed-Recipients")
    if failed and failed[0].address:
        notes["recipient"] = failed[0].address
    elif "recipient" not in notes and (found := _EMAIL.search(text[:200_000])):
        notes["recipient"] = found[0].lower()
    notes["text_only"] = "the report has no machine-readable part"
    return ("bounce_delayed" if delayed else "bounce"), notes


def _status_blocks(message: Message) -> list[Message]:
    """Return the blocks of every delivery-status part; the first is about the message as a whole."""
    blocks: list[Message] = []
    for part in children_of(message):
        if headers.content_type(part) in (
            "message/delivery-status",
            "message/global-delivery-status",
        ):
            inner = children_of(part)
            blocks += inner or _blocks_of(part)
    return blocks


def _blocks_of(part: Message) -> list[Message]:
    """Read a status part that came encoded, which the standard library does not split."""
    import email

    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return []
    return [
        email.message_from_bytes(b + b"\n\n")
        for b in re.split(rb"\r?\n\r?\n", data[:65536])
        if b.strip()
    ]


def _recipient(block: Message) -> str:
    for name in ("Original-Recipient", "Final-Recipient"):
        value = headers.first(block, name)
        found = _EMAIL.search(value.rpartition(";")[2])
        if found:
            return found[0].lower()
    return ""


def _original_id(message: Message, text: str) -> str:
    import email

    for part in children_of(message):
        kind_ = headers.content_type(part)
        if kind_ == "message/rfc822" or kind_ == "message/global":
            inner = children_of(part)
            if inner and (found := headers.message_id(inner[0])):
                return found
        if kind_ in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
            data = part.get_payload(decode=True)
            if isinstance(data, bytes) and (
                found := headers.message_id(email.message_from_bytes(data[:65536]))
            ):
                return found
    for known in (*headers.ids(message, "In-Reply-To"), *headers.ids(message, "References")):
        if OUR_ID.match(known):
            return known
    found_in_text = OUR_ID.search(text)
    return found_in_text[0] if found_in_text else ""


def auto_notes(text: str, sent: datetime | None) -> dict[str, str]:
    """Return what an automatic reply tells: back_on (ISO), left, instead (another address)."""
    notes: dict[str, str] = {}
    text = text[:20_000]
    if _LEFT.search(text):
        notes["left"] = "yes"
    elif sent and (back := back_on(text, sent.date())):
        notes["back_on"] = back.isoformat()
    if found := re.search(
        r"(?:contact|e-?mail|cysylltwch)[^.\n]{0,80}?([\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})",
        text,
        re.I,
    ):
        notes["instead"] = found[1].lower().rstrip(".")
    return notes


def back_on(text: str, sent: date) -> date | None:
    """Return the day on which the sender says to be back, within a year after `sent`."""
    flat = re.sub(r"\s+", " ", text[:4000])
    for found in _BACK.finditer(flat):
        rest = found["rest"]
        for day, month, year in _dates(rest):
            if made := _day(day, month, year, sent):
                return made
    return None


def _dates(rest: str) -> list[tuple[int, int, int | None]]:
    found: list[tuple[int, int, int | None]] = []
    for m in _FIGURES.finditer(rest):
        year = int(m[3])
        found.append((int(m[1]), int(m[2]), year + 2000 if year < 100 else year))
    for m in _WORDS_DATE.finditer(rest):
        if month := _MONTHS.get(m[2].lower()):
            found.append((int(m[1]), month, int(m[3]) if m[3] else None))
    for m in _AMERICAN.finditer(rest):
        if month := _MONTHS.get(m[1].lower()):
            found.append((int(m[2]), month, int(m[3]) if m[3] else None))
    return found


def _day(day: int, month: int, year: int | None, sent: date) -> date | None:
    for guess in (year,) if year else (sent.year, sent.year + 1):
        try:
            made = date(guess, month, day)
        except ValueError:
            continue
        if timedelta(0) <= made - sent <= timedelta(days=366):
            return made
    return None
