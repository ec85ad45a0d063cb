"""What a file is, by its bytes. Its name is only believed where bytes cannot say.

Schools send HTML named .doc, .docx named .doc, and photographs named .pdf. Only the first bytes,
a zip's directory and an OLE file's directory are looked at; nothing is parsed.

Source: the formats' own magic numbers; MS-CFB 2.2 to 2.6; MS-DOC 2.5.2 (the "encrypted" bit).
"""

from __future__ import annotations

import csv
import re
import struct

from parsers.documents import limits
from parsers.documents.parcel import Parcel

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TNEF = b"\x78\x9f\x3e\x22"
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"), (b"GIF87a", "gif"), (b"GIF89a", "gif"), (_TNEF, "tnef"),
    (b"Rar!\x1a\x07", "rar"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"\x1f\x8b", "gzip"),
)  # fmt: skip
_HEIC = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"})
_PKCS7 = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
_OOXML = (
    (b"wordprocessingml", "docx"), (b"ms-word.document", "docx"), (b"ms-word.template", "docx"),
    (b"ms-excel.sheet.binary", "xlsb"), (b"spreadsheetml", "xlsx"), (b"ms-excel.", "xlsx"),
    (b"presentationml", "pptx"), (b"ms-powerpoint.", "pptx"),
)  # fmt: skip
_MAIN_TYPE = re.compile(rb'ContentType="[^"]{0,200}?main\+xml"', re.IGNORECASE)

_HTML = re.compile(
    r"\s*(?:<!--.{0,2000}?-->\s*|<\?xml[^>]{0,200}>\s*)*<(?:!doctype\s+html|html|head|body|table|meta|title|style"
    r"|div|p|span|br|font|center|h[1-6]|form|ul|ol|b|strong)\b[^>]{0,4000}>?",
    re.IGNORECASE | re.DOTALL,
)
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,40}:[ \t]?\S?")
_EMAIL_PROOF = re.compile(
    r"^(?:received|return-path|mime-version|message-id|delivered-to|dkim-signature"
    r"|content-transfer-encoding|authentication-results):",
    re.IGNORECASE | re.MULTILINE,
)
_EMAIL_ALSO = re.compile(r"^(?:from|to|subject|date|content-type):", re.IGNORECASE | re.MULTILINE)


def sniff(data: bytes, name: str = "") -> str:
    """Return the format's word, such as "docx", "doc", "encrypted_office", "text" or "unknown"."""
    for magic, format in _MAGIC:
        if data.startswith(magic):
            return format
    if data[:2] == b"PK" and data[2:4] in (b"\x03\x04", b"\x05\x06", b"\x07\x08"):
        return _zip(data)
    if data.startswith(_OLE):
        return _ole(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp":
        return "heic" if data[8:12] in _HEIC else "unknown"
    if data[:2] == b"BM" and len(data) > 26 and data[6:10] == b"\0\0\0\0":
        return "bmp"
    start = data[:1024]
    if b"%PDF-" in start:
        return "pdf"
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"):
        return "rtf"
    if data[:1] == b"\x30" and _PKCS7 in data[:80]:
        return _signed(name)
    return _words(data, name)


def _zip(data: bytes) -> str:
    """Tell the packages apart by their main part's type; a plain zip is "zip"."""
    try:
        limits.check_size(data)
        parcel = Parcel(data)
    except limits.CannotRead:
        return _broken_zip(data)
    try:
        if "mimetype" in parcel.names and parcel.names["mimetype"].file_size < 200:
            return _open_document(parcel.read("mimetype"))
        types = parcel.find("[Content_Types].xml")
        if types is not None:
            told = parcel.read(types)
            main = b" ".join(_MAIN_TYPE.findall(told)) or told
            for word, format in _OOXML:
                if word in main:
                    return format
    except limits.CannotRead:
        pass
    return _by_names(list(parcel.names))


def _open_document(told: bytes) -> str:
    for word, format in (
        (b"opendocument.text", "odt"), (b"opendocument.spreadsheet", "ods"),
        (b"opendocument", "unknown"), (b"epub", "unknown"),
    ):  # fmt: skip
        if word in told:
            return format
    return "zip"


def _by_names(names: list[str]) -> str:
    folded = [name.replace("\\", "/").lstrip("/").casefold() for name in names]
    for folder, format in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
        if any(name.startswith(folder) for name in folded) and any(
            name.endswith(".rels") or name == "[content_types].xml" for name in folded
        ):
            return format
    return "zip"


def _broken_zip(data: bytes) -> str:
    """Name a cut-short or oversized package by the local headers at its start."""
    start = data[:65_536]
    for folder, format in ((b"word/", "docx"), (b"xl/", "xlsx"), (b"ppt/", "pptx")):
        if folder in start or folder in data[-65_536:]:
            return format
    if b"mimetypeapplication/vnd.oasis.opendocument.text" in start:
        return "odt"
    return "docx" if b"[Content_Types].xml" in start else "zip"


def _signed(name: str) -> str:
    return "p7s" if name.casefold().endswith(".p7s") else "p7m"


# OLE


def _ole(data: bytes) -> str:
    entries = _ole_entries(data)
    if "EncryptedPackage" in entries or "EncryptionInfo" in entries:
        return "encrypted_office"
    if "__properties_version1.0" in entries:
        return "msg"
    if "WordDocument" in entries:
        start = entries["WordDocument"]
        flags = data[start + 10 : start + 12]
        locked = len(flags) == 2 and struct.unpack("<H", flags)[0] & 0x0100
        return "encrypted_office" if locked else "doc"
    for stream in ("Workbook", "Book"):
        if stream in entries:
            return "encrypted_office" if _locked_workbook(data, entries[stream]) else "xls"
    return "unknown"


def _ole_entries(data: bytes) -> dict[str, int]:
    """Return the names of the root's streams with where each begins in the file.

    Only the root's own: a Word file may hold a workbook, and a message a Word file. The
    directory's chain is followed by the first allocation sectors only, which map 7 MB or more.
    """
    if len(data) < 512:
        return {}
    shift = struct.unpack_from("<H", data, 30)[0]
    if shift not in (9, 12):
        return {}
    size = 1 << shift
    sector = struct.unpack_from("<I", data, 48)[0]
    tables = struct.unpack_from("<109I", data, 76)
    entries: list[int] = []
    seen: set[int] = set()
    while sector < 0xFFFFFFFA and sector not in seen and len(seen) < 64:
        seen.add(sector)
        at = (sector + 1) * size
        entries.extend(range(at, min(at + size, len(data) - 127), 128))
        sector = _next_sector(data, tables, sector, size)
    return _children(data, entries, size) if entries else {}


def _children(data: bytes, entries: list[int], size: int) -> dict[str, int]:
    """Walk the tree of the root's children: left, right, never down."""
    found: dict[str, int] = {}
    waiting, seen = [struct.unpack_from("<I", data, entries[0] + 76)[0]], set()
    while waiting:
        number = waiting.pop()
        if number in seen or number >= len(entries):
            continue
        seen.add(number)
        at = entries[number]
        length = struct.unpack_from("<H", data, at + 64)[0]
        name = data[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        start = struct.unpack_from("<I", data, at + 116)[0]
        found[name] = (min(start, 0xFFFFFF) + 1) * size
        waiting.extend(struct.unpack_from("<II", data, at + 68))
    return found


def _next_sector(data: bytes, tables: tuple[int, ...], sector: int, size: int) -> int:
    index, entry = divmod(sector, size // 4)
    if index >= len(tables) or tables[index] >= 0xFFFFFFFA:
        return 0xFFFFFFFE
    at = (tables[index] + 1) * size + entry * 4
    return int(struct.unpack_from("<I", data, at)[0]) if at + 4 <= len(data) else 0xFFFFFFFE


def _locked_workbook(data: bytes, at: int) -> bool:
    """Say whether the workbook's records begin with a FILEPASS (0x002F)."""
    for _ in range(12):
        if at + 4 > len(data):
            return False
        record, length = struct.unpack_from("<HH", data, at)
        if record == 0x002F:
            return True
        at += 4 + length
    return False


# Words


def decode(data: bytes) -> str | None:
    """Return the bytes as text by their byte-order mark, UTF-8, else the Windows code page.

    None if they are no text: a null byte, or too many control characters.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"),
                           (b"\xfe\xff", "utf-16")):  # fmt: skip
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if b"\0" in data[:4096]:
        return _wide(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    sample = text[:20_000]
    odd = sum(1 for character in sample if character < " " and character not in "\t\n\r\f\x0b\x1a")
    odd += sample.count("\ufffd")
    return None if odd > len(sample) * 0.02 else text


def _wide(data: bytes) -> str | None:
    head = data[:4096]
    for encoding, zeroes in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if len(zeroes) > 4 and zeroes.count(0) > len(zeroes) * 0.8:
            text = data.decode(encoding, "replace")
            return None if "\0" in text[:2000] else text
    return None


def _words(data: bytes, name: str) -> str:
    if not data.strip():
        return "text" if data else "unknown"
    text = decode(data[:200_000])
    if text is None or not text.strip("\0 \r\n\t"):
        return "unknown"
    start = text.lstrip("\ufeff \t\r\n")
    folded = start[:4000].casefold()
    if folded.startswith("begin:vcalendar"):
        return "ics"
    if folded.startswith(("-----begin pkcs7", "-----begin cms")):
        return _signed(name)
    if folded.startswith("<?xml") or re.match(r"<[a-z_][\w.-]*:[\w.-]+[\s>]", folded):
        return _markup(folded)
    if _HTML.match(start[:8000]):
        return "html"
    if _is_saved_page(start):
        return "mhtml"
    if _is_email(start):
        return "eml"
    if "<html" in folded or "<body" in folded or folded.count("<td") > 1:
        return "html"
    if re.match(r"<[a-z_][\w.-]*(?:\s[^<>]*)?/?>", folded):
        return "xml"
    return "csv" if delimiter_of(text, name) else "text"


def _markup(folded: str) -> str:
    if "<!doctype html" in folded or re.search(r"<(?:\w+:)?html[\s>]", folded):
        return "html"
    return "xml"


def _is_saved_page(start: str) -> bool:
    """Tell a page saved as one file (also named .doc) from an email: nobody received it."""
    head = re.split(r"\r?\n\r?\n", start[:16_000], maxsplit=1)[0]
    return bool(
        _HEADER.match(head)
        and re.search(r"^content-type:\s*multipart/related", head, re.IGNORECASE | re.MULTILINE)
        and not re.search(r"^(?:received|to|return-path):", head, re.IGNORECASE | re.MULTILINE)
    )


def _is_email(start: str) -> bool:
    head = re.split(r"\r?\n\r?\n", start[:16_000], maxsplit=1)[0]
    if not _HEADER.match(head):
        return False
    return bool(_EMAIL_PROOF.search(head)) and len({
        match[0].casefold() for match in _EMAIL_ALSO.finditer(head)}) >= 2  # fmt: skip


def delimiter_of(text: str, name: str = "") -> str | None:
    """Return what separates the columns of a list kept as text; None if it is prose.

    A file named .csv is believed with less evidence.
    """
    lines = [line for line in text[:60_000].splitlines() if line.strip()][:40]
    named = name.casefold().endswith((".csv", ".tsv"))
    if len(lines) < (1 if named else 2):
        return None
    best: tuple[float, str] | None = None
    for delimiter in ",;\t|":
        score = _evenness(lines, delimiter)
        if score and (best is None or score > best[0]):
            best = (score, delimiter)
    if best is None:
        return _most(lines) if named else None
    if named or best[0] >= 2:
        return best[1]
    return None


def _most(lines: list[str]) -> str | None:
    counts = {delimiter: sum(line.count(delimiter) for line in lines) for delimiter in ",;\t"}
    most = max(counts, key=lambda delimiter: counts[delimiter])
    return most if counts[most] else ","


def _evenness(lines: list[str], delimiter: str) -> float:
    """Return the columns, at least two, that nearly all lines share; 0 if they do not."""
    if delimiter == "|" and any(line.lstrip().startswith("|") for line in lines):
        return 0
    try:
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return 0
    widths = [len(row) for row in rows]
    if not widths:
        return 0
    common = max(set(widths), key=widths.count)
    cells = [cell.strip() for row in rows for cell in row]
    longest = sum(len(cell) for cell in cells) / max(1, len(cells))
    share = widths.count(common) / len(widths)
    prose = sum(1 for row in rows if ":" in row[0]) > len(rows) / 2
    if common < 2 or longest > 60 or prose or share < (0.95 if common == 2 else 0.8):
        return 0
    if common == 2 and (len(rows) < 3 or (delimiter == "," and _sentences(rows))):
        return 0
    return float(common)


def _sentences(rows: list[list[str]]) -> bool:
    return sum(1 for row in rows if row[-1].startswith(" ") or row[-1].rstrip().endswith(".")) > (
        len(rows) / 3
    )
