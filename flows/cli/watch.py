"""Add, list, remove and test watches: saved questions that tell of new matches.

After each run, the new matches of a watch become rows of [b]watch_matches[/b], items of its RSS
file in [b]published/watches[/b], and one alert.

Example: [b]onrecord watch add --speaker "Jane Doe"[/b]
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import AsJson, Data

if TYPE_CHECKING:  # the command line starts without DuckDB
    from warehouse.watches import Match, Watch

WatchName = Annotated[str, typer.Argument(metavar="NAME", help="Name of the watch")]


def add(
    *,
    words: Annotated[
        str | None,
        typer.Option(help="Articles that match this question; as for [b]onrecord search[/b]"),
    ] = None,
    speaker: Annotated[
        str | None, typer.Option(help="Statements of a speaker with this name")
    ] = None,
    entity: Annotated[
        str | None, typer.Option(help="Articles that mention this person, organization or place")
    ] = None,
    story: Annotated[
        str | None,
        typer.Option(
            metavar="STORY_ID",
            help="Articles that join this story; its key is shown by [b]onrecord stories[/b]",
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Name of the watch; default made from what it asks")
    ] = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Add a watch: a saved question that tells of new matches after each run.

    If several of words, speaker, entity and story are given, all must match. The watch starts
    with the newest matches that are there already. They are marked as past, and no alert tells
    of them. If the story becomes part of another one, the watch goes on with that one.

    Example: [b]onrecord watch add --speaker "Jane Doe"[/b]

    Example: [b]onrecord watch add --words '"quantum strategy" NOT nato language:en' --name
    quantum[/b]

    Example: [b]onrecord watch add --story s1-dd4f6cce4840d3866a219b43 --name bank[/b]
    """
    from flows.alerts.watch_feeds import watch_feed
    from flows.alerts.watching import add_watch, story_to_watch
    from flows.output.tables import write_json
    from flows.settings import read_settings
    from warehouse.watches import make_watch

    settings = read_settings(data=data)
    followed = None if story is None else story_to_watch(settings, story)
    made = make_watch(
        name,
        words=words,
        speaker=speaker,
        entity=entity,
        story_id=followed and followed.story_id,
        headline=followed and followed.headline,
    )
    watch, past = add_watch(settings, made, now=datetime.now(UTC))
    feed = watch_feed(settings.folder, watch)
    if as_json:
        write_json(_watch(watch) | {"past_matches": past, "feed": str(feed)})
        return
    typer.echo(
        f"watch {watch.name} added, with {past:,} past {'match' if past == 1 else 'matches'}"
    )
    typer.echo(f"feed: {feed}")


def list_watches(*, data: Data = None, as_json: AsJson = False) -> None:
    """List the watches, with what they have found since they were added.

    Example: [b]onrecord watch list[/b]
    """
    from dataclasses import asdict

    from flows.alerts.watching import list_watches as find
    from flows.output.tables import as_table, write_json
    from flows.settings import read_settings

    found = [_watch(watch) | asdict(told) for watch, told in find(read_settings(data=data))]
    if as_json:
        write_json(found)
    elif found:
        asked = ["search_words", "speaker", "entity"]
        if any(row["story_id"] for row in found):  # a key needs room
            asked = [name for name in (*asked, "story_id") if any(row[name] for row in found)]
        shown = ["name", *asked, "new_matches", "last_found_at"]
        typer.echo(as_table(shown, [[row[one] for one in shown] for row in found]), nl=False)
    else:
        typer.echo("no watches yet: add one with `onrecord watch add`")


def remove(name: WatchName, *, data: Data = None, as_json: AsJson = False) -> None:
    """Remove a watch and its RSS file; what it found stays in the warehouse.

    Example: [b]onrecord watch remove jane-doe[/b]
    """
    from flows.alerts.watching import remove_watch
    from flows.output.tables import write_json
    from flows.settings import read_settings

    watch = remove_watch(read_settings(data=data), name, now=datetime.now(UTC))
    if as_json:
        write_json(_watch(watch))
    else:
        typer.echo(f"watch {watch.name} removed")


def try_watch(
    name: WatchName,
    *,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Maximum number of matches")] = 20,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Show what a watch matches in the newest articles; nothing is stored and no alert is sent.

    Example: [b]onrecord watch test jane-doe[/b]
    """
    from flows.alerts.watching import try_watch as find
    from flows.output.tables import as_table, write_json
    from flows.settings import read_settings

    found = [_match(match) for match in find(read_settings(data=data), name, most=limit)]
    if as_json:
        write_json(found)
    elif found:
        shown = ["published_on", "source_id", "title"]
        if any(row["statement"] for row in found):
            shown += ["speaker", "statement"]
        typer.echo(as_table(shown, [[row[one] for one in shown] for row in found]), nl=False)
    else:
        typer.echo("no article matches")


def _watch(watch: Watch) -> dict[str, object]:
    names = ("watch_id", "name", "search_words", "speaker", "entity", "story_id", "recorded_at")
    return {name: getattr(watch, name) for name in names}


def _match(match: Match) -> dict[str, object]:
    names = ("published_at", "source_id", "title", "url", "speaker", "statement", "article_id",
             "revision", "start_char")  # fmt: skip
    day = match.published_at.astimezone(UTC).date() if match.published_at else None
    return {"published_on": day} | {name: getattr(match, name) for name in names}
