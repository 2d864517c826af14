"""Runs of capitalized words, split into a role and a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from transforms.quoting.speech import Speech
from transforms.quoting.tokens import (
    AUXILIARY,
    CAPITAL,
    FUNCTION,
    GENITIVE,
    SUBJECT,
    TIME,
    WH,
    Tokens,
)
from transforms.records import Mention

SUFFIXES = {"jr", "sr", "ii", "iii"}
_PARTICLES = {
    *("al", "ap", "bin", "da", "de", "del", "della", "den", "der", "di", "dos", "du", "el"),
    *("ibn", "la", "le", "san", "st", "ten", "ter", "van", "von", "y"),
}
# Longest run of capitalized words that is accepted as one name; headlines are longer.
_RUN_TOKENS = 12


@dataclass(slots=True)
class Run:
    """Capitalized tokens `[start, end)` that form one name, with the role before it."""

    start: int
    end: int
    name_start: int
    gender: str = ""
    mention: Mention | None = None


def find_runs(tokens: Tokens, speech: Speech, known: Mapping[int, Mention]) -> list[Run]:
    """Return the runs of capitalized words in reading order, without sentence openers."""
    found: list[Run] = []
    done, count = 0, len(tokens.words)
    for i in [i for i, kind in enumerate(tokens.kinds) if kind & CAPITAL]:
        if i >= done and _may_start(tokens, i):
            end = _run_end(tokens, i, count, speech)
            found.append(_split(tokens, i, end, speech, known))
            done = found[-1].end
    return found


def _may_start(tokens: Tokens, i: int) -> bool:
    kind = tokens.kinds[i]
    if not kind & FUNCTION:
        return True
    # "May said", "Will Ferrell": a month or an auxiliary that is also a name
    follows = i + 1 < len(tokens.kinds) and tokens.kinds[i + 1] & CAPITAL
    return bool(kind & AUXILIARY and not kind & (SUBJECT | WH) and follows)


def _run_end(tokens: Tokens, i: int, count: int, speech: Speech) -> int:
    end = i + 1
    count = min(count, i + _RUN_TOKENS)
    while end < count and not tokens.kinds[end - 1] & GENITIVE:
        kind, _word = tokens.kinds[end], tokens.words[end]
        follows = end + 1 < count and tokens.kinds[end + 1] & CAPITAL
        if kind & CAPITAL and not kind & (FUNCTION & ~(AUXILIARY | TIME)):
            end += 1
        elif follows and _joins(tokens, end, speech):
            end += 2
        else:
            break
    return end


def _joins(tokens: Tokens, i: int, speech: Speech) -> bool:
    """Return whether a small word or a full stop at `i` is part of a name."""
    word = tokens.words[i]
    if word == ".":
        return is_abbreviation(tokens, i - 1, speech)
    return word in _PARTICLES or _joins_title(tokens, i, speech)


def is_abbreviation(tokens: Tokens, i: int, speech: Speech) -> bool:
    """Return whether a full stop right after token `i` belongs to it ("Mr.", "A.")."""
    word = tokens.words[i]
    return tokens.ends[i] == tokens.starts[i + 1] and (
        len(word) == 1 or word in speech.abbreviations
    )


def _joins_title(tokens: Tokens, i: int, speech: Speech) -> bool:
    """Return whether "of" at `i` is part of a title ("Secretary of State")."""
    before, after = tokens.words[i - 1], tokens.words[i + 1]
    return tokens.words[i] == "of" and f"{before} of {after}" in speech.titles


def _split(
    tokens: Tokens, start: int, end: int, speech: Speech, known: Mapping[int, Mention]
) -> Run:
    name_start, gender = start, ""
    for k in range(start, end - 1):
        word = tokens.words[k]
        if word in speech.given_names and (k == start or name_start > start):
            continue  # "Gov. Earl Long": a name that is also a title
        if word in speech.roles or " ".join(tokens.words[k - 2 : k + 1]) in speech.titles:
            following = k + 2 if tokens.words[k + 1] == "." else k + 1
            if following < end and tokens.words[following] not in SUFFIXES | {"of"}:
                name_start, gender = following, gender or speech.roles.get(word, "")
    if all(w in speech.roles or w == "." for w in tokens.words[name_start:end]):
        name_start = start  # "the Secretary General": a role without a name
    mention = known.get(tokens.starts[name_start]) or known.get(tokens.starts[start])
    if mention is None and speech.pronouns:  # another language: "Bürgermeisterin Hanne Voss"
        inside = (k for k in range(start + 1, end) if tokens.starts[k] in known)
        start = name_start = next(inside, start)
        mention = known.get(tokens.starts[name_start])
    if mention and mention.kind == "person":  # in headlines the capitals continue after a name
        end = next((k for k in range(name_start + 1, end) if tokens.starts[k] >= mention.end), end)
    return Run(start, end, name_start, gender, mention)


def name_words(tokens: Tokens, run: Run) -> list[str]:
    """Return the words of a run's name as written, without genitive and full stops."""
    words = []
    for k in range(run.name_start, run.end):
        word = tokens.text[tokens.starts[k] : tokens.ends[k]]
        if tokens.kinds[k] & GENITIVE:
            word = word.replace("’", "'").rpartition("'")[0]
        if word != ".":
            words.append(word)
    return words
