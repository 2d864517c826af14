"""Time the API on a large warehouse and print a table.

    python -m tests.bench.bench_api --articles 1000000 --data /var/tmp/onrecord-pages

The warehouse is that of `bench_pages`. Each endpoint is asked for different keys, days and words: one
request after another, then 20 at once. Then a million statements are streamed as JSON Lines.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import quote, urlencode

import httpx

from tests.bench.bench_pages import AT_ONCE, drawn, peak_mb, prepared, served
from warehouse.connect import open_snapshot
from warehouse.folder import DataFolder

LIMIT_MEDIAN_S, LIMIT_P95_S = 0.15, 0.6
LIMIT_FIRST_BYTE_S, LIMIT_STREAM_MB = 1.0, 300
ROWS = 1_000_000
KEYED = {
    "article": ("SELECT article_id FROM articles", "/articles/{}"),
    "statement": ("SELECT fingerprint FROM quotations ANTI JOIN statement_wordings USING (fingerprint) WHERE fingerprint IS NOT NULL", "/statements/{}"),
    "speaker": ("SELECT speaker FROM quotations WHERE speaker IS NOT NULL", "/speakers/{}"),
    "entity": ("SELECT entity_id FROM mentions", "/entities/{}"),
    "story": ("SELECT story_id FROM story_members", "/stories/{}"),
    "articles of a day": ("SELECT published_on FROM articles", "/articles?until={}"),
    "statements of a day": ("SELECT published_on FROM articles", "/statements?until={}"),
    "statements of a speaker": ("SELECT speaker FROM quotations WHERE speaker IS NOT NULL", "/statements?speaker={}"),
    "statements about": ("SELECT entity_id FROM mentions", "/statements?about={}"),
    "mentions": ("SELECT entity_id FROM mentions", "/mentions?entity={}"),
    "speakers": ("SELECT published_on FROM articles", "/speakers?until={}"),
    "stories": ("SELECT published_on FROM articles", "/stories?until={}"),
    "entities": ("SELECT name FROM entities", "/entities?name={}"),
    "edits": ("SELECT source_id FROM articles", "/edits?source={}"),
    "clusters": ("SELECT cluster_id FROM copies", "/clusters?cluster={}"),
    "coverage": ("SELECT source_id FROM articles", "/coverage?source={}"),
    "feeds": ("SELECT source_id FROM feeds", "/feeds?source={}"),
}  # fmt: skip


def addresses(folder: DataFolder, many: int) -> dict[str, list[str]]:
    """Return addresses of each kind, drawn at random: what is frequent is asked for often."""
    chance = random.Random(4)
    with open_snapshot(folder) as con:
        found = {
            name: [path.format(quote(key, safe="")) for key in drawn(con, sql, many, chance)]
            for name, (sql, path) in KEYED.items()
        }
        texts = drawn(con, "SELECT text FROM articles", many, chance)
    words = [chance.choice(text.split()).strip(".") for text in texts]
    asked = [urlencode({"q": word}) for word in words]
    found["search"] = [f"/search?{one}" for one in asked]
    found["search, statements"] = [f"/search/statements?{one}" for one in asked]
    found["counts"] = [f"/counts?by=week&{one}" for one in asked]
    found["SQL"] = [f"/sql?{urlencode({'sql': f'SELECT {at} AS one'})}" for at in range(many)]
    return found


def timed(client: httpx.Client, path: str) -> float:
    began = time.perf_counter()
    answer = client.get(f"/api/v1{path}")
    assert answer.status_code == 200, f"{answer.status_code} {answer.url} {answer.text}"
    return time.perf_counter() - began


def measure(client: httpx.Client, paths: dict[str, list[str]]) -> None:
    print(f"| endpoint | alone, median s | {AT_ONCE} at once, median s (at most {LIMIT_MEDIAN_S})"
          f" | 95 % s ({LIMIT_P95_S}) |\n|---|---|---|---|")  # fmt: skip
    for name, some in paths.items():
        half = len(some) // 2
        timed(client, some[0])
        alone = [timed(client, path) for path in some[:half]]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            busy = list(pool.map(lambda path: timed(client, path), some[half:]))
        print(f"| {name} | {median(alone):.3f} | {median(busy):.3f} | {quantiles(busy, n=20)[-1]:.3f} |",
              flush=True)  # fmt: skip


def stream(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    before = peak_mb(process)
    began, first, rows = time.perf_counter(), 0.0, 0
    with client.stream("GET", f"/api/v1/statements?format=jsonl&limit={ROWS}") as answer:
        for piece in answer.iter_bytes():
            first = first or time.perf_counter() - began
            rows += piece.count(b"\n")
    seconds = time.perf_counter() - began
    print(f"stream: {rows:,} rows, first byte after {first:.2f} s (at most {LIMIT_FIRST_BYTE_S}), all after"
          f" {seconds:.0f} s; memory of the server {before:,.0f} MB before and {peak_mb(process):,.0f} MB"
          f" at the peak (at most {LIMIT_STREAM_MB} for a stream)")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--data", type=Path, default=Path("/var/tmp/onrecord-pages"))
    parser.add_argument("--requests", type=int, default=100, help="of each kind, alone and at once")
    options = parser.parse_args()
    folder = prepared(options.data, options.articles)
    paths = addresses(folder, 2 * options.requests)
    with served(folder) as (url, process), httpx.Client(base_url=url, timeout=300) as client:
        stream(client, process)
        measure(client, paths)


if __name__ == "__main__":
    main()
