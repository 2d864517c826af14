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

from transforms.analysed_part import analysed_part
from transforms.languages.by_language import ByLanguage
from transforms.naming.acronyms import introduced_acronyms
from transforms.naming.agreement import decide_kinds
from transforms.naming.capitals import settle_capitals
from transforms.naming.case_forms import name_in_first_case
from transforms.naming.foreign_kinds import weigh_foreign
from transforms.naming.foreign_names import foreign_candidates
from transforms.naming.foreign_text import ForeignText
from transforms.naming.gazetteer import Gazetteer
from transforms.naming.head_phrases import with_head_phrases
from transforms.naming.name_kinds import add_evidence
from transforms.naming.name_spans import find_candidates, trim_headlines
from transforms.naming.name_words import Words
from transforms.naming.namesakes import separate_namesakes
from transforms.naming.nicknames import join_nicknames
from transforms.naming.quoted_titles import quoted_spans, without_titles
from transforms.naming.resolution import Name, resolve
from transforms.naming.teams import force_teams
from transforms.records import Entity, Mention

VERSION = 4


class NameTagger(Protocol):
    """Finds names in place of the rules.

    Attributes:
        model: Name and version of the model, for the rows.
    """

    model: str

    def __call__(self, text: str) -> Sequence[tuple[int, int, str]]:
        """Return start, end and kind of each name in `text`, without overlaps."""
        ...


def find_mentions(
    text: str,
    gazetteers: ByLanguage[Gazetteer],
    *,
    title: str | None = None,
    language: str = "en",
    tagger: NameTagger | None = None,
) -> tuple[list[Mention], list[Entity]]:
    """Return the names in `text`, in reading order, and the entities they stand for.

    Mentions never overlap. A name in the headline helps to recognize it in the text. Where a
    language has no list of ordinary words, only well-known names and full names with a known
    given name are found.

    Args:
        text: Cleaned article text; offsets refer to it. Only its `analysed_part` is read.
        gazetteers: The known names.
        title: The headline, None without one.
        language: ISO 639-1 code of the text.
        tagger: Finds the spans and their kinds in place of the rules.
    """
    text = analysed_part(text)
    gazetteer = gazetteers.of(language)
    if tagger is not None:
        names = [
            Name(start, end, " ".join(Words.of(text[start:end]).text), kind)
            for start, end, kind in sorted(tagger(text))
        ]
    else:
        heading = f"{title}\n" if title else ""
        names = _names(heading + text, gazetteer, skipped=len(heading))
    return resolve(text, names, gazetteer)


def _names(text: str, gazetteer: Gazetteer, *, skipped: int) -> list[Name]:
    """Return the names after the first `skipped` characters, from where their offsets count."""
    is_english = gazetteer.profile.has_english_grammar
    if is_english:
        words = Words.of(text, gazetteer.common)
        quoted = list(quoted_spans(words))
        capitalised = settle_capitals(words, gazetteer, quoted)
        candidates = find_candidates(words, gazetteer, capitalised)
        trim_headlines(candidates, words)
        candidates = join_nicknames(candidates, words, gazetteer)
        candidates = without_titles(candidates, words, gazetteer, quoted)
        for candidate in candidates:
            add_evidence(candidate, words, gazetteer)
        force_teams(candidates, words, gazetteer)
    else:
        read = ForeignText.of(text, gazetteer)
        words = read.words
        candidates = join_nicknames(foreign_candidates(read), words, gazetteer)
        candidates = with_head_phrases(candidates, read)
        name_in_first_case(candidates, read)
        for candidate in candidates:
            weigh_foreign(candidate, read)
    spans = [(c.name, words.start[c.first], words.end[c.last - 1]) for c in candidates]
    kinds = decide_kinds(candidates, words, gazetteer, introduced_acronyms(spans, text))
    if is_english:
        separate_namesakes(candidates, kinds, words, gazetteer)
    names = []
    for candidate, (name, start, end) in zip(candidates, spans, strict=True):
        kind, weight = kinds.get(name, ("", 0.0))
        kind = candidate.forced or kind
        if kind and start >= skipped:
            nickname = candidate.nickname
            names.append(Name(start - skipped, end - skipped, name, kind, weight, nickname))
    return names
