"""How well the reader reads forms that its author had not seen, by format.

Run it as `python -m benchmarks.unseen` (`--wrong` lists each miss, `--set C` reads one set, `--save
FOLDER` keeps the documents, each with its truth beside it). Sets A and B (`unseen.yaml`) are one other person's: A
was tuned on, and only the first reading of B, told in docs/reading.md, is unbiased. Sets C and D are a third
person's, who had seen neither the vocabulary nor the reader, as is E, F and G a fourth's, H and I a fifth's: C and
E to I are for development; **D is sealed**: it is only ever read as a whole, and neither its misses nor its
documents are shown. I was sealed until its first reading had been told; since then its misses have been worked on,
so only that first reading is an estimate for a strange form.

Codes and meanings that the reader derives (`reason_code`, `source_code`, a ground's meaning) are not
counted. A list of people or enquiries counts once and is right only when all of it is. A value that is
not right is both wrong and missed, so that recall and precision are both told. An identity error is a wrong surname,
forename, birthday or UPN; it is unflagged when it is at least 0.95 sure and its document is not held.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

from benchmarks import unseen_files, unseen_first, unseen_first_files
from benchmarks.unseen_markup import strange_forms
from parsers import read
from parsers.reading import Findings, Source

ON = date(2026, 10, 22)
IDENTITY = ("surname", "forenames", "date_of_birth", "upn")
UNCOUNTED = ("reason_code", "source_code")
SEALED = "D"
SURE = 0.95
HEADS = ("set, format", "forms", "as many children", "kind right", "values right", "wrong", "missed", "recall",
         "precision", "identity wrong", "unflagged", "sure ≥ 0.95 right")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A form ready to be read: its bytes and what a careful officer would write down."""

    key: str
    format: str
    suffix: str
    data: bytes
    truth: list[dict[str, Any]]
    kind: str | None = None
    free: frozenset[str] = frozenset()  # fields that may be read or not

    @property
    def group(self) -> str:
        return self.key[0].upper()

    @property
    def file(self) -> str:
        return f"{self.key}.{self.suffix}"

    @property
    def source(self) -> Source:
        words = self.data.decode() if self.format in ("text", "email", "html") else ""
        match self.format:
            case "text" | "email":
                return Source("body", "", "text/plain", b"", words)
            case "html":
                plain = unescape(re.sub(r"<[^>]+>", "\n", words))
                return Source("body", "", "text/html", b"", plain, words)
        return Source(self.file, self.file, "", self.data)


@dataclass(slots=True)
class Tally:
    forms: int = 0
    children: int = 0
    kinds: int = 0
    right: int = 0
    wrong: int = 0
    missed: int = 0
    identity: int = 0
    unflagged: int = 0
    sure_right: int = 0
    sure_wrong: int = 0
    raised: int = 0
    notes: list[str] = field(default_factory=list)

    def row(self, name: str) -> str:
        recall = self.right / max(1, self.right + self.missed)
        precision = self.right / max(1, self.right + self.wrong)
        sure = f"{self.sure_right} of {self.sure_right + self.sure_wrong}"
        cells = (name, self.forms, self.children, self.kinds, self.right, self.wrong, self.missed, f"{recall:.3f}",
                 f"{precision:.3f}", self.identity, self.unflagged, sure)  # fmt: skip
        return "| " + " | ".join(map(str, cells)) + " |"


def asked(groups: str) -> Iterator[Asked]:
    """Yield the forms of the sets named, made into files."""
    for form in unseen_first.forms():
        if form.group in groups:
            suffix = unseen_first_files.SUFFIXES.get(form.format, form.format)
            data = unseen_first_files.document(form)
            yield Asked(form.key, form.format, suffix, data, form.truth)
    for group in sorted(set(groups) & set("CDEFGHI")):
        strange = strange_forms(group)
        made = unseen_files.documents(strange)
        for one in strange:
            suffix = unseen_files.SUFFIXES.get(one.format, one.format)
            yield Asked(one.key, one.format, suffix, made[one.key], one.truth, one.look.get("kind"),
                        frozenset(one.look.get("free", ())))  # fmt: skip


def plain(name: str, item: Any) -> Any:
    """Return a value so that what means the same is equal: case, stops, spaces in telephone numbers."""
    match name, item:
        case "ground", dict():
            return item.get("scheme"), item.get("letter")
        case "enquiries", list():
            return sorted(str([e.get(k) for k in ("action", "done", "date")]) for e in item)
        case (("parents" | "siblings"), list()):
            return [{k: plain(k, v) for k, v in sorted(one.items())} for one in item]
        case _, str() if name.endswith("phone"):
            return re.sub(r"\D", "", item)
    text = json.dumps(item, ensure_ascii=False, sort_keys=True).casefold()
    return re.sub(r"[\s,.]+", " ", text.replace("’", "'")).strip()


def score(form: Asked, found: Findings, tallies: list[Tally]) -> None:
    """Compare one form's readings with its truth, child by child in order."""
    note = tallies[0].notes.append
    got = list(found.readings)
    for held in found.held:
        note(f"{form.key}: held {held.reason}")
    if len(got) != len(form.truth):
        note(f"{form.key}: {len(got)} children, not {len(form.truth)}")
    kind = form.kind is None or (bool(got) and all(r.form == form.kind for r in got))
    if not kind:
        note(f"{form.key}: kind {[r.form for r in got]}, not {form.kind}")
    for tally in tallies:
        tally.forms += 1
        tally.children += len(got) == len(form.truth)
        tally.kinds += kind
    for number, truth in enumerate(form.truth):
        have = got[number].fields if number < len(got) else {}
        for name in sorted(set(truth) | set(have) - set(UNCOUNTED)):
            value = have.get(name)
            if name not in truth and name in form.free:
                continue
            right = (
                value is not None and name in truth and plain(name, value.value) == plain(name, truth[name])
            )  # fmt: skip
            wrong = value is not None and not right
            sure = value is not None and value.sure >= SURE
            for tally in tallies:
                tally.right += right
                tally.missed += name in truth and not right
                tally.wrong += wrong
                tally.identity += wrong and name in IDENTITY
                tally.unflagged += wrong and name in IDENTITY and sure and not found.held
                tally.sure_right += sure and right
                tally.sure_wrong += sure and wrong
            if not right:
                said = "missed" if value is None else f"{value.value!r} ({value.sure})"
                note(f"{form.key} {form.format}: {name} {said}, wanted {truth.get(name)!r}")
    for extra in got[len(form.truth) :]:
        for tally in tallies:
            tally.wrong += len(extra.fields)


def _read(form: Asked, tally: Tally) -> Findings:
    """Read one form; a reader that raises has read nothing, and is told."""
    try:
        return read([form.source], on=ON)
    except Exception as error:
        tally.notes.append(f"{form.key}: raised {error!r}")
        tally.raised += 1
        return Findings(())


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--wrong", action="store_true")
    arguments.add_argument("--set", default="ABCEF", help="one or more of A to I")
    arguments.add_argument("--save", type=Path)
    wanted = arguments.parse_args()
    if set(SEALED) & set(wanted.set) and (wanted.save or wanted.wrong):
        arguments.error("set D is sealed: it is read only as a whole")
    tallies: dict[str, Tally] = defaultdict(Tally)
    for form in asked(wanted.set):
        if wanted.save:
            wanted.save.mkdir(parents=True, exist_ok=True)
            (wanted.save / form.file).write_bytes(form.data)
            (wanted.save / f"{form.file}.json").write_text(json.dumps(form.truth, indent=1))
        found = _read(form, tallies[f"{form.group} all"])
        score(form, found, [tallies[f"{form.group} all"], tallies[f"{form.group} {form.format}"]])
    print("| " + " | ".join(HEADS) + " |")
    print("|---" * len(HEADS) + "|")
    for name in sorted(tallies):
        print(tallies[name].row(name))
    for name, tally in tallies.items():
        if tally.raised:
            print(f"{name}: {tally.raised} raised an error and count as not read")
    if wanted.wrong:
        for group in wanted.set:
            print("\n".join(tallies[f"{group} all"].notes))


if __name__ == "__main__":
    main()
