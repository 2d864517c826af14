"""Whether a clause is about the past or the future."""

from __future__ import annotations

from transforms.dating.timex_tokens import Tokens

PAST, UNKNOWN, FUTURE = -1, 0, 1
_TENSES = {"past": PAST, "future": FUTURE}
# A clause's verb is near its date; a verb farther back belongs to another clause.
_BEFORE, _AFTER = 24, 14


def tense_at(tokens: Tokens, first: int, last: int) -> int:
    """Return the tense of the nearest verb before the tokens `first` to `last`, or after.

    "The trial will open on Tuesday" is FUTURE, "It opened on Tuesday" PAST; UNKNOWN if the
    sentence has no verb that decides.
    """
    return _tense_before(tokens, first) or _tense_behind(tokens, last)


def _tense_before(tokens: Tokens, first: int) -> int:
    symbols = tokens.symbols
    is_infinitive = False
    for i in range(first - 1, max(first - 1 - _BEFORE, -1), -1):
        symbol = symbols[i]
        if symbol == "_":
            if found := _tense(tokens, i):
                return found
        elif symbol in ";|" and not _abbreviates(tokens, i):
            break
        elif symbol == "~" and _is_verb(tokens, i + 1):
            is_infinitive = True
    return FUTURE if is_infinitive else UNKNOWN  # "officials plan to reopen it in spring"


def _is_verb(tokens: Tokens, i: int) -> bool:
    """Return whether the word after "to" may be a verb: not "to Rome", "to her", "to huts"."""
    if tokens.symbols[i : i + 1] != "_" or tokens.is_capital(i):
        return False
    word, groups = tokens.words[i], tokens.vocabulary.groups
    is_plural = word.endswith(tuple(groups.get("plural", ())))
    if is_plural and not word.endswith(tuple(groups.get("singular", ()))):
        return False
    return word not in groups.get("possessive", ())


def _tense_behind(tokens: Tokens, last: int) -> int:
    for i in range(last, min(last + _AFTER, len(tokens.symbols))):
        symbol = tokens.symbols[i]
        if symbol in ";|" and not _abbreviates(tokens, i):
            break
        if symbol == "_" and (found := _tense(tokens, i)):
            return found
    return UNKNOWN


def _abbreviates(tokens: Tokens, stop: int) -> bool:
    """Return whether a full stop ends an abbreviation inside a sentence ("Nov.", "Mr.", "U.S.")."""
    if not stop or tokens.words[stop] != ".":
        return False
    word = tokens.words[stop - 1]
    if tokens.symbols[stop - 1] == "J" or len(word) == 1:
        return True
    return word in tokens.vocabulary.groups.get("title", ())


def _tense(tokens: Tokens, i: int) -> int:
    words, vocabulary = tokens.words, tokens.vocabulary
    word = words[i]
    found = vocabulary.tense.get(word)
    if found is None:
        if not word.endswith(vocabulary.endings) or (i and tokens.symbols[i - 1] in "aD'"):
            return UNKNOWN  # "an unprecedented windfall": an adjective
        ending = max((e for e in vocabulary.endings if word.endswith(e)), key=len)
        found = vocabulary.suffixes[ending] if len(word) > len(ending) + 2 else "neutral"
    before = words[i - 1] if i else ""
    if before.isalpha() and tokens.is_capital(i):
        return UNKNOWN  # a name: "Will Holm said"
    if vocabulary.tense.get(before) == "infinitive":
        return UNKNOWN  # "will be announced": the participle does not decide
    if found == "future" and word in vocabulary.groups.get("past_if_not", ()):
        after = words[i + 1] if i + 1 < len(words) else ""  # "could not be reached on Monday"
        return PAST if after in vocabulary.groups.get("not", ()) else FUTURE
    if found == "progressive":  # "the board is meeting on Monday", but not "at a meeting"
        return FUTURE if before in vocabulary.groups.get("predicate", ()) else UNKNOWN
    if found == "prospective":  # "they agreed to meet on Monday"
        return FUTURE if tokens.symbols[i + 1 : i + 2] == "~" else PAST
    return _TENSES.get(found, UNKNOWN)
