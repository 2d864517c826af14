"""Whether a text is a copy of another one, and what was added or cut.

Two texts are copies of each other if they share most of their passages, or if one contains
most of the other: an agency report that grew contains its first version. Quotations count
less than other words, because reports of one speech share long ones.

Reports that fill in a form (weather, results, prices) share most of their words
with the report of the day before, but not their figures and names. In copies, changes stand
together; in forms, they are scattered over the whole text. An editor who rewords a text scatters
changes, too, but keeps its names, figures and order of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from transforms.grouping.alignment import align
from transforms.grouping.facts import Facts, facts, share_kept
from transforms.grouping.shingles import WORDS, Shingled, Span, inside, shingle

# The measures are those of Broder (1997) over weighted shingles; tests/quality/copies
# has the pairs that the limits were chosen on.
_LEAST_SIMILARITY: Final = 0.4
_LEAST_CONTAINMENT: Final = 0.75
# A shorter text is contained in another one too easily: "The match ended without goals ..."
_CONTAINED_WORDS: Final = 45
_QUOTED_WEIGHT: Final = 0.25
# Substitutions per shared word: in forms, every tenth to twentieth word is another one.
_SCATTERED: Final = 1 / 28
_FEWEST_CHANGES: Final = 3
_SHORT_GAP: Final = 4  # words that a form has room for
# Copies keep most figures; in forms, only small ones are the same by chance.
_FEWEST_FIGURES: Final = 3
_SAME_FIGURES: Final = 0.6
# A publisher that prints a text again hardly changes it; its forms share up to this much.
_OWN_SIMILARITY: Final = 0.7
# Two briefs may share their first sentence.
_BRIEF_WORDS: Final = 60
_BRIEF_SIMILARITY: Final = 0.8
_TOLD_SIMILARITY: Final = 0.5
# With every tenth word replaced, two fifths of the shingles stay the same; with every seventh,
# a quarter. The names and figures tell such copies from forms.
_REWORDED_SIMILARITY: Final = 0.2
_FACTS_KEPT: Final = 0.75
_COVERED: Final = 0.68  # of two briefs with the same first sentence, up to 0.61
# With less in common, more of the facts have to agree, and more of them are needed.
_FAINT: Final = ((0.16, 3), (0.1, 5))  # similarity, names and figures
_FAINT_FACTS_KEPT: Final = 0.9
_FAINT_COVERED: Final = 0.8
_TURNS: Final = 1 / 60  # per shared word; horoscopes have the same sentences in another order
_REWORDED: Final = 1 / 5  # replaced words per shared word
_OTHER_FIGURES: Final = 1 / 25  # replaced figures per shared word; forms have more
# Reports with fewer names in common are about different matters.
_NAMES_KEPT: Final = 0.6
_FEWEST_NAMES: Final = 3
# Teasers and the furniture of a page are seldom longer.
_TEASER_WORDS: Final = 400
_CONTENT_CHARS: Final = 4  # shorter words of a headline are mostly grammar
_PASSAGE_WORDS: Final = 3  # shorter changes are the wording, not the content
_MOST_PASSAGES: Final = 20
_PASSAGE_CHARS: Final = 600
_OPENING: Final = ' \n“"„«('  # marks that belong to what follows a passage
_SENTENCE_END: Final = re.compile(r"[.!?…。！？\n]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text that may be a copy.

    Attributes:
        key: Who it is; of no meaning here.
        title: The headline, None without one.
        source: The publisher, None if unknown.
        text: The text.
        shingled: Its words and shingles.
        quoted: Places of the shingles in quotation marks.
    """

    key: str
    title: str | None
    source: str | None
    text: str
    shingled: Shingled
    quoted: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """What two texts have in common.

    Attributes:
        similarity: Shared passages as a share of all, 0 to 1 (weighted Jaccard index).
        containment: Shared passages as a share of the shorter text, 0 to 1.
        is_copy: Whether one is a copy of the other.
        words_added: Words of the first text that the second does not have.
        words_cut: Words of the second text that the first does not have.
        added: The passages of these words in the first text, in order; at most twenty.
        cut: The passages of these words in the second text.
    """

    similarity: float
    containment: float
    is_copy: bool
    words_added: int = 0
    words_cut: int = 0
    added: tuple[str, ...] = field(default=())
    cut: tuple[str, ...] = field(default=())


def prepare(
    key: str,
    text: str,
    *,
    title: str | None = None,
    source: str | None = None,
    quotations: Iterable[Span] = (),
) -> Text:
    """Return a text with its shingles; `quotations` are spans of it in quotation marks."""
    shingled = shingle(text)
    quoted = frozenset(inside(shingled, quotations))
    return Text(key=key, title=title, source=source, text=text, shingled=shingled, quoted=quoted)


def compare(one: Text, other: Text) -> Overlap:
    """Return what `one` has in common with `other`, from which it may be copied.

    Args:
        one: The later text.
        other: The earlier text.

    >>> first = "The ferry to Aveling will not sail on Monday because of high waves."
    >>> longer = f"{first} Passengers can return their tickets at any harbour."
    >>> found = compare(prepare("b", longer), prepare("a", first))
    >>> found.is_copy, found.words_added, found.words_cut, found.added
    (True, 8, 0, ('Passengers can return their tickets at any harbour.',))
    """
    mine, theirs = _weights(one), _weights(other)
    shared = sum(min(mine[code], theirs[code]) for code in mine.keys() & theirs.keys())
    all_mine, all_theirs = sum(mine.values()), sum(theirs.values())
    whole, shorter = all_mine + all_theirs - shared, min(all_mine, all_theirs)
    similarity = shared / whole if whole else 0.0
    containment = shared / shorter if shorter else 0.0
    is_kept = _may_be_copy(one, other, similarity, containment, shorter) and not _is_form(
        one, other, similarity
    )
    if not (is_kept or _is_reworded(one, other, similarity, containment)):
        return Overlap(similarity=similarity, containment=containment, is_copy=False)
    added, cut = _uncovered(one, other), _uncovered(other, one)
    return Overlap(
        similarity=similarity,
        containment=containment,
        is_copy=True,
        words_added=sum(end - first for first, end in added),
        words_cut=sum(end - first for first, end in cut),
        added=_passages(one, added),
        cut=_passages(other, cut),
    )


def _weights(text: Text) -> dict[int, float]:
    hashes = text.shingled.hashes
    weights = dict.fromkeys(hashes, 1.0)
    if text.quoted:
        plain = {code for at, code in enumerate(hashes) if at not in text.quoted}
        quoted = {hashes[at] for at in text.quoted} - plain
        weights.update(dict.fromkeys(quoted, _QUOTED_WEIGHT))
    return weights


def _may_be_copy(
    one: Text, other: Text, similarity: float, containment: float, shorter: float
) -> bool:
    """Return whether the measures and the headlines allow a copy."""
    is_contained = containment >= _LEAST_CONTAINMENT and shorter >= _CONTAINED_WORDS - WORDS
    if not (similarity >= _LEAST_SIMILARITY or is_contained) or shorter < 1:
        return False
    least = min(len(one.shingled.words), len(other.shingled.words))
    if _is_same_source(one, other) and least < _TEASER_WORDS:
        # One text under several headlines is a teaser, not an article.
        return _headlines_agree(one.title, other.title) is not False
    return True


def _is_form(one: Text, other: Text, similarity: float) -> bool:
    """Return whether both texts are a form that was filled in twice."""
    if similarity < _BRIEF_SIMILARITY and _are_others_named(one, other):
        return True
    least = min(len(one.shingled.words), len(other.shingled.words))
    figures = _same_figures(one.shingled.words, other.shingled.words)
    if least < _BRIEF_WORDS:
        is_kept = figures is None or figures > _SAME_FIGURES
        is_told = _headlines_agree(one.title, other.title) is not False
        is_reworded = is_told or similarity >= _TOLD_SIMILARITY
        is_copy = is_kept and is_reworded and not _is_same_source(one, other)
        return similarity < _BRIEF_SIMILARITY and not is_copy
    if figures is None or figures >= _SAME_FIGURES:
        return False
    if _is_same_source(one, other) and similarity < _OWN_SIMILARITY:
        return True
    changes, shared = _substitutions(one.shingled, other.shingled)
    is_scattered = len(changes) >= _FEWEST_CHANGES and len(changes) > shared * _SCATTERED
    # If only figures were replaced, a publisher has corrected or updated them.
    return is_scattered and not all(map(_is_figure, changes))


def _is_reworded(one: Text, other: Text, similarity: float, containment: float) -> bool:
    """Return whether one text says in partly other words what the other one says."""
    measure = max(similarity, containment / 2)
    if measure < _FAINT[-1][0] or _is_same_source(one, other):
        return False
    mine, theirs = (facts(text.text, text.shingled) for text in (one, other))
    kept = share_kept(mine.all, theirs.all) or 0.0
    is_corrected = kept < _FACTS_KEPT and similarity >= _LEAST_SIMILARITY and _agree(mine, theirs)
    is_faint = measure < _REWORDED_SIMILARITY
    if is_faint and not (kept >= _FAINT_FACTS_KEPT and _are_enough(mine, theirs, measure)):
        return False
    if kept < _FACTS_KEPT and not is_corrected:
        return False
    # A quotation whose end was cut off is none any more, but it is one in the other text.
    quoted = {text.shingled.hashes[at] for text in (one, other) for at in text.quoted}
    words = [_unquoted(text, quoted) for text in (one, other)]
    found = align(*words)
    covered = found.covered(*words)
    if covered < (_FAINT_COVERED if is_faint else _COVERED):
        return False
    if is_faint and found.turns > found.shared * _TURNS:
        return False
    figures = sum(_is_figure_changed(*change) for change in found.changes)
    reworded = len(found.changes) - figures
    if is_corrected and reworded and figures > found.shared * _OTHER_FIGURES:
        return False
    return reworded <= found.shared * _REWORDED


def _unquoted(text: Text, quoted: set[int]) -> Sequence[str]:
    """Return the words of a text that are in none of some shingles of quotations."""
    words = text.shingled.words
    if not quoted:
        return words
    kept = bytearray(b"\1") * len(words)
    for at, code in enumerate(text.shingled.hashes):
        if code in quoted:
            kept[at : at + WORDS] = bytes(WORDS)
    return [word for word, is_kept in zip(words, kept, strict=True) if is_kept]


def _are_enough(mine: Facts, theirs: Facts, measure: float) -> bool:
    """Return whether there are enough names and figures for texts with little in common."""
    fewer = min(len(mine.all), len(theirs.all))
    return any(measure >= least and fewer >= fewest for least, fewest in _FAINT)


def _agree(mine: Facts, theirs: Facts) -> bool:
    """Return whether two texts have the same names, though not the same figures."""
    fewer = min(len(mine.names), len(theirs.names))
    kept = share_kept(mine.names, theirs.names) or 0.0
    return fewer >= _FEWEST_NAMES - 1 and kept >= _FACTS_KEPT


def _are_others_named(one: Text, other: Text) -> bool:
    mine, theirs = (facts(text.text, text.shingled).names for text in (one, other))
    kept = share_kept(mine, theirs)
    return min(len(mine), len(theirs)) >= _FEWEST_NAMES and (kept or 0.0) <= _NAMES_KEPT


def _is_figure_changed(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Return whether only figures were replaced ("6 hours and 14" by "7 hours and 20")."""
    differing = set(mine) ^ set(theirs)
    return _is_figure([*differing])


def _is_same_source(one: Text, other: Text) -> bool:
    return one.source is not None and one.source == other.source


def _same_figures(mine: Sequence[str], theirs: Sequence[str]) -> float | None:
    """Return the share of figures that both texts have; None if one has hardly any."""
    one, other = ({word for word in words if word.isdigit()} for words in (mine, theirs))
    fewer = min(len(one), len(other))
    return len(one & other) / fewer if fewer >= _FEWEST_FIGURES else None


def _headlines_agree(one: str | None, other: str | None) -> bool | None:
    """Return whether two headlines share a third of their words; None if one is missing."""
    mine, theirs = (
        {word for word in shingle(title or "").words if len(word) >= _CONTENT_CHARS}
        for title in (one, other)
    )
    if not mine or not theirs:
        return None
    return len(mine & theirs) * 3 >= min(len(mine), len(theirs))


def _is_figure(words: Sequence[str]) -> bool:
    """Return whether words are figures and what joins them ("402 to 118")."""
    return any(word.isdigit() for word in words) and all(
        word.isdigit() or len(word) < _CONTENT_CHARS for word in words
    )


def _substitutions(one: Shingled, other: Shingled) -> tuple[list[Sequence[str]], int]:
    """Return the few words that replace a few others, and how many words stayed."""
    changes: list[Sequence[str]] = []
    shared = 0
    before: tuple[int, int] | None = None  # the last word of a shared run in both texts
    places, at = _places(other.hashes), 0
    while at < len(one.hashes):
        found = _next_place(places.get(one.hashes[at], ()), before[1] if before else -1)
        if found is None:
            at += 1
            continue
        run = _run(one.words, other.words, at, found)
        if before is not None:
            gaps = at - before[0] - 1, found - before[1] - 1
            if all(0 < gap <= _SHORT_GAP for gap in gaps):
                changes.append(one.words[before[0] + 1 : at])
        shared += run
        before = at + run - 1, found + run - 1
        at += run
    return changes, shared


def _places(hashes: Sequence[int]) -> Mapping[int, list[int]]:
    places: dict[int, list[int]] = {}
    for at, code in enumerate(hashes):
        places.setdefault(code, []).append(at)
    return places


def _next_place(places: Sequence[int], after: int) -> int | None:
    """Return the first place after `after`; of many places, only the first are tried."""
    return next((place for place in places[:50] if place > after), None)


def _run(mine: Sequence[str], theirs: Sequence[str], at: int, found: int) -> int:
    """Return how many words are the same from these places on."""
    length = 0
    limit = min(len(mine) - at, len(theirs) - found)
    while length < limit and mine[at + length] == theirs[found + length]:
        length += 1
    return max(length, 1)


def _uncovered(one: Text, other: Text) -> list[Span]:
    """Return the runs of words of `one` that are in no passage of `other`."""
    known = set(other.shingled.hashes)
    covered = bytearray(len(one.shingled.words))
    for at, code in enumerate(one.shingled.hashes):
        if code in known:
            covered[at : at + WORDS] = b"\1" * WORDS
    runs, at = [], 0
    while (first := covered.find(0, at)) >= 0:
        end = covered.find(1, first)
        end = len(covered) if end < 0 else end
        runs.append((first, end))
        at = end
    return runs


def _passages(text: Text, runs: Iterable[Span]) -> tuple[str, ...]:
    """Return the longer runs of words as they are written, with the mark at their end."""
    starts, found = text.shingled.starts, []
    for first, end in runs:
        if end - first >= _PASSAGE_WORDS:
            start = starts[_sentence_start(text, first)]
            until = starts[end] if end < len(starts) else len(text.text)
            found.append(text.text[start:until].rstrip(_OPENING)[:_PASSAGE_CHARS])
    return tuple(found[:_MOST_PASSAGES])


def _sentence_start(text: Text, first: int) -> int:
    """Return the start of the sentence if only one or two words are left out ("The ...")."""
    starts, ends = text.shingled.starts, text.shingled.ends
    for at in range(first, max(first - 3, -1), -1):
        if at == 0 or _SENTENCE_END.search(text.text, ends[at - 1], starts[at]):
            return at
    return first
