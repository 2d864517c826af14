"""Noun phrases: where one starts, given its last word, and where one ends.

Phrases are ranges of tokens. The rules follow English word order; prepositional phrases on
the left are included only if a noun comes before them.
"""

from __future__ import annotations

from transforms.quoting.tokens import (
    ADVERB,
    AUXILIARY,
    BASE,
    CAPITAL,
    COORDINATOR,
    CUE,
    DETERMINER,
    ED,
    GENITIVE,
    ING,
    NUMBER,
    POSSESSIVE,
    PREPOSITION,
    PUNCTUATION,
    STOP,
    SUBJECT,
    TIME,
    TO,
    Tokens,
)

Phrase = tuple[int, int]

_FUNCTION = STOP | DETERMINER | POSSESSIVE | PREPOSITION | PUNCTUATION | COORDINATOR | ADVERB
_JOINING = {".", "-", "&", "/", "$", "%", "#", "@", "'", "’"}
# Longest noun phrase that is read; real ones are much shorter.
_PHRASE_TOKENS = 30


def is_noun_like(tokens: Tokens, i: int) -> bool:
    """Return whether the token can be the last word of a noun phrase."""
    kind = tokens.kinds[i]
    if kind & CAPITAL and not kind & (STOP | PREPOSITION | DETERMINER | ADVERB | COORDINATOR):
        return True
    if kind & (ED | ING):
        opener = DETERMINER | POSSESSIVE | GENITIVE | CAPITAL
        is_first = i > 0 and bool(kind & ING and tokens.kinds[i - 1] & opener)
        return is_first or _ends_compound(tokens, i)
    return not kind & (_FUNCTION | SUBJECT) or bool(kind & TIME)


def _ends_compound(tokens: Tokens, i: int) -> bool:
    """Return whether a form in "-ing" is the noun of "a job posting" or "the court ruling"."""
    if i < 2 or not tokens.kinds[i] & ING or not tokens.words[i - 1].isalpha():
        return False
    is_noun = not tokens.kinds[i - 1] & (_FUNCTION | SUBJECT | ED | ING)
    return is_noun and bool(tokens.kinds[i - 2] & (DETERMINER | POSSESSIVE | GENITIVE))


def find_left(tokens: Tokens, j: int, floor: int, word: str) -> int:
    """Return the position of `word` before the token `j`, or `floor` if it is not there."""
    k = j - 1
    lowest = max(floor, j - _PHRASE_TOKENS)
    while k >= lowest:
        if tokens.words[k] == word:
            return k
        k -= 1
    return floor


def phrase_start(tokens: Tokens, j: int, floor: int) -> int:
    """Return where the noun phrase that ends with the token `j` starts."""
    kinds, words = tokens.kinds, tokens.words
    floor = max(floor, j - _PHRASE_TOKENS)
    k = j
    while k > floor:
        kind, word = kinds[k - 1], words[k - 1]
        if kind & PUNCTUATION:
            if word == ")":
                opening = find_left(tokens, k - 1, floor, "(")
                if opening > floor and k - opening < 8:
                    k = opening
                    continue
                return k
            if not (word in _JOINING and _is_tight(tokens, k - 1)):
                return k
        elif not _extends_left(tokens, k, floor):
            return k
        k -= 1
        if kinds[k] & (DETERMINER | POSSESSIVE) and not _hangs_on_noun(tokens, k, floor):
            return k
    return k


def _is_tight(tokens: Tokens, i: int) -> bool:
    if tokens.words[i] == "." or tokens.words[i] in "$#@":
        return True
    return tokens.words[i] in "%&" or tokens.starts[i] == tokens.ends[i - 1]


def _hangs_on_noun(tokens: Tokens, k: int, floor: int) -> bool:
    return (
        k - 2 >= floor
        and bool(tokens.kinds[k - 1] & PREPOSITION)
        and is_noun_like(tokens, k - 2)
        and not tokens.kinds[k - 2] & TIME
    )


def _extends_left(tokens: Tokens, k: int, floor: int) -> bool:
    """Return whether the token before `k` belongs to the phrase that starts at `k`."""
    kind, word = tokens.kinds[k - 1], tokens.words[k - 1]
    before = tokens.kinds[k - 2] if k - 2 >= floor else PUNCTUATION
    if kind & COORDINATOR:
        capitals = tokens.kinds[k] & CAPITAL and before & CAPITAL
        return bool(word == "and" and capitals and k - 2 >= floor)
    if kind & PREPOSITION and not kind & CAPITAL:
        return k - 2 >= floor and is_noun_like(tokens, k - 2)
    if word == "i" and tokens.words[k] == ".":  # "the F.B.I. director"
        return True
    if kind & STOP or (kind & SUBJECT and not kind & DETERMINER):
        return False
    if kind & (DETERMINER | POSSESSIVE | GENITIVE):
        return True
    if kind & CAPITAL:
        if kind & TIME:
            return not tokens.kinds[k] & CAPITAL
        return not kind & (ADVERB | COORDINATOR | PREPOSITION) or bool(kind & NUMBER)
    if kind & BASE:
        return not before & (SUBJECT | AUXILIARY | TO)
    if kind & (CUE | ED | ING):
        opener = DETERMINER | POSSESSIVE | GENITIVE | PREPOSITION | PUNCTUATION
        return bool(before & opener) or _ends_compound(tokens, k - 1)
    return not kind & ADVERB or bool(before & DETERMINER)


def phrase_end(tokens: Tokens, i: int, ceiling: int, *, wide: bool = False) -> int:
    """Return where the noun phrase that starts at `i` ends.

    Args:
        tokens: The text.
        i: Its first token.
        ceiling: Upper limit for its end.
        wide: Whether prepositional phrases and participles after the noun belong to it.
    """
    kinds, words = tokens.kinds, tokens.words
    ceiling = min(ceiling, i + _PHRASE_TOKENS)
    k = i
    while k < ceiling:
        kind, word = kinds[k], words[k]
        if kind & PUNCTUATION:
            if word == "(" and k > i:
                closing = _closing(tokens, k, ceiling)
                if closing:
                    k = closing
                    continue
            if not (word in _JOINING and _continues(tokens, k, ceiling)):
                return k
        elif k > i and not _extends_right(tokens, k, ceiling, wide=wide):
            return k
        k += 1
    return k


def _closing(tokens: Tokens, k: int, ceiling: int) -> int | None:
    for i in range(k + 1, min(k + 7, ceiling)):
        if tokens.words[i] == ")":
            return i + 1
    return None


def _continues(tokens: Tokens, k: int, ceiling: int) -> bool:
    """Return whether the mark at `k` is inside a name ("J. K. Rowling", "AT&T")."""
    if k + 1 >= ceiling:
        return False
    if tokens.words[k] in "$#@%":
        return True
    following = tokens.kinds[k + 1]
    if tokens.words[k] == ".":
        if k > 1 and len(tokens.words[k - 1]) == 1 and tokens.words[k - 2] == ".":
            return tokens.words[k + 1].isalpha()  # "U.S. records"
        return k > 0 and len(tokens.words[k - 1]) < 5 and bool(following & CAPITAL)
    return tokens.starts[k + 1] == tokens.ends[k]


def _extends_right(tokens: Tokens, k: int, ceiling: int, *, wide: bool) -> bool:
    kind, word = tokens.kinds[k], tokens.words[k]
    before = tokens.kinds[k - 1]
    if kind & COORDINATOR:
        both = before & CAPITAL and k + 1 < ceiling and tokens.kinds[k + 1] & CAPITAL
        return word == "and" and bool(both or wide)
    if kind & PREPOSITION and not kind & TO:
        return wide or word in {"of", "for", "at", "from"}
    if kind & STOP and not kind & CAPITAL:
        return wide and word == "to"
    after_function = before & (DETERMINER | POSSESSIVE | PREPOSITION | GENITIVE | COORDINATOR)
    if kind & (SUBJECT | DETERMINER | POSSESSIVE):
        return bool(after_function and not kind & SUBJECT) or bool(
            before & PREPOSITION and kind & DETERMINER
        )
    if kind & CAPITAL:
        return not kind & TIME or wide
    if kind & BASE and not tokens.words[k - 1].endswith("s"):
        return True
    if kind & (CUE | ED | ING):
        return wide or bool(after_function)
    return not kind & (ADVERB | TIME) or wide


def phrase_head(tokens: Tokens, phrase: Phrase) -> int:
    """Return the last token before the first preposition of a phrase."""
    for k in range(phrase[0] + 1, phrase[1]):
        if tokens.kinds[k] & PREPOSITION:
            return k - 1
    return phrase[1] - 1
