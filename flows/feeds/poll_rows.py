"""Turns the results of a poll round into rows of `polls`, `entries` and `feeds`."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from flows.archive.captures import Stored
from flows.feeds.feed_list import key_of, state_row
from flows.feeds.poll_round import Poll
from flows.secrets import mask_url
from transforms.feeds.entries import News, find_news, mark
from transforms.feeds.feed_records import (
    PollDecision,
    PollFacts,
)
from transforms.feeds.polling import PollPolicy, decide_poll, is_own_outage
from warehouse.feed_queries import KnownEntries

ENTRY_COLUMNS = (
    "entry_id", "feed_id", "url", "canonical_url", "guid", "title", "authors", "published_raw",
    "published_at", "published_precision", "updated_raw", "updated_at", "summary", "content",
    "language", "tags", "image_url", "fingerprint", "position", "flags",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRows:
    """The rows that a round appends, and the feeds that moved to a new URL.

    Attributes:
        rows: Rows by table: `polls`, `entries`, `feeds`.
        moves: New URLs by the URL in the feed list.
        decisions: The decision for each poll, in the order of the polls.
    """

    rows: dict[str, list[dict[str, Any]]]
    moves: dict[str, str]
    decisions: tuple[PollDecision, ...]


def judge_polls(
    polls: Sequence[Poll],
    known: KnownEntries,
    stored: Sequence[Sequence[Stored]],
    *,
    jitter: random.Random,
    listed_urls: set[str],
    policy: PollPolicy | None = None,
) -> PollRows:
    """Return the rows and decisions that follow from the polls of a round.

    Args:
        polls: The results of the round.
        known: What the warehouse knows about the entries.
        stored: Where the captures of each poll are stored.
        jitter: Random numbers that spread due times.
        listed_urls: URL keys of all feeds (see `flows.feeds.feed_list.key_of`), so that a
            redirect never merges two feeds.
        policy: The limits of the polling policy; None for the defaults.
    """
    hosts = ((urlsplit(poll.due.url).netloc, poll.failure) for poll in polls)
    is_outage = is_own_outage(hosts)
    rows: dict[str, list[dict[str, Any]]] = {"polls": [], "entries": [], "feeds": []}
    moves: dict[str, str] = {}
    decisions = []
    urls = set(known.urls)
    for poll, places in zip(polls, stored, strict=True):
        news = find_news(poll.entries, known.fingerprints, urls)
        urls |= {entry.canonical_url for entry in news.new if entry.canonical_url}
        facts = _poll_facts(poll, known, listed_urls)
        decision = decide_poll(
            poll.due.feed.poll_state,
            facts,
            jitter=jitter.random(),
            policy=policy,
            is_outage=is_outage,
        )
        decisions.append(decision)
        rows["polls"].append(_poll_row(poll, decision, news, places[0] if places else None))
        rows["entries"] += _entry_rows(poll, news)
        rows["feeds"] += _feed_rows(poll, decision)
        if decision.moved_to:
            moves[poll.due.url] = decision.moved_to
    return PollRows(rows=rows, moves=moves, decisions=tuple(decisions))


def _poll_facts(poll: Poll, known: KnownEntries, listed_urls: set[str]) -> PollFacts:
    before = known.shown.get(poll.due.feed.feed_id)
    return PollFacts(
        polled_at=poll.polled_at,
        http_status=poll.http_status,
        headers=poll.headers,
        failure=poll.failure,
        is_conditional=poll.is_conditional,
        body_sha256=poll.body_sha256,
        entries=len(poll.entries),
        known_entries=None if before is None else len(before & _marks(poll)),
        ttl_s=poll.parsed.ttl_s if poll.parsed else None,
        permanent_url=poll.permanent_url,
        is_permanent_url_taken=_is_address_taken(poll, listed_urls),
    )


def _marks(poll: Poll) -> set[int]:
    return {mark(entry.entry_id) for entry in poll.entries}


def _is_address_taken(poll: Poll, listed_urls: set[str]) -> bool:
    """Return whether the URL that the feed moved to belongs to another feed."""
    return poll.permanent_url is not None and key_of(poll.permanent_url) in listed_urls


def _poll_row(
    poll: Poll, decision: PollDecision, news: News, place: Stored | None
) -> dict[str, Any]:
    state, parsed = decision.state, poll.parsed
    dropped = parsed.duplicates + parsed.unusable + parsed.over_limit if parsed else 0
    return {
        "feed_id": poll.due.feed.feed_id,
        "polled_at": poll.polled_at,
        "url": mask_url(poll.due.url),
        "outcome": decision.outcome,
        "http_status": poll.http_status,
        "failure": poll.failure,
        "detail": poll.detail,
        "etag": state.etag,
        "last_modified": state.last_modified,
        "body_sha256": state.body_sha256,
        "bytes": len(poll.captures[0].body) if poll.captures else None,
        "entries": state.entries,
        "new_entries": len(news.new),
        "changed_entries": len(news.changed),
        "known_entries": len(news.known) + len(news.renamed),
        "dropped_entries": dropped,
        "overlap": decision.overlap,
        "is_gap_risk": decision.is_gap_risk,
        "interval_s": state.interval_s,
        "failures": state.failures,
        "conditional_polls": state.conditional_polls,
        "redirect_url": mask_url(state.redirect_url) if state.redirect_url else None,
        "redirect_sightings": state.redirect_sightings,
        "next_poll_at": state.next_poll_at,
        "disabled_reason": state.disabled_reason,
        "changed_at": state.changed_at,
        "shown": sorted(_marks(poll)) if decision.outcome == "new" else None,
        "flags": sorted({*decision.flags, *(parsed.flags if parsed else ())}),
        "warc_file": place.warc_file if place else None,
        "warc_offset": place.warc_offset if place else None,
    }


def _entry_rows(poll: Poll, news: News) -> list[dict[str, Any]]:
    source_id = poll.due.feed.source_id
    return [
        {name: getattr(entry, name) for name in ENTRY_COLUMNS}
        | {"status": status, "source_id": source_id, "seen_at": poll.polled_at}
        for status, entries in (
            ("new", news.new),
            ("changed", news.changed),
            ("renamed", news.renamed),
        )
        for entry in entries
    ]


def _feed_rows(poll: Poll, decision: PollDecision) -> list[dict[str, Any]]:
    feed, now = poll.due.feed, poll.polled_at
    kind = poll.parsed.kind if poll.parsed else None
    if kind and kind != feed.kind:
        title = feed.title or (poll.parsed.title if poll.parsed else None)
        feed = replace(feed, kind=kind, title=title)
        return [state_row(feed, "listed", now=now, url=decision.moved_to)]
    if decision.moved_to:
        return [state_row(feed, "moved", now=now, url=decision.moved_to)]
    if decision.outcome == "gone":
        return [state_row(feed, "gone", now=now)]
    return []
