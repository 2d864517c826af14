"""`onrecord show`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.options import AsJson, Data

if TYPE_CHECKING:  # the command line starts without DuckDB
    from warehouse.article_queries import ShownArticle


def show(
    url: Annotated[str, typer.Argument(help="Address, file or article_id")],
    *,
    data: Data = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Give the stored bytes back as they came")
    ] = False,
    marks: Annotated[
        bool, typer.Option("--marks", help="Mark headings, lists and block quotes as in Markdown")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show an article with what was read out of it, or the bytes that were archived.

    Example: [b]onrecord show https://www.harbour-times.example/ferry --raw > ferry.html[/b]
    """
    from flows.settings import read_settings
    from flows.terminal.report import plain
    from flows.terminal.tables import as_table, write_json
    from warehouse.article_queries import find_article
    from warehouse.connect import open_snapshot

    settings = read_settings(data=data)
    with open_snapshot(settings.folder) as con:
        found = find_article(con, url)
    if found is None:
        typer.echo(f"onrecord: nothing is known of {plain(url)}", err=True)
        raise typer.Exit(1)
    if raw:
        sys.stdout.buffer.write(_stored_body(url, found, settings.folder.archive))
        return
    if as_json:
        write_json(found.as_json())
        return
    typer.echo("\n".join(f"{name}: {plain(value)}" for name, value in found.facts()))
    typer.echo()
    typer.echo("\n".join(plain(line) for line in found.paragraphs(is_marked=marks)))
    if found.statements:
        typer.echo(as_table(("speaker", "role", "statement"), found.statements), nl=False)


def _stored_body(url: str, found: ShownArticle, archive: Path) -> bytes:
    from flows.archive.remnants import REMOVED
    from flows.archive.stored_captures import read_capture
    from flows.errors import ArchiveError, InputError

    if not found.warc_file:
        raise InputError(url, "not_archived", "its document is not in the archive")
    try:
        return read_capture(archive, found.warc_file, found.warc_offset).body
    except ArchiveError as exc:
        if exc.code != REMOVED:
            raise
        raise InputError(url, exc.code, f"{exc.detail}; its text is still there") from exc
    except OSError as exc:
        problem = f"its raw capture cannot be read: {archive / found.warc_file}: {exc.strerror}"
        raise InputError(url, "unreadable", problem) from exc
