"""Files and folders as items: pages, texts, tables, records of other tools, addresses.

The content decides what a file is. A file that the user named is read or refused; in a
folder, files of other kinds are skipped and counted. A file or record that cannot be read
becomes an item with the reason, so nothing is lost silently.
"""

from __future__ import annotations

import contextlib
import itertools
import stat
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from flows.archive.parts import web_archive_kind
from flows.archive.record_index import RecordIndex
from flows.errors import InputError
from flows.feeds.readers import load_date_words
from flows.inputs.intake import Intake
from flows.inputs.json_records import read_json, read_json_lines
from flows.inputs.kinds import Kind, ending_of, is_prose, recognise
from flows.inputs.links import Link, read_addresses, read_feed_file
from flows.inputs.nexis_documents import read_nexis_file
from flows.inputs.office_documents import read_document
from flows.inputs.record_items import RecordReader
from flows.inputs.records import BadRecord, Record
from flows.inputs.sheets import read_sheet
from flows.inputs.streams import BROKEN, open_stream, readable, unreadable
from flows.inputs.tables import read_table
from flows.inputs.web_archives import read_web_archive, unwanted_page
from flows.inputs.xml_records import read_trafilatura_xml
from flows.machine_faults import raise_machine_fault
from flows.runs.items import Item, refused
from flows.seeds import read_tables, seeds_dir
from transforms.formats.kinds import is_readable, needed_extra
from transforms.identity import document_id
from transforms.importing.fields import FieldNames
from transforms.importing.stated_days import DayReader
from transforms.importing.values import address_of
from transforms.records import Document

MAX_BYTES = 50_000_000  # ten times the limit of the cleaning step; no article is larger


@dataclass(frozen=True, slots=True, kw_only=True)
class InputOptions:
    """How structured files are read.

    Attributes:
        columns: The column of each field that the user named.
        sheet: Name of the sheet in workbooks; None for the first one.
        is_month_first: How to read 04/05/2024; None if the other days of the column tell.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    sheet: str | None = None
    is_month_first: bool | None = None


def read_items(
    paths: Sequence[Path], *, now: datetime, intake: Intake | None = None, is_named: bool = True
) -> Iterator[Item]:
    """Yield an item for each document in the files and folders at `paths`, in order.

    Addresses are refused: they are for `load`, which fetches them. See `read_inputs`.
    """
    for found in read_inputs(paths, now=now, intake=intake, is_named=is_named):
        if isinstance(found, Item):
            yield found
        else:
            problem = f"is an address ({found.entry.url}): load it, so that its page is fetched"
            yield _refused(InputError(found.path, "address", problem))


def read_inputs(
    paths: Sequence[Path],
    *,
    now: datetime,
    options: InputOptions | None = None,
    intake: Intake | None = None,
    is_named: bool = True,
) -> Iterator[Item | Link]:
    """Yield an item or link for each document, record and address at `paths`, in order.

    Args:
        paths: Files and folders.
        now: The instant of the run.
        options: How structured files are read.
        intake: Counts what is found and what is passed over; updated here.
        is_named: Whether the user named each of the files: then a file of a kind that is not
            read is refused; otherwise it is skipped.
    """
    with contextlib.closing(_Inputs(paths, now, options, intake)) as reading:
        for path in paths:
            try:
                is_folder = stat.S_ISDIR(path.stat().st_mode)
            except OSError as exc:
                raise_machine_fault(exc)
                problem = "does not exist: check the path"
                yield _refused(InputError(readable(path), "not_found", problem))
                continue
            yield from reading.folder(path) if is_folder else reading.file(path, is_named=is_named)


class _Inputs:
    """The reading of all files of a run."""

    def __init__(
        self,
        paths: Sequence[Path],
        now: datetime,
        options: InputOptions | None,
        intake: Intake | None,
    ) -> None:
        self._paths, self._now = paths, now
        self._options, self._intake = options or InputOptions(), intake or Intake()
        names = FieldNames.from_tables(read_tables(seeds_dir(), "inputs"))
        days = DayReader(load_date_words(), now, self._options.is_month_first)
        self._names = names
        self._records = RecordReader(names, days, self._options.columns, now)
        self._index: RecordIndex | None = None

    def close(self) -> None:
        """Remove the index of the web archives."""
        if self._index is not None:
            self._index.close()

    def folder(self, folder: Path) -> Iterator[Item | Link]:
        """Yield what is in the files of a folder and of the folders in it."""
        is_empty = True
        for file in _walk(folder, self._intake.skipped):
            for found in self.file(file, is_named=False):
                is_empty = False
                yield found
        if is_empty:
            listed = "; ".join(self._intake.skipped_lines())
            problem = "has no file that can be read" + (f" (skipped: {listed})" if listed else "")
            yield _refused(InputError(readable(folder), "no_articles", problem))

    def file(self, file: Path, *, is_named: bool = True) -> Iterator[Item | Link]:
        """Yield what is in a file; one of another kind is refused if the user named it."""
        try:
            kind = self._kind_of(file, is_named=is_named)
            if kind.name == "other":
                self._intake.skipped[kind.label] += 1
            else:
                yield from self._read(file, kind, is_named=is_named)
        except InputError as exc:
            yield _refused(exc)
        except OSError as exc:
            yield _refused(unreadable(file, exc))

    def _kind_of(self, file: Path, *, is_named: bool) -> Kind:
        if not file.is_file():
            problem = "is not a regular file: name a file or folder"
            raise InputError(readable(file), "not_a_file", problem)
        kind = recognise(file, self._names)
        if kind.name == "text" and not is_named and not is_prose(file):
            return Kind("other", f"{ending_of(file)}: not supported")
        if kind.name == "document" and not is_named and not is_readable(kind.label.lower()):
            return Kind("other", f"{kind.label} {needed_extra(kind.label.lower())}")
        if kind.name == "other" and is_named:
            raise InputError(readable(file), "unsupported", f"cannot be loaded ({kind.label})")
        return kind

    def _read(self, file: Path, kind: Kind, *, is_named: bool) -> Iterator[Item | Link]:
        if kind.name in {"page", "text"}:
            label = "HTML page" if kind.name == "page" else "text file"
            self._intake.files[label] += 1
            yield self._page(file, is_page=kind.name == "page")
        elif kind.name == "document":
            document = read_document(file, now=self._now)
            self._intake.files[f"{kind.label} file"] += 1
            yield Item(readable(file), document)
        elif kind.name == "web_archive":
            self._intake.files[f"{kind.label} file"] += 1
            skipped, index = self._intake.skipped, self._all_archives()
            yield from read_web_archive(file, wants=unwanted_page, passed=skipped, index=index)
        elif kind.name == "feed":
            yield from self._feed(file)
        else:
            label, records = self._records_of(file, kind)
            yield from self._records.read(
                file,
                label,
                records,
                self._intake,
                is_single=kind.name in {"json", "xml"},
                is_named=is_named,
            )

    def _all_archives(self) -> RecordIndex:
        """Return the index of the web archives at all paths: one may refer to another."""
        if self._index is None:
            folders = (_walk(path, Counter()) if path.is_dir() else [path] for path in self._paths)
            files = itertools.chain.from_iterable(folders)
            self._index = RecordIndex([file for file in files if _is_web_archive(file)])
        return self._index

    def _records_of(self, file: Path, kind: Kind) -> tuple[str, Iterator[Record | BadRecord]]:
        """Return the kind of a structured file for people, and its records."""
        if kind.name == "json_lines":
            return kind.label, read_json_lines(file)
        if kind.name == "json":
            return kind.label, read_json(file, self._records.is_article)
        if kind.name == "table" and kind.shape is not None:
            return kind.label, read_table(file, kind.shape, self._looks_right)
        if kind.name == "sheet":
            name, rows = read_sheet(file, self._names, sheet=self._options.sheet)
            return f'{kind.label} sheet "{name}"', iter(rows)
        if kind.name == "xml":
            return kind.label, read_trafilatura_xml(file)
        if kind.name == "nexis":
            return kind.label, read_nexis_file(file)
        return kind.label, read_addresses(file)

    def _looks_right(self, values: Mapping[str, str]) -> bool:
        """Whether the values of a row are in the columns where they belong."""
        fields = self._records.names.map_record(list(values), self._options.columns)
        urls = fields.values(values, "url")
        days = fields.values(values, "published")
        is_full = bool(fields.values(values, "text") or fields.values(values, "html") or urls)
        has_url = all(address_of(url) is not None for url in urls)
        has_day = all(self._records.days.read(day).at is not None for day in days)
        return is_full and has_url and has_day and (bool(urls or days) or len(values) > 2)

    def _page(self, file: Path, *, is_page: bool) -> Item:
        with open_stream(file) as stream:
            try:
                content = stream.read(MAX_BYTES + 1)
            except BROKEN as exc:
                raise unreadable(file, exc) from exc
        if len(content) > MAX_BYTES:
            limit = MAX_BYTES // 1_000_000
            problem = f"is larger than {limit} MB: split it, or save only the article"
            raise InputError(readable(file), "too_large", problem)
        document = Document(
            document_id=document_id(None, content),
            content=content,
            media_type="html" if is_page else "text",
            fetched_at=self._now,
        )
        return Item(readable(file), document)

    def _feed(self, file: Path) -> Iterator[Link]:
        self._intake.files["feed"] += 1
        for number, entry in enumerate(read_feed_file(file, self._now), 1):
            self._intake.records["feed"] += 1
            self._intake.addresses += 1
            yield Link(f"{readable(file)}#{number}", entry)


def _walk(folder: Path, skipped: Counter[str]) -> Iterator[Path]:
    """Yield the files below a folder by name; a folder that links lead to again is read once.

    Args:
        folder: The folder.
        skipped: Counts what is passed over; updated here.
    """
    seen: set[tuple[int, int]] = set()
    waiting = [folder]
    while waiting:
        at = waiting.pop()
        try:
            status = at.stat()
            inside = sorted(at.iterdir())
        except OSError as exc:
            raise_machine_fault(exc)
            skipped[f"unreadable (folder): {exc.strerror}"] += 1
            continue
        if (status.st_dev, status.st_ino) in seen:
            skipped["linked to again (folder)"] += 1
            continue
        seen.add((status.st_dev, status.st_ino))
        shown = [path for path in inside if not path.name.startswith(".")]
        if hidden := len(inside) - len(shown):
            skipped["hidden"] += hidden
        folders = {path for path in shown if path.is_dir()}
        waiting += sorted(folders, reverse=True)
        yield from (path for path in shown if path not in folders)


def _is_web_archive(file: Path) -> bool:
    with contextlib.suppress(OSError):
        return file.is_file() and web_archive_kind(file) is not None
    return False


def _refused(error: InputError) -> Item:
    return refused(error.item, error.reason, error.problem)
