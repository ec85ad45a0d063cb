"""The older formats (.doc, .rtf, .xls, .ods): through LibreOffice into today's, then read as those.

LibreOffice's exit code means nothing: it returns 0 for files it made nothing of. So the result is
looked for, opened and read, and only that counts. It fetches pictures that a document links to;
so it gets no network where the system allows that, and is told in its profile not to follow
links or run macros. It makes a "document" of any bytes, so only files that `sniff` recognised
may come here; HTML named .doc never does.

An office that has converted something ends itself. So one waits, started ahead (about a second),
and the next file only has to be handed to it (about a tenth); each file meets a fresh process.
A group of its own, a time limit and a kill guard it. It must run in the worker, never beside
the mailbox or the database.

Source: docs/reading.md, "LibreOffice".
"""

from __future__ import annotations

import atexit
import contextlib
import os
import resource
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Self

from parsers.documents import limits
from parsers.documents.model import Document, Table, words_of

SECONDS = 30
FILES_A_PROFILE = 50
_MEMORY = 2 * 1024**3
_OUTPUT = limits.ZIP_INFLATED
_INTO = {"doc": "docx", "rtf": "docx", "odt": "docx", "xls": "xlsx", "ods": "xlsx"}
_FILTERS = {
    "docx": "docx:MS Word 2007 XML",
    "xlsx": "xlsx:Calc MS Excel 2007 XML",
    "pdf": "pdf:writer_pdf_Export",
}

# A worker may be killed at any moment; its pipe then closes, and takes the waiting office along
# with what it wrote. The folder is named so that nothing else can be meant.
_TETHERED = (
    '"$@" </dev/null & read -r _; case "$HOME" in */cme-office-*) rm -rf "$HOME";; esac; kill -9 0'
)

_SETTINGS = (
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Save/Document", "LoadPrinter", "false"),
    ("Office.Common/Misc", "FirstRun", "false"),
    ("Office.Writer/Content/Update", "Link", "0"),
    ("Office.Calc/Content/Update", "Link", "2"),
    ("Office.Java/VirtualMachine", "Enable", "false"),
)


def read(data: bytes, format: str = "doc", *, converter: Converter | None = None) -> Document:
    """Return an older document's blocks, by way of its conversion.

    Raises:
        ConverterMissing: LibreOffice is not installed.
        Unreadable: LibreOffice made nothing of it, or nothing with words in it.
        Refused: it took longer than 30 seconds.
    """
    limits.check_size(data)
    made = (converter or default_converter()).convert(data, format)
    if _INTO[format] == "xlsx":
        from parsers.documents import sheet

        return sheet.read(made, format=format)
    from parsers.documents import word

    document = word.read(made, format=format)
    if not document.blocks:
        raise limits.Unreadable("LibreOffice found no words in the file")
    return _with_last_table(document, data) if format == "doc" else document


def _with_last_table(document: Document, data: bytes) -> Document:
    """Return a .doc with the table that ends it, if the conversion made one line of that table."""
    from parsers.documents import doc_text

    count = sum(isinstance(block, Table) for block in document.blocks)
    table = doc_text.last_table(data, count + 1)
    if table is None:
        return document
    letters = _letters(words_of(table))
    blocks = document.blocks
    for end in range(len(blocks), 0, -1):  # footers and notes stand behind it
        said, start = "", end
        while start > 0 and len(said) < len(letters) and not isinstance(blocks[start - 1], Table):
            start -= 1
            said = _letters(words_of(blocks[start])) + said
        if said == letters:
            made = (*blocks[:start], table, *blocks[end:])
            notes = (*document.notes, "The last table was read in a second way.")
            return replace(document, blocks=made, notes=notes)
    return document


def _letters(words: str) -> str:
    return "".join(character for character in words if character.isalnum())


def to_pdf(data: bytes, format: str, *, converter: Converter | None = None) -> bytes:
    """Return a Word-like document as a PDF, to be shown as pages.

    Today's formats are read by our own readers first, which refuse what would choke LibreOffice.

    Raises:
        ConverterMissing, Unreadable, Refused: as `read` does.
    """
    limits.check_size(data)
    if format == "docx":
        from parsers.documents import word

        word.read(data, pictures=False)
    elif format == "odt":
        from parsers.documents import odt

        odt.read(data)
    return (converter or default_converter()).convert(data, format, "pdf")


@lru_cache(maxsize=1)
def default_converter() -> Converter:
    """Return this process's own converter, closed when the process ends."""
    converter = Converter()
    atexit.register(converter.close)
    return converter


def find_office() -> str | None:
    """Return where LibreOffice is, or None."""
    return shutil.which("soffice") or shutil.which("libreoffice")


@dataclass(slots=True)
class _Office:
    """One waiting LibreOffice and the profile that it alone uses."""

    process: subprocess.Popen[bytes]
    profile: Path


class Converter:
    """Keeps one LibreOffice warm and converts one file at a time; use from one thread only."""

    def __init__(self, office: str | None = None, seconds: float = SECONDS) -> None:
        self._program = office or find_office()
        self._seconds = seconds
        self._root: Path | None = None
        self._office: _Office | None = None
        self._files = 0
        self._turn = 0

    def warm(self) -> None:
        """Start an office to wait for the next file, unless one waits already.

        Raises:
            ConverterMissing: LibreOffice is not installed.
        """
        if self._program is None:
            raise limits.ConverterMissing("older office")
        if self._office is not None and self._office.process.poll() is None:
            return
        profile = self._profile()
        self._office = _Office(self._start(profile, ["--nodefault"], waiting=True), profile)

    def convert(self, data: bytes, format: str, into: str | None = None) -> bytes:
        """Return the file in today's format (.docx or .xlsx), or as `into` says ("pdf").

        Raises:
            ConverterMissing: LibreOffice is not installed or does not start.
            Unreadable: it made nothing of the file.
            Refused: it took too long, or made too much.
        """
        into = into or _INTO.get(format)
        if self._program is None or into is None:
            raise limits.ConverterMissing(format)
        self.warm()
        office = self._office
        assert office is not None
        assert self._root is not None
        with tempfile.TemporaryDirectory(dir=self._root) as folder:
            given = Path(folder, f"given.{format}")
            given.write_bytes(data)
            made = Path(folder, "out", f"given.{into}")
            try:
                self._hand_over(office, given, made)
                return _checked(made)
            finally:
                self._end(office)

    def close(self) -> None:
        """Stop the waiting office and remove everything it wrote."""
        if self._office is not None:
            _kill(self._office.process)
            self._office = None
        if self._root is not None:
            shutil.rmtree(self._root, ignore_errors=True)
            self._root = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _hand_over(self, office: _Office, given: Path, made: Path) -> None:
        into = _FILTERS[made.suffix[1:]]
        client = self._start(
            office.profile, ["--convert-to", into, "--outdir", str(made.parent), str(given)]
        )
        try:
            client.wait(self._seconds)
        except subprocess.TimeoutExpired:
            raise limits.Refused("LibreOffice took too long over the file") from None
        finally:
            _kill(client)

    def _end(self, office: _Office) -> None:
        """Let the used office go and start the next one, in another profile, for the next file."""
        _kill(office.process)
        self._office = None
        self._files += 1
        if self._files % FILES_A_PROFILE == 0 and self._root is not None:
            shutil.rmtree(self._root, ignore_errors=True)
            self._root = None
        with contextlib.suppress(limits.ConverterMissing):
            self.warm()

    def _profile(self) -> Path:
        if self._root is None:
            self._root = Path(tempfile.mkdtemp(prefix="cme-office-"))
        self._turn = 1 - self._turn  # the last one may still be ending in the other
        profile = self._root / f"profile{self._turn}"
        settings = profile / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(_settings(), encoding="utf-8")
        return profile

    def _start(
        self, profile: Path, arguments: list[str], waiting: bool = False
    ) -> subprocess.Popen[bytes]:
        assert self._program is not None
        assert self._root is not None
        command = [
            *_no_network(), self._program, "--headless", "--invisible", "--norestore", "--nologo",
            "--nolockcheck", f"-env:UserInstallation={profile.as_uri()}", *arguments,
        ]  # fmt: skip
        if waiting:
            command = ["/bin/sh", "-c", _TETHERED, "office", *command]
        home = str(self._root)
        try:
            return subprocess.Popen(
                command,
                stdin=subprocess.PIPE if waiting else subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=home,
                env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": home,
                     "TMPDIR": home, "LANG": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp"},
                start_new_session=True,
                preexec_fn=_limit,
            )  # fmt: skip
        except OSError as error:
            raise limits.ConverterMissing("older office") from error


def _checked(made: Path) -> bytes:
    if not made.is_file():
        raise limits.Unreadable("LibreOffice made nothing of the file")
    if made.stat().st_size > limits.DOCUMENT_BYTES:
        raise limits.Refused("the file became larger than 25 MB when converted")
    return made.read_bytes()


def _settings() -> str:
    items = "".join(
        f'<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for path, name, value in _SETTINGS
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><oor:items '
        'xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{items}</oor:items>'
    )


@lru_cache(maxsize=1)
def _no_network() -> tuple[str, ...]:
    """Return the command that takes the network away, where this system lets us."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return ()
    try:
        tried = subprocess.run(
            [unshare, "-rn", "true"], check=False, capture_output=True, timeout=5
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return (unshare, "-rn") if tried.returncode == 0 else ()


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_FSIZE, _OUTPUT),
        (resource.RLIMIT_CPU, SECONDS * 2),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)
        resource.setrlimit(what, (most, hard if hard != resource.RLIM_INFINITY else most))


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(5)
    if process.stdin is not None:
        process.stdin.close()
