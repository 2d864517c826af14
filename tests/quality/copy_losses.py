"""Where copies are lost: among the candidates, or when two texts are compared.

`python -m tests.quality.copy_losses [--half dev|held-out] [--copies 12] [--seed 1] [--edits 2]
[--show 0]` compares brute force over all pairs of copies with the search for copies, by length
and by Jaccard index, and counts the look-alikes that are taken for copies.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter, defaultdict
from itertools import combinations

from tests.quality.copy_edits import (
    BRIEF_WORDS,
    LONG_WORDS,
    edited,
    is_held_out,
    notices,
    originals,
)
from tests.quality.copy_gold import found_pairs, look_alikes, true_pairs
from transforms.grouping.copies import CopyIndex
from transforms.grouping.overlap import compare
from transforms.grouping.shingles import sample

BANDS = ((0.0, 0.2), (0.2, 0.4), (0.4, 0.5), (0.5, 0.7), (0.7, 1.01))
TELLING = 0.4  # brute force finds the pairs with at least this index


def groups_of(half=None, *, count=12, seed=1, edits=2):
    """Return the copies of the texts of a half, by text; None for both halves."""
    chosen = [
        original
        for original in originals()
        if half is None or is_held_out(original["id"]) is (half == "held-out")
    ]
    return [edited(original, count=count, seed=seed, edits=edits) for original in chosen]


def fate(index, one, other):
    """Return what happens to a pair if only the first text of it is known."""
    hashes, known = (sample(text.shingled.hashes) for text in (other, one))
    index.expect(one.key, known)
    try:
        if one.key not in index.candidates(hashes):
            return "no candidate"
    finally:
        index.expect(one.key, ())
    return "found" if compare(other, one).is_copy else "rejected"


class OnePlace:
    """An index of other texts, to which one text at a time is added."""

    def __init__(self, background):
        self._places = defaultdict(list)
        for text in background:
            for code in sample(text.shingled.hashes):
                self._places[code].append(text.key)
        self._key = ""
        self._codes: frozenset[int] = frozenset()

    def expect(self, key, codes):
        self._key, self._codes = key, frozenset(codes)

    def candidates(self, hashes):
        places = {code: [*self._places.get(code, ())] for code in hashes}
        for code in self._codes.intersection(hashes):
            places[code].append(self._key)
        return CopyIndex(places).candidates(hashes)


def jaccard(one, other):
    """Return the Jaccard index of two texts by brute force."""
    mine, theirs = set(one.shingled.hashes), set(other.shingled.hashes)
    return len(mine & theirs) / max(len(mine | theirs), 1)


def fates(groups):
    """Yield each pair of copies: its length, Jaccard index, kinds and what happens to it."""
    prepared = {text.key: text.as_source().prepared() for texts in groups for text in texts}
    firsts = [prepared[texts[0].key] for texts in groups]
    for texts in groups:
        others = [first for first in firsts if first.key != texts[0].key]
        index = OnePlace(others)
        for first, later in combinations(texts, 2):
            one, other = prepared[first.key], prepared[later.key]
            words = min(len(one.shingled.words), len(other.shingled.words))
            yield words, jaccard(one, other), (first, later), fate(index, one, other)


def length_of(words):
    """Return the name of a band of lengths."""
    return "short" if words < BRIEF_WORDS else "medium" if words < LONG_WORDS else "long"


def band_of(value):
    """Return the name of a band of Jaccard indexes."""
    return next(f"{low:.1f}-{min(high, 1):.1f}" for low, high in BANDS if low <= value < high)


def false_pairs(texts):
    """Return the pairs that are taken for copies and are none, by kinds."""
    kinds = {text.key: text.kind for text in texts}
    wrong = found_pairs(texts) - true_pairs(texts)
    return Counter(" / ".join(sorted({kinds[key] for key in pair})) for pair in wrong)


def _print_fates(groups, show):
    counts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    shown = 0
    for words, value, (first, later), end in fates(groups):
        length = length_of(words)
        counts[length, band_of(value)][end] += 1
        if value >= TELLING:
            counts[length, "brute"][end] += 1
            counts["all", "brute"][end] += 1
            if end != "found" and shown < show:
                shown += 1
                print(f"{end} ({value:.2f}, {words} words): {first.key} {first.kind} {first.title!r}"
                      f" | {later.key} {later.kind} {later.title!r}")  # fmt: skip
    print(f"{'length':8}{'Jaccard':10}{'pairs':>7}{'no cand.':>9}{'rejected':>9}{'recall':>8}")
    for (length, band), ends in sorted(counts.items()):
        pairs = ends.total()
        print(f"{length:8}{band:10}{pairs:7}{ends['no candidate']:9}{ends['rejected']:9}"
              f"{ends['found'] / pairs:8.3f}")  # fmt: skip


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("dev", "held-out"))
    parser.add_argument("--copies", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--edits", type=int, default=2, help="at most so many edits of a copy")
    parser.add_argument("--show", type=int, default=0, help="how many lost pairs are printed")
    given = parser.parse_args()
    groups = groups_of(given.half, count=given.copies, seed=given.seed, edits=given.edits)
    _print_fates(groups, given.show)
    texts = [text for group in groups for text in group]
    alike = [*look_alikes(seed=given.seed), *notices()]
    print("look-alikes alone:", dict(false_pairs(alike)), "of", len(alike), "texts")
    texts += alike
    random.Random(given.seed).shuffle(texts)
    found, true = found_pairs(texts), true_pairs(texts)
    print(f"clusters: recall {len(found & true) / len(true):.3f},"
          f" precision {len(found & true) / len(found):.3f}")  # fmt: skip
    print("false pairs:", dict(false_pairs(texts)))


if __name__ == "__main__":
    main()
