"""The rules of robots.txt files, as defined in RFC 9309 and parsed by protego.

A missing file (4xx) allows everything. If the server fails, the last good copy is used for
as long as the failure lasts; without a copy nothing is allowed until the file can be read
(RFC 9309, 2.3.1.4). Files are kept for a day, and on disk if a folder is given, so that
runs share them.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from protego import Protego

from flows.errors import FetchError, TransientFetchError
from flows.fetching.failures import HOST_CODES, failure
from flows.secrets import mask_url
from warehouse.files import replace_file

ROBOTS_LIMIT_BYTES = 500 * 1024  # RFC 9309, 2.5: at least 500 kibibytes must be parsed
ROBOTS_REDIRECTS = 5  # RFC 9309, 2.3.1.2: at least five hops must be followed
LIFETIME = timedelta(days=1)
RETRY_AFTER = timedelta(minutes=10)
_ORIGINS_KEPT = 2_000

# In RFC 9309 a crawler's name is one token; Google's parser ends it at the first blank.
_AGENT_LINE = re.compile(r"(?im)^([ \t]*user-?agent[ \t]*:[ \t]*[^\s#]+)[^\r\n]*")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
# The server responded, and there is no file to read.
_NO_FILE_CODES = frozenset({"bad_encoding", "bad_redirect", "bad_scheme", "too_many_redirects"})
_NO_CHARACTER = "%00"  # matches no rule that a person would write


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """The rules of one robots.txt, and its text."""

    rules: Protego
    text: str = field(default="", repr=False)

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Return the rules in `body`; anything that is not a rule is skipped."""
        text = body[:ROBOTS_LIMIT_BYTES].decode("utf-8-sig", "replace")
        text = _AGENT_LINE.sub(r"\1", text)
        return cls(Protego.parse(text), text)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The URLs of the sitemaps that the file names."""
        return tuple(self.rules.sitemaps)

    def allows(self, url: str, agent: str) -> bool:
        r"""Return whether `agent` may fetch `url`.

        A URL with unescaped non-ASCII characters is not a valid URI. It is allowed only if
        the rules allow it both escaped and with those characters matching no rule.

        >>> rules = RobotsRules.parse(b"User-agent: *\nDisallow: /archive/")
        >>> rules.allows("https://wire.example/archive/1999", "onrecord")
        False
        """
        if not self.rules.can_fetch(url, agent):
            return False
        if url.isascii():
            return True
        return bool(self.rules.can_fetch(_NOT_ASCII.sub(_NO_CHARACTER, url), agent))

    def line_about(self, url: str, agent: str) -> str | None:
        r"""Return the line that decides about `url`, or None if no line is about it.

        >>> rules = RobotsRules.parse(b"User-agent: *\nDisallow: /archive/\nAllow: /archive/2024")
        >>> rules.line_about("https://wire.example/archive/2024/a", "onrecord")
        'Allow: /archive/2024'
        """
        kind = "allow" if self.allows(url, agent) else "disallow"
        about = [
            (name, path)
            for name, path in _lines_for(self.text, agent)
            if path and not Protego.parse(f"User-agent: *\nDisallow: {path}").can_fetch(url, agent)
        ]
        deciding = max((path for name, path in about if name == kind), key=len, default=None)
        return f"{kind.title()}: {deciding}" if deciding else None

    def delay_s(self, agent: str) -> float:
        """Return the requested seconds between two requests, 0 if none are stated."""
        delay = self.rules.crawl_delay(agent) or 0.0
        rate = self.rules.request_rate(agent)
        if rate is not None and rate.requests > 0 and rate.start_time is None:
            delay = max(delay, rate.seconds / rate.requests)
        return float(delay)


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
        path = _path(self.folder, origin)
        path.parent.mkdir(parents=True, exist_ok=True)
        head = f"{origin} {self._now().isoformat()}\n".encode()
        with replace_file(path, is_synced=False) as partial:
            partial.write_bytes(head + body)

    def _restore(self, origin: str, entry: _Entry) -> None:
        kept = kept_rules(self.folder, origin) if self.folder else None
        if kept is not None:
            entry.rules, entry.read_at = kept

    def _forget_old(self) -> None:
        while len(self._entries) > _ORIGINS_KEPT:
            self._entries.popitem(last=False)


def kept_rules(folder: Path, origin: str) -> tuple[RobotsRules, datetime] | None:
    """Return the rules of an origin that earlier runs kept, and when they were read.

    None if there are none, or if the file is damaged.
    """
    path = _path(folder, origin)
    if not path.is_file():
        return None
    head, _, body = path.read_bytes().partition(b"\n")
    try:
        stored, written = head.decode().split(" ")
        read_at = datetime.fromisoformat(written)
    except ValueError:
        return None
    if stored != origin or read_at.tzinfo is None:
        return None
    return RobotsRules.parse(body), read_at


def _path(folder: Path, origin: str) -> Path:
    return folder / f"{hashlib.sha256(origin.encode()).hexdigest()[:32]}.txt"


def _lines_for(text: str, agent: str) -> list[tuple[str, str]]:
    """Return the name and value of the `allow` and `disallow` lines in the groups of an agent.

    Without a group of its own, an agent has those of `*`.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    agents: list[str] = []
    is_head = False
    for line in text.splitlines():
        name, _, value = (part.strip() for part in line.partition("#")[0].partition(":"))
        name = name.lower()
        if name in {"user-agent", "useragent"}:
            agents = [*agents, value.lower()] if is_head else [value.lower()]
            is_head = True
        elif name in {"allow", "disallow"}:
            is_head = False
            for one in agents:
                found.setdefault(one, []).append((name, value))
    return found.get(agent.lower()) or found.get("*", [])


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
