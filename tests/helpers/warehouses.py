"""The content of a warehouse, in a form that tests can compare."""

from dataclasses import replace

from warehouse.connect import open_live
from warehouse.feed_queries import known_feeds

# Columns that differ between two runs with the same result: keys, times and archive positions.
VOLATILE = {
    "seen_at",
    "batch_id",
    "run_id",
    "fetched_at",
    "first_seen_at",
    "analysed_at",
    "rejected_at",
    "warc_file",
    "warc_offset",
    "recorded_at",
    "polled_at",
    "next_poll_at",
    "interval_s",
    "changed_at",
    "visited_at",
    "last_seen_at",
}
TABLES = (
    "sources", "documents", "articles", "analyses", "quotations", "no_comments", "mentions",
    "entities", "date_mentions", "keyphrases", "article_topics", "rejections",
)  # fmt: skip


FEED_TABLES = ("entries", "feeds", "fetches", "polls", "visits")
HEALTH = """
SELECT * EXCLUDE (
    last_fetched_at, last_poll_at, next_poll_at, last_entry_at, silent_hours, longest_pause_hours
)
FROM source_health
ORDER BY ALL
"""


def contents(folder, tables=TABLES):
    """Return the rows of each table, sorted, without the volatile columns."""
    found = {}
    with open_live(folder) as con:
        for table in tables:
            names = [
                name
                for (name,) in con.execute(
                    "SELECT column_name FROM duckdb_columns() WHERE table_name = ? AND NOT internal",
                    [table],
                ).fetchall()
                if name not in VOLATILE
            ]
            rows = con.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall()
            found[table] = sorted(map(repr, rows))
    return found


def query(settings, sql):
    """Return the rows of a query on the live file."""
    with open_live(settings.folder) as con:
        return con.execute(sql).fetchall()


def learnt(settings):
    """Return the state of each feed and source and their coverage, without instants."""
    with open_live(settings.folder) as con:
        feeds = [
            replace(
                feed,
                recorded_at=None,
                poll_state=replace(
                    feed.poll_state,
                    polled_at=None,
                    changed_at=None,
                    next_poll_at=None,
                    interval_s=0.0,
                ),
            )
            for feed in known_feeds(con)
        ]
        covered = con.execute("FROM coverage ORDER BY ALL").fetchall()
        return feeds, covered, con.execute(HEALTH).fetchall()
