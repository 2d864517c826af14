"""Compares new articles with the watches.

The articles of the batches that no look has seen are indexed in memory, so the cost of a look
depends on the number of new articles. A watch finds what the search would find. Matches and look
are stored in one transaction: after an interruption, nothing is missing and nothing is there
twice.

Articles join stories in batches of their own, which a run appends later. A watch on a story looks
at those, too, so it does not matter which run linked an article.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import duckdb
import orjson

from warehouse.folder import DataFolder
from warehouse.search import open_index
from warehouse.search_filters import speaks
from warehouse.search_ranking import Order, rank
from warehouse.search_tree import wanted_speakers
from warehouse.watch_articles import Key, NewArticles
from warehouse.watch_stories import joined_articles, with_current_stories
from warehouse.watches import Match, Watch, append_matches, current_watches, new_look

ARTICLES_AT_ONCE = 2_000  # compared in one step; a step is one transaction

_BATCHES = """
SELECT
    batch_id,
    greatest(appended, joined) AS articles
FROM (
    SELECT
        batch_id,
        committed_at,
        appended,
        CASE
            WHEN committed_at > CAST($stories_since AS TIMESTAMPTZ)
                THEN coalesce(CAST(rows_appended ->> 'story_members' AS INTEGER), 0)
            ELSE 0
        END AS joined
    FROM batches
    WHERE committed_at > $since
)
ANTI JOIN watch_looks USING (batch_id)
WHERE appended > 0 OR joined > 0
ORDER BY committed_at
"""


def look(
    con: duckdb.DuckDBPyConnection,
    *,
    now: datetime,
    on_step: Callable[[str], None] = lambda _: None,
) -> int:
    """Compare the articles that no look has seen with all watches; return the new matches.

    Args:
        con: The live file, open for writing.
        now: When the matches are found.
        on_step: Called with the name of each step before the step.

    Raises:
        ExtensionMissingError: The wheel of the full-text extension is not installed.
    """
    watches = current_watches(con)
    if not watches:
        return 0
    found = 0
    for batches in _pieces(con, watches):
        matches = _compare(con, watches, batches)
        on_step("append")
        con.execute("BEGIN")
        look_id = new_look()
        found += append_matches(con, matches, look_id=look_id, is_past=False, now=now)
        con.execute(
            "INSERT INTO watch_looks SELECT ?, unnest(CAST(? AS VARCHAR[])), ?",
            [look_id, batches, now],
        )
        on_step("commit")
        con.execute("COMMIT")
    return found


def recent_matches(folder: DataFolder, watch: Watch, *, most: int) -> list[Match]:
    """Return what a watch matches in the published snapshot, newest articles first.

    Raises:
        WarehouseMissingError: Nothing was published yet.
        IndexDamagedError: A file of the index is missing or cannot be read.
    """
    con, months = open_index(folder, watch.tree)
    with con:
        order = Order(limit=most, is_newest_first=True)
        keys = [found[:2] for found in rank(con, months, watch.tree, order)]
        return _chosen(keys, *_read(con, keys), wanted_speakers(watch.tree))[:most]


def newest_commit(con: duckdb.DuckDBPyConnection) -> datetime | None:
    """Return the commit of the newest batch, None if there is none."""
    row = con.execute("SELECT max(committed_at) FROM batches").fetchone()
    return row[0] if row else None


def _pieces(con: duckdb.DuckDBPyConnection, watches: Sequence[Watch]) -> Iterator[list[str]]:
    """Yield the batches that no look has seen, with so many articles that they fit in memory."""
    piece: list[str] = []
    articles = 0
    following = (watch.starts_after for watch in watches if watch.story_id is not None)
    asked = {
        "since": min(watch.starts_after for watch in watches),
        "stories_since": min(following, default=None),  # no batch is after NULL
    }
    for batch_id, appended in con.execute(_BATCHES, asked).fetchall():
        if piece and articles + appended > ARTICLES_AT_ONCE:
            yield piece
            piece, articles = [], 0
        piece.append(batch_id)
        articles += appended
    if piece:
        yield piece


def _compare(
    con: duckdb.DuckDBPyConnection, watches: Sequence[Watch], batches: Sequence[str]
) -> dict[str, list[Match]]:
    """Return the matches of each watch in the articles of these batches.

    Of a story, these are also the articles that the batches put into it.
    """
    found: dict[str, list[Match]] = {}
    current = with_current_stories(con, watches)
    # An article of the story that is edited is no new article of the story.
    asking = [watch for watch in current if not watch.is_of_whole_story]
    commits = dict(con.execute(_COMMITS, {"batches": list(batches)}).fetchall())
    if asking and commits:
        with NewArticles(con, batches=batches) as articles:
            found = _matches(con, articles, dict.fromkeys(asking, commits))
    stories = {watch.story_id for watch in watches if watch.story_id is not None}
    joined = joined_articles(con, stories, batches) if stories else {}
    following = {
        now: joined[watch.story_id]
        for watch, now in zip(watches, current, strict=True)
        if watch.story_id in joined
    }
    if following:
        keys = {key for some in following.values() for key in some}
        with NewArticles(con, joined=sorted(keys)) as articles:
            for watch_id, matches in _matches(con, articles, following).items():
                found[watch_id] = [*found.get(watch_id, ()), *matches]
    return found


def _matches(
    con: duckdb.DuckDBPyConnection,
    articles: NewArticles,
    watches: Mapping[Watch, Mapping[str, datetime]],
) -> dict[str, list[Match]]:
    """Return the matches of each watch in these articles.

    Args:
        con: The live file.
        articles: The articles.
        watches: The watches, with the articles that they may match: when each was appended, or
            put into the story.
    """
    articles.prepare(watch.tree for watch in watches)
    matching = {watch: articles.matching(watch.tree) for watch in watches}
    keys = sorted({key for some in matching.values() for key in some})
    wholes, said = _read(con, keys)
    return {
        watch.watch_id: _chosen(
            # A watch that was added later does not see the articles of earlier batches.
            [key for key in some if key[0] in news and news[key[0]] > watch.starts_after],
            wholes,
            said,
            wanted_speakers(watch.tree),
        )
        for watch, news in watches.items()
        if (some := matching[watch])
    }


def _read(
    con: duckdb.DuckDBPyConnection, keys: Sequence[Key]
) -> tuple[dict[Key, Match], dict[Key, list[Match]]]:
    """Return each article as a match as a whole, and a match for each statement in it."""
    asked = orjson.dumps([{"article_id": key[0], "revision": key[1]} for key in keys]).decode()
    wholes: dict[Key, Match] = {}
    said: dict[Key, list[Match]] = {}
    for values in con.execute(_ARTICLES, [asked]).fetchall():
        wholes[values[0], values[1]] = Match(**dict(zip(_OF_ARTICLE, values, strict=True)))
    for ident, revision, *row in con.execute(_STATEMENTS, [asked]).fetchall():
        if (whole := wholes.get((ident, revision))) is not None:
            match = replace(whole, **dict(zip(_OF_STATEMENT, row, strict=True)))
            said.setdefault((ident, revision), []).append(match)
    return wholes, said


def _chosen(
    keys: Sequence[Key],
    wholes: Mapping[Key, Match],
    said: Mapping[Key, Sequence[Match]],
    speakers: Sequence[str],
) -> list[Match]:
    """Return the matches in some articles: the statements by these speakers.

    An article without such a statement is a match as a whole.
    """
    found = []
    for key in keys:
        of_speakers = [one for one in said.get(key, ()) if speaks(one.speaker, speakers)]
        found += of_speakers or ([wholes[key]] if key in wholes else [])
    return found


_COMMITS = """
SELECT articles.article_id, max(batches.committed_at)
FROM main.articles AS articles
INNER JOIN main.batches AS batches USING (batch_id)
WHERE articles.batch_id IN (SELECT unnest(CAST($batches AS VARCHAR[])))
GROUP BY articles.article_id
"""
_OF_ARTICLE = ("article_id", "revision", "title", "url", "source_id", "published_at")
_OF_STATEMENT = ("start_char", "speaker", "statement", "fingerprint")
_ASKED = """
SEMI JOIN (
    SELECT unnest(from_json(CAST(? AS JSON), '[{"article_id": "VARCHAR", "revision": "INTEGER"}]'), recursive := true)
) AS asked USING (article_id, revision)
"""
_ARTICLES = f"SELECT {', '.join(_OF_ARTICLE)} FROM snapshot.latest_articles {_ASKED}"
_STATEMENTS = f"""
SELECT article_id, revision, {", ".join(_OF_STATEMENT)}
FROM snapshot.latest_quotations
{_ASKED}
WHERE act = 'speech'
ORDER BY start_char
"""
