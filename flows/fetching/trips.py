"""One fetch on its way: what is asked at each hop, and where the next one is.

Addresses on the way: what may be asked, and what goes with the question.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from flows.fetching.answers import KEPT_BYTES, Arrival
from flows.fetching.bodies import Body, BodyError
from flows.fetching.failures import failure
from flows.fetching.fetch_records import FetchOptions, FetchRequest, Headers, Redirect, header


@dataclass(slots=True)
class Trip:
    """One fetch under way, over all its hops.

    Attributes:
        budget_s: Seconds of network time that are left.
        limit_bytes: Most bytes of the body, inflated.
        max_redirects: Most hops.
        is_cut: A larger body is cut off instead of refused.
        redirects: The hops so far.
        cookies: Set by redirects on the way; they end with the trip.
        purpose: What all its answers count as (see `Arrival`).
        arrival: The answer that is being read.
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

    def make_request(self, url: httpx.URL, options: FetchOptions) -> httpx.Request:
        """Return what to ask at `url`, with what belongs to that host alone."""
        headers = {
            "User-Agent": options.user_agent,
            "Accept": self.request.accept,
            "Accept-Encoding": "gzip",
        }
        if self.request.etag:
            headers["If-None-Match"] = self.request.etag
        if self.request.last_modified:
            headers["If-Modified-Since"] = self.request.last_modified
        credentials = credentials_for(self.request.url, url)
        if credentials:
            headers["Authorization"] = credentials
        request = httpx.Request(
            "GET",
            url,
            # Headers are bytes: a validator goes back as it came, whatever was in it.
            headers=[
                (name.encode(), value.encode("latin-1", "replace"))
                for name, value in headers.items()
            ],
            extensions={"timeout": {"connect": options.connect_s}},
        )
        if self.cookies:
            self.cookies.set_cookie_header(request)
        return request

    def begin_answer(
        self, url: httpx.URL, response: httpx.Response, fetched_at: datetime
    ) -> Arrival:
        """Return the answer whose head came at `fetched_at`."""
        self.arrival = Arrival(
            url=self.final_url(url),
            asked_url=self.request.url,
            http_status=response.status_code,
            headers=tuple(
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in response.headers.raw
            ),
            fetched_at=fetched_at,
            purpose=self.purpose,
        )
        return self.arrival

    def next_hop(self, url: httpx.URL, response: httpx.Response) -> httpx.URL:
        """Return where a redirect leads; raises PermanentFetchError where it leads nowhere."""
        location = response.headers.get("location", "").strip()
        if not location:
            raise failure(
                str(url), "bad_redirect", f"status {response.status_code} without Location"
            )
        try:
            target = url.join(location)
        except (httpx.InvalidURL, ValueError) as exc:
            raise failure(str(url), "bad_redirect", f"to {location[:200]!r}") from exc
        target = without_credentials(checked_url(target))
        self.redirects.append(
            Redirect(str(without_credentials(url)), response.status_code, str(target))
        )
        if "set-cookie" in response.headers:
            self.cookies.extract_cookies(response)
        return target

    def final_url(self, url: httpx.URL) -> str:
        """Return where the answer came from: as asked for, where nothing led away."""
        if self.redirects or url.userinfo:
            return str(without_credentials(url))
        return self.request.url

    def body_for(self, arrival: Arrival, *, is_answer: bool) -> Body:
        """Return what collects the body; of a redirect or an error only what is kept."""
        arrival.body = self._body_for(arrival.headers, is_answer=is_answer)
        return arrival.body

    def _body_for(self, headers: Headers, *, is_answer: bool) -> Body:
        if not is_answer:
            return Body("", KEPT_BYTES, is_cut=True)
        length = header(headers, "content-length") or ""
        if not self.is_cut and length.isdigit() and int(length[:20]) > self.limit_bytes:
            raise BodyError("too_large", f"{length[:20]} bytes, limit {self.limit_bytes}")
        return Body(header(headers, "content-encoding") or "", self.limit_bytes, is_cut=self.is_cut)


MAX_URL_CHARS = 8192  # more than RFC 9110 asks a server to take
_NOT_IN_HOST = re.compile(r"[\s%@/\\<>^`{|}]")


def parse_url(url: str) -> httpx.URL:
    """Return the address read; raises PermanentFetchError where none can be asked."""
    try:
        parsed = httpx.URL(url.strip())
    except (httpx.InvalidURL, ValueError) as exc:
        raise failure(url, "bad_url", str(exc)) from exc
    return checked_url(parsed)


def checked_url(url: httpx.URL) -> httpx.URL:
    """Return `url` without its fragment; refuses what is no address of the web.

    >>> str(checked_url(httpx.URL("https://wire.example/a#top")))
    'https://wire.example/a'
    """
    if url.scheme not in {"http", "https"}:
        raise failure(str(url), "bad_scheme", f"scheme {url.scheme[:40]!r}")
    if not url.host or _NOT_IN_HOST.search(url.host):
        raise failure(str(url), "bad_url", "no host that can be looked up")
    if url.port is not None and not 0 < url.port < 65_536:
        raise failure(str(url), "bad_url", f"port {url.port}")
    if len(str(url)) > MAX_URL_CHARS:
        detail = f"{len(str(url)):,} characters, limit {MAX_URL_CHARS:,}"
        raise failure(f"{url.scheme}://{url.host}/", "bad_url", detail)
    return url.copy_with(fragment=None)


def without_credentials(url: httpx.URL) -> httpx.URL:
    """Return `url` without `user:password@`."""
    return url.copy_with(userinfo=b"") if url.userinfo else url


def origin_of(url: httpx.URL) -> str:
    """Return scheme, host and port, as robots.txt is valid for.

    >>> origin_of(httpx.URL("https://desk:pa55@wire.example:443/feed"))
    'https://wire.example'
    """
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def credentials_for(asked: str, url: httpx.URL) -> str | None:
    """Return the Authorization header for `url` that the address asked for entitles to.

    Credentials go to the host, port and scheme they were given for, and to the same
    host's secure address; never to another host, and never from https back to http.

    >>> credentials_for(
    ...     "https://desk:pa55@wire.example/feed", httpx.URL("https://cdn.example/feed")
    ... )
    """
    if "@" not in asked:
        return None
    given = httpx.URL(asked.strip())
    if not given.userinfo or given.host != url.host:
        return None
    is_same = (given.scheme, given.port) == (url.scheme, url.port)
    is_upgrade = (given.scheme, given.port, url.scheme, url.port) == ("http", None, "https", None)
    if not (is_same or is_upgrade):
        return None
    pair = f"{given.username}:{given.password}".encode()
    return f"Basic {base64.b64encode(pair).decode('ascii')}"
