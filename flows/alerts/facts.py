"""What a message says, for programs: the same facts as its lines, as data.

The key of an event is derived from what happened, so that an event which is queued again, because
a run was killed meanwhile, keeps its key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import orjson

from flows.secrets import mask_url

if TYPE_CHECKING:  # the process that sends starts without DuckDB
    from flows.alerts.decisions import Ended
    from warehouse.conditions import Condition
    from warehouse.watches import Match, Watch

_MOST: Final = 50  # matches in an event; receivers want little data
_FEEDS: Final = frozenset({"feed_silent", "feed_failing"})
_PAGES: Final = {"publisher_failing": "/rejections", "run_failed": "/runs", "run_missing": "/runs"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """An event.

    Attributes:
        kind: Its kind, such as `watch.matched`.
        key: What tells it from other events of its kind.
        content: What happened.
    """

    kind: str
    key: tuple[str, ...]
    content: dict[str, Any] = field(default_factory=dict)

    @property
    def event_id(self) -> str:
        """The key of the event for its receivers.

        >>> Facts(kind="alert.test", key=("a",)).event_id
        'evt_574690f22e6f542affdacdf32d6cd52f'
        """
        digest = hashlib.sha256(orjson.dumps([self.kind, *self.key])).hexdigest()
        return f"evt_{digest[:32]}"

    def payload(self, title: str, text: str, now: datetime) -> str:
        """Return the event as it is sent: JSON, as Standard Webhooks recommends it."""
        event = {
            "id": self.event_id,
            "type": self.kind,
            "timestamp": now,
            "data": {"title": title, "text": text, **self.content},
        }
        return orjson.dumps(event, option=orjson.OPT_UTC_Z).decode()


def of_problems(
    started: Sequence[Condition], ended: Sequence[Ended], *, recorded_at: datetime | None
) -> Facts:
    """Return the event that problems started or ended.

    Args:
        started: Those that started.
        ended: Those that ended.
        recorded_at: The newest row of `alerts` before; it tells this time from an earlier one.
    """
    names = sorted(
        [f"started {one.key}" for one in started]
        + [f"ended {one.kind}:{one.subject}" for one in ended]
    )
    return Facts(
        kind="alert.problems",
        key=(str(recorded_at), *names),
        content={
            "started": [_problem(one) for one in started],
            "ended": [
                {"kind": one.kind, "subject": one.subject, "since_at": one.since_at}
                for one in ended
            ],
        },
    )


def of_matches(watch: Watch, matches: Sequence[Match], looks: Sequence[str]) -> Facts:
    """Return the event that a watch has new matches.

    Args:
        watch: The watch.
        matches: Its new matches.
        looks: The looks that found them; no other message tells of these.
    """
    return Facts(
        kind="watch.matched",
        key=(watch.watch_id, *sorted(looks)),
        content={
            "watch": watch.name,
            "page": "/watches",
            "new_matches": len(matches),
            "matches": [_match(one) for one in matches[:_MOST]],
        },
    )


def of_flow_run(name: str, state: str, flow_run_id: str | None, now: datetime) -> Facts:
    """Return the event that a run ended without recording it."""
    return Facts(
        kind="run.lost",
        key=(flow_run_id or f"{name} {now}",),
        content={"run": name, "state": state, "page": "/runs"},
    )


def of_message(kind: str, title: str, now: datetime) -> Facts:
    """Return an event that has only a title and a text."""
    return Facts(kind=kind, key=(title, str(now)))


def _problem(condition: Condition) -> dict[str, Any]:
    page = f"/feeds/{quote(condition.item, safe='')}" if condition.kind in _FEEDS else None
    is_url = condition.subject.startswith(("http://", "https://"))
    return {
        "kind": condition.kind,
        "subject": condition.subject,
        "url": condition.subject if is_url else None,
        "page": page or _PAGES.get(condition.kind, "/today"),
        "source_id": condition.source_id,
        "since_at": condition.since_at,
        "code": condition.code,
        "detail": condition.detail,
        "advice": condition.advice,
        "is_urgent": condition.is_urgent,
    }


def _match(match: Match) -> dict[str, Any]:
    names = ("title", "source_id", "published_at", "speaker", "statement", "article_id",
             "revision", "start_char")  # fmt: skip
    return {name: getattr(match, name) for name in names} | {
        "url": mask_url(match.url) if match.url else None,
        "page": f"/articles/{quote(match.article_id, safe='')}",
    }
