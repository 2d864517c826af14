"""Writes a data set that can be cited: data files, their description, and a manifest.

    DIR/README.md           what it is, how to read and cite it, what it does not say
    DIR/CITATION.cff        how to cite it (Citation File Format 1.2.0)
    DIR/codebook.md         every column, for people
    DIR/datapackage.json    every column, for programs (Frictionless Data Package 2)
    DIR/manifest.json       versions, settings, sources, rows, digests of content and files
    DIR/data/TABLE.parquet  the rows, or TABLE.csv

Everything comes from one snapshot, and nothing from the clock or the machine: the same snapshot
gives the same bytes. `warehouse.verify` checks a data set.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb
import orjson

from warehouse.connect import open_file
from warehouse.content_digest import digest_of_all, digest_of_table
from warehouse.datapackage import descriptor
from warehouse.dataset_facts import has_key, has_targets, read_facts, read_filled
from warehouse.dataset_files import open_reader, rows_of, write_table
from warehouse.dataset_records import DataFile, Dataset, DatasetOptions
from warehouse.dataset_tables import TABLES, DataTable, columns_of, comment_of, query_of
from warehouse.dataset_texts import render_texts
from warehouse.errors import ExportError, WarehouseMissingError
from warehouse.folder import DataFolder
from warehouse.relations import read_dictionary

MANIFEST = "manifest.json"
KIND = "onrecord data set"
LAYOUT = 1  # version of folders and manifest


def write_dataset(folder: DataFolder, target: Path, options: DatasetOptions) -> Dataset:
    """Write the newest snapshot as a data set; return what was written.

    A new folder appears in one step. The files of an existing data set are replaced.

    Args:
        folder: The data folder.
        target: The folder of the data set.
        options: What it contains and what it is called.

    Raises:
        WarehouseMissingError: Nothing was published yet.
        ExportError: The snapshot has no article, the folder contains something else, or the
            files cannot be written.
    """
    if not folder.newest.exists():
        raise WarehouseMissingError(folder.newest)
    earlier = _earlier_files(target)
    final = target.resolve()
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=final.parent, prefix=f".{final.name}-") as scratch:
            made = Path(scratch) / "new"
            (made / "data").mkdir(parents=True)
            dataset = _write_data(folder.newest.resolve(), made, options, str(target))
            _write_texts(dataset, made)
            _put(made, final, earlier)
    except OSError as exc:
        raise ExportError(str(target), exc.strerror or str(exc)) from exc
    return dataset


def _earlier_files(target: Path) -> list[str] | None:
    """Return the files of a data set that will be replaced, None if there is no such folder.

    Raises:
        ExportError: The folder contains something else.
    """
    if not target.exists():
        return None
    if not target.is_dir():
        raise ExportError(str(target), "is a file: choose another folder")
    try:
        manifest = orjson.loads((target / MANIFEST).read_bytes())
        if manifest["kind"] == KIND:
            return [MANIFEST, *filter(is_inside, manifest["files"])]
    except (OSError, ValueError, KeyError, TypeError):
        pass
    if any(target.iterdir()):
        raise ExportError(str(target), "contains other files: choose a new folder")
    return []


def is_inside(name: str) -> bool:
    """Whether a file name of a manifest stays inside the data set."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _put(made: Path, final: Path, earlier: list[str] | None) -> None:
    """Move a new data set to its place; other files of an existing folder, like .git, stay."""
    if earlier is None:
        made.rename(final)
        return
    for name in earlier:  # the manifest first: a killed program leaves no wrong one
        (final / name).unlink(missing_ok=True)
    (final / "data").mkdir(exist_ok=True)
    names = sorted(_names(made), key=lambda name: name == MANIFEST)
    for name in names:
        (made / name).rename(final / name)


def _names(root: Path) -> list[str]:
    files = (path for path in root.rglob("*") if path.is_file())
    return sorted(path.relative_to(root).as_posix() for path in files)


def _write_data(snapshot: Path, made: Path, options: DatasetOptions, name: str) -> Dataset:
    with open_file(snapshot) as con, open_reader() as reader:
        facts = read_facts(con)
        if facts is None:
            raise ExportError(name, "the warehouse has no article: load or ingest some first")
        writer = _Writer(con, reader, made, options)
        for table in TABLES:
            writer.write(table)
        files = tuple(writer.described(table) for table in TABLES)
    digest = digest_of_all({file.name: file.digest for file in files})
    return Dataset(options=options, facts=facts, files=files, digest=digest)


class _Writer:
    """Writes the data files, and reads from them what is said about them."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        reader: duckdb.DuckDBPyConnection,
        made: Path,
        options: DatasetOptions,
    ) -> None:
        self._con, self._reader, self._made, self._fmt = con, reader, made, options.fmt
        self._relations = read_dictionary(con)
        self._columns = {
            table.name: columns_of(con, table, self._relations, has_text=options.has_text)
            for table in TABLES
        }

    def write(self, table: DataTable) -> None:
        """Write the file of a table."""
        file = self._made / self._file(table.name)
        types = self._types(table.name)
        write_table(self._con, query_of(table), types, file, fmt=self._fmt)

    def described(self, table: DataTable) -> DataFile:
        """Return what is known of a file; the files of all tables are written."""
        reader, rows, columns = self._reader, self._rows(table.name), self._columns[table.name]
        digested = {c.name: c.type for c in columns if c.name not in table.undigested}
        return DataFile(
            table=table,
            file=self._file(table.name),
            comment=comment_of(self._relations, table),
            columns=columns,
            digest=digest_of_table(reader, rows, digested),
            digested=tuple(digested),
            filled=read_filled(reader, rows, columns),
            has_key=has_key(reader, rows, table),
            links=tuple(
                (column, other, key)
                for column, other, key in table.links
                if has_targets(reader, rows, column, f"SELECT {key} FROM ({self._rows(other)})")
            ),
            **measured(self._made / self._file(table.name)),
        )

    def _file(self, name: str) -> str:
        return f"data/{name}.{self._fmt}"

    def _types(self, name: str) -> dict[str, str]:
        return {column.name: column.type for column in self._columns[name]}

    def _rows(self, name: str) -> str:
        """Return the SQL that reads the file of a table."""
        return rows_of(self._made / self._file(name), self._types(name), fmt=self._fmt)


def measured(file: Path) -> dict[str, Any]:
    """Return the size and SHA-256 of a file, as `bytes` and `sha256`."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"bytes": file.stat().st_size, "sha256": digest}


def _write_texts(dataset: Dataset, made: Path) -> None:
    for name, text in render_texts(dataset).items():
        (made / name).write_text(text, "utf-8")
    (made / "datapackage.json").write_bytes(_json(descriptor(dataset)))
    files = {name: measured(made / name) for name in _names(made)}
    (made / MANIFEST).write_bytes(_json(_manifest(dataset, files)))


def _manifest(dataset: Dataset, files: Mapping[str, Any]) -> dict[str, Any]:
    options, facts = dataset.options, dataset.facts
    return {
        "kind": KIND,
        "layout": LAYOUT,
        "title": dataset.title,
        "version": dataset.version,
        "digest": dataset.digest,
        "format": options.fmt,
        "has_text": options.has_text,
        "onrecord": options.tool_version,
        "transforms": facts.transforms,
        "settings": options.settings,
        "range": {
            "first_on": facts.first_on,
            "last_on": facts.last_on,
            "undated_articles": facts.undated,
            "acquired_on": facts.acquired_on,
        },
        "languages": {language or "unknown": n for language, n in facts.languages.items()},
        "sources": [asdict(source) for source in facts.sources],
        "tables": {
            file.name: {
                "file": file.file,
                "rows": file.rows,
                "digest": file.digest.digest,
                "digested": file.digested,
                "columns": file.types,
            }
            for file in dataset.files
        },
        "files": files,
    }


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
