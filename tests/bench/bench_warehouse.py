"""Time reads, searches, watches and appends on a large warehouse and print a table.

    python -m tests.bench.bench_warehouse --articles 1000000 --data /var/tmp/onrecord-bench

The warehouse is invented (see `warehouse_data`) and has 5 statements, 20 names and 3 dates
per article. With `--keep` it is kept for another run. Wall seconds are the best of three;
CPU seconds of all cores are shown too, because the machine may be busy. Views are measured
twice: with the rows in the order of their appends, and after `compact`. (A warehouse that was
kept is already compact at the next run.)
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

import duckdb

from tests.bench.warehouse_data import fill
from tests.helpers.builders import make_batch
from tests.helpers.stories import make_story
from warehouse.append import append_batch
from warehouse.compact import compact
from warehouse.connect import open_live, open_snapshot
from warehouse.folder import DataFolder
from warehouse.publish import copy_live
from warehouse.search import Question, search
from warehouse.search_index import indexed_months, update_index
from warehouse.spool import spool
from warehouse.watch_matching import look, newest_commit
from warehouse.watches import add_watch, make_watch, remove_watch

LIMIT_S = 0.3
BATCH = 500


@dataclass(frozen=True)
class Timing:
    what: str
    wall_s: float
    cpu_s: float
    note: str = ""


def timed(what: str, work: Callable[[], object], *, times: int = 3) -> Timing:
    walls, cpus = [], []
    note: object = ""
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        note = work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return Timing(what, min(walls), min(cpus), str(note or ""))


def typical(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the keys for the queries, neither the rarest nor the most frequent."""

    def one(sql: str) -> str:
        row = con.execute(sql).fetchone()
        return str(row[0]) if row else ""

    ranked = "SELECT {0} FROM {1} GROUP BY ALL ORDER BY count(*) DESC, {0} LIMIT 1 OFFSET {2}"
    entity = one(ranked.format("entity_id", "mentions WHERE kind = 'person'", 1000))
    place = one(ranked.format("entity_id", "mentions WHERE kind = 'place'", 1000))
    name = "SELECT name FROM entities WHERE entity_id = '{}'"
    return {
        "day": one(ranked.format("published_on", "articles WHERE published_on IS NOT NULL", 0)),
        "speaker": one(ranked.format("speaker", "quotations", 1000)),
        "source": one(ranked.format("source_id", "articles", 100)),
        "entity": one(name.format(entity)),
        "place": one(name.format(place)),
    }  # fmt: skip


NEWEST = "ORDER BY published_at DESC LIMIT 50"
QUERIES = {
    "latest_articles, a day": "FROM latest_articles WHERE published_on = '{day}' LIMIT 50",
    "latest_articles, a source": "SELECT title, url FROM latest_articles WHERE source_id = '{source}' "
    + NEWEST,
    "  the same with all texts": "FROM latest_articles WHERE source_id = '{source}' " + NEWEST,
    "latest_quotations, a day": "FROM latest_quotations WHERE published_on = '{day}' LIMIT 50",
    "latest_mentions, a day": "FROM latest_mentions WHERE published_on = '{day}' LIMIT 50",
    "latest_date_mentions, a day": "FROM latest_date_mentions WHERE starts_on = '{day}' LIMIT 50",
    "said, a speaker": "FROM said WHERE speaker = '{speaker}' " + NEWEST,
    "said, a day": "FROM said WHERE published_on = '{day}' LIMIT 50",
    "said, a source": "FROM said WHERE source_id = '{source}' " + NEWEST,
    "said_mentions, a speaker": "FROM said_mentions WHERE speaker = '{speaker}'",
    "said_mentions, a name": "FROM said_mentions WHERE name = '{entity}'",
    "said_mentions, a day": "FROM said_mentions WHERE published_on = '{day}'",
    "speakers, a speaker": "FROM speakers WHERE speaker = '{speaker}'",
    "quotation_reuse, a speaker": "FROM quotation_reuse WHERE speaker = '{speaker}'",
    "mentioned, an entity": "FROM mentioned WHERE name = '{entity}' " + NEWEST,
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


def time_views(folder: DataFolder) -> list[Timing]:
    with open_snapshot(folder) as con:
        keys = typical(con)
        return [
            timed(what, lambda sql=sql: f"{len(con.execute(sql.format(**keys)).fetchall()):,} rows")  # type: ignore[misc]
            for what, sql in QUERIES.items()
        ]


def time_append(folder: DataFolder) -> float:
    """Return the seconds to append 500 articles, including open and close."""
    walls = []
    for number in range(5):
        stories = [_story(f"{time.time_ns()}-{number}-{i}") for i in range(BATCH)]
        batch = spool(make_batch(*stories), folder.spool)
        started = time.perf_counter()
        with open_live(folder) as con:
            append_batch(con, batch)
        walls.append(time.perf_counter() - started)
        batch.remove()
    return median(walls)


def _story(key: str):
    names = [(f"Name {number} of {key[-3:]}", "person") for number in range(20)]
    text = f"Report {key}\n" + "\n".join(f"{name} spoke of the harbour and its cranes, said Ruiz {at}."
                                         for at, (name, _) in enumerate(names))  # fmt: skip
    said = [(f"of the harbour and its cranes, said Ruiz {at}", "Ana Ruiz", None, "indirect") for at in range(5)]  # fmt: skip
    return make_story(text, url=f"https://a.example/{key}", day=date(2024, 1, 1).isoformat(), said=said, named=names)  # fmt: skip


def time_watches(folder: DataFolder) -> list[Timing]:
    """Return the time to compare 50 new articles with 100 watches: few match, and all match."""
    timings = []
    few = [
        {"words": '"zeppelin over harbour" -nato'}, {"words": "zeppelin OR airship"},
        {"speaker": "Jane Doe"}, {"entity": "Nobody", "words": "harbour"},
    ]  # fmt: skip
    many = [
        {"words": '"harbour and its" -nato'}, {"words": "crane* OR budget"},
        {"speaker": "Ana Ruiz"}, {"words": "harbour language:en"},
    ]  # fmt: skip
    for what, asked in (("few match", few), ("all match", many)):
        with open_live(folder) as con:
            for number in range(100):
                given = {"words": None, "speaker": None, "entity": None} | asked[number % 4]
                made = make_watch(f"watch-{number}", **given)
                since = newest_commit(con) or made.starts_after
                add_watch(con, replace(made, starts_after=since), [], now=datetime.now(UTC))
            batch = spool(
                make_batch(*[_story(f"{time.time_ns()}-{at:03}") for at in range(50)]), folder.spool
            )
            append_batch(con, batch)
            batch.remove()
            timings.append(
                timed(
                    f"100 watches, {what}",
                    lambda: f"{look(con, now=datetime.now(UTC)):,} matches",
                    times=1,
                )
            )
            for number in range(100):
                remove_watch(con, f"watch-{number}", now=datetime.now(UTC))
    return timings


def made(root: Path, articles: int) -> DataFolder:
    folder = DataFolder(root)
    if not folder.live.exists():
        with open_live(folder) as con:
            fill(con, articles)
    return folder


FEEDS = ("feeds", "polls", "entries", "fetches")
# Bytes of a table: each segment of a block reaches to the next one, or to the end of the block.
STORED = """
SELECT coalesce(sum(ends - block_offset + 262136 * more), 0)
FROM (
    SELECT
        block_offset,
        len(additional_block_ids) AS more,
        coalesce(lead(block_offset) OVER (PARTITION BY block_id ORDER BY block_offset), 262136) AS ends
    FROM pragma_storage_info('{}')
    WHERE persistent AND block_id >= 0
)
"""


def time_sizes(folder: DataFolder) -> list[Timing]:
    with open_live(folder) as con:
        texts = con.execute("SELECT text FROM articles USING SAMPLE 2000 ROWS").fetchall()
        (articles,) = con.execute("SELECT count(*) FROM articles").fetchone() or (1,)
        feeds = sum(
            row[0] for table in FEEDS for row in con.execute(STORED.format(table)).fetchall()
        )
    zipped = sum(len(gzip.compress(text.encode())) for (text,) in texts) / len(texts)
    stored = folder.live.stat().st_size / articles
    alone = stored - float(feeds) / articles
    gigabytes = folder.live.stat().st_size / 1e9
    copied = timed("publish, per GB", lambda: copy_live(folder), times=1)
    note = (
        f"{zipped:,.0f} bytes per gzipped text; {alone:,.0f} per article with all its rows:"
        f" {alone / zipped:.2f} times; {stored:,.0f} with the rows of feeds: {stored / zipped:.2f} times"
    )
    return [
        Timing(copied.what, copied.wall_s / gigabytes, copied.cpu_s / gigabytes, f"{gigabytes:.2f} GB"),
        Timing("size", 0, 0, note),
    ]  # fmt: skip


def time_search(folder: DataFolder) -> list[Timing]:
    built = timed(
        "full-text index, complete", lambda: f"{len(update_index(folder))} months", times=1
    )
    with open_snapshot(folder) as con:
        (text,) = con.execute("SELECT text FROM articles LIMIT 1 OFFSET 1000").fetchone() or ("",)
    words = sorted(sorted(set(text.lower().replace(".", " ").split())), key=len)
    rare, common = " ".join(words[-2:]), " ".join(words[len(words) // 2 :][:2])
    first, second = common.split()
    phrase = " ".join(text.split()[3:6])
    last = indexed_months(folder)[-1].month
    since = date.fromisoformat(f"{last}-01") if last[0].isdigit() else None
    questions = {
        "search, two rare words": Question(text=rare),
        "search, two common words": Question(text=common),
        "search, common words in a month": Question(text=common, since=since),
        "search, a rare word by a speaker": Question(text=words[-1], speaker="Name 1"),
        "search, one of two common words": Question(text=f"{first} OR {second}"),
        "search, one word without another": Question(text=f"{first} -{second}"),
        "search, a phrase": Question(text=f'"{phrase}"'),
        "search, common words as a phrase": Question(text=f'"{common}"'),
        "search, the beginning of a word": Question(text=f"{words[-1][:4]}*"),
        "search, a word and a name": Question(text=f'{first} entity:"Name 1"'),
        "search, a misspelt word": Question(text=f"{words[-1][:-1]}xx"),
    }
    return [built] + [
        timed(what, lambda q=question: f"{len(search(folder, q).hits)} hits")  # type: ignore[misc]
        for what, question in questions.items()
    ]  # fmt: skip


def show(timings: list[Timing]) -> None:
    sys.stdout.write(f"{'what':36} {'wall s':>8} {'CPU s':>8}\n")
    for timing in timings:
        mark = "  > 0.3" if timing.wall_s > LIMIT_S else ""
        sys.stdout.write(f"{timing.what:36} {timing.wall_s:8.3f} {timing.cpu_s:8.3f}  {timing.note}{mark}\n")  # fmt: skip
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--articles", type=int, default=50_000)
    parser.add_argument("--data", type=Path, default=Path("data/bench"))
    parser.add_argument("--keep", action="store_true", help="keep the warehouse for another run")
    parser.add_argument("--no-search", action="store_true", help="skip the full-text index")
    parser.add_argument(
        "--no-compact", action="store_true", help="measure only the rows as appended"
    )
    given = parser.parse_args()
    small = made(given.data / "small", 10_000)
    full = made(given.data / f"full-{given.articles}", given.articles)
    show([*time_sizes(full), *time_views(full)])
    if not given.no_compact:
        show([timed("compact", lambda: compact(full), times=1)])
        show([*time_sizes(full), *time_views(full)])
    if not given.no_search:
        show(time_search(full))
        show(time_watches(full))
    before, after = time_append(small), time_append(full)
    sys.stdout.write(
        f"append of {BATCH} articles: {before:.3f} s at 10,000, {after:.3f} s at {given.articles:,}:"
        f" {after / before:.2f} times\n"
    )
    if not given.keep:
        shutil.rmtree(given.data)


if __name__ == "__main__":
    main()
