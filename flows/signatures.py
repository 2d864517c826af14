"""Signatures of webhooks, as Standard Webhooks 1.0.0 makes them from a shared key."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Final

KEY_PREFIX: Final = "whsec_"
_LEAST_BYTES, _MOST_BYTES = 24, 64  # of a key, as the specification has it


def key_bytes(written: str) -> bytes:
    """Return a key as bytes; raises ValueError if it is none.

    >>> len(key_bytes("whsec_" + "A" * 43 + "="))
    32
    """
    try:
        key = base64.b64decode(written.removeprefix(KEY_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not written.startswith(KEY_PREFIX) or not _LEAST_BYTES <= len(key) <= _MOST_BYTES:
        raise ValueError(
            f"{KEY_PREFIX} and {_LEAST_BYTES} to {_MOST_BYTES} random bytes in base64, for example"
            f" from `echo {KEY_PREFIX}$(openssl rand -base64 32)`"
        )
    return key


def signature(key: str, event_id: str, sent_s: int, payload: str) -> str:
    """Return the signature of an event.

    Args:
        key: The key as it is written in the settings.
        event_id: The key of the event.
        sent_s: When it is sent, seconds since 1970.
        payload: The body of the request.
    """
    signed = f"{event_id}.{sent_s}.{payload}".encode()
    digest = hmac.new(key_bytes(key), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
