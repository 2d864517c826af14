"""The commands for the feed list: add, import, export-opml, feeds and remove."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.options import AsJson, Data
from transforms.errors import OnrecordError

if TYPE_CHECKING:  # the command line starts without the reader of feeds
    from datetime import datetime

    from flows.feeds.opml import ListedFeed
    from warehouse.folder import DataFolder

Urls = Annotated[
    list[str],
    typer.Argument(
        metavar="URL",
        help="URLs of feeds, or of pages that link to feeds; - for standard input, one a line",
    ),
]
Row = dict[str, Any]

_OLD_S = 7_200  # `serve` publishes every hour


def add(
    urls: Urls,
    *,
    data: Data = None,
    all_feeds: Annotated[bool, typer.Option("--all", help="Add every feed of a page")] = False,
    folder: Annotated[str, typer.Option(help="Folder in the feed list")] = "",
) -> None:
    """Add feeds by their URLs, or find the feeds of pages.

    If a page has one feed, it is added; if it has several, they are shown. A listed feed is not
    added again. What could not be added is shown at the end.

    Example: [b]onrecord add https://www.harbour-times.example/[/b]

    Example: [b]onrecord add --all - < sites.txt[/b]
    """
    from flows.feeds.discovery import find_feeds_at
    from flows.feeds.feed_list import listed_or_empty
    from flows.feeds.list_edits import list_more
    from flows.feeds.opml import account_key
    from flows.printable import plain
    from flows.settings import read_settings

    settings = read_settings(data=data)
    path = settings.folder.feed_list
    before = listed_or_empty(settings.folder)
    known = {account_key(feed.url) for feed in before}
    given = {account_key(url): url for url in _given(urls)}
    wanted = [url for key, url in given.items() if key not in known]
    problems: list[str] = []

    def on_found(url: str, found: list[ListedFeed] | OnrecordError) -> None:
        if isinstance(found, OnrecordError):
            problems.append(plain(str(found)))
        elif len(found) > 1 and not all_feeds:
            problems.append(_choice(url, found))
        else:
            list_more(settings.folder, found, folder)  # at once, so that an end keeps them

    if wanted:
        find_feeds_at(wanted, settings, on_found)
    after = listed_or_empty(settings.folder)
    if path.exists():
        typer.echo(f"{len(after) - len(before)} added, {len(after)} in {path}")
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(1)


def _given(urls: list[str]) -> Iterator[str]:
    """Yield the URLs of the command line, and those of standard input for `-`."""
    from flows.errors import InputError

    for url in urls:
        if url != "-":
            yield url
            continue
        lines = [line.strip() for line in sys.stdin]
        given = [line for line in lines if line and not line.startswith("#")]
        if not given:
            raise InputError("standard input", "empty", "has no URL: give one on each line")
        yield from given


def _choice(url: str, found: Sequence[ListedFeed]) -> str:
    from flows.printable import plain
    from flows.secrets import mask_url

    lines = [
        f"{plain(mask_url(url))} has {len(found)} feeds: add one by its URL, or all with --all"
    ]
    lines += [f"  {plain(feed.address)}  {plain(feed.title or '')}" for feed in found]
    return "\n".join(lines)


def import_opml(
    file: Annotated[Path, typer.Argument(help="OPML file from another feed reader")],
    *,
    data: Data = None,
) -> None:
    """Add the feeds of an OPML file to the feed list.

    Example: [b]onrecord import subscriptions.opml[/b]
    """
    from flows.errors import InputError
    from flows.feeds.feed_list import read_foreign_list
    from flows.feeds.list_edits import import_list
    from flows.printable import plain
    from flows.secrets import mask_url
    from flows.settings import read_settings

    folder = read_settings(data=data).folder
    if not file.exists():
        raise InputError(str(file), "not_found", "does not exist: check the path")
    done = import_list(folder, read_foreign_list(file))
    typer.echo(f"{done.added} added, {done.known} known, {len(done.unusable)} unusable")
    for written in done.unusable:
        typer.echo(f"unusable {plain(mask_url(written))}: not a web URL", err=True)


def export_opml(*, data: Data = None) -> None:
    """Print the feed list as OPML, with the keys of private feeds.

    Example: [b]onrecord export-opml > feeds.opml[/b]
    """
    from flows.feeds.feed_list import TITLE, read_feed_list
    from flows.feeds.opml import write_opml
    from flows.settings import read_settings

    feeds = read_feed_list(read_settings(data=data).folder.feed_list).feeds
    sys.stdout.buffer.write(write_opml(feeds, title=TITLE))


def list_feeds(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FEED",
            help="URL or title of a feed for its details, or words to search for",
        ),
    ] = None,
    *,
    state: Annotated[
        str | None,
        typer.Option(help="Only feeds in this state: failing, gone, silent, gap, paused, new, ok"),
    ] = None,
    source: Annotated[str | None, typer.Option(help="Only feeds of this source")] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Maximum number of feeds that are shown")
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List the feeds with their state, or show the details of one.

    Those that need attention come first. States: [b]failing[/b] (the last poll failed), [b]gone[/b]
    (removed by its publisher), [b]silent[/b] (nothing new for unusually long), [b]gap[/b] (entries
    of the last week may be missing), [b]paused[/b], [b]new[/b] (not polled yet) and [b]ok[/b].

    Example: [b]onrecord feeds --state failing[/b]

    Example: [b]onrecord feeds "Harbour Times"[/b]
    """
    from datetime import UTC, datetime

    from flows.cli.feed_details import as_details
    from flows.cli.feed_table import feed_table
    from flows.feeds.feed_facts import totals, with_details
    from flows.feeds.health import read_details, read_health
    from flows.output.tables import terminal_width, write_json
    from flows.printable import duration
    from flows.settings import read_settings

    _check_state(state)
    folder = read_settings(data=data).folder
    now = datetime.now(UTC)
    every = read_health(folder, now=now)
    found = _chosen_rows(every, words or [], state, source, folder.feed_list)
    shown = found[:limit]
    is_one = bool(words) and len(found) == 1

    def detailed(row: Row) -> Row:
        return with_details(row, read_details(folder, row, now=now), folder)

    if as_json:
        write_json([detailed(row) for row in shown] if is_one else shown)
    elif is_one:
        typer.echo(as_details(detailed(found[0]), now=now), nl=False)
    elif not every:
        typer.echo("no feeds yet: add one with `onrecord add URL`")
    else:
        typer.echo(totals(found, hidden=len(found) - len(shown)))
        if (old := _age_of_snapshot(folder, now)) > _OLD_S:
            typer.echo(f"as of {duration(old)} ago: run `onrecord publish` for the newest state")
        if shown:
            typer.echo("\n" + feed_table(shown, now=now, width=terminal_width()), nl=False)


def _age_of_snapshot(folder: DataFolder, now: datetime) -> float:
    """Return the seconds since the newest snapshot was published, 0 without one."""
    if not folder.newest.exists():
        return 0.0
    return now.timestamp() - folder.newest.stat().st_mtime


def _check_state(state: str | None) -> None:
    from transforms.feeds.feed_states import STATES

    if state is not None and state not in STATES:
        problem = f"{state!r} is no state of a feed; use one of {', '.join(STATES)}"
        raise typer.BadParameter(problem, param_hint="--state")


def _chosen_rows(
    rows: list[Row], words: list[str], state: str | None, source: str | None, path: Path
) -> list[Row]:
    """Return the rows that the arguments ask for; raise FeedListError if the words match none."""
    from flows.errors import FeedListError
    from flows.feeds.health import narrowed
    from flows.feeds.opml import ListedFeed
    from flows.feeds.selection import is_of_source, unknown, unknown_group

    named = narrowed(rows, words=words)
    if rows and not named:
        feeds = [ListedFeed(url=row["url"], title=row["title"]) for row in rows]
        raise FeedListError(path, unknown(" ".join(words), feeds))
    sources = {row["source_id"] for row in rows}
    if rows and source is not None and not any(is_of_source(one, source) for one in sources):
        raise FeedListError(path, unknown_group("source", source, sources))
    return narrowed(named, state=state, source=source)


def remove(
    url: Annotated[str, typer.Argument(metavar="FEED", help="URL or title of the feed")],
    *,
    data: Data = None,
) -> None:
    """Remove a feed from the list; its articles stay.

    Example: [b]onrecord remove https://www.harbour-times.example/rss.xml[/b]
    """
    from flows.feeds.feed_list import listed_feeds
    from flows.feeds.list_edits import unlist
    from flows.feeds.selection import chosen
    from flows.settings import read_settings

    folder = read_settings(data=data).folder
    path = folder.feed_list
    meant = {feed.address for feed in chosen(listed_feeds(folder), path, names=[url])}
    removed, left = unlist(folder, meant)
    typer.echo(f"{removed} removed, {left} left in {path}")
