"""What is known of a data set while it is written; its texts and manifest are made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from warehouse.content_digest import TableDigest
from warehouse.dataset_files import Format
from warehouse.dataset_tables import DataColumn, DataTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """An author of a data set.

    Attributes:
        family: Family names of a person, or the whole name of a group.
        given: Given names of a person; empty for a group.
    """

    family: str
    given: str = ""

    @property
    def name(self) -> str:
        """The name in reading order."""
        return f"{self.given} {self.family}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetOptions:
    """What the user asked for.

    Attributes:
        fmt: Format of the data files.
        has_text: Whether columns with sentences of the articles are included.
        title: Title; None for one made from the content.
        version: Version; None for the day of the newest page.
        authors: The authors; if there are none, the data set says so.
        tool_version: Version of onrecord.
        settings: Settings that change what is found, by name.
    """

    fmt: Format = "parquet"
    has_text: bool = True
    title: str | None = None
    version: str | None = None
    authors: tuple[Author, ...] = ()
    tool_version: str
    settings: Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """One publisher: its articles and the days of the first and last one."""

    source_id: str
    articles: int
    first_on: date | None
    last_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a snapshot says about its own content.

    Attributes:
        articles: Number of articles.
        first_on: Day of the first dated article, UTC.
        last_on: Day of the last dated article, UTC.
        undated: Number of articles without a day.
        acquired_on: Day on which the newest page was acquired, UTC.
        sources: The publishers, sorted.
        languages: Articles per language, most frequent first; None for an unknown one.
        transforms: Versions of each transform whose rows are in the data set.
    """

    articles: int
    first_on: date | None
    last_on: date | None
    undated: int
    acquired_on: date
    sources: tuple[SourceFacts, ...]
    languages: Mapping[str | None, int]
    transforms: Mapping[str, list[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFacts:
    """How a column is filled.

    Attributes:
        missing: Rows without a value.
        least: Smallest number or first day as text; None for other types.
        most: Largest number or last day as text; None for other types.
    """

    missing: int
    least: str | None
    most: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """One data file.

    Attributes:
        file: Its name, relative to the data set.
        comment: What its rows are.
        digest: Its rows and their digest.
        digested: The columns that the digest covers.
        filled: How each column is filled, by name.
        has_key: Whether the key of the table identifies each row.
        links: The links of the table of which each row finds its target.
        bytes: Its size.
        sha256: Hexadecimal digest of the file.
    """

    table: DataTable
    file: str
    comment: str
    columns: tuple[DataColumn, ...]
    digest: TableDigest
    digested: tuple[str, ...]
    filled: Mapping[str, ColumnFacts]
    has_key: bool
    links: tuple[tuple[str, str, str], ...]
    bytes: int
    sha256: str

    @property
    def name(self) -> str:
        """Name of the table."""
        return self.table.name

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.digest.rows

    @property
    def types(self) -> dict[str, str]:
        """DuckDB type of each column."""
        return {column.name: column.type for column in self.columns}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A data set: what was asked for, what it contains, and its digest."""

    options: DatasetOptions
    facts: Facts
    files: tuple[DataFile, ...]
    digest: str

    @property
    def title(self) -> str:
        """The requested title, or one made from the content."""
        if self.options.title:
            return self.options.title
        count = len(self.facts.sources)
        days = sorted({str(day) for day in (self.facts.first_on, self.facts.last_on) if day})
        span = f", {' to '.join(days)}" if days else ""
        return f"News of {count} {'source' if count == 1 else 'sources'}{span}"

    @property
    def version(self) -> str:
        """The requested version, or the day of the newest page."""
        return self.options.version or f"{self.facts.acquired_on:%Y.%m.%d}"
