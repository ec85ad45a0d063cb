"""Reading .docx into blocks, as a ratio to the least work there is: unzip and lxml parse.

Run it with `python -m benchmarks.documents [FILE.docx ...]`; without files it makes three invented
forms with python-docx. Times are CPU time, best of many, all in one run, so that the ratio and
not the machine is what is read. `cold` forgets the styles it knows before each file. Memory is
Python's peak while the file is read (tracemalloc: lxml's own trees are outside it).

Goal: at most 4 x the limit (docs/reading.md).
"""

from __future__ import annotations

import io
import re
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
from lxml import etree

from parsers.documents import legacy, word
from parsers.documents.word_styles import KNOWN

_LABELS = (
    "Surname", "Forename(s)", "Date of birth", "UPN", "Year group", "Gender", "Home address",
    "Postcode", "Parent or carer", "Telephone", "Last day attended", "Date off roll", "Reason",
    "New school", "New address", "Referred by", "Role", "Date of referral",
)  # fmt: skip


_RUN = (
    '<w:r w:rsidRPr="00A77B3E"><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial"/>{bold}'
    '<w:sz w:val="22"/><w:szCs w:val="22"/></w:rPr><w:t>{words}</w:t></w:r>'
)
_CELL = (
    '<w:tc><w:tcPr><w:tcW w:w="2310" w:type="dxa"/><w:tcBorders><w:top w:val="single" w:sz="4" '
    'w:space="0" w:color="auto"/><w:left w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    '</w:tcBorders></w:tcPr><w:p w14:paraId="1A2B3C4D" w14:textId="77777777" w:rsidR="00A77B3E" '
    'w:rsidRDefault="00A77B3E" w:rsidP="00C05A21"><w:pPr><w:spacing w:before="60" w:after="60"/>'
    '<w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial"/><w:sz w:val="22"/></w:rPr></w:pPr>'
    "{run}</w:p></w:tc>"
)
_SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
)


_RTF = b"{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}" + b"{\\b Surname:} Thornbury\\par " * 60 + b"}"


def form(rows: int, columns: int) -> bytes:
    """Return an invented form with a label and a value in each pair of cells, as Word writes it.

    The package is python-docx's; the body has the attributes and borders that Word adds.
    """
    stream = io.BytesIO()
    docx.Document().save(stream)
    lines = []
    for row in range(rows):
        cells = []
        for column in range(columns):
            label = column % 2 == 0
            words = _LABELS[(row + column) % 18] if label else f"Value {row} {column}"
            cells.append(_CELL.format(run=_RUN.format(words=words, bold="<w:b/>" * label)))
        lines.append(f'<w:tr w:rsidR="00A77B3E" w14:paraId="5E6F7A8B">{"".join(cells)}</w:tr>')
    body = f"<w:tbl><w:tblPr/>{''.join(lines)}</w:tbl><w:p><w:r><w:t>☒ Yes ☐ No</w:t></w:r></w:p>"
    made = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part: bytes | str = old.read(name)
            if name == "word/document.xml":
                part = f"<w:document {_SPACES}><w:body>{body}</w:body></w:document>"
            elif name == "word/styles.xml":
                part = re.sub(
                    rb'<w:style w:type="table".*?</w:style>', b"", bytes(part), flags=re.DOTALL
                )
            new.writestr(name, part)
    return made.getvalue()


def limit(data: bytes) -> object:
    """Do the least there is to do."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return etree.fromstring(package.read("word/document.xml"))


def ours(data: bytes) -> object:
    return word.read(data)


def cold(data: bytes) -> object:
    KNOWN.clear()
    return word.read(data)


def python_docx(data: bytes) -> object:
    """Walk body, tables and headers, as one would with python-docx."""
    made = docx.Document(io.BytesIO(data))
    words = [paragraph.text for paragraph in made.paragraphs]
    for table in made.tables:
        for row in table.rows:
            words.extend(cell.text for cell in row.cells)
    for section in made.sections:
        words.extend(paragraph.text for paragraph in section.header.paragraphs)
    return words


def best(work: Callable[[bytes], object], data: bytes, times: int) -> float:
    """Return the least CPU time of several runs, in milliseconds."""
    found = []
    for _ in range(times):
        start = time.process_time_ns()
        work(data)
        found.append(time.process_time_ns() - start)
    return min(found) / 1e6


def peak(work: Callable[[bytes], object], data: bytes) -> float:
    """Return Python's peak memory while the work is done, in MB."""
    tracemalloc.start()
    work(data)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 1e6


def main(paths: list[str]) -> None:
    files = {path: Path(path).read_bytes() for path in paths} or {
        "small form (18 rows)": form(18, 2),
        "form (54 rows)": form(54, 4),
        "long form (180 rows)": form(180, 4),
    }
    readers = {"limit": limit, "ours": ours, "ours, cold": cold, "python-docx": python_docx}
    print(f"{'file':<24}{'reader':<14}{'CPU ms':>9}{'x limit':>9}{'peak MB':>9}")
    for name, data in files.items():
        base = best(limit, data, 40)
        for reader, work in readers.items():
            took = best(work, data, 5 if reader == "python-docx" else 40)
            print(f"{name[-23:]:<24}{reader:<14}{took:>9.2f}{took / base:>9.1f}"
                  f"{peak(work, data):>9.1f}")  # fmt: skip
    if legacy.find_office() and not paths:
        office()


def office() -> None:
    """Measure .doc to blocks against its conversion alone, both by an office that waits warm."""
    with legacy.Converter() as converter:
        legacy.read(_RTF, "rtf", converter=converter)
        found: dict[str, list[float]] = {"conversion": [], "ours": []}
        for _ in range(5):
            for name, times in found.items():
                time.sleep(2)  # the next office starts in the background meanwhile
                start = time.perf_counter()
                made = converter.convert(_RTF, "rtf")
                if name == "ours":
                    word.read(made)
                times.append((time.perf_counter() - start) * 1e3)
    base = min(found["conversion"])
    for name, times in found.items():
        print(f"{'.rtf, wall':<24}{name:<14}{min(times):>9.1f}{min(times) / base:>9.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
