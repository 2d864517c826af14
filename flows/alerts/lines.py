"""Conditions as lines for people: many feeds of one host, and many of a kind, are one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from flows.printable import number, plain
from warehouse.conditions import Condition

_MANY: Final = 3  # so many feeds of one host have one cause
_SAYS: Final = {
    "feed_silent": "{subject} has been silent since {since}: {detail}",
    "feed_failing": "{subject} has been failing since {since}: {detail}",
    "publisher_failing": "{subject}: {detail}",
    "run_failed": "{subject} has been failing since {since}: {detail}",
    "run_missing": "{subject} has not run since {since}: {detail}",
    "disk": "the disk of {subject}: {detail}",
    "growth": "{subject} {detail}",
    "check": "check {subject}: {detail}",
    "channel": "channel {subject} has been failing since {since}: {detail}",
}
_MANY_SAY: Final = {
    "feed_silent": "{count} of {host} have been silent since {since}, for example {subject}",
    "feed_failing": "{count} of {host} have been failing since {since}: {detail}, for example {subject}",
}
_MOST_OF_A_KIND: Final = 10  # lines; a kind must not hide the others
_LONGEST: Final = 300  # characters of a line; the warehouse has the rest


@dataclass(frozen=True, slots=True)
class Line:
    """What is wrong and what to do next.

    Attributes:
        kind: The kind of the conditions.
        count: How many things it stands for; many feeds of one host are one thing.
    """

    text: str
    advice: str
    is_urgent: bool
    kind: str
    count: int = 1


def lines(conditions: Iterable[Condition]) -> list[Line]:
    """Return a line for each condition, and one line for many feeds of one host."""
    groups: dict[tuple[str, str], list[Condition]] = {}
    for condition in conditions:
        groups.setdefault((condition.kind, _host(condition)), []).append(condition)
    found: dict[str, list[Line]] = {}
    for (kind, host), group in groups.items():
        if kind in _MANY_SAY and len(group) >= _MANY:
            told = [_line(_MANY_SAY[kind], group, host)]
        else:
            told = [_line(_SAYS[kind], [condition], host) for condition in group]
        found.setdefault(kind, []).extend(told)
    return [line for kind, told in found.items() for line in _folded(kind, told)]


def needs_you(found: Iterable[Line]) -> str:
    """Return the heading of a list.

    >>> needs_you([]), needs_you([Line("it fails", "repair it", True, "disk")])
    ('nothing needs you', '1 thing needs you')
    """
    count = sum(line.count for line in found)
    if not count:
        return "nothing needs you"
    return f"{number(count, 'thing')} {'needs' if count == 1 else 'need'} you"


def instant(at: datetime) -> str:
    """Return an instant for people.

    >>> from datetime import UTC
    >>> instant(datetime(2024, 7, 1, 4, 10, tzinfo=UTC))
    '2024-07-01 04:10 UTC'
    """
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _line(says: str, group: Sequence[Condition], host: str) -> Line:
    first = min(group, key=lambda condition: condition.since_at)
    text = says.format(
        count=number(len(group), "feed"),
        host=host,
        subject=first.subject,
        since=instant(first.since_at),
        detail=first.detail,
    )
    return Line(plain(text)[:_LONGEST], first.advice, first.is_urgent, first.kind)


def _folded(kind: str, told: list[Line]) -> list[Line]:
    """Return the lines of a kind, the last of which stands for what is too much to read."""
    more = len(told) - _MOST_OF_A_KIND
    if more < 2:
        return told
    rest = Line(
        text=f"{more:,} more of the kind {kind}",
        advice=f"""`onrecord sql "FROM open_alerts WHERE kind = '{kind}'"` lists them""",
        is_urgent=told[0].is_urgent,
        kind=kind,
        count=more,
    )
    return [*told[:_MOST_OF_A_KIND], rest]


def _host(condition: Condition) -> str:
    """Return the host of a feed, or what else tells a condition from those of its kind."""
    if condition.kind not in _MANY_SAY:
        return condition.item
    try:
        return urlsplit(condition.subject).hostname or condition.item
    except ValueError:
        return condition.item
