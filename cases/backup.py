"""Backups: a consistent copy under a live writer, encrypted, and a restore that proves itself elsewhere.

Copying the SQLite file with `cp` misses the newest rows (they lie in the write-ahead log) and still passes an
integrity check, so SQLite's own backup is used, and `pg_dump` on PostgreSQL. The file is AES-GCM in chunks, each
bound to its number and to being the last, so a cut or re-ordered file is refused. The keys are not in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection

from cases.settings import DATA, own_secret

MAGIC = b"CMEBACKUP1\n"
CHUNK = 1 << 20
_LENGTH = struct.Struct(">I")


class BackupRefused(Exception):
    """The file is not a backup of ours, is damaged, or belongs to another key."""


def backup(target: Path, now: datetime) -> dict[str, object]:
    """Write an encrypted copy of the database to `target` and return what it holds."""
    DATA.mkdir(parents=True, exist_ok=True, mode=0o700)  # on PostgreSQL nothing else has made it
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        copy = Path(folder) / "copy"
        _copy_database(copy)
        head = {
            "made_at": now.isoformat(), "vendor": connection.vendor,
            "sha256": _file_digest(copy), "size": copy.stat().st_size,
        }  # fmt: skip
        partial = target.with_name(target.name + ".partial")
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out, copy.open("rb") as source:
            _seal(head, source, out)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(target)
        return head


def _copy_database(copy: Path) -> None:
    if connection.vendor == "sqlite":
        source = str(connection.settings_dict["NAME"])
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(copy)) as still:
            live.backup(still)
            still.execute("PRAGMA journal_mode=DELETE")
        return
    subprocess.run(
        ["pg_dump", "-Fc", "-f", str(copy), *_pg_names()], check=True, env=_pg_environment()
    )


def _pg_names() -> list[str]:
    told = connection.settings_dict
    names = ["-h", told["HOST"], "-p", told["PORT"], "-U", told["USER"], "-d", told["NAME"]]
    return [part for flag, value in zip(names[::2], names[1::2], strict=True) if value
            for part in (flag, str(value))]  # fmt: skip


def _pg_environment() -> dict[str, str]:
    from cases.settings import ENVIRONMENT

    return {**ENVIRONMENT, "PGPASSWORD": str(connection.settings_dict["PASSWORD"])}


def _seal(head: dict[str, object], source: BinaryIO, out: BinaryIO) -> None:
    cipher = AESGCM(bytes.fromhex(own_secret("backup_key")))
    told = json.dumps(head).encode()
    out.write(MAGIC + _LENGTH.pack(len(told)) + told)
    bound = hashlib.sha256(told).digest()
    for number, (chunk, last) in enumerate(_chunks(source)):
        nonce = os.urandom(12)
        sealed = cipher.encrypt(nonce, chunk, bound + struct.pack(">Q?", number, last))
        out.write(_LENGTH.pack(len(sealed)) + bytes([last]) + nonce + sealed)


def _chunks(source: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    chunk = source.read(CHUNK)
    while True:
        following = source.read(CHUNK)
        yield chunk, not following
        if not following:
            return
        chunk = following


def unseal(file: Path, target: Path) -> dict[str, object]:
    """Write the database copy inside a backup to `target` and return the backup's head.

    Raises:
        BackupRefused: damaged, cut short, or made with another key.
    """
    cipher = AESGCM(bytes.fromhex(own_secret("backup_key")))
    with file.open("rb") as source, target.open("wb") as out:
        try:
            if source.read(len(MAGIC)) != MAGIC:
                raise BackupRefused(f"{file.name} is not a backup of this program.")
            (length,) = _LENGTH.unpack(source.read(4))
            told = source.read(length)
            bound, number, last = hashlib.sha256(told).digest(), 0, False
            while not last:
                (length,) = _LENGTH.unpack(source.read(4))
                last = bool(source.read(1)[0])
                nonce, sealed = source.read(12), source.read(length)
                out.write(cipher.decrypt(nonce, sealed, bound + struct.pack(">Q?", number, last)))
                number += 1
        except (struct.error, IndexError, InvalidTag, ValueError):
            raise BackupRefused(
                f"{file.name} is damaged, cut short, or was made with another key."
            ) from None
    head: dict[str, object] = json.loads(told)
    if _file_digest(target) != head["sha256"]:
        raise BackupRefused(f"{file.name} does not hold what it says.")
    return head


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
