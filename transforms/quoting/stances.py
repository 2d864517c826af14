"""Nouns and adjectives that take a statement: "his claim that ...", "is confident that ..."."""

from __future__ import annotations

from transforms.quoting.clauses import Content, Statement, content_after
from transforms.quoting.noun_phrases import Phrase, phrase_end, phrase_start
from transforms.quoting.speech import Cue
from transforms.quoting.subjects import subject_before, verb_group_start
from transforms.quoting.tokens import (
    ADVERB,
    AUXILIARY,
    BE,
    ED,
    GENITIVE,
    HAVE,
    NEGATION,
    POSSESSIVE,
    PREPOSITION,
    PUNCTUATION,
    QUOTED,
    TO,
    VERB,
    WH,
    Sentence,
    Tokens,
)

# Maximum number of adjectives between an owner and the noun ("his recent, false claim").
_ADJECTIVES = 4
_FINITE = AUXILIARY | VERB | ED
_FUNCTION = PREPOSITION | PUNCTUATION | QUOTED | WH | BE


def find_stance(sentence: Sentence, i: int) -> Statement | None:
    """Return the statement that the noun or adjective at token `i` takes."""
    stance = sentence.speech.stances[sentence.tokens.words[i]]
    if stance.shape == "adjective":
        return _adjective(sentence, i, stance)
    return _noun(sentence, i, stance)


def _adjective(sentence: Sentence, i: int, stance: Cue) -> Statement | None:
    tokens = sentence.tokens
    group = verb_group_start(tokens, i, sentence.first)
    if not any(tokens.kinds[k] & BE for k in range(group, i)):
        return None
    source = subject_before(tokens, group, sentence.first)
    content = content_after(sentence, i + 1, stance)
    if source is None or content is None:
        return None
    if tokens.words[source[0]] in {"it", "there"}:
        source = None
    return Statement(
        [(content.start, content.end)], source, (group, content.cue_end), content.frame
    )


def _noun(sentence: Sentence, i: int, stance: Cue) -> Statement | None:
    tokens, last = sentence.tokens, sentence.last
    source, start = _owner(tokens, i, sentence.first), i + 1
    if source is None and i + 2 < last and tokens.words[i + 1] in {"by", "from"}:
        start = phrase_end(tokens, i + 2, last)
        source = (i + 2, start)
    content = content_after(sentence, start, stance)
    if content is None or content.frame not in {"clause", "preposition", "inf"}:
        return None
    source = source or _maker(tokens, i, sentence.first)
    if content.frame == "clause" and _is_relative(tokens, content.start):
        return None
    if source is None and tokens.words[content.start] != "that":
        return None
    end = _before_predicate(sentence, i, content)
    return Statement([(content.start, end)], source, (i, content.cue_end), content.frame)


def _before_predicate(sentence: Sentence, i: int, content: Content) -> int:
    """Return where the content of a noun that is itself a subject ends.

    "Her claim that the wells were safe did not last": the second verb is the sentence's.
    """
    tokens = sentence.tokens
    if any(tokens.kinds[k] & _FINITE for k in range(sentence.first, i)):
        return content.end
    verbs = 0 if content.frame == "clause" else 1
    goes_on = False  # within one verb group, including its adverbs
    for k in range(content.start, content.end):
        kind = tokens.kinds[k]
        if kind & _FINITE and not goes_on:
            verbs += 1
            if verbs > 1:
                return k
        goes_on = bool(kind & (_FINITE | TO)) or (goes_on and bool(kind & (ADVERB | NEGATION)))
    return content.end


def _is_relative(tokens: Tokens, i: int) -> bool:
    """Return whether "that" is the subject of what follows ("plans that have harmed the town")."""
    following = tokens.kinds[i + 1] if i + 1 < len(tokens.kinds) else 0
    return tokens.words[i] == "that" and bool(following & (AUXILIARY | VERB | ED))


def _owner(tokens: Tokens, i: int, first: int) -> Phrase | None:
    """Return who the noun at `i` belongs to ("Ruiz's claim", "their call")."""
    for k in range(i - 1, max(first - 1, i - 2 - _ADJECTIVES), -1):
        kind = tokens.kinds[k]
        if kind & GENITIVE:
            return phrase_start(tokens, k, first), k + 1
        if kind & POSSESSIVE:
            return k, k + 1
        if kind & _FUNCTION and not kind & ADVERB:
            return None
    return None


def _maker(tokens: Tokens, i: int, first: int) -> Phrase | None:
    """Return who makes the statement of a noun ("She made the claim that ...")."""
    k = i - 1
    while (
        k > first and k >= i - _ADJECTIVES and not tokens.kinds[k] & (VERB | HAVE | ED | _FUNCTION)
    ):
        k -= 1
    if not tokens.kinds[k] & (VERB | HAVE | ED):
        return None
    return subject_before(tokens, verb_group_start(tokens, k, first), first)
