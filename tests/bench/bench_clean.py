"""CPU time of cleaning, beside trafilatura's on the same pages in the same run.

`python -m tests.bench.bench_clean [FILE ...]`: files of pages as `onrecord extract` reads
them (JSON Lines, `.gz` too); without one, the project's own sample pages, each a few
times. Both sides read the same decoded text and give text and metadata. They take turns
over all pages: page by page, the second would find trafilatura's caches filled.
"""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import trafilatura

from flows.runs.files import open_lines
from flows.seeds import read_tables, seeds_dir
from transforms.cleaning.boilerplate import Boilerplate
from transforms.cleaning.clean import clean
from transforms.records import Document

REPEATS = 3
ROUNDS = 2
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def pages(files):
    """Yield address and text of each page."""
    if not files:
        for path in sorted((seeds_dir() / "articles").glob("*.html")):
            for _ in range(REPEATS):
                yield None, path.read_text("utf-8")
    for file in files:
        with open_lines(file) as lines:
            for row in map(json.loads, lines):
                if row.get("html"):
                    yield row.get("url"), row["html"]


def ours(url, html, boilerplate):
    clean(
        Document(document_id="", content=html, media_type="html", fetched_at=NOW, url=url),
        boilerplate,
    )


def stock(url, html):
    trafilatura.bare_extraction(html, url=url, with_metadata=True)


def timed(call):
    started = time.process_time()
    call()
    return time.process_time() - started


def main():
    boilerplate = Boilerplate.from_tables(read_tables(seeds_dir()))
    todo = list(pages([Path(name).as_posix() for name in sys.argv[1:]]))
    for url, html in todo[:3]:  # models and caches are loaded before the clock starts
        ours(url, html, boilerplate)
        stock(url, html)
    spent = [0.0, 0.0]
    for _ in range(ROUNDS):
        spent[0] += timed(lambda: [ours(url, html, boilerplate) for url, html in todo])
        spent[1] += timed(lambda: [stock(url, html) for url, html in todo])
    each = [1000 * seconds / ROUNDS / len(todo) for seconds in spent]
    size = sum(len(html) for _, html in todo) / len(todo) / 1000
    print(f"{len(todo)} pages, mean {size:.0f} kB, CPU ms a page")
    print(f"onrecord     {each[0]:6.1f}")
    print(f"trafilatura  {each[1]:6.1f}")
    print(f"ratio        {each[0] / each[1]:6.2f}  (1 or less is the aim)")


if __name__ == "__main__":
    main()
