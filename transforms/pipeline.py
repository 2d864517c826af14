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
from transforms.languages.by_language import UNKNOWN, ByLanguage
from transforms.languages.parts import language_parts
from transforms.lexicon import Lexicon
from transforms.naming import mentions
from transforms.quoting import quotations
from transforms.records import (
    Analysis,
    Article,
    Document,
    Entity,
    Mention,
    NoComment,
    Quotation,
    Rejection,
)
from transforms.subjects import keyphrases, topics

_BEGINNING = 600  # characters of a text that tell its language

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
    named: list[Mention] = []
    meant: dict[str, Entity] = {}
    models: dict[str, None] = {}
    for language, text in _parts(article, lexicon):
        tagger = lexicon.taggers.get(language)
        if tagger is not None:
            models[tagger.model] = None
        found, entities = mentions.find_mentions(
            text,
            lexicon.gazetteers,
            title=article.title,
            language=language,
            tagger=tagger,
        )
        named += found
        meant |= {entity.entity_id: entity for entity in entities if entity.entity_id not in meant}
    named.sort(key=lambda mention: mention.start)
    return {
        "mentions": tuple(named),
        "entities": tuple(meant.values()),
        "name_models": tuple(models),
    }


def _find_quotations(article: Article, lexicon: Lexicon, found: Analysis) -> Found:
    quoted: list[Quotation] = []
    silences: list[NoComment] = []
    for language, text in _parts(article, lexicon):
        named = [one for one in found.mentions if not text[one.start : one.end].isspace()]
        statements, notes = quotations.find_statements_and_silences(
            text, named, lexicon.speeches, language=language, title=article.title
        )
        quoted += statements
        silences += notes
    quoted.sort(key=lambda quotation: (quotation.start, quotation.end))
    return {"quotations": tuple(quoted), "no_comments": tuple(silences)}


def _find_dates(article: Article, lexicon: Lexicon, _: Analysis) -> Found:
    dated = [
        mention
        for language, text in _parts(article, lexicon)
        for mention in dates.find_dates(
            text,
            lexicon.vocabularies,
            published_at=article.published_at,
            language=language,
            country=article.declared_region,
            site_country=country_of(article.url or article.canonical_url),
            published_confidence=article.published_confidence or 1.0,
        )
    ]
    return {"dates": tuple(sorted(dated, key=lambda mention: mention.start))}


def _parts(article: Article, lexicon: Lexicon) -> Sequence[tuple[str, str]]:
    """Return the languages of an article, each with the text in it (see `language_parts`)."""
    language = article.language or UNKNOWN
    return language_parts(article.text, language, lexicon.stop_words.of(language).words)


def _find_keyphrases(article: Article, lexicon: Lexicon, found: Analysis) -> Found:
    language = article.language or UNKNOWN
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
        article.text, lexicon.topics, title=article.title, language=article.language or UNKNOWN
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
    article = settle_language(_marked(article, document, lexicon), lexicon)
    return annotate(article, lexicon, now=now)


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


def settle_language(article: Article, lexicon: Lexicon) -> Article:
    """Return an article with the language of a short text, and with a flag for a doubtful one.

    The model of `clean` tells no language of a short text. Its script overrules a declaration
    that cannot be right.
    """
    beginning = article.text[:_BEGINNING]
    language, flags = article.language, set(article.flags)
    if language is not None and not lexicon.short_texts.fits(language, beginning):
        flags.add("language_disputed")
        language = None
    if language is None:
        language = lexicon.short_texts.tell(beginning)
    if language is None:
        flags.add("language_unknown")
    elif not lexicon.short_texts.knows(language):
        flags.add("language_unsupported")
    detected = article.detected_language or (None if article.language else language)
    return replace(
        article, language=language, detected_language=detected, flags=tuple(sorted(flags))
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
        article.text, vocabularies, now=now, language=article.language or UNKNOWN
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
