"""Finds the topics of an article: IPTC Media Topics of the first two levels.

Terms with weights are looked up in the headline and the text (`topics`, a seed table). A term
counts its weight, times 1 + ln(n) for n occurrences, the usual dampening of term frequencies
(Manning, Raghavan and Schütze 2008, "Introduction to Information Retrieval", 6.4.1). A topic of
the first level has the evidence of its own terms and of all topics that are part of it. Every
topic names the terms that it was found by.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, NamedTuple, Self

from transforms.records import Topic, TopicEvidence
from transforms.subjects.words import WORD, stem
from transforms.tables import Tables

VERSION: Final = 1

# Five times the length of a usual article; what it is about is said before.
_MOST_WORDS: Final = 3_000
# The headline says what an article is about: a term in it counts like this many in the text.
_TITLE_OCCURRENCES: Final = 3
# The same for the lead, the first words of a text.
_LEAD_WORDS: Final = 60
_LEAD_OCCURRENCES: Final = 2
# One decisive term that occurs twice, or two strong ones: less is found by chance in any article.
_LEAST_EVIDENCE: Final = 4.0
_LEAST_TERMS: Final = 2
# A second topic has at least this share of the evidence for the best one.
_SHARE_OF_BEST: Final = 0.5
_MOST_TOPICS: Final = 3  # of each level; editors who use the scheme give one to three
_MOST_EVIDENCE: Final = 8  # terms that are kept for each topic


class TopicName(NamedTuple):
    """A topic of the scheme; `broader_code` is its own code on the first level."""

    code: str
    name: str
    broader_code: str

    @property
    def level(self) -> int:
        """1 or 2."""
        return 1 if self.code == self.broader_code else 2


class _Term(NamedTuple):
    """A term: its words with their stems, and which topics it counts for."""

    text: str
    words: tuple[str, ...]
    stems: tuple[str, ...]
    weights: Mapping[str, float]

    def fits(self, words: Sequence[str], stems: Sequence[str], at: int) -> bool:
        """Whether the text has the term at a word.

        A singular stands for the plural, too, but a plural only for itself ("futures"). A capital
        letter must be one in the text.
        """
        end = at + len(self.stems)
        # The first stem is equal already.
        if len(self.stems) > 1 and tuple(stems[at:end]) != self.stems:
            return False
        if self.text[0].isupper() and not words[at][0].isupper():
            return False
        return self.words == self.stems or all(
            word in (own, written.lower())
            for word, own, written in zip(self.words, self.stems, words[at:end], strict=True)
        )


@dataclass(slots=True)
class _Found:
    """A term that was found: how often, where first, and what its occurrences count."""

    term: _Term
    occurrences: int = 0
    counted: int = 0
    start: int | None = None
    end: int | None = None

    def evidence(self, code: str) -> TopicEvidence:
        """Return the evidence for one of the topics of the term."""
        return TopicEvidence(
            term=self.term.text,
            weight=self.term.weights[code],
            occurrences=self.occurrences,
            start=self.start,
            end=self.end,
        )

    def points(self, code: str) -> float:
        """Return what it counts for one of its topics."""
        return self.term.weights[code] * (1 + math.log(self.counted))


@dataclass(frozen=True, slots=True)
class TopicTerms:
    """The topics of the scheme, and the terms of each language by their first stem."""

    names: Mapping[str, TopicName] = field(default_factory=dict)
    terms: Mapping[str, Mapping[str, tuple[_Term, ...]]] = field(default_factory=dict)

    @classmethod
    def from_tables(cls, tables: Tables) -> Self:
        """Compile the tables; raises KeyError if a table, column or topic is missing."""
        names = {
            row["code"]: TopicName(row["code"], row["name"], row["broader_code"] or row["code"])
            for row in tables["subjects/topic_names"]
        }
        weights: dict[tuple[str, str], dict[str, float]] = {}
        for row in tables["topics"]:
            topic = names[row["topic"]]
            of_term = weights.setdefault((row["language"], row["term"]), {})
            of_term[topic.code] = float(row["weight"])
        return cls(names, _by_first_stem(weights))


def _by_first_stem(
    weights: Mapping[tuple[str, str], Mapping[str, float]],
) -> dict[str, dict[str, tuple[_Term, ...]]]:
    found: dict[str, dict[str, list[_Term]]] = {}
    for (language, text), of_term in weights.items():
        words = tuple(WORD.findall(text.lower()))
        stems = tuple(stem(word, language) for word in words)
        term = _Term(text, words, stems, of_term)
        found.setdefault(language, {}).setdefault(stems[0], []).append(term)
    return {
        language: {
            first: tuple(sorted(terms, key=lambda term: (-len(term.stems), term.text)))
            for first, terms in of_language.items()
        }
        for language, of_language in found.items()
    }


def find_topics(
    text: str, topics: TopicTerms, *, title: str | None = None, language: str = "en"
) -> list[Topic]:
    """Return the topics of an article, those of the first level first, best first.

    At most three of each level; none if the evidence is weak, or if the language has no terms.

    Args:
        text: The article's text.
        topics: The scheme and its terms.
        title: The headline.
        language: ISO 639-1 code of the text.

    >>> tables = {
    ...     "subjects/topic_names": [{"code": "15000000", "name": "sport", "broader_code": ""}],
    ...     "topics": [
    ...         {"term": "goalkeeper", "language": "en", "topic": "15000000", "weight": "3"},
    ...         {"term": "final", "language": "en", "topic": "15000000", "weight": "1"},
    ...     ],
    ... }
    >>> report = "The goalkeeper saved two penalties in the final, and the goalkeepers shook hands."
    >>> [
    ...     (topic.name, topic.score, [term.term for term in topic.evidence])
    ...     for topic in find_topics(report, TopicTerms.from_tables(tables))
    ... ]
    [('sport', 1.0, ['goalkeeper', 'final'])]
    """
    terms = topics.terms.get(language)
    if not terms:
        return []
    found = _find_terms(text, terms, title=title or "", language=language)
    by_code = _by_topic(found, topics.names)
    named = [topics.names[code] for code in by_code]
    first = _best(by_code, topics.names, [name.code for name in named if name.level == 1])
    broader = {topic.code for topic in first}
    second = [name.code for name in named if name.level == 2 and name.broader_code in broader]
    return first + _best(by_code, topics.names, second)


def _find_terms(
    text: str, terms: Mapping[str, tuple[_Term, ...]], *, title: str, language: str
) -> list[_Found]:
    """Return the terms of the headline and the text."""
    found: dict[str, _Found] = {}
    for term, _, _, _ in _occurrences(title, terms, language):
        one = found.setdefault(term.text, _Found(term))
        one.occurrences += 1
        one.counted += _TITLE_OCCURRENCES
    for term, at, start, end in _occurrences(text, terms, language):
        one = found.setdefault(term.text, _Found(term))
        one.occurrences += 1
        one.counted += _LEAD_OCCURRENCES if at < _LEAD_WORDS else 1
        if one.start is None:
            one.start, one.end = start, end
    return list(found.values())


def _occurrences(
    text: str, terms: Mapping[str, tuple[_Term, ...]], language: str
) -> Iterator[tuple[_Term, int, int, int]]:
    """Yield each term with the number of its first word, its start and its end."""
    placed = list(islice(WORD.finditer(text), _MOST_WORDS))
    words = [match[0] for match in placed]
    stem_of = {word: stem(word.lower(), language) for word in set(words)}
    begins = {word for word, first in stem_of.items() if first in terms}
    stems = [stem_of[word] for word in words]
    until = 0
    for at in [at for at, word in enumerate(words) if word in begins]:
        if at >= until:
            for term in terms[stems[at]]:
                if term.fits(words, stems, at):
                    until = at + len(term.stems)
                    yield term, at, placed[at].start(), placed[until - 1].end()
                    break


def _by_topic(
    found: Iterable[_Found], names: Mapping[str, TopicName]
) -> dict[str, list[tuple[float, TopicEvidence]]]:
    """Return the points and the evidence of each topic; of a term, its best topic counts above."""
    by_code: dict[str, list[tuple[float, TopicEvidence]]] = {}
    for one in found:
        above: dict[str, tuple[float, TopicEvidence]] = {}
        for code in one.term.weights:
            pair = one.points(code), one.evidence(code)
            name = names[code]
            if name.level == 2:
                by_code.setdefault(code, []).append(pair)
            if name.broader_code not in above or above[name.broader_code][0] < pair[0]:
                above[name.broader_code] = pair
        for code, pair in above.items():
            by_code.setdefault(code, []).append(pair)
    return by_code


def _best(
    by_code: Mapping[str, list[tuple[float, TopicEvidence]]],
    names: Mapping[str, TopicName],
    codes: Iterable[str],
) -> list[Topic]:
    """Return the best of some topics of one level."""
    points = {code: sum(one for one, _ in by_code[code]) for code in codes}
    total = sum(points.values())
    ranked = sorted(points, key=lambda code: (-points[code], code))
    return [
        Topic(
            code=code,
            name=names[code].name,
            level=names[code].level,
            broader_code=names[code].broader_code,
            score=round(points[code] / total, 4),
            evidence=tuple(
                evidence
                for _, evidence in sorted(by_code[code], key=lambda pair: (-pair[0], pair[1].term))
            )[:_MOST_EVIDENCE],
        )
        for code in ranked[:_MOST_TOPICS]
        if points[code] >= _LEAST_EVIDENCE
        and len(by_code[code]) >= _LEAST_TERMS
        and points[code] >= _SHARE_OF_BEST * points[ranked[0]]
    ]
