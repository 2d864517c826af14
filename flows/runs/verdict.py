"""Whether a run that finished counts as failed, because too little could be loaded.

Pages that are no articles (lists, shops) and articles of other days are not wanted, so they
count neither as loaded nor as failed, unless a publisher has nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flows.printable import number
from flows.runs.report import PollTally
from transforms.cleaning.refusals import PAGE_TYPES
from warehouse.run_queries import SourcePages

UNWANTED = frozenset(PAGE_TYPES) | {"section_front", "outside_range"}
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When a run counts as failed.

    Attributes:
        share: Share of the documents, and of the feeds, that must succeed; from 0 to 1.
        pages: A publisher with so many pages fails the run if none was loaded; 0 for never.
        fewest: Fewer documents or feeds than this prove nothing.
    """

    share: float = 0.5
    pages: int = 5
    fewest: int = 1


def failure_of(
    *,
    loaded: int,
    reasons: Iterable[str],
    sources: Sequence[SourcePages] = (),
    polls: PollTally | None = None,
    limits: Limits,
) -> str | None:
    """Return why a run counts as failed, None if it does not.

    Args:
        loaded: Number of documents that are in the warehouse now.
        reasons: The reason of each document that is not.
        sources: The fetched pages of each publisher.
        polls: Counts of the polled feeds.
        limits: When a run counts as failed.

    >>> failure_of(loaded=1, reasons=["too_short", "too_short", "listing"], limits=Limits())
    'only 1 of 3 documents could be loaded: too_short (2)'
    >>> failure_of(loaded=2, reasons=["too_short", "listing"], limits=Limits())
    """
    return (
        (_of_polls(polls, limits) if polls is not None else None)
        or _of_sources(sources, limits)
        or _of_share(loaded, Counter(reasons), limits)
    )


def _of_polls(polls: PollTally, limits: Limits) -> str | None:
    if polls.polled and polls.excused == polls.polled:
        return f"this machine is offline: none of {number(polls.polled, 'feed')} was reached"
    answered = polls.polled - polls.failed - polls.excused
    if polls.polled < max(limits.fewest, 1) or answered >= limits.share * polls.polled:
        return None
    if not answered:
        return f"none of {number(polls.polled, 'feed')} could be polled"
    return f"only {answered:,} of {number(polls.polled, 'feed')} could be polled"


def _of_sources(sources: Sequence[SourcePages], limits: Limits) -> str | None:
    empty = [
        one for one in sources if limits.pages and not one.loaded and one.pages >= limits.pages
    ]
    if not empty:
        return None
    shown = "; ".join(
        f"nothing of {one.source_id} could be loaded: {number(one.pages, 'page')}, {one.reason}"
        for one in empty[:_SHOWN]
    )
    more = len(empty) - _SHOWN
    return f"{shown}; and {number(more, 'other publisher')}" if more > 0 else shown


def _of_share(loaded: int, reasons: Counter[str], limits: Limits) -> str | None:
    failed = Counter({reason: count for reason, count in reasons.items() if reason not in UNWANTED})
    seen = loaded + failed.total()
    if failed.total() < limits.fewest or loaded >= limits.share * seen:
        return None
    why = ", ".join(f"{reason} ({count:,})" for reason, count in failed.most_common(_SHOWN))
    if not loaded:
        return f"nothing could be loaded: {why}"
    return f"only {loaded:,} of {number(seen, 'document')} could be loaded: {why}"
