"""What an ingest run does, without Prefect: follow the list, poll, fetch, analyse, append.

Due times lie in our tables, so a schedule may tick as often as it likes: a tick asks what
is due, does that, and the next finds nothing to do. After days of downtime one tick
catches up.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flows.archive.archive import ArchiveWriter
from flows.archive.archive_lock import in_use
from flows.archive.captures import Stored, capture_of_answer
from flows.archive.stored_captures import finder_of
from flows.batches import PLAIN, Steps, run_batches
from flows.feeds.feed_list import key_of, list_changes, moved, read_feed_list, write_feed_list
from flows.feeds.feed_worker import FeedReaders, ReaderOptions
from flows.feeds.poll_round import Due, Poll, poll_feeds
from flows.feeds.poll_rows import judge_polls
from flows.fetching.answers import Answer
from flows.fetching.fetch import Fetcher
from flows.fetching.fetch_records import FetchOptions
from flows.page_stream import fetch_pages
from flows.runs import Run, RunReport
from flows.settings import Settings
from flows.slots import running
from flows.tallies import PollTally
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.errors import WarehouseUnwritableError
from warehouse.feed_queries import (
    KnownFeed,
    find_polled,
    known_entries,
    known_feeds,
    settle_batches,
    wanted_pages,
)
from warehouse.spool import Batch, spool

FEEDS_AT_ONCE = 500  # polled, judged and appended together
SAME_FEED = timedelta(days=30)  # a body that a feed had before is stored anew after that

OnReport = Callable[[RunReport], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an ingest run is asked for.

    Attributes:
        is_forced: Poll every feed, due or not.
        only: Poll this feed alone, due or not.
    """

    is_forced: bool = False
    only: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestSteps:
    """The steps of an ingest run; the flow gives its tasks instead."""

    poll: Callable[[Run, Sequence[Due]], PollTally]
    batch: Steps


def ingest_feeds(
    settings: Settings,
    wish: Wish,
    steps: IngestSteps,
    *,
    on_report: OnReport = lambda _: None,
    flow_run_id: str | None = None,
) -> RunReport | None:
    """Do what is due and return the report, None where nothing was.

    Raises:
        FeedListError: There is no feed list, or it has no such feed.
        RunActiveError: Another run writes; this one is recorded as skipped.
        WarehouseError: The warehouse cannot be written.
    """
    now = datetime.now(UTC)
    dues, pages = find_work(settings, wish, now)
    if not dues and not pages:
        return None
    parameters = {"feeds": len(dues)}
    with running(
        "ingest", settings, parameters=parameters, now=now, flow_run_id=flow_run_id
    ) as run:
        # An earlier run may have done it while this one waited for the warehouse.
        dues, _ = find_work(settings, wish, now)
        tally = PollTally()
        for chunk in chunks(dues, FEEDS_AT_ONCE):
            tally += steps.poll(run, chunk)
            on_report(RunReport(run_id=run.run_id, polls=tally))
        with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
            wanted = wanted_pages(con, datetime.now(UTC), most=settings.pages_per_run)
        items = fetch_pages(wanted, fetch_options(settings), now=lambda: datetime.now(UTC))
        report = run_batches(run, items, steps.batch, on_batch=on_report, polls=tally)
        with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
            settle_batches(con)
        return report


def find_work(settings: Settings, wish: Wish, now: datetime) -> tuple[list[Due], int]:
    """Bring the warehouse in line with the feed list; return what is due.

    Returns:
        The feeds to poll, and how many pages wait to be fetched.
    """
    folder = settings.folder
    listed = read_feed_list(folder.feed_list).feeds
    with open_live(folder, wait_s=settings.lock_wait_s) as con:
        known = known_feeds(con)
        changes = list_changes(listed, known, now=now)
        if changes:
            batch = Batch(run_id="feed-list")
            batch.add({"feeds": changes})
            spooled = spool(batch, folder.spool)
            append_batch(con, spooled)
            spooled.remove()
            known = known_feeds(con)
        pages = len(wanted_pages(con, now, most=1))
    urls = {key_of(feed.url): feed.url for feed in listed}
    wanted = ((feed, urls.get(key_of(feed.url))) for feed in known if is_due(feed, wish, now))
    return [Due(feed=feed, url=url) for feed, url in wanted if url], pages


def is_due(feed: KnownFeed, wish: Wish, now: datetime) -> bool:
    """Tell whether a listed feed is to be polled now."""
    if wish.only is not None:
        return key_of(feed.url) == key_of(wish.only)
    if feed.state not in {"listed", "moved"}:
        return False
    due_at = feed.poll_state.next_poll_at
    return wish.is_forced or due_at is None or due_at <= now


def fetch_options(settings: Settings) -> FetchOptions:
    """Return how the settings want pages and feeds to be fetched."""
    return FetchOptions(
        contact=settings.contact,
        allow_hosts=settings.allowed_hosts,
        host_delay_s=settings.host_delay,
        concurrency=settings.concurrency,
        robots_dir=settings.folder.root / "robots",
    )


def chunks(dues: Sequence[Due], size: int) -> Iterator[Sequence[Due]]:
    """Yield `dues` in pieces of at most `size`."""
    for start in range(0, len(dues), size):
        yield dues[start : start + size]


def poll_due(run: Run, dues: Sequence[Due]) -> PollTally:
    """Poll feeds, archive what came, append what follows; return what became of each."""
    folder, wait_s = run.settings.folder, run.settings.lock_wait_s
    polls, answers = asyncio.run(_poll_all(run, dues))
    entries = [entry for poll in polls for entry in poll.entries]
    with open_live(folder, wait_s=wait_s) as con:
        known = known_entries(
            con,
            [entry.entry_id for entry in entries],
            [entry.canonical_url for entry in entries if entry.canonical_url],
            [poll.due.feed.feed_id for poll in polls if poll.entries],
        )
        is_moving = any(poll.permanent_url for poll in polls)
        feeds = known_feeds(con) if is_moving else []
        listed = {key_of(feed.url) for feed in feeds if feed.is_listed}
        bodies = [capture.body_sha256 for poll in polls for capture in poll.captures]
        places = find_polled(con, bodies, since=run.now - SAME_FEED) if bodies else {}
    stored = _archive(run, polls, answers, places)
    judged = judge_polls(polls, known, stored, jitter=random.Random(), listed_urls=listed)  # noqa: S311  # spreads due times, no secret
    batch = Batch(run_id=run.run_id)
    batch.add(judged.rows)
    spooled = spool(batch, folder.spool)
    with open_live(folder, wait_s=wait_s) as con:
        append_batch(con, spooled)
    spooled.remove()
    if judged.moves:
        kept = read_feed_list(folder.feed_list).feeds
        write_feed_list(folder.feed_list, moved(kept, judged.moves))
    return PollTally.of(judged.rows["polls"])


async def _poll_all(run: Run, dues: Sequence[Due]) -> tuple[list[Poll], list[Answer]]:
    options, answers = fetch_options(run.settings), list[Answer]()
    with FeedReaders(ReaderOptions(processes=run.settings.workers)) as readers:
        async with Fetcher(
            options, now=lambda: datetime.now(UTC), on_answer=answers.append
        ) as fetcher:
            polls = await poll_feeds(dues, fetcher, readers, now=lambda: datetime.now(UTC))
    return polls, answers


def _archive(
    run: Run,
    polls: Sequence[Poll],
    answers: Sequence[Answer],
    places: Mapping[str, tuple[str, int]],
) -> list[list[Stored]]:
    """Archive the answers of a round; return where those of each poll lie.

    Of a poll that brought no feed it is the last answer: an error, or that nothing changed.
    """
    captures = [capture for poll in polls for capture in poll.captures]
    others = map(capture_of_answer, answers)
    archive = run.settings.folder.archive
    try:
        with (
            in_use(archive),  # what is referred to must not be removed meanwhile
            ArchiveWriter(
                archive, now=lambda: run.now, find_original=finder_of(archive, places)
            ) as writer,
        ):
            stored = writer.write([*captures, *others])
    except OSError as exc:
        raise WarehouseUnwritableError(archive, exc.strerror or str(exc)) from exc
    asked = (answer.asked_url for answer in answers)
    last = dict(zip(asked, stored[len(captures) :], strict=True))
    own = iter(stored)
    found = []
    for poll in polls:
        found.append(list(itertools.islice(own, len(poll.captures))))
        if not poll.captures and poll.due.url in last:
            found[-1] = [last[poll.due.url]]
    return found


PLAIN_INGEST = IngestSteps(poll=poll_due, batch=PLAIN)
