"""How well the reader reads forms that its author had not seen, by format.

The forms stand in `unseen.yaml`: wordings, order and layout by another person than the vocabulary's.
Run it as `python -m benchmarks.unseen` (`--wrong` lists each miss, `--set A` reads one set, `--save
FOLDER` keeps the documents, each with its truth beside it). Set A was tuned on. Only the first
reading of set B, told in docs/reading.md, is unbiased: its author later added wordings, many of them B's own.

Codes and meanings that the reader derives (`reason_code`, `source_code`, a ground's meaning) are not
counted. A list of people or enquiries counts once and is right only when all of it is. A value that is
not right is both wrong and missed, so that recall and precision are both told.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import subprocess
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import docx
import numpy as np
import pypdfium2
import yaml
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from odf.opendocument import OpenDocumentText
from odf.table import Table, TableCell, TableRow
from odf.text import H, P
from openpyxl import Workbook
from PIL import Image
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate
from reportlab.platypus import Table as Ruled

from parsers import read
from parsers.reading import Findings, Source
from policy import upn

ON = date(2026, 10, 22)
IDENTITY = ("surname", "forenames", "date_of_birth", "upn")
UNCOUNTED = ("reason_code", "source_code")
FORMATS = {"pdf_bare": "pdf", "docx_sdt": "docx", "acroform": "pdf", "scan": "png", "text": "txt"}
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DATES = {
    "date_of_birth", "last_attended", "off_roll_date", "admission_date", "move_date", "referral_date",
}  # fmt: skip
_CODES = {
    "sn": "surname", "fn": "forenames", "dob": "date_of_birth", "sex": "sex", "upn": "upn",
    "year": "year_group", "eth": "ethnicity", "lang": "first_language", "addr": "address",
    "pc": "postcode", "school": "school_name", "urn": "school_urn", "lae": "school_laestab",
    "rn": "referrer_name", "rr": "referrer_role", "rt": "referrer_phone", "re": "referrer_email",
    "rd": "referral_date", "last": "last_attended", "off": "off_roll_date", "adm": "admission_date",
    "reason": "reason", "dest": "destination_school", "daddr": "destination_address", "known": "known_as",
    "dctry": "destination_country", "move": "move_date", "narr": "narrative", "ground": "ground",
    "lac": "looked_after", "cp": "child_protection_plan", "cin": "child_in_need", "ehcp": "ehcp",
    "sen": "sen_support", "yc": "young_carer", "trav": "traveller", "pf": "private_fostering",
    "ctf": "ctf_sent", "pl": "parental_letter",
}  # fmt: skip
# surname, forenames, born, sex, year, street, postcode, two adults
_PEOPLE = [
    ("Wexcombe", "Isla Rose", "2015-03-12", "F", "7", "4 Sorrel Court, Norfield", "NF9 4ZA", "Karen Wexcombe", "Mother", "Paul Wexcombe", "Father"),
    ("O'Hanlon", "Ciaran", "2012-11-02", "M", "9", "27B Quarry Rise, Ipsford", "IP99 3QX", "Siobhan O'Hanlon", "Mother", "Declan O'Hanlon", "Father"),
    ("Ashdown-Rees", "Megan", "2018-06-30", "F", "4", "Flat 3, Tower View, Eastmere", "EM9 1AB", "Gareth Rees", "Father", "Lowri Ashdown", "Mother"),
    ("Nowicki", "Szymon", "2013-01-25", "M", "9", "112 Station Road, Alderton", "AL9 9XX", "Ewa Nowicka", "Mother", "Piotr Nowicki", "Father"),
    ("Haddad", "Yasmin Noor", "2017-09-08", "F", "5", "8 Lime Walk, Norfield", "NF9 2PQ", "Samira Haddad", "Mother", "Karim Haddad", "Father"),
    ("Reeve", "Dylan James", "2014-04-19", "M", "8", "61 Heron Drive, Ipsford", "IP99 8TT", "Tracy Reeve", "Mother", "Mark Reeve", "Father"),
    ("Sands", "Poppy", "2016-12-01", "F", "5", "The Cottage, Mill Lane, Eastmere", "EM9 6YD", "Lisa Sands", "Grandmother", "Tom Sands", "Father"),
    ("Adeyemi", "Tobi", "2011-07-14", "M", "11", "19 Canal Street, Alderton", "AL9 5RE", "Folake Adeyemi", "Mother", "Femi Adeyemi", "Uncle"),
]  # fmt: skip


def _upn(number: int) -> str:
    tail = f"935{2000 + number * 37:04}{20 + number % 6:02}{100 + number * 53:03}"[:12]
    return next(c + tail for c in upn.LETTERS if upn.kind(c + tail) == "permanent")


def facts(number: int) -> dict[str, Any]:
    """Return what is true of one invented child, by contract field (parents by part)."""
    sn, fn, born, sex, year, street, code, p1, r1, p2, r2 = _PEOPLE[number % len(_PEOPLE)]
    yes = {k: (number + i) % 3 == 0 for i, k in enumerate(
        ("lac", "cp", "cin", "ehcp", "sen", "yc", "trav", "pf", "ctf", "pl"))}  # fmt: skip
    letter = "afhino"[number % 6]
    return yes | {
        "sn": sn, "fn": fn, "dob": born, "sex": sex, "upn": _upn(number % len(_PEOPLE)), "year": year,
        "eth": "White British", "lang": "English", "addr": f"{street}, {code}", "pc": code,
        "p1n": p1, "p1r": r1, "p1t": f"07700 900{311 + number}", "p1e": f"{p1.split()[0].lower()}@post.example",
        "p2n": p2, "p2r": r2, "p2t": f"07700 900{411 + number}", "p2e": f"{p2.split()[0].lower()}@post.example",
        "school": ("Alder Primary School", "Foundry Way Academy", "St Bride's CE High School")[number % 3],
        "urn": "999123", "lae": "935/2047", "rn": "Mrs Jo Bell", "rr": "Attendance Officer",
        "rt": "01632 960123", "re": "office@alder.example", "rd": "2026-10-21", "last": "2026-10-02",
        "off": "2026-10-19", "adm": "2026-11-03", "move": "2026-10-05", "known": fn.split()[0][:3] + "y",
        "reason": "Family not contactable", "dest": "Beech Hill Academy", "daddr": "14 Mill Lane, Farley, FR9 9ZZ",
        "dctry": "Poland", "narr": "Neighbours say that the family packed a van and left overnight.",
        "ground": {"scheme": "2024", "letter": letter},
    }  # fmt: skip


def day(hand: str, iso: str) -> str:
    """Write a day as one of the hands does."""
    d = date.fromisoformat(iso)
    th = "th" if 10 <= d.day <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(d.day % 10, "th")
    match hand:
        case "dots":
            return f"{d.day}.{d.month}.{d.year}"
        case "words":
            return f"{d.day}{th} {_MONTHS[d.month - 1]} {d.year}"
        case "iso":
            return iso
        case "short":
            return f"{d.day} {_MONTHS[d.month - 1][:3]} {d:%y}"
        case "slash":
            return f"{d:%d/%m/%Y}"
        case "weekday":
            return f"{d:%A} {d.day} {_MONTHS[d.month - 1]} {d.year}"
        case "us":
            return f"{_MONTHS[d.month - 1]} {d.day}, {d.year}"
        case "dash":
            return f"{d:%d-%m-%Y}"
        case _:
            return f"{d:%d/%m/%Y}"


@dataclass
class Cell:
    text: str
    answer: bool = False
    choice: tuple[str, bool] | None = None


@dataclass
class Form:
    key: str
    group: str
    format: str
    title: str
    blocks: list[tuple[str, Any]] = field(default_factory=list)
    truth: list[dict[str, Any]] = field(default_factory=list)


class Hand:
    """Somebody who fills in a form; what is written is added to the truth."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.who, self.hand = spec["who"], spec["hand"]
        self.truth: dict[int, dict[str, Any]] = {}

    def write(self, code: str) -> str:
        code = code.strip()
        if code.startswith("'"):
            return code[1:].strip()
        child, _, rest = code.rpartition(".")
        number = int(child or 1)
        fact = facts(self.who + (number - 1) * 3)
        truth = self.truth.setdefault(number, {})
        if not rest:
            return ""
        written = self._code(rest, fact, truth)
        return written.upper() if self.hand == "caps" and "@" not in written else written

    def _code(self, code: str, fact: dict[str, Any], truth: dict[str, Any]) -> str:
        if code == "full":
            truth["surname"], truth["forenames"] = fact["sn"], fact["fn"]
            return f"{fact['fn']} {fact['sn']}"
        if code in ("addr", "addrpc"):
            truth["address"], truth["postcode"] = fact["addr"], fact["pc"]
            return str(fact["addr"]) if code == "addrpc" else fact["addr"].rsplit(", ", 1)[0]
        if re.fullmatch(r"p\d[nrte]", code):
            people = truth.setdefault("parents", {})
            part = {"n": "name", "r": "relationship", "t": "phone", "e": "email"}[code[2]]
            people.setdefault(code[:2], {})[part] = fact[code]
            return str(fact[code])
        name = _CODES[code]
        truth[name] = fact[code]
        if name in _DATES:
            return day(self.hand, fact[code])
        if name == "ground":
            return f"9(1)({fact[code]['letter']})"
        if isinstance(fact[code], bool):
            return "Yes" if fact[code] else "No"
        if name == "sex" and self.hand in ("words", "short", "caps"):
            return {"F": "Female", "M": "Male"}[fact[code]]
        if name == "year_group" and self.hand in ("dots", "weekday"):
            return f"Year {fact[code]}"
        return str(fact[code])


def _pairs(line: str, sep: str) -> list[tuple[str, str]]:
    return [(a.strip(), b.strip()) for a, _, b in (x.partition(" = ") for x in line.split(sep))]


def build(spec: dict[str, Any]) -> Form:
    """Turn a form's lines into blocks of headings, paragraphs and tables of cells."""
    form = Form(spec["id"], spec["id"][0].upper(), spec["as"], spec["title"])
    hand = Hand(spec)
    last = ""
    for line in (x.strip() for x in spec["body"].replace(" = \n", " = '\n").split("\n")):
        mark, rest = (
            (line[:2], line[2:].strip()) if line[:2] == "#|" else (line[:1], line[1:].strip())
        )
        if not mark:
            continue
        if (rows := _rows(mark, rest, hand, last)) is not None:
            same = last == mark or {last, mark} <= {"|", "#|", "@"} or (last, mark) == ("*", "+")
            if same and form.blocks and form.blocks[-1][0] == "table":
                form.blocks[-1][1].extend(rows)
            else:
                form.blocks.append(("table", rows))
        else:
            form.blocks.extend(_words(mark, rest, hand))
        last = mark
    for number in sorted(hand.truth):
        truth = dict(hand.truth[number])
        if "parents" in truth:
            truth["parents"] = list(truth["parents"].values())
        form.truth.append(truth)
    form.truth[0].update(spec.get("truth", {}))
    return form


def _rows(mark: str, rest: str, hand: Hand, last: str) -> list[list[Cell]] | None:
    match mark:
        case "#|":
            return [[Cell(rest)]]
        case "|":
            return [[c for a, b in _pairs(rest, "|") for c in (Cell(a), Cell(hand.write(b), True))]]
        case "^":
            pairs = _pairs(rest, "|")
            return [[Cell(a) for a, _ in pairs], [Cell(hand.write(b), True) for _, b in pairs]]
        case "@":
            return [[Cell(f"{a}\n{hand.write(b)}") for a, b in _pairs(rest, "|")]]
        case "?":
            [(label, code)] = _pairs(rest, "|")
            yes = hand.write(code) == "Yes"
            row = [Cell(label), Cell("✓" if yes else "", True, (label, yes)),
                   Cell("" if yes else "✓", True, (label, not yes))]  # fmt: skip
            return [row] if last == "?" else [[Cell(""), Cell("Yes"), Cell("No")], row]
        case "*":
            return [[Cell(x.strip()) for x in rest.split("|")]]
        case "+":
            return [[Cell(hand.write(x), True) for x in rest.split("|")]]
        case "<":
            head, *others = rest.split("|")
            people = not re.search(r"child", rest, re.I)
            return [[Cell(head.strip())] + [
                Cell(hand.write(x), True) if people else Cell(x.strip()) for x in others]]  # fmt: skip
    return None


def _words(mark: str, rest: str, hand: Hand) -> list[tuple[str, Any]]:
    match mark:
        case "#":
            return [("head", rest)]
        case ":":
            return [("line", "      ".join(f"{a}: {hand.write(b)}" for a, b in _pairs(rest, ";")))]
        case "!" | "%":
            [(label, code)] = _pairs(rest, "|")
            yes = hand.write(code) == "Yes"
            ticks = f"Yes {'☑' if yes else '☐'} No {'☐' if yes else '☑'}"
            return [("line", f"{ticks} {label}" if mark == "!" else f"{label} {ticks}")]
        case "~":
            label, _, code = rest.partition(" = ")
            code, _, options = code.partition(":")
            chosen = hand.write(code)
            ticks = "   ".join(f"{'☒' if x.strip().startswith(chosen[0]) else '☐'} {x.strip()}"
                               for x in options.split("/"))  # fmt: skip
            return [("line", f"{label}: {ticks}")]
    return [("line", rest)]


# Formats


def document(form: Form) -> bytes:
    """Return the form as a file of its format."""
    match form.format:
        case "docx" | "docx_sdt":
            return _docx(form, controls=form.format == "docx_sdt")
        case "doc" | "rtf":
            return _converted(_docx(form), form.format)
        case "odt":
            return _odt(form)
        case "html":
            return _html(form).encode()
        case "text":
            return _text(form).encode()
        case "xlsx":
            return _xlsx(form)
        case "pdf" | "pdf_bare":
            return _pdf(form, ruled=form.format == "pdf")
        case "scan":
            return _scan(_pdf(form, ruled=True))
        case _:
            return _acroform(form)


def _docx(form: Form, controls: bool = False) -> bytes:
    made = docx.Document()
    made.add_heading(form.title, 1)
    for kind, block in form.blocks:
        if kind == "head":
            made.add_paragraph().add_run(block).bold = True
        elif kind == "line":
            made.add_paragraph(block)
        else:
            _docx_table(made, block, controls)
            made.add_paragraph()
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _docx_table(made: Any, rows: list[list[Cell]], controls: bool) -> None:
    wide = max(map(len, rows))
    table = made.add_table(len(rows), wide, style="Table Grid")
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            here = table.cell(r, c)
            if c == len(row) - 1 and len(row) < wide:
                here = here.merge(table.cell(r, wide - 1))
            if controls and cell.answer and cell.text:
                here.paragraphs[0]._p.append(parse_xml(
                    f"<w:sdt {nsdecls('w')}><w:sdtPr><w:alias w:val='Click here'/><w:text/></w:sdtPr>"
                    f"<w:sdtContent><w:r><w:t>{escape(cell.text)}</w:t></w:r></w:sdtContent></w:sdt>"
                ))  # fmt: skip
            else:
                here.text = cell.text


def _converted(data: bytes, suffix: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.docx"
        path.write_bytes(data)
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to",
             suffix, "--outdir", folder, str(path)],
            check=True, capture_output=True, timeout=180)  # fmt: skip
        return (Path(folder) / f"form.{suffix}").read_bytes()


def _odt(form: Form) -> bytes:
    made = OpenDocumentText()
    made.text.addElement(H(outlinelevel=1, text=form.title))
    for kind, block in form.blocks:
        if kind == "head":
            made.text.addElement(H(outlinelevel=2, text=block))
        elif kind == "line":
            made.text.addElement(P(text=block))
        else:
            table = Table()
            for row in block:
                line = TableRow()
                for cell in row:
                    box = TableCell(valuetype="string")
                    for part in cell.text.split("\n"):
                        box.addElement(P(text=part))
                    line.addElement(box)
                table.addElement(line)
            made.text.addElement(table)
    out = io.BytesIO()
    made.write(out)
    return out.getvalue()


def _html(form: Form) -> str:
    parts = [f"<html><body><h1>{escape(form.title)}</h1>"]
    for kind, block in form.blocks:
        if kind == "table":
            rows = ("".join(f"<td>{escape(c.text)}</td>" for c in row) for row in block)
            parts.append("<table>" + "".join(f"<tr>{r}</tr>" for r in rows) + "</table>")
        else:
            tag = "h3" if kind == "head" else "p"
            parts.append(f"<{tag}>{escape(block)}</{tag}>")
    return "".join(parts) + "</body></html>"


def _text(form: Form) -> str:
    return "\n".join(
        [form.title, "", *(str(block) for kind, block in form.blocks if kind != "table")]
    )


def _xlsx(form: Form) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.append([form.title])
    sheet.append([])
    for kind, block in form.blocks:
        for row in block if kind == "table" else [[Cell(block)]]:
            sheet.append([_typed(c) for c in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _typed(cell: Cell) -> Any:
    return (
        date.fromisoformat(cell.text) if re.fullmatch(r"\d{4}-\d\d-\d\d", cell.text) else cell.text
    )


def _pdf(form: Form, ruled: bool) -> bytes:
    out = io.BytesIO()
    style = getSampleStyleSheet()
    story: list[Any] = [Paragraph(escape(form.title), style["Heading2"])]
    for kind, block in form.blocks:
        if kind == "table":
            rows = [[Paragraph(escape(c.text).replace("\n", "<br/>").replace("✓", "X"), style["Normal"])
                     for c in row] for row in block]  # fmt: skip
            wide = max(map(len, rows))
            rows = [row + [""] * (wide - len(row)) for row in rows]
            lines = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)] if ruled else []
            story.append(Ruled(rows, colWidths=[510 / wide] * wide, style=lines))
        else:
            words = escape(block).replace("      ", "&nbsp;" * 8)
            story.append(Paragraph(words, style["Heading4" if kind == "head" else "Normal"]))
    SimpleDocTemplate(out, pagesize=A4, margin=40, invariant=1).build(story)
    return out.getvalue()


def _scan(data: bytes) -> bytes:
    page = pypdfium2.PdfDocument(data)[0].render(scale=2).to_pil().convert("L")
    turned = np.asarray(page.rotate(0.8, fillcolor=255, resample=Image.Resampling.BICUBIC), float)
    noise = np.random.default_rng(7).normal(-6, 9, turned.shape)
    out = io.BytesIO()
    Image.fromarray(np.clip(turned + noise, 0, 255).astype("uint8")).save(out, "PNG")
    return out.getvalue()


def _acroform(form: Form) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.setFont("Helvetica-Bold", 14)
    canvas.drawString(50, 800, form.title)
    canvas.setFont("Helvetica", 10)
    y, number = 775, 0
    for kind, block in form.blocks:
        for row in block if kind == "table" else []:
            number += 1
            if len(row) == 3 and row[1].choice:
                canvas.drawString(50, y, row[0].text)
                for x, cell, word in ((360, row[1], "Yes"), (430, row[2], "No")):
                    canvas.drawString(x, y, word)
                    canvas.acroForm.radio(name=f"rb_{number}", value=word, x=x + 22, y=y - 3, size=14,
                                          selected=bool(cell.choice and cell.choice[1]), tooltip=row[0].text)  # fmt: skip
            elif len(row) == 2:
                canvas.drawString(50, y, row[0].text)
                canvas.acroForm.textfield(name=f"Text{number}_x7", value=row[1].text, x=290, y=y - 5, width=250,
                                          height=17, tooltip=row[0].text if number % 2 else "", fontSize=9)  # fmt: skip
            else:
                continue
            y -= 26
    canvas.save()
    return out.getvalue()


# Scores


@dataclass
class Tally:
    forms: int = 0
    right: int = 0
    wrong: int = 0
    missed: int = 0
    identity: int = 0
    sure_right: int = 0
    sure_wrong: int = 0
    notes: list[str] = field(default_factory=list)

    def row(self, name: str) -> str:
        recall = self.right / max(1, self.right + self.missed)
        precision = self.right / max(1, self.right + self.wrong)
        sure = f"{self.sure_right} of {self.sure_right + self.sure_wrong}"
        return (f"| {name} | {self.forms} | {self.right} | {self.wrong} | {self.missed} | {recall:.3f} | "
                f"{precision:.3f} | {self.identity} | {sure} |")  # fmt: skip


def _plain(name: str, item: Any) -> Any:
    if name == "ground" and isinstance(item, dict):
        return (item.get("scheme"), item.get("letter"))
    if name == "enquiries":
        keys = ("action", "done", "date")
        return sorted(str([e.get(k) for k in keys]) for e in item)
    text = json.dumps(item, ensure_ascii=False, sort_keys=True).casefold()
    return re.sub(r"[\s,.]+", " ", text.replace("’", "'")).strip()


def score(form: Form, found: Findings, tallies: list[Tally]) -> None:
    """Compare one form's readings with its truth, child by child in order."""
    for tally in tallies:
        tally.forms += 1
    note = tallies[0].notes.append
    got = list(found.readings)
    for held in found.held:
        note(f"{form.key}: held {held.reason}")
    if len(got) != len(form.truth):
        note(f"{form.key}: {len(got)} children, not {len(form.truth)}")
    for number, truth in enumerate(form.truth):
        have = got[number].fields if number < len(got) else {}
        for name in sorted(set(truth) | set(have) - set(UNCOUNTED)):
            value = have.get(name)
            right = (
                value is not None
                and name in truth
                and _plain(name, value.value) == _plain(name, truth[name])
            )
            for tally in tallies:
                tally.right += right
                tally.missed += name in truth and not right
                tally.wrong += value is not None and not right
                tally.identity += value is not None and not right and name in IDENTITY
                if value is not None and value.sure >= 0.95:
                    tally.sure_right += right
                    tally.sure_wrong += not right
            if not right:
                said = "missed" if value is None else f"{value.value!r} ({value.sure})"
                note(f"{form.key} {form.format}: {name} {said}, wanted {truth.get(name)!r}")
    for extra in got[len(form.truth) :]:
        for tally in tallies:
            tally.wrong += len(extra.fields)


def forms() -> list[Form]:
    """Return every form of unseen.yaml with its truth."""
    raw = yaml.safe_load((Path(__file__).parent / "unseen.yaml").read_text("utf-8"))
    return [build(spec) for spec in raw]


def _source(form: Form, data: bytes) -> Source:
    name = f"{form.key}.{FORMATS.get(form.format, form.format)}"
    if form.format == "text":
        return Source("body", "", "text/plain", b"", data.decode())
    if form.format == "html":
        plain = re.sub(r"<[^>]+>", "\n", data.decode())
        from html import unescape

        return Source("body", "", "text/html", b"", unescape(plain), data.decode())
    return Source(name, name, "", data)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--wrong", action="store_true")
    arguments.add_argument("--set", choices=("A", "B"))
    arguments.add_argument("--save", type=Path)
    wanted = arguments.parse_args()
    tallies: dict[str, Tally] = defaultdict(Tally)
    for form in forms():
        if wanted.set and form.group != wanted.set:
            continue
        data = document(form)
        if wanted.save:
            wanted.save.mkdir(parents=True, exist_ok=True)
            path = wanted.save / f"{form.key}.{FORMATS.get(form.format, form.format)}"
            path.write_bytes(data)
            path.with_suffix(path.suffix + ".json").write_text(json.dumps(form.truth, indent=1))
        found = read([_source(form, data)], on=ON)
        score(form, found, [tallies[f"{form.group} all"], tallies[f"{form.group} {form.format}"]])
    print(
        "| set, format | forms | right | wrong | missed | recall | precision | wrong identity | sure ≥ 0.95 right |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name in sorted(tallies):
        print(tallies[name].row(name))
    if wanted.wrong:
        for name in ("A all", "B all"):
            print("\n".join(tallies[name].notes))


if __name__ == "__main__":
    main()
