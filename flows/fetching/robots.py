"""The robots.txt files of all hosts, fetched as RFC 9309 defines.

A missing file (4xx) allows everything. If the server fails, the last good copy is used for
as long as the failure lasts; without a copy nothing is allowed until the file can be read
(RFC 9309, 2.3.1.4). Files are kept for a day, and on disk if a folder is given, so that
runs share them.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from flows.errors import FetchError, TransientFetchError
from flows.events import RobotsFailed
from flows.fetching.failures import HOST_CODES, failure
from flows.fetching.robots_rules import RobotsRules, kept_rules, path_of
from flows.logs import log
from flows.machine_faults import unwritable
from flows.secrets import mask_url
from warehouse.files import replace_file

ROBOTS_REDIRECTS = 5  # RFC 9309, 2.3.1.2: at least five hops must be followed
LIFETIME = timedelta(days=1)
RETRY_AFTER = timedelta(minutes=10)
_ORIGINS_KEPT = 2_000

# The server responded, and there is no file to read.
_NO_FILE_CODES = frozenset({"bad_encoding", "bad_redirect", "bad_scheme", "too_many_redirects"})


@dataclass(slots=True)
class _Entry:
    rules: RobotsRules | None = None
    failure: FetchError | None = None
    read_at: datetime | None = None  # of `rules`
    tried_at: datetime | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class RobotsCache:
    """Rules by origin (`https://wire.example`), each fetched at most once a day.

    Attributes:
        folder: Where files are kept between runs; None keeps them in memory only.
    """

    def __init__(
        self,
        load: Callable[[str], Awaitable[bytes]],
        *,
        now: Callable[[], datetime],
        folder: Path | None = None,
    ) -> None:
        """Set up the cache.

        Args:
            load: Returns the body of an origin's robots.txt, empty if there is none;
                raises FetchError if that is unknown.
            now: The wall clock, UTC, since files also age while no process runs.
            folder: See the class.
        """
        self.folder = folder
        self._load, self._now = load, now
        self._entries: OrderedDict[str, _Entry] = OrderedDict()

    async def rules(self, origin: str) -> RobotsRules:
        """Return the rules of `origin`; raises FetchError if they are unavailable."""
        entry = self._entries.get(origin)
        if entry is None:
            entry = self._entries[origin] = _Entry()
            self._restore(origin, entry)
            self._forget_old()
        self._entries.move_to_end(origin)
        async with entry.lock:
            if not (self._is_fresh(entry.read_at, LIFETIME) or self._is_waiting(entry)):
                await self._refresh(origin, entry)
        if entry.rules is not None:
            return entry.rules
        if entry.failure is None:
            raise AssertionError("unreachable")
        raise type(entry.failure)(*entry.failure.args)  # a new error for each waiting task

    async def _refresh(self, origin: str, entry: _Entry) -> None:
        entry.tried_at = self._now()
        try:
            body = await self._load(origin)
        except FetchError as exc:
            entry.failure = exc
            log(RobotsFailed(url=f"{origin}/robots.txt", failure=exc.code, detail=exc.detail))
            return
        entry.rules, entry.failure = RobotsRules.parse(body), None
        entry.read_at = entry.tried_at
        self._save(origin, body)

    def _is_fresh(self, since: datetime | None, lifetime: timedelta) -> bool:
        # A time in the future means that the clock was set back, so the age is unknown.
        return since is not None and timedelta(0) <= self._now() - since < lifetime

    def _is_waiting(self, entry: _Entry) -> bool:
        if not isinstance(entry.failure, TransientFetchError):
            return False
        asked = entry.failure.retry_after_s
        wait = RETRY_AFTER if asked is None else timedelta(seconds=asked)
        return self._is_fresh(entry.tried_at, wait)

    def _save(self, origin: str, body: bytes) -> None:
        if self.folder is None:
            return
        path = path_of(self.folder, origin)
        head = f"{origin} {self._now().isoformat()}\n".encode()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with replace_file(path, is_synced=False) as partial:
                partial.write_bytes(head + body)
        except OSError as exc:
            raise unwritable(path.parent, exc) from exc

    def _restore(self, origin: str, entry: _Entry) -> None:
        kept = kept_rules(self.folder, origin) if self.folder else None
        if kept is not None:
            entry.rules, entry.read_at = kept

    def _forget_old(self) -> None:
        while len(self._entries) > _ORIGINS_KEPT:
            self._entries.popitem(last=False)


def body_after_failure(error: FetchError, url: str) -> bytes:
    """Return an empty robots.txt if `error` means that there is none at `url`.

    Raises:
        FetchError: It is unknown whether there is one. This is `error` itself if it affects
            the whole host, otherwise `robots_unreachable`.
    """
    if error.http_status is not None and error.http_status != 429 and error.http_status < 500:
        return b""
    if error.code in _NO_FILE_CODES:
        return b""
    if error.code in HOST_CODES and error.url == mask_url(url):
        raise error
    raise failure(
        url,
        "robots_unreachable",
        f"robots.txt could not be fetched: {error.code}",
        retry_after_s=error.retry_after_s,
    )
