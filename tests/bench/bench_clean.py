"""CPU time of cleaning, compared with trafilatura on the same pages.

`python -m tests.bench.bench_clean [FILE ...]`: FILE holds pages in the input format of
`onrecord extract` (JSON Lines, also `.gz`). Without a FILE, the sample pages of the project
are used, each several times. Both sides read the same decoded text and return text and
metadata. Each side goes through all pages before the other one starts: taking turns page by
page would let the second side profit from trafilatura's filled caches.
"""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import trafilatura

from flows.inputs.contract import open_lines
from flows.seeds import read_tables, seeds_dir
from transforms.cleaning.boilerplate import Boilerplate
from transforms.cleaning.clean import clean
from transforms.records import Document

REPEATS = 3
ROUNDS = 2
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def pages(files):
    """Yield the URL and the text of each page."""
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
    for url, html in todo[:3]:  # load models and fill caches before the clock starts
        ours(url, html, boilerplate)
        stock(url, html)
    spent = [0.0, 0.0]
    for _ in range(ROUNDS):
        spent[0] += timed(lambda: [ours(url, html, boilerplate) for url, html in todo])
        spent[1] += timed(lambda: [stock(url, html) for url, html in todo])
    each = [1000 * seconds / ROUNDS / len(todo) for seconds in spent]
    size = sum(len(html) for _, html in todo) / len(todo) / 1000
    print(f"{len(todo)} pages, mean {size:.0f} kB, CPU ms per page")
    print(f"onrecord     {each[0]:6.1f}")
    print(f"trafilatura  {each[1]:6.1f}")
    print(f"ratio        {each[0] / each[1]:6.2f}  (aim: at most 1)")


if __name__ == "__main__":
    main()
