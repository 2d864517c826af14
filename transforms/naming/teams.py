"""Makes teams of the towns and unknown names that a report on sport names as teams.

Three signs count: the place of a team in a sports report (`transforms.naming.scorelines`),
a result beside the name in any text ("Brandby won 2-1"), and a career ("120 games for
Brandby"). Countries stay places.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from transforms.naming.gazetteer import Gazetteer
from transforms.naming.name_spans import Candidate
from transforms.naming.name_words import Words
from transforms.naming.scorelines import is_sport, is_team, score_lines

_SCORE = re.compile(r"\d{1,2}[-–]\d{1,2}")
_REACH = 7  # words between a name and its result
# Words that end the names of clubs, but also those of other things.
_PARTS_OF_CLUBS = frozenset(["Town", "City", "County", "Park", "Vale", "Harriers", "Alexandra"])
_VENUES = frozenset(["Ground", "Park", "Stadium", "Arena", "Road", "Lane", "Trafford", "Garden"])
_PLURAL = frozenset(["have", "are", "were"])  # British reports: "Leeds have signed"
_SURE_CLUB, _LIKELY_CLUB = 4.0, 3.0
_ENDS = frozenset(["\n", ".", ";", "?", "!", ":"])
_WHERE = frozenset(["in", "at", "from", "near", "outside", "around", "across", "to"])
_OPPONENT = frozenset(["against", "over", "with", "to", "v", "vs", "by"])


def force_teams(candidates: Sequence[Candidate], words: Words, gazetteer: Gazetteer) -> None:
    """Force the kind of mentions that are teams."""
    score = score_lines(words)
    sport = is_sport(words, gazetteer, score, _clubs(candidates, gazetteer))
    people = _last_names(candidates, gazetteer)
    towns = {c.first: c for c in candidates if _is_town(c, gazetteer)}
    has_scores = any(_SCORE.fullmatch(word) for word in set(words.text) if word[0].isdigit())
    for candidate in candidates:
        town = candidate.first in towns
        if sport and is_team(words, gazetteer, (candidate.first, candidate.last), score):
            clues = {kind for kind, weight in candidate.evidence.items() if weight > 0}
            row = score[candidate.first] and not gazetteer.is_nation(candidate.name)
            if town or (row and clues <= {"place", "organization"}):
                candidate.forced = "organization"
        if not candidate.forced and (town or _may_be_team(candidate, gazetteer, people)):
            played = has_scores and _has_result(words, candidate, gazetteer)
            played = played or _is_career(words, candidate, gazetteer)
            many = town and words.opens[candidate.first] and _after(words, candidate) in _PLURAL
            if played or many or (town and _beats_town(words, candidate, towns, gazetteer)):
                candidate.forced = "organization"
    _join_listed(candidates, words, towns)
    if sport:
        _follow_teams(candidates, words, gazetteer)


def _join_listed(
    candidates: Sequence[Candidate], words: Words, towns: Mapping[int, Candidate]
) -> None:
    """Make a town after "and" a team if the name before it is one."""
    for left, right in pairwise(candidates):
        joined = right.first == left.last + 1 and words.text[left.last] == "and"
        if joined and left.forced and right.first in towns:
            right.forced = left.forced


def _follow_teams(candidates: Sequence[Candidate], words: Words, gazetteer: Gazetteer) -> None:
    """Make the other mentions of a team the team, except those that say where."""
    teams = {candidate.name for candidate in candidates if candidate.forced}
    clubs = {c.name for c in candidates if c.evidence.get("organization", 0) >= _SURE_CLUB}
    teams.update(name.rsplit(" ", 1)[0] for name in clubs if " " in name)
    for candidate in candidates:
        town = _is_town(candidate, gazetteer)
        surname = candidate.name.lower() in gazetteer.surnames
        acting = town and not surname and _acts(candidate, words)
        is_open = (acting or (town and candidate.name in teams)) and not candidate.forced
        if is_open and not _says_where(candidate, words, gazetteer):
            candidate.forced = "organization"


def _acts(candidate: Candidate, words: Words) -> bool:
    """Return whether a name opens a clause and does something: "Boston recovered"."""
    before = words.text[candidate.first - 1].lower() if candidate.first else "\n"
    after = _after(words, candidate)
    opens = words.opens[candidate.first] or before in {"and", "but", "as", "when", "while", "which"}
    return opens and after.endswith("ed") and after.islower()


def _says_where(candidate: Candidate, words: Words, gazetteer: Gazetteer) -> bool:
    text, first, last = words.text, candidate.first, candidate.last
    before = text[first - 1] if first else "\n"
    after = text[last : last + 2]
    return (
        first in words.datelines
        or before.lower() in _WHERE
        or (before == "," and first > 1 and text[first - 2][0].isupper())
        or after[:1] == ["("]
        or (after[:1] == [","] and bool(gazetteer.kind(after[-1])))
        or after[:1] == ["-based"]
        or (bool(after) and after[0] in gazetteer.cues["place_noun"])
    )


def _clubs(candidates: Sequence[Candidate], gazetteer: Gazetteer) -> int:
    """Return how many clubs are named by a word that only clubs have: "Colts"."""
    clubs = set()
    for candidate in candidates:
        _, position = gazetteer.heads.get(candidate.name.rsplit(" ", 1)[-1], ("", ""))
        if position == "team" and candidate.evidence.get("organization", 0) >= _LIKELY_CLUB:
            clubs.add(candidate.name)
    return len(clubs)


def _last_names(candidates: Sequence[Candidate], gazetteer: Gazetteer) -> set[str]:
    return {
        candidate.name.rsplit(" ", 1)[1]
        for candidate in candidates
        if " " in candidate.name and candidate.name.split(" ", 1)[0] in gazetteer.given
    }


def _is_town(candidate: Candidate, gazetteer: Gazetteer) -> bool:
    name = candidate.name
    if gazetteer.kind(name) != "place" or gazetteer.is_nation(name):
        return False
    return name.rsplit(" ", 1)[-1] not in _VENUES


def _may_be_team(candidate: Candidate, gazetteer: Gazetteer, people: Collection[str]) -> bool:
    """Return whether an unknown name may be a team's: one word, and no person's."""
    name = candidate.name
    first, _, rest = name.partition(" ")
    if rest in _PARTS_OF_CLUBS and not candidate.title and first not in gazetteer.given:
        return True
    return (
        not candidate.title
        and name.isalpha()
        and name not in people
        and name not in gazetteer.given
        and name.lower() not in gazetteer.surnames
        and name.lower() not in gazetteer.common
        and not gazetteer.kind(name)
    )


def _has_result(words: Words, candidate: Candidate, gazetteer: Gazetteer) -> bool:
    """Return whether the name won, lost or met its opponent with one score."""
    text, verbs = words.text, gazetteer.cues["team_verb"] | gazetteer.cues["beaten_verb"]
    first, last = candidate.first, candidate.last
    ahead = _clause(text[last : last + _REACH])
    acts = next((n for n, word in enumerate(ahead[:3]) if word in verbs), None)
    alone = acts is not None and all(word.isalpha() and word.islower() for word in ahead[:acts])
    if (
        acts is not None
        and alone
        and _is_single_score(ahead[acts:], text[last : last + _REACH + 4])
    ):
        return True
    before = text[first - 1] if first else "\n"
    behind = _clause(text[max(0, first - _REACH) : first][::-1])
    if before in _OPPONENT and _is_single_score(behind[:4], behind):
        return True
    beaten = before in verbs and before not in _OPPONENT
    return beaten and _is_single_score(ahead[:2], text[last : last + 6])


def _after(words: Words, candidate: Candidate) -> str:
    return words.text[candidate.last] if candidate.last < len(words.text) else "\n"


def _clause(words: Sequence[str]) -> list[str]:
    end = next((n for n, word in enumerate(words) if word in _ENDS), len(words))
    return list(words[:end])


def _is_single_score(near: Sequence[str], wider: Sequence[str]) -> bool:
    """Return whether there is one score; sets of tennis come in twos and threes."""
    scores = sum(bool(_SCORE.fullmatch(word)) for word in wider)
    return scores == 1 and any(_SCORE.fullmatch(word) for word in near)


def _is_career(words: Words, candidate: Candidate, gazetteer: Gazetteer) -> bool:
    """Return whether somebody played for the name, or plays there: "Brandby goalkeeper"."""
    text, i = words.text, candidate.first
    after = _after(words, candidate)
    if after in {"'s", "’s"}:
        after = text[candidate.last + 1] if candidate.last + 1 < len(text) else "\n"
    if after in gazetteer.cues["player"]:
        return True
    return i > 1 and text[i - 1] == "for" and text[i - 2] in gazetteer.cues["playing"]


def _beats_town(
    words: Words, candidate: Candidate, towns: Mapping[int, Candidate], gazetteer: Gazetteer
) -> bool:
    """Return whether one town beats another: "Leeds beat Norwich"."""
    if _beats(_after(words, candidate), gazetteer):
        return candidate.last + 1 in towns
    first = candidate.first
    return (
        first > 1
        and _beats(words.text[first - 1], gazetteer)
        and any(other.last == first - 1 for other in towns.values())
    )


def _beats(verb: str, gazetteer: Gazetteer) -> bool:
    return verb in gazetteer.cues["beaten_verb"] and verb not in _OPPONENT
