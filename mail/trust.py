"""How far a sender is to be believed.

Only the border server's word counts: the topmost Authentication-Results that bears its name, or, where
Exchange Online writes none, the topmost of all. Anything below is the sender's own text. DKIM is not
verified again here: banners and subject tags that Exchange adds break it on honest mail.

Verified needs two things: the server says that the From domain is genuine (DMARC, or an aligned DKIM or
SPF pass), and that address, domain or listed subdomain is in the directory that officers keep;
`notalder.example` is not `alder.example`, and neither is `alder.example.evil.example`.

Never judged: display names. They are only compared, to flag tricks.

Source: docs/sources.md, "Post"; RFC 8601, 7489.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal, Protocol

from anyascii import anyascii
from rapidfuzz.distance import OSA

from mail.values import Mailbox

Level = Literal["verified", "unverified", "failed"]
TOPMOST = "topmost"
_METHOD = re.compile(r"\b(dmarc|spf|dkim|compauth)\s*=\s*(\w+)", re.I)
_LOOKS = (
    ("rn", "m"),
    ("vv", "w"),
    ("cl", "d"),
    ("0", "o"),
    ("1", "l"),
    ("i", "l"),
    ("5", "s"),
    ("3", "e"),
    ("-", ""),
    ("_", ""),
)
_FREE = {
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "live.co.uk", "yahoo.com",
    "yahoo.co.uk", "icloud.com", "aol.com", "btinternet.com", "proton.me",
}  # fmt: skip


class Claims(Protocol):
    """What of an email is looked at; an `Email` is one."""

    @property
    def sender(self) -> Mailbox: ...
    @property
    def reply_to(self) -> Mailbox | None: ...
    @property
    def authentication(self) -> tuple[str, ...]: ...
    @property
    def notes(self) -> dict[str, str]: ...


@dataclass(frozen=True, slots=True)
class Directory:
    """Whom the officers know: exact domains (a subdomain is listed on its own), addresses, names.

    `names` are names of schools and agencies with a domain of theirs, for the display-name trick;
    `own` are the council's domains.
    """

    domains: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    names: tuple[tuple[str, str], ...] = ()
    own: frozenset[str] = frozenset()

    def knows(self, address: str) -> bool:
        """Tell whether an address, or exactly its domain, is listed."""
        return address in self.addresses or _domain(address) in self.domains


@dataclass(frozen=True, slots=True)
class Trust:
    """The level, why in plain words, and what the officer should look at."""

    level: Level
    why: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """What one Authentication-Results header says."""

    server: str
    dmarc: str = ""
    spf: str = ""
    dkim: tuple[tuple[str, str], ...] = ()  # (result, signing domain)
    spf_domain: str = ""
    header_from: str = ""


def trust(email: Claims, anchor: str, directory: Directory) -> Trust:
    """Return how far the sender of an email is to be believed.

    `anchor` is the border server's name in Authentication-Results, "topmost" where it writes none,
    "" when there is no such server: then nobody is verified.
    """
    address = email.sender.address
    flags = tuple(_flags(email, directory))
    if not address or _domain(address) == "":
        return Trust("unverified", "The email has no sender's address.", flags)
    results = _anchored(email.authentication, anchor)
    if results is None:
        return Trust("unverified", "Our mail server says nothing about the sender.", flags)
    if "several_senders" in email.notes:
        return Trust("unverified", "The email names more than one sender.", flags)
    known = directory.knows(address)
    if results.dmarc in ("fail", "permerror") or (not results.dmarc and _all_failed(results)):
        words = "Our mail server says that the sender's address is forged."
        if known:
            flags = ("A known address, and it did not come from there: ring before acting.", *flags)
        return Trust("failed", words, flags)
    if not _genuine(results, _domain(address)):
        return Trust("unverified", "Our mail server could not prove the sender's address.", flags)
    if not known:
        return Trust(
            "unverified", "The address is genuine but on no list of schools and agencies.", flags
        )
    return Trust("verified", "The address is genuine and on the list.", flags)


def read_results(value: str) -> Results:
    """Read one Authentication-Results value, also Exchange's, which names no server; never raises."""
    text = _without_comments(" ".join(value[:8192].split()))
    pieces = [p.strip() for p in text.split(";")]
    server = ""
    if pieces and "=" not in pieces[0]:
        server = (pieces.pop(0).split() or [""])[0].lower().rstrip(".")
    dmarc = spf = spf_domain = header_from = ""
    dkim: list[tuple[str, str]] = []
    for piece in pieces:
        found = _METHOD.match(piece)
        if not found:
            continue
        method, result = found[1].lower(), found[2].lower()
        if method == "dmarc" and not dmarc:
            dmarc, header_from = result, _property(piece, r"header\.from")
        elif method == "spf" and not spf:
            spf, spf_domain = result, _domain_part(_property(piece, r"smtp\.(?:mailfrom|helo)"))
        elif method == "dkim":
            dkim.append((result, _domain_part(_property(piece, r"header\.(?:d|i)"))))
    return Results(server, dmarc, spf, tuple(dkim), spf_domain, header_from)


def _without_comments(text: str) -> str:
    out: list[str] = []
    depth = 0
    for char in text:
        if char == "(":
            depth += 1
        elif char == ")" and depth:
            depth -= 1
        elif not depth:
            out.append(char)
    return "".join(out)


def _property(piece: str, name: str) -> str:
    found = re.search(rf"\b{name}\s*=\s*\"?([^\s\";]+)", piece, re.I)
    return found[1].lower() if found else ""


def _domain_part(value: str) -> str:
    return value.rpartition("@")[2].strip(".")


def _domain(address: str) -> str:
    return address.rpartition("@")[2].rstrip(".").lower() if "@" in address else ""


def _anchored(values: tuple[str, ...], anchor: str) -> Results | None:
    if not anchor or not values:
        return None
    if anchor == TOPMOST:
        top = read_results(values[0])
        # Exchange Online writes no name: a header with one was written by somebody else.
        return top if not top.server else None
    return next((r for r in map(read_results, values) if r.server == anchor.lower()), None)


def _aligned(signed: str, sender: str) -> bool:
    """Tell whether a signing domain is the From domain or one above it (never a public suffix)."""
    return signed == sender or (
        sender.endswith("." + signed) and signed.count(".") >= 2 and signed not in _SUFFIXES
    )


_SUFFIXES = {
    "sch.uk",
    "gov.uk",
    "co.uk",
    "org.uk",
    "ac.uk",
    "nhs.uk",
    "police.uk",
    "gov.wales",
    "llyw.cymru",
}


def _genuine(results: Results, domain: str) -> bool:
    if results.dmarc == "pass":
        # The server may tell whom it tested: it must be the From we read.
        return not results.header_from or results.header_from == domain
    if results.dmarc not in ("", "none", "bestguesspass", "temperror"):
        return False
    signed = any(result == "pass" and d and _aligned(d, domain) for result, d in results.dkim)
    return signed or (
        results.spf == "pass" and bool(results.spf_domain) and _aligned(results.spf_domain, domain)
    )


def _all_failed(results: Results) -> bool:
    said = [results.spf, *(r for r, _ in results.dkim)]
    return "fail" in said and "pass" not in said


def _flags(email: Claims, directory: Directory) -> list[str]:
    address, name = email.sender.address, email.sender.name
    domain = _domain(address)
    found: list[str] = []
    if domain and not directory.knows(address):
        if (like := look_alike(domain, directory)) is not None:
            found.append(f"The sender's domain looks like {like} but is another.")
        if (school := _borrowed_name(name, directory)) is not None:
            found.append(f"The sender's name says {school}, the address is not theirs.")
        if domain in _FREE:
            found.append("The email comes from a private mailbox.")
    inside = re.search(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+", name)
    if inside and inside[0].lower() != address:
        found.append("The sender's name shows another address than the email's own.")
    if email.reply_to and email.reply_to.address and _domain(email.reply_to.address) != domain:
        found.append("Replies would go to another domain than the sender's.")
    if not domain.isascii() or "xn--" in domain:
        found.append("The sender's domain is written with letters that imitate others.")
    return found


def look_alike(domain: str, directory: Directory) -> str | None:
    """Return the known domain that an unknown one imitates, or None."""
    if domain in directory.domains | directory.own:
        return None
    mine, skeleton = _unpuny(domain), _skeleton(domain)
    for known in sorted(directory.domains | directory.own):
        if mine.endswith("." + known):
            continue
        theirs = _skeleton(known)
        if skeleton == theirs or f".{theirs}." in f".{skeleton}." or mine.startswith(known + "."):
            return known
        first, first_known = mine.partition(".")[0], known.partition(".")[0]
        distance = OSA.distance(skeleton, theirs, score_cutoff=2)
        if (distance == 1 and len(first_known) >= 5) or (distance == 2 and len(first_known) >= 10):
            return known
        if (
            len(first_known) >= 5
            and first != first_known
            and first_known in re.split(r"[-.]", mine)
        ):
            return known
        if first == first_known and len(first_known) >= 5:
            return known
    return None


def _unpuny(domain: str) -> str:
    try:
        return domain.encode("ascii").decode("idna") if "xn--" in domain else domain
    except (UnicodeError, ValueError):
        return domain


def _skeleton(domain: str) -> str:
    text = anyascii(unicodedata.normalize("NFKC", _unpuny(domain))).lower()
    for written, meant in _LOOKS:
        text = text.replace(written, meant)
    return text


def _borrowed_name(name: str, directory: Directory) -> str | None:
    plain = " ".join(re.sub(r"[^a-z0-9 ]", " ", anyascii(name).lower()).split())
    for school, _ in directory.names:
        theirs = " ".join(re.sub(r"[^a-z0-9 ]", " ", anyascii(school).lower()).split())
        if len(theirs) >= 6 and theirs in plain:
            return school
    return None
