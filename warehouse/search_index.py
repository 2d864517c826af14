"""The full-text index of the newest snapshot: one file per month.

Each file contains the articles of its month and an inverted index of their stems, sorted
by stem. The stemmer (Snowball, from DuckDB's fts extension) depends on the language of the
article. A month is indexed again only if one of its articles is new, edited or removed,
and only new articles are read: the others are copied from the previous file. The manifest
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

SCHEME = 2  # version of the index files; a new number rebuilds all of them
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
_MONTHS = """
SELECT
    CAST(date_trunc('month', published_on) AS DATE) AS first_on,
    count(*),
    CAST(bit_xor(hash(article_id, revision, language, published_on)) AS VARCHAR)
FROM snapshot.latest_articles
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
    coalesce(stemmers.stemmer, 'none') AS stemmer
FROM snapshot.latest_articles AS articles
LEFT JOIN stemmers ON stemmers.language = articles.language
"""
# The variable `first_on` is the first day of the month, NULL for undated articles.
_OF_MONTH = f"""{_ALL}
WHERE
    articles.published_on >= getvariable('first_on') AND articles.published_on <= last_day(getvariable('first_on'))
    OR articles.published_on IS NULL AND getvariable('first_on') IS NULL;
"""
_EMPTY = """
ATTACH ':memory:' AS before;
CREATE TABLE before.documents (
    document INTEGER, article_id VARCHAR, revision INTEGER, source_id VARCHAR, published_on DATE,
    language VARCHAR, stemmer VARCHAR, words INTEGER
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
    try:
        manifest = orjson.loads((place / "manifest.json").read_bytes())
        if manifest["scheme"] != SCHEME:
            return []
        return [Month(**month) for month in manifest["months"]]
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError) as exc:
        raise IndexDamagedError(place, f"manifest.json: {exc}") from exc


def indexed_batches(folder: DataFolder) -> int | None:
    """Return how many batches the indexed snapshot had; None if that is not known."""
    try:
        batches = orjson.loads((search_folder(folder) / "manifest.json").read_bytes())["batches"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return batches if isinstance(batches, int) else None


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
    before = {month.month: month for month in indexed_months(folder)}
    months, made = [], []
    with open_fts() as con:
        con.execute(f"SET temp_directory = {quoted(spill)}")
        con.execute(f"ATTACH {quoted(folder.newest.resolve())} AS snapshot (READ_ONLY)")
        _list_stemmers(con)
        for first_on, articles, content in con.execute(_MONTHS).fetchall():
            name = f"{first_on:%Y-%m}" if first_on else UNDATED
            digest = hashlib.sha256(f"{SCHEME} {articles} {content}".encode()).hexdigest()[:16]
            month = before.get(name)
            if month is None or month.file != f"{name}-{digest}.duckdb":
                con.execute("SET VARIABLE first_on = CAST(? AS DATE)", [first_on])
                old = place / month.file if month else None
                month = _index_month(con, place / f"{name}-{digest}.duckdb", old, name)
                made.append(name)
            months.append(month)
        ((batches,),) = con.execute("SELECT count(*) FROM snapshot.batches").fetchall()
    _write_manifest(place, months, batches)
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
        con.execute(_OF_MONTH)
        articles, words = _fill(con)
        con.execute("DETACH index; DETACH before")
    return Month(month=name, file=file.name, articles=articles, words=words)


def index_in_memory(con: duckdb.DuckDBPyConnection) -> Month:
    """Index all articles of the database `snapshot` as the database `m0`, for a few articles.

    The connection can stem words and has no databases `before`, `index` and `m0`.
    """
    _list_stemmers(con)
    con.execute(f"{_EMPTY}; ATTACH ':memory:' AS index; {_ALL}")
    articles, words = _fill(con)
    con.execute("ATTACH ':memory:' AS m0")
    for table in ("documents", "postings", "terms"):
        con.execute(f"CREATE TABLE m0.{table} AS FROM index.{table}")
    con.execute("DETACH index; DETACH before")
    return Month(month="memory", file="", articles=articles, words=words)


def _list_stemmers(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE OR REPLACE TEMP TABLE stemmers (language VARCHAR, stemmer VARCHAR)")
    con.executemany("INSERT INTO stemmers VALUES (?, ?)", list(STEMMERS.items()))


def _fill(con: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Fill the database `index`; return the number of its articles, and of their words."""
    con.execute(_BUILD.read_text("utf-8"))
    counts: Any = con.execute(
        "SELECT count(*), CAST(coalesce(sum(words), 0) AS BIGINT) FROM index.documents"
    ).fetchone()
    return counts[0], counts[1]


def _write_manifest(place: Path, months: list[Month], batches: int) -> None:
    with replace_file(place / "manifest.json", partial=place / "manifest.tmp") as partial:
        partial.write_bytes(orjson.dumps({"scheme": SCHEME, "months": months, "batches": batches}))


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
        },
    )
    load_fts(con)
    con.execute("SET TimeZone = 'UTC'")
    return con


def load_fts(con: duckdb.DuckDBPyConnection) -> None:
    """Let a connection stem words.

    Raises:
        ExtensionMissingError: The wheel of the extension is not installed.
    """
    con.execute(f"LOAD {quoted(fts_file())}")
