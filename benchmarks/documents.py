"""Reading .docx into blocks, as a ratio to the least work there is: unzip and lxml parse.

Run it with `python -m benchmarks.documents [FILE.docx ...]`; without files it makes three invented
forms with python-docx. Times are CPU time, best of many, all in one run, so that the ratio and
not the machine is what is read. `cold` forgets the styles it knows before each file. Memory is
Python's peak while the file is read (tracemalloc: lxml's own trees are outside it).

Goal: at most 4 x the limit (docs/reading.md).
"""

from __future__ import annotations

import io
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
from docx.document import Document as WordDocument
from lxml import etree

from parsers.documents import word
from parsers.documents.word_styles import styles_of

_LABELS = (
    "Surname", "Forename(s)", "Date of birth", "UPN", "Year group", "Gender", "Home address",
    "Postcode", "Parent or carer", "Telephone", "Last day attended", "Date off roll", "Reason",
    "New school", "New address", "Referred by", "Role", "Date of referral",
)  # fmt: skip


def form(rows: int, columns: int) -> bytes:
    """Return an invented form with a label and a value in each pair of cells."""
    made: WordDocument = docx.Document()
    made.add_heading("Child missing education: referral", 1)
    for section in range(max(1, rows // 18)):
        made.add_paragraph(f"Section {section + 1}: please complete every part that you can.")
        table = made.add_table(18, columns)
        for row in range(18):
            for column, cell in enumerate(table.rows[row].cells):
                words = cell.paragraphs[0]
                if column % 2 == 0:
                    words.add_run(_LABELS[(row + column) % 18]).bold = True
                else:
                    words.add_run(f"Value {row} {column}")
    made.add_paragraph("☒ Yes ☐ No")
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def limit(data: bytes) -> object:
    """Do the least there is to do."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return etree.fromstring(package.read("word/document.xml"))


def ours(data: bytes) -> object:
    return word.read(data)


def cold(data: bytes) -> object:
    styles_of.cache_clear()
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


if __name__ == "__main__":
    main(sys.argv[1:])
