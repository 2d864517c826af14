"""Time the pages on a large warehouse and print a table.

    python -m tests.bench.bench_pages --articles 1000000 --data /var/tmp/onrecord-pages

The warehouse is invented (see `warehouse_data`) and kept for the next run. Each address is asked
for different articles, speakers, entities, stories and words, so that few answers are kept ones.
The table shows seconds: the median and the worst of the requests one after another, and the
median with 20 at a time. Bytes are those of the page with its style and script, without charts.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import quote, urlencode

import duckdb
import httpx

from tests.bench.linked_data import fill_linked
from tests.bench.warehouse_data import fill
from tests.helpers.processes import free_port
from warehouse.connect import open_live, open_snapshot
from warehouse.folder import DataFolder
from warehouse.publish import publish

LIMIT_MEDIAN_S, LIMIT_WORST_S, LIMIT_BUSY_S = 0.3, 1.0, 0.6
LIMIT_BYTES, LIMIT_MB = 100_000, 600
AT_ONCE = 20
STATIC = ("/static/site.css", "/static/site.js", "/static/icon.svg")
CHARTS = re.compile("<svg.*?</svg>", re.DOTALL)
# What each address is asked for: SQL of the key, one per row, and the address.
KEYED = {
    "today": ("SELECT DISTINCT published_on FROM articles", "/today?day={}"),
    "article": ("SELECT article_id FROM articles", "/articles/{}"),
    "speaker": ("SELECT speaker FROM quotations WHERE speaker IS NOT NULL", "/speakers/{}"),
    "entity": ("SELECT entity_id FROM mentions", "/entities/{}"),
    "statement": ("SELECT fingerprint FROM quotations WHERE fingerprint IS NOT NULL", "/statements/{}"),
    "story": ("SELECT story_id FROM story_members", "/stories/{}"),
    "stories": ("SELECT DISTINCT published_on FROM articles", "/stories?until={}"),
    "speakers": ("SELECT DISTINCT published_on FROM articles", "/speakers?until={}"),
    "feeds": ("SELECT source_id FROM feeds", "/feeds?source={}"),
    "feed": ("SELECT feed_id FROM feeds", "/feeds/{}"),
}  # fmt: skip
PLAIN = {
    "rejections": "/rejections",
    "runs": "/runs",
    "dictionary": "/data",
    "one table": "/data/tables/said",
    "SQL": "/data/sql?" + urlencode({"sql": "FROM said LIMIT 10"}),
}
# What narrows a search: SQL of the values. Each is asked beside a frequent word.
FACETS = {
    "source": "SELECT source_id FROM articles",
    "speaker": "SELECT speaker FROM quotations WHERE speaker IS NOT NULL",
    "entity": "SELECT entity_id FROM mentions",
    "topic": "SELECT topic_code FROM article_topics",
    "since": "SELECT published_on FROM articles",
}


def drawn(con: duckdb.DuckDBPyConnection, sql: str, many: int, chance: random.Random) -> list[str]:
    """Return values of a query, drawn at random."""
    rows = con.execute(f"SELECT * FROM ({sql}) USING SAMPLE {many} ROWS").fetchall()
    return [str(chance.choice(rows)[0]) for _ in range(many)]


def prepared(root: Path, articles: int) -> DataFolder:
    """Return a warehouse of invented news; one that is there already is used again."""
    folder = DataFolder(root)
    if not folder.newest.exists():
        with open_live(folder) as con:
            fill(con, articles)
            fill_linked(con)
        publish(folder)
    return folder


def addresses(folder: DataFolder, many: int) -> dict[str, list[str]]:
    """Return addresses of each kind, drawn at random: what is frequent is asked for often."""
    chance = random.Random(3)
    found = {name: [path] * many for name, path in PLAIN.items()}
    with open_snapshot(folder) as con:
        for name, (sql, path) in KEYED.items():
            keys = drawn(con, sql, many, chance)
            found[name] = [path.format(quote(key, safe="")) for key in keys]
        values = {name: drawn(con, sql, many, chance) for name, sql in FACETS.items()}
        texts = drawn(con, "SELECT text FROM articles", many, chance)
    words = [chance.sample(text.split(), 2) for text in texts]
    found["search"] = ["/search?" + urlencode({"q": " ".join(some)}) for some in words]
    found["search, statements"] = [f"{path}&as=statements" for path in found["search"]]
    found["search, one word"] = ["/search?" + urlencode({"q": some[0]}) for some in words]
    found["search, newest"] = [f"{path}&sort=newest" for path in found["search, one word"]]
    for name, some in values.items():
        found[f"search, {name}"] = [
            f"{path}&{urlencode({name: value})}"
            for path, value in zip(found["search, one word"], some, strict=True)
        ]
    return found


@contextmanager
def served(folder: DataFolder) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "flows", "web", "--data", str(folder.root), "--port", str(port)]
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                httpx.get(f"{url}/help")
                break
            except httpx.TransportError:
                time.sleep(0.2)
        yield url, process
    finally:
        process.terminate()
        process.wait()


def timed(client: httpx.Client, path: str) -> float:
    began = time.perf_counter()
    answer = client.get(path)
    assert answer.status_code < 400, f"{answer.status_code} {answer.url}"
    return time.perf_counter() - began


def peak_mb(process: subprocess.Popen[bytes]) -> float:
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1000


def measure(url: str, paths: dict[str, list[str]]) -> None:
    print(f"| page | median s (at most {LIMIT_MEDIAN_S}) | worst s ({LIMIT_WORST_S}) |"
          f" {AT_ONCE} at once, median s ({LIMIT_BUSY_S}) | kB |\n|---|---|---|---|---|")  # fmt: skip
    with httpx.Client(base_url=url, timeout=120) as client:
        shared = sum(len(client.get(path).content) for path in STATIC)
        for name, some in paths.items():
            client.get(some[0])
            half = len(some) // 2
            alone = [timed(client, path) for path in some[:half]]
            with ThreadPoolExecutor(AT_ONCE) as pool:
                busy = list(pool.map(lambda path: timed(client, path), some[half:]))
            page = CHARTS.sub("", client.get(some[0]).text)
            size = (len(page.encode()) + shared) / 1000
            print(f"| {name} | {median(alone):.3f} | {max(alone):.3f} | {median(busy):.3f}"
                  f" | {size:,.0f} |", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--data", type=Path, default=Path("/var/tmp/onrecord-pages"))
    parser.add_argument(
        "--requests",
        type=int,
        default=200,
        help="of each kind, one after another, and again as many at once",
    )
    options = parser.parse_args()
    folder = prepared(options.data, options.articles)
    paths = addresses(folder, 2 * options.requests)  # other ones when many are asked for at once
    with served(folder) as (url, process):
        measure(url, paths)
        print(f"memory of the server: {peak_mb(process):,.0f} MB, at most {LIMIT_MB}")


if __name__ == "__main__":
    main()
