"""What the reader's scores are worth: counted, made to rise with the score, and drawn.

The figures stand in `parsers/forms/calibrated.yaml`; `benchmarks.calibration --fit` makes them anew.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from benchmarks.unseen import Asked, asked, plain
from parsers import read
from parsers.reading import Source
from parsers.vocabulary import Vocabulary, standard

ON = date(2026, 10, 22)
ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "tests" / "examples" / "files"
SETS = "ABCEFGH"
DERIVED = ("reason_code", "source_code")
PROMISE, KEPT = 0.95, 0.99
_PICTURES = ("scan", "scan_pdf", "photo")
Blocks = list[tuple[float, int, int]]  # lowest score, right, of


def thinned(vocabulary: Vocabulary, share: float, seed: int) -> Vocabulary:
    """Return the vocabulary without a share of its wordings."""
    draw = random.Random(seed)
    exact = {k: v for k, v in vocabulary.exact.items() if draw.random() >= share}
    left = {frozenset(k) for k in exact}
    bags = {k: v for k, v in vocabulary.bags.items() if k in left}
    return Vocabulary(
        exact, bags, vocabulary.sections, vocabulary.grid, vocabulary.kinds, vocabulary.actions
    )


def _examples() -> list[Asked]:
    made = []
    for beside in sorted(EXAMPLES.glob("*.json")):
        path = beside.with_suffix("")
        told = json.loads(beside.read_text("utf-8"))["readings"]
        if told and path.suffix not in (".png", ".jpg"):
            truth = [{k: v for k, v in r["fields"].items() if v is not None} for r in told]
            made.append(
                Asked(path.name, path.suffix[1:], path.suffix[1:], path.read_bytes(), truth)
            )
    return made


def _compared(form: Asked, vocabulary: Vocabulary) -> Iterator[tuple[float, bool]]:
    source = Source(form.file, form.file, "", form.data) if form.key.count(".") else form.source
    found = read([source], on=ON, vocabulary=vocabulary)
    for number, reading in enumerate(found.readings):
        truth: dict[str, Any] = form.truth[number] if number < len(form.truth) else {}
        for name, value in reading.fields.items():
            if name in DERIVED or (name in form.free and name not in truth):
                continue
            right = name in truth and plain(name, value.value) == plain(name, truth[name])
            yield value.sure, right


def check() -> None:
    """Tell what becomes of the sets and the examples when the vocabulary knows fewer wordings."""
    forms = [a for a in asked(SETS) if a.format not in _PICTURES] + _examples()
    asked_for = sum(len(set(t) - set(DERIVED)) for form in forms for t in form.truth)
    for share in (0.0, 0.1, 0.25, 0.5):
        vocabulary = thinned(standard(), share, 1) if share else standard()
        told = [one for form in forms for one in _compared(form, vocabulary)]
        right = sum(r for _, r in told)
        high = [r for sure, r in told if sure >= PROMISE]
        print(f"{share:4.0%} of the wordings unknown: recall {right / asked_for:.3f}, precision {right / len(told):.3f}, "
              f"sure at {PROMISE} or more: {sum(high)} right of {len(high)}")  # fmt: skip


def rising(counts: Blocks) -> Blocks:
    """Return scores pooled until the share of right ones rises with the score."""
    blocks: Blocks = []
    for score, right, of in sorted(counts):
        blocks.append((score, right, of))
        while len(blocks) > 1 and (_worth(blocks[-2]) >= _worth(blocks[-1]) or blocks[-2][2] < 15):
            (low, r1, n1), (_, r2, n2) = blocks[-2:]
            blocks[-2:] = [(low, r1 + r2, n1 + n2)]
    return blocks


def _worth(block: tuple[float, int, int]) -> float:
    _, right, of = block
    return (right + 0.5) / (of + 1)


def promised(families: dict[str, Blocks]) -> dict[str, list[tuple[float, float]]]:
    """Return each family's table; what would break the promise stands just below it."""
    rows = [
        (name, block, min(0.99, _worth(block)))
        for name, blocks in families.items()
        for block in blocks
    ]
    high = sorted((r for r in rows if r[2] >= PROMISE), key=lambda r: r[2])
    while high and sum(r[1][1] for r in high) < KEPT * sum(r[1][2] for r in high):
        high.pop(0)
    kept = {(name, block[0]) for name, block, _ in high}
    table: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for name, block, worth in rows:
        value = worth if (name, block[0]) in kept or worth < PROMISE else PROMISE - 0.01
        if (name, block[0]) not in kept:
            value = min(value, PROMISE - 0.001)  # rounding must not lift it over the promise
        table[name].append((block[0], round(value, 3)))
    return dict(table)


def fit() -> None:
    """Count, write the table and draw the plot."""
    raw = yaml.safe_load((ROOT / "benchmarks" / "first_readings.yaml").read_text("utf-8"))["counts"]
    by: dict[str, Blocks] = defaultdict(list)
    for family, score, right, of in raw:
        by[family].append((float(score), int(right), int(of)))
    families = {name: rising(counts) for name, counts in sorted(by.items())}
    tables = promised(families)
    head = "# How often a value is right, by the reader's own score: made by `python -m benchmarks.calibration --fit`.\n"
    body = {
        "fitted": date.today().isoformat(),
        "values": sum(row[3] for row in raw),
        "families": {name: [list(row) for row in rows] for name, rows in tables.items()},
    }
    path = ROOT / "parsers" / "forms" / "calibrated.yaml"
    path.write_text(
        head + yaml.safe_dump(body, sort_keys=False, default_flow_style=None, width=110), "utf-8"
    )
    for name, blocks in families.items():
        for (low, right, of), (_, worth) in zip(blocks, tables[name], strict=True):
            print(f"{name:10} score from {low:.3f}: {right} right of {of}, sure {worth}")
    (ROOT / "docs" / "drawn" / "certainty.svg").write_text(drawing(families, tables), "utf-8")


_INK = {
    "identity": "#1d70b8",
    "dates": "#00703c",
    "places": "#b58840",
    "people": "#912b88",
    "other": "#505a5f",
}


def drawing(families: dict[str, Blocks], tables: dict[str, list[tuple[float, float]]]) -> str:
    """Return the plot: what is promised against what was right, a circle for each block of scores."""

    def x(p: float) -> float:
        return 60 + (p - 0.4) / 0.6 * 400

    def y(p: float) -> float:
        return 440 - (p - 0.4) / 0.6 * 400

    parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 500" font-family="sans-serif" font-size="13">',
             "<title>What is promised, and what was right</title>",
             '<rect width="640" height="500" fill="#fff"/>',
             f'<path d="M{x(0.4)} {y(0.4)}L{x(1)} {y(1)}" stroke="#b1b4b6" stroke-dasharray="4 4"/>',
             f'<path d="M{x(0.4)} {y(1)}V{y(0.4)}H{x(1)}" stroke="#0b0c0c" fill="none"/>']  # fmt: skip
    for tick in (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
        parts.append(f'<text x="{x(tick):.0f}" y="460" text-anchor="middle">{tick}</text>')
        parts.append(f'<text x="50" y="{y(tick) + 4:.0f}" text-anchor="end">{tick}</text>')
    parts.append('<text x="260" y="485" text-anchor="middle">sure</text>')
    parts.append('<text x="60" y="25">share that was right</text>')
    for n, (name, blocks) in enumerate(families.items()):
        ink = _INK[name]
        parts.append(
            f'<circle cx="490" cy="{60 + 24 * n}" r="6" fill="{ink}"/><text x="504" y="{64 + 24 * n}">{name}</text>'
        )
        for (_, right, of), (_, worth) in zip(blocks, tables[name], strict=True):
            size = 2 + min(10.0, of**0.5 / 4)
            parts.append(f'<circle cx="{x(max(0.4, worth)):.1f}" cy="{y(max(0.4, right / of)):.1f}" r="{size:.1f}" '
                         f'fill="{ink}" fill-opacity="0.6"><title>{name}: {right} of {of}</title></circle>')  # fmt: skip
    return "\n".join([*parts, "</svg>", ""])
