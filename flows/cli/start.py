"""The commands to start with: init, settings and doctor."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import AsJson, Data


def init(
    *,
    data: Data = None,
    empty: Annotated[bool, typer.Option("--empty", help="Start with an empty feed list")] = False,
    deploy: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Also write to this folder: systemd's units, and deployments for Prefect",
        ),
    ] = None,
) -> None:
    """Make the data folder, the warehouse and the feed list.

    Existing files are kept. The feed list has some public feeds to start with.

    Example: [b]onrecord init --data ~/news[/b]

    Example: [b]onrecord init --empty[/b]

    Example: [b]onrecord init --deploy services[/b]
    """
    from flows.feeds.feed_list import write_feed_list
    from flows.seeds import seeds_dir
    from flows.settings import read_settings
    from warehouse.connect import open_live
    from warehouse.files import replace_private
    from warehouse.publish import publish

    settings = read_settings(data=data)
    folder = settings.folder
    with open_live(folder, wait_s=settings.lock_wait_s):
        pass
    if not folder.newest.exists():
        publish(folder, wait_s=settings.lock_wait_s)
    starting_list = seeds_dir() / "feeds.opml"
    if empty and not folder.feed_list.exists():
        write_feed_list(folder.feed_list, [])
    elif not folder.feed_list.exists() and starting_list.exists():
        with replace_private(folder.feed_list) as partial:
            shutil.copyfile(starting_list, partial)
    typer.echo(f"data folder: {folder.root}")
    typer.echo(f"warehouse:   {folder.newest}")
    if folder.feed_list.exists():
        typer.echo(f"feed list:   {folder.feed_list}")
    if deploy is not None:
        for at, path in enumerate(_write_deploy_files(deploy)):
            typer.echo(f"{'' if at else 'services:':13}{path}")


def _write_deploy_files(folder: Path) -> list[Path]:
    """Copy the files for services to a folder, without those that exist; return all paths.

    Raises:
        WarehouseUnwritableError: The folder or a file cannot be written.
    """
    from flows.seeds import deploy_files
    from warehouse.errors import WarehouseUnwritableError

    files = {folder / file.name: file for file in deploy_files()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, file in files.items():
            if not path.exists():
                shutil.copyfile(file, path)
                path.chmod(0o644)  # there are no secrets in it, and systemd's users read it
    except OSError as exc:
        raise WarehouseUnwritableError(folder, exc.strerror or str(exc)) from exc
    return list(files)


def settings(*, data: Data = None, as_json: AsJson = False) -> None:
    """Show each setting, where its value comes from, and its purpose.

    Example: [b]ONRECORD_HOST_DELAY=10 onrecord settings[/b]
    """
    from flows.cli.setting_values import origins, shown
    from flows.languages import support_lines, supported_languages
    from flows.output.tables import as_table, write_json
    from flows.settings import Settings, read_settings

    found = read_settings(data=data)
    sources = origins(found, data=data)
    rows = [
        (name, shown(found, name), sources[name], field.description or "")
        for name, field in Settings.model_fields.items()
    ]
    if as_json:
        write_json({name: {"value": value, "from": source} for name, value, source, _ in rows})
    else:
        typer.echo(as_table(("setting", "value", "from", "purpose"), rows), nl=False)
        typer.echo("\nRead from texts, by language:")
        for line in support_lines(supported_languages()):
            typer.echo(f"  {line}")


def doctor(*, data: Data = None, as_json: AsJson = False) -> None:
    """Look for problems with versions, rules, disk, locks and files.

    It reads every byte of the warehouse. Nothing is changed. Each problem says what to do; exits with 1 if there is an error.

    Example: [b]onrecord doctor[/b]
    """
    from dataclasses import asdict
    from itertools import chain

    from flows.orchestration.setup import examine_prefect, prepare_prefect
    from flows.settings import read_settings

    settings = read_settings(data=data)
    prepare_prefect(settings.folder)

    from flows.jobs.doctor import as_line, examine
    from flows.output.tables import write_json
    from warehouse.health import Level

    found = []
    for finding in chain(examine_prefect(), examine(settings)):
        found.append(finding)
        if not as_json:
            typer.echo(as_line(finding))
    if as_json:
        write_json([asdict(finding) for finding in found])
    if any(finding.level is Level.ERROR for finding in found):
        raise typer.Exit(1)
