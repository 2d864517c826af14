"""Whether a form of a verb of speech is a verb where it stands ("critics say", "the press").

Many forms are also nouns; the words before them and the number of the subject tell.
"""

from __future__ import annotations

from transforms.quoting.noun_phrases import Phrase, phrase_head
from transforms.quoting.speech import Cue
from transforms.quoting.tokens import (
    ADVERB,
    CAPITAL,
    COORDINATOR,
    DETERMINER,
    GENITIVE,
    MODAL,
    NUMBER,
    OBJECT,
    POSSESSIVE,
    PREPOSITION,
    PUNCTUATION,
    SUBJECT,
    TO,
    Tokens,
)

_RELATIVE = {"who", "which", "that"}
_PLURAL = {
    *("i", "you", "we", "they", "many", "some", "most", "others", "few", "both", "all", "percent"),
    *("people", "police", "men", "women", "children", "everyone", "who", "%", "none", "half"),
}
_BEFORE_GERUND = {"by", "in", "of", "for", "after", "before", "while", "without", "from", "upon"}


# Verbs of speech only with an adverb: "hit back" but not "hit a car".
_WITH_ADVERB = {"hit", "shoot", "fire"}
_NUMBERS = {"two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "several"}


def is_verb(tokens: Tokens, i: int, cue: Cue, source: Phrase | None) -> bool:
    """Return whether the form of `cue` at token `i` is a verb with the subject `source`."""
    before = tokens.kinds[i - 1] if i else PUNCTUATION
    if cue.lemma in _WITH_ADVERB and tokens.words[i + 1 : i + 2] not in (["back"], ["out"]):
        return False
    if source and _is_superlative(tokens, source):
        return False
    is_object = before & OBJECT and source is not None and source[1] == i > source[0] + 1
    if before & (DETERMINER | POSSESSIVE | GENITIVE) and not (before & SUBJECT or is_object):
        return False
    if cue.shape == "ing":
        return not before & PREPOSITION or tokens.words[i - 1] in _BEFORE_GERUND
    if cue.shape == "past":
        return not before & PREPOSITION
    if before & (MODAL | TO):
        return True
    if "modal" in cue.frames and cue.shape == "base":
        return bool(before & SUBJECT and not before & DETERMINER)
    if source is None and cue.shape == "present":  # "but now plans to ..."
        return bool(_before_adverbs(tokens, i) & COORDINATOR)
    return source is not None and not before & PREPOSITION and _agrees(tokens, source, cue)


def _is_superlative(tokens: Tokens, source: Phrase) -> bool:
    """Return whether "most" belongs to an adjective ("the most cited researchers")."""
    start, end = source
    if end - start > 1 or tokens.words[start] != "most" or not start:
        return False
    return bool(tokens.kinds[start - 1] & (DETERMINER | POSSESSIVE | GENITIVE | PREPOSITION))


def _before_adverbs(tokens: Tokens, i: int) -> int:
    k = i - 1
    while k > 0 and tokens.kinds[k] & ADVERB:
        k -= 1
    return tokens.kinds[k]


def _agrees(tokens: Tokens, source: Phrase, cue: Cue) -> bool:
    """Return whether a subject agrees with a present form ("critics say", not "press say").

    Most such forms are also nouns, and the number of the subject distinguishes them.
    """
    if "noun" not in cue.frames:
        return True
    is_number = tokens.words[source[1] - 1] in _NUMBERS and source[1] - source[0] == 1
    if is_number or all(tokens.kinds[k] & NUMBER for k in range(*source)):  # "76 votes"
        return False
    head = phrase_head(tokens, source)
    word, kind = tokens.words[head], tokens.kinds[head]
    joined = any(tokens.words[k] == "and" for k in range(*source))
    is_plural = (
        tokens.words[source[0]] in _NUMBERS
        or (word.endswith("s") and not word.endswith(("ss", "us")))
        or word in _PLURAL
    )
    if cue.shape == "base":
        return bool(word in _RELATIVE or is_plural or joined)
    return not (is_plural or joined) or bool(kind & CAPITAL) or word in _RELATIVE
