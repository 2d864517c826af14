"""`onrecord`, the command line: each command lives in a module of `flows.commands`."""

from __future__ import annotations

import typer

from flows.commands import (
    backfill,
    check,
    compact,
    doctor,
    export,
    extract,
    feeds,
    ingest,
    init,
    load,
    publish,
    rebuild,
    report,
    reprocess,
    restore,
    search,
    serve,
    settings,
    show,
    sql,
    status,
)
from flows.leaving import leave
from transforms.errors import OnrecordError
from warehouse.errors import WarehouseError

app = typer.Typer(
    name="onrecord",
    help="From the news to SQL: who said what, about whom, when.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for _name, _command in (
    ("init", init.init),
    ("load", load.load),
    ("ingest", ingest.ingest),
    ("serve", serve.serve),
    ("backfill", backfill.backfill),
    ("backfills", backfill.backfills),
    ("reprocess", reprocess.reprocess),
    ("sql", sql.sql),
    ("search", search.search),
    ("show", show.show),
    ("status", status.status),
    ("report", report.report),
    ("export", export.export),
    ("add", feeds.add),
    ("import", feeds.import_opml),
    ("export-opml", feeds.export_opml),
    ("feeds", feeds.list_feeds),
    ("remove", feeds.remove),
    ("check", check.check),
    ("publish", publish.publish),
    ("doctor", doctor.doctor),
    ("restore", restore.restore),
    ("rebuild", rebuild.rebuild),
    ("compact", compact.compact),
    ("extract", extract.extract),
    ("settings", settings.settings),
):
    app.command(_name)(_command)


def main() -> None:
    """Run the command line; a known error is one line on standard error and exit code 1."""
    try:
        app()
    except (OnrecordError, WarehouseError) as exc:
        from flows.terminal.report import plain_lines  # noqa: PLC0415  # loads DuckDB

        typer.echo(f"onrecord: {plain_lines(str(exc))}", err=True)
        leave(1)
    except SystemExit as exc:
        leave(exc.code)


if __name__ == "__main__":
    main()
