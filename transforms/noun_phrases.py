"""Noun phrases beside a verb: who says it, and to whom, without a parser.

Subjects are read leftward from the verb group, over appositions and relative clauses that
commas set off, and names rightward, for "said Ana Ruiz, the mayor". Phrases are ranges of
tokens. English word order; prepositional phrases are taken in on the left side only where
a noun stands before them.
"""

from __future__ import annotations

from transforms.tokens import (
    ADVERB,
    AUXILIARY,
    BASE,
    BREAK,
    CAPITAL,
    CONTRACTED,
    COORDINATOR,
    CUE,
    DETERMINER,
    ED,
    GENITIVE,
    ING,
    NEGATION,
    NUMBER,
    OBJECT,
    POSSESSIVE,
    PREPOSITION,
    PUNCTUATION,
    QUOTED,
    SUBJECT,
    SUBORDINATOR,
    TIME,
    TO,
    VERB,
    WH,
    Tokens,
)

Phrase = tuple[int, int]

_STOP = AUXILIARY | SUBORDINATOR | WH | NEGATION | TO | VERB | QUOTED | BREAK
_FUNCTION = _STOP | DETERMINER | POSSESSIVE | PREPOSITION | PUNCTUATION | COORDINATOR | ADVERB
_RELATIVE = {"who", "which", "that"}
_JOINING = {".", "-", "&", "/", "$", "%", "#", "@", "'", "’"}
# Longest verb group and noun phrase that are read; real ones end long before.
_GROUP_TOKENS = 12
_PHRASE_TOKENS = 40
# Farthest that a relative pronoun is looked for before a phrase in its clause.
_RELATIVE_TOKENS = 12
# Longest stretch between commas that is still read as an apposition to a subject.
_APPOSITION_TOKENS = 45


def is_noun_like(tokens: Tokens, i: int) -> bool:
    """Return whether the token can be the last word of a noun phrase."""
    kind = tokens.kinds[i]
    if kind & CAPITAL and not kind & (_STOP | PREPOSITION | DETERMINER | ADVERB | COORDINATOR):
        return True
    if kind & (ED | ING):
        opener = DETERMINER | POSSESSIVE | GENITIVE | CAPITAL
        return i > 0 and bool(kind & ING and tokens.kinds[i - 1] & opener)
    return not kind & (_FUNCTION | SUBJECT) or bool(kind & TIME)


def verb_group_start(tokens: Tokens, i: int, floor: int) -> int:
    """Return the first token of the verb group that ends with the verb at `i`."""
    kinds = tokens.kinds
    floor = max(floor, i - _GROUP_TOKENS)
    while i > floor:
        kind = kinds[i - 1]
        if kind & (AUXILIARY | NEGATION) or (kind & ADVERB and not kind & CAPITAL):
            i -= 1
        elif kind & TIME and not kind & GENITIVE and i - 2 >= floor:
            j = i - 1
            while j > floor and kinds[j - 1] & (TIME | DETERMINER | PREPOSITION):
                j -= 1
            if j == i - 1 and not kinds[j] & CAPITAL:
                return i
            i = j
        else:
            return i
    return i


def subject_before(tokens: Tokens, i: int, floor: int) -> Phrase | None:
    """Return the subject that ends before token `i`, None where none stands there."""
    j = i - 1
    if j < floor:
        return None
    if tokens.words[j].endswith(("self", "selves")) and j > floor:
        j -= 1
    kind, word = tokens.kinds[j], tokens.words[j]
    if kind & PUNCTUATION:
        j = _before_insertion(tokens, j, floor)
        if j < floor:
            return None
        kind, word = tokens.kinds[j], tokens.words[j]
    if word in _RELATIVE or (kind & SUBJECT and not kind & CAPITAL) or kind & CONTRACTED:
        return (j, j + 1)
    if kind & SUBJECT and (j == floor or not is_noun_like(tokens, j - 1)):
        return (j, j + 1)
    if not is_noun_like(tokens, j) or kind & (PUNCTUATION | OBJECT):
        return None
    return _over_relative(tokens, (phrase_start(tokens, j, floor), j + 1), floor)


def _over_relative(tokens: Tokens, phrase: Phrase, floor: int) -> Phrase:
    """Return what a phrase within a relative clause belongs to.

    "A source speaking to the paper said", "voters who met the mayor say".
    """
    start = phrase[0]
    k = start - 1
    if k - 2 >= floor and tokens.kinds[k] & PREPOSITION and is_noun_like(tokens, k - 2):
        if tokens.kinds[k - 1] & (ING | ED):
            return phrase_start(tokens, k - 2, floor), phrase[1]
    verbs = 0
    for k in range(start - 1, max(floor, start - _RELATIVE_TOKENS), -1):
        if tokens.kinds[k] & (PUNCTUATION | QUOTED):
            break
        if tokens.words[k] == "who" and verbs and is_noun_like(tokens, k - 1):
            return phrase_start(tokens, k - 1, floor), phrase[1]
        verbs += bool(tokens.kinds[k] & (VERB | ED | AUXILIARY | CUE))
    return phrase


def _before_insertion(tokens: Tokens, j: int, floor: int) -> int:
    """Return the last token before what a pair of commas, dashes or brackets inserts."""
    word = tokens.words[j]
    if word == ")":
        return _find_left(tokens, j, floor, "(") - 1
    if word in "—–":
        return _find_left(tokens, j, floor, word) - 1
    if word != ",":
        return j if word in "%." else floor - 1
    best = floor - 1
    k = j - 1
    lowest = max(floor, j - _APPOSITION_TOKENS)
    while k >= lowest:
        if tokens.kinds[k] & QUOTED:
            break
        if tokens.words[k] == ",":
            if not _opens_apposition(tokens, k + 1):
                if best >= floor or not _is_short(tokens, k, j):
                    break
            if k > floor and is_noun_like(tokens, k - 1) and not _is_fronted(tokens, k - 1, floor):
                best = k - 1
        k -= 1
    return best


def _is_fronted(tokens: Tokens, j: int, floor: int) -> bool:
    """Return whether the phrase that ends at `j` hangs on a preposition or verb before it."""
    start = phrase_start(tokens, j, floor)
    if start <= floor:
        return False
    before = tokens.kinds[start - 1]
    return bool(before & (PREPOSITION | ING | ADVERB | TO | VERB | COORDINATOR))


def _is_short(tokens: Tokens, comma: int, j: int) -> bool:
    return j - comma <= 5 and bool(tokens.kinds[comma + 1] & (CAPITAL | ADVERB))


def _opens_apposition(tokens: Tokens, i: int) -> bool:
    kind, word = tokens.kinds[i], tokens.words[i]
    if word in {"who", "which", "whose", "where", "whom"} or word[0].isdigit():
        return True
    if kind & (DETERMINER | POSSESSIVE):
        return True
    return bool(kind & ING) or not kind & (SUBJECT | _STOP | COORDINATOR | PUNCTUATION | CUE)


def _find_left(tokens: Tokens, j: int, floor: int, word: str) -> int:
    k = j - 1
    lowest = max(floor, j - _APPOSITION_TOKENS)
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
                opening = _find_left(tokens, k - 1, floor, "(")
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
    if kind & _STOP or (kind & SUBJECT and not kind & DETERMINER):
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
        return bool(before & (DETERMINER | POSSESSIVE | GENITIVE | PREPOSITION | PUNCTUATION))
    return not kind & ADVERB or bool(before & DETERMINER)


def phrase_end(tokens: Tokens, i: int, ceiling: int, *, wide: bool = False) -> int:
    """Return where the noun phrase that starts at `i` ends.

    Args:
        tokens: The text.
        i: Its first token.
        ceiling: It ends here at the latest.
        wide: Prepositional phrases and participles after the noun belong to it.
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
    """Return whether the mark at `k` stands inside a name ("J. K. Rowling", "AT&T")."""
    if k + 1 >= ceiling:
        return False
    if tokens.words[k] in "$#@%":
        return True
    following = tokens.kinds[k + 1]
    if tokens.words[k] == ".":
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
    if kind & _STOP and not kind & CAPITAL:
        return wide and word == "to"
    after_function = before & (DETERMINER | POSSESSIVE | PREPOSITION | GENITIVE | COORDINATOR)
    if kind & (SUBJECT | DETERMINER | POSSESSIVE):
        return bool(after_function and not kind & SUBJECT) or bool(
            before & PREPOSITION and kind & DETERMINER
        )
    if kind & CAPITAL:
        return not kind & TIME or wide
    if kind & (CUE | ED | ING):
        return wide or bool(after_function)
    return not kind & (ADVERB | TIME) or wide
