"""Candidates for names in languages other than English: runs of capitalised words.

A run goes on across the small words that the language has inside names ("Ministerio de
Defensa", "Ursula von der Leyen"). Sentence openers, ordinary words, nationalities and titles
are cut off its beginning. Where every noun has a capital letter, an ordinary noun ends a run.
`transforms.naming.foreign_kinds` decides of what kind a candidate is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from transforms.naming.gazetteer import Gazetteer
from transforms.naming.name_spans import MAX_NAMES, Candidate, is_initial
from transforms.naming.name_words import Words

MAX_WORDS = 8  # a longer run is a list or a line in capitals
_LONG_LINE = 6  # words of a line in capitals
_INITIALS = 3
_LEAST_PART, _LEAST_TAIL = 3, 5  # letters of the parts of a compound


@dataclass(slots=True)
class ForeignText:
    """The words of a text, with what the rules ask about each one again and again.

    Attributes:
        words: The words; an elided article is a word of its own.
        gazetteer: The word lists of the language.
        inside: Words that occur within a sentence in small letters.
        certain: Words that occur within a sentence with a capital letter.
    """

    words: Words
    gazetteer: Gazetteer
    inside: set[str] = field(default_factory=set)
    certain: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, text: str, gazetteer: Gazetteer) -> ForeignText:
        """Return the words of a text."""
        words = Words.of(_without_elisions(text, gazetteer), gazetteer.common)
        self = cls(words, gazetteer)
        for word, opens in zip(words.text, words.opens, strict=True):
            if word[0].isupper():
                if not opens:
                    self.certain.add(word)
            elif word.isalpha():
                self.inside.add(word)
        return self

    def is_capital(self, i: int) -> bool:
        """Return whether a word has a capital letter: also "McKay", "iPhone", "al-Assad"."""
        word = self.words.text[i]
        return word[0].isupper() or (word[0].islower() and word[1:2].isupper())

    def base(self, word: str) -> str:
        """Return a name without the ending of its genitive, if the text or a list has it so."""
        ending = self.gazetteer.profile.genitive
        if not ending or not word.endswith(ending) or self.gazetteer.kind(word):
            return word
        base, gazetteer = word.removesuffix(ending), self.gazetteer
        is_known = base in self.certain or base.lower() in gazetteer.surnames
        return base if is_known or gazetteer.is_given(base) or gazetteer.kind(base) else word

    def is_ordinary(self, i: int) -> bool:
        """Return whether a word with a capital letter is no name by itself."""
        word = self.words.text[i]
        lower, gazetteer = word.lower(), self.gazetteer
        if word.isupper() and len(word) > 1:
            return word in gazetteer.abbreviations or (len(word) > 5 and lower in gazetteer.common)
        if lower in gazetteer.openers or lower in gazetteer.roles or lower in self.inside:
            return True
        if word in gazetteer.demonyms:
            return True
        if gazetteer.profile.capitals == "nouns":
            return self._is_noun(word, lower)
        return lower in gazetteer.common and (self.words.opens[i] or word not in self.certain)

    def is_common(self, word: str) -> bool:
        """Return whether a word of a name is an ordinary word."""
        return word.lower() in self.gazetteer.common

    def _is_noun(self, word: str, lower: str) -> bool:
        gazetteer = self.gazetteer
        if word in gazetteer.given or gazetteer.kind(word):
            return lower in gazetteer.common
        if lower in gazetteer.common or lower.endswith(gazetteer.noun_endings):
            return True
        word = self.base(word)
        if gazetteer.kind(word) or word in gazetteer.bearers:
            return False
        is_surname = lower in gazetteer.surnames or lower.endswith(gazetteer.surname_endings)
        return not is_surname and self._is_compound(lower)

    def _is_compound(self, lower: str) -> bool:
        """Return whether a word ends in an ordinary word: "Stammverein", "Notlagen"."""
        tails = (lower[k:] for k in range(_LEAST_PART, len(lower) - _LEAST_TAIL + 1))
        return any(tail in self.gazetteer.common for tail in tails)

    def name(self, first: int, last: int) -> str:
        """Return the words of a name as they are written, joined by blanks."""
        words, pieces = self.words, []
        for i in range(first, last):
            is_elided = i + 1 < last and words.text[i].lower() in self.gazetteer.profile.elisions
            joins = is_elided and words.start[i + 1] == words.end[i] + 1
            word = self.base(words.text[i]) if i + 1 == last else words.text[i]
            pieces.append(word + ("'" if joins else " "))
        return "".join(pieces).strip()


def foreign_candidates(text: ForeignText) -> list[Candidate]:
    """Return the candidates in reading order, without overlaps; at most about `MAX_NAMES`."""
    found: list[Candidate] = []
    for first, last in _runs(text):
        found += _cut(text, first, last)
        if len(found) >= MAX_NAMES:
            break
    return found


def _without_elisions(text: str, gazetteer: Gazetteer) -> str:
    """Return a text in which a blank is between an elided article and a capital letter."""
    elisions = gazetteer.profile.elisions
    if not elisions:
        return text
    listed = "|".join(map(re.escape, elisions))
    return re.sub(rf"\b({listed})['’](?=[^\W\d_])", r"\1 ", text, flags=re.IGNORECASE)


def _runs(text: ForeignText) -> Iterator[tuple[int, int]]:
    """Yield the runs of capitalised words with the small words between them."""
    words, last = text.words.text, len(text.words.text)
    i = 0
    while i < last:
        known = _known_from(text, i)
        if known:
            yield i, i + known
            i += known
            continue
        if not text.is_capital(i) or not any(map(str.isalpha, words[i])):
            i += 1
            continue
        end = _run_end(text, i)
        yield i, end
        i = end


def _run_end(text: ForeignText, start: int) -> int:
    words, end = text.words, start + 1
    while end < len(words.text):
        if text.is_capital(end) and not words.opens[end]:
            if _known_from(text, end) > 1:
                break
            end += 1
            continue
        following = _after_particles(text, end)
        if following == end or (
            words.text[end - 1].endswith(".") and not is_initial(words.text[end - 1])
        ):
            break
        if not _joins(text, start, end):
            break
        end = following
    return end


def _after_particles(text: ForeignText, i: int) -> int:
    """Return the index of the capital after the small words of a name at `i`, or `i`."""
    words, particles = text.words, text.gazetteer.profile.particles
    k = i
    while k < len(words.text) and k - i < _INITIALS and words.text[k] in particles:
        k += 1
    is_name = k > i and k < len(words.text) and text.is_capital(k) and not words.opens[k]
    return k + 1 if is_name and words.text[k][0].isalpha() else i


def _joins(text: ForeignText, start: int, end: int) -> bool:
    """Return whether small words join two parts of one name."""
    gazetteer, words = text.gazetteer, text.words.text
    if gazetteer.profile.capitals == "nouns":  # "von" and "der" are mostly no part of a name
        return words[start] in gazetteer.given or gazetteer.is_head(words[start], first=True)
    first, before = words[start], words[end - 1]
    if gazetteer.is_head(first, first=True) or gazetteer.is_head(before, first=True):
        return True
    if gazetteer.kind(" ".join(words[start:end])) == "place":
        return False
    is_person = first in gazetteer.given or is_initial(first)
    return is_person or before.lower() not in gazetteer.common


def _known_from(text: ForeignText, i: int) -> int:
    """Return how many words from `i` on are a known name that is surely one."""
    words, gazetteer = text.words, text.gazetteer
    count = gazetteer.match(words.text, i) if text.is_capital(i) else 0
    if count == 0:
        return 0
    name = " ".join(words.text[i : i + count])
    if count == 1:
        is_doubtful = gazetteer.is_hint(name) or text.is_ordinary(i) or _continues(text, i)
        return 0 if is_doubtful else 1
    return 0 if gazetteer.is_hint(name) else count


def _continues(text: ForeignText, i: int) -> bool:
    """Return whether another capital follows or comes before, so that the name may be longer."""
    words = text.words
    after = i + 1 < len(words.text) and text.is_capital(i + 1) and not words.opens[i + 1]
    before = i > 0 and text.is_capital(i - 1) and not words.opens[i]
    return (after and not text.is_ordinary(i + 1)) or (before and not text.is_ordinary(i - 1))


def _cut(text: ForeignText, first: int, last: int) -> Iterator[Candidate]:
    """Yield the candidates of a run: without titles, ordinary words and nationalities."""
    words, gazetteer = text.words, text.gazetteer
    is_noun_language = gazetteer.profile.capitals == "nouns"
    has_title = _has_role_before(text, first)
    start = first
    while start < last:
        title = gazetteer.match_title(words.text, start)
        if title and start + title < last:
            start, has_title = start + title, True
        elif text.is_ordinary(start) and not _begins_name(text, start, last):
            has_title = words.text[start].lower() in gazetteer.roles
            start += 1
        elif words.text[start].lower() in gazetteer.profile.particles:
            start += 1
        else:
            break
    end = last
    if is_noun_language:
        end = next((k for k in range(start + 1, last) if _ends_name(text, k)), last)
    while end > start and words.text[end - 1].lower() in gazetteer.profile.particles:
        end -= 1
    if end > start and end - start <= MAX_WORDS and _has_letters(words.text[end - 1]):
        candidate = Candidate(start, end, text.name(start, end), title=has_title)
        candidate.is_weak = words.opens[start] and words.text[start] not in text.certain
        yield candidate
    if last > end > start:
        yield from _cut(text, end, last)


def _begins_name(text: ForeignText, start: int, last: int) -> bool:
    """Return whether an ordinary word is the first of a longer name ("Deutsche Bank")."""
    words, gazetteer = text.words.text, text.gazetteer
    if gazetteer.is_head(words[start], first=True) and start + 1 < last:
        return True
    if start + 1 < last and gazetteer.is_head(words[start + 1], first=False):
        return words[start] in gazetteer.demonyms or not text.words.opens[start]
    return False


def _ends_name(text: ForeignText, k: int) -> bool:
    """Return whether a noun at `k` is no part of the name that began before it."""
    word, gazetteer = text.words.text[k], text.gazetteer
    if not word[0].isupper() or gazetteer.is_head(word, first=False):
        return False
    before = text.words.text[k - 1]
    is_surname = gazetteer.is_given(before) and before.lower() not in gazetteer.common
    return text.is_ordinary(k) and not is_surname


def _has_role_before(text: ForeignText, i: int) -> bool:
    words, gazetteer = text.words.text, text.gazetteer
    if not i:
        return False
    return (
        words[i - 1].lower() in gazetteer.roles
        or words[i - 1].lower().rstrip(".") in gazetteer.honorifics
    )


def _has_letters(word: str) -> bool:
    return any(map(str.isalpha, word))
