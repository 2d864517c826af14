"""What a large warehouse is asked: its views, the example queries, and searches."""

from __future__ import annotations

import re
from datetime import date

import duckdb

from flows.seeds import seeds_dir
from warehouse.folder import DataFolder
from warehouse.search import Question
from warehouse.search_index import indexed_months

_NEWEST = "ORDER BY published_at DESC LIMIT 50"
_VIEWS = {
    "latest_articles, a day": "FROM latest_articles WHERE published_on = '{day}' LIMIT 50",
    "latest_articles, a source": "SELECT title, url FROM latest_articles WHERE source_id = '{source}' " + _NEWEST,
    "latest_articles, a source, all texts": "FROM latest_articles WHERE source_id = '{source}' " + _NEWEST,
    "latest_quotations, a day": "FROM latest_quotations WHERE published_on = '{day}' LIMIT 50",
    "latest_mentions, a day": "FROM latest_mentions WHERE published_on = '{day}' LIMIT 50",
    "latest_date_mentions, a day": "FROM latest_date_mentions WHERE starts_on = '{day}' LIMIT 50",
    "said, a speaker": "FROM said WHERE speaker = '{speaker}' " + _NEWEST,
    "said, a day": "FROM said WHERE published_on = '{day}' LIMIT 50",
    "said, a source": "FROM said WHERE source_id = '{source}' " + _NEWEST,
    "said_mentions, a speaker": "FROM said_mentions WHERE speaker = '{speaker}'",
    "said_mentions, a name": "FROM said_mentions WHERE name = '{entity}'",
    "said_mentions, a day": "FROM said_mentions WHERE published_on = '{day}'",
    "speakers, a speaker": "FROM speakers WHERE speaker = '{speaker}'",
    "quotation_reuse, a speaker": "FROM quotation_reuse WHERE speaker = '{speaker}'",
    "mentioned, an entity": "FROM mentioned WHERE name = '{entity}' " + _NEWEST,
    "mentioned, a day": "SELECT name, count(*) FROM mentioned WHERE published_on = '{day}' GROUP BY name",
    "mentioned, a source": "SELECT name, count(*) FROM mentioned WHERE source_id = '{source}' GROUP BY name",
    "entity_daily, an entity": "FROM entity_daily WHERE name = '{entity}'",
    "entity_daily, a day": "FROM entity_daily WHERE published_on = '{day}'",
    "places, a place": "FROM places WHERE name = '{place}'",
    "places, a day": "FROM places WHERE published_on = '{day}'",
    "co_mentions, an entity": "SELECT other_name, count(*) FROM co_mentions WHERE name = '{entity}' GROUP BY 1",
    "co_mentions, a day": "SELECT name, other_name, count(*) FROM co_mentions WHERE published_on = '{day}' GROUP BY ALL",
    "timeline, a day": "FROM timeline WHERE starts_on = '{day}' LIMIT 50",
    "promised, a speaker": "FROM promised WHERE speaker = '{speaker}'",
    "promised, a day": "FROM promised WHERE starts_on = '{day}' LIMIT 50",
    "coverage, a source": "FROM coverage WHERE source_id = '{source}' ORDER BY day DESC LIMIT 60",
    "coverage, a day": "FROM coverage WHERE day = '{day}'",
    "source_health": "FROM source_health",
    "run_summary": "FROM run_summary ORDER BY started_at DESC LIMIT 20",
}  # fmt: skip
_ALL_VIEWS = "SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY view_name"


def queries(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the SQL of all questions by name.

    Views about which there is no question are asked for their first rows.
    """
    keys = _typical(con)
    found = {name: sql.format(**keys) for name, sql in _VIEWS.items()}
    for path in sorted((seeds_dir() / "queries").glob("*.sql")):
        found[path.name] = path.read_text("utf-8")
    asked = set(re.findall(r"\w+", " ".join(found.values())))
    views = [str(name) for (name,) in con.execute(_ALL_VIEWS).fetchall()]
    return found | {name: f"FROM {name} LIMIT 50" for name in views if name not in asked}


def _typical(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the keys for the queries, neither the rarest nor the most frequent."""

    def one(sql: str) -> str:
        row = con.execute(sql).fetchone()
        return str(row[0]) if row else ""

    def ranked(column: str, rows: str, place: int) -> str:
        most = f"SELECT {column} FROM {rows} GROUP BY ALL ORDER BY count(*) DESC, {column}"
        return one(f"{most} LIMIT 1 OFFSET {place}")

    name = "SELECT name FROM entities WHERE entity_id = '{}'"
    return {
        "day": ranked("published_on", "articles WHERE published_on IS NOT NULL", 0),
        "speaker": ranked("speaker", "quotations", 1000),
        "source": ranked("source_id", "articles", 100),
        "entity": one(name.format(ranked("entity_id", "mentions WHERE kind = 'person'", 1000))),
        "place": one(name.format(ranked("entity_id", "mentions WHERE kind = 'place'", 1000))),
    }


def searches(con: duckdb.DuckDBPyConnection, folder: DataFolder) -> dict[str, Question]:
    """Return questions to the search by name, with words of one of the articles."""
    (text,) = con.execute("SELECT text FROM articles LIMIT 1 OFFSET 1000").fetchone() or ("",)
    words = sorted(sorted(set(text.lower().replace(".", " ").split())), key=len)
    rare, middle = words[-1], len(words) // 2
    first, second = words[middle : middle + 2]
    last = indexed_months(folder)[-1].month
    since = date.fromisoformat(f"{last}-01") if last[0].isdigit() else None
    return {
        "rare and a speaker": Question(text=rare, speaker="Name 1"),
        "common word": Question(text=first),
        "phrase": Question(text=f'"{" ".join(text.split()[3:6])}"'),
        "two rare words": Question(text=" ".join(words[-2:])),
        "two common words": Question(text=f"{first} {second}"),
        "common words in a month": Question(text=f"{first} {second}", since=since),
        "one of two common words": Question(text=f"{first} OR {second}"),
        "one word without another": Question(text=f"{first} -{second}"),
        "common words as a phrase": Question(text=f'"{first} {second}"'),
        "beginning of a word": Question(text=f"{rare[:4]}*"),
        "word and a name": Question(text=f'{first} entity:"Name 1"'),
        "misspelt word": Question(text=f"{rare[:-1]}xx"),
    }
