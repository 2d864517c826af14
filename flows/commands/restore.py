"""`onrecord restore`."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.options import Data


def restore(
    *,
    data: Data = None,
    snapshot: Annotated[
        int | None, typer.Option(min=1, help="Go back to the snapshot of this number")
    ] = None,
) -> None:
    """Bring a damaged warehouse back from the newest sound snapshot.

    A sound warehouse is left as it is. What is replaced goes to the quarantine folder.

    What the warehouse lost comes back from the archive.

    Example: [b]onrecord restore[/b]
    """
    from datetime import UTC, datetime

    from flows.archive.from_archive import reingest
    from flows.archive.retention import lost_documents
    from flows.settings import read_settings
    from flows.terminal.report import lost_line, plain, summary
    from warehouse.publish import is_behind, publish
    from warehouse.restore import restore as run

    settings = read_settings(data=data)
    folder, wait_s = settings.folder, settings.lock_wait_s
    done = run(folder, now=datetime.now(UTC), number=snapshot, wait_s=wait_s)
    if done.damage is None:
        typer.echo("the warehouse is sound: nothing was replaced")
    else:
        typer.echo(f"replaced: {plain(done.damage)}")
        typer.echo(f"restored: {done.source or 'no sound file was found: it is empty now'}")
    for path in done.set_aside:
        typer.echo(f"set aside: {path}")
    if done.recovery.appended:
        typer.echo(f"appended {done.recovery.appended:,} that waited in the spool")
    for path, reason in done.recovery.refused:
        typer.echo(f"could not append {path}: {plain(reason)}")
    if snapshot is None:  # a sound file too may lack what a restore that was killed set aside
        newest = f"{done.newest_at:%Y-%m-%d %H:%M} UTC" if done.newest_at else "its beginning"
        typer.echo(f"from the archive, what came after {newest}:")
        typer.echo(summary(reingest(settings, since=done.newest_at)))
        if lost := lost_documents(folder, since=done.newest_at):
            typer.echo(f"cannot come back, as far as they were lost: {lost_line(lost)}")
    if is_behind(folder, wait_s=wait_s):
        typer.echo(f"published: {publish(folder, wait_s=wait_s)}")
