"""Names of people, organizations, places, events and products in a text.

Rules over capitalised words and gazetteers, no model: candidates
(`transforms.name_spans`) are weighed one by one (`transforms.name_kinds`), then all
mentions of a name in the article agree on one kind, a last name follows its full name,
and each is resolved to an entity (`transforms.entities`).
"""

from __future__ import annotations

from collections import defaultdict

from transforms.acronyms import introduced_acronyms
from transforms.capitals import settle_capitals
from transforms.entities import new_entity
from transforms.gazetteer import Gazetteer
from transforms.identity import sha256_text
from transforms.name_kinds import add_evidence
from transforms.name_spans import Candidate, find_candidates
from transforms.name_words import Words
from transforms.records import Entity, Mention
from transforms.scorelines import is_sport, is_team, score_lines

VERSION = 2
KINDS = ("person", "organization", "place", "event", "product")
# Below this a capital at the start of a sentence is taken for nothing more.
_WEAK_THRESHOLD = 2.5
_THRESHOLD = 0.9


def find_mentions(
    text: str, gazetteer: Gazetteer, *, title: str | None = None, language: str = "en"
) -> tuple[list[Mention], list[Entity]]:
    """Return the names in `text`, in reading order, and the entities they stand for.

    Mentions never overlap. Rules and word lists are those of English news; in other
    languages known names are found and little else.
    """
    words = Words.of(text, gazetteer.common)
    candidates = find_candidates(words, gazetteer, settle_capitals(words, gazetteer))
    for candidate in candidates:
        add_evidence(candidate, words, gazetteer)
    force_teams(candidates, words, gazetteer)
    kinds = decide(candidates, words, gazetteer)
    return resolve(text, words, candidates, kinds, gazetteer)


def force_teams(candidates: list[Candidate], words: Words, gazetteer: Gazetteer) -> None:
    """Make towns and unknown names teams where a report of sport puts a team."""
    if not is_sport(words):
        return
    score = score_lines(words)
    for candidate in candidates:
        if not is_team(words, candidate.first, candidate.last, score):
            continue
        known = gazetteer.known(candidate.name)
        town = bool(known) and known[0].kind == "place" and not _is_nation(known[0])
        if town or (score[candidate.first] and not candidate.evidence):
            candidate.forced = "organization"


def _is_nation(entity: Entity) -> bool:
    return entity.wikidata_id is not None


def decide(candidates: list[Candidate], words: Words, gazetteer: Gazetteer) -> dict[str, str]:
    """Return the kind of each name of the article; names without one are left out."""
    lower = {word for word in words.text if word.islower()}
    total: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    firm: set[str] = set()
    for candidate in candidates:
        scores = total[candidate.name]
        for kind, weight in candidate.evidence.items():
            scores[kind] = max(scores[kind], weight) + 0.25 * min(scores[kind], weight)
        if not candidate.is_weak:
            firm.add(candidate.name)
    acronyms = introduced_acronyms(candidates, words)
    _follow_full_names(total, gazetteer)
    for short, full in acronyms.items():
        total[full]["organization"] += 2
        for kind, weight in total[full].items():
            total[short][kind] += weight
    kinds = {}
    for name, scores in total.items():
        if not scores:
            continue
        kind, weight = max(scores.items(), key=lambda item: item[1])
        threshold = _THRESHOLD if name in firm else _WEAK_THRESHOLD
        if name not in firm and name.lower() in lower:
            threshold = 3.5
        if kind in KINDS and weight >= threshold:
            kinds[name] = kind
    return kinds


def _follow_full_names(total: dict[str, dict[str, float]], gazetteer: Gazetteer) -> None:
    """Let the parts of a person's full name be that person: "Jobs" after "Steve Jobs"."""
    for name in list(total):
        parts = name.split(" ")
        if len(parts) < 2:
            continue
        scores = total[name]
        kind, weight = max(scores.items(), key=lambda item: item[1], default=("", 0.0))
        if kind != "person" or weight < 1:
            continue
        for part in {parts[-1], " ".join(parts[1:])} & total.keys():
            total[part]["person"] += weight + 1
        if parts[0] in total and parts[0] not in gazetteer.names:
            total[parts[0]]["person"] += 2


def resolve(
    text: str,
    words: Words,
    candidates: list[Candidate],
    kinds: dict[str, str],
    gazetteer: Gazetteer,
) -> tuple[list[Mention], list[Entity]]:
    """Return the mentions of the decided candidates and their entities."""
    entities: dict[str, Entity] = {}
    mentions = []
    scope = sha256_text(text)
    for candidate in candidates:
        kind = candidate.forced or kinds.get(candidate.name)
        if kind is None:
            continue
        start, end = words.start[candidate.first], words.end[candidate.last - 1]
        known = [entity for entity in gazetteer.known(candidate.name) if entity.kind == kind]
        entity = (
            known[0]
            if known
            else new_entity(
                kind,
                candidate.name,
                scope=scope if kind == "person" and " " not in candidate.name else "",
            )
        )
        entities[entity.entity_id] = entity
        mentions.append(
            Mention(
                start=start,
                end=end,
                text=text[start:end],
                kind=kind,
                name=entity.name,
                entity_id=entity.entity_id,
            )
        )
    return mentions, list(entities.values())
