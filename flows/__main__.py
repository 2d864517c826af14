"""`onrecord`, the command line. The commands are in `flows.cli`, one module per group."""

from __future__ import annotations

import contextlib
import inspect
import sys
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import typer

from flows import __version__
from flows.cli import (
    alert,
    ask,
    backup,
    diff,
    export,
    feeds,
    keep,
    load,
    mcp,
    pauses,
    retry,
    run,
    start,
    stories,
    token,
    trending,
    trial,
    watch,
    web,
)
from flows.orchestration.leaving import leave
from transforms.errors import OnrecordError

app = typer.Typer(
    name="onrecord",
    help="From the news to SQL: who said what, about whom, when.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

_GROUPS: dict[str, dict[str, Callable[..., None]]] = {
    "Start": {"init": start.init, "settings": start.settings, "doctor": start.doctor},
    "Feeds": {
        "test": trial.run_trial,
        "add": feeds.add,
        "feeds": feeds.list_feeds,
        "pause": pauses.pause,
        "resume": pauses.resume,
        "remove": feeds.remove,
        "import": feeds.import_opml,
        "export-opml": feeds.export_opml,
    },
    "Run": {
        "ingest": run.ingest,
        "serve": run.serve,
        "load": load.load,
        "backfill": run.backfill,
        "backfills": run.backfills,
        "reprocess": run.reprocess,
        "retry": retry.retry,
    },
    "Ask": {
        "sql": ask.sql,
        "search": ask.search,
        "stories": stories.stories,
        "trending": trending.trending,
        "show": ask.show,
        "diff": diff.diff,
        "report": ask.report,
        "web": web.web,
        "mcp": mcp.mcp,
        "export": export.export,
        "extract": ask.extract,
    },
    "Keep": {
        "status": keep.status,
        "alert": alert.alert,
        "check": keep.check,
        "verify": keep.verify,
        "publish": keep.publish,
        "compact": keep.compact,
        "backup": backup.backup,
        "restore": keep.restore,
        "rebuild": keep.rebuild,
    },
}


_WATCH: dict[str, Callable[..., None]] = {
    "add": watch.add,
    "list": watch.list_watches,
    "remove": watch.remove,
    "test": watch.try_watch,
}
_TOKEN: dict[str, Callable[..., None]] = {
    "add": token.add,
    "list": token.list_tokens,
    "revoke": token.revoke,
}

# A word to search for may begin with "-": an article must not have it.
_CONTEXTS: dict[str, dict[str, Any]] = {"search": {"ignore_unknown_options": True}}


def _help_of(docstring: str | None) -> str:
    """Return a docstring with one line per paragraph, so that help wraps at any width.

    A paragraph with columns, which are two or more blanks apart, keeps its lines.
    """
    paragraphs = inspect.cleandoc(docstring or "").split("\n\n")
    return "\n\n".join(
        f"\b\n{paragraph}" if "  " in paragraph else paragraph.replace("\n", " ")
        for paragraph in paragraphs
    )


for _panel, _commands in _GROUPS.items():
    for _name, _command in _commands.items():
        app.command(
            _name,
            rich_help_panel=_panel,
            help=_help_of(_command.__doc__),
            context_settings=_CONTEXTS.get(_name),
        )(_command)


watches = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
for _name, _command in _WATCH.items():
    watches.command(_name, help=_help_of(_command.__doc__))(_command)
app.add_typer(watches, name="watch", rich_help_panel="Ask", help=_help_of(watch.__doc__))

tokens = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
for _name, _command in _TOKEN.items():
    tokens.command(_name, help=_help_of(_command.__doc__))(_command)
app.add_typer(tokens, name="token", rich_help_panel="Keep", help=_help_of(token.__doc__))


def _show_version(is_asked: bool) -> None:  # noqa: FBT001  # a callback of typer
    if is_asked:
        typer.echo(f"onrecord {__version__}")
        raise typer.Exit


# They write files for their user, whose umask holds.
_FOR_USERS = frozenset({*_GROUPS["Ask"], "export-opml", "verify"})


@app.callback()
def _options(
    context: typer.Context,
    *,
    _version: Annotated[
        bool,
        typer.Option("--version", help="Show the version", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """From the news to SQL: who said what, about whom, when."""
    if context.invoked_subcommand not in _FOR_USERS:
        from flows.permissions import keep_private  # noqa: PLC0415  # not needed before

        keep_private()


def main() -> None:
    """Run the command line; a known error is one line on standard error and exit code 1 or 2."""
    try:
        with _without_pandas():
            app()
    except OnrecordError as exc:
        from flows.printable import plain_lines  # noqa: PLC0415  # not needed before

        typer.echo(f"onrecord: {plain_lines(str(exc))}", err=True)
        leave(exc.exit_code)
    except SystemExit as exc:
        leave(exc.code)


@contextlib.contextmanager
def _without_pandas() -> Iterator[None]:
    """Say that pandas is missing: DuckDB looks for it at every parameter of a query, for 0.1 ms.

    No command uses it.
    """
    if "pandas" in sys.modules:
        yield
        return
    sys.modules["pandas"] = None  # type: ignore[assignment]  # as the import system marks it
    try:
        yield
    finally:
        del sys.modules["pandas"]


if __name__ == "__main__":
    main()
