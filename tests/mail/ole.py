"""Outlook .msg files made from nothing: a small compound-file writer, for tests only.

Every stream is padded to 4096 bytes' worth of whole sectors, so that no mini stream is needed; the
directory is one chain of siblings, which readers accept.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound(tree: Mapping[str, Any]) -> bytes:
    """The bytes of a compound file with nested dicts as storages and bytes as streams."""
    entries: list[dict[str, Any]] = [
        {"name": "Root Entry", "kind": 5, "child": FREE, "next": FREE, "data": b""}
    ]

    def add(level: Mapping[str, Any]) -> int:
        # Siblings must be in order of length, then of name; a chain to the right is a valid tree.
        first, last = FREE, None
        for name in sorted(level, key=lambda n: (len(n), n.upper())):
            value = level[name]
            number = len(entries)
            entry = {
                "name": name,
                "kind": 2 if isinstance(value, bytes) else 1,
                "child": FREE,
                "next": FREE,
                "data": b"",
            }
            entries.append(entry)
            if isinstance(value, bytes):
                entry["data"] = value
            else:
                entry["child"] = add(value)
            if last is None:
                first = number
            else:
                last["next"] = number
            last = entry
        return first

    entries[0]["child"] = add(tree)
    sectors: list[bytes] = []
    fat: list[int] = []

    def store(data: bytes) -> int:
        count = max(1, -(-len(data) // SECTOR))
        start = len(sectors)
        for n in range(count):
            sectors.append(data[n * SECTOR : (n + 1) * SECTOR].ljust(SECTOR, b"\0"))
            fat.append(start + n + 1 if n + 1 < count else END)
        return start

    for entry in entries[1:]:
        if entry["kind"] == 2:
            entry["size"] = max(4096, len(entry["data"]))
            entry["start"] = store(entry["data"].ljust(4096, b"\0"))
    rows = b""
    for entry in entries:
        name = entry["name"].encode("utf-16-le") + b"\0\0"
        rows += name.ljust(64, b"\0") + struct.pack(
            "<HBBIII16sIQQIQ", len(name), entry["kind"], 1, FREE, entry["next"], entry["child"], b"\0" * 16, 0, 0, 0,
            entry.get("start", END if entry["kind"] == 5 else 0), entry.get("size", 0),
        )  # fmt: skip
    directory = store(rows)
    fat_sectors = 1
    while (len(sectors) + fat_sectors) > fat_sectors * 128:
        fat_sectors += 1
    first_fat = len(sectors)
    table = [*fat, *[FAT] * fat_sectors]
    table += [FREE] * (fat_sectors * 128 - len(table))
    blob = struct.pack(f"<{len(table)}I", *table)
    sectors += [blob[n * SECTOR : (n + 1) * SECTOR] for n in range(fat_sectors)]
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\0" * 16, 0x3E, 3, 0xFFFE, 9, 6, b"\0" * 6, 0,
        fat_sectors, directory, 0, 4096, END, 0, END, 0,
    )  # fmt: skip
    difat = [first_fat + n for n in range(fat_sectors)] + [FREE] * (109 - fat_sectors)
    return header + struct.pack("<109I", *difat) + b"".join(sectors)


def _text(text: str) -> bytes:
    return text.encode("utf-16-le")


def message(
    *, subject: str = "CME referral", sender: str = "office@alder.example", name: str = "Alder, office",
    body: str = "Words of the mail.", html: bytes = b"", headers: str = "",
    attachments: tuple[tuple[str, bytes | dict[str, Any]], ...] = (), top: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """The storages of a message; an attachment may be another message's storages.

    Streams are padded with NULs by the writer, as real ones are not; readers must bear it.
    """
    fixed = struct.pack("<IIQ", 0x00390040, 6, 134_056_808_400_000_000)
    tree: dict[str, Any] = {
        "__properties_version1.0": b"\0" * (32 if top else 24) + fixed,
        "__substg1.0_0037001F": _text(subject), "__substg1.0_1000001F": _text(body),
        "__substg1.0_0C1A001F": _text(name), "__substg1.0_5D01001F": _text(sender),
        "__recip_version1.0_#00000000": {"__substg1.0_39FE001F": _text("cme@wrenshire.example"), "__substg1.0_3001001F": _text("CME")},
    }  # fmt: skip
    if html:
        tree["__substg1.0_10130102"] = html
    if headers:
        tree["__substg1.0_007D001F"] = _text(headers)
    for number, (title, data) in enumerate(attachments):
        storage: dict[str, Any] = {"__substg1.0_3707001F": _text(title)}
        if isinstance(data, bytes):
            storage["__substg1.0_37010102"] = data
        else:
            storage["__substg1.0_3701000D"] = data
        tree[f"__attach_version1.0_#{number:08X}"] = storage
    return tree
