"""Adds the secrets of a request just before it is sent.

A request has a masked URL. Its values come from `flows.fetching.masked_values`, and what a host
requires besides from `flows.fetching.credentials`. Credentials are sent only to the host that
was asked first, and never from https to http.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from flows.fetching.credentials import NO_CREDENTIALS, Credential, Credentials, Pairs
from flows.fetching.masked_values import MaskedValues
from flows.secrets import MASK, mask_text

if TYPE_CHECKING:
    import httpx

# Extension of a request: the masked URL that was asked first; without it, no credentials are sent.
ASKED: Final = "onrecord.asked"
SENT: Final = "onrecord.sent"  # extension of a request: a set that takes the values that are sent
_LEAST_HIDDEN_CHARS = 6  # shorter values are found in ordinary words


@dataclass(frozen=True, slots=True)
class RequestSecrets:
    """What is added to requests."""

    masked: MaskedValues = field(default_factory=MaskedValues)
    credentials: Credentials = NO_CREDENTIALS

    def added_to(self, request: httpx.Request) -> httpx.Request:
        """Return the request as it is sent, with its URL revealed and its credentials.

        Raises:
            UnknownReferenceError: A masked value of the URL is not known.
        """
        shown = str(request.url)
        first = str(request.extensions.get(ASKED, ""))
        if MASK not in shown and MASK not in first and not self.credentials.sections:
            return request
        import httpx  # noqa: PLC0415  # takes longer than most commands, which send no request

        asked = httpx.URL(self.masked.reveal(first))
        url = httpx.URL(self.masked.reveal(shown))
        is_same = bool(first) and may_share(asked, url)
        section = self.credentials.find(str(url)) if is_same else None
        login = _login(asked, section) if is_same else None
        sent: set[str] = request.extensions.get(SENT, set())
        sent.update(
            self.masked.values_in(shown), section.values if section else (), (login or ())[1:]
        )
        if not section and not login and url == request.url:
            return request
        if section and section.query:
            url = _with_fields(url, section.query)
        headers = request.headers.copy()
        if login:
            pair = f"{login[0]}:{login[1]}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode('ascii')}"
        if section:
            for name, value in section.headers:
                headers[name] = value
            if cookies := "; ".join(f"{name}={value}" for name, value in section.cookies):
                given = headers.get("Cookie")
                headers["Cookie"] = f"{given}; {cookies}" if given else cookies
        return httpx.Request(
            request.method,
            url.copy_with(userinfo=b""),
            headers=headers.raw,
            stream=request.stream,
            extensions=request.extensions,
        )


def may_share(asked: httpx.URL, url: httpx.URL) -> bool:
    """Return whether credentials for the URL that was asked first may be sent to `url`.

    That is its host, port and scheme, and the same host over https.

    >>> import httpx
    >>> asked = httpx.URL("https://wire.example/feed")
    >>> [
    ...     may_share(asked, httpx.URL(f"{start}.example/"))
    ...     for start in ("https://wire", "http://wire")
    ... ]
    [True, False]
    """
    if asked.host != url.host:
        return False
    is_same = (asked.scheme, asked.port) == (url.scheme, url.port)
    return is_same or (asked.scheme, asked.port, url.scheme, url.port) == (
        "http", None, "https", None,
    )  # fmt: skip


def hidden_forms(values: set[str]) -> list[str]:
    """Return the texts to hide in what a server sends back, the longest first.

    >>> hidden_forms({"desk:pa55 word"})
    ['desk%3Apa55%20word', 'desk:pa55 word', 'pa55%20word', 'pa55 word']
    """
    parts = {part for value in values for part in (value, value.partition(":")[2] or value)}
    forms = {
        form for part in parts for form in (part, unquote(part), quote(unquote(part), safe=""))
    }
    long = (form for form in forms if len(form) >= _LEAST_HIDDEN_CHARS)
    return sorted(long, key=lambda form: (-len(form), form))


def masked(text: str, values: set[str]) -> str:
    """Return what a server sent, with the secrets masked that were sent to it."""
    for form in hidden_forms(values):
        text = text.replace(form, MASK)
    return mask_text(text)


def _with_fields(url: httpx.URL, fields: Pairs) -> httpx.URL:
    """Return a URL with these fields in its query; the others stay exactly as they are."""
    names = {quote(name, safe="") for name, _ in fields}
    kept = [pair for pair in url.query.decode("ascii").split("&") if pair]
    kept = [pair for pair in kept if pair.partition("=")[0] not in names]
    added = [f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in fields]
    return url.copy_with(query="&".join([*kept, *added]).encode("ascii"))


def _login(asked: httpx.URL, section: Credential | None) -> tuple[str, str] | None:
    """Return user and password: those of the URL that was asked, otherwise of the section."""
    if asked.userinfo:
        return asked.username, asked.password
    return section.login if section else None
