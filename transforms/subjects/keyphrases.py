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

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Final, NamedTuple

from transforms.records import Keyphrase, Mention
from transforms.subjects.stop_words import Stops
from transforms.subjects.words import TOKEN, stem

VERSION: Final = 1

MOST_PHRASES: Final = 10  # readers of a list see as many, and published figures are F1@10
# Words and marks. Three times the length of a usual article: what it is about is said before. F1@10
# is the same (.304) as with twice as many, and long texts cost a third less.
_MOST_WORDS: Final = 3_000
_DAMPING: Final = 0.85  # as in the paper
_WINDOW: Final = 3  # content words; TextRank (Mihalcea and Tarau 2004) found narrow windows best
# F1@10 on 102 news pages is .309 after 3 rounds, .308 after 5 and .305 after 8.
_ROUNDS: Final = 4
_MOST_UNITS: Final = 3  # as YAKE and most published figures
# On 102 news pages, these three raised F1@10 against the publishers' own keywords from .20
# (the ranks alone) to .30: how often a phrase occurs counts nearly as much as its rank, a name
# twice as much as a phrase, a single word half as much. The halves of the pages agree on each.
_COUNT_POWER: Final = 0.8
_LOG_NAME_FACTOR: Final = math.log(2)
_LOG_WORD_FACTOR: Final = math.log(0.5)
_LEAST_CHARS: Final = 3

_GAPS, _NAMES, _WORDS = range(3)  # kinds of units


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
    start: int
    end: int
    entity_id: str | None = None
    begins: bool = True
    ends: bool = True


_GAP: Final = _Unit("", "", 0, 0)


@dataclass(slots=True)
class _Candidate:
    """A phrase at its first place in the text, and how often it occurs."""

    units: tuple[_Unit, ...]
    count: int = 1


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
    units = _units(text, mentions, stops, language=language)
    if title:
        units = [*_title_units(title, mentions, stops, language=language), _GAP, *units]
    scores = _word_scores([unit.key for unit in units if unit.key])
    return _best(_candidates(units), scores)


def _units(text: str, mentions: Sequence[Mention], stops: Stops, *, language: str) -> list[_Unit]:
    """Return the content words and names of a text, with gaps between runs of them."""
    names = iter(sorted(mentions, key=lambda mention: mention.start))
    name = next(names, None)
    units: list[_Unit] = [_GAP]
    known: dict[str, _Unit] = {}
    for match in islice(TOKEN.finditer(text), _MOST_WORDS):
        start = match.start()
        while name is not None and name.end <= start:
            name = next(names, None)
        if name is not None and name.start <= start:
            if units[-1].start != name.start or units[-1].entity_id is None:
                units.append(_Unit(name.name, name.name, name.start, name.end, name.entity_id))
            continue
        token = match[0]
        word = known.get(token)
        if word is None:
            word = known[token] = _word(token, stops, language=language)
        if word.key:
            end = start + len(word.shown)
            units.append(_Unit(word.key, word.shown, start, end, None, word.begins, word.ends))
        elif units[-1].key:
            units.append(_GAP)
    return units


def _word(token: str, stops: Stops, *, language: str) -> _Unit:
    """Return the unit of a word, without its place; a gap for what ends a phrase."""
    word = token.lower()
    if "'" in word or "’" in word:
        base, _, ending = word.replace("’", "'").rpartition("'")
        if language == "en" and ending == "s":  # the genitive
            word = base
        elif stops.stops(base):  # "we've", "l'été" with its article is one word in few lists
            return _GAP
    if len(word) < _LEAST_CHARS or not word[0].isalpha() or stops.stops(word):
        return _GAP
    is_lower = token[0].islower()
    # Adverbs and past forms of verbs; as adjectives, the latter are seldom part of a term.
    if language == "en" and is_lower and word.endswith(("ly", "ed")) and word not in stops.nouns:
        return _GAP
    return _Unit(
        stem(word, language),
        word,
        0,
        0,
        begins=word not in stops.weak,
        ends=language != "de" or not is_lower,  # German nouns have a capital letter
    )


def _title_units(
    title: str, mentions: Sequence[Mention], stops: Stops, *, language: str
) -> list[_Unit]:
    """Return the units of a headline, without places in the text."""
    known = {mention.text: mention for mention in mentions if mention.text in title}
    named = [
        Mention(start=match.start(), end=match.end(), text=name, kind=known[name].kind,
                name=known[name].name, entity_id=known[name].entity_id)
        for name in known
        for match in re.finditer(rf"\b{re.escape(name)}\b", title)
    ]  # fmt: skip
    longest = sorted(named, key=lambda mention: (mention.start, -mention.end))
    units = _units(title, longest, stops, language=language)
    return [unit._replace(start=-1, end=-1) for unit in units]


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
    edges: list[dict[int, float]] = [{} for _ in numbers]
    for distance in range(1, _WINDOW):
        for one, other in zip(order, order[distance:], strict=False):
            if one != other:
                edges[one][other] = edges[one].get(other, 0) + 1
                edges[other][one] = edges[other].get(one, 0) + 1
    ranks = bias
    weights = [sum(beside.values()) or 1 for beside in edges]
    near = [list(beside.items()) for beside in edges]
    teleports = [(1 - _DAMPING) * value for value in bias]
    for _ in range(_ROUNDS):
        given = [_DAMPING * rank / weight for rank, weight in zip(ranks, weights, strict=True)]
        ranks = [
            teleport + sum([given[other] * times for other, times in beside])
            for teleport, beside in zip(teleports, near, strict=True)
        ]
    return dict(zip(numbers, ranks, strict=True))


def _candidates(units: Sequence[_Unit]) -> list[_Candidate]:
    """Return the names and the phrases of the runs between gaps and names."""
    found: dict[tuple[str, ...], _Candidate] = {}
    for kind, group in groupby(units, key=_kind):
        run = tuple(group)
        phrases = _phrases(run) if kind == _WORDS else [(unit,) for unit in run if unit.key]
        for phrase in phrases:
            keys = tuple([unit.key for unit in phrase])
            known = found.get(keys)
            if known is None:
                found[keys] = _Candidate(phrase)
            else:
                known.count += 1
                if known.units[0].start < 0:  # only the headline had it
                    known.units = phrase
    return list(found.values())


def _kind(unit: _Unit) -> int:
    """Return whether a unit is a gap, a name or a word."""
    if not unit.key:
        return _GAPS
    return _WORDS if unit.entity_id is None else _NAMES


def _phrases(run: tuple[_Unit, ...]) -> Iterator[tuple[_Unit, ...]]:
    """Yield the parts of a run of one to three words that can be phrases."""
    for first, unit in enumerate(run):
        if unit.begins:
            for end in range(first + 1, min(first + _MOST_UNITS, len(run)) + 1):
                if run[end - 1].ends:
                    yield run[first:end]


def _log_score(candidate: _Candidate, log_ranks: Mapping[str, float]) -> float:
    """Return the logarithm of the score: the geometric mean of the ranks, raised by the count.

    The arithmetic mean would put every word beside an important one above the important word.
    """
    units = candidate.units
    mean = sum([log_ranks[unit.key] for unit in units]) / len(units)
    if len(units) == 1:
        mean += _LOG_WORD_FACTOR if units[0].entity_id is None else _LOG_NAME_FACTOR
    return mean + _COUNT_POWER * math.log(candidate.count)


def _best(candidates: Sequence[_Candidate], scores: Mapping[str, float]) -> list[Keyphrase]:
    """Return the best that the text has, without parts of better ones that are no more frequent."""
    log_ranks = {key: math.log(score) for key, score in scores.items()}
    ranked = sorted(
        [
            (_log_score(one, log_ranks), one)
            for one in candidates
            # Three words that are together only once are seldom a term.
            if one.units[0].start >= 0 and (one.count > 1 or len(one.units) < _MOST_UNITS)
        ],
        key=lambda pair: -pair[0],
    )
    best: list[tuple[float, _Candidate]] = []
    taken: list[tuple[frozenset[str], int]] = []
    for score, candidate in ranked:
        keys = frozenset([unit.key for unit in candidate.units])
        if not any(keys <= other and candidate.count <= n for other, n in taken):
            best.append((score, candidate))
            taken.append((keys, candidate.count))
        if len(best) == MOST_PHRASES:
            break
    return [
        Keyphrase(
            phrase=" ".join(unit.shown for unit in one.units),
            score=round(math.exp(score - best[0][0]), 4),
            start=one.units[0].start,
            end=one.units[-1].end,
            occurrences=one.count,
            entity_id=one.units[0].entity_id,
        )
        for score, one in best
    ]
