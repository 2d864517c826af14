"""Tells a person from the town or company that has the same name.

Most names mean one thing in an article. If Grace Lincoln opens a library in Lincoln,
Nebraska, each single "Lincoln" is weighed by the words beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from transforms.naming.gazetteer import Gazetteer
from transforms.naming.name_spans import Candidate
from transforms.naming.name_words import Words

_WITHIN = frozenset(["in", "near", "outside", "across", "around", "throughout", "inside"])
_TOWARDS = frozenset(["to", "from", "of", "into", "for", "at", "through", "via", "towards"])
_REACH = 4  # words before "to" or "from" that may tell of a journey


def separate_namesakes(
    candidates: Sequence[Candidate],
    kinds: Mapping[str, tuple[str, float]],
    words: Words,
    gazetteer: Gazetteer,
) -> None:
    """Set the kind of single mentions that are a place or company beside a person."""
    first_names, last_names = set(), set()
    for name, (kind, _) in kinds.items():
        if kind == "person" and " " in name:
            first_names.add(name.split(" ", 1)[0])
            last_names.add(name.rsplit(" ", 1)[1])
    shared = {
        name: meanings
        for name in first_names | last_names
        if (meanings := _meanings(name, gazetteer))
    }
    if not shared:
        return
    local = {
        id(candidate): _local_kind(candidate, words, gazetteer)
        for candidate in candidates
        if candidate.name in shared and not candidate.forced
    }
    visited = {
        candidate.name for candidate in candidates if local.get(id(candidate)) == "place"
    } - last_names
    for candidate in candidates:
        if id(candidate) in local:
            kind = local[id(candidate)]
            if not kind and candidate.name in visited:
                kind = "place"
            _separate(candidate, kind, kinds, shared[candidate.name])


def _meanings(name: str, gazetteer: Gazetteer) -> set[str]:
    """Return the kinds of a known name other than a person."""
    kinds = {entity.kind for entity in gazetteer.names.get(name, ())} - {"person"}
    return kinds | {"place"} if name in gazetteer.towns else kinds


def _separate(
    candidate: Candidate,
    local: str,
    kinds: Mapping[str, tuple[str, float]],
    meanings: Collection[str],
) -> None:
    kind = kinds.get(candidate.name, ("", 0.0))[0]
    if (local == "person" and kind == "place") or (local != "person" and local in meanings):
        candidate.forced = local


def _local_kind(candidate: Candidate, words: Words, gazetteer: Gazetteer) -> str:
    """Return the kind that the words beside a mention show, empty if they show none."""
    text, cues = words.text, gazetteer.cues
    i, j = candidate.first - 1, candidate.last
    before = text[i] if i >= 0 else "\n"
    after = text[j] if j < len(text) else "\n"
    following = text[j + 1] if j + 1 < len(text) else "\n"
    if candidate.title or before in gazetteer.roles or after in {"who", "himself", "herself"}:
        return "person"
    if after == "," and (following in gazetteer.names or following in gazetteer.towns):
        return "place"
    if _is_company(text, i, before, gazetteer):
        return "organization"
    if after == "-based" or _is_visited(text, i, gazetteer):
        return "place"
    if after in {"'s", "’s"}:
        after = following
    if after in cues["organization_after"] or after in cues["market_verb"]:
        return "organization"
    nouns = text[j + 2 : j + 6] if following in {"a", "an", "the"} else []
    described = not cues["organization_before"].isdisjoint(nouns)
    if after == "," and (following == "which" or described):
        return "organization"
    aged = after == "," and following.isdigit() and len(following) == 2
    return "person" if aged or after in cues["speech"] else ""


def _is_visited(text: Sequence[str], i: int, gazetteer: Gazetteer) -> bool:
    """Return whether the words up to `i` lead to a place: "in", "flies home to"."""
    if i < 1:
        return i == 0 and text[i].lower() in _WITHIN
    earlier = text[i - 1]
    if text[i].lower() in _WITHIN:
        return earlier not in gazetteer.cues["trust"]
    if text[i] in gazetteer.cues["arriving"]:
        return True
    reach = text[max(0, i - _REACH) : i]
    return text[i] in _TOWARDS and (
        not gazetteer.cues["journey"].isdisjoint(reach)
        or earlier in gazetteer.cues["place_noun"]
        or earlier in gazetteer.cues["compass"]
    )


def _is_company(text: Sequence[str], i: int, before: str, gazetteer: Gazetteer) -> bool:
    cues = gazetteer.cues
    if before in cues["organization_before"] or before in cues["suing"]:
        return True
    earlier = text[i - 1] if i > 0 else ""
    if before in {"for", "at"}:
        return earlier in cues["working"]
    return before in {"of", "in"} and earlier in {"shares", "stake", "shareholders", "unit"}
