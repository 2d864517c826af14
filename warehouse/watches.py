"""Watches: saved questions that tell of new matches. Each change of a watch is a row."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

import duckdb
import orjson

from warehouse.append import append_rows
from warehouse.errors import SearchSyntaxError, WatchError
from warehouse.search_syntax import check_length, parse_question
from warehouse.search_tree import Field, InStory, Name, Node, all_of, words_in_order

MOST_CHARS = 60  # of a name, which is also the name of a file
_NAME = re.compile(rf"[^\W_][\w-]{{0,{MOST_CHARS - 1}}}")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A saved question.

    Attributes:
        watch_id: Its key.
        name: Its name, also of its RSS file.
        search_words: A question in the language of the search; None for any article.
        speaker: Words of the name of a speaker whose statements match.
        entity: A name that the article must mention.
        story_id: The story that the article must belong to.
        starts_after: Batches up to this commit are its past.
        recorded_at: When it was added.
    """

    watch_id: str
    name: str
    search_words: str | None = None
    speaker: str | None = None
    entity: str | None = None
    story_id: str | None = None
    starts_after: datetime = _LONG_AGO
    recorded_at: datetime = _LONG_AGO

    @property
    def tree(self) -> Node:
        """What an article must match.

        Raises:
            SearchSyntaxError: The words cannot be read, or nothing is asked.
        """
        nodes: list[Node] = []
        if self.search_words is not None:
            nodes.append(parse_question(self.search_words))
        people: dict[Name, str | None] = {"speaker": self.speaker, "entity": self.entity}
        for name, value in people.items():
            if value is not None:
                check_length(f"--{name}", value)
                if not words_in_order(value):
                    raise SearchSyntaxError(f"--{name}: got {value!r}, expected a name")
                nodes.append(Field(name, value))
        if self.story_id is not None:
            nodes.append(InStory(self.story_id))
        if not nodes:
            raise SearchSyntaxError(
                "the watch asks for nothing: give --words, --speaker, --entity or --story"
            )
        return all_of(nodes)

    @property
    def is_of_whole_story(self) -> bool:
        """Whether it asks for a story and nothing else."""
        return self.tree == InStory(self.story_id or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A statement or article that matches a watch.

    Attributes:
        start_char: Of the statement; it and the next three are None for an article as a whole.
        is_past: Whether it was there before the watch was added.
        found_at: When it was found; None if it is not stored.
    """

    article_id: str
    revision: int
    start_char: int | None = None
    speaker: str | None = None
    statement: str | None = None
    fingerprint: str | None = None
    title: str | None = None
    url: str | None = None
    source_id: str = ""
    published_at: datetime | None = None
    is_past: bool = False
    found_at: datetime | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What a watch tells of only once, even if the article is edited."""
        return self.article_id, self.fingerprint or self.statement or ""


@dataclass(frozen=True, slots=True)
class Found:
    """How much a watch has found, and when it found something last."""

    new_matches: int = 0
    past_matches: int = 0
    last_found_at: datetime | None = None


def make_watch(
    name: str | None,
    *,
    words: str | None = None,
    speaker: str | None = None,
    entity: str | None = None,
    story_id: str | None = None,
    headline: str | None = None,
) -> Watch:
    """Return a new watch; without a name it is named after what it asks.

    A story gives it the name of its `headline`.

    Raises:
        SearchSyntaxError: The words cannot be read, or nothing is asked.
        WatchError: The name cannot be the name of a file.

    Examples:
        >>> make_watch(None, speaker="Jane Doe", entity="NATO").name
        'jane-doe-nato'
        >>> make_watch(None, story_id="s1-4f", headline="Ferry sinks off Aren").name
        'ferry-sinks-off-aren'
    """
    story = headline if headline and words_in_order(headline) else story_id
    asked = " ".join(part for part in (speaker, entity, words, story) if part)
    watch = Watch(
        watch_id=f"w1-{uuid.uuid4().hex}",
        name=name if name is not None else _named_after(asked),
        search_words=words,
        speaker=speaker,
        entity=entity,
        story_id=story_id,
    )
    _ = watch.tree  # raises
    if not _NAME.fullmatch(watch.name):
        problem = (
            f"a name has up to {MOST_CHARS} letters, digits, - and _: give another with --name"
        )
        raise WatchError(watch.name, problem)
    return watch


def _named_after(asked: str) -> str:
    name = "-".join(words_in_order(asked[: 10 * MOST_CHARS]))
    return (
        name
        if len(name) <= MOST_CHARS
        else name[:MOST_CHARS].rpartition("-")[0] or name[:MOST_CHARS]
    )


def current_watches(con: duckdb.DuckDBPyConnection) -> list[Watch]:
    """Return the watches that are not removed, by name."""
    columns = ", ".join(Watch.__slots__)
    rows = con.execute(
        f"SELECT {columns} FROM watches"
        " QUALIFY row_number() OVER (PARTITION BY watch_id"
        "  ORDER BY recorded_at > now() + INTERVAL 1 HOUR, recorded_at DESC) = 1"
        "  AND state = 'watching' ORDER BY lower(name)"
    ).fetchall()
    return [Watch(**dict(zip(Watch.__slots__, row, strict=True))) for row in rows]


def find_watch(con: duckdb.DuckDBPyConnection, name: str) -> Watch:
    """Return the watch with this name, without regard to case.

    Raises:
        WatchError: There is none.
    """
    for watch in current_watches(con):
        if watch.name.casefold() == name.casefold():
            return watch
    raise WatchError(name, "there is no such watch: see `onrecord watch list`")


def add_watch(
    con: duckdb.DuckDBPyConnection, watch: Watch, past: Iterable[Match], *, now: datetime
) -> Watch:
    """Add a watch with matches of its past, in one transaction; return it as it is stored.

    Raises:
        WatchError: There is a watch with this name.
    """
    if any(one.name.casefold() == watch.name.casefold() for one in current_watches(con)):
        problem = "there is already a watch with this name: give another with --name, or remove it"
        raise WatchError(watch.name, problem)
    watch = replace(watch, recorded_at=now)
    con.execute("BEGIN")
    append_rows(con, "watches", [asdict(watch) | {"state": "watching"}])
    append_matches(con, {watch.watch_id: list(past)}, look_id=new_look(), is_past=True, now=now)
    con.execute("COMMIT")
    return watch


def remove_watch(con: duckdb.DuckDBPyConnection, name: str, *, now: datetime) -> Watch:
    """Remove a watch; its matches stay.

    Raises:
        WatchError: There is none with this name.
    """
    watch = find_watch(con, name)
    append_rows(con, "watches", [asdict(watch) | {"state": "removed", "recorded_at": now}])
    return watch


def new_look() -> str:
    """Return a new key of a look."""
    return f"l1-{uuid.uuid4().hex}"


def append_matches(
    con: duckdb.DuckDBPyConnection,
    found: dict[str, list[Match]],
    *,
    look_id: str,
    is_past: bool,
    now: datetime,
) -> int:
    """Append the matches of each watch that it does not have yet; return how many.

    Args:
        con: The live file, in a transaction.
        found: Matches by watch_id.
        look_id: The look that found them.
        is_past: Whether they were there before the watch was added.
        now: When they were found.
    """
    known = _known_keys(con, found)
    rows = []
    for watch_id, matches in found.items():
        for match in matches:
            if (key := (watch_id, *match.key)) not in known:
                known.add(key)
                rows.append(
                    {name: getattr(match, name) for name in _COLUMNS} | {"watch_id": watch_id}
                )
    con.execute(
        f"INSERT INTO matches ({', '.join(_COLUMNS)}, watch_id, look_id, is_past, found_at)"
        " SELECT *, $look_id, $is_past, $now FROM"
        f" (SELECT unnest(from_json(CAST($rows AS JSON), '[{orjson.dumps(_JSON).decode()}]'), recursive := true))",
        {"rows": orjson.dumps(rows).decode(), "look_id": look_id, "is_past": is_past, "now": now},
    )
    return len(rows)


_COLUMNS = ("article_id", "revision", "start_char", "speaker", "statement", "fingerprint")
_JSON = {
    name: "INTEGER" if name in {"revision", "start_char"} else "VARCHAR"
    for name in (*_COLUMNS, "watch_id")
}


def _known_keys(
    con: duckdb.DuckDBPyConnection, found: dict[str, list[Match]]
) -> set[tuple[str, str, str]]:
    articles = sorted({match.article_id for matches in found.values() for match in matches})
    rows = con.execute(
        "SELECT watch_id, article_id, coalesce(fingerprint, statement, '') FROM matches"
        " WHERE article_id IN (SELECT unnest(from_json(CAST(? AS JSON), '[\"VARCHAR\"]')))",
        [orjson.dumps(articles).decode()],
    ).fetchall()
    return set(rows)


def count_found(con: duckdb.DuckDBPyConnection) -> dict[str, Found]:
    """Return what each watch has found, by watch_id; a watch without a match is missing."""
    rows = con.execute(
        "SELECT watch_id, count_if(NOT is_past), count_if(is_past), max(found_at)"
        " FROM matches GROUP BY watch_id"
    ).fetchall()
    return {row[0]: Found(*row[1:]) for row in rows}


def last_matches(con: duckdb.DuckDBPyConnection, watch: Watch, *, most: int) -> list[Match]:
    """Return the stored matches of a watch that were found last, newest first."""
    return _matches(
        con, "WHERE watch_id = $watch_id ORDER BY found_at DESC, published_at DESC NULLS LAST,"
        " article_id, start_char LIMIT $most", {"watch_id": watch.watch_id, "most": most},
    )  # fmt: skip


def untold_looks(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Return the looks with new matches of which no alert has told, by watch_id."""
    rows = con.execute(
        "SELECT watch_id, list(DISTINCT look_id ORDER BY look_id) FROM matches"
        " ANTI JOIN watch_alerts USING (look_id, watch_id) WHERE NOT is_past GROUP BY watch_id"
    ).fetchall()
    return dict(rows)


def matches_of(con: duckdb.DuckDBPyConnection, watch: Watch, looks: Iterable[str]) -> list[Match]:
    """Return the stored matches of a watch that these looks found, newest articles first."""
    return _matches(
        con, "WHERE watch_id = $watch_id AND list_contains(CAST($looks AS VARCHAR[]), look_id)"
        " ORDER BY published_at DESC NULLS LAST, article_id, start_char",
        {"watch_id": watch.watch_id, "looks": list(looks)},
    )  # fmt: skip


def record_alert(
    con: duckdb.DuckDBPyConnection, watch: Watch, looks: Iterable[str], *, now: datetime
) -> None:
    """Record that an alert is about to tell of the matches of these looks."""
    rows = [{"look_id": look, "watch_id": watch.watch_id, "alerted_at": now} for look in looks]
    append_rows(con, "watch_alerts", rows)


def _matches(con: duckdb.DuckDBPyConnection, which: str, values: dict[str, object]) -> list[Match]:
    names = Match.__slots__
    rows = con.execute(f"SELECT {', '.join(names)} FROM ({_STORED}) {which}", values).fetchall()
    return [Match(**dict(zip(names, row, strict=True))) for row in rows]


_STORED = """
SELECT
    matches.look_id,
    matches.watch_id,
    matches.article_id,
    matches.revision,
    matches.start_char,
    matches.speaker,
    matches.statement,
    matches.fingerprint,
    articles.title,
    coalesce(articles.url, articles.canonical_url) AS url,
    articles.source_id,
    articles.published_at,
    matches.is_past,
    matches.found_at
FROM matches
INNER JOIN articles USING (article_id, revision)
"""
