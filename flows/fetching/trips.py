"""Trips: the state of one fetch over all its redirects.

A trip builds the request for each hop and finds the next hop. Its URLs are masked: secrets are
added when a request is sent. The URL functions decide which URLs may be requested.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from flows.fetching.answers import KEPT_BYTES, Arrival
from flows.fetching.bodies import Body, BodyError
from flows.fetching.failures import failure
from flows.fetching.fetch_records import FetchOptions, FetchRequest, Headers, Redirect, header
from flows.fetching.masked_values import MaskedValues
from flows.fetching.request_secrets import ASKED, SENT, hidden_forms, masked
from flows.secrets import MASK

MAX_URL_CHARS = 8192  # RFC 9110 asks servers to support at least 8000
_COOKIE_VALUE = re.compile(r"^([^=;]*=)[^;]*")
_NOT_IN_HOST = re.compile(r"[\s%@/\\<>^`{|}]")


@dataclass(slots=True)
class Trip:
    """One fetch in progress, over all its redirects.

    Attributes:
        budget_s: Remaining seconds of network time.
        limit_bytes: Maximum bytes of the body after inflation.
        max_redirects: Maximum redirects.
        is_cut: Whether a larger body is cut off instead of refused.
        redirects: The redirects so far.
        cookies: Cookies set by redirects; they are dropped when the trip ends.
        purpose: See `Arrival`; applies to all responses of the trip.
        arrival: The response that is being read.
        masked: Hides secrets in the targets of redirects.
        sent: The secret values that were sent.
    """

    request: FetchRequest
    budget_s: float
    limit_bytes: int
    max_redirects: int
    is_cut: bool = False
    redirects: list[Redirect] = field(default_factory=list)
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    purpose: str | None = None
    arrival: Arrival | None = None
    masked: MaskedValues = field(default_factory=MaskedValues)
    sent: set[str] = field(default_factory=set, repr=False)

    def make_request(self, url: httpx.URL, options: FetchOptions) -> httpx.Request:
        """Return the request for `url`; secrets are added to it when it is sent."""
        headers = {
            "User-Agent": options.user_agent,
            "Accept": self.request.accept,
            "Accept-Encoding": "gzip",
        }
        if self.request.etag:
            headers["If-None-Match"] = self.request.etag
        if self.request.last_modified:
            headers["If-Modified-Since"] = self.request.last_modified
        request = httpx.Request(
            "GET",
            url,
            # Headers are sent as bytes, so that a validator is returned exactly as received.
            headers=[
                (name.encode(), value.encode("latin-1", "replace"))
                for name, value in headers.items()
            ],
            extensions={
                "timeout": {"connect": options.connect_s},
                ASKED: "" if self.purpose == "robots" else self.request.url,
                SENT: self.sent,
            },
        )
        if self.cookies:
            self.cookies.set_cookie_header(request)
        return request

    def begin_answer(
        self, url: httpx.URL, response: httpx.Response, fetched_at: datetime
    ) -> Arrival:
        """Return the response whose head arrived at `fetched_at`."""
        self.arrival = Arrival(
            url=self.final_url(url),
            asked_url=self.request.url,
            http_status=response.status_code,
            headers=tuple(
                (name.decode("latin-1"), self._shown(name, value.decode("latin-1")))
                for name, value in response.headers.raw
            ),
            fetched_at=fetched_at,
            purpose=self.purpose,
            sent=self.sent,
        )
        return self.arrival

    def _shown(self, name: bytes, value: str) -> str:
        """Return the value of a header without secrets: those sent, and new cookies."""
        if name.lower() == b"set-cookie":
            return _COOKIE_VALUE.sub(rf"\g<1>{MASK}", value)
        return self.without_secrets(value)

    def without_secrets(self, text: str) -> str:
        """Return a text of the server with the secrets masked that were sent to it."""
        return masked(text, self.sent)

    def next_hop(self, url: httpx.URL, response: httpx.Response) -> httpx.URL:
        """Return a redirect's target; raises PermanentFetchError if it has none."""
        location = response.headers.get("location", "").strip()
        if not location:
            raise failure(
                str(url), "bad_redirect", f"status {response.status_code} without a Location header"
            )
        return self.hop_to(url, response, location)

    def hop_to(self, url: httpx.URL, response: httpx.Response, location: str) -> httpx.URL:
        """Return the URL of `location`; raises PermanentFetchError if it is not valid.

        Args:
            url: The URL that responded.
            response: Its response; its cookies are kept for the trip.
            location: The target, absolute or relative to `url`.
        """
        try:
            target = url.join(location)
        except (httpx.InvalidURL, ValueError) as exc:
            raise failure(str(url), "bad_redirect", f"redirect to {location[:200]!r}") from exc
        target = without_credentials(checked_url(self._masked_url(target)))
        self.redirects.append(
            Redirect(str(without_credentials(url)), response.status_code, str(target))
        )
        if "set-cookie" in response.headers:
            self.cookies.extract_cookies(response)
        return target

    def _masked_url(self, target: httpx.URL) -> httpx.URL:
        """Return the target of a redirect with references for its secrets and those sent."""
        origin, rest = origin_of(target), target.raw_path.decode("ascii")
        for form in hidden_forms(self.sent):
            if form in rest:
                rest = rest.replace(form, self.masked.refer(target.host, form))
        shown = self.masked.hide(f"{origin}{rest}")
        return target if shown == str(target) else httpx.URL(shown)

    def final_url(self, url: httpx.URL) -> str:
        """Return the URL that responded; without redirects, the URL as requested."""
        if self.redirects or url.userinfo:
            return str(without_credentials(url))
        return self.request.url

    def body_for(self, arrival: Arrival, *, is_answer: bool) -> Body:
        """Return the collector of the body; redirects and errors are cut at a limit."""
        arrival.body = self._body_for(arrival.headers, is_answer=is_answer)
        return arrival.body

    def _body_for(self, headers: Headers, *, is_answer: bool) -> Body:
        if not is_answer:
            return Body("", KEPT_BYTES, is_cut=True)
        length = header(headers, "content-length") or ""
        if not self.is_cut and length.isdigit() and int(length[:20]) > self.limit_bytes:
            raise BodyError("too_large", f"{length[:20]} bytes, the limit is {self.limit_bytes}")
        return Body(header(headers, "content-encoding") or "", self.limit_bytes, is_cut=self.is_cut)


def parse_url(url: str) -> httpx.URL:
    """Return the parsed URL; raises PermanentFetchError if it cannot be requested."""
    try:
        parsed = httpx.URL(url.strip())
    except (httpx.InvalidURL, ValueError) as exc:
        raise failure(url, "bad_url", str(exc)) from exc
    return checked_url(parsed)


def checked_url(url: httpx.URL) -> httpx.URL:
    """Return `url` without its fragment; raises PermanentFetchError if unusable.

    >>> str(checked_url(httpx.URL("https://wire.example/a#top")))
    'https://wire.example/a'
    """
    if url.scheme not in {"http", "https"}:
        raise failure(str(url), "bad_scheme", f"scheme {url.scheme[:40]!r}")
    if not url.host or _NOT_IN_HOST.search(url.host):
        raise failure(str(url), "bad_url", "no valid host name")
    if url.port is not None and not 0 < url.port < 65_536:
        raise failure(str(url), "bad_url", f"port {url.port} is not valid")
    if len(str(url)) > MAX_URL_CHARS:
        detail = f"{len(str(url)):,} characters, limit {MAX_URL_CHARS:,}"
        raise failure(f"{url.scheme}://{url.host}/", "bad_url", detail)
    return url.copy_with(fragment=None)


def without_credentials(url: httpx.URL) -> httpx.URL:
    """Return `url` without `user:password@`."""
    return url.copy_with(userinfo=b"") if url.userinfo else url


def origin_of(url: httpx.URL) -> str:
    """Return scheme, host and port: the scope of a robots.txt file.

    >>> origin_of(httpx.URL("https://desk:pa55@wire.example:443/feed"))
    'https://wire.example'
    """
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def is_listed(url: httpx.URL, hosts: Collection[str]) -> bool:
    """Return whether the host of `url` is one of `hosts`, each `host` or `host:port`.

    >>> is_listed(httpx.URL("https://wire.example:8443/"), {"wire.example:8443"})
    True
    """
    return url.host in hosts or url.netloc.decode("ascii") in hosts
