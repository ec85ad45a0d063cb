"""What the servers of these tests stand on: ports of this machine, a certificate, a proxy that spoils what is said."""

from __future__ import annotations

import datetime as dt
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any


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


class Threaded(socketserver.ThreadingTCPServer):
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

    with serve(Threaded(("127.0.0.1", 0), Handler)) as port:
        yield port


def _recv(sock: socket.socket) -> bytes:
    try:
        return sock.recv(65536)
    except OSError:
        return b""


@contextmanager
def serve(server: Any) -> Iterator[int]:
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    ).start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
