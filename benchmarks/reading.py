"""A .docx to its readings, as a ratio to the least work there is: unzip and lxml parse.

Run it with `python -m benchmarks.reading`. The forms are those of `unseen.yaml` that are Word
documents, and the long ones of `benchmarks.documents`. `blocks` stops before anything is understood;
`reading` is everything the intake does with a document; `cold` forgets every label it has met, as
on the first form of a kind after a start. Other readers stand beside when they are installed; they
give words and understand nothing. CPU time, best of many.

What the limit is: the ten forms come from python-docx, which writes no more of Word's own attributes
than it must, so that parsing them takes a tenth of a millisecond, half of it to open the zip. The
long ones have those attributes (`benchmarks.documents.form`), as files that Word saved do.

Goal: a reading at most 10 x the limit (docs/reading.md).
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Callable
from typing import Any

from benchmarks.documents import best, form, limit, ours, python_docx
from benchmarks.unseen import ON
from benchmarks.unseen_first import forms
from benchmarks.unseen_first_files import document
from parsers import read, words
from parsers.reading import Source
from parsers.vocabulary import standard

Reader = Callable[[bytes], object]


def reading(data: bytes) -> object:
    return read([Source("form.docx", "form.docx", "", data)], on=ON)


def cold(data: bytes) -> object:
    words.tokens.cache_clear()
    for kept in ("_seen", "_labels", "_headings", "_columns"):
        standard().__dict__[kept].clear()
    return reading(data)


def _others() -> dict[str, Reader]:
    calls: dict[str, Callable[[Any, bytes], object]] = {
        "mammoth": lambda m, data: m.extract_raw_text(io.BytesIO(data)),
        "docx2python": lambda m, data: m.docx2python(io.BytesIO(data)).text,
        "markitdown": lambda m, data: m.MarkItDown().convert_stream(io.BytesIO(data)),
    }
    found: dict[str, Reader] = {"python-docx": python_docx}
    for name, call in calls.items():
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        found[name] = lambda data, call=call, module=module: call(module, data)  # type: ignore[misc]
    return found


def main() -> None:
    files = {f"{f.key} {f.title}"[:34]: document(f) for f in forms() if f.format == "docx"}
    files |= {"54 rows of four cells": form(54, 4), "180 rows of four cells": form(180, 4)}
    readers: dict[str, Reader] = {
        "blocks": ours,
        "reading": reading,
        "reading, cold": cold,
        **_others(),
    }
    print(f"| {'form':34} | limit ms | " + " | ".join(f"{name} ×" for name in readers) + " |")
    print("|---|---|" + "---|" * len(readers))
    for name, data in files.items():
        base = best(limit, data, 20)
        ratios = [best(work, data, 5) / base for work in readers.values()]
        print(f"| {name:34} | {base:.2f} | " + " | ".join(f"{r:.1f}" for r in ratios) + " |")


if __name__ == "__main__":
    main()
