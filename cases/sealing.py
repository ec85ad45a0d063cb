"""Bytes at rest: AES-256-GCM, key outside the data folder, the digest bound in.

A copied database, document or backup is useless without the key. Losing the key loses the
documents: the runbook says where to keep the second copy.
"""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cases.settings import own_secret

_NONCE = 12


@lru_cache(maxsize=1)
def _cipher() -> AESGCM:
    return AESGCM(bytes.fromhex(own_secret("storage_key")))


def seal(clear: bytes, bound: str) -> bytes:
    """Return `clear` encrypted; `bound` (its digest) must be given again to open it."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher().encrypt(nonce, clear, bound.encode())


def unseal(sealed: bytes, bound: str) -> bytes:
    """Return the clear bytes.

    Raises:
        cryptography.exceptions.InvalidTag: the key is another or the bytes were changed.
    """
    return _cipher().decrypt(sealed[:_NONCE], sealed[_NONCE:], bound.encode())


def digest(clear: bytes) -> str:
    """Return the SHA-256 by which bytes are known here."""
    return hashlib.sha256(clear).hexdigest()
