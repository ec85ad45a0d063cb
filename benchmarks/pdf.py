"""PDFs and scans, each as a ratio to the least work there is, in one run.

Run it with `python -m benchmarks.pdf`. Text PDF: PDFium's text load. AcroForm: pikepdf's open and
walk. Scan: rapidocr on the same picture. CPU time, best of many; the ratio is what to read.

Goals: 4 x, 5 x and 1.2 x.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import Any

import pikepdf
import pypdfium2
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from parsers.documents import acroform, pdf, picture

_ROWS = [
    (f"Question number {n} of the form", f"The answer to {n} in a few words") for n in range(24)
]


def best(work: Callable[[], Any], times: int) -> float:
    """Return the least CPU seconds of several runs."""
    found = []
    for _ in range(times):
        begin = time.process_time()
        work()
        found.append(time.process_time() - begin)
    return min(found)


def ruled(widgets: bool) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for n, (label, value) in enumerate(_ROWS):
        top = 790 - 30 * n
        canvas.rect(50, top - 10, 220, 30)
        canvas.rect(270, top - 10, 270, 30)
        canvas.drawString(56, top, label)
        if widgets:
            canvas.acroForm.textfield(
                name=f"T{n}", x=275, y=top - 6, width=255, height=20, value=value
            )
        else:
            canvas.drawString(276, top, value)
    canvas.save()
    return out.getvalue()


def load_text(data: bytes) -> None:
    document = pypdfium2.PdfDocument(data)
    for page in document:
        page.get_textpage().get_text_range()
    document.close()


def walk(data: bytes) -> int:
    with pikepdf.open(io.BytesIO(data)) as opened:
        return sum(
            1
            for page in opened.pages
            for annotation in page.obj.get("/Annots", [])
            if (str(annotation.get("/V")), [float(v) for v in annotation.Rect])
        )


def main() -> None:
    text, form = ruled(False), ruled(True)
    limit, ours = best(lambda: load_text(text), 30), best(lambda: pdf.read(text), 30)
    print(
        f"text PDF   limit {limit * 1e3:6.2f} ms   ours {ours * 1e3:6.2f} ms   {ours / limit:5.1f} x  (goal 4)"
    )
    limit, ours = best(lambda: walk(form), 30), best(lambda: pdf.read(form), 30)
    controls = best(lambda: acroform.controls(form, None), 30)
    print(f"AcroForm   limit {limit * 1e3:6.2f} ms   ours {ours * 1e3:6.2f} ms   {ours / limit:5.1f} x  (goal 5;"
          f" controls alone {controls / limit:.1f} x)")  # fmt: skip
    grey = pypdfium2.PdfDocument(text)[0].render(scale=2, grayscale=True).to_numpy()
    grey = grey[:, :, 0] if grey.ndim == 3 else grey
    picture._recognised(grey)
    limit, ours = (
        best(lambda: picture._recognised(grey), 3),
        best(lambda: picture.page(grey, 1, 0.5), 3),
    )
    print(
        f"scan       limit {limit:6.2f} s    ours {ours:6.2f} s    {ours / limit:5.2f} x  (goal 1.2)"
    )


if __name__ == "__main__":
    main()
