"""Time the search for stories while a warehouse grows and print a table.

    python -m tests.bench.bench_stories --articles 100000 --data /var/tmp/onrecord-stories

The articles are invented: 300 words, most of them common ones, and names. Each belongs to one of
many events of its day, some of which go on for weeks. They are appended and linked in batches of
500. The figures are the CPU seconds of a batch in the linking steps, the median of five batches
in a row, and the same as a ratio to the tenth batch.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from flows.runs.linking import STEPS, link_new
from tests.helpers.builders import make_analysis, make_article, make_batch, make_run
from transforms.identity import entity_id
from transforms.records import Analysis, Entity, Mention
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.spool import spool

BATCH = 500
WORDS = 300
LIMIT_RATIO = 2.0
LIMIT_MB = 1000
_START = datetime(2024, 1, 1, tzinfo=UTC)
_PER_DAY = 2000  # articles; a hundred thousand are fifty days
_EVENTS_PER_DAY = 300
_LETTERS = "bdfgklmnprstvz", "aeiou"


class Events:
    """Invented events, and articles about them."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.common = [self._word() for _ in range(8000)]
        self.known = [self._name() for _ in range(300)]
        self.running: list[tuple[list[str], list[str]]] = []

    def articles(self, first: int, last: int) -> Iterator[Analysis]:
        """Yield articles; `first` and `last` number them from the beginning."""
        for number in range(first, last):
            if number % (_PER_DAY // _EVENTS_PER_DAY) == 0:
                words = [self._word() for _ in range(25)]
                self.running.append((words, [self._name() for _ in range(4)]))
                del self.running[: -5 * _EVENTS_PER_DAY]
            yield self._article(number)

    def _article(self, number: int) -> Analysis:
        # New events have most of the articles, but some are still reported days later.
        place = min(int(self.chance.expovariate(1 / 80)), len(self.running) - 1)
        words, names = self.running[-1 - place]
        named = [*self.chance.sample(names, 3), *self.chance.sample(self.known, 3)]
        text = [self._some(words) for _ in range(WORDS)]
        for name in named * 2:
            text[self.chance.randrange(len(text))] = name
        article = make_article(
            " ".join(text),
            url=f"https://outlet{number % 40}.example/{number}",
            title=" ".join([named[0], *self.chance.sample(words, 4)]),
            published_at=_START + timedelta(days=number / _PER_DAY),
        )
        found: Analysis = make_analysis(article, **_named(article.text, named))
        return found

    def _some(self, words: list[str]) -> str:
        if self.chance.random() < 0.12:
            return self.chance.choice(words)
        return self.common[min(int(self.chance.paretovariate(0.5)) - 1, len(self.common) - 1)]

    def _word(self) -> str:
        return "".join(self.chance.choice(_LETTERS[at % 2]) for at in range(7))

    def _name(self) -> str:
        return f"{self._word().title()} {self._word().title()}"


def _named(text: str, names: list[str]) -> dict[str, tuple[object, ...]]:
    keys = {name: entity_id("person", name) for name in names}
    mentions = [
        Mention(start=at, end=at + len(name), text=name, kind="person", name=name, entity_id=key)
        for name, key in keys.items()
        if (at := text.find(name)) >= 0
    ]
    entities = [Entity(entity_id=key, name=name, kind="person") for name, key in keys.items()]
    return {"mentions": tuple(mentions), "entities": tuple(entities)}


def measure(folder: DataFolder, articles: int, step: str | None) -> list[float]:
    """Append and link articles; return the CPU seconds of each batch in the linking."""
    run, events = make_run(folder.root), Events(7)
    steps = tuple(one for one in STEPS if step in (None, one.name))
    seconds = []
    for first in range(0, articles, BATCH):
        found = events.articles(first, first + BATCH)
        with open_live(folder) as con:
            spooled = spool(make_batch(*found), folder.spool)
            append_batch(con, spooled)
        spooled.remove()
        began = time.process_time()
        link_new(run, steps)
        seconds.append(time.process_time() - began)
        if len(seconds) % 20 == 0:
            print(f"{first + BATCH:>8,} articles  {median(seconds[-5:]):.2f} s", file=sys.stderr)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--data", type=Path, default=Path("/var/tmp/onrecord-stories"))
    parser.add_argument("--step", help="only this step; default all")
    options = parser.parse_args()
    shutil.rmtree(options.data, ignore_errors=True)
    folder = DataFolder(options.data)
    seconds = measure(folder, options.articles, options.step)
    tenth, last = median(seconds[7:12]), median(seconds[-5:])
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    with open_live(folder) as con:
        stories = con.execute("SELECT count(*), max(articles) FROM stories").fetchone()
    print(f"articles      {options.articles:>10,}")
    print(f"stories, size {stories}")
    print(f"tenth batch   {tenth:>10.2f} s CPU")
    print(f"last batch    {last:>10.2f} s CPU")
    print(f"ratio         {last / tenth:>10.2f}   at most {LIMIT_RATIO}")
    print(f"memory        {memory_mb:>10,.0f} MB at most {LIMIT_MB}")
    print(f"live file     {folder.live.stat().st_size / 1e6:>10,.0f} MB")
    shutil.rmtree(options.data, ignore_errors=True)


if __name__ == "__main__":
    main()
