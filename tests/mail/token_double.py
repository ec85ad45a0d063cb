"""A token server, and tokens that need none."""

from __future__ import annotations

import http.server
import json
import secrets
import ssl
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loopback import make_certificate, serve

from mail.login import OAuthSettings, Tokens


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
    with serve(plain) as state.plain_port, serve(secure) as state.port:
        yield state


class FixedTokens(Tokens):
    """Hands out t1, after `forget` t2, and so on."""

    def __init__(self) -> None:
        super().__init__(OAuthSettings("t", "c"))
        self.number = 1

    def token(self) -> str:
        return f"t{self.number}"

    def forget(self) -> None:
        self.number += 1
