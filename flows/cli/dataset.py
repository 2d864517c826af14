"""`onrecord export --dataset`: the options of the user, and what was written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import typer

from flows import __version__
from flows.errors import SettingsError
from flows.output.tables import write_json
from flows.settings import Settings
from flows.taggers.choices import read_choices
from warehouse.dataset import write_dataset
from warehouse.dataset_records import Author, DatasetOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetFlags:
    """The options of a data set, as the user wrote them."""

    fmt: str | None = None
    has_text: bool = True
    title: str | None = None
    version: str | None = None
    authors: tuple[str, ...] = ()


def write(settings: Settings, target: Path, flags: DatasetFlags, *, as_json: bool) -> None:
    """Write a data set and print what it contains.

    Raises:
        SettingsError: An option has a value that a data set cannot have.
        WarehouseError: There is no snapshot, or the folder cannot be written.
    """
    if ":/" in str(target):
        raise SettingsError("--dataset", str(target), "a folder on this machine")
    dataset = write_dataset(settings.folder, target, options_for(settings, flags))
    if not flags.authors:
        typer.echo('no --author "Family, Given": CITATION.cff names the author anonymous', err=True)
    if as_json:
        rows = {file.name: file.rows for file in dataset.files}
        write_json({"dataset": str(target), "digest": f"sha256:{dataset.digest}", "rows": rows})
        return
    for file in dataset.files:
        typer.echo(f"{file.rows:>12,} rows  {file.file}")
    typer.echo(f"wrote {target}: {dataset.title}, version {dataset.version}")
    typer.echo(f"content digest: sha256:{dataset.digest}")


def options_for(settings: Settings, flags: DatasetFlags) -> DatasetOptions:
    """Return the checked options, with the settings that change what is found.

    Raises:
        SettingsError: A data set cannot have this value.
    """
    if flags.fmt not in (None, "parquet", "csv"):
        raise SettingsError("--format", flags.fmt, "parquet or csv for a data set")
    return DatasetOptions(
        fmt=cast("Literal['parquet', 'csv']", flags.fmt or "parquet"),
        has_text=flags.has_text,
        title=_line("--title", flags.title),
        version=_line("--version", flags.version),
        authors=tuple(author_in(text) for text in flags.authors),
        tool_version=__version__,
        settings=settings_in(settings),
    )


def settings_in(settings: Settings) -> dict[str, str | None]:
    """Return the settings that change what is found, without paths of this machine."""
    rules = settings.folder.rules
    taggers = [
        f"{one.language}={one.kind}:{Path(one.model).name}"
        for one in read_choices(settings.taggers)
    ]
    return {
        "page_types": ",".join(sorted(settings.kept_types)),
        "taggers": ", ".join(taggers) or None,
        "rules_sha256": hashlib.sha256(rules.read_bytes()).hexdigest() if rules.exists() else None,
    }


def author_in(text: str) -> Author:
    """Return the author that the user wrote.

    Raises:
        SettingsError: A name is empty.

    Examples:
        >>> author_in("Holm, Ana"), author_in("Harbour Institute")
        (Author(family='Holm', given='Ana'), Author(family='Harbour Institute', given=''))
    """
    family, comma, given = (part.strip() for part in text.partition(","))
    if not family or (comma and not given) or not text.isprintable():
        raise SettingsError("--author", text, '"Family, Given" or the name of a group')
    return Author(family=family, given=given)


def _line(name: str, value: str | None) -> str | None:
    if value is not None and (not value.strip() or not value.isprintable()):
        raise SettingsError(name, value, "one line of text")
    return value.strip() if value else None
