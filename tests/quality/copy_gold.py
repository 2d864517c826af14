"""Copies and look-alikes with known answers, and how well copies are found among them.

The copies are made of the texts in `copies/texts.jsonl`, which are about different events. The
look-alikes are reports that a form is filled in for, day after day: none is a copy.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from transforms.grouping.copies import CopyIndex, Source
from transforms.grouping.shingles import shingle

TEXTS = Path(__file__).parent / "copies/texts.jsonl"
FORMS = Path(__file__).parent / "copies/forms.json"
_QUOTED = re.compile('[“"«][^“”"«»]*[”"»]')

FILLERS = (
    "Readers can send their questions to the newsroom by post until the end of the week.",
    "The town has about 14,000 inhabitants and lies on the railway to the coast.",
    "Our reporter visited the place twice in the past year and spoke with nine people there.",
    "A similar case had been discussed by the regional council in the autumn without a decision.",
    "The next public meeting on the matter takes place on the second Tuesday of the month.",
    "More on this in the printed edition of Saturday, with a map and a list of dates.",
    "Officials in two neighbouring districts said they were watching the matter with interest.",
)
WORDS = {
    "said": "stated", "about": "roughly", "also": "too", "children": "youngsters", "work": "labour",
    "town": "city", "year": "twelvemonth", "begin": "start", "last": "past", "because": "as",
}  # fmt: skip


@dataclass(frozen=True)
class Labelled:
    """A text and the group of copies it belongs to."""

    key: str
    group: str
    kind: str
    source: str
    title: str
    text: str

    def as_source(self):
        quotations = tuple(found.span() for found in _QUOTED.finditer(self.text))
        return Source(
            key=self.key,
            text=self.text,
            title=self.title,
            source=self.source,
            quotations=quotations,
        )


def copies(names=None):
    """Return the texts of some events and copies of them, in the order of publication."""
    found = []
    for line in TEXTS.read_text("utf-8").splitlines():
        text = json.loads(line)
        if names is None or text["id"] in names:
            found += _copies_of(text["id"], text["title"], text["text"])
    return found


def _copies_of(ident, title, text):
    rng = random.Random(ident)
    paragraphs = text.split("\n")
    variants = {
        "first": (title, text),
        "new headline": (f"{FILLERS[rng.randrange(3)].split(' ')[1]} news in brief", text),
        "ending cut": (title, "\n".join(paragraphs[: max(2, round(len(paragraphs) * 0.7))])),
        "paragraphs inserted": (title, "\n".join(_with_fillers(rng, paragraphs, 2))),
        "numbers changed": (title, _with_numbers(rng, text)),
        "paragraphs reordered": (title, "\n".join(_shuffled(rng, paragraphs))),
        "other quotation marks": (title, text.replace("“", "«").replace("”", "»")),
        "words replaced": (title, _reworded(text)),
        "credited": (title, f"MARNFIELD, May 4 (Meridian) - {text}\n(Reporting by Lea Ott, editing by Jan Wu)"),
        "grown": (f"{title}: what we know", "\n".join([*paragraphs, *FILLERS[:4]])),
        "cut, grown and renamed": ("What happened this morning", "\n".join(
            [*_with_fillers(rng, paragraphs[:-1], 1), FILLERS[5]])),
    }  # fmt: skip
    return [
        Labelled(f"{ident}:{kind}", ident, kind, f"outlet{place}", new_title, new_text)
        for place, (kind, (new_title, new_text)) in enumerate(variants.items())
    ]


def _with_fillers(rng, paragraphs, count):
    found = [*paragraphs]
    for filler in rng.sample(FILLERS, count):
        found.insert(rng.randrange(1, len(found) + 1), filler)
    return found


def _with_numbers(rng, text):
    return re.sub(r"\b\d\d+\b", lambda found: str(int(found[0]) + rng.randrange(1, 9)), text)


def _shuffled(rng, paragraphs):
    rest = paragraphs[1:]
    rng.shuffle(rest)
    return [paragraphs[0], *rest]


def _reworded(text):
    return re.sub(r"\b\w+\b", lambda found: WORDS.get(found[0], found[0]), text)


def look_alikes(days=12, seed=7):
    """Return reports of consecutive days, of one source each; none is a copy of another."""
    rng = random.Random(seed)
    found = []
    for kind, form in json.loads(FORMS.read_text("utf-8")).items():
        for day in range(days):
            filled = {name: rng.choice(values) for name, values in form["choices"].items()}
            filled |= {f"n{at}": rng.randrange(2, 40) for at in range(1, 10)}
            filled |= {f"m{at}": f"{rng.randrange(1000, 9000):,}" for at in range(1, 5)}
            filled["day"] = DAYS[day % 7]
            found.append(
                Labelled(
                    f"{kind}:{day}", f"{kind}:{day}", kind, f"outlet-{kind}",
                    form["title"].format(**filled), form["text"].format(**filled),
                )
            )  # fmt: skip
    return found


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def found_pairs(texts):
    """Return the pairs of keys that are in one cluster."""
    index, order = CopyIndex(), [text.as_source() for text in texts]
    for source in order:
        index.add(source)
    return _pairs({source.key: index.cluster_of(source.key) for source in order})


def true_pairs(texts):
    """Return the pairs of keys that are copies."""
    return _pairs({text.key: text.group for text in texts})


def similar_pairs(texts, least=0.4):
    """Return the pairs of keys whose shingles have at least this Jaccard index: brute force."""
    hashes = {text.key: set(shingle(text.text).hashes) for text in texts}
    return {
        frozenset(pair)
        for pair in combinations(hashes, 2)
        if len(hashes[pair[0]] & hashes[pair[1]])
        >= least * len(hashes[pair[0]] | hashes[pair[1]])
        > 0
    }


def _pairs(groups):
    members = defaultdict(list)
    for key, group in groups.items():
        members[group].append(key)
    return {frozenset(pair) for some in members.values() for pair in combinations(some, 2)}


def measure(texts):
    """Return recall and precision of the pairs, and recall of those that brute force finds."""
    found, true = found_pairs(texts), true_pairs(texts)
    similar = similar_pairs(texts) & true
    return {
        "recall": len(found & true) / len(true),
        "precision": len(found & true) / max(len(found), 1),
        "similar": len(found & similar) / max(len(similar), 1),
    }
