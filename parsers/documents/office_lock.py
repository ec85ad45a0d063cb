"""Password-protected Office files: opened with the passwords given, never by guessing.

A locked .docx is not a zip but an OLE file with the zip inside, encrypted. Excel locks some
workbooks with a password of its own that every Excel knows; those open by themselves. The
file itself says how often a password is stirred before it is tried, so a hostile one could ask
for hours.

Source: MS-OFFCRYPTO; the password is in MS-XLS 2.2.10 and known to every reader of the format.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

from parsers.documents import limits

_EXCELS_OWN = "VelvetSweatshop"
_PASSWORDS = 20
_STIRRED = 1_000_000
_SPIN = re.compile(rb'spinCount="(\d{1,12})"')


def unlock(data: bytes, passwords: Sequence[str] = ()) -> bytes:
    """Return the file as it was before it was locked.

    Raises:
        Locked: none of the passwords opens it.
        Refused: trying a password would take too long, or what comes out is too large.
        Unreadable: it is damaged, or locked in a way that is not known.
    """
    import msoffcrypto
    from msoffcrypto.exceptions import (
        DecryptionError,
        InvalidKeyError,
    )

    if any(int(count) > _STIRRED for count in _SPIN.findall(data)):
        raise limits.Refused("trying one password would take too long")
    for password in (*passwords[:_PASSWORDS], _EXCELS_OWN):
        try:
            file = msoffcrypto.OfficeFile(io.BytesIO(data))
            try:
                file.load_key(password=password, verify_password=True)
            except TypeError:  # the older formats check by themselves
                file.load_key(password=password)
            opened = io.BytesIO()
            file.decrypt(opened)
        except (InvalidKeyError, DecryptionError):
            continue
        except Exception as error:  # the library lets struct, olefile and key errors through
            raise limits.Unreadable("the locked file is damaged or of an unknown kind") from error
        made = opened.getvalue()
        limits.check_size(made)
        return made
    raise limits.Locked()
