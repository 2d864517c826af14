"""Records as items: the document that a row describes, the page it names, or its rejection."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from flows.errors import InputError
from flows.inputs.contract import is_contract, read_values
from flows.inputs.intake import Intake
from flows.inputs.links import Link
from flows.inputs.records import BadRecord, Record
from flows.inputs.streams import readable
from flows.runs.items import Item, refused
from flows.secrets import mask_url
from transforms.feeds.feed_dates import FeedDate
from transforms.feeds.feed_records import FeedEntry
from transforms.identity import document_id
from transforms.importing.fields import FieldMap, FieldNames, find_key
from transforms.importing.stated_days import NO_DAY, DayReader
from transforms.importing.values import (
    address_of,
    has_markup,
    language_tag,
    line_of,
    names_of,
    text_of,
)
from transforms.records import Document
from transforms.urls import canonical_url
from transforms.zones import ASSUMED_ZONE_CONFIDENCE

_SAMPLE = 200  # records that are read ahead
_FIXED: Final = frozenset({"addresses", "Nexis documents"})  # kinds with the same fields always
_SHOWN_KEYS = 20
_LIKELY_TEXT = 100  # characters


@dataclass(frozen=True, slots=True)
class RecordReader:
    """Makes items of records.

    Attributes:
        names: The known tools and names of columns.
        days: Reads publication days.
        chosen: The columns that the user named, by field.
        now: The instant of the run.
    """

    names: FieldNames
    days: DayReader
    chosen: Mapping[str, str]
    now: datetime

    def is_article(self, values: Mapping[str, Any]) -> bool:
        """Whether a JSON object is an article itself, and not only a list of articles."""
        fields = self.names.map_record(list(values), self.chosen)
        if fields.tool is not None:
            return True
        return fields.has_content and any(map(text_of, self._contents(fields, values)))

    def read(
        self,
        path: Path,
        kind: str,
        records: Iterable[Record | BadRecord],
        intake: Intake,
        *,
        is_single: bool = False,
        is_named: bool = True,
    ) -> Iterator[Item | Link]:
        """Yield an item or link for each record of a file.

        Args:
            path: The file.
            kind: Its kind for people ("CSV").
            records: Its records.
            intake: Counts the records; updated here.
            is_single: Whether the file holds one record, so that its name is enough to
                tell which one is meant.
            is_named: Whether the user named the file. A file in a folder may have none of the
                columns that the user named for the others.

        Raises:
            InputError: No record has a text or an address, or a column that the user named.
        """
        stream = iter(records)
        sample, broken = _read_ahead(stream)
        if not sample:
            raise broken or InputError(readable(path), "empty", f"is {kind} without a record")
        self._check_columns(path, sample, is_named=is_named)
        reading, label = self._begin(path, kind, sample, intake)
        is_one = is_single and len(sample) == 1
        for one in itertools.chain(sample, stream):
            intake.records[label] += 1
            item = readable(path) if is_one else f"{readable(path)}#{one.number}"
            if isinstance(one, BadRecord):
                yield refused(item, one.reason, one.detail)
            else:
                yield reading.item(item, one)
        if broken:
            raise broken

    def _check_columns(
        self, path: Path, sample: list[Record | BadRecord], *, is_named: bool
    ) -> None:
        """Raise InputError if the records lack a column that the user named."""
        keys = dict.fromkeys(key for one in sample if isinstance(one, Record) for key in one.values)
        missing = [name for name in self.chosen.values() if find_key(name, keys) is None]
        if keys and missing and (is_named or len(missing) < len(self.chosen)):
            absent = ", ".join(f'"{name}"' for name in missing)
            problem = f"has no column {absent}; its columns are {_listed(keys)}"
            raise InputError(readable(path), "no_column", problem)

    def _begin(
        self, path: Path, kind: str, sample: list[Record | BadRecord], intake: Intake
    ) -> tuple[_Reading, str]:
        """Return how a file is read, from its first records, and its kind for people."""
        good = [one for one in sample if isinstance(one, Record)]
        fields = [self.names.map_record(list(one.values), self.chosen) for one in good]
        if good and not any(f.has_content or "url" in f.keys for f in fields):
            raise _no_text(path, kind, good[0], is_table=kind not in {"JSON", "JSON Lines"})
        tool = next((f.tool for f in fields if f.tool), None)
        label = f"{tool} {kind}" if tool else kind
        intake.files[label] += 1
        may_be_contract = kind == "JSON Lines" and not self.chosen
        is_known = (
            not good or tool or kind in _FIXED or (may_be_contract and is_contract(good[0].values))
        )
        if not is_known:
            _note_columns(kind, fields[0], good[0], intake)
        pairs = zip(fields, good, strict=True)
        stated = (value for f, one in pairs for value in f.values(one.values, "published"))
        return _Reading(self, self.days.told_by(stated), intake, may_be_contract), label

    @staticmethod
    def _contents(fields: FieldMap, values: Mapping[str, Any]) -> list[Any]:
        return [*fields.values(values, "html"), *fields.values(values, "text")]


@dataclass(frozen=True, slots=True)
class _Reading:
    """The reading of one file."""

    reader: RecordReader
    days: DayReader
    intake: Intake
    is_contract: bool

    def item(self, path: str, record: Record) -> Item | Link:
        """Return the item of one record, or its link if it has an address and no text."""
        values = record.values
        if self.is_contract and is_contract(values):
            found = read_values(values, record.number, self.reader.now)
            if found.document is None:
                return refused(path, "bad_input", found.problem)
            return Item(path, found.document)
        fields = self.reader.names.map_record(list(values), self.reader.chosen)
        if not fields.has_content:
            return self._link(path, fields, values)
        document = self._document(fields, values)
        if document is None:
            names = ", ".join(
                f'"{key}"' for of in ("html", "text") for key in fields.keys.get(of, ())
            )
            return refused(path, "no_text", f"record {record.number}: {names} is empty")
        return Item(path, document)

    def _document(self, fields: FieldMap, values: Mapping[str, Any]) -> Document | None:
        page = next(filter(None, map(text_of, fields.values(values, "html"))), None)
        text = next(filter(None, map(text_of, fields.values(values, "text"))), None)
        content = page or text
        if content is None:
            return None
        is_page = page is not None or has_markup(content)
        url = self._url(fields, values)
        outlet = next(filter(None, map(line_of, fields.values(values, "publisher"))), None)
        day, flags = self._day(fields, values)
        is_assumed = "zone_assumed" in day.flags
        return Document(
            document_id=document_id(url, content.encode("utf-8", "replace"), outlet),
            content=content,
            media_type="html" if is_page else "text",
            is_clean=fields.tool == "onrecord" and not is_page,
            fetched_at=self.reader.now,
            url=url,
            published_at=day.at,
            published_precision=day.precision or "second",
            published_confidence=ASSUMED_ZONE_CONFIDENCE if is_assumed else 1.0,
            title=next(filter(None, map(line_of, fields.values(values, "title"))), None),
            authors=self._authors(fields, values),
            language=self._language(fields, values),
            publisher=outlet,
            flags=flags,
        )

    def _link(self, path: str, fields: FieldMap, values: Mapping[str, Any]) -> Item | Link:
        stated = next(iter(fields.values(values, "url")), None)
        url = address_of(stated)
        key = canonical_url(url) if url else None
        if url is None or key is None:
            shown = line_of(stated)
            problem = (
                f"{mask_url(shown)!r} is no web address" if shown else "has no address and no text"
            )
            return refused(path, "bad_address" if shown else "no_text", problem)
        day, _ = self._day(fields, values)
        entry = FeedEntry(
            entry_id="", feed_id="", position=0, url=url, canonical_url=key,
            title=next(filter(None, map(line_of, fields.values(values, "title"))), None),
            authors=self._authors(fields, values),
            published_raw=line_of(next(iter(fields.values(values, "published")), None)),
            published_at=day.at, published_precision=day.precision,
            language=self._language(fields, values), flags=day.flags,
        )  # fmt: skip
        self.intake.addresses += 1
        return Link(path, entry)

    def _url(self, fields: FieldMap, values: Mapping[str, Any]) -> str | None:
        """Return the address; any other identifier is kept as it is."""
        stated = fields.values(values, "url")
        url = next(filter(None, map(address_of, stated)), None)
        return url or next(filter(None, map(line_of, stated)), None)

    def _day(self, fields: FieldMap, values: Mapping[str, Any]) -> tuple[FeedDate, tuple[str, ...]]:
        """Return the first day that can be read, and flags for the article."""
        stated = fields.values(values, "published")
        if not stated:
            return NO_DAY, ()
        read = [self.days.read(value) for value in stated]
        day = next((one for one in read if one.at is not None), None)
        if day is not None:
            return day, ()
        self.intake.note_unread(fields.keys["published"][0], line_of(stated[0]) or "")
        return NO_DAY, ("date_unread",)

    def _authors(self, fields: FieldMap, values: Mapping[str, Any]) -> tuple[str, ...]:
        return next(filter(None, map(names_of, fields.values(values, "authors"))), ())

    def _language(self, fields: FieldMap, values: Mapping[str, Any]) -> str | None:
        for value in fields.values(values, "language"):
            name = (line_of(value) or "").lower()  # "German", "ger"
            if tag := language_tag(value) or self.reader.names.languages.get(name):
                return tag
        return None


def _read_ahead(
    stream: Iterator[Record | BadRecord],
) -> tuple[list[Record | BadRecord], InputError | None]:
    """Return the first records, and the error that ended the stream among them."""
    sample: list[Record | BadRecord] = []
    try:
        sample.extend(itertools.islice(stream, _SAMPLE))
    except InputError as exc:
        return sample, exc
    return sample, None


def _no_text(path: Path, kind: str, record: Record, *, is_table: bool) -> InputError:
    """Return the refusal of a file in which no text can be found."""
    thing, things = ("column", "columns") if is_table else ("key", "keys")
    lengths = {name: len(text_of(value) or "") for name, value in record.values.items()}
    longest = max(lengths, key=lengths.__getitem__, default="")
    name = _quoted(longest) if lengths.get(longest, 0) >= _LIKELY_TEXT else thing.upper()
    problem = (
        f"is {kind} without a {thing} of text or addresses; its {things} are {_listed(record.values)}. "
        f"If one has the text, name it: --map text={name}"
    )
    return InputError(readable(path), "no_text_column" if is_table else "no_article", problem)


def _listed(keys: Collection[str]) -> str:
    """Return the names of columns in quotation marks, the first ones if there are many."""
    shown = ", ".join(f'"{name}"' for name in itertools.islice(keys, _SHOWN_KEYS))
    return shown + (", ..." if len(keys) > _SHOWN_KEYS else "")


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name


def _note_columns(kind: str, fields: FieldMap, record: Record, intake: Intake) -> None:
    """Note which column has what, in tables that no known tool has made."""
    used = {key for keys in fields.keys.values() for key in keys}
    read = ", ".join(f"{of} from {keys[0]}" for of, keys in fields.keys.items())
    unused = [name for name in record.values if name not in used]
    rest = f"; not used: {', '.join(unused[:_SHOWN_KEYS])}" if unused else ""
    intake.columns[f"{kind}: {read}{rest}"] = None
