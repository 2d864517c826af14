"""Recognizes towns that stand for their teams: results, tables and match reports.

"Leeds 2 Everton 0" and "Boston beat Cleveland" name clubs. National teams stay places, as
in the annotated newswire corpora, because newspapers write of countries there.
"""

from __future__ import annotations

from collections.abc import Sequence

from transforms.naming.gazetteer import Gazetteer
from transforms.naming.name_words import Words

# Three different sports words make a sports report; any article may have one or two.
_SPORT_WORDS = 3
_ROWS_OF_RESULTS = 8
_LONGEST_ROW, _LONGEST_FIXTURE = 40, 8  # words
_REMARKS = frozenset(["overtime", "ot", "postponed", "rain", "innings", "pen", "penalties"])
_AGAINST = frozenset(["at", "v", "vs", "v.", "vs."])


def is_sport(words: Words, gazetteer: Gazetteer, score: Sequence[bool], clubs: int = 0) -> bool:
    """Return whether the text reports a match or a competition.

    `score` says for each word whether it is in a result. With many rows of results or two
    names of `clubs`, one sports word is enough.
    """
    named = gazetteer.cues["sport"].intersection(map(str.lower, set(words.text)))
    if not named:
        return False
    return len(named) >= _SPORT_WORDS or clubs > 1 or sum(score) >= _ROWS_OF_RESULTS


def score_lines(words: Words) -> list[bool]:
    """Return for each word whether its line is a result or a row of a table."""
    flags = [False] * len(words.text)
    for first, last in words.lines():
        if last - first <= _LONGEST_ROW and _is_result(words.text[first:last]):
            flags[first:last] = [True] * (last - first)
    return flags


def _is_result(line: Sequence[str]) -> bool:
    numbers = [word for word in line if word[0].isdigit()]
    if len(numbers) < 2 and len(line) > _LONGEST_FIXTURE:
        return False
    lower = [word for word in line if word[0].islower() and word not in _REMARKS]
    if len(numbers) >= 2 and len(lower) <= 2:
        return True
    return len(lower) == 1 and lower[0] in _AGAINST and len(line) <= _LONGEST_FIXTURE


def is_team(
    words: Words, gazetteer: Gazetteer, span: tuple[int, int], score: Sequence[bool]
) -> bool:
    """Return whether the name at `span` is in the place of a team."""
    text, cues = words.text, gazetteer.cues
    first, last = span
    before = text[first - 1].lower() if first else "\n"
    after = text[last] if last < len(text) else "\n"
    if score[first]:
        if before == "at" and (first < 2 or text[first - 2] == "\n"):
            return False  # "At Leicester: Surrey 128-4"
        beside = after[0].isdigit() or before[0].isdigit() or before in {"\n", "-"}
        paired = before in _AGAINST or after in _AGAINST
        return paired or (beside and before != "(" and after != "(")
    if before in {"in", "at", "from", "near"}:
        return False
    if before == "with" and first > 1 and text[first - 2][0].isdigit():
        return True
    if after in {"'s", "’s"} and last + 1 < len(text):
        return text[last + 1] in cues["team_noun"]
    verb = after.lower()
    return verb in cues["team_verb"] or after in cues["team_noun"] or before in cues["beaten_verb"]
