"""The job `ingest`: read the feed list, poll due feeds, load new pages, visit recent ones again.

Due times are in our tables, so a schedule may start this job as often as it likes: each run
does what is due, and the next finds nothing to do. After days of downtime one run catches
up.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from flows.archive.captures import Stored, capture_of_answer
from flows.archive.reader import finder_of
from flows.archive.writer import ArchiveWriter
from flows.events import DueTimesCorrected
from flows.feeds.feed_list import change_feed_list, key_of, moved
from flows.feeds.feed_rows import find_known, list_changes
from flows.feeds.pauses import feeds_to_poll_from
from flows.feeds.poll_log import log_polls
from flows.feeds.polls import Due, Poll, judge_polls, poll_feeds
from flows.feeds.readers import FeedReaders, ReaderOptions
from flows.feeds.selection import chosen
from flows.fetching.answers import Answer
from flows.fetching.fetch_records import FetchOptions
from flows.fetching.fetcher import Fetcher
from flows.fetching.masked_values import MaskedValues
from flows.logs import log
from flows.printable import number
from flows.rules import read_rules
from flows.runs.batches import append_spooled, run_batches
from flows.runs.copies import find_copies
from flows.runs.lock import running
from flows.runs.pages import fetch_pages
from flows.runs.publication import published_at_end
from flows.runs.report import PollTally, RunReport
from flows.runs.run import JobContext, Run
from flows.runs.visit_plans import visit_plans
from flows.settings import Settings
from transforms.feeds.polling import PollPolicy, is_due_time_wrong, is_poll_due, longest_wait_s
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.due_times import next_due
from warehouse.errors import WarehouseUnwritableError
from warehouse.feed_queries import (
    KnownFeed,
    WantedPage,
    find_polled,
    known_entries,
    known_feeds,
    settle_batches,
    wanted_pages,
)
from warehouse.lock import shared_lock
from warehouse.spool import Batch, spool
from warehouse.visit_queries import DueVisit, due_visits

FEEDS_AT_ONCE = 500  # polled and appended together
SAME_FEED = timedelta(days=30)  # after that, a body that a feed had before is archived again


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestRequest:
    """The feeds that an ingest run polls.

    Attributes:
        is_forced: Poll every feed that is not paused, even if it is not due.
        only: Poll only the feed with this URL, masked or not, or this title, even if it is not
            due or paused.
    """

    is_forced: bool = False
    only: str | None = None


def ingest_feeds(
    settings: Settings, request: IngestRequest, context: JobContext | None = None
) -> RunReport | None:
    """Poll due feeds, load new pages and return the report; None if nothing is due.

    Raises:
        FeedListError: There is no valid feed list, or it lacks the feed that was asked for.
        MachineError: This machine cannot poll, fetch or analyse; what was not done is pending.
        RunActiveError: Another run is writing; this run is recorded as skipped.
        WarehouseError: The warehouse cannot be written.
    """
    now = datetime.now(UTC)
    with published_at_end(settings, context):
        dues, has_pages = find_work(settings, request, now)
        if not dues and not has_pages:
            return None
        parameters = {"feeds": len(dues)}
        with running("ingest", settings, context, parameters=parameters, now=now) as run:
            append_spooled(run)  # what a killed run has fetched is not fetched again
            # Another run may have polled them while this run waited for the warehouse.
            dues, _ = find_work(settings, request, now)
            return _ingest(run, dues)


def _ingest(run: Run, dues: Sequence[Due]) -> RunReport:
    settings, tally = run.settings, PollTally()
    notes = _correct_due_times(dues, run.now)
    poll = run.context.as_step("poll", poll_due)
    for chunk in chunks(dues, FEEDS_AT_ONCE):
        with run.stages.timed("poll"):
            tally += poll(run, chunk)
        run.context.on_report(RunReport(run_id=run.run_id, polls=tally))
    wanted, visits = pages_to_fetch(run, datetime.now(UTC))
    items = fetch_pages(
        run,
        [*wanted, *visits],
        now=lambda: datetime.now(UTC),
        copies=find_copies(run, wanted),
    )
    report = run_batches(run, items, polls=tally, expected=len(wanted), notes=notes)
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        settle_batches(con)
    return report


def find_work(settings: Settings, request: IngestRequest, now: datetime) -> tuple[list[Due], bool]:
    """Update the feeds in the warehouse from the feed list; return what is due.

    Returns:
        The feeds to poll, and whether pages are waiting to be fetched or visited again.

    Raises:
        FeedListError: There is no valid feed list, or it lacks the feed that was asked for.
        RulesError: The user's rules cannot be used.
    """
    folder = settings.folder
    plans = visit_plans(settings, read_rules(folder.rules))
    listed, hide = feeds_to_poll_from(folder, now), MaskedValues(folder.masked_values).hide
    if request.only is not None:
        [only] = chosen(listed, folder.feed_list, names=[request.only])
        request = replace(request, only=only.address)
    with open_live(folder, wait_s=settings.lock_wait_s) as con:
        known = known_feeds(con)
        changes = list_changes(listed, known, now=now, hide=hide)
        if changes:
            batch = Batch(run_id="feed-list")
            batch.add({"feeds": changes})
            spooled = spool(batch, folder.spool)
            append_batch(con, spooled)
            spooled.remove()
            known = known_feeds(con)
        has_pages = bool(wanted_pages(con, now, most=1)) or bool(
            due_visits(con, now, plans, most=1)
        )
    found = find_known(listed, known, hide=hide)
    dues = [
        Due(feed=found[feed.address], url=feed.url, address=feed.address)
        for feed in listed
        if is_due(found[feed.address], request, now, address=feed.address)
    ]
    return sorted(dues, key=lambda due: due.feed.feed_id), has_pages


def next_due_at(settings: Settings, now: datetime) -> datetime | None:
    """Return when the next feed, page or visit is due, UTC; None if nothing is planned."""
    plans = visit_plans(settings, read_rules(settings.folder.rules))
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        longest = timedelta(seconds=longest_wait_s(PollPolicy()))
        return next_due(con, now, plans, longest_wait=longest)


def nothing_due(settings: Settings, now: datetime) -> str:
    """Return the line that says that nothing is due, and what comes next and when."""
    at = next_due_at(settings, now)
    if at is None:
        return "nothing is due, and nothing is planned: add a feed with `onrecord add URL`"
    day = "" if at.date() == now.date() else f"{at:%Y-%m-%d} "
    return f"nothing is due; next at {day}{at:%H:%M} UTC"


def pages_to_fetch(run: Run, now: datetime) -> tuple[list[WantedPage], list[DueVisit]]:
    """Return the new pages and the visits of a run, together at most `pages_per_run`.

    A fifth is reserved for visits, so that many new pages do not hold them up. What one kind
    does not need, the other gets.
    """
    settings = run.settings
    most, plans = settings.pages_per_run, visit_plans(settings, run.rules)
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        wanted = wanted_pages(con, now, most=most)
        urls = {page.canonical_url for page in wanted}
        visits = due_visits(con, now, plans, most=most, without=urls)
    reserved = min(len(visits), most // 5 or int(most > 1))
    wanted = wanted[: most - reserved]
    return wanted, visits[: most - len(wanted)]


def is_due(feed: KnownFeed, request: IngestRequest, now: datetime, *, address: str) -> bool:
    """Return whether a feed with this address in the feed list is to be polled now."""
    if request.only is not None:
        return address == request.only
    if feed.state not in {"listed", "moved"}:
        return False
    is_asked = request.is_forced or feed.is_listed_again(now)
    return is_asked or is_poll_due(feed.poll_state, now)


def _correct_due_times(dues: Iterable[Due], now: datetime) -> tuple[str, ...]:
    """Log how many feeds are due only because a wrong clock made their due time; return notes."""
    feeds = sum(is_due_time_wrong(due.feed.poll_state, now) for due in dues)
    if not feeds:
        return ()
    log(DueTimesCorrected(feeds=feeds))
    had = number(feeds, "feed")
    return (f"{had} with a due time that only a wrong clock can have made: polled now",)


def chunks(dues: Sequence[Due], size: int) -> Iterator[Sequence[Due]]:
    """Yield `dues` in chunks of at most `size`."""
    for start in range(0, len(dues), size):
        yield dues[start : start + size]


def poll_due(run: Run, dues: Sequence[Due]) -> PollTally:
    """Poll feeds, archive the answers and append their rows; return the tally.

    Raises:
        MachineError: This machine could not poll some of them. They stay due; the rows of the
            others were appended.
    """
    folder, wait_s = run.settings.folder, run.settings.lock_wait_s
    options = run.settings.fetch_options
    done, answers = asyncio.run(_poll_all(run, dues, options))
    polls = [poll for poll in done if poll.fault is None]
    entries = [entry for poll in polls for entry in poll.entries]
    options.secrets.masked.keep(entry.url for entry in entries)
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
    judged = judge_polls(polls, known, stored, jitter=random.Random(), listed_urls=listed)  # noqa: S311  # only spreads due times
    batch = Batch(run_id=run.run_id)
    batch.add(judged.rows)
    spooled = spool(batch, folder.spool)
    with open_live(folder, wait_s=wait_s) as con:
        append_batch(con, spooled)
    spooled.remove()
    log_polls(judged.rows["polls"], judged.moves)
    if judged.moves:
        reveal = options.secrets.masked.reveal
        moves = {url: reveal(target) for url, target in judged.moves.items()}
        change_feed_list(folder, lambda feeds: moved(feeds, moves))
    for poll in done:
        if poll.fault is not None:
            raise poll.fault
    return PollTally.of(judged.rows["polls"])


async def _poll_all(
    run: Run, dues: Sequence[Due], options: FetchOptions
) -> tuple[list[Poll], list[Answer]]:
    answers = list[Answer]()
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
    """Archive the answers of a poll round; return the archived captures of each poll.

    For a poll without a feed body this is its last answer: an error, or "not modified".
    """
    captures = [capture for poll in polls for capture in poll.captures]
    others = map(capture_of_answer, answers)
    archive = run.settings.folder.archive
    try:
        with (
            shared_lock(archive),  # the originals we refer to must not be removed meanwhile
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
        if not poll.captures and poll.due.address in last:
            found[-1] = [last[poll.due.address]]
    return found
