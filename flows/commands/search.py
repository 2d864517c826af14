"""`onrecord search`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from flows.commands.options import AsJson, Data


def search(
    words: Annotated[list[str], typer.Argument(help="Words to search for, in any order")],
    *,
    speaker: Annotated[
        str | None, typer.Option(help="Only articles that quote a speaker with this name")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of publication")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of publication")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Only sources with this in their name")] = None,
    language: Annotated[str | None, typer.Option(help="Only this language (en, de, ...)")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Most articles to show")] = 10,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Search the text of all articles, best first, by the stems of the words.

    With [b]--speaker[/b] the passage shown is what that speaker said.

    Example: [b]onrecord search quantum strategy --speaker Stoltenberg --since 2023-11-01[/b]
    """
    from flows.settings import read_settings
    from flows.terminal.found import answer_as_json, show_answer
    from flows.terminal.tables import write_json
    from warehouse.search import Question
    from warehouse.search import search as find

    settings = read_settings(data=data)
    question = Question(
        text=" ".join(words),
        speaker=speaker,
        since=since.date() if since else None,
        until=until.date() if until else None,
        source=source,
        language=language,
        limit=limit,
    )
    answer = find(settings.folder, question)
    if as_json:
        write_json(answer_as_json(answer))
    else:
        show_answer(answer)
