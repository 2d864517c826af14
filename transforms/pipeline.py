"""The transforms in their order, from a document to everything that is read from it.

`clean` makes the article; each transform in `TRANSFORMS` then adds annotations to it. To
add one, write its function and its entry in `TRANSFORMS`; its results are a field of
`records.Analysis`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Any

from transforms.analysed_part import analysed_part
from transforms.cleaning import clean as cleaning
from transforms.comparison.wording import wording_sha256
from transforms.dating import dates
from transforms.dating.day_order import country_of
from transforms.dating.publication_day import infer_published_on
from transforms.dating.time_words import Vocabulary
from transforms.languages.by_language import ByLanguage
from transforms.lexicon import Lexicon
from transforms.naming import mentions
from transforms.quoting import quotations
from transforms.records import Analysis, Article, Document, Mention, Rejection
from transforms.subjects import keyphrases, topics

Found = Mapping[str, tuple[Any, ...]]  # results by field of `Analysis`


@dataclass(frozen=True, slots=True)
class Transform:
    """One step that adds annotations to a cleaned article.

    Attributes:
        name: Its name in settings, versions and the table `analyses`.
        version: Raised when its results change, so that old results count as stale.
        needs: Transforms whose results it reads, besides the cleaned article.
        find: Returns its results as fields of `Analysis`, from the article, the word
            lists and the results of the transforms it needs.
    """

    name: str
    version: int
    needs: tuple[str, ...]
    find: Callable[[Article, Lexicon, Analysis], Found]


def _find_mentions(article: Article, lexicon: Lexicon, _: Analysis) -> Found:
    found, entities = mentions.find_mentions(
        article.text,
        lexicon.gazetteers,
        title=article.title,
        language=article.language or "en",
        tagger=lexicon.tagger,
    )
    return {"mentions": tuple(found), "entities": tuple(entities)}


def _find_quotations(article: Article, lexicon: Lexicon, found: Analysis) -> Found:
    quoted, silences = quotations.find_statements_and_silences(
        article.text,
        found.mentions,
        lexicon.speeches,
        language=article.language or "en",
        title=article.title,
    )
    return {"quotations": tuple(quoted), "no_comments": tuple(silences)}


def _find_dates(article: Article, lexicon: Lexicon, _: Analysis) -> Found:
    dated = dates.find_dates(
        article.text,
        lexicon.vocabularies,
        published_at=article.published_at,
        language=article.language or "en",
        country=article.declared_region,
        site_country=country_of(article.url or article.canonical_url),
        published_confidence=article.published_confidence or 1.0,
    )
    return {"dates": tuple(dated)}


def _find_keyphrases(article: Article, lexicon: Lexicon, found: Analysis) -> Found:
    language = article.language or "en"
    phrases = keyphrases.find_keyphrases(
        article.text,
        found.mentions,
        lexicon.stop_words.of(language),
        title=article.title,
        language=language,
    )
    return {"keyphrases": tuple(phrases)}


def _find_topics(article: Article, lexicon: Lexicon, _: Analysis) -> Found:
    found = topics.find_topics(
        article.text, lexicon.topics, title=article.title, language=article.language or "en"
    )
    return {"topics": tuple(found)}


TRANSFORMS = (
    Transform("mentions", mentions.VERSION, (), _find_mentions),
    Transform("quotations", quotations.VERSION, ("mentions",), _find_quotations),
    Transform("dates", dates.VERSION, (), _find_dates),
    Transform("keyphrases", keyphrases.VERSION, ("mentions",), _find_keyphrases),
    Transform("topics", topics.VERSION, (), _find_topics),
)
ANNOTATIONS = frozenset(transform.name for transform in TRANSFORMS)
VERSIONS = {"clean": cleaning.VERSION} | {one.name: one.version for one in TRANSFORMS}


def analyse(document: Document, lexicon: Lexicon, *, now: datetime) -> Analysis | Rejection:
    """Return everything that is read from `document`, or why it is rejected.

    Args:
        document: The acquired document.
        lexicon: The compiled word lists and the user's rules.
        now: The instant of the run; no article is published after it.
    """
    article = cleaning.clean(document, lexicon.boilerplate, lexicon.rules)
    if isinstance(article, Rejection):
        return article
    return annotate(_marked(article, document, lexicon), lexicon, now=now)


def _marked(article: Article, document: Document, lexicon: Lexicon) -> Article:
    """Return the article with the flags and opt-outs of its acquisition, and its wording."""
    flags = {"feed_text"} if document.is_feed_text else set()
    if len(analysed_part(article.text)) < len(article.text):
        flags.add("analysed_in_part")
    return replace(
        article,
        publisher=document.publisher or article.publisher,
        flags=tuple(sorted(flags.union(article.flags, document.flags))),
        opt_out=tuple(sorted({*article.opt_out, *document.opt_out})),
        wording_sha256=wording_sha256(article.title, article.text, lexicon.boilerplate),
    )


def annotate(article: Article, lexicon: Lexicon, *, now: datetime) -> Analysis:
    """Return all annotations of a cleaned `article`; its day is inferred if it has none."""
    return annotate_with(dated(article, lexicon.vocabularies, now=now), lexicon, ANNOTATIONS)


def annotate_with(
    article: Article,
    lexicon: Lexicon,
    transforms: Collection[str],
    *,
    names: Sequence[Mention] = (),
) -> Analysis:
    """Return the results of the named transforms alone.

    Args:
        article: The cleaned article, with its day if that is known.
        lexicon: The compiled word lists.
        transforms: Names of the transforms to run, from `ANNOTATIONS`.
        names: The stored mentions of the article, for transforms that need them if
            `mentions` is not among `transforms`.
    """
    known = Analysis(article=article, mentions=tuple(names))
    new: dict[str, tuple[Any, ...]] = {}
    for transform in TRANSFORMS:
        if transform.name in transforms:
            found = transform.find(article, lexicon, known)
            known = replace(known, article=article, **found)
            new.update(found)
    return Analysis(article=article, **new)


def with_dependents(transforms: Collection[str]) -> frozenset[str]:
    """Return the transforms and all that must run again after them.

    >>> sorted(with_dependents({"mentions"})), sorted(with_dependents({"quotations"}))
    (['keyphrases', 'mentions', 'quotations'], ['quotations'])
    """
    stale = set(transforms)
    for transform in TRANSFORMS:  # each comes after the transforms it needs
        if "clean" in stale or stale.intersection(transform.needs):
            stale.add(transform.name)
    return frozenset(stale)


def dated(article: Article, vocabularies: ByLanguage[Vocabulary], *, now: datetime) -> Article:
    """Return `article` with the day that its text implies, if nothing states its day."""
    if article.published_at is not None:
        return article
    inferred = infer_published_on(
        article.text, vocabularies, now=now, language=article.language or "en"
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
