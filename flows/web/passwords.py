"""The password of the pages, of which the settings keep only a hash."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Final

# Parameters of scrypt (RFC 7914) for a password that is typed now and then: 32 MB, 0.1 s.
_COST, _BLOCK, _PARALLEL = 1 << 15, 8, 1
_MEMORY: Final = 64 * 1024 * 1024
LEAST_CHARS: Final = 10


def hash_password(password: str) -> str:
    """Return the hash of a password, with its salt and parameters.

    Raises ValueError if the password is shorter than ten characters.
    """
    if len(password) < LEAST_CHARS:
        raise ValueError(f"the password is too short: use at least {LEAST_CHARS} characters")
    salt = secrets.token_bytes(16)
    digest = _scrypt(password, salt, _COST, _BLOCK, _PARALLEL)
    parts = [str(_COST), str(_BLOCK), str(_PARALLEL), _text(salt), _text(digest)]
    return "scrypt:" + ":".join(parts)


def is_password(password: str, hashed: str) -> bool:
    """Whether a password has this hash; raises ValueError if that is no hash.

    >>> is_password("wrong", hash_password("ten letters"))
    False
    """
    name, _, rest = hashed.partition(":")
    parts = rest.split(":")
    if name != "scrypt" or len(parts) != 5:
        raise ValueError("expected a hash that `onrecord web --hash-password` printed")
    cost, block, parallel = map(int, parts[:3])
    salt, digest = (base64.b64decode(part, validate=True) for part in parts[3:])
    return hmac.compare_digest(_scrypt(password, salt, cost, block, parallel), digest)


def _scrypt(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    return hashlib.scrypt(
        password.encode(), salt=salt, n=cost, r=block, p=parallel, maxmem=_MEMORY, dklen=32
    )


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
