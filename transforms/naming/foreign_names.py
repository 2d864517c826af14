"""Candidates in languages for which the English rules about capitals are wrong.

German capitalises every noun, and "der" or "la" do not join names there. So only three
patterns count: a known name that is not an ordinary word, given names with a last name,
and that last name alone.
"""

from __future__ import annotations

from transforms.naming.gazetteer import Gazetteer
from transforms.naming.name_spans import MAX_NAMES, Candidate
from transforms.naming.name_words import Words

_PARTICLES = frozenset(["von", "van", "de", "da", "di", "del", "della", "du", "bin", "al", "ten"])
_AFTER_VON = frozenset(["der", "den", "dem", "la", "las", "los", "le"])
_GIVEN_NAMES = 3  # a longer run is a list


def foreign_candidates(words: Words, gazetteer: Gazetteer) -> list[Candidate]:
    """Return known names and full names in reading order, without overlaps."""
    text = words.text
    ends = [_full_name(text, gazetteer, i) for i in range(len(text))]
    last_names = {text[end - 1] for i, end in enumerate(ends) if end > i + 1}
    found: list[Candidate] = []
    i = 0
    while i < len(text) and len(found) < MAX_NAMES:
        last = max(i + _known(text, gazetteer, i), ends[i], i + (text[i] in last_names))
        if last > i:
            found.append(Candidate(i, last, " ".join(text[i:last])))
        i = max(last, i + 1)
    return found


def _known(text: list[str], gazetteer: Gazetteer, i: int) -> int:
    """Return how many words from `i` on are a known and unambiguous name."""
    count = gazetteer.match(text, i) if text[i][0].isupper() else 0
    name = " ".join(text[i : i + count])
    ordinary = name.lower() in gazetteer.common and not name.isupper()
    return 0 if not count or ordinary or gazetteer.is_hint(name) else count


def _full_name(text: list[str], gazetteer: Gazetteer, i: int) -> int:
    """Return the index after a full name that begins at `i`, or `i` if there is none."""
    last = i
    while last < len(text) and last - i < _GIVEN_NAMES and text[last] in gazetteer.given:
        last += 1
    if last == i:
        return i
    surname = last
    if surname < len(text) and text[surname] in _PARTICLES:
        surname += 1
        surname += surname < len(text) and text[surname] in _AFTER_VON
    if surname < len(text) and text[surname][0].isupper() and len(text[surname]) > 1:
        return surname + 1
    return last if last - i > 1 else i
