"""Finds the phrases that say what an article is about.

Candidates are runs of words between stop words and punctuation, as in RAKE (Rose et al. 2010,
"Automatic keyword extraction from individual documents"), and the names that were found in the
article. Words are ranked by PositionRank (Florescu and Caragea 2017, "PositionRank: An
unsupervised approach to keyphrase extraction from scholarly documents"): a PageRank over words
that stand near each other, which prefers words that come early and often. News says what it is
about at the start. Two things differ from the paper: no part-of-speech tagger is needed, so that
all languages with a list of stop words are read alike; and a name is one word of the graph,
however it is written ("Ruiz", "Ana Ruiz").
"""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Final, NamedTuple

from transforms.records import Keyphrase, Mention
from transforms.subjects.stop_words import Stops
from transforms.subjects.words import TOKEN, stem

VERSION: Final = 1

MOST_PHRASES: Final = 10  # readers of a list see as many, and published figures are F1@10
# Five times the length of a usual article: what it is about is said before.
_MOST_CHARS: Final = 16_000
_DAMPING: Final = 0.85  # as in the paper
# Words on each side. TextRank (Mihalcea and Tarau 2004) found narrow windows best.
_BESIDE: Final = 2
# F1@10 on 102 news pages is .309 after 3 rounds, .308 after 5 and .305 after 8.
_ROUNDS: Final = 3
_MOST_UNITS: Final = 3  # as YAKE and most published figures
# On 102 news pages, these three raised F1@10 against the publishers' own keywords from .20
# (the ranks alone) to .30: how often a phrase occurs counts nearly as much as its rank, a name
# twice as much as a phrase, a single word half as much. The halves of the pages agree on each.
_COUNT_POWER: Final = 0.8
_LOG_NAME_FACTOR: Final = math.log(2)
_LOG_WORD_FACTOR: Final = math.log(0.5)
_LEAST_CHARS: Final = 3
_CACHED: Final = 1 << 14  # words of some ten articles; most words of the next one are among them


class _Unit(NamedTuple):
    """A content word or a name; a break has an empty key.

    Attributes:
        key: What is equal for all forms of it.
        shown: How it is shown.
        entity_id: The entity of a name.
        begins: Whether a phrase can begin with it.
        ends: Whether a phrase can end with it.
    """

    key: str
    shown: str
    entity_id: str | None = None
    begins: bool = True
    ends: bool = True


_REST: Final = re.compile(
    r"(?:[-‐‑’'.&]?\w+)*"
)  # of a word that begins with a name ("U.S.-backed")
_GAP: Final = _Unit("", "")
_NOWHERE: Final = (-1, -1)  # the place of a word of the headline

_Placed = tuple[list[_Unit], list[tuple[int, int]]]  # units, and the start and end of each


class _Candidate(NamedTuple):
    """A phrase, the number of its first unit, and how often the text has it."""

    keys: tuple[str, ...]
    first: int
    occurrences: int


def find_keyphrases(
    text: str,
    mentions: Sequence[Mention],
    stops: Stops,
    *,
    title: str | None = None,
    language: str = "en",
) -> list[Keyphrase]:
    """Return the keyphrases of an article, best first; at most ten.

    A phrase is in lower case, a name as its entity is called. Scores are shares: that of the best
    phrase is 1. Only phrases of the text are returned, not those of the headline alone.

    Args:
        text: The article's text.
        mentions: The names in it.
        stops: The stop words of its language.
        title: The headline, which counts as the beginning of the text.
        language: ISO 639-1 code of the text.

    >>> text = "The ferry strike ended on Monday. The union had called the ferry strike in May."
    >>> [
    ...     phrase.phrase
    ...     for phrase in find_keyphrases(
    ...         text, [], Stops(frozenset("the on had in called ended may monday".split()))
    ...     )
    ... ]
    ['ferry strike', 'union']
    """
    units, places = _units(text, mentions, stops, language=language)
    if title:
        head = _title_units(title, mentions, stops, language=language)
        units, places = [*head, *units], [*[_NOWHERE] * len(head), *places]
    scores = _word_scores([unit.key for unit in units if unit.key])
    best = _best(_candidates(units, places), units, scores)
    return [_keyphrase(one, score, units, places) for one, score in best]


def _units(text: str, mentions: Sequence[Mention], stops: Stops, *, language: str) -> _Placed:
    """Return the content words and names of a text, with gaps between runs of them."""
    units, places = [_GAP], [_NOWHERE]
    at, last = 0, min(len(text), _MOST_CHARS)
    for name in [*sorted(mentions, key=lambda mention: mention.start), None]:
        until = last if name is None else name.start
        if until < at:  # it is part of the name before
            continue
        for match in TOKEN.finditer(text, at, min(until, last)):
            unit = _word(match[0], stops, language)
            if unit.key or units[-1].key:
                units.append(unit)
                start = match.start()
                places.append((start, start + len(unit.shown)))
        if name is None or until >= last:
            break
        units.append(_Unit(name.name, name.name, name.entity_id))
        places.append((name.start, name.end))
        at = _REST.match(text, name.end).end()  # type: ignore[union-attr]  # it fits everywhere
    return units, places


@functools.lru_cache(maxsize=_CACHED)
def _word(token: str, stops: Stops, language: str) -> _Unit:
    """Return the unit of a word; a gap for what ends a phrase."""
    word = token.lower()
    if "'" in word or "’" in word:
        base, _, ending = word.replace("’", "'").rpartition("'")
        if stops.profile.has_english_grammar and ending == "s":  # the genitive
            word = base
        elif stops.stops(base):  # "we've", "l'été" with its article is one word in few lists
            return _GAP
    if len(word) < _LEAST_CHARS or not word[0].isalpha() or stops.stops(word):
        return _GAP
    is_lower = token[0].islower()
    # Adverbs and past forms of verbs; as adjectives, the latter are seldom part of a term.
    is_english = stops.profile.has_english_grammar
    if is_english and is_lower and word.endswith(("ly", "ed")) and word not in stops.nouns:
        return _GAP
    return _Unit(
        stem(word, language),
        word,
        begins=word not in stops.weak,
        # Where nouns have a capital letter, a phrase ends with one.
        ends=stops.profile.capitals != "nouns" or not is_lower,
    )


def _title_units(
    title: str, mentions: Sequence[Mention], stops: Stops, *, language: str
) -> list[_Unit]:
    """Return the units of a headline."""
    known = {mention.text: mention for mention in mentions if mention.text in title}
    named = [
        Mention(start=match.start(), end=match.end(), text=name, kind=known[name].kind,
                name=known[name].name, entity_id=known[name].entity_id)
        for name in known
        for match in re.finditer(rf"\b{re.escape(name)}\b", title)
    ]  # fmt: skip
    longest = sorted(named, key=lambda mention: (mention.start, -mention.end))
    return _units(title, longest, stops, language=language)[0]


def _word_scores(keys: Sequence[str]) -> dict[str, float]:
    """Return the PositionRank of each key; the sum is 1.

    >>> scores = _word_scores(["ferry", "strike", "union", "ferry", "strike", "port"])
    >>> sorted(scores, key=scores.get, reverse=True)
    ['ferry', 'strike', 'union', 'port']
    """
    numbers: dict[str, int] = {}
    order = [numbers.setdefault(key, len(numbers)) for key in keys]
    bias = [0.0] * len(numbers)
    for position, number in enumerate(order, 1):
        bias[number] += 1 / position
    total = sum(bias)
    bias = [value / total for value in bias]
    weights = _neighbours(order)
    teleports = [(1 - _DAMPING) * value for value in bias]
    ranks, edge = bias, [0.0] * _BESIDE
    for _ in range(_ROUNDS):
        given = [_DAMPING * rank / weight for rank, weight in zip(ranks, weights, strict=True)]
        row = [*edge, *[given[number] for number in order], *edge]
        near = [row[shift:] for shift in range(2 * _BESIDE + 1) if shift != _BESIDE]
        ranks = teleports[:]
        for number, received in zip(order, map(sum, zip(*near, strict=False)), strict=False):
            ranks[number] += received
    return dict(zip(numbers, ranks, strict=True))


def _neighbours(order: Sequence[int]) -> list[int]:
    """Return how many words stand beside each word in all its places, at least 1.

    >>> _neighbours([0, 1, 0, 2])
    [5, 3, 2]
    """
    counts = Counter(order)
    for number in counts:
        counts[number] *= 2 * _BESIDE
    for at in range(min(_BESIDE, len(order))):
        counts[order[at]] -= _BESIDE - at
        counts[order[-1 - at]] -= _BESIDE - at
    return [max(1, counts[number]) for number in range(len(counts))]


def _candidates(units: Sequence[_Unit], places: Sequence[tuple[int, int]]) -> Iterator[_Candidate]:
    """Yield the names, and the phrases of one to three words between gaps and names."""
    for keys, all_first in _all_places(units).items():
        # Three words that are together only once are seldom a term.
        if len(all_first) > 1 or len(keys) < _MOST_UNITS:
            for first in all_first:
                if places[first] is not _NOWHERE:  # phrases of the headline alone do not count
                    yield _Candidate(keys, first, len(all_first))
                    break


def _all_places(units: Sequence[_Unit]) -> dict[tuple[str, ...], list[int]]:
    """Return the numbers of the first units of each phrase."""
    found: dict[tuple[str, ...], list[int]] = {}
    for first, unit in enumerate(units):
        if unit.entity_id is not None:
            found.setdefault((unit.key,), []).append(first)
        elif unit.key and unit.begins:
            keys: tuple[str, ...] = ()
            for other in units[first : first + _MOST_UNITS]:
                if not other.key or other.entity_id is not None:
                    break
                keys += (other.key,)
                if other.ends:
                    found.setdefault(keys, []).append(first)
    return found


def _log_score(candidate: _Candidate, unit: _Unit, log_ranks: Mapping[str, float]) -> float:
    """Return the logarithm of the score: the geometric mean of the ranks, raised by the count.

    The arithmetic mean would put every word beside an important one above the important word.
    """
    keys, _, occurrences = candidate
    if len(keys) == 1:
        mean = log_ranks[keys[0]]
        mean += _LOG_WORD_FACTOR if unit.entity_id is None else _LOG_NAME_FACTOR
    else:
        mean = sum([log_ranks[key] for key in keys]) / len(keys)
    return mean if occurrences == 1 else mean + _COUNT_POWER * math.log(occurrences)


def _best(
    candidates: Iterable[_Candidate], units: Sequence[_Unit], scores: Mapping[str, float]
) -> list[tuple[_Candidate, float]]:
    """Return the best with their scores, without parts of better ones that are no more frequent."""
    log_ranks = {key: math.log(score) for key, score in scores.items()}
    ranked = sorted(
        [(_log_score(one, units[one.first], log_ranks), one) for one in candidates],
        key=itemgetter(0),
        reverse=True,
    )
    best: list[tuple[_Candidate, float]] = []
    taken: list[tuple[frozenset[str], int]] = []
    for log_score, candidate in ranked:
        keys = frozenset(candidate.keys)
        if not any(keys <= other and candidate.occurrences <= n for other, n in taken):
            best.append((candidate, math.exp(log_score - ranked[0][0])))
            taken.append((keys, candidate.occurrences))
        if len(best) == MOST_PHRASES:
            break
    return best


def _keyphrase(
    candidate: _Candidate,
    score: float,
    units: Sequence[_Unit],
    places: Sequence[tuple[int, int]],
) -> Keyphrase:
    first, last = candidate.first, candidate.first + len(candidate.keys)
    return Keyphrase(
        phrase=" ".join(unit.shown for unit in units[first:last]),
        score=round(score, 4),
        start=places[first][0],
        end=places[last - 1][1],
        occurrences=candidate.occurrences,
        entity_id=units[first].entity_id,
    )
