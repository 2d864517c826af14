"""Decides one kind for each name of an article.

The evidence from all mentions of a name is added up, and related names share theirs: a
last name gets that of its full name, an acronym that of the name it stands for, "the
Commission" that of the European Commission named before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import itemgetter

from transforms.naming.gazetteer import Gazetteer, is_family_first
from transforms.naming.name_kinds import KNOWN, NAME_SUFFIXES
from transforms.naming.name_spans import Candidate
from transforms.naming.name_words import Words
from transforms.naming.spelling import spelling

KINDS = ("person", "organization", "place", "event", "product")
# A name in mid-sentence needs one clue. A capital that opens a sentence needs two, or
# more if the article also writes the word in lower case.
_THRESHOLD, _WEAK_THRESHOLD, _DOUBTED_THRESHOLD = 0.9, 2.5, 3.5

# How sure the last word of an organization's name stands for it later, by its position.
_SHORTENED = {"any": 3.0, "team": 3.0, "last": 2.0}

Weighed = tuple[str, float]
_Total = dict[str, dict[str, float]]


def decide_kinds(
    candidates: Sequence[Candidate],
    words: Words,
    gazetteer: Gazetteer,
    acronyms: Mapping[str, str],
) -> dict[str, Weighed]:
    """Return kind and weight of each name in the article; words that are no names are left out.

    `acronyms` are the short forms that the article introduces, with their full names.
    """
    total = _added_up(candidates)
    _prefer_people(total, gazetteer)
    _follow_full_names(total, gazetteer)
    _follow_organizations(total, gazetteer)
    for short, full in acronyms.items():
        if _strongest(total[full])[0] not in {"event", "place", "product"}:
            total[full]["organization"] += KNOWN / 2
        for kind, weight in total[full].items():
            total[short][kind] += weight
    written = set(words.text)
    firm = {candidate.name for candidate in candidates if not candidate.is_weak}
    kinds = {}
    for name, scores in total.items():
        kind, weight = _strongest(scores)
        threshold = _THRESHOLD
        if name not in firm:
            lower = name.lower()
            doubted = lower in written and lower.islower()
            threshold = _DOUBTED_THRESHOLD if doubted else _WEAK_THRESHOLD
        if kind in KINDS and weight >= threshold:
            kinds[name] = (kind, weight)
    return kinds


def _added_up(candidates: Sequence[Candidate]) -> _Total:
    """Return the evidence for each name: the strongest mention, plus a little of the others."""
    total: _Total = defaultdict(lambda: defaultdict(float))
    for candidate in candidates:
        scores = total[candidate.name]
        for kind, weight in candidate.evidence.items():
            known = scores[kind]
            scores[kind] = max(known, weight) + 0.25 * min(known, weight)
    return total


def _strongest(scores: Mapping[str, float]) -> Weighed:
    return max(scores.items(), key=itemgetter(1), default=("", 0.0))


def _prefer_people(total: _Total, gazetteer: Gazetteer) -> None:
    """Take a town and a last name for a person if the last name is used alone.

    "Denver Collins moved to Denver in May. Collins sells hats."
    """
    for name in list(total):
        town, _, surname = name.partition(" ")
        if surname.lower() not in gazetteer.surnames or surname not in total:
            continue
        place = gazetteer.kind(town) == "place"
        kind, weight = _strongest(total[name])
        agent = total[surname]["person"] >= max(1.0, total[surname]["organization"])
        if place and kind == "organization" and weight < KNOWN:
            total[name]["person"] += KNOWN * agent


def _follow_full_names(total: _Total, gazetteer: Gazetteer) -> None:
    """Give parts of a person's full name the same kind: "Jobs" after "Steve Jobs"."""
    spelled: dict[str, list[str]] = defaultdict(list)
    for name in total:
        if " " not in name:
            spelled[spelling(name)].append(name)
    for name in list(total):
        parts = name.split(" ")
        kind, weight = _strongest(total[name])
        if len(parts) < 2 or kind != "person" or weight < 1:
            continue
        if parts[-1] in NAME_SUFFIXES and len(parts) > 2:
            parts.pop()
        variants = set(spelled.get(spelling(parts[-1]), ()))
        if is_family_first(parts, gazetteer):
            variants |= {parts[0]} & total.keys()
        for part in variants | ({" ".join(parts[1:])} & total.keys()):
            total[part]["person"] += weight + 1
        if parts[0] in total and parts[0] not in gazetteer.names:
            total[parts[0]]["person"] += KNOWN / 2


def _follow_organizations(total: _Total, gazetteer: Gazetteer) -> None:
    """Give shortened names the organization's kind: "the Alliance" if NATO is named."""
    named: set[str] = set()
    shortened: dict[str, float] = {}
    for name in list(total):
        named.update(entity.name for entity in gazetteer.names.get(name, ())[:1])
        parts = name.split(" ")
        if len(parts) > 1 and _strongest(total[name])[0] == "organization":
            position = gazetteer.heads.get(parts[-1], ("", ""))[1]
            if position in _SHORTENED:
                shortened[parts[-1]] = _SHORTENED[position]
            if parts[0].lower() not in gazetteer.common and not gazetteer.kind(parts[0]):
                shortened[parts[0]] = 2.5
    for short, meanings in gazetteer.short.items():
        if any(clue in named for _, clue in meanings):
            shortened[short] = KNOWN
    for name, weight in shortened.items():
        if name in total:
            total[name]["organization"] += weight
