"""Nicknames inside a name: Walter "Dash" Kern, Ida “the Rock” Falk.

The name without the nickname is the person's; the mention covers all of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from transforms.naming.gazetteer import Gazetteer
from transforms.naming.name_kinds import NAME_SUFFIXES
from transforms.naming.name_spans import Candidate
from transforms.naming.name_words import Words

_CLOSING = {'"': '"', "“": "”", "„": "“”", "'": "'", "‘": "’", "«": "»", "(": ")"}
_LONGEST = 4


def join_nicknames(
    candidates: Sequence[Candidate], words: Words, gazetteer: Gazetteer
) -> list[Candidate]:
    """Return the candidates with the parts of a name around a nickname as one candidate."""
    joined: list[Candidate] = []
    n = 0
    while n < len(candidates):
        candidate = candidates[n]
        n += 1
        if n < len(candidates) and _is_suffix(candidate, candidates[n], words):
            candidate.name = f"{candidate.name} {candidates[n].name}"
            candidate.last = candidates[n].last
            n += 1
        after = _after_nickname(candidate, words, gazetteer)
        rest = n
        while after and rest < len(candidates) and candidates[rest].first < after:
            rest += 1
        if after and rest < len(candidates) and _continues(candidate, candidates[rest], after):
            candidate.nickname = " ".join(words.text[candidate.last + 1 : after - 1])
            candidate.name = f"{candidate.name} {candidates[rest].name}"
            candidate.last = candidates[rest].last
            n = rest + 1
        joined.append(candidate)
    return joined


def _is_suffix(candidate: Candidate, rest: Candidate, words: Words) -> bool:
    """Return whether "Jr." follows a comma: "Ted Kern, Jr."."""
    joined = rest.first == candidate.last + 1 and words.text[candidate.last] == ","
    return joined and rest.name in NAME_SUFFIXES and " " in candidate.name


def _continues(candidate: Candidate, rest: Candidate, after: int) -> bool:
    return rest.first == after and not rest.title and rest.last - candidate.first <= 12


def _after_nickname(candidate: Candidate, words: Words, gazetteer: Gazetteer) -> int:
    """Return the index after a nickname that follows a given name, 0 without one."""
    text, start, end = words.text, words.start, words.end
    opening = candidate.last
    if opening + 3 >= len(text) or text[opening] not in _CLOSING:
        return 0
    if start[opening] == end[opening - 1] or end[opening] != start[opening + 1]:
        return 0
    closing = next(
        (
            i
            for i in range(opening + 2, min(opening + _LONGEST + 2, len(text) - 1))
            if text[i] in _CLOSING[text[opening]]
        ),
        0,
    )
    if not closing or start[closing] != end[closing - 1] or start[closing + 1] == end[closing]:
        return 0
    inside = text[opening + 1 : closing]
    known = gazetteer.kind(candidate.name)
    bearer = candidate.title or text[candidate.first] in gazetteer.given
    if not _is_nickname(inside, gazetteer, bracketed=text[opening] == "("):
        return 0
    return 0 if known not in {"", "person"} and not bearer else closing + 1


def _is_nickname(inside: Sequence[str], gazetteer: Gazetteer, *, bracketed: bool) -> bool:
    if bracketed:
        return len(inside) == 1 and inside[0] in gazetteer.given
    return inside[-1][0].isupper() and all(
        word[0].isupper() or word in {"the", "of", "de", "la", "el"} for word in inside
    )
