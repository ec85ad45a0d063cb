"""A small OpenID Connect provider on this machine, with keys of its own, that can be told to answer wrongly."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "cme-client", "an invented client secret"
TENANT = "11111111-2222-4333-8444-555555555555"


class Provider:
    """Signs people in at once as `claims` say; `wrong` names what is wrong with the next token."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims: dict[str, Any] = {}
        self.change: dict[str, Any] = {}
        self.foreign_key = self.no_token = False
        self.codes: dict[str, dict[str, str]] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.get(self)

            def do_POST(self) -> None:
                outer.post(self)

            def log_message(self, *told: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}/{TENANT}/v2.0"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def person(self, oid: str, roles: list[str] | None, **more: Any) -> None:
        """Say who sits at the browser; all else is right again."""
        self.claims = {
            "oid": oid,
            "tid": TENANT,
            "sub": oid,
            "preferred_username": f"{oid}@wrenshire.example",
        }
        self.claims |= ({"roles": roles} if roles is not None else {}) | more  # fmt: skip
        self.change, self.foreign_key, self.no_token = {}, False, False

    def get(self, handler: Any) -> None:
        parts = urlsplit(handler.path)
        asked = {k: v[0] for k, v in parse_qs(parts.query).items()}
        if parts.path.endswith("/.well-known/openid-configuration"):
            base = self.issuer
            return self._json(handler, {"issuer": base, "authorization_endpoint": f"{base}/authorize", "token_endpoint": f"{base}/token",
                "jwks_uri": f"{base}/keys", "token_endpoint_auth_methods_supported": ["client_secret_post"]})  # fmt: skip
        if parts.path.endswith("/keys"):
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            return self._json(
                handler, {"keys": [key | {"kid": "k1", "use": "sig", "alg": "RS256"}]}
            )
        code = uuid.uuid4().hex
        self.codes[code] = asked
        handler.send_response(302)
        back = urlencode({"code": code, "state": asked["state"]})
        handler.send_header("Location", f"{asked['redirect_uri']}?{back}")
        handler.end_headers()
        return None

    def post(self, handler: Any) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"])).decode()
        told = {k: v[0] for k, v in parse_qs(body).items()}
        asked = self.codes.pop(told.get("code", ""), None)
        digest = hashlib.sha256(told.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or proof != asked["code_challenge"] or told["client_secret"] != SECRET:
            return self._json(handler, {"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked.get("nonce", ""),
        }
        claims = {k: v for k, v in (claims | self.claims | self.change).items() if v is not None}  # fmt: skip
        token = jwt.encode(
            claims, self.other if self.foreign_key else self.key, "RS256", headers={"kid": "k1"}
        )
        answer = {"access_token": "x", "token_type": "Bearer", "expires_in": 300}
        return self._json(handler, answer | ({} if self.no_token else {"id_token": token}))

    def _json(self, handler: Any, told: Any, status: int = 200) -> None:
        data = json.dumps(told).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)
