"""Watches: adding and removing them, and telling of what they find after a run.

Matches become rows first, then items of an RSS file, and at last one message per watch. Rows are
never repeated and never missing. A message is recorded before it is sent, so it is sent at most
once; matches of a run that was killed before are told by the next one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flows.alerts.facts import Facts, of_matches
from flows.alerts.watch_feeds import FOLDER, remove_watch_feed, update_watch_feeds
from flows.printable import number, plain
from flows.settings import Settings
from warehouse import watches as stored
from warehouse.conditions import Connection
from warehouse.connect import open_file, open_live, open_snapshot
from warehouse.errors import WarehouseMissingError, WatchError
from warehouse.publish import copy_live
from warehouse.watch_matching import look, newest_commit, recent_matches
from warehouse.watch_stories import WatchedStory, find_watched, with_current_stories
from warehouse.watches import Found, Match, Watch

PAST = 100  # matches that a new watch starts with
LISTED = 10  # matches in a message

Deliver = Callable[[str, str, Facts], None]


@dataclass(frozen=True, slots=True)
class ShownWatch:
    """A watch, what it has found, and its newest matches."""

    watch: Watch
    found: Found
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class WatchMatches:
    """New matches of a watch, and the looks that found them."""

    watch: Watch
    matches: tuple[Match, ...]
    looks: tuple[str, ...]


def add_watch(
    settings: Settings, watch: Watch, *, now: datetime, snapshot: Connection | None = None
) -> tuple[Watch, int]:
    """Add a watch; return it, and how many matches of its past it starts with.

    It starts with the newest matches in the published snapshot, at most `PAST`. They are marked
    as past, and no message tells of them.

    Args:
        settings: The settings.
        watch: The watch.
        now: When it is added.
        snapshot: A connection to the newest snapshot, if the process has it open: it cannot be
            opened twice with different limits.

    Raises:
        WatchError: There is a watch with this name.
        WarehouseError: The warehouse cannot be read or written.
    """
    past: list[Match] = []
    try:
        with (
            contextlib.nullcontext(snapshot) if snapshot else open_snapshot(settings.folder) as con
        ):
            commit = newest_commit(con)
        past = recent_matches(settings.folder, watch, most=PAST)
    except WarehouseMissingError:
        commit = None
    if commit is not None:
        watch = replace(watch, starts_after=commit)
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        watch = stored.add_watch(con, watch, past, now=now)
        update_watch_feeds(settings.folder, con)
    return watch, len(past)


def story_to_watch(settings: Settings, key: str) -> WatchedStory:
    """Return the story with this key, or the one that it became part of.

    Raises:
        WatchError: There is none.
        WarehouseError: The warehouse cannot be read.
    """
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        story = find_watched(con, key)
    if story is None:
        problem = "there is no such story: give the key of one, as `onrecord stories` shows it"
        raise WatchError(plain(key), problem)
    return story


def remove_watch(settings: Settings, name: str, *, now: datetime) -> Watch:
    """Remove a watch and its RSS file; its matches stay in the warehouse.

    Raises:
        WatchError: There is none with this name.
    """
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        watch = stored.remove_watch(con, name, now=now)
    remove_watch_feed(settings.folder, watch)
    return watch


def list_watches(settings: Settings) -> list[tuple[Watch, Found]]:
    """Return the watches by name, with what they have found."""
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        found = stored.count_found(con)
        return [(one, found.get(one.watch_id, Found())) for one in stored.current_watches(con)]


def read_watches(source: Settings | Connection, *, most: int) -> list[ShownWatch]:
    """Return the watches by name, each with up to `most` of its newest matches.

    Args:
        source: The settings, for the live file, which is not changed; or a connection to a
            snapshot.
        most: How many matches.

    Raises:
        WarehouseBusyError: Another process writes to the live file.
    """
    if isinstance(source, Settings):
        with open_file(source.folder.live) as con:
            return read_watches(con, most=most)
    found = stored.count_found(source)
    return [
        ShownWatch(
            watch,
            found.get(watch.watch_id, Found()),
            tuple(stored.last_matches(source, watch, most=most)),
        )
        for watch in stored.current_watches(source)
    ]


def try_watch(settings: Settings, name: str, *, most: int) -> list[Match]:
    """Return what a watch matches in the published snapshot, newest articles first.

    Raises:
        WatchError: There is none with this name.
        WarehouseMissingError: Nothing was published yet.
    """
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        (watch,) = with_current_stories(con, [stored.find_watch(con, name)])
    return recent_matches(settings.folder, watch, most=most)


def find_matches(settings: Settings, now: datetime) -> list[WatchMatches]:
    """Compare new articles with the watches, store the matches and return what is to be told.

    Returns:
        The watches with new matches of which no message has told, also those of earlier runs
        that were killed.

    Raises:
        WarehouseError: The warehouse cannot be written.
    """
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        look(con, now=now)
        update_watch_feeds(settings.folder, con)
        untold = stored.untold_looks(con)
        return [
            WatchMatches(watch, tuple(stored.matches_of(con, watch, looks)), tuple(looks))
            for watch in stored.current_watches(con)
            if (looks := untold.get(watch.watch_id))
        ]


def run_watches(settings: Settings, *, now: datetime, deliver: Deliver) -> list[WatchMatches]:
    """Find the new matches of all watches, publish them, and tell of them.

    Call it at the end of a run. A snapshot is published again only if there are new matches.

    Args:
        settings: The settings.
        now: When the matches are found.
        deliver: Sends a message with this title, body and the same for programs; called once for
            each watch with new matches.

    Raises:
        WarehouseError: The warehouse cannot be written.
    """
    found = find_matches(settings, now)
    if found:
        copy_live(settings.folder, wait_s=settings.lock_wait_s)
    for one in found:
        with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
            stored.record_alert(con, one.watch, one.looks, now=now)
        facts = of_matches(one.watch, one.matches, one.looks)
        deliver(*message(one.watch, one.matches), facts)
    return found


def message(watch: Watch, matches: Sequence[Match]) -> tuple[str, str]:
    """Return title and body of the message about new matches.

    Examples:
        >>> watch = Watch(watch_id="w1", name="jane-doe", speaker="Jane Doe")
        >>> match = Match(article_id="a", revision=1, title="Budget passes", source_id="a.example")
        >>> message(watch, [match])
        ('jane-doe: 1 new match', 'undated  a.example  Budget passes')
    """
    count = f"{len(matches):,} new match" + ("" if len(matches) == 1 else "es")
    parts = [_listed(match) for match in matches[:LISTED]]
    if len(matches) > LISTED:
        more = number(len(matches) - LISTED, "other")
        parts.append(f"and {more}: see {FOLDER}/{watch.name}.xml in the published folder")
    return f"{watch.name}: {count}", "\n\n".join(parts)


def _listed(match: Match) -> str:
    day = f"{match.published_at:%Y-%m-%d}" if match.published_at else "undated"
    lines = [f"{day}  {plain(match.source_id)}  {plain(match.title or '(without a title)')}"]
    if match.statement:
        lines.append(f"{plain(match.speaker or '')}: {plain(match.statement)}")
    if match.url:
        lines.append(plain(match.url))
    return "\n".join(lines)
