"""Every value of config.yaml does something: one that nothing reads is a promise to the council that nobody keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from cases.config import Config, People
from tests.deploy.conftest import ROOT

SOURCES = [
    *(p for room in ("cases", "flows", "review", "mail") for p in (ROOT / room).rglob("*.py") if p.name != "config.py"),
    *(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt"),
]  # fmt: skip
TEXT = "\n".join(p.read_text(encoding="utf-8") for p in SOURCES)


def values(part: type[BaseModel], seen: set[type]) -> Iterator[tuple[str, str]]:
    """Each part's name with each value's."""
    if part in seen:
        return
    seen.add(part)
    if part is People:
        return  # roles, which the rules name
    for name, field in part.model_fields.items():
        yield part.__name__, name
        for kind in kinds(field.annotation):
            yield from values(kind, seen)


def kinds(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from kinds(inner)


@pytest.mark.parametrize("value", sorted(set(values(Config, set()))), ids=".".join)
def test_something_reads_it(value: tuple[str, str]) -> None:
    """By name: that `.name` stands somewhere beside config.py."""
    assert re.search(rf"(?<!arguments)\.{value[1]}\b|\"{value[1]}\"", TEXT), (
        f"nothing reads {'.'.join(value)}"
    )
