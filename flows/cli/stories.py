"""The command that shows stories: what several outlets report about one event."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.options import AsJson, Data, Since, Until

if TYPE_CHECKING:  # the command line starts without DuckDB
    from rich.console import Console
    from rich.text import Text

    from warehouse.story_queries import ToldStatement, ToldStory, WholeStory

_SHOWN_NAMES = 4  # so that people and places fit on a line each
_INDENT = 4  # of the second line of a text that does not fit on one


def stories(
    story_id: Annotated[
        str | None, typer.Argument(help="Show this story with all its articles")
    ] = None,
    *,
    since: Since = None,
    until: Until = None,
    source: Annotated[
        str | None, typer.Option(help="Only stories that a source with this name reports")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Maximum number of stories")] = 10,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Show what several articles report about one event, the most outlets first.

    With the key of a story: its articles by time, copies marked, and its statements. A key stays
    the same when articles are added. The key of a story that became part of another one shows
    that one.

    Example: [b]onrecord stories --since 2024-06-03 --source times[/b]
    """
    from flows.output.tables import write_json
    from flows.settings import read_settings
    from warehouse.connect import open_snapshot
    from warehouse.story_queries import StoryQuestion, find_stories, find_story

    settings = read_settings(data=data)
    question = StoryQuestion(since=_day(since), until=_day(until), source=source, limit=limit)
    with open_snapshot(settings.folder) as con:
        if story_id is not None:
            _show_one(story_id, find_story(con, story_id), as_json=as_json)
            return
        found = find_stories(con, question)
    if as_json:
        write_json([_as_json(*one) for one in found])
    else:
        _show_all(found)


def _day(instant: datetime | None) -> Any:
    return instant.date() if instant else None


def _as_json(story: ToldStory, statement: ToldStatement | None) -> dict[str, Any]:
    return story._asdict() | {"statement": statement and _without_story(statement)}


def _without_story(statement: ToldStatement) -> dict[str, Any]:
    return {name: value for name, value in statement._asdict().items() if name != "story_id"}


def _show_all(found: list[tuple[ToldStory, ToldStatement | None]]) -> None:
    from rich.console import Console
    from rich.text import Text

    from flows.printable import plain

    console = Console(highlight=False)
    if not found:
        console.print("no story found: a story has at least two articles")
    for story, statement in found:
        _print_hanging(console, _headline(story))
        for line in _facts(story):
            _print_hanging(console, Text(f"  {line}"))
        if statement:
            said = Text.assemble(
                (f"  {plain(statement.speaker)}: ", "italic"),
                plain(statement.statement),
                (f" ({_articles(statement)})", "dim"),
            )
            _print_hanging(console, said)
        console.print(Text(f"  {story.story_id}", style="dim"))


def _print_hanging(console: Console, text: Text) -> None:
    """Print a text, and what does not fit on its first line under it with an indent."""
    first = text.wrap(console, console.width)[0]
    first.rstrip()
    console.print(first)
    rest = text[len(first) :]
    if not rest.plain.strip():
        return
    blanks = len(rest) - len(rest.plain.lstrip())
    for line in rest[blanks:].wrap(console, console.width - _INDENT):
        line.rstrip()
        line.pad_left(_INDENT)
        console.print(line)


def _headline(story: ToldStory) -> Text:
    from rich.text import Text

    from flows.printable import plain

    days = sorted({f"{story.first_at:%Y-%m-%d}", f"{story.last_at:%Y-%m-%d}"})
    line = Text(f"{' to '.join(days)}  ", style="cyan")
    return line.append(plain(story.headline or "(without a title)"), style="bold")


def _facts(story: ToldStory) -> list[str]:
    from flows.printable import number, plain

    lines = [f"{number(story.articles, 'article')}, {number(story.sources, 'outlet')}"]
    if copies := story.articles - story.texts:
        lines[0] += f", {copies:,} {'copy' if copies == 1 else 'copies'}"
    for label, names in (("people", story.people), ("places", story.places)):
        if names:
            lines.append(f"{label}: {', '.join(map(plain, names[:_SHOWN_NAMES]))}")
    return lines


def _articles(statement: ToldStatement) -> str:
    from flows.printable import number

    return number(statement.articles, "article")


def _show_one(key: str, whole: WholeStory | None, *, as_json: bool) -> None:
    from flows.output.tables import write_json
    from flows.printable import plain

    if whole is None:
        problem = "give the key of one, as `onrecord stories` shows them"
        typer.echo(f"onrecord: no story found for {plain(key)}: {problem}", err=True)
        raise typer.Exit(1)
    if not as_json:
        _print_one(whole)
        return
    write_json(
        whole.story._asdict()
        | {
            "articles_by_time": [article._asdict() for article in whole.articles],
            "statements": [_without_story(one) for one in whole.statements],
            "changes": [change._asdict() for change in whole.changes],
        }
    )


def _print_one(whole: WholeStory) -> None:
    from rich.console import Console
    from rich.text import Text

    from flows.output.tables import as_table

    console = Console(highlight=False)
    story = whole.story
    _print_hanging(console, _headline(story))
    for line in _facts(story):
        _print_hanging(console, Text(f"  {line}"))
    told = {"merged": "part of it now", "split": "split off from it", "followed": "follows it"}
    for change in whole.changes:
        is_older = change.other_story_id == story.story_id
        other = change.story_id if is_older else change.other_story_id
        note = told[change.kind] if is_older else "before it"
        console.print(Text(f"  {other}  {note}", style="dim"))
    console.print()
    rows = [
        (article.published_at, article.source_id, article.title, "copy" if article.is_copy else "")
        for article in whole.articles
    ]
    typer.echo(as_table(("published_at", "source_id", "title", "note"), rows), nl=False)
    if whole.statements:
        said = [(one.articles, one.speaker, one.statement) for one in whole.statements]
        typer.echo()
        typer.echo(as_table(("articles", "speaker", "statement"), said), nl=False)
