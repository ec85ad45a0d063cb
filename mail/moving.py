"""The two changes we make to the mailbox: a move, last of all, when the arrival is on file; and years later, when a
manager has confirmed that its time is over, the deletion of that one message.

A plain EXPUNGE would remove what somebody else has marked: UID EXPUNGE or nothing; without UIDPLUS the original
stays. Every move may be repeated: what has gone is no trouble, and what moved is known by COPYUID, which the client
itself throws away.

Source: docs/sources.md, "Post"; RFC 4315 (UIDPLUS), 6851 (MOVE).
"""

from __future__ import annotations

import imaplib
import re
from collections.abc import Callable

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from mail import folders, login
from mail.folders import text
from mail.line import Line, MailboxSettings, told
from mail.values import Erased, Place


class Filing:
    """A connection for moving several messages; each is moved by itself, so that the caller can write it down."""

    def __init__(self, settings: MailboxSettings) -> None:
        self.settings = settings
        self._targets: dict[str, str] = {}
        self._open: tuple[str, int] | None = None  # the folder that is open for writing

    def __enter__(self) -> Filing:
        with told(self.settings.host):
            self._line = Line(self.settings, login.as_tokens(self.settings.oauth))
            self._can = self._line.client.capabilities()
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()

    def file_away(self, place: Place, folder: str) -> Place | None:
        """Move a message and return where it lies now, None when it has gone or the server does not say.

        Raises:
            TryLater: the server is away or refused; the message is where it was.
        """
        if place.folder == folder:
            return place
        with told(self.settings.host):
            client = self._line.client
            target = self._target(folder)
            if not self._still_there(place):
                return None
            client._imap.untagged_responses.pop("COPYUID", None)
            if b"MOVE" in self._can:
                client.move([place.uid], target)
                return _copied(client, self.settings.name, target)
            client.copy([place.uid], target)
            new = _copied(client, self.settings.name, target)
            if b"UIDPLUS" in self._can:
                client.add_flags([place.uid], [b"\\Deleted"])
                client.uid_expunge([place.uid])
            # Without UIDPLUS the original stays: a plain EXPUNGE would take other people's mail too.
            return new

    def erase(self, place: Place, is_it: Callable[[bytes], bool]) -> Erased:
        """Delete the message at a place for good, if its bytes are those meant; what others marked stays.

        Raises:
            TryLater: the server is away or refused; the message is where it was.
        """
        with told(self.settings.host):
            client = self._line.client
            if not self._still_there(place):
                return "not found"
            if b"UIDPLUS" not in self._can:
                return "not possible"
            raw = client.fetch([place.uid], [b"BODY.PEEK[]"]).get(place.uid, {}).get(b"BODY[]")
            if raw is None or not is_it(raw):
                return "not found"
            client.add_flags([place.uid], [b"\\Deleted"], silent=True)
            client.uid_expunge([place.uid])
            return "not possible" if self._still_there(place) else "deleted"

    def _target(self, folder: str) -> str:
        if folder not in self._targets:
            self._targets[folder] = folders.ensure(self._line.client, folder)
        return self._targets[folder]

    def _still_there(self, place: Place) -> bool:
        client = self._line.client
        if self._open != (place.folder, place.uidvalidity):
            self._open = None
            try:
                validity = self._line.open(place.folder, readonly=False)
            except imaplib.IMAP4.abort:
                raise
            except IMAPClientError:
                if client.folder_exists(place.folder):
                    raise
                return False
            if validity != place.uidvalidity:
                return False
            self._open = place.folder, validity
        return place.uid in client.search(["UID", str(place.uid)])


def _copied(client: IMAPClient, account: str, folder: str) -> Place | None:
    """Return the place that COPYUID tells; the client itself throws it away."""
    for value in client._imap.untagged_responses.pop("COPYUID", []) or []:
        found = re.match(r"\s*(\d+)\s+[\d:,]+\s+(\d+)\s*$", text(value))
        if found:
            return Place(account, folder, int(found[1]), int(found[2]))
    return None
