"""Mask secrets in URLs and other text.

`user:password@` and the values of query fields with names like a key are replaced by
`***`, so that logs, rows and reports can be shared. The name of a field decides, not its
value, because tokens have no common shape. Every pattern is linear in the length of the
text.
"""

from __future__ import annotations

import re

MASK = "***"

# Parts of field names that hold a credential in publishers' feeds and in signed links of
# storage services, and whole names that are too short to be searched for inside others.
_SECRET_PARTS = (
    "token", "secret", "password", "passwd", "passphrase", "apikey", "api_key", "api-key",
    "signature", "credential", "sessionid", "session_id", "accesskey", "access_key",
    "access-key", "authkey", "auth_key", "auth-key", "subscription-key", "private_key",
)  # fmt: skip
_SECRET_NAMES = frozenset(
    {"auth", "authorization", "code", "hash", "hmac", "jwt", "key", "pass", "pwd", "sid", "sig"}
)
_USERINFO = re.compile(r"//[^/?#\s\"'<>]*@")
_FIELD = re.compile(r"([?&;#])([\w.\-\[\]]+)=([^&;#\s\"'<>]+)")
_ESCAPED_FIELD = re.compile(r"(?i)(%3f|%26)([\w.\-]+)%3d([^&;#\s\"'<>%]+)")
_CREDENTIALS = re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=\-]{8,}")


def mask_url(url: str) -> str:
    """Return `url` with its credentials and the values of secret fields masked.

    >>> mask_url("https://desk:pa55@wire.example/feed?token=abc&page=2")
    'https://***@wire.example/feed?token=***&page=2'
    """
    return mask_text(url)


def mask_text(text: str) -> str:
    """Return `text` with the secrets of every URL in it masked.

    >>> mask_text("GET https://wire.example/rss?api_key=4711 failed")
    'GET https://wire.example/rss?api_key=*** failed'
    """
    if "@" in text:
        text = _USERINFO.sub(f"//{MASK}@", text)
    if "=" in text:
        text = _FIELD.sub(_hide_value, text)
    if "%3" in text:
        text = _ESCAPED_FIELD.sub(_hide_escaped_value, text)
    return _CREDENTIALS.sub(rf"\g<1> {MASK}", text)


def _is_secret(name: str) -> bool:
    name = name.lower()
    return name in _SECRET_NAMES or any(part in name for part in _SECRET_PARTS)


def _hide_value(field: re.Match[str]) -> str:
    return f"{field[1]}{field[2]}={MASK}" if _is_secret(field[2]) else field[0]


def _hide_escaped_value(field: re.Match[str]) -> str:
    return f"{field[1]}{field[2]}%3D{MASK}" if _is_secret(field[2]) else field[0]
