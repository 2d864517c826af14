"""`onrecord init`."""

from __future__ import annotations

import shutil

import typer

from flows.commands.options import Data


def init(*, data: Data = None) -> None:
    """Make the data folder, the warehouse and the feed list; what is there stays.

    Example: [b]onrecord init --data ~/news[/b]
    """
    from flows.seeds import seeds_dir
    from flows.settings import read_settings
    from warehouse.connect import open_live
    from warehouse.publish import publish

    settings = read_settings(data=data)
    folder = settings.folder
    with open_live(folder, wait_s=settings.lock_wait_s):
        pass
    if not folder.newest.exists():
        publish(folder, wait_s=settings.lock_wait_s)
    starting_list = seeds_dir() / "feeds.opml"
    if not folder.feed_list.exists() and starting_list.exists():
        shutil.copyfile(starting_list, folder.feed_list)
    typer.echo(f"data folder: {folder.root}")
    typer.echo(f"warehouse:   {folder.newest}")
    if folder.feed_list.exists():
        typer.echo(f"feed list:   {folder.feed_list}")
