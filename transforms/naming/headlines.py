"""Names in capitalised lines, cut to what the text of the article knows."""

from __future__ import annotations

from collections.abc import Sequence

from transforms.naming.name_spans import Candidate
from transforms.naming.name_words import Words


def trim_headlines(candidates: Sequence[Candidate], words: Words) -> None:
    """Cut candidates of capitalised lines to the names that the text knows.

    "Ripken Homers" in a headline is Ripken where the text names Cal Ripken.
    """
    firm: set[str] = set()
    for candidate in candidates:
        if not candidate.is_capitalised and not candidate.is_weak:
            firm.update((candidate.name, candidate.name.rsplit(" ", 1)[-1]))
    for candidate in candidates:
        if candidate.is_capitalised and candidate.name not in firm:
            _trim(candidate, words, firm)


def _trim(candidate: Candidate, words: Words, firm: set[str]) -> None:
    first, last = candidate.first, candidate.last
    for count in range(last - first - 1, 0, -1):
        for start in range(first, last - count + 1):
            name = " ".join(words.text[start : start + count])
            if name in firm and (count > 1 or len(name) > 2):
                candidate.first, candidate.last = start, start + count
                candidate.name = name
                return
