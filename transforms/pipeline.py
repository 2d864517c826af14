"""The order of the transforms, from a document to all that is read out of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

from transforms import clean as cleaning
from transforms import dates, mentions, quotations
from transforms.lexicon import Lexicon
from transforms.records import Analysis, Article, Document, Rejection

VERSIONS = {
    "clean": cleaning.VERSION,
    "mentions": mentions.VERSION,
    "quotations": quotations.VERSION,
    "dates": dates.VERSION,
}


def analyse(document: Document, lexicon: Lexicon, *, now: datetime) -> Analysis | Rejection:
    """Return all that can be read out of `document`, or why it is refused.

    Args:
        document: What was acquired.
        lexicon: The compiled word lists.
        now: The instant of the run: nothing is published after it.
    """
    article = cleaning.clean(document, lexicon.boilerplate)
    if isinstance(article, Rejection):
        return article
    return annotate(_marked(article, document), lexicon, now=now)


def _marked(article: Article, document: Document) -> Article:
    """Return the article with what only its acquisition tells: that it is the feed's text, opt-outs."""
    flags = {"feed_text"} if document.is_feed_text else set()
    return replace(
        article,
        flags=tuple(sorted(flags.union(article.flags))),
        opt_out=tuple(sorted({*article.opt_out, *document.opt_out})),
    )


def annotate(article: Article, lexicon: Lexicon, *, now: datetime) -> Analysis:
    """Return the annotations of a cleaned `article`, with its day inferred if it has none."""
    article = _dated(article, lexicon, now=now)
    language = article.language or "en"
    names, entities = mentions.find_mentions(
        article.text,
        lexicon.gazetteer,
        title=article.title,
        language=language,
        tagger=lexicon.tagger,
    )
    return Analysis(
        article=article,
        mentions=tuple(names),
        entities=tuple(entities),
        quotations=tuple(
            quotations.find_quotations(article.text, names, lexicon.speech, language=language)
        ),
        dates=tuple(
            dates.find_dates(
                article.text,
                lexicon.timewords,
                published_at=article.published_at,
                language=language,
                published_confidence=article.published_confidence or 1.0,
            )
        ),
    )


def _dated(article: Article, lexicon: Lexicon, *, now: datetime) -> Article:
    if article.published_at is not None:
        return article
    inferred = dates.infer_published_on(
        article.text, lexicon.timewords, now=now, language=article.language or "en"
    )
    if inferred is None:
        return article
    day, confidence = inferred
    return replace(
        article,
        published_at=datetime.combine(day, time(), tzinfo=UTC),
        published_from="text",
        published_precision="day",
        published_confidence=confidence,
    )
