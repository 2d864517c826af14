"""The index of the newest snapshot: one file per month.

Each file contains the articles of its month, an inverted index of their stems, sorted by stem, and
one of speakers, wordings, entities and topics (see `warehouse.search_places`). The stemmer (Snowball, from DuckDB's fts extension) depends on the language of the
article. A month is indexed again only if one of its articles is new, edited, removed,
analysed anew or stored at another place, and only the texts of new articles are read: the stems of the
others are copied from the previous file. The manifest
names the file of each month and is replaced in one step. A file name is never used again
for other content. Texts without spaces between words (Chinese, Japanese, Thai) are indexed
by runs of letters, so they are hardly ever found.
"""

from __future__ import annotations

import calendar
import hashlib
import importlib.resources
import importlib.util
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import orjson

from warehouse.connect import STORAGE_VERSION, translated
from warehouse.errors import ExtensionMissingError, IndexDamagedError, WarehouseUnwritableError
from warehouse.files import replace_file
from warehouse.folder import DataFolder
from warehouse.lock import writer_lock
from warehouse.quoting import quoted

SCHEME = 3  # version of the index files; a new number makes all of them anew
_COPIED = (2, SCHEME)  # versions whose stems can be copied
UNDATED = "undated"
STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "es": "spanish", "eu": "basque", "fi": "finnish", "fr": "french",
    "ga": "irish", "hi": "hindi", "hu": "hungarian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian",
    "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip

_NAMED = re.compile(r"\d{4}-\d\d")
_PACKAGE = "duckdb_extension_fts"
_BUILD = importlib.resources.files("warehouse").joinpath("search_index.sql")
_PLACES = importlib.resources.files("warehouse").joinpath("search_places.sql")
# Rows are never changed. So a month is the same if its articles have the same rows, and each other
# table has the same number of rows between the same first and last one. Repeated analyses are counted,
# too, because one may find nothing and add no row.
_MONTHS = """
WITH contents AS (
    SELECT published_on, hash(article_id, revision, language, published_on) AS content
    FROM snapshot.latest_articles
    UNION ALL
    SELECT published_on, hash(rowid, article_id) AS content
    FROM snapshot.articles
    UNION ALL
    SELECT articles.published_on, hash(replacing.batch_id, replacing.article_id, replacing.transform) AS content
    FROM snapshot.analyses AS replacing
    INNER JOIN snapshot.articles AS articles USING (article_id, revision)
    WHERE replacing.replaces_batch_id IS NOT NULL
),
months AS (
    SELECT date_trunc('month', published_on) AS month, hash(count(*), bit_xor(content)) AS content
    FROM contents
    GROUP BY month
    UNION ALL
    SELECT date_trunc('month', published_on) AS month, hash('quotations', count(*), min(rowid), max(rowid)) AS content
    FROM snapshot.quotations
    GROUP BY month
    UNION ALL
    SELECT date_trunc('month', published_on) AS month, hash('mentions', count(*), min(rowid), max(rowid)) AS content
    FROM snapshot.mentions
    GROUP BY month
    UNION ALL
    SELECT date_trunc('month', published_on) AS month, hash('topics', count(*), min(rowid), max(rowid)) AS content
    FROM snapshot.article_topics
    GROUP BY month
)
SELECT CAST(month AS DATE) AS first_on, CAST(bit_xor(content) AS VARCHAR)
FROM months
GROUP BY first_on
ORDER BY first_on
"""
_ALL = """
CREATE OR REPLACE TEMP TABLE wanted AS
SELECT
    articles.article_id,
    articles.revision,
    articles.source_id,
    articles.published_on,
    articles.language,
    coalesce(stemmers.stemmer, 'none') AS stemmer,
    {row} AS row
FROM snapshot.{table} AS articles
LEFT JOIN stemmers ON stemmers.language = articles.language
"""
_NEWEST = """
ANTI JOIN snapshot.later_revisions AS newer
    ON newer.article_id = articles.article_id
    AND newer.revision > articles.revision
"""
# The variable `first_on` is the first day of the month, NULL for undated articles.
_OF_MONTH = """(
    published_on >= getvariable('first_on') AND published_on <= last_day(getvariable('first_on'))
    OR published_on IS NULL AND getvariable('first_on') IS NULL
)"""
_EMPTY = """
ATTACH ':memory:' AS before;
CREATE TABLE before.documents (
    document INTEGER, article_id VARCHAR, revision INTEGER, source_id VARCHAR, published_on DATE,
    language VARCHAR, stemmer VARCHAR, words INTEGER, row BIGINT
);
CREATE TABLE before.postings (term INTEGER, document INTEGER, times INTEGER, words INTEGER);
CREATE TABLE before.terms (number INTEGER, term VARCHAR, stemmer VARCHAR, articles BIGINT);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The index of one month.

    Attributes:
        month: "2023-11", or "undated".
        file: Name of its file in the search folder.
        articles: Number of articles.
        words: Number of words in these articles.
    """

    month: str
    file: str
    articles: int
    words: int

    def may_have(self, since: date | None, until: date | None) -> bool:
        """Whether an article of this month may be from one of these days."""
        if self.month == UNDATED:
            return since is None and until is None
        first, last = self._days()
        return (since is None or since <= last) and (until is None or first <= until)

    def is_within(self, since: date | None, until: date | None) -> bool:
        """Whether all articles of this month are from these days."""
        first, last = self._days()
        return (since is None or since <= first) and (until is None or last <= until)

    def _days(self) -> tuple[date, date]:
        """Return the first and the last day; all days if it has no name of a month."""
        if not _NAMED.fullmatch(self.month):
            return date.min, date.max
        first = date.fromisoformat(f"{self.month}-01")
        return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


def search_folder(folder: DataFolder) -> Path:
    """Return the folder of the index files."""
    return folder.published / "search"


def indexed_months(folder: DataFolder) -> list[Month]:
    """Return the indexed months, oldest first; none before the first index.

    Raises:
        IndexDamagedError: The manifest cannot be read.
    """
    place = search_folder(folder)
    return _months_of(place, (SCHEME,))


def _months_of(place: Path, schemes: Sequence[int]) -> list[Month]:
    """Return the months in the manifest, none if it has another scheme than these."""
    try:
        manifest = orjson.loads((place / "manifest.json").read_bytes())
        if manifest["scheme"] not in schemes:
            return []
        return [Month(**month) for month in manifest["months"]]
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError) as exc:
        raise IndexDamagedError(place, f"manifest.json: {exc}") from exc


def indexed_batches(folder: DataFolder) -> int | None:
    """Return how many batches the indexed snapshot had; None if that is not known."""
    batches = _in_manifest(folder, "batches")
    return batches if isinstance(batches, int) else None


def indexed_snapshot(folder: DataFolder) -> str | None:
    """Return the file name of the indexed snapshot; None if that is not known."""
    name = _in_manifest(folder, "snapshot")
    return name if isinstance(name, str) else None


def _in_manifest(folder: DataFolder, name: str) -> object:
    try:
        manifest = orjson.loads((search_folder(folder) / "manifest.json").read_bytes())
        return manifest[name] if manifest["scheme"] == SCHEME else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def update_index(folder: DataFolder, *, wait_s: float = 30.0) -> list[str]:
    """Update the index to the newest snapshot; return the months that were indexed.

    Raises:
        WarehouseBusyError: Another process indexed for longer than `wait_s` seconds.
        WarehouseUnwritableError: The disk is full or read-only; the index is unchanged.
        ExtensionMissingError: The fts extension's wheel is not installed.
    """
    place = search_folder(folder)
    with writer_lock(place / "index.lock", wait_s=wait_s), translated(place):
        try:
            return _update(folder, place)
        except OSError as exc:
            raise WarehouseUnwritableError(place, exc.strerror or str(exc)) from exc


def _update(folder: DataFolder, place: Path) -> list[str]:
    spill = place / "spill"
    shutil.rmtree(spill, ignore_errors=True)
    for left in (*place.glob("*.tmp"), *place.glob("*.tmp.wal")):
        left.unlink()
    before = {month.month: month for month in _months_of(place, _COPIED)}
    months, made = [], []
    with open_fts() as con:
        con.execute(f"SET temp_directory = {quoted(spill)}")
        snapshot = folder.newest.resolve()
        con.execute(f"ATTACH {quoted(snapshot)} AS snapshot (READ_ONLY)")
        _list_stemmers(con)
        for first_on, content in con.execute(_MONTHS).fetchall():
            name = f"{first_on:%Y-%m}" if first_on else UNDATED
            digest = hashlib.sha256(f"{SCHEME} {content}".encode()).hexdigest()[:16]
            month = before.get(name)
            if month is None or month.file != f"{name}-{digest}.duckdb":
                con.execute("SET VARIABLE first_on = CAST(? AS DATE)", [first_on])
                old = place / month.file if month else None
                month = _index_month(con, place / f"{name}-{digest}.duckdb", old, name)
                made.append(name)
            months.append(month)
        ((batches,),) = con.execute("SELECT count(*) FROM snapshot.batches").fetchall()
    _write_manifest(place, snapshot.name, months, batches)
    kept = {month.file for month in months}
    for file in place.glob("*.duckdb"):
        if file.name not in kept:
            file.unlink()
    return made


def _index_month(
    con: duckdb.DuckDBPyConnection, file: Path, before: Path | None, name: str
) -> Month:
    with replace_file(file, partial=file.with_suffix(".tmp")) as partial:
        con.execute(f"ATTACH {quoted(before)} AS before (READ_ONLY)" if before else _EMPTY)
        con.execute(f"ATTACH {quoted(partial)} AS index (STORAGE_VERSION '{STORAGE_VERSION}')")
        wanted = _ALL.format(row="articles.rowid", table="articles")
        con.execute(f"{wanted} {_NEWEST} WHERE {_OF_MONTH}")
        articles, words = _fill(con)
        con.execute(_PLACES.read_text("utf-8").replace("{of_month}", _OF_MONTH))
        con.execute("DETACH index; DETACH before")
    return Month(month=name, file=file.name, articles=articles, words=words)


def index_in_memory(con: duckdb.DuckDBPyConnection) -> Month:
    """Index all articles of the database `snapshot` as the database `m0`, for a few articles.

    It has no places. The connection can stem words and has no databases `before`, `index` and `m0`.
    """
    _list_stemmers(con)
    con.execute(f"{_EMPTY}; ATTACH ':memory:' AS index")
    con.execute(_ALL.format(row="NULL", table="latest_articles"))
    articles, words = _fill(con)
    con.execute("ATTACH ':memory:' AS m0")
    for table in ("documents", "postings", "terms"):
        con.execute(f"CREATE TABLE m0.{table} AS FROM index.{table}")
    con.execute("DETACH index; DETACH before")
    return Month(month="memory", file="", articles=articles, words=words)


def _list_stemmers(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "CREATE OR REPLACE TEMP TABLE stemmers AS SELECT unnest(?) AS language, unnest(?) AS stemmer",
        [list(STEMMERS), list(STEMMERS.values())],
    )


def _fill(con: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Fill the database `index`; return the number of its articles, and of their words."""
    con.execute(_BUILD.read_text("utf-8"))
    counts: Any = con.execute(
        "SELECT count(*), CAST(coalesce(sum(words), 0) AS BIGINT) FROM index.documents"
    ).fetchone()
    return counts[0], counts[1]


def _write_manifest(place: Path, snapshot: str, months: list[Month], batches: int) -> None:
    manifest = {"scheme": SCHEME, "snapshot": snapshot, "months": months, "batches": batches}
    with replace_file(place / "manifest.json", partial=place / "manifest.tmp") as partial:
        partial.write_bytes(orjson.dumps(manifest))


def number_of(text: str) -> int:
    """Return the number that DuckDB's `md5_number_lower` makes of a text.

    >>> number_of("ferry")
    17938663686127169723
    """
    digest = hashlib.md5(text.encode("utf-8", "replace"), usedforsecurity=False).digest()
    return int.from_bytes(digest[8:], "little")


def fts_file() -> Path:
    """Return the file of the full-text extension for the running DuckDB.

    It comes from a wheel: nothing is downloaded.

    Raises:
        ExtensionMissingError: The wheel is not installed.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    version = f"v{duckdb.__version__}"
    for place in (spec.submodule_search_locations or []) if spec else []:
        file = Path(place) / "extensions" / version / "fts.duckdb_extension"
        if file.is_file():
            return file
    raise ExtensionMissingError("fts", f"duckdb-extension-fts=={duckdb.__version__}")


def open_fts() -> duckdb.DuckDBPyConnection:
    """Return a connection to a database in memory that can stem words.

    It can attach files. The caller turns `enable_external_access` off when all files are
    attached.
    """
    con = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "python_enable_replacements": False,
            # DuckDB would spend 40 ms on the signature of a file that pip has checked.
            "allow_unsigned_extensions": True,
        },
    )
    load_fts(con)
    con.execute("SET allow_unsigned_extensions = false; SET TimeZone = 'UTC'")
    return con


def load_fts(con: duckdb.DuckDBPyConnection) -> None:
    """Let a connection stem words.

    Raises:
        ExtensionMissingError: The wheel of the extension is not installed.
    """
    con.execute(f"LOAD {quoted(fts_file())}")
