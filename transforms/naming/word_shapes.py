"""Weighs a name by its shape and place: stress, model numbers, inner capitals, rows."""

from __future__ import annotations

import re

from transforms.naming.gazetteer import Gazetteer
from transforms.naming.name_spans import Candidate
from transforms.naming.name_words import Words

# One of these makes ordinary words stress wherever they are.
_STRONG = frozenset(
    ["very", "ever", "biggest", "worst", "totally", "really", "never", "so", "absolutely"]
)
_MODEL = re.compile(r"(?=.*\d)(?=.*[A-Z])[A-Za-z]{0,4}-?\d{1,4}[A-Za-z]{0,3}")
_INNER_CAPITAL = re.compile(r"(?!Mc|Mac|De|Di|La|Le|Van|Fitz|O['’])[A-Z][a-z]{2,}[A-Z][A-Za-z]*")


def weigh_shape(candidate: Candidate, words: Words, gazetteer: Gazetteer) -> None:
    """Add the evidence of the shape of a candidate's words."""
    after = words.text[candidate.last] if candidate.last < len(words.text) else ""
    if candidate.name in gazetteer.cues["index"] and after in gazetteer.cues["index_after"]:
        candidate.add("product", 8)  # "the Nikkei fell"
    if candidate.name in gazetteer.names:
        return
    parts = candidate.name.split(" ")
    if candidate.name in gazetteer.cues["heading"]:
        candidate.add("other", 8)
    if len(parts) > 1 and _is_stress(parts, _before(candidate, words), gazetteer):
        candidate.add("other", 8)
    if _MODEL.fullmatch(parts[-1]):
        candidate.add("other" if len(parts) == 1 else "product", 3.5)
    if len(parts) == 1 and _INNER_CAPITAL.fullmatch(parts[0]):
        candidate.add("person", -2)
        candidate.add("organization", 0.5)


def _before(candidate: Candidate, words: Words) -> str:
    return words.text[candidate.first - 1].lower() if candidate.first else ""


def _is_stress(parts: list[str], before: str, gazetteer: Gazetteer) -> bool:
    """Return whether ordinary words have capitals for stress: "a Very Sad Day"."""
    lower = [part.lower() for part in parts]
    stress = gazetteer.cues["stress"].intersection(lower)
    stressed = stress & _STRONG or (stress and before in {"a", "an"})
    return bool(stressed) and gazetteer.common.issuperset(lower)


def weigh_row(candidate: Candidate, words: Words) -> None:
    """Add the evidence of a row of results: "(Gorre 68, Gilhaus 71)", "lbw Marden 16"."""
    text, first, last = words.text, candidate.first, candidate.last
    if not first or last >= len(text) or last - first > 2:
        return
    before, after = text[first - 1], text[last]
    timed = after[0].isdigit() and len(after) <= 4
    opened = before == "(" or (before in {",", ";"} and first > 1 and text[first - 2][0].isdigit())
    if (timed and opened) or before in {"lbw", "c", "b"}:
        candidate.add("person", 1.5)
