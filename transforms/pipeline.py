"""The order of the transforms, from a document to all that is read out of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time

from transforms.cleaning import clean as cleaning
from transforms.dating import dates
from transforms.lexicon import Lexicon
from transforms.naming import mentions
from transforms.quoting import quotations
from transforms.records import Analysis, Article, Document, Entity, Mention, Rejection

VERSIONS = {
    "clean": cleaning.VERSION,
    "mentions": mentions.VERSION,
    "quotations": quotations.VERSION,
    "dates": dates.VERSION,
}
ANNOTATIONS = frozenset({"mentions", "quotations", "dates"})
# Sources of statements are resolved against the names.
DEPENDENTS = {"clean": ("mentions", "quotations", "dates"), "mentions": ("quotations",)}


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
    return annotate_with(_dated(article, lexicon, now=now), lexicon, ANNOTATIONS)


def annotate_with(
    article: Article,
    lexicon: Lexicon,
    transforms: Collection[str],
    *,
    names: Sequence[Mention] = (),
) -> Analysis:
    """Return what the named transforms find in an article whose day is known or not to be had.

    Args:
        article: The cleaned article.
        lexicon: The compiled word lists.
        transforms: Some of `ANNOTATIONS`; nothing else is computed.
        names: The article's mentions, where `mentions` is not among `transforms`.
    """
    language = article.language or "en"
    mentioned, entities = list(names), list[Entity]()
    if "mentions" in transforms:
        mentioned, entities = mentions.find_mentions(
            article.text,
            lexicon.gazetteer,
            title=article.title,
            language=language,
            tagger=lexicon.tagger,
        )
    quoted = (
        quotations.find_quotations(article.text, mentioned, lexicon.speech, language=language)
        if "quotations" in transforms
        else ()
    )
    dated = (
        dates.find_dates(
            article.text,
            lexicon.timewords,
            published_at=article.published_at,
            language=language,
            published_confidence=article.published_confidence or 1.0,
        )
        if "dates" in transforms
        else ()
    )
    return Analysis(
        article=article,
        mentions=tuple(mentioned) if "mentions" in transforms else (),
        entities=tuple(entities),
        quotations=tuple(quoted),
        dates=tuple(dated),
    )


def with_dependents(transforms: Collection[str]) -> frozenset[str]:
    """Return the transforms with those that must run again when they did.

    >>> sorted(with_dependents({"mentions"})), sorted(with_dependents({"quotations"}))
    (['mentions', 'quotations'], ['quotations'])
    """
    return frozenset(transforms).union(*(DEPENDENTS.get(name, ()) for name in transforms))


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
