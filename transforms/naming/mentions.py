"""Names of people, organizations, places, events and products in a text.

The method is rules over capitalised words and gazetteers, without a model. Candidates
(`transforms.naming.name_spans`) are weighed one by one (`transforms.naming.name_kinds`).
All mentions of a name in the article get one kind, a last name follows its full name,
and each name is resolved to an entity (`transforms.naming.resolution`). The user's own
tagger may find the spans instead; all later steps stay the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from transforms.naming.acronyms import introduced_acronyms
from transforms.naming.agreement import decide_kinds
from transforms.naming.capitals import settle_capitals
from transforms.naming.foreign_names import foreign_candidates
from transforms.naming.gazetteer import Gazetteer
from transforms.naming.name_kinds import add_evidence
from transforms.naming.name_spans import Candidate, find_candidates, trim_headlines
from transforms.naming.name_words import Words
from transforms.naming.resolution import Name, resolve
from transforms.naming.scorelines import is_sport, is_team, score_lines
from transforms.records import Entity, Mention

VERSION = 2


class NameTagger(Protocol):
    """Finds names in place of the rules."""

    def __call__(self, text: str) -> Sequence[tuple[int, int, str]]:
        """Return start, end and kind of each name in `text`, without overlaps."""
        ...


def find_mentions(
    text: str,
    gazetteer: Gazetteer,
    *,
    title: str | None = None,
    language: str = "en",
    tagger: NameTagger | None = None,
) -> tuple[list[Mention], list[Entity]]:
    """Return the names in `text`, in reading order, and the entities they stand for.

    Mentions never overlap. A name in the headline helps to recognize it in the text. The
    rules and word lists are for English news; in other languages only known names and full
    names with a known given name are found.

    Args:
        text: Cleaned article text; offsets refer to it.
        gazetteer: The known names.
        title: The headline, None without one.
        language: ISO 639-1 code of the text.
        tagger: Finds the spans and their kinds in place of the rules.
    """
    if tagger is not None:
        names = [
            Name(start, end, " ".join(Words.of(text[start:end]).text), kind)
            for start, end, kind in sorted(tagger(text))
        ]
    else:
        heading = f"{title}\n" if title else ""
        names = [
            Name(
                name.start - len(heading),
                name.end - len(heading),
                name.name,
                name.kind,
                name.weight,
            )
            for name in _names(heading + text, gazetteer, language)
            if name.start >= len(heading)
        ]
    return resolve(text, names, gazetteer)


def _names(text: str, gazetteer: Gazetteer, language: str) -> list[Name]:
    words = Words.of(text, gazetteer.common)
    if language == "en":
        candidates = find_candidates(words, gazetteer, settle_capitals(words, gazetteer))
        trim_headlines(candidates, words)
    else:
        candidates = foreign_candidates(words, gazetteer)
    for candidate in candidates:
        add_evidence(candidate, words, gazetteer)
    if language == "en":
        _force_teams(candidates, words, gazetteer)
    spans = [(c.name, words.start[c.first], words.end[c.last - 1]) for c in candidates]
    kinds = decide_kinds(candidates, words, gazetteer, introduced_acronyms(spans, text))
    names = []
    for candidate, (name, start, end) in zip(candidates, spans, strict=True):
        kind, weight = kinds.get(name, ("", 0.0))
        kind = candidate.forced or kind
        if kind:
            names.append(Name(start, end, name, kind, weight))
    return names


def _force_teams(candidates: list[Candidate], words: Words, gazetteer: Gazetteer) -> None:
    """Make towns and unknown names teams where a sports report would name a team."""
    score = score_lines(words)
    if not is_sport(words, gazetteer, score):
        return
    for candidate in candidates:
        if not is_team(words, gazetteer, (candidate.first, candidate.last), score):
            continue
        known = gazetteer.known(candidate.name)
        town = bool(known) and known[0].kind == "place" and not gazetteer.is_country(known[0])
        clues = {kind for kind, weight in candidate.evidence.items() if weight > 0}
        row = score[candidate.first] and not (known and gazetteer.is_country(known[0]))
        if town or (row and clues <= {"place", "organization"}):
            candidate.forced = "organization"
