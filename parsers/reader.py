"""Every leaf of a message decided: read, kept, ignored or held with its reason.

What a stranger would get wrong: a logo is no supporting document; a covering note is no
referral; an empty template opens no case; a form quoted from an earlier message is old news; and a
file that cannot be opened still gets its line, so that nothing is silently left out.

Source: docs/contract.md, `cme read`; policy 9.4, 9.5, 15.2.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath

from parsers import beside, covering, documents, prose
from parsers.documents import html, limits, plain, sniff
from parsers.documents.model import Block, Document, Table, words_of
from parsers.forms import children, record
from parsers.forms.record import FormRead
from parsers.reading import (
    Decided,
    DocumentDecision,
    Findings,
    Held,
    HeldReason,
    Reading,
    Source,
)
from parsers.vocabulary import Vocabulary, standard
from parsers.words import squash

# The sources that are a message's own words: this time's, an older message's, one that was sent on.
WORDS = ("body", "quoted", "forwarded")
Opening = Callable[[str, str], None]
_IGNORED_TYPES = re.compile(
    r"text/(?:calendar|x-?vcard|vcard)|application/(?:x-)?pkcs7-signature|application/pgp-signature|application/ics|message/(?:delivery-status|disposition-notification|feedback-report)|text/rfc822-headers", re.I)  # fmt: skip
_IGNORED_NAMES = re.compile(
    r"\.(?:ics|vcf|p7s|asc|vcs)$|^\._|^(?:thumbs\.db|desktop\.ini|\.ds_store)$", re.I
)
_LOGO = re.compile(
    r"^(?:image|img|logo|signature|icon|banner|outlook-)\w*[-_ ]?\d*.*\.(?:png|jpe?g|gif|bmp|emz|wmz|svg|webp)$",
    re.I,
)
_LETTER = re.compile(
    r"\bdear (?:sir|madam|mr|mrs|ms|miss|head|dr|all|team|[a-z]+)|to whom it may concern|yours (?:sincerely|faithfully|truly)|"
    r"kind regards|i am writing to (?:inform|let|notify|confirm)|we (?:have decided|wish|would like) to|best wishes", re.I)  # fmt: skip
_SUPPORTING = re.compile(
    r"letter|email from|e-mail|correspondence|passport|ticket|itinerary|tenancy|statement|evidence|screenshot|attendance|certificate|chronology|register",
    re.I,
)

# Labels with answers between quotation marks are somebody's example, or what a web page says.
_EXAMPLE = re.compile(
    r"(?<=[:\n])\s*[\"“](?:[^\"”\n]{0,200}\n){0,3}?[\w /]{2,30}:[^\"”\n]*\n(?:[\w /]{2,30}:[^\"”\n]*\n?){1,30}[\"”]"
)
# A story told to teach: its child is nobody's.
_STORY = re.compile(
    r"(?im)^\W*(?:(?:anonymi[sz]ed |short )?case stud(?:y|ies)|vignette|scenario)\b(?: \w{1,2})?\s*[:.–—-].*$"
    r"|^.*\(?not (?:his|her|their|the child'?s) real names?\b.*$"
)
_ANOTHER = "The email and the file's name speak of another child than the form. Look whether it is the right form."
_TOO_LONG = (
    f"The email is very long: only its first {prose.LONGEST:,} characters were read. Read the rest."
)
_PICTURE = "A picture that could not be read. Look at it and enter what it says."
_HEIC = "A photograph in Apple's HEIC format, which is not read here. Ask the sender for it as a JPEG or a PDF, or enter what it says."
_MIXED_UP = re.compile(
    r"\b(?:wrong way (?:a)?round|mixed up|swapped|transposed|other way (?:a)?round)\b", re.I
)
_SAID_WRONG = "The email says that something on the form is wrong. Look at both."
_TAKEN_BACK = (
    "The email says that the form's child is back or found, or takes the form back. Look at both."
)
_LETTER_KEPT = "a letter or another supporting document"
_LIST = (
    "A list of people that says nothing of what happened to them. Look at it and say what it is."
)
_TEXTS: dict[HeldReason, str] = {
    "locked": "The form is locked with a password. Ask the school for an unlocked copy, or type the password.",
    "unreadable": "The file cannot be opened. Ask the sender to send it again, as a Word document or a PDF.",
    "refused": "The file is unsafe or over a safety limit and was not opened. Ask the sender for a plain copy.",
    "blank_form": "The form is empty. Ask the sender to fill it in and send it again.",
    "unknown_form": "No form that is known was recognised in this document. Look at it and say what it is.",
    "ambiguous": "The form says two different things about who the child is. Look at both and choose.",
    "incomplete": "The form does not say which child it is about. Ask the sender for the child's name.",
}


@dataclass(slots=True)
class _Leaf:
    source: Source
    format: str = "unknown"
    decision: Decided = "kept"
    why: str | None = None
    text: str = ""
    form: FormRead | None = None
    held: tuple[HeldReason, str] | None = None
    readings: tuple[Reading, ...] = ()
    beside: tuple[Reading, ...] = ()  # what the email's words tell beside its forms


def read(
    sources: Sequence[Source], *, on: date, passwords: Sequence[str] = (),
    vocabulary: Vocabulary | None = None, opening: Opening | None = None,
) -> Findings:  # fmt: skip
    """Return a decision for every source, a reading for every child, and what waits for a person.

    `on` is the day the message came; two-digit years and days without a year are read by it.
    `opening` is told each leaf's path and format before it is opened, so that whoever watches knows how
    long it may take and which one to blame.
    Never raises for what a document holds.
    """
    words = vocabulary or standard()
    leaves = []
    for source in sources:
        if opening is not None:
            opening(source.path, sniff.sniff(source.data, source.name) if source.data else "text")
        leaves.append(_leaf(source, on, tuple(passwords), words))
    if opening is not None:
        opening("", "text")
    formed = any(leaf.readings or leaf.held for leaf in leaves if leaf.source.path not in WORDS)
    forms = [r for leaf in leaves if leaf.source.path not in WORDS for r in leaf.readings]
    for leaf in leaves:
        if leaf.source.path in ("body", "forwarded"):
            _body(leaf, on, words, forms, formed)
    _told_once(leaves)
    _put_right(leaves)
    _wrong_file(leaves)
    if not any(leaf.readings for leaf in leaves):
        for leaf in leaves:
            _letter(leaf, on, words)
    _undecided(leaves)
    _signals(leaves)
    return Findings(
        tuple(DocumentDecision(x.source.path, x.format, _digest(x.source), x.decision, x.why) for x in leaves),
        tuple(r for x in leaves for r in x.readings),
        tuple(h for x in leaves for h in _holds(x)),
        {x.source.path: x.text for x in leaves if x.text},
        {x.source.path: x.form.layout.told() for x in leaves if x.readings and x.form and x.form.layout},
    )  # fmt: skip


def _digest(source: Source) -> str:
    data = source.data or (source.text or "").encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).hexdigest()


def _holds(leaf: _Leaf) -> list[Held]:
    holds = [Held(leaf.held[0], leaf.source.path, leaf.held[1])] if leaf.held else []
    if leaf.form and leaf.form.ambiguous and leaf.readings:
        holds.append(Held("ambiguous", leaf.source.path, _TEXTS["ambiguous"]))
    if leaf.form and leaf.form.dropped:
        told = f"The list names more than {children.CHILDREN} children; {leaf.form.dropped} of them were not read."
        holds.append(Held("refused", leaf.source.path, f"{told} Ask the sender to split it."))
    return holds


def _hold(leaf: _Leaf, reason: HeldReason, text: str | None = None) -> None:
    leaf.decision, leaf.held = "held", (reason, text or _TEXTS[reason])
    leaf.why = leaf.held[1]


def _leaf(source: Source, on: date, passwords: tuple[str, ...], words: Vocabulary) -> _Leaf:
    leaf = _Leaf(source)
    name = PurePosixPath(source.name or source.path).name
    leaf.format = PurePosixPath(name).suffix.lstrip(".").lower() or "unknown"
    if source.path in WORDS:
        leaf.format, leaf.text = "text", source.text or ""
        if source.path == "quoted":
            leaf.decision, leaf.why = "kept", "quoted from an earlier message"
        return leaf
    if source.problem is not None:
        _hold(leaf, source.problem[0], source.problem[1])
        return leaf
    if _is_ignored(source, name):
        leaf.decision, leaf.why = "ignored", "a logo, a signature or a calendar entry"
        return leaf
    try:
        document = documents.load(source.data, source.name or source.path, passwords=passwords)
    except limits.Locked:
        _hold(leaf, "locked")
    except limits.Refused:
        _hold(leaf, "refused")
    except limits.ConverterMissing as error:
        _hold(leaf, "unreadable", f"The file cannot be read on this machine: {error}.")
    except limits.Unsupported as error:
        leaf.format = error.format or leaf.format
        if leaf.format in ("png", "jpeg", "jpg", "gif", "tiff", "webp", "heic", "bmp", "image"):
            leaf.decision, leaf.why = "kept", "a picture that was not read"
        else:
            _hold(
                leaf,
                "unreadable",
                "Files of this kind are not read. Open it and enter what it says.",
            )
    except limits.CannotRead:
        _hold(leaf, "unreadable")
    else:
        _document(leaf, document, on, words)
    return leaf


def _is_ignored(source: Source, name: str) -> bool:
    own = PurePosixPath(source.path).name  # a name is cleaned of the dot that hides it
    if _IGNORED_TYPES.match(source.content_type or "") or _IGNORED_NAMES.search(name):
        return True
    if _IGNORED_NAMES.search(own):
        return True
    picture = (source.content_type or "").startswith("image/") or re.search(
        r"\.(?:png|jpe?g|gif|bmp|emz|wmz|svg|webp)$", name, re.I
    )
    if not picture:
        return False
    small = len(source.data) < 10_000
    return bool(
        small
        or (_LOGO.match(name) and len(source.data) < 40_000)
        or (source.inline and len(source.data) < 30_000)
    )


def _document(leaf: _Leaf, document: Document, on: date, words: Vocabulary) -> None:
    leaf.format = document.format
    leaf.text = document.text()
    try:
        form = record.read(document, leaf.source.path, words, on)
    except RecursionError:
        _hold(leaf, "refused")
        return
    leaf.form = form
    supporting = _is_letter(leaf, form)
    if form.readings and not supporting:
        if len(form.readings) == 1 and _LETTER.search(leaf.text[:8000]):
            told = prose.read(leaf.text, leaf.source.path, on=on, words=words)
            form.readings = [beside.with_words(form.readings[0], told)]
        leaf.decision, leaf.readings = "read", tuple(form.readings)
        leaf.why = (
            " ".join(document.notes) or None
        )  # what the officer should know of how it was read
        return
    if supporting:
        leaf.decision, leaf.why = "kept", _LETTER_KEPT
        return
    if form.eventless:
        _hold(leaf, "unknown_form", _LIST)
    elif form.labels >= 5 and (form.answered <= 2 or not form.nameless):
        _hold(leaf, "blank_form")
    elif form.labels >= 4 and form.nameless:
        _hold(leaf, "incomplete")
    else:
        leaf.decision, leaf.why = "kept", None


def _is_letter(leaf: _Leaf, form: FormRead) -> bool:
    letter = len(_LETTER.findall(leaf.text[:8000])) >= 1
    named = _SUPPORTING.search(PurePosixPath(leaf.source.name or "").stem) is not None
    weak = form.labels < 6
    identified = (
        any("date_of_birth" in r.fields or "upn" in r.fields for r in form.readings)
        and form.labels >= 4
    )
    return weak and not identified and (letter or (named and form.labels < 4))


def _told_once(leaves: list[_Leaf]) -> None:
    """Let a message that was sent on speak for itself, unless the words above it tell more than its name."""
    body = next((x for x in leaves if x.source.path == "body"), None)
    sent_on = next((x for x in leaves if x.source.path == "forwarded"), None)
    if body is None or sent_on is None or not (body.readings and sent_on.readings):
        return
    only_named = all(
        r.form == "update" and set(r.fields) <= {"surname", "forenames", "year_group"}
        for r in body.readings
    )
    silent, why = (
        (body, "a covering note") if only_named else (sent_on, "told by the words above it")
    )
    silent.decision, silent.why, silent.readings = "kept", why, ()


def _put_right(leaves: list[_Leaf]) -> None:
    """Let "Ivy's date of birth on the form is wrong, it should be ..." mend the form that it speaks of.

    A form whose child the email says is back, or that it takes back, waits for a person.
    """
    told = [r for leaf in leaves for r in leaf.beside]
    forms = [leaf for leaf in leaves if leaf.source.path not in WORDS and leaf.readings]
    alone = sum(len(leaf.readings) for leaf in forms) == 1
    body = next((x for x in leaves if x.source.path == "body"), None)
    if body is not None and _MIXED_UP.search(body.source.text or ""):
        for leaf in forms:
            leaf.held = leaf.held or ("ambiguous", _SAID_WRONG)
    for leaf in forms if told else ():
        leaf.readings = tuple(covering.put_right(r, told, alone) for r in leaf.readings)
        if alone:
            leaf.readings = tuple(beside.with_words(r, told) for r in leaf.readings)
        if any(covering.takes_back(r, told, alone) for r in leaf.readings):
            leaf.held = leaf.held or ("ambiguous", _TAKEN_BACK)


def _wrong_file(leaves: list[_Leaf]) -> None:
    """Hold a form that its email and its own file name say is another child's."""
    body = next((x for x in leaves if x.source.path == "body"), None)
    forms = [x for x in leaves if x.source.path not in WORDS and x.readings]
    if body is None or len(forms) != 1 or forms[0].held:
        return
    leaf = forms[0]
    name = leaf.source.name or leaf.source.path
    if covering.names_another(body.source.subject, body.source.text or "", name, leaf.readings):
        leaf.held = ("ambiguous", _ANOTHER)


def _letter(leaf: _Leaf, on: date, words: Vocabulary) -> None:
    """Read a letter that is all there is: one that names a child with a birthday and tells what happened refers it."""
    if leaf.decision != "kept" or leaf.why != _LETTER_KEPT:
        return
    told = prose.read(leaf.text, leaf.source.path, on=on, words=words)
    readings = [r for r in told if r.form != "update" and {"date_of_birth", "upn"} & set(r.fields)]
    if readings:
        leaf.decision, leaf.why, leaf.readings = "read", None, tuple(readings)


def _undecided(leaves: list[_Leaf]) -> None:
    """Settle documents that are neither forms nor letters, by what else came with them."""
    formed = any(leaf.readings for leaf in leaves)
    for leaf in leaves:
        if leaf.source.path in WORDS or leaf.decision != "kept" or leaf.why:
            if leaf.why == "a picture that was not read" and not formed:
                _hold(
                    leaf,
                    "unreadable",
                    _HEIC if leaf.format == "heic" else _PICTURE,
                )
            continue
        form = leaf.form
        named = _SUPPORTING.search(PurePosixPath(leaf.source.name or "").stem) is not None
        shaped = form is not None and form.labels + form.unknown_pairs >= 4
        if not squash(leaf.text):
            if formed or leaf.source.inline:
                leaf.why = "nothing to read in it"
            else:
                _hold(leaf, "unreadable", "No words were found in this document. Look at it.")
        elif shaped or not (formed or named):
            _hold(leaf, "unknown_form")
        else:
            leaf.why = "a supporting document"


# The body


def _body(leaf: _Leaf, on: date, words: Vocabulary, forms: list[Reading], formed: bool) -> None:
    source = leaf.source
    text = _STORY.sub("", _EXAMPLE.sub("", source.text or ""))
    if not text.strip() and not (source.html or "").strip():
        leaf.decision, leaf.why = "ignored", "there are no words"
        return
    document = _body_document(source, text)
    form = record.read(document, source.path, words, on)
    typed = [r for r in form.readings if form.labels >= 4 and (len(r.fields) >= 4 or len(form.readings) > 1)
             and ("date_of_birth" in r.fields or "upn" in r.fields or form.labels >= 6)]  # fmt: skip
    if typed:
        if len(typed) == 1:
            rest = beside.unlabelled(text, typed, document)
            told = prose.read(rest, source.path, on=on, words=words, subject=source.subject)
            typed = [beside.with_words(typed[0], told)]
        leaf.form = replace_form(form, typed)
        leaf.decision, leaf.readings = "read", tuple(typed)
        leaf.format = document.format
        return
    if form.labels >= 8 and form.answered <= 1 and not formed:
        _hold(leaf, "blank_form")
        return
    readings = []
    if forms or not formed:
        readings = prose.read(text, source.path, on=on, words=words, subject=source.subject)
    if forms:
        leaf.beside = tuple(readings)
        readings = covering.of_others(readings, forms)
    if readings:
        leaf.decision, leaf.readings = "read", tuple(readings)
    else:
        leaf.decision, leaf.why = (
            "kept",
            "a covering note" if formed else "nothing that changes a case",
        )
    if len(text) > prose.LONGEST:
        leaf.held = ("incomplete", _TOO_LONG)


def replace_form(form: FormRead, readings: list[Reading]) -> FormRead:
    """Return the same reading of a form with only these children."""
    form.readings = readings
    return form


def _body_document(source: Source, text: str) -> Document:
    """Return the new words as lines, with the tables of the HTML that stand among them."""
    try:
        lines = plain.read_text(text)
    except limits.CannotRead:
        lines = Document("text", ())
    if not source.html or "<t" not in source.html.casefold():
        return lines
    try:
        whole = html.read_text(source.html)
    except limits.CannotRead:
        return lines
    new = beside.letters(text)
    kept = tuple(b for b in whole.blocks if _is_new(b, new))
    if not any(isinstance(b, Table) for b in kept):
        return lines
    return replace(whole, blocks=kept)


def _is_new(block: Block, new: str) -> bool:
    if isinstance(block, Table):
        words = [beside.letters(cell.text) for cell in block.cells if cell.text.strip()]
        return bool(words) and (not new or sum(w in new for w in words) >= 0.8 * len(words))
    words_here = beside.letters(words_of(block))
    return not words_here or words_here in new


def _signals(leaves: list[_Leaf]) -> None:
    """Give what the covering words say (at risk, found) to the forms that came with them."""
    body = next((x for x in leaves if x.source.path == "body"), None)
    if body is None or body.readings or not body.text:
        return
    found = prose.signals(body.text, covering=True)
    if not found:
        return
    for leaf in leaves:
        leaf.readings = tuple(replace(r, signals=(*r.signals, *found)) for r in leaf.readings)
