"""Columns of a newspaper: words that run down the left half of a page and then down the right.

Two columns of a form's labels and answers look much the same, a white gutter between them, and are
read across. So a gutter alone is not believed: the lines on both its sides must fill their columns as
prose does, or be a bold label over each answer, or each ask something on lines that do not meet.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from parsers.documents.page_lines import Run, words_in

_GUTTER = 10.0
_COLON = re.compile(r"[A-Za-z)]:(?:\s|$)")


def columns(lines: Sequence[list[Run]], at: int) -> tuple[int, list[Run], list[Run]] | None:
    """Return how many lines from here on stand in two columns, and what stands in each; or None."""
    if len(lines[at]) != 2:
        return None
    low, high = lines[at][0].box[2], lines[at][1].box[0]
    left: list[Run] = []
    right: list[Run] = []
    count = 0
    bottom = 0.0
    for line in lines[at:]:
        top = min(run.box[1] for run in line)
        size = max(run.box[3] - run.box[1] for run in line)
        mid = (low + high) / 2
        ends = [run.box[2] for run in line if run.box[0] < mid]
        starts = [run.box[0] for run in line if run.box[0] >= mid]
        down, up = max([low, *ends]), min([high, *starts])
        if up - down < _GUTTER or (count and top - bottom > 4 * size):
            break
        low, high = down, up
        left.extend(run for run in line if run.box[0] < mid)
        right.extend(run for run in line if run.box[0] >= mid)
        bottom = max(run.box[3] for run in line)
        count += 1
    if any(not run.plain for run in (*left, *right)):
        return None
    prose = _prose(left) and _prose(right)
    if prose or (_labelled(left) and _labelled(right)) or _apart(left, right):
        return count, left, right
    return None


def _prose(side: list[Run]) -> bool:
    """Say whether most lines of a side are full, as they are where words were wrapped."""
    if len(side) < 4:
        return False
    wide = max(run.box[2] for run in side) - min(run.box[0] for run in side)
    full = sum(
        run.box[2] - run.box[0] >= 0.72 * wide and len(words_in(run.tokens).split()) >= 4
        for run in side
    )
    return full >= 0.6 * len(side)


def _labelled(side: list[Run]) -> bool:
    """Say whether bold lines and plain lines take turns."""
    loud = [all(t.bold for t in run.tokens) for run in side]
    turns = sum(a and not b for a, b in itertools.pairwise(loud))
    return turns >= 2 and sum(loud) <= turns + 1


def _apart(left: list[Run], right: list[Run]) -> bool:
    """Say whether both sides ask, line by line, and their lines do not stand beside each other."""
    if min(len(left), len(right)) < 4:
        return False
    asking = [sum(_COLON.search(words_in(r.tokens)) is not None for r in s) for s in (left, right)]
    if asking[0] < 0.5 * len(left) or asking[1] < 0.5 * len(right):
        return False
    tops = [run.box[1] for run in left]
    level = sum(min(abs(run.box[1] - top) for top in tops) < 2 for run in right)
    return level < 0.5 * len(right)
