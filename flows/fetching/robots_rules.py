"""The rules of one robots.txt, as defined in RFC 9309 and parsed by protego.

This module loads no HTTP library, so commands that only show rules start fast.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

from protego import Protego

ROBOTS_LIMIT_BYTES = 500 * 1024  # RFC 9309, 2.5: at least 500 kibibytes must be parsed

# In RFC 9309 a crawler's name is one token; Google's parser ends it at the first blank.
_AGENT_LINE = re.compile(r"(?im)^([ \t]*user-?agent[ \t]*:[ \t]*[^\s#]+)[^\r\n]*")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
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


def kept_rules(folder: Path, origin: str) -> tuple[RobotsRules, datetime] | None:
    """Return the rules of an origin that earlier runs kept, and when they were read.

    None if there are none, or if the file is damaged.
    """
    path = path_of(folder, origin)
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


def path_of(folder: Path, origin: str) -> Path:
    """Return the file in which the robots.txt of an origin is kept."""
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
            found.setdefault(value.lower(), [])
        elif name in {"allow", "disallow"}:
            is_head = False
            for one in agents:
                found[one].append((name, value))
    return found.get(agent.lower(), found.get("*", []))
