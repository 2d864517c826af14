"""Where a town's name is its team: results, tables and reports of matches.

"Leeds 2 Everton 0" and "Boston beat Cleveland" name clubs. National teams stay places:
newspapers and the annotated corpora of newswire write of countries there.
"""

from __future__ import annotations

from collections.abc import Sequence

from transforms.name_words import Words

_SPORT = frozenset(
    """season league match matches goal goals inning innings tournament coach game games scored
    championship cup team teams striker midfielder goalkeeper pitcher quarterback playoff playoffs
    points homer touchdown wicket wickets halftime half-time quarterfinal semifinal semi-final
    standings overtime victory defeat win tie draw seed seeded round division club clubs
    scorers attendance rebounds fixture fixtures results baseball basketball soccer football hockey
    cricket rugby tennis""".split()
)
_VERBS_AFTER = frozenset(
    """beat beats defeated defeats lost edged trounced routed thrashed hosts host hammered downed
    blanked outlasted drew draws won wins signed sign rallied scored""".split()
)
_VERBS_BEFORE = frozenset(
    "beat beats defeated defeating over against versus v vs edged trounced routed downed".split()
)
_TEAM_NOUNS = frozenset(
    """coach manager striker midfielder defender goalkeeper captain forward winger pitcher catcher
    quarterback guard center players fans shortstop starter reliever""".split()
)
# Three different words of sport make a report of sport; one or two stand in any article.
_SPORT_WORDS = 3


def is_sport(words: Words) -> bool:
    """Return whether the text reports a match or a competition."""
    return len(_SPORT.intersection(map(str.lower, words.text))) >= _SPORT_WORDS


def score_lines(words: Words) -> list[bool]:
    """Return for each word whether its line is a result or a row of a table."""
    text = words.text
    flags = [False] * len(text)
    first = 0
    for i in range(len(text) + 1):
        if i < len(text) and text[i] != "\n":
            continue
        line = text[first:i]
        numbers = sum(word[0].isdigit() for word in line)
        lower = sum(word[0].islower() for word in line)
        if numbers >= 2 and lower <= 2 and len(line) <= 40:
            flags[first:i] = [True] * len(line)
        first = i + 1
    return flags


def is_team(words: Words, first: int, last: int, score: Sequence[bool]) -> bool:
    """Return whether the name at `first:last` stands where a team stands."""
    text = words.text
    before = text[first - 1] if first else "\n"
    after = text[last] if last < len(text) else "\n"
    if score[first]:
        beside = after[0].isdigit() or before[0].isdigit() or before in {"\n", "-"}
        return beside and before != "(" and after not in {"(", "19"}
    if before in {"in", "at", "from", "near"}:
        return False
    if after in {"'s", "’s"} and last + 1 < len(text):
        return text[last + 1] in _TEAM_NOUNS
    return after in _VERBS_AFTER or after in _TEAM_NOUNS or before in _VERBS_BEFORE
