"""The commands for the feed list: add, import, export-opml, feeds and remove."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import AsJson, Data

Url = Annotated[str, typer.Argument(help="URL of a feed, or of a page that links to feeds")]
_SHOWN = (
    "title",
    "url",
    "state",
    "polled_at",
    "next_poll_at",
    "every",
    "new_per_day",
    "failures",
    "note",
)


def add(
    url: Url,
    *,
    data: Data = None,
    all_feeds: Annotated[bool, typer.Option("--all", help="Add every feed of the page")] = False,
    folder: Annotated[str, typer.Option(help="Folder in the feed list")] = "",
) -> None:
    """Add a feed, or find the feeds of a page: a single one is added, several are shown.

    Example: [b]onrecord add https://www.harbour-times.example/[/b]
    """
    from flows.feeds.discovery import find_feeds_at
    from flows.feeds.feed_list import ListedFeed, listed_or_empty, merged, write_feed_list
    from flows.printable import plain
    from flows.settings import read_settings

    settings = read_settings(data=data)
    found = find_feeds_at(url, settings)
    if len(found) > 1 and not all_feeds:
        typer.echo(f"{plain(url)} has {len(found)} feeds: add one by its URL, or all with --all")
        for feed in found:
            typer.echo(f"  {plain(feed.url)}  {plain(feed.title or '')}")
        raise typer.Exit(1)
    path = settings.folder.feed_list
    before = listed_or_empty(path)
    more = [ListedFeed(url=f.url, title=f.title, home_url=f.home_url, folder=folder, language=f.language)
            for f in found]  # fmt: skip
    after = merged(before, more)
    write_feed_list(path, after)
    typer.echo(f"{len(after) - len(before)} added, {len(after)} in {path}")


def import_opml(
    file: Annotated[Path, typer.Argument(help="OPML file from another feed reader")],
    *,
    data: Data = None,
) -> None:
    """Add the feeds of an OPML file to the feed list.

    Example: [b]onrecord import subscriptions.opml[/b]
    """
    from flows.feeds.feed_list import listed_or_empty, merged, read_feed_list, write_feed_list
    from flows.printable import plain
    from flows.settings import read_settings

    path = read_settings(data=data).folder.feed_list
    more = read_feed_list(file)
    before = listed_or_empty(path)
    after = merged(before, more.feeds)
    write_feed_list(path, after)
    known = len(before) + len(more.feeds) - len(after)
    typer.echo(f"{len(after) - len(before)} added, {known} known, {len(more.unusable)} unusable")
    for written in more.unusable:
        typer.echo(f"unusable {plain(written)}: not a web URL", err=True)


def export_opml(*, data: Data = None) -> None:
    """Print the feed list as OPML, for other feed readers.

    Example: [b]onrecord export-opml > feeds.opml[/b]
    """
    from flows.feeds.feed_list import TITLE, read_feed_list, write_opml
    from flows.settings import read_settings

    feeds = read_feed_list(read_settings(data=data).folder.feed_list).feeds
    sys.stdout.buffer.write(write_opml(feeds, title=TITLE))


def list_feeds(*, data: Data = None, as_json: AsJson = False) -> None:
    """List the feeds: last and next poll, interval, new entries per day, failures, gap risk.

    Example: [b]onrecord feeds[/b]
    """
    from flows.cli.tables import as_table, write_json
    from flows.settings import read_settings
    from warehouse.connect import open_snapshot
    from warehouse.feed_queries import FEED_HEALTH
    from warehouse.queries import query_rows

    with open_snapshot(read_settings(data=data).folder) as con:
        columns, rows = query_rows(con, FEED_HEALTH, timeout_s=30.0)
    found = [dict(zip(columns, row, strict=True)) for row in rows]
    if as_json:
        write_json(found)
    elif found:
        typer.echo(as_table(_SHOWN, [[feed[name] for name in _SHOWN] for feed in found]), nl=False)
    else:
        typer.echo("no feed has been polled yet: run `onrecord ingest`")


def remove(
    url: Annotated[str, typer.Argument(help="URL of the feed")], *, data: Data = None
) -> None:
    """Remove a feed from the list; its articles stay in the warehouse.

    Example: [b]onrecord remove https://www.harbour-times.example/rss.xml[/b]
    """
    from flows.errors import FeedListError
    from flows.feeds.feed_list import key_of, read_feed_list, write_feed_list
    from flows.settings import read_settings

    path = read_settings(data=data).folder.feed_list
    feeds = read_feed_list(path).feeds
    kept = [feed for feed in feeds if key_of(feed.url) != key_of(url)]
    if len(kept) == len(feeds):
        raise FeedListError(path, f"has no feed with the URL {url}: see `onrecord export-opml`")
    write_feed_list(path, kept)
    typer.echo(f"{len(feeds) - len(kept)} removed, {len(kept)} left in {path}")
