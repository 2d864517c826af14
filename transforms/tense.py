"""Whether a clause speaks of the past or of what is to come."""

from __future__ import annotations

from transforms.timex_tokens import Tokens

PAST, UNKNOWN, FUTURE = -1, 0, 1
_TENSES = {"past": PAST, "future": FUTURE}
# A clause's verb stands near its date; farther back another clause is more likely meant.
_BEFORE, _AFTER = 24, 14


def tense_at(tokens: Tokens, first: int, last: int) -> int:
    """Return the tense of the verb nearest before the tokens `first` to `last`, or after.

    "The trial will open on Tuesday" is FUTURE, "It opened on Tuesday" PAST; UNKNOWN
    where the sentence has no verb that tells.
    """
    is_infinitive = False
    for i in range(first - 1, max(first - 1 - _BEFORE, -1), -1):
        if tokens.symbols[i] in ";|" and not _abbreviates(tokens, i):
            break
        if found := _tense(tokens, i):
            return found
        is_infinitive = is_infinitive or tokens.symbols[i : i + 2] == "~_"
    if is_infinitive:  # officials plan to reopen it in spring
        return FUTURE
    for i in range(last, min(last + _AFTER, len(tokens.words))):
        if tokens.symbols[i] in ";|":
            break
        if found := _tense(tokens, i):
            return found
    return UNKNOWN


def _abbreviates(tokens: Tokens, stop: int) -> bool:
    """Tell whether a full stop ends a short word inside a sentence ("Nov.", "U.S.")."""
    return tokens.symbols[stop - 1 : stop] == "J" or (stop > 0 and len(tokens.words[stop - 1]) == 1)


def _tense(tokens: Tokens, i: int) -> int:
    if tokens.symbols[i] != "_":
        return UNKNOWN
    word = tokens.words[i]
    vocabulary = tokens.vocabulary
    if i and vocabulary.tense.get(tokens.words[i - 1]) == "infinitive":
        return UNKNOWN  # "will be announced": the participle does not tell
    if found := vocabulary.tense.get(word):
        if found == "prospective":  # they agreed to meet on Monday
            return FUTURE if tokens.symbols[i + 1 : i + 2] == "~" else PAST
        if word == "won" and tokens.words[i + 1 : i + 3] == ["'", "t"]:
            return FUTURE
        return _TENSES.get(found, UNKNOWN)
    for suffix, when in vocabulary.suffixes.items():
        if len(word) > len(suffix) + 2 and word.endswith(suffix):
            return _TENSES[when]
    return UNKNOWN
