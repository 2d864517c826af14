"""What finding names costs: beside cleaning the same pages, and once a worker.

`python -m tests.bench.bench_names [FILE]`: FILE holds JSON Lines with `html` (and gzip
where it ends in `.gz`); without it the sample pages in `seeds/articles` are taken. CPU
time of this process, the best of five rounds. The aims: a share of at most 0.15, word
lists loaded in 0.3 s and 80 MB.
"""

from __future__ import annotations

import resource
import time
from datetime import UTC, datetime

from flows.gazetteer_tables import gazetteer_tables
from flows.seeds import load_lexicon, read_tables, seeds_dir
from tests.bench.bench_dates import pages, seconds
from transforms.cleaning.clean import clean
from transforms.naming.gazetteer import Gazetteer
from transforms.naming.mentions import find_mentions
from transforms.records import Article, Document

FETCHED_AT = datetime(2024, 3, 6, tzinfo=UTC)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    before = peak_mb()
    start = time.process_time()
    tables = {**gazetteer_tables(), **read_tables(seeds_dir() / "gazetteers")}
    Gazetteer.from_tables({f"gazetteers/{k.split('/')[-1]}": v for k, v in tables.items()})
    print(f"gazetteers loaded in {time.process_time() - start:.3f} s, {peak_mb() - before:.0f} MB")
    lexicon = load_lexicon()
    documents = [
        Document(document_id=str(i), content=page, media_type="html", fetched_at=FETCHED_AT)
        for i, page in enumerate(pages())
    ]
    outcomes = [clean(document, lexicon.boilerplate) for document in documents]
    texts = [outcome.text for outcome in outcomes if isinstance(outcome, Article)]
    cleaning = seconds(lambda: [clean(document, lexicon.boilerplate) for document in documents])
    names = seconds(lambda: [find_mentions(text, lexicon.gazetteer) for text in texts])
    print(f"{len(texts)} articles, {sum(map(len, texts)) / len(texts):.0f} characters each")
    print(f"cleaning {cleaning / len(texts) * 1e3:8.3f} ms an article")
    print(f"names    {names / len(texts) * 1e3:8.3f} ms an article, share {names / cleaning:.3f}")


if __name__ == "__main__":
    main()
