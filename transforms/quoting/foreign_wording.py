"""Who can speak in a sentence, and what opens and ends a statement, in other languages."""

from __future__ import annotations

from transforms.quoting.foreign_phrases import Names, is_somebody
from transforms.quoting.noun_phrases import Phrase
from transforms.quoting.tokens import CAPITAL, NEGATION, PUNCTUATION, TIME, Sentence, Tokens

_DASHES = frozenset({"–", "—", "-", "―"})
_OPENERS = frozenset({",", *_DASHES})


def can_speak(sentence: Sentence, source: Phrase, names: Names) -> bool:
    """Return whether a phrase is somebody: a name, a pronoun, an institution, or people."""
    tokens, (start, end) = sentence.tokens, source
    if is_somebody(tokens, source, names):
        return True
    if sentence.speech.profile.capitals != "names":  # "Boss sagte", "Kritiker sagten"
        return end - start == 1 and bool(tokens.kinds[start] & CAPITAL)
    return any(
        tokens.kinds[k] & CAPITAL
        and not tokens.kinds[k] & TIME
        and (k > sentence.first or k > start)
        for k in range(start, end)
    )


def is_denied(tokens: Tokens, cue: int, first: int) -> bool:
    """Return whether a negation stands next to a verb ("no dijo que", "sagte nicht, dass")."""
    near = tokens.kinds[max(first, cue - 2) : cue + 2]
    return any(kind & NEGATION for kind in near)


def is_that(sentence: Sentence, k: int) -> bool:
    """Return whether the word at `k` is the one for "that", also before a vowel ("qu'il")."""
    word, that = sentence.tokens.words[k], sentence.speech.profile.that
    return word in that or ("'" in word and word.partition("'")[0] + "'" in that)


def trimmed(tokens: Tokens, start: int, end: int) -> Phrase:
    """Return a clause without the marks around it."""
    while (
        end > start and tokens.kinds[end - 1] & PUNCTUATION and tokens.words[end - 1] not in ")]%"
    ):
        end -= 1
    while start < end and tokens.words[start] in _OPENERS:
        start += 1
    return start, end
