"""The command `backup`, and the part of `restore` that reads backups."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.options import AsJson, Data

if TYPE_CHECKING:  # the command line starts without pydantic
    from flows.backups.stores import Store
    from flows.settings import Settings


def backup(
    target: Annotated[
        str | None,
        typer.Argument(help="Folder or s3://bucket/prefix; default $ONRECORD_BACKUP_TO"),
    ] = None,
    *,
    data: Data = None,
    keep: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Keep this many backups and remove older ones; default $ONRECORD_BACKUP_KEEP",
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Read the backups and compare all digests")
    ] = False,
    listed: Annotated[bool, typer.Option("--list", help="List the backups")] = False,
    at: Annotated[str | None, typer.Option("--at", help="With --check: only this one")] = None,
    as_json: AsJson = False,
) -> None:
    r"""Back up the data folder; files that the target already has are not copied again.

    A backup has the warehouse, the archive, the feed list, the settings and the rules. Each one
    is complete, and [b]onrecord restore --from[/b] brings it back on an empty machine. An
    interrupted backup is continued by the next one. The files may contain secrets, such as
    the keys of private feeds; in a folder, only their owner can read them.

    A bucket needs [b]pip install 'onrecord\[s3]'[/b] and the usual AWS_ variables.

    Example: [b]onrecord backup /mnt/disk/news --keep 30[/b]

    Example: [b]onrecord backup s3://newsroom/onrecord --check[/b]
    """
    from flows.errors import SettingsError
    from flows.settings import read_settings

    settings = read_settings(data=data)
    to = target or settings.backup_to
    if not to:
        raise SettingsError("backup_to", "", "a folder or s3://bucket/prefix")
    if listed or check:
        from flows.backups.points import require_store
        from flows.backups.stores import open_store

        store = open_store(to)
        require_store(store)
        _list(store, as_json=as_json) if listed else _check(store, at, as_json=as_json)
    else:
        _back_up(settings, to, keep or settings.backup_keep, as_json=as_json)


def _back_up(settings: Settings, to: str, keep: int | None, *, as_json: bool) -> None:
    from flows.jobs.backup import back_up
    from flows.output.tables import write_json
    from flows.printable import number, plain
    from flows.runs.interruption import stoppable
    from warehouse.health import size

    with stoppable(), _bar("copying") as on_bytes:
        done = back_up(settings, to, keep=keep, on_bytes=on_bytes)
    if as_json:
        write_json(asdict(done))
        return
    typer.echo(f"backed up to {plain(done.target)}")
    typer.echo(done.summary)
    if done.pruned.files:
        removed = number(done.pruned.files, "file")
        typer.echo(f"freed {size(done.pruned.bytes)}: no backup needs {removed} any more")
    for note in done.notes:
        typer.echo(f"note: {plain(note)}")


def _list(store: Store, *, as_json: bool) -> None:
    from flows.backups.points import points, read_point
    from flows.errors import BackupError
    from flows.output.tables import as_table, write_json

    rows = list[dict[str, Any]]()
    for point in points(store):
        try:
            found = read_point(store, point)
        except BackupError as exc:
            rows.append({"point": point, "problem": exc.problem})
            continue
        rows.append(
            {
                "point": point,
                "articles": found.rows.get("articles", 0),
                "files": len(found.files),
                "bytes": found.bytes,
                "onrecord_version": found.onrecord_version,
            }
        )
    if as_json:
        write_json(rows)
    elif not rows:
        typer.echo("no complete backup")
    else:
        cells = [_cells(row) for row in rows]
        sys.stdout.write(as_table(["point", "articles", "files", "size", "onrecord"], cells))


def _cells(row: dict[str, Any]) -> list[str]:
    from warehouse.health import size

    if "problem" in row:
        return [row["point"], "", "", "", "cannot be read"]
    counts = [f"{row[name]:,}" for name in ("articles", "files")]
    return [row["point"], *counts, size(row["bytes"]), row["onrecord_version"]]


def _check(store: Store, at: str | None, *, as_json: bool) -> None:
    from flows.backups.checking import check_points
    from flows.backups.points import newest_point, points
    from flows.output.tables import write_json
    from flows.printable import number, plain
    from flows.runs.interruption import stoppable
    from warehouse.health import size

    names = [at] if at else points(store)
    if not names:
        newest_point(store)  # tells that there is none
    with stoppable(), _bar("reading") as on_bytes:
        found = check_points(store, names, on_bytes=on_bytes)
    if as_json:
        write_json(asdict(found))
    else:
        for one in found.damage:
            needed = f"; needed for {plain(', '.join(one.paths))}" if one.paths else ""
            typer.echo(f"{plain(one.file)}: {plain(one.problem)}{needed}")
            typer.echo(f"  in {', '.join(one.points)}")
        if found.damage:
            typer.echo(
                "Remove the damaged files and run `onrecord backup` again: it copies what the data"
                " folder still has."
            )
        told = number(len(found.damage), "damaged file") if found.damage else "intact"
        backups, files = number(len(found.points), "backup"), number(found.files, "file")
        typer.echo(f"{backups}, {files}, {size(found.bytes)}: {told}")
    raise typer.Exit(1 if found.damage else 0)


def restore_from(settings: Settings, source: str, *, at: str | None, is_forced: bool) -> None:
    """Bring the data folder back from a backup and print what was done."""
    from flows.jobs.restore import restore_backup
    from flows.printable import number, plain
    from flows.runs.interruption import stoppable
    from warehouse.health import size

    with stoppable(), _bar("restoring") as on_bytes:
        done = restore_backup(settings, source, at=at, is_forced=is_forced, on_bytes=on_bytes)
    manifest = done.manifest
    files, articles = number(len(manifest.files), "file"), manifest.rows.get("articles", 0)
    typer.echo(f"restored {manifest.point} to {settings.folder.root}")
    typer.echo(f"{files}, {size(manifest.bytes)}, {articles:,} articles, every digest is right")
    for path in done.set_aside:
        typer.echo(f"set aside: {plain(str(path))}")


@contextlib.contextmanager
def _bar(what: str) -> Iterator[Callable[..., None]]:
    """Yield a function that shows the bytes that are done, and those of all if given."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn(what), BarColumn(20), DownloadColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(what, total=None)

        def show(done: int, total: int | None = None) -> None:
            if total is None:
                bar.advance(task, done)
            else:
                bar.update(task, completed=done, total=total)

        yield show
