"""Real servers on loopback for the post's tests: Dovecot, SMTP that misbehaves on order, tokens, Graph.

All of them bind 127.0.0.1 on free ports and end with the test run. Dovecot will not run as root
as an ordinary user's server: from a root session it is started as nobody.
"""

from __future__ import annotations

import base64
import datetime as dt
import http.server
import json
import os
import pwd
import re
import secrets
import shutil
import smtplib
import socket
import socketserver
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mail.login import OAuthSettings, Tokens

PASSWORD = "demo-only"
ACCOUNTS = 400


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost, signed by itself."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    cert_path, key_path = folder / "cert.pem", folder / "key.pem"
    cert_path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert_path, key_path


# --- Dovecot -------------------------------------------------------------------------------------


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


# --- a proxy that spoils what the server says -----------------------------------------------------


class _Threaded(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def proxy(
    target: int,
    spoil: Callable[[bytes], bytes] | None = None,
    drop_after: int | None = None,
    delay: float = 0.0,
) -> Iterator[int]:
    """A port that hands on to `target`; the server's bytes go through `spoil`, the line ends after n."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(("127.0.0.1", target)) as up:
                threading.Thread(target=self._up, args=(up,), daemon=True).start()
                seen = 0
                while data := _recv(up):
                    if spoil:
                        data = spoil(data)
                    if delay:
                        time.sleep(delay)
                    if drop_after is not None and seen + len(data) > drop_after:
                        with suppress(OSError):
                            self.request.sendall(data[: drop_after - seen])
                            self.request.shutdown(socket.SHUT_RDWR)
                        return
                    seen += len(data)
                    try:
                        self.request.sendall(data)
                    except OSError:
                        return

        def _up(self, up: socket.socket) -> None:
            while data := _recv(self.request):
                with suppress(OSError):
                    up.sendall(data)
            with suppress(OSError):
                up.shutdown(socket.SHUT_WR)

    with _serve(_Threaded(("127.0.0.1", 0), Handler)) as port:
        yield port


def _recv(sock: socket.socket) -> bytes:
    try:
        return sock.recv(65536)
    except OSError:
        return b""


@contextmanager
def _serve(server: Any) -> Iterator[int]:
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    ).start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


# --- an IMAP double for answers that no honest server gives ---------------------------------------


@dataclass
class FakeMail:
    """One message of the double. `answers` are the FETCH bodies in turn, the last one for ever.

    Each is bytes, or "absent", "nobody" (no BODY[]), "nil", "no" (tagged NO), "drop" (line broken).
    """

    answers: list[Any]
    size: int = 100
    asked: list[str] = field(default_factory=list)


@dataclass
class FakeImap:
    port: int = 0
    folders: dict[str, dict[int, FakeMail]] = field(default_factory=lambda: {"INBOX": {}})
    flags: dict[str, str] = field(default_factory=dict)
    uidvalidity: dict[str, int | None] = field(default_factory=dict)
    refuse_login: str = ""
    refuse_select: str = ""
    commands: list[str] = field(default_factory=list)


@contextmanager
def fake_imap() -> Iterator[FakeImap]:
    double = FakeImap()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str | bytes) -> None:
            self.wfile.write((line.encode() if isinstance(line, str) else line) + b"\r\n")

        def handle(self) -> None:
            with suppress(OSError, ConnectionError):
                self.say("* OK [CAPABILITY IMAP4rev1 UIDPLUS] double ready")
                self.folder = "INBOX"
                while line := self.rfile.readline():
                    if not self.command(line.decode("utf-8", "replace").strip()):
                        return

        def command(self, line: str) -> bool:
            tag, _, rest = line.partition(" ")
            verb = rest.upper()
            double.commands.append(rest)
            if verb.startswith("LOGIN"):
                self.say(f"{tag} {double.refuse_login or 'OK logged in'}")
            elif verb.startswith("CAPABILITY"):
                self.say("* CAPABILITY IMAP4rev1 UIDPLUS")
                self.say(f"{tag} OK done")
            elif verb.startswith("LIST"):
                for name in double.folders:
                    self.say(f'* LIST ({double.flags.get(name, "")}) "/" "{name}"')
                self.say(f"{tag} OK done")
            elif verb.startswith(("SELECT", "EXAMINE")):
                return self.select(tag, rest)
            elif verb.startswith("UID SEARCH"):
                uids = double.folders[self.folder]
                wanted = re.search(r"\bUID (\d+)$", rest)
                found = [u for u in uids if not wanted or int(wanted[1]) == u]
                self.say("* SEARCH " + " ".join(map(str, found)))
                self.say(f"{tag} OK done")
            elif verb.startswith("UID FETCH"):
                return self.fetch(tag, rest)
            elif verb.startswith("LOGOUT"):
                self.say("* BYE")
                self.say(f"{tag} OK bye")
                return False
            else:
                self.say(f"{tag} OK done")
            return True

        def select(self, tag: str, rest: str) -> bool:
            name = rest.split(" ", 1)[1].strip('"')
            if double.refuse_select:
                self.say(f"{tag} {double.refuse_select}")
                return True
            self.folder = name
            self.say(f"* {len(double.folders[name])} EXISTS")
            validity = double.uidvalidity.get(name, 7)
            if validity is not None:
                self.say(f"* OK [UIDVALIDITY {validity}] valid")
            self.say(f"{tag} OK [READ-ONLY] done")
            return True

        def fetch(self, tag: str, rest: str) -> bool:
            ids = rest.split(" ")[2]
            uids = [int(u) for u in re.findall(r"\d+", ids)] if ":" not in ids else _range(ids)
            for number, uid in enumerate(uids, 1):
                mail = double.folders[self.folder].get(uid)
                if mail is None:
                    continue
                if "RFC822.SIZE" in rest:
                    self.say(
                        f'* {number} FETCH (UID {uid} RFC822.SIZE {mail.size} INTERNALDATE "22-Oct-2026 09:14:00 +0100")'
                    )
                    continue
                mail.asked.append(rest)
                answer = mail.answers.pop(0) if len(mail.answers) > 1 else mail.answers[0]
                part = "BODY[HEADER]" if "HEADER" in rest else "BODY[]"
                if answer == "drop":
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return False
                if answer == "no":
                    self.say(f"{tag} NO Server Unavailable. 15")
                    return True
                if answer == "nobody":
                    self.say(f"* {number} FETCH (UID {uid} FLAGS (\\Seen))")
                elif answer == "nil":
                    self.say(f"* {number} FETCH (UID {uid} {part} NIL)")
                elif isinstance(answer, bytes):
                    self.say(f"* {number} FETCH (UID {uid} {part} {{{len(answer)}}}".encode())
                    self.wfile.write(answer + b")\r\n")
            self.say(f"{tag} OK done")
            return True

    with _serve(_Threaded(("127.0.0.1", 0), Handler)) as port:
        double.port = port
        yield double


def _range(ids: str) -> list[int]:
    found: list[int] = []
    for piece in ids.split(","):
        first, _, last = piece.partition(":")
        found += range(int(first), int(last or first) + 1)
    return found


# --- SMTP that misbehaves on order ---------------------------------------------------------------


@dataclass
class BadSmtp:
    """What a recipient's local part orders: ok, drop-after-dot, drop-in-data, drop-at-rcpt, slow-answer,
    NNN-rcpt, NNN-data, NNN-mail (NNN a reply code)."""

    port: int = 0
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    greeting: str = "220 ready"
    after: Callable[[str, bytes], None] | None = None
    orders: Callable[[str], str] | None = None  # instead of the recipient's local part
    ordered: Counter[str] = field(default_factory=Counter)
    auth: Callable[[str, bytes], bool] | None = None
    advertise_auth: str = "PLAIN LOGIN"


@contextmanager
def bad_smtp(tls: tuple[Path, Path] | None = None) -> Iterator[BadSmtp]:
    state = BadSmtp()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, text: str) -> None:
            self.wfile.write(text.encode() + b"\r\n")

        def handle(self) -> None:
            state.connections += 1
            with suppress(OSError, ConnectionError):
                self.say(state.greeting)
                order = "ok"
                recipient = ""
                while line := self.rfile.readline():
                    text = line.decode("utf-8", "replace").strip()
                    state.commands.append(text)
                    verb = text.upper()
                    if verb.startswith("EHLO"):
                        more = f"250-AUTH {state.advertise_auth}\r\n" if state.auth else ""
                        start = (
                            "250-STARTTLS\r\n"
                            if tls and not isinstance(self.connection, ssl.SSLSocket)
                            else ""
                        )
                        self.say(f"250-double\r\n{more}{start}250 SIZE 50000000")
                    elif verb.startswith("STARTTLS") and tls:
                        self.say("220 go")
                        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                        context.load_cert_chain(*tls)
                        self.connection = self.request = context.wrap_socket(
                            self.request, server_side=True
                        )
                        self.rfile, self.wfile = (
                            self.connection.makefile("rb"),
                            self.connection.makefile("wb", 0),
                        )
                    elif verb.startswith("AUTH"):
                        self.sign_in(text)
                    elif verb.startswith("MAIL"):
                        self.say("250 ok")
                    elif verb.startswith("RCPT"):
                        recipient = text.partition("<")[2].partition(">")[0]
                        order = (
                            state.orders(recipient) if state.orders else recipient.partition("@")[0]
                        )
                        state.ordered[order] += 1
                        if order == "drop-at-rcpt":
                            return
                        code = re.fullmatch(r"(\d{3})-rcpt", order)
                        self.say(f"{code[1]} as ordered" if code else "250 ok")
                    elif verb.startswith("DATA"):
                        if not self.data(order, recipient):
                            return
                    elif verb.startswith("QUIT"):
                        self.say("221 bye")
                        return
                    else:
                        self.say("250 ok")

        def sign_in(self, text: str) -> None:
            _, mechanism, *rest = text.split(" ")
            data = base64.b64decode(rest[0]) if rest else b""
            if state.auth and state.auth(mechanism.upper(), data):
                self.say("235 welcome")
                return
            if mechanism.upper() in ("XOAUTH2", "OAUTHBEARER"):
                self.say("334 " + base64.b64encode(b'{"status":"401"}').decode())
                self.rfile.readline()
            self.say("535 5.7.3 refused")

        def data(self, order: str, recipient: str) -> bool:
            self.say("354 go on")
            body = b""
            while (line := self.rfile.readline()) and line != b".\r\n":
                body += line[1:] if line.startswith(b".") else line
                if order == "drop-in-data":
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return False
            if not line:
                return False
            code = re.fullmatch(r"(\d{3})-data", order)
            if code:
                self.say(f"{code[1]} as ordered")
                return True
            if order == "drop-after-dot-untaken":
                self.connection.shutdown(socket.SHUT_RDWR)
                return False
            state.taken.append((recipient, body))
            if state.after:
                state.after(recipient, body)
            if order == "drop-after-dot":
                self.connection.shutdown(socket.SHUT_RDWR)
                return False
            if order == "slow-answer":
                time.sleep(3)
            self.say("250 2.0.0 taken")
            return True

    with _serve(_Threaded(("127.0.0.1", 0), Handler)) as port:
        state.port = port
        yield state


# --- tokens --------------------------------------------------------------------------------------


@dataclass
class TokenServer:
    port: int
    plain_port: int
    cert: Path
    tokens: dict[str, float]
    username: str = "cme@council.example"
    issued: int = 0

    @property
    def authority(self) -> str:
        return f"https://localhost:{self.port}/tenant-1"

    @property
    def introspect_url(self) -> str:
        return f"http://127.0.0.1:{self.plain_port}/introspect"

    def revoke_all(self) -> None:
        self.tokens.clear()

    def good(self, token: str) -> bool:
        return self.tokens.get(token, 0) > time.time()


@contextmanager
def token_server(folder: Path) -> Iterator[TokenServer]:
    cert, key = make_certificate(folder)
    state = TokenServer(0, 0, cert, {})

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None: ...

        def out(self, told: Any, code: int = 200) -> None:
            body = json.dumps(told).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            if not self.path.endswith("/.well-known/openid-configuration"):
                return self.out({"error": "not_found"}, 404)
            url = state.authority
            return self.out({
                "issuer": url + "/v2.0", "authorization_endpoint": url + "/oauth2/v2.0/authorize",
                "token_endpoint": url + "/oauth2/v2.0/token", "jwks_uri": url + "/keys",
            })  # fmt: skip

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            form = dict(urllib.parse.parse_qsl(body))
            if self.path.endswith("/oauth2/v2.0/token"):
                asked = (form.get("grant_type"), form.get("client_id"), form.get("client_secret"))
                if asked != ("client_credentials", "cme-app", "cme-secret"):
                    return self.out({"error": "invalid_client"}, 401)
                token = secrets.token_urlsafe(48)
                state.tokens[token] = time.time() + 3600
                state.issued += 1
                return self.out({"token_type": "Bearer", "expires_in": 3600, "access_token": token})
            if self.path == "/introspect":
                if state.good(form.get("token", "")):
                    return self.out({"active": True, "username": state.username})
                return self.out({"active": False})
            return self.out({"error": "not_found"}, 404)

    plain = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    secure = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    secure.socket = context.wrap_socket(secure.socket, server_side=True)
    with _serve(plain) as state.plain_port, _serve(secure) as state.port:
        yield state


# --- Microsoft Graph, the calls that are used ------------------------------------------------------


class FixedTokens(Tokens):
    """Hands out t1, after `forget` t2, and so on."""

    def __init__(self) -> None:
        super().__init__(OAuthSettings("t", "c"))
        self.number = 1

    def token(self) -> str:
        return f"t{self.number}"

    def forget(self) -> None:
        self.number += 1


@dataclass
class FakeGraph:
    base: str = ""
    folders: dict[str, str] = field(
        default_factory=lambda: {
            "in": "Inbox",
            "sent": "Sent Items",
            "bin": "Deleted Items",
            "kept": "Spring term",
        }
    )
    messages: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # id -> (folder, MIME)
    good: Callable[[str], bool] = lambda token: True
    lose_send_answer: str = ""  # "gone": sent, then 503; "kept": not sent, 503
    status: int = 0
    throttle: int = 0  # so many calls more are answered 429 with Retry-After
    retry_after: str = "7"
    calls: list[tuple[str, str, str]] = field(default_factory=list)  # method, path, Prefer
    sent: list[bytes] = field(default_factory=list)
    count: int = 0

    def add(self, folder: str, raw: bytes) -> str:
        self.count += 1
        self.messages[f"id{self.count}"] = (folder, raw)
        return f"id{self.count}"


_WELL_KNOWN = {"inbox": "in", "sentitems": "sent", "deleteditems": "bin"}


@contextmanager
def fake_graph() -> Iterator[FakeGraph]:
    state = FakeGraph()

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None: ...

        def out(
            self,
            told: Any = None,
            code: int = 200,
            kind: str = "application/json",
            retry_after: str = "",
        ) -> None:
            body = (
                told
                if isinstance(told, bytes)
                else json.dumps(told).encode()
                if told is not None
                else b""
            )
            self.send_response(code)
            self.send_header("Content-Type", kind)
            if retry_after:
                self.send_header("Retry-After", retry_after)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def gate(self) -> list[str] | None:
            length = int(self.headers.get("Content-Length") or 0)
            self.body = self.rfile.read(length)
            state.calls.append((self.command, self.path, self.headers.get("Prefer", "")))
            if state.throttle:
                state.throttle -= 1
                self.out({"error": {}}, 429, retry_after=state.retry_after)
                return None
            if not state.good(self.headers.get("Authorization", "").removeprefix("Bearer ")):
                self.out({"error": {}}, 401)
                return None
            if state.status:
                self.out({"error": {}}, state.status)
                return None
            path, _, query = self.path.partition("?")
            self.query = urllib.parse.parse_qs(query)
            pieces = [urllib.parse.unquote(p) for p in path.split("/")[4:]]
            return pieces

        def do_GET(self) -> None:
            pieces = self.gate()
            match pieces:
                case None:
                    return
                case ["mailFolders"]:
                    self.out(
                        {
                            "value": [
                                {"id": i, "displayName": n, "childFolderCount": 0}
                                for i, n in state.folders.items()
                            ]
                        }
                    )
                case ["mailFolders", name]:
                    folder = _WELL_KNOWN.get(name, name)
                    self.out(
                        {"id": folder} if folder in state.folders else {},
                        200 if folder in state.folders else 404,
                    )
                case ["mailFolders", name, "messages"]:
                    self.listing(_WELL_KNOWN.get(name, name))
                case ["messages", message]:
                    there = message in state.messages
                    folder, raw = state.messages.get(message, ("", b""))
                    told = {"id": message, "isDraft": folder == "drafts"}
                    if b"Subject: " in raw:
                        told["subject"] = raw.partition(b"Subject: ")[2].splitlines()[0].decode()
                        told["from"] = {"emailAddress": {"address": "office@alder.example"}}
                    self.out(told if there else {}, 200 if there else 404)
                case ["messages", message, "$value"]:
                    there = message in state.messages
                    self.out(
                        state.messages[message][1] if there else b"",
                        200 if there else 404,
                        "text/plain",
                    )
                case _:
                    self.out({}, 404)

        def listing(self, folder: str) -> None:
            rows = [(i, raw) for i, (f, raw) in state.messages.items() if f == folder]
            if asked := self.query.get("$filter"):
                wanted = re.search(r"eq '(.*)'$", asked[0])[1].replace("''", "'")
                rows = [(i, raw) for i, raw in rows if b"Message-ID: " + wanted.encode() in raw]
            start = int(self.query.get("$skip", ["0"])[0])
            told: dict[str, Any] = {
                "value": [
                    {"id": i, "receivedDateTime": "2026-10-22T08:14:00Z"}
                    for i, _ in rows[start : start + 2]
                ]
            }
            if start + 2 < len(rows):
                told["@odata.nextLink"] = (
                    f"{state.base}/users/x/mailFolders/{folder}/messages?$skip={start + 2}"
                )
            self.out(told)

        def do_POST(self) -> None:
            pieces = self.gate()
            match pieces:
                case None:
                    return
                case ["mailFolders"]:
                    name = json.loads(self.body)["displayName"]
                    state.folders["f" + name] = name
                    self.out({"id": "f" + name}, 201)
                case ["messages"]:
                    self.out({"id": state.add("drafts", base64.b64decode(self.body))}, 201)
                case ["messages", message, "move"]:
                    if message not in state.messages:
                        return self.out({}, 404)
                    _, raw = state.messages.pop(message)
                    self.out({"id": state.add(json.loads(self.body)["destinationId"], raw)}, 201)
                case ["messages", message, "permanentDelete"]:
                    gone = state.messages.pop(message, None)
                    self.out(None if gone else {}, 204 if gone else 404)
                case ["messages", message, "send"]:
                    if state.lose_send_answer == "kept":
                        return self.out({}, 503)
                    _, raw = state.messages.pop(message)
                    state.sent.append(raw)
                    state.add("sent", raw)
                    self.out(None, 503 if state.lose_send_answer else 202)
                case _:
                    self.out({}, 404)

        def do_DELETE(self) -> None:
            pieces = self.gate()
            if pieces and state.messages.pop(pieces[-1], None):
                self.out(None, 204)
            elif pieces:
                self.out(None, 404)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with _serve(server) as port:
        state.base = f"http://127.0.0.1:{port}/v1.0"
        yield state


def lmtp_deliver(server: Dovecot, user: str, raw: bytes) -> None:
    """Deliver as a border server would."""
    with smtplib.LMTP("127.0.0.1", server.lmtp_port) as wire:
        wire.sendmail("border@council.example", [user], raw)


def deliver(settings: Any, raw: bytes, recipient: str) -> Any:
    """Send one letter on a connection of its own."""
    from mail.errors import TryLater
    from mail.sending import TryAgain, Wire

    try:
        with Wire(settings) as wire:
            return wire.deliver(raw, recipient)
    except TryLater as trouble:
        return TryAgain(0, str(trouble))
