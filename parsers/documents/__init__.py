"""One module a format; `load` finds the right one and gives back the neutral `Document`.

Reads hostile bytes: call it in the worker process, never beside the database or the mailbox.
Containers (zip, email, .msg, winmail.dat) are opened elsewhere; each file in them comes here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parsers.documents.model import Document

_PICTURES = frozenset({"png", "jpeg", "tiff", "gif", "bmp", "webp"})
_THROUGH_OFFICE = {"doc": "doc", "rtf": "rtf", "xls": "xls", "xlsb": "xls", "ods": "ods"}


def load(data: bytes, name: str = "", *, passwords: Sequence[str] = ()) -> Document:
    """Return what a file says, whatever its name claims it is.

    Raises:
        Locked: a password is needed, and none of `passwords` opens it.
        Unreadable: it is damaged or empty.
        Refused: it is hostile, or over a safety limit.
        Unsupported: it is of a kind not read here (`ConverterMissing`: not at the moment).
    """
    from parsers.documents import limits
    from parsers.documents.sniff import sniff

    limits.check_size(data)
    limits.begin()
    try:
        document = _dispatch(data, sniff(data, name), name, passwords)
        _check_weight(document)
        return document
    except limits.CannotRead:
        raise
    except ImportError:
        raise limits.Unsupported(
            sniff(data, name), "a program that reads files of this kind is not installed"
        ) from None
    except RecursionError:
        raise limits.Refused("the file is nested too deeply") from None
    except MemoryError:
        raise limits.Refused("the file needs more memory than a document may") from None
    except Exception as error:
        # A reader that stumbles over hostile bytes must still give an answer; the cause is
        # kept for the log, its text is not shown, since it may quote the form.
        raise limits.Unreadable(f"the file is damaged ({type(error).__name__})") from error


def _check_weight(document: Document) -> None:
    """Refuse what is longer than any form: whoever looks for a form in it looks at each line."""
    from parsers.documents import limits
    from parsers.documents.model import Table, walk, words_of

    lines = sum(not isinstance(block, Table) for block in document.blocks)
    if lines > limits.LINES:
        raise limits.Refused("the document has more than 12,000 lines")
    letters = sum(
        len(words_of(block)) for block in walk(document.blocks) if not isinstance(block, Table)
    )
    if letters > limits.DOCUMENT_CHARACTERS:
        raise limits.Refused("the document is longer than 2 million characters")


def _dispatch(data: bytes, format: str, name: str, passwords: Sequence[str]) -> Document:
    from parsers.documents import limits

    if format == "encrypted_office":
        return _unlocked(data, name, passwords)
    if format in _PICTURES:
        from parsers.documents import picture

        return picture.read(data)
    if format in _THROUGH_OFFICE:
        from parsers.documents import legacy

        return legacy.read(data, _THROUGH_OFFICE[format])
    match format:
        case "docx":
            from parsers.documents import word

            return word.read(data)
        case "odt":
            from parsers.documents import odt

            return odt.read(data)
        case "html":
            from parsers.documents import html

            return html.read(data)
        case "mhtml":
            from parsers.documents import html

            return html.read_saved(data)
        case "xlsx":
            from parsers.documents import sheet

            return sheet.read(data)
        case "csv":
            from parsers.documents import sheet

            return sheet.read_csv(data, name)
        case "text":
            from parsers.documents import plain

            return plain.read(data)
        case "xml":
            return _xml(data)
        case "pdf":
            from parsers.documents import pdf

            return pdf.read(data, tuple(passwords))
        case _:
            raise limits.Unsupported(format)


def _unlocked(data: bytes, name: str, passwords: Sequence[str]) -> Document:
    from parsers.documents import limits, office_lock
    from parsers.documents.sniff import sniff

    opened = office_lock.unlock(data, passwords)
    format = sniff(opened, name)
    if format == "encrypted_office":
        raise limits.Locked()
    document = _dispatch(opened, format, name, passwords)
    return replace(document, notes=(*document.notes, "Opened with a password."))


def _xml(data: bytes) -> Document:
    """Read Word's and OpenDocument's single-file XML as documents, other XML by its leaves."""
    from parsers.documents import limits, odt, plain, word

    if len(data) > limits.PART_BYTES:
        raise limits.Refused("the file is larger than 20 MB")
    root = limits.parse_xml(data)
    return word.read_xml(root) or odt.read_flat(root) or plain.read_xml(root)
