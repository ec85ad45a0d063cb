"""Our reader beside others on the same files: what is in their output, ticks told apart, time, memory.

Run it with `python -m benchmarks.document_peers [SITE-PACKAGES]`. python-docx and pdfplumber come
with this project; docx2python, mammoth, markitdown and pypdf do not, and are looked for in the
folder that is named (another environment's site-packages) or said to be missing. The files are every
sixth Word document and all PDFs of `tests/examples/files`, and one form written in ten ways that Word has of
holding an answer (content controls, form fields, text boxes, tracked changes and the like).

The others give words and leave it to their user to know what is a label. So a value counts as
recovered when what stands on the form is anywhere in the output, and a tick as told apart when a sign
of its state stands beside its caption. The values asked for are what our reader found, which
`tests/examples` compares with what the examples' author wrote; ours is 100 in 100 by that measure,
and is in the table for its time. It also does more: it says which value is the birthday.
CPU time is the mean of the files' best of two; memory is Python's peak over the largest, without C libraries' own.
"""

from __future__ import annotations

import importlib
import io
import re
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.unseen import ON
from parsers import read
from parsers.reading import Findings, Source
from tests.parsers.making import docx, legacy, p, r, sdt, tbl, tr

FILES = Path(__file__).parent.parent / "tests/examples/files"
_ON = r"[☒☑✓✔✗✘🗹🗸]|\[[xX]\]|(?<![\w])[xX](?![\w])"
_MARKED = re.compile(r"\[([x ])\]\s*([^\[\]]+)")

Call = Callable[[Any, bytes], str]


def _python_docx(docx: Any, data: bytes) -> str:
    made = docx.Document(io.BytesIO(data))
    words = [paragraph.text for paragraph in made.paragraphs]
    for table in made.tables:
        for row in table.rows:
            words.extend(cell.text for cell in row.cells)
    for section in made.sections:
        words.extend(p.text for part in (section.header, section.footer) for p in part.paragraphs)
    return "\n".join(words)


def _pdfplumber(pdfplumber: Any, data: bytes) -> str:
    with pdfplumber.open(io.BytesIO(data)) as opened:
        words = [page.extract_text() or "" for page in opened.pages]
        for page in opened.pages:
            words.extend(cell or "" for t in page.extract_tables() for row in t for cell in row)
    return "\n".join(words)


def _pypdf(pypdf: Any, data: bytes) -> str:
    opened = pypdf.PdfReader(io.BytesIO(data))
    words = [page.extract_text() for page in opened.pages]
    words += [str(f.get("/V", "")) for f in (opened.get_fields() or {}).values()]
    return "\n".join(words)


PEERS: dict[str, tuple[str, str, Call]] = {
    "python-docx": ("docx", "docx", _python_docx),
    "docx2python": ("docx2python", "docx", lambda m, d: str(m.docx2python(io.BytesIO(d)).text)),
    "mammoth": ("mammoth", "docx", lambda m, d: str(m.convert_to_html(io.BytesIO(d)).value)),
    "markitdown": ("markitdown", "docx pdf", lambda m, d: str(
        _kept(m).convert_stream(io.BytesIO(d)).text_content)),
    "pdfplumber": ("pdfplumber", "pdf", _pdfplumber),
    "pypdf": ("pypdf", "pdf", _pypdf),
}  # fmt: skip
_made: dict[str, Any] = {}
_PAIRS = {
    "Surname": "Thornbury", "Forename": "Elsie", "Date of birth": "14/03/2014", "UPN": "T801200001001",
    "Home address": "14 Alder Lane, Brackwater", "School name": "Hollow Oak Academy",
    "Last date attended": "02/10/2026", "Referrer name": "Peter Lowe",
}  # fmt: skip
_TICK = (
    '<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{on}"/></w14:checkbox></w:sdtPr><w:sdtContent>'
    "<w:r><w:t>{glyph}</w:t></w:r></w:sdtContent></w:sdt>"
)
_BOX = '<w:checkBox><w:sizeAuto/><w:default w:val="0"/>{on}</w:checkBox>'


def ways() -> dict[str, bytes]:
    """Return one form, its answers written in each of the ways that Word has."""
    drawn = (
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:inline><a:graphic>"
        "<a:graphicData><wps:wsp><wps:txbx><w:txbxContent>{0}</w:txbxContent></wps:txbx></wps:wsp>"
        "</a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>"
        "<w:txbxContent>{0}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    symbol = '<w:r><w:sym w:font="Wingdings" w:char="{}"/></w:r>'
    answers: dict[str, Callable[[str], str]] = {
        "plain text": lambda v: p(v),
        "control in a line": lambda v: p(sdt("<w:text/>", r(v))),
        "control of a paragraph": lambda v: sdt("<w:text/>", p(v)),
        "form field": lambda v: p(legacy("FORMTEXT", "<w:textInput/>", v)),
        "text box": lambda v: p(drawn.format(p(v))),
        "tracked insertion": lambda v: p(f"<w:ins w:id='1' w:author='A'>{r(v)}</w:ins>"),
        "table in the cell": lambda v: tbl(tr(v)) + p(""),
        "imported HTML": lambda v: p(v),
    }  # fmt: skip
    ticks = {
        "plain text": "☒ Yes ☐ No",
        "control in a line": _TICK.format(on=1, glyph="☒") + r(" Yes ") + _TICK.format(on=0, glyph="☐")
        + r(" No"),
        "form field": legacy("FORMCHECKBOX", _BOX.format(on="<w:checked/>")) + r(" Yes ")
        + legacy("FORMCHECKBOX", _BOX.format(on="")) + r(" No"),
        "text box": symbol.format("F0FE") + r(" Yes ") + symbol.format("F0A8") + r(" No"),
    }  # fmt: skip
    made = {}
    for way, answer in answers.items():
        rows = [tr(label, f"<w:tc>{answer(value)}</w:tc>") for label, value in _PAIRS.items()]
        rows.append(tr("EHCP", f"<w:tc>{p(ticks.get(way, ticks['plain text']))}</w:tc>"))
        title = p("Children Missing Education referral")
        if way == "imported HTML":
            cells = "".join(f"<tr><td>{k}<td>{v}" for k, v in _PAIRS.items())
            made[way] = docx(
                title + '<w:altChunk r:id="c1"/>', parts={"word/chunk.html": f"<table>{cells}</table>"},
                links=[("c1", "aFChunk", "chunk.html")],
            )  # fmt: skip
            continue
        made[way] = docx(title + tbl(*rows))
    rows = [tr(k, v) for k, v in _PAIRS.items()]
    made["rows in a control"] = docx(tbl(*(sdt("", row) for row in rows)))
    made["Strict"] = docx(tbl(*rows), strict=True)
    return made


def _kept(markitdown: Any) -> Any:
    return _made.setdefault("markitdown", markitdown.MarkItDown())


def ours(data: bytes, name: str) -> Findings:
    return read([Source(name, name, "", data)], on=ON)


def asked(found: Findings) -> tuple[list[str], list[str]]:
    """Return what stands on a form as values, and the captions of the boxes that are ticked."""
    values, ticks = set(), set()
    for reading in found.readings:
        for name, value in reading.fields.items():
            raw = value.raw
            if name in ("reason_code", "source_code", "enquiries", "siblings", "parents"):
                continue
            if marked := _MARKED.findall(raw):
                ticks |= {caption.strip(" /,;") for state, caption in marked if state == "x"}
            else:
                values |= {line for line in map(_plain, raw.splitlines()) if len(line) > 1}
    return sorted(values), sorted(ticks - {""})


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def scored(output: str, values: list[str], ticks: list[str]) -> tuple[int, int]:
    """Return how many of the values and ticks can be told from an output."""
    text = _plain(re.sub(r"<[^>]{0,200}>", " ", output))
    told = sum(
        re.search(
            rf"(?:{_ON})\W{{0,4}}{re.escape(tick)}|{re.escape(tick)}\W{{0,4}}(?:{_ON})", output
        )
        is not None
        for tick in ticks
    )
    return sum(value in text for value in values), told


def best(work: Callable[[], object]) -> float:
    """Return the least CPU milliseconds of two runs."""
    times = []
    for _ in range(2):
        begin = time.process_time_ns()
        work()
        times.append(time.process_time_ns() - begin)
    return min(times) / 1e6


def peak(work: Callable[[], object]) -> float:
    """Return Python's peak memory in MB."""
    tracemalloc.start()
    work()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 1e6


def rows(suffix: str, files: dict[str, bytes]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each reader of files of one kind."""
    wanted = {name: asked(ours(data, name)) for name, data in files.items()}
    values = sum(len(v) for v, _ in wanted.values())
    ticks = sum(len(t) for _, t in wanted.values())

    def measured(name: str, work: Callable[[bytes, str], object]) -> tuple[str, ...]:
        times = [best(partial(work, data, file)) for file, data in files.items()]
        largest = max(files, key=lambda n: len(files[n]))
        most = peak(partial(work, files[largest], largest))
        return name, f"{sum(times) / len(times):.1f}", f"{most:.1f}"

    name, took, most = measured("ours, to readings", ours)
    yield name, "", f"{values} of {values}", f"{ticks} of {ticks}", "0", took, most
    for peer, (module, kinds, call) in PEERS.items():
        if suffix not in kinds:
            continue
        try:
            loaded = importlib.import_module(module)
        except ImportError:
            yield peer, "not installed", "", "", "", "", ""
            continue
        found, told, failed = 0, 0, 0
        for file, data in files.items():
            try:
                got = scored(call(loaded, data), *wanted[file])
            except Exception:
                failed += 1
                continue
            found, told = found + got[0], told + got[1]

        def work(data: bytes, _: str, call: Call = call, loaded: Any = loaded) -> None:
            with suppress(Exception):
                call(loaded, data)

        name, took, most = measured(peer, work)
        yield (name, metadata.version(peer), f"{found} of {values}", f"{told} of {ticks}",
               str(failed), took, most)  # fmt: skip


def main(folders: list[str]) -> None:
    sys.path.extend(folders)
    heads = ("reader", "version", "values", "ticks", "failed", "CPU ms a file", "peak MB")
    examples = {
        suffix: {f.name: f.read_bytes() for f in sorted(FILES.glob(f"*.{suffix}"))[::step]}
        for suffix, step in (("docx", 6), ("pdf", 1))
    }
    for title, suffix, files in (
        ("Word forms of the examples", "docx", examples["docx"]),
        ("one form in Word's many ways", "docx", {f"{k}.docx": v for k, v in ways().items()}),
        ("PDFs of the examples", "pdf", examples["pdf"]),
    ):
        print(f"\n{title}, {len(files)} files\n\n| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
        for row in rows(suffix, files):
            print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main(sys.argv[1:])
