"""CPU time of each transform, as a share of cleaning the same pages.

`python -m tests.bench.bench_transforms [FILE]`: FILE holds JSON Lines with `html`
(compressed if its name ends in `.gz`). Without it, the sample pages in `seeds/articles` are
used. The table shows the CPU time of this process, best of five rounds. `linking` is what a run
spends on copies, edits, stories and wordings after the articles were appended. The aim for
loading the word lists is 0.3 s and 80 MB; keyphrases, topics and linking together have 0.15.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import orjson

from flows.inputs.contract import open_lines
from flows.runs.linking import link_new
from flows.seeds import load_lexicon, read_tables, seeds_dir
from tests.helpers.builders import make_batch, make_run
from transforms.cleaning.clean import clean
from transforms.dating.dates import find_dates
from transforms.naming.gazetteer import Gazetteer
from transforms.naming.mentions import find_mentions
from transforms.pipeline import annotate
from transforms.quoting.quotations import find_quotations
from transforms.records import Analysis, Article, Document
from transforms.subjects.keyphrases import find_keyphrases
from transforms.subjects.topics import find_topics
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.spool import spool

FETCHED_AT = datetime(2024, 3, 6, tzinfo=UTC)
PAGES, ROUNDS = 100, 5
AIMS = {"names": 0.15, "quotations": 0.15, "dates": 0.05}
TOGETHER, AIM_TOGETHER = ("keyphrases", "topics", "linking"), 0.15


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


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def linking_seconds(analyses: list[Analysis]) -> float:
    """Return the CPU seconds that a run needs to link articles in an empty warehouse."""
    best = float("inf")
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as name:
            run = make_run(Path(name))
            batch = make_batch(*analyses)
            with open_live(run.settings.folder) as con:
                append_batch(con, spool(batch, run.settings.folder.spool))
            start = time.process_time()
            link_new(run)
            best = min(best, time.process_time() - start)
    return best


def load_gazetteers() -> None:
    before, start = peak_mb(), time.process_time()
    Gazetteer.from_tables(read_tables(seeds_dir(), "gazetteers"))
    print(f"gazetteers loaded in {time.process_time() - start:.3f} s, {peak_mb() - before:.0f} MB")


def main() -> None:
    load_gazetteers()
    lexicon = load_lexicon()
    documents = [
        Document(document_id=str(i), content=page, media_type="html", fetched_at=FETCHED_AT)
        for i, page in enumerate(pages())
    ]
    outcomes = [clean(document, lexicon.boilerplate) for document in documents]
    texts = [outcome.text for outcome in outcomes if isinstance(outcome, Article)]
    names = [find_mentions(text, lexicon.gazetteer)[0] for text in texts]
    named = list(zip(texts, names, strict=True))
    cleaning = seconds(lambda: [clean(document, lexicon.boilerplate) for document in documents])
    work: dict[str, Callable[[], object]] = {
        "names": lambda: [find_mentions(text, lexicon.gazetteer) for text in texts],
        "quotations": lambda: [find_quotations(t, n, lexicon.speech) for t, n in named],
        "dates": lambda: [
            find_dates(text, lexicon.timewords, published_at=FETCHED_AT) for text in texts
        ],
        "keyphrases": lambda: [
            find_keyphrases(t, n, lexicon.stop_words.of("en")) for t, n in named
        ],
        "topics": lambda: [find_topics(text, lexicon.topics) for text in texts],
    }
    costs = {name: seconds(step) for name, step in work.items()}
    articles = [outcome for outcome in outcomes if isinstance(outcome, Article)]
    costs["linking"] = linking_seconds(
        [annotate(article, lexicon, now=FETCHED_AT) for article in articles]
    )
    words = sum(len(text.split()) for text in texts)
    print(f"{len(texts)} articles of {words / len(texts):.0f} words")
    print(f"{'what':12} {'ms':>8} {'share':>7} {'aim':>6}")
    print(f"{'cleaning':12} {cleaning / len(texts) * 1e3:8.2f}")
    for name, cost in costs.items():
        aim = f"{AIMS[name]:6.2f}" if name in AIMS else ""
        print(f"{name:12} {cost / len(texts) * 1e3:8.2f} {cost / cleaning:7.3f} {aim}".rstrip())
    together = sum(costs[name] for name in TOGETHER) / cleaning
    print(f"{' + '.join(TOGETHER)}: {together:.3f}, aim {AIM_TOGETHER}")


if __name__ == "__main__":
    main()
