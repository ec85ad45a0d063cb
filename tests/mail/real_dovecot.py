"""A real Dovecot on loopback. It will not run as root: from a root session it is started as nobody."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loopback import free_port, make_certificate

PASSWORD = "demo-only"
ACCOUNTS = 400


@dataclass
class Dovecot:
    base: Path
    port: int
    tls_port: int
    lmtp_port: int
    cert: Path
    _next: int = 0

    def account(self) -> str:
        """A fresh, empty mailbox."""
        self._next += 1
        return f"u{self._next:03d}@council.example"

    def client(self, user: str, password: str = PASSWORD) -> Any:
        from imapclient import IMAPClient

        client = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=20)
        client._imap.debug = 0
        client.login(user, password)
        return client

    def deliver(self, user: str, raw: bytes, folder: str = "INBOX") -> int:
        client = self.client(user)
        try:
            answer = client.append(folder, raw)
        finally:
            client.logout()
        return int(re.search(rb"APPENDUID \d+ (\d+)", answer)[1])

    def maildir(self, user: str) -> Path:
        return self.base / "mail" / user

    def rebuild(self, user: str, folder: str = "") -> None:
        """Lose the UID list, as after a restore: the server makes a new UIDVALIDITY."""
        place = self.maildir(user) / (f".{folder}" if folder else "")
        for path in place.glob("dovecot*"):
            if path.is_file():
                path.unlink()
        time.sleep(1.1)  # UIDVALIDITY is a time in whole seconds


_CONF = """
protocols = imap lmtp
listen = 127.0.0.1
base_dir = {base}/run
state_dir = {base}/run
log_path = {base}/log/dovecot.log
default_internal_user = {me}
default_internal_group = {group}
default_login_user = {me}
ssl = yes
ssl_cert = <{base}/cert.pem
ssl_key = <{base}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login {mechanisms}
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:{base}/mail/%u
mail_max_userip_connections = 50
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Processed {{
    auto = create
  }}
  mailbox Exceptions {{
    auto = create
  }}
  mailbox "Sent Items" {{
    auto = create
    special_use = \\Sent
  }}
  mailbox "Bin" {{
    auto = create
    special_use = \\Trash
  }}
}}
{oauth}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = {base}/passwd
}}
userdb {{
  driver = passwd-file
  args = {base}/passwd
  default_fields = uid={me} gid={group} home={base}/mail/%u
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
  }}
}}
service lmtp {{
  chroot =
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
"""


def have_dovecot() -> bool:
    return bool(shutil.which("dovecot") or Path("/usr/sbin/dovecot").exists())


@contextmanager
def dovecot(introspect_url: str = "") -> Iterator[Dovecot]:
    import grp

    base = Path(tempfile.mkdtemp(prefix="dovecot-"))
    root = os.getuid() == 0
    me = "nobody" if root else pwd.getpwuid(os.getuid()).pw_name
    group = "nogroup" if root else grp.getgrgid(os.getgid()).gr_name
    for name in ("run", "mail", "log"):
        (base / name).mkdir()
    cert, _ = make_certificate(base)
    users = [f"u{n:03d}@council.example" for n in range(1, ACCOUNTS)] + ["cme@council.example"]
    (base / "passwd").write_text("".join(f"{u}:{{PLAIN}}{PASSWORD}::::::\n" for u in users))
    oauth = ""
    if introspect_url:
        (base / "oauth2.conf.ext").write_text(
            f"introspection_mode = post\nintrospection_url = {introspect_url}\n"
            "force_introspection = yes\nactive_attribute = active\nactive_value = true\n"
            "username_attribute = username\n"
        )
        oauth = (
            "passdb {\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n"
            f"  args = {base}/oauth2.conf.ext\n}}"
        )
    port, tls_port, lmtp_port = free_port(), free_port(), free_port()
    (base / "dovecot.conf").write_text(
        _CONF.format(
            base=base,
            me=me,
            group=group,
            port=port,
            tls_port=tls_port,
            lmtp_port=lmtp_port,
            oauth=oauth,
            mechanisms="xoauth2 oauthbearer" if introspect_url else "",
        )
    )
    prefix: list[str] = []
    if root:
        for path in [base, *base.rglob("*")]:
            shutil.chown(path, me, group)
        prefix = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    binary = shutil.which("dovecot") or "/usr/sbin/dovecot"
    process = subprocess.Popen(
        [*prefix, binary, "-F", "-c", str(base / "dovecot.conf")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(port, process)
        yield Dovecot(base, port, tls_port, lmtp_port, cert)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        if process.poll() is None:
            process.kill()
        shutil.rmtree(base, ignore_errors=True)


def _wait_for(port: int, process: subprocess.Popen[bytes] | None = None) -> None:
    for _ in range(200):
        if process is not None and process.poll() is not None:
            raise RuntimeError("the server ended at once")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")


def lmtp_deliver(server: Dovecot, user: str, raw: bytes) -> None:
    """Deliver as a border server would."""
    with smtplib.LMTP("127.0.0.1", server.lmtp_port) as wire:
        wire.sendmail("border@council.example", [user], raw)
