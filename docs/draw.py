"""Every drawing in docs/drawn/, made from the code, and the check that none has fallen behind.

    python -m docs.draw            writes them, and docs/glossary.md
    python -m docs.draw --check    writes nothing; names those that differ, exit code 1

The rules, letters, states and the played year are drawn by `draw_policy`, the glossary by `draw_words`; the imports here, by reading the
code and not by running it. Imports inside a function count too: they run later, but they run.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from docs import draw_policy, draw_words

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("flows", "review", "cases", "parsers", "mail", "policy")
# Who a stranger would look for first; the rest are in requirements.lock.
OUTSIDE = (
    "prefect",
    "django",
    "imapclient",
    "requests",
    "lxml",
    "pypdfium2",
    "pikepdf",
    "rapidocr",
    "rapidfuzz",
)


def imported(path: Path) -> Iterator[str]:
    """Yield the dotted names that a module imports; a `from` gives the name it takes as well."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (n.name for n in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield from (f"{module}.{n.name}" for n in names)
            case _:
                pass


def edges() -> dict[str, set[str]]:
    """Return, for each room, the rooms and the chosen libraries that it imports."""
    found: dict[str, set[str]] = defaultdict(set)
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            found[room] |= {name.partition(".")[0] for name in imported(path)}
        found[room] &= {*ROOMS, *OUTSIDE} - {room}
    return found


def imports() -> str:
    """Return the rooms, who imports whom, and who may reach outside."""
    found = edges()
    parts = ["# Who imports whom", "", "Made from the code.", "", "```mermaid", "flowchart TD"]
    parts += [f"  {a} --> {b}" for a in ROOMS for b in ROOMS if b in found[a]]
    parts += ["```", "", "Who takes what from outside:", "", "| library | rooms |", "|---|---|"]
    for library in OUTSIDE:
        parts.append(f"| {library} | {', '.join(r for r in ROOMS if library in found[r])} |")
    return "\n".join([*parts, ""])


def drawings() -> dict[Path, Callable[[], str]]:
    """Return every file that is made, with what makes it."""
    drawn = {**draw_policy.DRAWINGS, "imports.md": imports}
    files = {ROOT / "docs" / "drawn" / name: draw for name, draw in drawn.items()}
    return {**files, ROOT / "docs" / "glossary.md": draw_words.glossary}


def stale() -> list[str]:
    """Return the files that do not say what the code says."""
    return [
        path.relative_to(ROOT).as_posix()
        for path, draw in drawings().items()
        if not path.is_file() or path.read_text("utf-8") != draw()
    ]


def main(arguments: list[str]) -> int:
    """Write all, or with `--check` compare."""
    if arguments == ["--check"]:
        behind = stale()
        for name in behind:
            print(f"{name} is behind the code: run make docs")
        return 1 if behind else 0
    for path, draw in drawings().items():
        path.write_text(draw(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
