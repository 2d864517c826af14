"""Texts as weighted terms: the words, names and days that say which event a text is about.

A term weighs more the more often the text has it, and the fewer texts of the time have it
(TF-IDF; Spärck Jones, 1972). Words are cut to their first letters, which serves many languages
without a word list (McNamee, Nicholas and Mayfield, 2009, call it truncation). Names are kept
apart from other words. Reports of two floods share words, but not places and people; two
reports from one town share the place, but not the words. So texts must be alike in both.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import log, sqrt
from typing import Final
from zlib import crc32

# The beginning of a report tells the event; what follows is background and other events.
_MOST_WORDS: Final = 400
_LEAD_WORDS: Final = 50  # one or two paragraphs
_STEM_CHARS: Final = 6  # five and seven give the same stories on the dev split
_FEWEST_CHARS: Final = 3  # shorter ones are articles and prepositions in most languages
# Half of the different words of a report of 300; with 60, reports of one event had too few in common.
_KEPT_WORDS: Final = 100
_KEPT_NAMES: Final = 32
_TITLE_TIMES: Final = 3  # a word of the headline counts as three of the text
_LEAD_TIMES: Final = 2
# A term that no text has had yet is expected in one text of 400. The guess counts as much as
# 60 texts, so it matters only while a warehouse is nearly empty.
_EXPECTED: Final = 1 / 400
_GUESS_TEXTS: Final = 60
_DAY_WEIGHT: Final = 0.7  # many events fall on one day
# A text is found by its heaviest names and words; one without names by words alone.
_NAME_KEYS: Final = 7
_KEYS: Final = 20
# A text with fewer terms, such as a caption or the word "Advertisement", says too little.
_FEWEST_TERMS: Final = 10
# A term that more texts of the time have is no evidence: one in twenty, but not fewer than 40.
_COMMON_SHARE: Final = 0.05
_COMMON_TEXTS: Final = 40
# Short reports of one event may share nearly no words, but names. The words count at least so much.
_FEWEST_WORDS: Final = 0.03
# Two matters of one town share its name and often its mayor. That is up to six terms: one for each
# name, one for each of its words, and a day. Of their words, they nearly always share less than this,
# and reports of one event more (tests/data/local_news, dev split of tests/quality/stories.jsonl).
_FEW_NAMES: Final = 6
_WORDS_BESIDE_FEW_NAMES: Final = 0.12
_CJK: Final = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD: Final = re.compile(rf"[{_CJK}]+|[^\W\d_{_CJK}]+")
_CJK_CHARS: Final = re.compile(f"[{_CJK}]")

Terms = dict[int, float]


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a text.

    Attributes:
        entity_id: The person, organization, place or event.
        name: Its canonical name.
        kind: `person`, `organization`, `place`, `event` or `product`.
        forms: The name as the text writes it.
        times: How often the text has it.
    """

    entity_id: str
    name: str
    kind: str
    forms: tuple[str, ...] = ()
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a text is about.

    Attributes:
        title: The headline.
        text: The text.
        names: The names in it.
        days: The days that it names.
        statements: Fingerprints of the statements in it.
    """

    title: str = ""
    text: str
    names: tuple[Name, ...] = ()
    days: tuple[date, ...] = ()
    statements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vector:
    """The weighted terms of a text or of a story.

    Attributes:
        words: Weights of words and statements by term.
        names: Weights of the words of names, of entities and of days by term.
    """

    words: Terms = field(default_factory=dict)
    names: Terms = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frequencies:
    """In how many of the texts of a time each term occurs."""

    texts: int = 0
    with_term: Mapping[int, int] = field(default_factory=dict)

    def weight(self, term: int) -> float:
        """Return the inverse document frequency of a term, 0 or more."""
        found = self.with_term.get(term, 0) + _EXPECTED * _GUESS_TEXTS
        return max(0.0, log((self.texts + _GUESS_TEXTS) / found))

    def is_common(self, term: int) -> bool:
        """Whether so many texts have a term that it is no evidence."""
        limit = max(_COMMON_TEXTS, _COMMON_SHARE * self.texts)
        return self.with_term.get(term, 0) > limit


@dataclass(frozen=True, slots=True)
class Counted:
    """The terms of a text and how often it has them, before they are weighted."""

    words: Mapping[int, float]
    names: Mapping[int, float]

    @property
    def terms(self) -> set[int]:
        """All terms, for counting in how many texts each one occurs."""
        return {*self.words, *self.names}


def count_terms(content: Content) -> Counted:
    """Return the terms of a text. The lowest bit of a term is set if it belongs to a name.

    >>> flood = Content(
    ...     title="Flood in Aveling",
    ...     text="The river flooded the market.",
    ...     names=(Name("n1-aveling", "Aveling", "place", ("Aveling",)),),
    ... )
    >>> counted = count_terms(flood)
    >>> sorted(counted.words.values()), len(counted.names)
    ([2.0, 2.0, 2.0, 3.0, 4.0], 2)
    """
    title = _words(content.title)[:_MOST_WORDS]
    text = _words(content.text[: _MOST_WORDS * 20])[:_MOST_WORDS]
    headed = Counter(title)
    named = [(name, _words(" ".join((*name.forms, name.name)))) for name in content.names]
    times = Counter(text)
    for counts, factor in ((Counter(text[:_LEAD_WORDS]), _LEAD_TIMES - 1), (headed, _TITLE_TIMES)):
        for word, count in counts.items():
            times[word] += factor * count
    for word in {word for _, words in named for word in words}:
        times.pop(word, None)
    words: dict[int, float] = {}
    for word, count in times.items():
        if _is_telling(word):
            term = _term(word)
            words[term] = words.get(term, 0.0) + count
    for statement in content.statements:
        words[crc32(statement.encode()) & ~1] = float(_TITLE_TIMES)
    return Counted(words, _name_terms(named, headed, content.days))


def _name_terms(
    named: Iterable[tuple[Name, Sequence[str]]], headed: Mapping[str, int], days: Iterable[date]
) -> dict[int, float]:
    """Return the terms of names, each with its words, and of days."""
    found: dict[int, float] = {}
    for name, words in named:
        times = name.times + _TITLE_TIMES * max([headed[word] for word in words], default=0)
        terms = {_term(word) | 1 for word in words if _is_telling(word)}
        for term in terms | {crc32(name.entity_id.encode()) | 1}:
            found[term] = found.get(term, 0.0) + times
    for day in days:
        found[crc32(day.isoformat().encode()) | 1] = _DAY_WEIGHT
    return found


def weigh(counted: Counted, frequencies: Frequencies) -> Vector:
    """Return the heaviest terms of a text, each part with the length 1."""
    return Vector(
        unit(_heaviest(counted.words, frequencies, _KEPT_WORDS)),
        unit(_heaviest(counted.names, frequencies, _KEPT_NAMES)),
    )


def _heaviest(times: Mapping[int, float], frequencies: Frequencies, most: int) -> Terms:
    weighed = {
        term: (min(count, 1.0) + log(max(count, 1.0))) * frequencies.weight(term)
        for term, count in times.items()
    }
    return top(weighed, most)


def top(terms: Mapping[int, float], most: int) -> Terms:
    """Return the terms with the highest weights."""
    if len(terms) <= most:
        return dict(terms)
    return dict(sorted(terms.items(), key=lambda item: (-item[1], item[0]))[:most])


def keys_of(vector: Vector, frequencies: Frequencies) -> list[int]:
    """Return the terms by which texts of the same event are found, the heaviest first.

    There are none if the text says too little, or nothing that few other texts say.
    """
    keys: list[int] = []
    if len(vector.words) + len(vector.names) < _FEWEST_TERMS:
        return keys
    for terms, most in ((vector.names, _NAME_KEYS), (vector.words, _KEYS)):
        telling = {term: one for term, one in terms.items() if not frequencies.is_common(term)}
        keys += top(telling, most - len(keys))
    return keys


def similarity(one: Vector, other: Vector) -> float:
    """Return how alike two vectors are, 0 to 1: in words and in names.

    The measure is the geometric mean of the cosines of both parts. If one of them has no
    names, only the words count.

    >>> flood = Vector({2: 1.0}, {3: 1.0})
    >>> elsewhere = Vector({2: 1.0}, {5: 1.0})
    >>> similarity(flood, flood), similarity(flood, elsewhere)
    (1.0, 0.0)
    """
    words = _cosine(one.words, other.words)
    if not one.names or not other.names:
        return words
    share = (words + _FEWEST_WORDS) / (1 + _FEWEST_WORDS)
    return sqrt(share * _cosine(one.names, other.names))


def share_too_little(one: Vector, other: Vector) -> bool:
    """Return whether two texts have hardly more in common than a town and its mayor.

    >>> fair = Vector({2: 1.0}, {3: 0.7, 5: 0.7})
    >>> theft = Vector({4: 1.0}, {3: 0.7, 5: 0.7})
    >>> share_too_little(fair, theft), share_too_little(fair, fair)
    (True, False)
    """
    shared = one.names.keys() & other.names.keys()
    return (
        0 < len(shared) <= _FEW_NAMES and _cosine(one.words, other.words) < _WORDS_BESIDE_FEW_NAMES
    )


def _cosine(one: Mapping[int, float], other: Mapping[int, float]) -> float:
    if len(one) > len(other):
        one, other = other, one
    product = sum(weight * other[term] for term, weight in one.items() if term in other)
    return product / (_length(one) * _length(other)) if product else 0.0


def _length(terms: Mapping[int, float]) -> float:
    return sqrt(sum(weight * weight for weight in terms.values()))


def unit(terms: Terms) -> Terms:
    """Return the terms with the length 1; no terms stay none."""
    length = _length(terms)
    return {term: weight / length for term, weight in terms.items()} if length else {}


def to_pairs(vector: Vector) -> tuple[list[int], list[float]]:
    """Return the terms of a vector and their weights, to be stored; the reverse of `from_pairs`."""
    terms = vector.words | vector.names
    return [*terms], [*terms.values()]


def from_pairs(terms: Iterable[int], weights: Iterable[float]) -> Vector:
    """Return the vector of some terms; the lowest bit says which of them belong to names.

    >>> from_pairs([2, 3], [0.5, 1.0])
    Vector(words={2: 0.5}, names={3: 1.0})
    """
    vector = Vector()
    for term, weight in zip(terms, weights, strict=True):
        (vector.names if term & 1 else vector.words)[term] = weight
    return vector


def mean(vectors: Iterable[Vector]) -> Vector:
    """Return the sum of some vectors, each part with the length 1."""
    words: Counter[int] = Counter()
    names: Counter[int] = Counter()
    for vector in vectors:
        _add(words, vector.words)
        _add(names, vector.names)
    return Vector(unit(dict(words)), unit(dict(names)))


def _add(sums: Counter[int], terms: Mapping[int, float]) -> None:
    for term, weight in terms.items():
        sums[term] += weight  # type: ignore[assignment]  # a Counter of weights


def _words(text: str) -> list[str]:
    words = _WORD.findall(text.lower())
    if not _CJK_CHARS.search(text):
        return words
    # Chinese and Japanese have no blanks: two characters next to each other count as a word.
    return [part for word in words for part in (_pairs(word) if _CJK_CHARS.match(word) else [word])]


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(max(1, len(run) - 1))]


def _is_telling(word: str) -> bool:
    return len(word) >= _FEWEST_CHARS or _CJK_CHARS.match(word) is not None


def _term(word: str) -> int:
    return crc32(word[:_STEM_CHARS].encode("utf-8", "replace")) & ~1
