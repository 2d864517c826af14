"""The commands `pause` and `resume`: stop polling feeds for a while."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import Data

if TYPE_CHECKING:  # the command line starts without the reader of feeds
    from flows.feeds.opml import ListedFeed
    from warehouse.folder import DataFolder

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="FEED", help="URLs or titles of feeds, or a part that only one has"),
]
Source = Annotated[str | None, typer.Option(help="All feeds of this source: its host name")]
Folder = Annotated[str | None, typer.Option(help="All feeds in this folder of the feed list")]


def pause(
    feeds: Names = None,
    *,
    source: Source = None,
    folder: Folder = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day on which they are polled again by themselves"),
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why, for the list of feeds")] = None,
    data: Data = None,
) -> None:
    """Stop polling feeds until they are resumed, or until a day.

    What was collected stays. [b]ingest --now[/b] leaves them out, too; [b]ingest --feed URL[/b]
    polls one of them once.

    Example: [b]onrecord pause "Harbour Times"[/b]

    Example: [b]onrecord pause --source harbour-times.example --until 2024-07-01[/b]
    """
    from datetime import UTC

    from flows.feeds.pauses import pause_feeds, pause_from
    from flows.settings import read_settings

    at = read_settings(data=data).folder
    wanted = _chosen(at, feeds, source, folder)
    asked = pause_from(datetime.now(UTC), until=until.date() if until else None, reason=reason)
    running = [feed for feed in wanted if feed.paused_at is None]
    if running:
        pause_feeds(at, {feed.address for feed in running}, asked)
    _tell("paused", running, [feed for feed in wanted if feed.paused_at], "already paused")


def resume(
    feeds: Names = None, *, source: Source = None, folder: Folder = None, data: Data = None
) -> None:
    """Poll paused feeds again, for the first time with the next run.

    Example: [b]onrecord resume "Harbour Times"[/b]

    Example: [b]onrecord resume --folder World/Europe[/b]
    """
    from flows.feeds.pauses import resume_feeds
    from flows.settings import read_settings

    at = read_settings(data=data).folder
    wanted = _chosen(at, feeds, source, folder)
    paused = [feed for feed in wanted if feed.paused_at]
    if paused:
        resume_feeds(at, {feed.address for feed in paused})
    _tell("resumed", paused, [feed for feed in wanted if not feed.paused_at], "not paused")


def _chosen(
    at: DataFolder, names: list[str] | None, source: str | None, folder: str | None
) -> list[ListedFeed]:
    from flows.feeds.feed_list import listed_feeds
    from flows.feeds.selection import chosen

    if not names and source is None and folder is None:
        raise typer.BadParameter("name a feed, or use --source or --folder", param_hint="FEED")
    listed = listed_feeds(at)
    return chosen(listed, at.feed_list, names=names or (), source=source, folder=folder)


def _tell(done: str, feeds: list[ListedFeed], others: list[ListedFeed], state: str) -> None:
    from flows.printable import plain

    for feed in feeds:
        typer.echo(f"{done} {plain(feed.title or feed.address)}")
    rest = f", {len(others)} {state}" if others else ""
    typer.echo(f"{len(feeds)} {done}{rest}")
