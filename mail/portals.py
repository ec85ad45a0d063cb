"""Notices that a message waits in a secure portal, with nothing of it in the mail.

Told by what such a notice is, not by a list of portals, which nobody can complete: nothing attached, few words, a link, an
announcement ("has sent you a secure message") and an invitation to go there ("click to read"), with what only machines
write beside it (it expires, register first, a code). A known portal's link needs less.

What a person writes about a portal ("I sent it by secure email yesterday, did you get it?") announces, but invites
nowhere; a footer that names the portal is on half of the councils' mail and announces nothing.

Source: docs/sources.md, "Post" (portal notices: never follow the link).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mail.values import Leaf

_MOST_WORDS = 400
_KNOWN_LINK = re.compile(
    r"https?://[^\s\"'<>]{0,300}?(egress\.(com|cloud)|zivver\.(com|eu)|mimecast\.(com|co\.uk)/(secure|portal|login|messaging)|secure\.mimecast"
    r"|outlook\.office365\.com/encryption|office365\.com/encryption|purview\.microsoft|galaxkey|securemail|res\.cisco\.com|cryptoportal"
    r"|secure-?messag\w*|virtru\.com|proofpoint\.com/(secure|formpostdir)|totemo|frama)[^\s\"'<>]*",
    re.I,
)
_LINK = re.compile(r"https?://[^\s\"'<>]{4,500}", re.I)
_KIND = r"(?:secure|secured|encrypted|protected|zivver|egress|confidential|private|safe)"
_THING = (
    r"(?:messages?|emails?|e-mails?|mails?|packages?|files?|documents?|transfers?|deliver(?:y|ies))"
)
_KNOWN_WORDS = re.compile(
    rf"(read|view|open|access|retrieve|collect|unlock) (the|your|this|my|a)? ?{_KIND}? ?{_THING}"
    rf"|(sent|received|has) (you )?(an?|new) (new )?{_KIND}[ \w-]{{0,30}}{_THING}"
    r"|darllen y neges|neges (ddiogel|wedi'i hamgryptio)",
    re.I,
)
_ANNOUNCED = re.compile(
    rf"\b(sent|sending|shared|delivered|forwarded)( to| with)? you( with)? (an?|the|some|\d+) (new )?{_KIND}[ \w-]{{0,30}}\b{_THING}\b"
    rf"|\byou(?:'ve| have)? (?:received|got|have|been sent)( an?| \d+| one)?( new| unread)* {_KIND}[ \w-]{{0,30}}\b{_THING}\b"
    rf"|\b(?:new|unread|incoming) {_KIND} {_THING}\b|\b{_KIND} {_THING} (?:from|for|has been sent|is waiting|awaits|notification)\b"
    rf"|\b{_THING} (?:is|are|has been) (?:waiting|held|stored|ready)[ \w-]{{0,40}}\b(?:portal|mailbox|inbox|server|{_KIND})\b"
    rf"|\bshared (?:an?|the|\d+|some) (?:{_THING}|folders?)(?: [^.\n]{{0,80}})? with you\b|\bshared [\"“'][^\"”'\n]{{1,120}}[\"”'] with you\b"
    r"|\bneges (ddiogel|wedi'i hamgryptio)\b",
    re.I,
)
_INVITED = re.compile(
    rf"\b(?:click|follow|use|press|select|tap|go to|visit)\b[^.]{{0,60}}\b(?:link|button|here|below|portal|https?:)"
    rf"|\bto (?:read|view|open|access|retrieve|collect|download|see|pick up|unlock|reply)[ \w']{{0,40}}\b(?:it|{_THING})\b"
    rf"|\b(?:read|view|open|access|retrieve|collect|download|unlock)( (?:the|your|this|my|secure|encrypted))* {_THING}\b"
    r"|\bopen\b[^.]{0,20}https?:|\b(?:sign|log)[ -]?in\b|\bcliciwch\b|\bdarllen y neges\b",
    re.I,
)
_MACHINES_WORDS = re.compile(
    r"\blink (?:will |can )?only works? for\b|\b(?:will )?expires?\b|\bavailable (?:until|for|before)\b|\bregist(?:er|ration)\b|\bcreate (?:an? |your )?(?:free )?(?:account|password)\b"
    r"|\b(?:one[- ]?time|verification|access) (?:code|pass\w*|pin)\b|\bpasscode\b|\bverify (?:your|who)\b|\bdo not reply\b|\bno-?reply\b"
    r"|\bautomat(?:ed|ic(?:ally)?)\b|\bfirst[- ]time\b|\bhelp\b[^.]{0,40}\b(?:opening|reading|desk|page|centre)\b|\btrouble\b[^.]{0,30}\b(?:opening|viewing|reading)"
    r"|\bpowered by\b|\bsecured by\b|\bmessage id\b|\bdod i ben\b",
    re.I,
)
_WRAPPER = re.compile(
    r"(\.rpmsg|^message\w{0,6}\.html?|securedoc\w*\.html?|^encrypted\w*\.html?|secure[-_ ]?(?:message|mail|email)\w*\.html?)$",
    re.I,
)


def is_notice(subject: str, text: str, page: str, leaves: Sequence[Leaf]) -> bool:
    """Tell a notice that a message waits in a portal. An attached document makes it an ordinary mail."""
    wrapped = [leaf for leaf in leaves if _WRAPPER.search(leaf.name)]
    if any(leaf not in wrapped and not _trifle(leaf) for leaf in leaves):
        return False
    names = [leaf.name.lower() for leaf in wrapped]
    if any(name.endswith(".rpmsg") or name.startswith("securedoc") for name in names):
        return True
    if len(text.split()) >= _MOST_WORDS:
        return False
    flat = " ".join(text[:20_000].split())
    links = _links(text, page)
    if _KNOWN_WORDS.search(flat) and (wrapped or any(_KNOWN_LINK.search(u) for u in links)):
        return True
    announced = _ANNOUNCED.search(flat) or _ANNOUNCED.search(" ".join(subject[:500].split()))
    return bool(
        (links or wrapped) and announced and _INVITED.search(flat) and _MACHINES_WORDS.search(flat)
    )


def _trifle(leaf: Leaf) -> bool:
    return leaf.content_type.startswith("image/") or leaf.name.lower().endswith(".p7s")


def _links(text: str, page: str) -> list[str]:
    return [m[0] for t in (text[:20_000], page[:200_000]) for m in _LINK.finditer(t)][:500]
