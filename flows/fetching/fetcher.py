"""Fetches pages and feeds politely, within bounds, and from public addresses only.

Every request obeys robots.txt (`flows.fetching.robots`), waits for its turn at its host
(`flows.fetching.pacing`), connects through the guard (`flows.fetching.connect_guard`) and
has a deadline and a size limit. Redirects are followed here one by one, so that each hop
passes the same checks. A page that only leads to another address counts as a redirect.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar

import httpx

from flows.errors import FetchError
from flows.events import CertificateUnchecked
from flows.fetching.answers import Answer, Arrival
from flows.fetching.connect_guard import ConnectGuard, Lookups, Resolve
from flows.fetching.failures import (
    TRANSPORT_ERRORS,
    failure,
    network_failure,
    status_failure,
)
from flows.fetching.fetch_records import (
    AGENT,
    FetchOptions,
    FetchRequest,
    FetchResult,
    Headers,
    charset_of,
    header,
    make_result,
)
from flows.fetching.masked_values import UnknownReferenceError
from flows.fetching.pacing import HostBusyError, Pacing
from flows.fetching.robots import ROBOTS_REDIRECTS, RobotsCache, body_after_failure
from flows.fetching.robots_rules import ROBOTS_LIMIT_BYTES, RobotsRules
from flows.fetching.transport import Transport, quiet_loggers, read_into, secure_context, when_sent
from flows.fetching.trips import Trip, is_listed, origin_of, parse_url
from flows.logs import log
from transforms.cleaning.meta_refresh import find_target
from transforms.feeds.poll_headers import retry_after_s

T = TypeVar("T")

_PORTS = {"http": 80, "https": 443}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PAGES = frozenset({200, 201, 202, 203, 204})
_SLOW_DOWN_S = 30.0  # pause after a 429 without Retry-After


class Fetcher:
    """Fetches within one event loop; use it as an async context manager."""

    def __init__(
        self,
        options: FetchOptions | None = None,
        *,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
        on_answer: Callable[[Answer], None] = lambda _: None,
    ) -> None:
        """Set up the fetcher; nothing is opened before the first fetch.

        Args:
            options: Limits and politeness settings; None for the defaults.
            now: The wall clock, UTC, for `fetched_at` and the age of robots.txt.
            clock: The monotonic clock for waits and deadlines.
            resolve: Resolves host names; None for the system's resolver.
            tls: The TLS settings with the trusted certificates; None for the defaults.
            on_answer: Called with every response that is not returned as a page or feed,
                so that it can be archived.
        """
        self.options = options or FetchOptions()
        quiet_loggers()
        self._now, self._clock = now, clock
        self._lookups = Lookups(self.options.concurrency)
        self._guard = ConnectGuard(self.options.allow_hosts, resolve=resolve or self._lookups)
        self._pacing = Pacing(
            self.options.concurrency, max_wait_s=self.options.max_wait_s, clock=clock
        )
        self._robots = RobotsCache(self._load_robots, now=now, folder=self.options.robots_dir)
        self._transports: dict[bool, Transport] = {}  # by whether certificates are checked
        self._tls, self._on_answer = tls, on_answer
        self._told: set[bytes] = set()  # hosts whose unchecked certificates were logged
        self._vetting = asyncio.Semaphore(self.options.concurrency)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        closing = asyncio.ensure_future(self._close())
        try:
            await asyncio.shield(closing)
        except asyncio.CancelledError:
            await closing  # close the connections even if the task was cancelled
            raise

    async def _close(self) -> None:
        for transport in self._transports.values():
            await transport.aclose()
        self._lookups.close()

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Return the page at `request.url`, or the fact that it has not changed.

        Secrets in the URL are masked first, so that no result, error or answer has them.

        Raises:
            TransientFetchError: The fetch failed, but may succeed later.
            PermanentFetchError: The fetch failed and will fail again.
        """
        request = replace(request, url=self.options.secrets.masked.hide(request.url))
        trip = Trip(
            request,
            self.options.deadline_s,
            request.max_body_bytes or self.options.max_body_bytes,
            self.options.max_redirects,
            masked=self.options.secrets.masked,
        )
        return await self._follow(trip, parse_url(request.url))

    async def robots_of(self, url: str) -> RobotsRules:
        """Return the robots.txt of the host of `url`; raises FetchError if it is unavailable."""
        return await self._robots.rules(origin_of(parse_url(url)))

    async def _follow(self, trip: Trip, url: httpx.URL) -> FetchResult:
        self._transport(url)  # created before the turn, so that it delays no request
        visited = {str(url)}
        while True:
            delay_s = self.options.host_delay_s
            if trip.request.obeys_robots:
                delay_s = max(delay_s, await self._ask_robots(url))
            answer = await self._visit(trip, url, delay_s)
            if isinstance(answer, FetchResult):
                return answer
            is_loop = str(answer) in visited and not trip.cookies
            if is_loop or len(trip.redirects) > trip.max_redirects:
                raise failure(str(url), "too_many_redirects", f"{len(trip.redirects)} redirects")
            visited.add(str(answer))
            url = answer

    async def _visit(self, trip: Trip, url: httpx.URL, delay_s: float) -> FetchResult | httpx.URL:
        """Wait for the turn, then return the result or the URL of the next hop.

        A host name without an address, or with a private one, fails immediately: it needs
        no request, so it neither waits for a turn nor uses one up.
        """
        try:
            await self._vet(trip, url)
            async with self._pacing.turn(url.host, delay_s) as mark_start:
                return await self._within_budget(trip, self._exchange(trip, url, mark_start))
        except HostBusyError as exc:
            raise failure(str(url), "host_busy", retry_after_s=exc.wait_s) from exc
        except UnknownReferenceError as exc:
            raise failure(str(url), "secret_missing") from exc
        except TRANSPORT_ERRORS as exc:
            error = network_failure(str(url), exc, shown=trip.without_secrets)
            if trip.arrival is not None:
                self._on_answer(trip.arrival.torn(error.code))
            raise error from exc

    async def _vet(self, trip: Trip, url: httpx.URL) -> None:
        host, port = url.raw_host.decode("ascii"), url.port or _PORTS[url.scheme]
        if not self._guard.has_vetted(host, port):
            async with self._vetting:
                await self._within_budget(trip, self._guard.vet(host, port))

    async def _within_budget(self, trip: Trip, work: Awaitable[T]) -> T:
        started = self._clock()
        try:
            async with asyncio.timeout(max(trip.budget_s, 0.0)):
                return await work
        finally:
            trip.budget_s -= self._clock() - started

    async def _exchange(
        self, trip: Trip, url: httpx.URL, mark_start: Callable[[], None]
    ) -> FetchResult | httpx.URL:
        request = trip.make_request(url, self.options)
        request.extensions["trace"] = when_sent(mark_start)
        if self._is_unverified(url) and url.netloc not in self._told:
            self._told.add(url.netloc)
            log(CertificateUnchecked(url=str(url)))
        response = await self._transport(url).handle_async_request(request)
        arrival = trip.begin_answer(url, response, self._now())
        status = response.status_code
        has_validators = bool(trip.request.etag or trip.request.last_modified)
        is_answer = status in _PAGES or (status == 304 and has_validators)
        body = await read_into(response, lambda: trip.body_for(arrival, is_answer=is_answer))
        trip.arrival = None
        response.request = request
        if is_answer:
            if target := _refresh_target(trip, arrival, body):
                self._on_answer(arrival.unused(body, "redirect"))
                return trip.hop_to(url, response, target)
            if status == 304 or trip.purpose:
                self._on_answer(arrival.unused(body, "not_modified"))
            return make_result(
                trip.request,
                final_url=arrival.url,
                redirects=trip.redirects,
                status=status,
                headers=arrival.headers,
                body=body,
                fetched_at=arrival.fetched_at,
            )
        if status in _REDIRECTS:
            self._on_answer(arrival.unused(body, "redirect"))
            return trip.next_hop(url, response)
        error = self._refusal(url, status, arrival.headers)
        self._on_answer(arrival.unused(body, error.code))
        raise error

    def _refusal(self, url: httpx.URL, status: int, headers: Headers) -> FetchError:
        stated = {name.lower(): value for name, value in reversed(headers)}  # the first one wins
        wait_s = retry_after_s(stated, now=self._now())
        if status == 429 or (status == 503 and wait_s):
            self._pacing.hold(url.host, wait_s or _SLOW_DOWN_S)
        return status_failure(str(url), status, wait_s)

    def _is_unverified(self, url: httpx.URL) -> bool:
        return url.scheme == "https" and is_listed(url, self.options.unverified_hosts)

    def _transport(self, url: httpx.URL) -> Transport:
        is_verified = not self._is_unverified(url)
        transport = self._transports.get(is_verified)
        if transport is None:
            context = self._tls if is_verified else None
            transport = self._transports[is_verified] = Transport(
                self._guard,
                context=context or secure_context(is_verified=is_verified),
                connections=self.options.concurrency,
                secrets=self.options.secrets,
            )
        return transport

    async def _ask_robots(self, url: httpx.URL) -> float:
        """Return the crawl delay of robots.txt in seconds; raises if it disallows `url`."""
        origin = origin_of(url)
        try:
            rules = await self._robots.rules(origin)
        except FetchError as exc:
            raise failure(str(url), exc.code, exc.detail, retry_after_s=exc.retry_after_s) from exc
        if not rules.allows(str(url), AGENT):
            line = rules.line_about(str(url), AGENT)
            raise failure(
                str(url),
                "robots_disallowed",
                f"robots.txt disallows this page: {line}" if line else "",
            )
        return rules.delay_s(AGENT)

    async def _load_robots(self, origin: str) -> bytes:
        request = FetchRequest(
            url=f"{origin}/robots.txt",
            accept="text/plain,*/*;q=0.5",
            obeys_robots=False,
        )
        trip = Trip(
            request,
            self.options.deadline_s,
            ROBOTS_LIMIT_BYTES,
            ROBOTS_REDIRECTS,
            is_cut=True,
            purpose="robots",
            masked=self.options.secrets.masked,
        )
        try:
            return (await self._follow(trip, parse_url(request.url))).body
        except FetchError as exc:
            return body_after_failure(exc, request.url)


def _refresh_target(trip: Trip, arrival: Arrival, body: bytes) -> str | None:
    """Return the URL that a page only leads to, as a redirect does; None for all others."""
    content_type = header(arrival.headers, "content-type") or "text/html"
    if trip.purpose or "html" not in content_type.lower():
        return None
    return find_target(body, arrival.url, charset_of(content_type))
