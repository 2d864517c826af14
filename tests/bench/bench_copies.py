"""Time of the search for copies in a growing warehouse, compared with itself.

`python -m tests.bench.bench_copies [--articles 100000]`: appends invented articles of 300
words in batches of 500 and links each batch. One article in six is a copy of an earlier one,
with words added or cut. The last batches may cost at most 1.5 times the tenth ones, and one
core has to make at least 1,500 signatures per second.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from flows.runs import linking
from flows.runs.run import Run
from tests.helpers.builders import NOW, VERSIONS, make_analysis, make_article, make_run
from transforms.grouping.shingles import sample, shingle
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.rows import analysis_rows
from warehouse.spool import Batch, spool

BATCH = 500
WORDS = 300
VOCABULARY = 30_000
COPIED = 1 / 6
RECENT = 5_000  # copies appear within days
NEIGHBOURS = 5  # batches on each side of the tenth, and the last ones


class Texts:
    """Invented texts whose words follow a power law."""

    def __init__(self) -> None:
        self._chance = random.Random(11)
        self._words = [f"w{rank:x}" for rank in range(VOCABULARY)]
        self._weights = [1 / (rank + 10) for rank in range(VOCABULARY)]
        self._recent: list[str] = []

    def next(self) -> str:
        """Return a new text or a copy of one of the last 5,000."""
        if self._recent and self._chance.random() < COPIED:
            text = self._changed(self._chance.choice(self._recent))
        else:
            text = self._new(WORDS)
        self._recent = [*self._recent[-RECENT:], text]
        return text

    def _new(self, words: int) -> str:
        return " ".join(self._chance.choices(self._words, self._weights, k=words))

    def _changed(self, text: str) -> str:
        words = text.split()
        kept = words[: round(len(words) * self._chance.uniform(0.7, 1.0))]
        return " ".join([*kept, self._new(self._chance.randrange(60))])


def append(run: Run, texts: Texts, number: int) -> None:
    """Append one batch of new articles."""
    batch = Batch(run_id=run.run_id, seen=BATCH)
    for place in range(BATCH):
        key = number * BATCH + place
        article = make_article(
            texts.next(),
            url=f"https://source{key % 300}.example/{key}",
            title=f"Report {key}",
            document_id=f"d{key}",
            content_sha256=f"{key:064}",
        )
        batch.add(analysis_rows(make_analysis(article), fetched_at=NOW, now=NOW, versions=VERSIONS))
    spooled = spool(batch, run.settings.folder.spool)
    with open_live(run.settings.folder) as con:
        append_batch(con, spooled)
    spooled.remove()


def link_times(run: Run, batches: int) -> Iterator[float]:
    """Append batches and yield the CPU seconds that linking each of them takes."""
    texts = Texts()
    for number in range(batches):
        append(run, texts, number)
        started = time.process_time()
        linking.link_new(run)
        yield time.process_time() - started
        if number % 20 == 19:
            print(f"{(number + 1) * BATCH:>9,} articles", flush=True)


def signatures_per_s() -> float:
    """Return how many texts of 300 words one core samples in a second."""
    texts = [Texts().next() for _ in range(50)]
    started = time.process_time()
    for _ in range(10):
        for text in texts:
            sample(shingle(text).hashes)
    return 10 * len(texts) / (time.process_time() - started)


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    given = parser.parse_args()
    batches = max(given.articles // BATCH, 20)
    with tempfile.TemporaryDirectory() as folder:
        run = make_run(Path(folder) / "data")
        times = [*link_times(run, batches)]
        with open_live(run.settings.folder) as con:
            ((copies, clusters),) = con.execute(
                "SELECT count(*), count(DISTINCT cluster_id) FROM cluster_members"
            ).fetchall()
    tenth = statistics.median(times[9 - NEIGHBOURS : 10 + NEIGHBOURS])
    last = statistics.median(times[-NEIGHBOURS:])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"signatures per second and core  {signatures_per_s():8,.0f}")
    print(f"linking the tenth batch         {tenth * 1000:8.0f} ms of CPU")
    print(f"linking the last batch          {last * 1000:8.0f} ms of CPU")
    print(f"last compared with tenth        {last / tenth:8.2f}")
    print(f"peak memory                     {memory:8.0f} MB")
    print(f"articles in clusters            {copies:8,} in {clusters:,} clusters")


if __name__ == "__main__":
    main()
