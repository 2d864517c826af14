"""Titles and sentences between quotation marks whose words are all capitalised.

In "We Will Wait" and "They Never Once Asked The Kitchen" a capital does not indicate a
name. Only a known name, or one that the article also has elsewhere, counts there; in the
title of a film, a book or a song, none does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from transforms.naming.gazetteer import Gazetteer
from transforms.naming.name_spans import Candidate
from transforms.naming.name_words import Words

_CLOSING = {'"': '"', "“": "”", "„": "“”", "‘": "’", "'": "'", "«": "»"}
_LONGEST = 25
_SMALL = 4  # letters of the longest small word of a title: "with"

Span = tuple[int, int]


def quoted_spans(words: Words) -> Iterator[Span]:
    """Yield first index and index after the end of the words between quotation marks."""
    text = words.text
    done = 0
    for i in [i for i, word in enumerate(text) if word in _CLOSING]:
        if i < done or not _opens(words, i):
            continue
        ends = _CLOSING[text[i]]
        last = i + 1
        while last < len(text) and last - i <= _LONGEST and text[last] != "\n":
            if text[last] in ends:
                break
            last += 1
        if last < len(text) and text[last] in ends and last > i + 1:
            yield i + 1, last
            done = last + 1


def _opens(words: Words, i: int) -> bool:
    """Return whether the mark at `i` stands before a word and not after one."""
    before = i > 0 and words.end[i - 1] == words.start[i] and words.text[i - 1] not in "([—–-"
    return not before and i + 1 < len(words.text) and words.end[i] == words.start[i + 1]


def without_titles(
    candidates: list[Candidate], words: Words, gazetteer: Gazetteer, quoted: Sequence[Span]
) -> list[Candidate]:
    """Return the candidates without those that are words of a title.

    `quoted` are the words between quotation marks.
    """
    titles = {}
    for first, last in quoted:
        work = _is_work(words, gazetteer, first, last)
        if work or is_capitalised(words.text[first:last], gazetteer):
            titles.update(dict.fromkeys(range(first, last), (first, last, work)))
    if not titles:
        return candidates
    elsewhere = {c.name for c in candidates if c.first not in titles and not c.is_weak}
    elsewhere.update({name.rsplit(" ", 1)[-1] for name in elsewhere})
    kept = []
    for candidate in candidates:
        first, last, work = titles.get(candidate.first, (0, 0, False))
        whole = candidate.first == first and candidate.last >= last - 1
        headed = whole and words.text[candidate.last - 1] in gazetteer.heads
        named = candidate.name in elsewhere or _is_sure(candidate.name, gazetteer)
        if not last or (not work and (named or headed)):
            kept.append(candidate)
    return kept


def _is_sure(name: str, gazetteer: Gazetteer) -> bool:
    ordinary = name.lower() in gazetteer.common and not name.isupper()
    return bool(gazetteer.kind(name)) and not gazetteer.is_hint(name) and not ordinary


def is_capitalised(quoted: Sequence[str], gazetteer: Gazetteer) -> bool:
    """Return whether ordinary words have capitals for no reason but style or stress."""
    if len(quoted) < 2:
        return False
    small = [word for word in quoted if word[0].islower()]
    if any(len(word) > _SMALL or word not in gazetteer.openers for word in small):
        return False
    if " ".join(quoted) in gazetteer.names or (len(quoted) == 2 and quoted[0] in gazetteer.given):
        return False
    return any(
        word[0].isupper()
        and word.lower() in gazetteer.common
        and word not in gazetteer.given
        and word not in gazetteer.heads
        and word not in gazetteer.titles
        for word in quoted[1:]
    )


def _is_work(words: Words, gazetteer: Gazetteer, first: int, last: int) -> bool:
    """Return whether the words before name a work: `her second film, "We Will Wait"`."""
    text, works = words.text, gazetteer.cues["work"]
    if last - first > 8 or not text[first][0].isupper() or text[last - 1] in {",", ".", "!"}:
        return False
    i = first - 2
    if i >= 0 and text[i] in {",", ":"}:
        i -= 1
    if i >= 0 and text[i] in {"called", "titled", "entitled", "named"}:
        i -= 1
    return i >= 0 and text[i] in works
