"""What finding dates costs, as a share of what cleaning the same pages costs.

`python -m tests.bench.bench_dates [FILE]`: FILE holds JSON Lines with `html` (and gzip
where it ends in `.gz`); without it the sample pages in `seeds/articles` are taken. CPU
time of this process, the best of five rounds. The aim is a share of at most 0.05.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice

import orjson

from flows.extract import open_lines
from flows.seeds import load_lexicon, seeds_dir
from transforms.cleaning.clean import clean
from transforms.dating.dates import find_dates
from transforms.records import Article, Document

PUBLISHED_AT = datetime(2024, 3, 6, tzinfo=UTC)
PAGES, ROUNDS = 100, 5


def pages() -> list[str]:
    if len(sys.argv) > 1:
        with open_lines(sys.argv[1]) as lines:
            return [orjson.loads(line)["html"] for line in islice(lines, PAGES)]
    folder = seeds_dir() / "articles"
    return [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.html"))]


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of the fastest round."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    lexicon = load_lexicon()
    documents = [
        Document(document_id=str(i), content=page, media_type="html", fetched_at=PUBLISHED_AT)
        for i, page in enumerate(pages())
    ]
    outcomes = [clean(document, lexicon.boilerplate) for document in documents]
    texts = [outcome.text for outcome in outcomes if isinstance(outcome, Article)]
    words = sum(len(text.split()) for text in texts)
    cleaning = seconds(lambda: [clean(document, lexicon.boilerplate) for document in documents])
    dates = seconds(
        lambda: [find_dates(t, lexicon.timewords, published_at=PUBLISHED_AT) for t in texts]
    )
    print(f"{len(texts)} articles, {words} words")
    print(f"cleaning {cleaning / len(texts) * 1e3:8.3f} ms an article")
    print(f"dates    {dates / len(texts) * 1e3:8.3f} ms an article")
    print(f"share    {dates / cleaning:8.3f}")


if __name__ == "__main__":
    main()
