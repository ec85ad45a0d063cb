"""A council whose mailbox is on a real Dovecot and whose letters go to a server that misbehaves on order."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).parents[1] / "mail"))

import corpus
import ole
import servers

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class PostHouse:
    """The servers, and the road over them in this process."""

    dovecot: servers.Dovecot
    smtp: servers.BadSmtp
    user: str
    file: Path

    def configure(self, **parts: dict[str, Any]) -> None:
        """Write the configuration anew with these changes."""
        config = yaml.safe_load((ROOT / "config.yaml").read_text())
        config["mailbox"] |= {
            "kind": "imap", "host": "127.0.0.1", "port": self.dovecot.port, "user": self.user, "sent": "Sent Items",
        }  # fmt: skip
        config["sending"] |= {
            "host": "127.0.0.1",
            "port": self.smtp.port,
            "sign_in": "none",
            "user": "",
        }
        for name, changes in parts.items():
            config[name] |= changes
        self.file.write_text(yaml.safe_dump(config))

    def deliver(self, *raws: bytes, folder: str = "INBOX") -> None:
        """Put emails into the mailbox."""
        client = self.dovecot.client(self.user)
        if folder not in ("INBOX", "Bin"):
            client.create_folder(folder)
        for raw in raws:
            client.append(folder, raw)
        client.logout()

    def poll(self) -> dict[str, int]:
        """Take the mail in, as one poll does."""
        from cases import road

        return {"new": road.fetch(), **road.file_batch(road.waiting()), "moved": road.move_away()}

    def lies(self) -> dict[str, int]:
        """Return how many emails lie in each folder that holds some."""
        from cases import post
        from cases.config import current

        shown = post.snapshot(post.mailbox(current()))
        return {folder: len(uids) for (folder, _), uids in shown.items() if uids}


__all__ = ["PostHouse", "corpus", "ole", "servers"]
