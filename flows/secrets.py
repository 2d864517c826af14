"""Mask secrets in URLs and other text.

Masked are `user:password@`, the values of query fields with names like a key or a login, and
parts of a path that look like a token behind a part such as `/feed/` or `/token/`. `***`
replaces them, so that logs, rows and reports can be shared. Every pattern is linear in the
length of the text.

Where two addresses must stay distinct, a mask has a reference: `***3f9a1c22b07d`. Only
`flows.masked_values` can turn it back into the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable

MASK = "***"
REFERENCE_HEX = 12
MASKED_VALUE = re.compile(rf"\*\*\*([0-9a-f]{{{REFERENCE_HEX}}})(?![0-9a-f])")

# Parts of field names that hold a credential in publishers' feeds and in signed links of
# storage services, and whole names that are too short to be searched for inside others.
_SECRET_PARTS = (
    "token", "secret", "password", "passwd", "passphrase", "apikey", "api_key", "api-key",
    "signature", "credential", "sessionid", "session_id", "accesskey", "access_key",
    "access-key", "authkey", "auth_key", "auth-key", "subscription-key", "private_key",
    "feedkey", "rsskey", "userkey",
)  # fmt: skip
_SECRET_NAMES = frozenset({
    "access", "auth", "authorization", "code", "email", "hash", "hmac", "jwt", "k", "key", "login",
    "mail", "pass", "pw", "pwd", "sid", "sig", "u", "uid", "user", "userid", "username",
})  # fmt: skip
_SECRET_WORDS = frozenset({"auth", "key", "pass", "pw", "pwd", "sig", "uid"})  # in "rss_key"
_USERINFO = re.compile(r"//([^/?#\s\"'<>]*)@")
_FIELD = re.compile(r"([?&;#])([\w.\-\[\]]+)=([^&;#\s\"'<>]+)")
_ESCAPED_FIELD = re.compile(r"(?i)(%3f|%26)([\w.\-]+)%3d([^&;#\s\"'<>%]+)")
# Tokens of our own pages, and keys of webhooks.
_OWN = re.compile(r"\b(onrecord_|whsec_)[A-Za-z0-9+/=_\-]{16,}")
_CREDENTIALS = re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=\-]{8,}")
_URL = re.compile(r"[hH][tT]{2}[pP][sS]?://[^\s\"'<>]+")
_SUSPECT = re.compile(
    r"[=@]|/(?i:feeds?|rss|atom|podcasts?|private|tokens?|apikey|secret|auth)/|%3"
)

# Parts of a path behind which personal feeds have their token.
_TOKEN_PATH = re.compile(
    r"(?i)/(feeds?|rss|atom|podcasts?|private|tokens?|apikey|secret|auth)"
    r"((?:/[^/?#\s\"'<>]+)+)"
)
_SURELY_TOKEN = frozenset({"token", "tokens", "apikey", "secret"})
_LEAST_TOKEN_CHARS = 16  # 64 bits in hexadecimal; ordinary words are shorter
_LEAST_NAMED_TOKEN_CHARS = 6  # directly behind `/token/`
_ENDING = re.compile(r"\.(?:xml|rss|atom|json|php|ics)$", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_RUN = re.compile(r"[A-Za-z0-9]+")
_KINDS = re.compile(r"[a-z]+|[A-Z]+|[0-9]+")
_LEAST_CHANGES = 5  # among small letters, capitals and digits: "ferry2024" has one

Conceal = Callable[[str], str]


def mask_url(url: str) -> str:
    """Return `url` with its secrets masked; masks with a reference are kept.

    >>> mask_url("https://desk:pa55@wire.example/feed?token=abc&page=2")
    'https://***@wire.example/feed?token=***&page=2'
    """
    return mask_text(url)


def mask_text(text: str) -> str:
    """Return `text` with the secrets of every URL in it masked.

    >>> mask_text("GET https://wire.example/rss?api_key=4711 failed")
    'GET https://wire.example/rss?api_key=*** failed'
    """
    text = _OWN.sub(rf"\g<1>{MASK}", text)
    return _CREDENTIALS.sub(rf"\g<1> {MASK}", conceal(text, lambda _: MASK))


def mask_links(text: str) -> str:
    """Return a text of a publisher with the secrets of the URLs in it masked, and no others.

    >>> mask_links('Basic principles: <a href="https://wire.example/a?token=4711">more</a>')
    'Basic principles: <a href="https://wire.example/a?token=***">more</a>'
    """
    if "://" not in text:
        return text
    return _URL.sub(_masked_link, text)


def _masked_link(found: re.Match[str]) -> str:
    # A feed has dozens of links, and most of them have no place for a secret.
    url = found[0]
    return conceal(url, lambda _: MASK) if _SUSPECT.search(url) else url


def without_references(url: str) -> str:
    """Return a URL with plain masks, which stay the same when its secrets change.

    >>> without_references("https://wire.example/feed?k=***3f9a1c22b07d")
    'https://wire.example/feed?k=***'
    """
    return MASKED_VALUE.sub(MASK, mask_url(url)) if MASK in url else mask_url(url)


def conceal(text: str, replaced: Conceal) -> str:
    """Return `text` with each secret in its URLs replaced; what is masked already is kept.

    Args:
        text: A URL, or a text with URLs.
        replaced: Returns what stands in the place of a secret value.
    """

    def value(found: str) -> str:
        return found if found.startswith(MASK) else replaced(found)

    def field(found: re.Match[str], between: str) -> str:
        name = found[2]
        return f"{found[1]}{name}{between}{value(found[3])}" if _is_secret(name) else found[0]

    if "@" in text:
        text = _USERINFO.sub(lambda found: f"//{value(found[1])}@", text)
    if "=" in text:
        text = _FIELD.sub(lambda found: field(found, "="), text)
    if "%3" in text:
        text = _ESCAPED_FIELD.sub(lambda found: field(found, "%3D"), text)
    return _TOKEN_PATH.sub(lambda found: _conceal_path(found[1], found[2], value), text)


def _conceal_path(name: str, path: str, value: Conceal) -> str:
    parts = [name]
    for part in path.removeprefix("/").split("/"):
        is_named = parts[-1].lower() in _SURELY_TOKEN and len(part) >= _LEAST_NAMED_TOKEN_CHARS
        parts.append(value(part) if is_named or is_token_like(part) else part)
    return "/".join(("", *parts))


def is_token_like(part: str) -> bool:
    """Return whether a part of a path has the shape of a token, and not that of words.

    A UUID has it, and 16 letters and digits that change between each other often.

    >>> is_token_like("a3Fk2Ls9QmZ1x7Bv.rss"), is_token_like("2024-06-03-ferry-strike-ends")
    (True, False)
    """
    name = _ENDING.sub("", part)
    if len(name) < _LEAST_TOKEN_CHARS:
        return False
    if _UUID.fullmatch(name):
        return True
    longest = max(_RUN.findall(name), key=len, default="")
    if len(longest) < _LEAST_TOKEN_CHARS or longest.isdigit():
        return False
    return len(_KINDS.findall(longest)) > _LEAST_CHANGES


def _is_secret(name: str) -> bool:
    name = name.lower()
    if name in _SECRET_NAMES or any(part in name for part in _SECRET_PARTS):
        return True
    return not _SECRET_WORDS.isdisjoint(re.split(r"[_.\-]", name))
