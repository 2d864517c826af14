"""The text of a message: what started, what ended, what to do."""

from __future__ import annotations

import socket
import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flows.alerts.decisions import Ended
from flows.alerts.lines import Line, instant, lines, needs_you
from flows.printable import number, plain
from flows.settings import Settings
from warehouse.conditions import Condition

_TITLE: Final = 90  # characters
_MOST: Final = 20  # lines about what ended
_SCHEDULED: Final = frozenset(
    {"ingest", "check"}
)  # others are listed for a week, as in run_failed.sql
_BY_HAND: Final = "{subject} is not listed any more: it completed, or its failure is a week old"
_ENDED: Final = {
    "feed_silent": "{subject} has new entries again",
    "feed_failing": "{subject} answers again",
    "publisher_failing": "{subject}: most pages are read again",
    "run_failed": "{subject} completes again",
    "run_missing": "{subject} runs again",
    "disk": "the disk of {subject} has space again",
    "growth": "{subject} grows as usual again",
    "check": "check {subject} finds nothing more",
    "channel": "channel {subject} takes messages again",
}


@dataclass(frozen=True, slots=True)
class Message:
    """Title and text of a message."""

    title: str
    body: str


def compose(settings: Settings, started: Sequence[Condition], ended: Sequence[Ended]) -> Message:
    """Return the message about problems that started and that ended."""
    news = lines(started)
    parts = []
    if news:
        parts.append("\n".join(map(_with_advice, news)))
    over = _ended_lines(ended)
    if over:
        parts.append("\n".join(["Ended:", *over]))
    place = f"{socket.gethostname()}, {settings.folder.root.absolute()}"
    parts.append(f"`onrecord status` shows everything that needs you ({place}).")
    return Message(f"onrecord: {_title(news, over, len(ended))}", "\n\n".join(parts))


def compose_test(settings: Settings) -> Message:
    """Return the message that tries the channels."""
    place = f"{socket.gethostname()}, {settings.folder.root.absolute()}"
    return Message("onrecord: test", f"Alerts of onrecord reach you here ({place}).")


def _title(news: Sequence[Line], over: Sequence[str], ended: int) -> str:
    if len(news) + ended == 1:
        only = news[0].text if news else over[0].removeprefix("- ")
        return textwrap.shorten(only, _TITLE, placeholder=" ...")
    told = [needs_you(news)] if news else []
    if ended:
        told.append(f"{number(ended, 'problem')} ended")
    return ", ".join(told)


def _with_advice(line: Line) -> str:
    return f"- {line.text}\n  Next: {line.advice}"


def _ended_lines(ended: Sequence[Ended]) -> list[str]:
    counts = Counter(one.kind for one in ended)
    found = [f"- {plain(_end_of(one))} (problem since {instant(one.since_at)})" for one in ended]
    if len(found) <= _MOST:
        return found
    return [f"- {number(count, 'problem')} of the kind {kind}" for kind, count in counts.items()]


def _end_of(one: Ended) -> str:
    is_by_hand = one.kind == "run_failed" and one.subject not in _SCHEDULED
    return (_BY_HAND if is_by_hand else _ENDED[one.kind]).format(subject=one.subject)
