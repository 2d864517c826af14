"""What the words for a source stand for: a person, a group, or a text that carries words.

A text ("the report", "a statement by the ministry") speaks for its author, and is kept as
the medium. Things that cannot speak ("the road", "this model") are no sources.
"""

from __future__ import annotations

from transforms.quoting.noun_phrases import Phrase, phrase_end, phrase_head, phrase_start
from transforms.quoting.speech import Speech
from transforms.quoting.tokens import (
    ADVERB,
    CAPITAL,
    FUNCTION,
    GENITIVE,
    NUMBER,
    POSSESSIVE,
    PREPOSITION,
    PUNCTUATION,
    QUOTED,
    TIME,
    Tokens,
)

_PRONOUNS = {
    *(
        "he",
        "she",
        "they",
        "we",
        "i",
        "who",
        "it",
        "that",
        "which",
        "everyone",
        "someone",
        "somebody",
        "nobody",
    ),
    *("both", "many", "most", "some", "others", "several", "few", "all", "none", "half", "one"),
    *("anyone", "those", "each", "another", "either", "neither", "two", "three", "four", "five"),
}
_AUTHOR_PREPOSITIONS = {"by", "from"}
_CARRIER_PREPOSITIONS = {"in", "on", "via", "through"}
# Endings of nouns for people, in the plural ("commuters", "lobbyists", "Norwegians").
_PEOPLE_ENDINGS = (
    "ers",
    "ors",
    "ists",
    "ians",
    "men",
    "women",
    "people",
    "owners",
    "goers",
    "ist",
    "-old",
)
_PEOPLE_CHARS = 6
_YEAR_DIGITS = 4
# Maximum number of tokens between a verb of speech and "in a statement".
_MEDIUM_TOKENS = 10


def source_kind(tokens: Tokens, phrase: Phrase, speech: Speech) -> str | None:
    """Return `person`, `group`, `document`, `name` or `pronoun`, None for a thing.

    Args:
        tokens: The text.
        phrase: Tokens of the source.
        speech: The word lists.
    """
    start, end = phrase
    if end - start == 1 and tokens.words[start].partition("'")[0] in _PRONOUNS:
        return "pronoun"
    head = phrase_head(tokens, phrase)
    word, kind = tokens.words[head], tokens.kinds[head]
    if kind & ADVERB and end - start == 1:
        return None
    if kind & GENITIVE:
        word = word.rpartition("'")[0]
    known = noun_kind(word, speech)
    if kind & CAPITAL and (head > start or not kind & (FUNCTION | TIME)):
        return known if known == "document" else "name"
    if known:
        return known
    has_more = tokens.words[start + 1 : start + 2]
    if tokens.words[start] in _PRONOUNS and has_more in (["who"], ["of"], ["in"], ["percent"]):
        return "group"  # "those who wrote to her"
    others = _other_kinds(tokens, phrase, speech)
    if others:
        return others[0]
    if word.isdigit() and len(word) == _YEAR_DIGITS:
        return None
    if kind & NUMBER or word in _PRONOUNS or word == "%" or word.isdigit() or word == "percent":
        return "group"  # "76 percent", "three in ten"
    return "person" if word.endswith(_PEOPLE_ENDINGS) and len(word) > _PEOPLE_CHARS else None


def _other_kinds(tokens: Tokens, phrase: Phrase, speech: Speech) -> list[str]:
    """Return the kinds of nouns with words after them ("people close to her", "hours after Ruiz").

    The first is that of the noun before an adjective or relative clause, the last that of
    the last word.
    """
    start, end = phrase
    stop = next((k for k in range(start, end) if tokens.kinds[k] & PREPOSITION), end)
    kinds = [noun_kind(tokens.words[k], speech) for k in range(start, stop)]
    if stop > start and tokens.kinds[start] & POSSESSIVE and end - start == 1:
        kinds.append("pronoun")
    last = end - 1
    is_name = tokens.kinds[last] & CAPITAL and not tokens.kinds[last] & (FUNCTION | GENITIVE)
    kinds.append("name" if is_name else noun_kind(tokens.words[last], speech))
    return [kind for kind in kinds if kind]


def noun_kind(word: str, speech: Speech) -> str | None:
    """Return the kind of a noun in the singular or plural, None if it cannot speak."""
    if word in speech.sources:
        return speech.sources[word]
    singulars = [word, word.removesuffix("s"), word.removesuffix("es")]
    singulars += [word.removesuffix("ies") + "y", word.replace("men", "man")]
    for singular in singulars:
        kind = speech.sources.get(singular)
        if kind:
            return kind
        if singular in speech.roles or singular in speech.leaders:
            return "person"
        if singular in speech.organization_ends:
            return "group"
    return None


def author_of(tokens: Tokens, phrase: Phrase, speech: Speech) -> Phrase | None:
    """Return who wrote the text that a phrase names ("a statement by the ministry")."""
    if source_kind(tokens, phrase, speech) != "document":
        return None
    start, end = phrase
    head = phrase_head(tokens, phrase)
    for k in range(head + 1, end - 1):
        if tokens.words[k] in _AUTHOR_PREPOSITIONS:
            return k + 1, end
    if end < len(tokens.words) - 1 and tokens.words[end] in _AUTHOR_PREPOSITIONS:
        stop = phrase_end(tokens, end + 1, len(tokens.words))
        return (end + 1, stop) if stop > end + 1 else None
    for k in range(head - 1, start - 1, -1):
        if tokens.kinds[k] & GENITIVE:
            return phrase_start(tokens, k, start), k + 1
        if tokens.kinds[k] & POSSESSIVE:
            return k, k + 1
    return None


def find_medium(
    tokens: Tokens, source: Phrase | None, cue: Phrase, speech: Speech
) -> Phrase | None:
    """Return what carried a statement: the text that speaks, or "a letter" in "wrote in a letter".

    Args:
        tokens: The text.
        source: Tokens of the source, None if nobody is named.
        cue: Tokens of the words that attribute the statement.
        speech: The word lists.
    """
    if source and source_kind(tokens, source, speech) == "document":
        return source
    start = max(cue[1], source[1]) if source and source[0] >= cue[1] else cue[1]
    for k in range(start, min(start + _MEDIUM_TOKENS, len(tokens.words) - 1)):
        if tokens.kinds[k] & (PUNCTUATION | QUOTED):
            return None
        if tokens.words[k] in _CARRIER_PREPOSITIONS:
            carrier = (k + 1, phrase_end(tokens, k + 1, len(tokens.words)))
            if carrier[1] > carrier[0] and _carries(tokens, carrier, speech):
                return carrier
    return None


def _carries(tokens: Tokens, phrase: Phrase, speech: Speech) -> bool:
    head = tokens.words[phrase_head(tokens, phrase)]
    return noun_kind(head, speech) == "document" or head in speech.platforms
