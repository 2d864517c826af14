"""Cleaning compared with trafilatura, and each other transform with cleaning.

All take the same pages, in this process. Each goes through all pages before the next one starts:
taking turns page by page would let the second one profit from trafilatura's filled caches.
Subjects are keyphrases and topics; linking is what a run spends on copies, edits, stories and wordings after articles were appended.
"""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import trafilatura

from flows.runs.linking import link_new
from flows.seeds import load_lexicon
from tests.bench.figures import Figure, Taken
from tests.bench.page_set import PageSet
from tests.bench.rounds import Bench, Measure, Prepared
from tests.helpers.builders import make_batch, make_run
from transforms.cleaning.clean import clean
from transforms.dating.dates import find_dates
from transforms.lexicon import Lexicon
from transforms.naming.mentions import find_mentions
from transforms.pipeline import annotate
from transforms.quoting.quotations import find_quotations
from transforms.records import Analysis, Article, Document
from transforms.subjects.keyphrases import find_keyphrases
from transforms.subjects.topics import find_topics
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.spool import spool

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_AIMS = {"names": 0.12, "quotations": 0.12, "dates": 0.04}
_TOGETHER = "subjects and linking"


def measure(bench: Bench) -> Measure:
    """Return the measure."""
    setting, cleaning = bench.pages.setting, Taken("cleaning", "ms")
    figures = [
        Figure(name="cleaning", ours=cleaning, yardstick=Taken("trafilatura", "ms"), unit="ms",
               against="trafilatura", aim=0.70, setting=setting)
    ]  # fmt: skip
    figures += [
        Figure(name=name, ours=Taken(name, "ms"), yardstick=cleaning, against="cleaning", unit="ms",
               aim=aim, setting=setting)
        for name, aim in {**_AIMS, _TOGETHER: 0.15}.items()
    ]  # fmt: skip
    return Measure(
        name="transforms", figures=tuple(figures), prepare=partial(_prepared, bench.pages)
    )


@contextmanager
def _prepared(pages: PageSet) -> Iterator[Prepared]:
    lexicon = load_lexicon()
    documents = [
        Document(document_id=str(at), content=page.html, media_type="html", fetched_at=_NOW, url=page.url)
        for at, page in enumerate(pages.pages)
    ]  # fmt: skip
    outcomes = [clean(document, lexicon.boilerplate) for document in documents]
    articles = [outcome for outcome in outcomes if isinstance(outcome, Article)]
    work = {
        "trafilatura": lambda: [
            trafilatura.bare_extraction(page.html, url=page.url, with_metadata=True)
            for page in pages.pages
        ],
        "cleaning": lambda: [clean(document, lexicon.boilerplate) for document in documents],
        **_annotations(articles, lexicon),
    }
    for step in work.values():  # fills the caches
        step()
    linked = [annotate(article, lexicon, now=_NOW) for article in articles]
    subjects = _subjects(linked, lexicon)
    gc.freeze()  # as worker processes do
    yield {
        **{name: partial(_timed, step, len(articles)) for name, step in work.items()},
        _TOGETHER: partial(_together, subjects, linked),
    }
    gc.unfreeze()


def _annotations(articles: list[Article], lexicon: Lexicon) -> dict[str, Callable[[], object]]:
    named = [(one, find_mentions(one.text, lexicon.gazetteers)[0]) for one in articles]
    return {
        "names": lambda: [find_mentions(one.text, lexicon.gazetteers) for one in articles],
        "quotations": lambda: [
            find_quotations(one.text, names, lexicon.speeches) for one, names in named
        ],
        "dates": lambda: [
            find_dates(one.text, lexicon.vocabularies, published_at=_NOW) for one in articles
        ],
    }


def _subjects(analyses: list[Analysis], lexicon: Lexicon) -> Callable[[], None]:
    words = lexicon.stop_words.of("en")

    def find() -> None:
        for one in analyses:
            find_keyphrases(one.article.text, one.mentions, words)
            find_topics(one.article.text, lexicon.topics)

    return find


def _timed(step: Callable[[], object], articles: int) -> dict[str, float]:
    started = time.process_time()
    step()
    return {"ms": 1000 * (time.process_time() - started) / articles}


def _together(subjects: Callable[[], None], analyses: list[Analysis]) -> dict[str, float]:
    """Find subjects, append the articles to an empty warehouse, and link them there."""
    found = _timed(subjects, len(analyses))["ms"]
    with tempfile.TemporaryDirectory() as name:
        run = make_run(Path(name))
        with open_live(run.settings.folder) as con:
            append_batch(con, spool(make_batch(*analyses), run.settings.folder.spool))
        return {"ms": found + _timed(lambda: link_new(run), len(analyses))["ms"]}
