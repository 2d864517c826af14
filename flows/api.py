"""The functions of `import onrecord`.

Each imports what it needs when it is called: the first `extract` of a process loads neither
Prefect nor DuckDB.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from flows.errors import ArgumentError, RefusedError
from flows.inputs.python_documents import ArticleInput, Kind, Published
from flows.jobs.article_record import ArticleRecord, RefusedRecord

if TYPE_CHECKING:  # loaded by the functions that need them
    from flows.runs.report import RunReport
    from flows.settings import Settings
    from transforms.cleaning.rules import Rules
    from transforms.lexicon import Lexicon
    from warehouse.reader import Connection
    from warehouse.search import Answer

StrPath = str | os.PathLike[str]
_MOST_HITS = 1000


def extract(
    content: str | bytes,
    *,
    kind: Kind | None = None,
    url: str | None = None,
    published: Published | None = None,
    title: str | None = None,
    language: str | None = None,
    rules: StrPath | None = None,
) -> ArticleRecord:
    """Return who said what, the names and the dates in one article.

    It works in the calling process and without a warehouse. The first call reads the word
    lists, which takes about a second; further calls take milliseconds. Unlike the commands
    and `extract_many`, it sets no limits of time and memory: give pages from strangers to
    `extract_many`.

    Args:
        content: A page in HTML, which is cleaned, or the text of an article, which is used
            verbatim: offsets refer to it. Bytes are decoded.
        kind: `html` or `text`; None to tell by its look. A page begins with a tag, a comment
            or a declaration.
        url: The address of the article; its domain helps to read dates.
        published: The day or instant of publication; without time zone it is UTC. Relative
            dates ("last Friday") count from it. A page may state its own.
        title: The headline of a text. Not used for a page, which states its own.
        language: The ISO 639-1 code that the publisher states ("en"). A longer text that is
            clearly in another language overrules it.
        rules: A `rules.toml` with your rules for single publishers; None for none. The command
            `extract` also reads the one in the data folder.

    Returns:
        The record that `onrecord extract` writes, without `id`: plain values for JSON.

    Raises:
        ArgumentError: An argument cannot be used.
        MachineError: A full disk, for example: the document is not at fault.
        RefusedError: The document is no article (`reason` and `detail` say why).
        RulesError: The rules cannot be used.
    """
    from flows.inputs.python_documents import document_of
    from flows.jobs.article_record import article_record
    from flows.losses import Lost
    from flows.runs.guard import guarded, lost, name_of
    from transforms.pipeline import analyse
    from transforms.records import Rejection

    now = datetime.now(UTC)
    document = document_of(
        content, kind=kind, url=url, published=published, title=title, language=language, now=now
    )
    lexicon = replace(_lexicon(), rules=_read_rules(rules))
    outcome = guarded(lambda: analyse(document, lexicon, now=now))
    if isinstance(outcome, Lost):
        outcome = lost(name_of(document), outcome)
    if isinstance(outcome, Rejection):
        raise RefusedError(outcome.item, outcome.reason, outcome.detail)
    return article_record(outcome)


def extract_many(
    items: Iterable[str | bytes | ArticleInput],
    *,
    workers: int | None = None,
    rules: StrPath | None = None,
) -> Generator[ArticleRecord | RefusedRecord, None, None]:
    """Yield the record of each article, in the order given, with all cores.

    An item that cannot be read or is no article yields a record with `error` in its place,
    and the rest continues. So does one that takes more than 20 s or too much memory. Items
    are read as they are needed, a few ahead of the results, so memory does not grow with
    their number. `close` it to stop before the end.

    Processes are started, and each reads the script again. So a script is a file and calls it
    below `if __name__ == "__main__":`. Notebooks and the prompt need no such line.

    Args:
        items: Pages and texts, or mappings with `html` or `text` and the arguments of
            `extract`: the rows of a JSON Lines file fit.
        workers: Number of processes; None for one per core.
        rules: As for `extract`.

    Raises:
        ArgumentError: `workers` is not a positive number, or `items` is a single document.
        RulesError: The rules cannot be used.
        MachineError: This machine cannot do the work; no document is at fault.
        WorkersError: Processes end at their start.
    """
    if isinstance(items, str | bytes | dict) or not isinstance(items, Iterable):
        raise ArgumentError("items", items, "an iterable of documents; `extract` takes one")
    if workers is not None and not _is_count(workers):
        raise ArgumentError("workers", workers, "a positive number or None")
    return _extract_many(items, workers, _read_rules(rules))


def _extract_many(
    items: Iterable[object], processes: int | None, rules: Rules
) -> Generator[ArticleRecord | RefusedRecord, None, None]:
    from flows.inputs.python_documents import document_of_item
    from flows.jobs.article_record import record_of
    from flows.jobs.extract import bad_input
    from flows.runs.workers import WorkerOptions, Workers
    from transforms.records import Document, Rejection

    now = datetime.now(UTC)

    def documents() -> Iterator[Document | Rejection]:
        for number, item in enumerate(items, 1):
            try:
                yield document_of_item(item, now=now)
            except ArgumentError as exc:
                yield bad_input(f"item {number}", f"item {number}: {exc}")

    with Workers(WorkerOptions(processes=processes, rules=rules)) as pool:
        for _, outcome in pool.analyse(documents(), now=now):
            yield record_of(outcome)


def connect(data: StrPath | None = None) -> Connection:
    """Return a connection to the published snapshot of a data folder, with full-text search.

    The snapshot is read-only; temporary tables are allowed. The function `stem(word,
    'english')` of the full-text extension is there; `search` finds articles. SQL reaches
    neither files nor settings: give it your own rows by `con.register(name, table)`. Errors
    of your SQL are those of `duckdb`.

    The connection stays on its snapshot; connect again to see newer rows. Close it when you
    are done, or use it in a `with`.

    Args:
        data: The data folder; None for `ONRECORD_DATA`, or else `./data`.

    Raises:
        WarehouseError: Nothing was loaded yet, or the snapshot cannot be read.
        SettingsError: A setting has an invalid value.
    """
    from warehouse.reader import connect_newest

    return connect_newest(_settings(data).folder)


def search(
    words: str | Sequence[str],
    *,
    speaker: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    source: str | None = None,
    language: str | None = None,
    limit: int = 10,
    newest: bool = False,
    data: StrPath | None = None,
) -> Answer:
    """Return the articles that match a question, best first, as `onrecord search` finds them.

    Args:
        words: Words in any order, compared by their stem; also `"a phrase"`, `AND`, `OR`, `NOT`,
            `-word`, parentheses, `begin*` and fields such as `source:taz.de`. If no article has
            all words, those with some are found, `has_all_words` of the answer is false, and
            `suggestions` has the nearest words of those that do not occur.
        speaker: Words of a name: only articles that quote a speaker with this name, and
            passages from that speaker's statements.
        since: First day of publication ("2024-05-03").
        until: Last day of publication.
        source: Part of a source_id.
        language: ISO 639-1 code.
        limit: Maximum number of articles, 1 to 1,000.
        newest: Newest first instead of best first.
        data: The data folder; None for `ONRECORD_DATA`, or else `./data`.

    Returns:
        A sequence of hits.

    Raises:
        ArgumentError: An argument cannot be used.
        QueryError: There is no word to search for, there are too many, or the question has an
            error; the message says at which character.
        WarehouseError: Nothing was loaded yet, or the snapshot cannot be read.
    """
    from warehouse.search import Question
    from warehouse.search import search as find

    if not _is_count(limit) or limit > _MOST_HITS:
        raise ArgumentError("limit", limit, f"a number from 1 to {_MOST_HITS:,}")
    for name, value in (("speaker", speaker), ("source", source), ("language", language)):
        if not isinstance(value, str | None):
            raise ArgumentError(name, value, "a string or None")
    question = Question(
        text=_joined(words),
        speaker=speaker,
        since=_day("since", since),
        until=_day("until", until),
        source=source,
        language=language,
        limit=limit,
        is_newest_first=newest,
    )
    return find(_settings(data).folder, question)


def load(
    paths: StrPath | Iterable[StrPath],
    *,
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
    dates: Literal["day-first", "month-first"] | None = None,
    data: StrPath | None = None,
    workers: int | None = None,
) -> RunReport:
    """Load files into a data folder, and publish a snapshot.

    It does what `onrecord load` does, without Prefect. Documents that are already there are
    skipped. A file that cannot be read is a rejection in the report, and loading continues.
    Processes are started, so a script calls it as `extract_many`.

    Args:
        paths: Pages, texts, tables, records of other tools, web archives, lists of addresses,
            whose pages are fetched, and folders. A string may be the address of a page or a web
            archive.
        columns: Which column of a table has what, where its name does not tell:
            `{"text": "Volltext", "published": "Datum"}`. Fields are `html`, `text`, `title`,
            `published`, `authors`, `url`, `publisher` and `language`.
        sheet: Sheet of a workbook; None for the first one.
        dates: How to read 04/05/2024; None if the rest of the column tells.
        data: The data folder; None for `ONRECORD_DATA`, or else `./data`.
        workers: Number of processes; None for the setting, or else one per core.

    Returns:
        The report: `count` (seen, appended, known, rejected), `rows`, `rejections`, and what was
        `found` in the files.

    Raises:
        ArgumentError: `paths` names nothing, or another argument cannot be used.
        SettingsError: A setting has an invalid value.
        WarehouseError: The warehouse cannot be written; the message says what to do.
        RulesError: The rules in the data folder cannot be used.
        MachineError: This machine cannot do the work; no document is at fault.
        WorkersError: Processes end at their start.
    """
    from flows.inputs.downloads import is_address
    from flows.inputs.files import InputOptions
    from flows.jobs.load import load_files

    listed = [paths] if isinstance(paths, str | os.PathLike) else paths
    if not isinstance(listed, Iterable):
        raise ArgumentError("paths", paths, "a path or several")
    places = [
        path if isinstance(path, str) and is_address(path) else _path("paths", path)
        for path in listed
    ]
    if not places:
        raise ArgumentError("paths", paths, "at least one path")
    options = InputOptions(
        columns=_columns(columns), sheet=sheet, is_month_first=_is_month_first(dates)
    )
    return load_files(places, _settings(data, workers), options=options)


def _columns(columns: object) -> dict[str, str]:
    from transforms.importing.fields import FIELDS

    if columns is None:
        return {}
    expected = f"a mapping from fields ({', '.join(FIELDS)}) to names of columns"
    if not isinstance(columns, Mapping):
        raise ArgumentError("columns", columns, expected)
    for field, name in columns.items():
        if field not in FIELDS or not isinstance(name, str):
            raise ArgumentError("columns", {field: name}, expected)
    return dict(columns)


def _is_month_first(dates: object) -> bool | None:
    if dates not in {None, "day-first", "month-first"}:
        raise ArgumentError("dates", dates, "'day-first', 'month-first' or None")
    return None if dates is None else dates == "month-first"


@functools.cache
def _lexicon() -> Lexicon:
    from flows.seeds import load_language_model, load_lexicon

    load_language_model()
    return load_lexicon()


def _read_rules(path: object) -> Rules:
    from transforms.cleaning.rules import NO_RULES

    if path is None:
        return NO_RULES
    from flows.rules import read_rules

    return read_rules(_path("rules", path), must_exist=True)


def _settings(data: object, workers: int | None = None) -> Settings:
    from flows.settings import read_settings

    folder = None if data is None else _path("data", data)
    return read_settings(data=folder, workers=workers)


def _path(name: str, value: object) -> Path:
    if isinstance(value, str | os.PathLike):
        path = Path(value)
        if "\0" not in str(path):
            return path
    raise ArgumentError(name, value, "a path")


def _joined(words: object) -> str:
    listed = [words] if isinstance(words, str) else words
    if not isinstance(listed, Sequence) or not all(isinstance(word, str) for word in listed):
        raise ArgumentError("words", words, "words in a string or a list")
    return " ".join(listed)


def _day(name: str, stated: str | date | None) -> date | None:
    """Return a day; of an instant, its day in UTC."""
    if stated is None:
        return None
    if isinstance(stated, datetime):
        return (stated.astimezone(UTC) if stated.tzinfo else stated).date()
    if isinstance(stated, date):
        return stated
    try:
        return date.fromisoformat(stated)
    except (TypeError, ValueError) as exc:
        raise ArgumentError(name, stated, "a day such as '2024-05-03', or a date") from exc


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
