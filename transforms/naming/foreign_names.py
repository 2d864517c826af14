"""Candidates for names in languages other than English: runs of capitalised words.

A run goes on across the small words that the language has inside names ("Ministerio de
Defensa", "Ursula von der Leyen"). Sentence openers, ordinary words, nationalities and titles
are cut off its beginning. Where every noun has a capital letter, an ordinary noun ends a run.
`transforms.naming.foreign_kinds` decides of what kind a candidate is.
"""

from __future__ import annotations

from collections.abc import Iterator

from transforms.naming.foreign_text import ForeignText
from transforms.naming.name_spans import MAX_NAMES, Candidate, is_initial

MAX_WORDS = 8  # a longer run is a list or a line in capitals
_LONG_LINE = 6  # words of a line in capitals
_INITIALS = 3


def foreign_candidates(text: ForeignText) -> list[Candidate]:
    """Return the candidates in reading order, without overlaps; at most about `MAX_NAMES`."""
    found: list[Candidate] = []
    for first, last in _runs(text):
        found += _cut(text, first, last) if text.gazetteer.common else _certain(text, first, last)
        if len(found) >= MAX_NAMES:
            break
    return found


def _certain(text: ForeignText, first: int, last: int) -> Iterator[Candidate]:
    """Yield what is a name in any language: well-known names, and given names with others.

    Without the ordinary words of a language, nothing else is sure.
    """
    words, gazetteer, i = text.words.text, text.gazetteer, first
    while i < last:
        end = i + gazetteer.match(words, i)
        if end > i and text.is_known(text.name(i, end)) and not words[i].islower():
            yield Candidate(i, end, text.name(i, end))
        elif gazetteer.is_given(words[i]) and i + 1 < last and words[last - 1].istitle():
            end = last
            yield Candidate(i, end, text.name(i, end))
        i = max(end, i + 1)


def tail_end(text: ForeignText, end: int) -> int:
    """Return the end of the small words after an institution: "Parti national des retraités"."""
    words, endings = text.words.text, text.gazetteer.profile.tail_endings
    if not endings:
        return end
    k = _after_adjectives(text, end)
    has_adjective = k > end
    if k < len(words) and words[k] in text.gazetteer.cues["link"]:
        noun = k + 1
        while noun < len(words) and words[noun] in text.gazetteer.cues["determiner"]:
            noun += 1
        if noun < len(words) and _is_small(text, noun):
            return _after_adjectives(text, noun + 1)
    elif (
        has_adjective
        and text.gazetteer.profile.tail_nouns
        and k < len(words)
        and _is_small(text, k)
    ):
        return k + 1
    return k


def _after_adjectives(text: ForeignText, k: int) -> int:
    words, endings = text.words.text, text.gazetteer.profile.tail_endings
    while k < len(words) and _is_small(text, k) and words[k].endswith(endings):
        k += 1
    return k


def _is_small(text: ForeignText, k: int) -> bool:
    """Return whether a word is in small letters, and no function word or verb of speech."""
    word, gazetteer = text.words.text[k], text.gazetteer
    is_function = word in gazetteer.openers or word in gazetteer.spoken
    return word.isalpha() and word.islower() and len(word) > 2 and not is_function


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
            if text.is_split(end) or _known_from(text, end) > 1:
                break
            end += 1
            continue
        if text.gazetteer.is_head(words.text[start], first=True):
            tail = tail_end(text, end)
            if tail > end:
                end = tail
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
    after = after and not text.is_split(i + 1)
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
        elif _opens_before_name(text, start, last):
            start, has_title = start + 1, True
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


def _opens_before_name(text: ForeignText, start: int, last: int) -> bool:
    """Return whether a sentence opens with an unknown word before a full name ("Skipper Ida Holm")."""
    words, gazetteer = text.words, text.gazetteer
    word = words.text[start]
    is_open = words.opens[start] and word not in text.certain and not gazetteer.is_given(word)
    is_name = last - start > 2 and gazetteer.is_given(words.text[start + 1])
    return is_open and is_name and not gazetteer.kind(word) and not is_initial(word)


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
    if before in gazetteer.profile.particles:
        return False  # "Otto von der Aue"
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
