"""Moving house: every row of the SQLite database into an empty PostgreSQL one, and the proof that it arrived.

A stranger would get three things wrong. SQLite keeps what PostgreSQL refuses (a NUL in a text, more letters than a
column has, half a surrogate in JSON): those are mended, counted and told, never in a timeline entry, whose hash would
break. Foreign keys are deferred, so one transaction needs no order of tables and no trigger switched off. And the
source is held by a write transaction for the whole move, so that nothing is written behind its back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connections, models, transaction

from cases.models import Entry
from cases.record.entries import verify

SOURCE, TARGET = "source", "default"
# Sessions and failed sign-ins belong to the machine: everybody signs in once more.
_LEFT_BEHIND = ("axes", "sessions")
# `migrate` fills these in by itself; the source's own rows replace them.
_MADE_BY_MIGRATE = ("contenttypes", "auth")
_MANY, _FEW = 500, 10  # rows at once; few where a row can hold a whole email


class MoveRefused(Exception):
    """The move cannot be made or did not prove; nothing was kept on the other side."""


@dataclass
class Moved:
    """What was moved: rows for each table, values mended, and the timeline's count and last hash."""

    rows: dict[str, int] = field(default_factory=dict)
    mended: dict[str, int] = field(default_factory=dict)
    entries: int = 0
    last_hash: str = ""


def move(source: str) -> Moved:
    """Copy the SQLite file `source` into the default database, all or nothing, and prove it there.

    Raises:
        MoveRefused: the other side is not an empty PostgreSQL, has other migrations, or the proof failed.
    """
    if connections[TARGET].vendor != "postgresql":
        raise MoveRefused("The database to move to is not PostgreSQL.")
    connections.databases[SOURCE] = {
        **connections.databases[TARGET], "ENGINE": "django.db.backends.sqlite3", "NAME": source,
        "OPTIONS": {"timeout": 60, "transaction_mode": "IMMEDIATE"},
    }  # fmt: skip
    with transaction.atomic(using=SOURCE), transaction.atomic(using=TARGET):
        _same_migrations()
        told = Moved()
        tables = list(_tables())
        _empty(tables)
        for model in tables:
            told.rows[model._meta.db_table] = _copy(model, told.mended)
        with connections[TARGET].cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for sql in connections[TARGET].ops.sequence_reset_sql(no_style(), tables):
                cursor.execute(sql)
        _prove(tables, told)
    return told


def _tables() -> Iterator[type[models.Model]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in _LEFT_BEHIND and model._meta.managed:
            yield model


def _same_migrations() -> None:
    told = []
    for alias in (SOURCE, TARGET):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            told.append(set(cursor.fetchall()))
    if told[0] != told[1]:
        raise MoveRefused("The two databases are not of the same version: run `cme upgrade` first.")


def _empty(tables: list[type[models.Model]]) -> None:
    ours = [m for m in tables if m._meta.app_label not in _MADE_BY_MIGRATE]
    full = [m._meta.db_table for m in ours if m._default_manager.using(TARGET).exists()]
    if full:
        raise MoveRefused(f"The database to move to is not empty: {', '.join(sorted(full))}.")
    for model in tables:
        if model not in ours:
            model._default_manager.using(TARGET).all().delete()


def _copy(model: type[models.Model], mended: dict[str, int]) -> int:
    rows = model._base_manager.using(SOURCE).order_by("pk").iterator(chunk_size=_size(model))
    count = 0
    while chunk := list(islice(rows, _size(model))):
        for row in chunk:
            _mend(row, mended)
        model._base_manager.using(TARGET).bulk_create(chunk)
        count += len(chunk)
    return count


def _size(model: type[models.Model]) -> int:
    heavy = any(isinstance(f, models.BinaryField) for f in model._meta.concrete_fields)
    return _FEW if heavy else _MANY


def _mend(row: models.Model, mended: dict[str, int]) -> None:
    """Make a row fit PostgreSQL; a timeline entry stays as it is."""
    if isinstance(row, Entry):
        return
    for column in row._meta.concrete_fields:
        old = getattr(row, column.attname)
        new = fitting(old, column.max_length if isinstance(column, models.CharField) else None)
        if new != old:
            setattr(row, column.attname, new)
            where = f"{row._meta.db_table}.{column.column}"
            mended[where] = mended.get(where, 0) + 1


def fitting(value: Any, longest: int | None = None) -> Any:
    """Return a value as PostgreSQL can hold it: no NUL, no half surrogate, no longer than its column."""
    match value:
        case str():
            whole = value.replace("\0", "\N{REPLACEMENT CHARACTER}")
            whole = whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            return whole[:longest] if longest else whole
        case list():
            return [fitting(v) for v in value]
        case dict():
            return {fitting(k): fitting(v) for k, v in value.items()}
        case _:
            return value


def _prove(tables: list[type[models.Model]], told: Moved) -> None:
    """Hold every row on the other side against its source, and walk the timeline there.

    Raises:
        MoveRefused: a table differs or the timeline does not prove.
    """
    for model in tables:
        there = _digest(model, TARGET)
        if there != _digest(model, SOURCE):
            raise MoveRefused(f"The table {model._meta.db_table} did not arrive as it was.")
    chain = verify()
    last = Entry.objects.using(SOURCE).order_by("-id").values_list("hash", flat=True).first()
    if chain.broken_at is not None or (last or chain.last_hash) != chain.last_hash:
        raise MoveRefused(f"The timeline does not prove from entry {chain.broken_at}.")
    told.entries, told.last_hash = chain.count, chain.last_hash


def _digest(model: type[models.Model], alias: str) -> tuple[int, str]:
    hashed, count = hashlib.sha256(), 0
    for row in model._base_manager.using(alias).order_by("pk").iterator(chunk_size=_size(model)):
        if alias == SOURCE:
            _mend(row, {})
        count += 1
        for column in model._meta.concrete_fields:
            hashed.update(_plain(getattr(row, column.attname)))
    return count, hashed.hexdigest()


def _plain(value: object) -> bytes:
    if isinstance(value, (bytes, memoryview)):
        return hashlib.sha256(value).digest()
    return json.dumps(value, sort_keys=True, default=str).encode() + b"\0"
