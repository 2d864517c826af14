"""Sentences with their names in brackets: "[P:Anna Lind] left [L:Oslo]"."""

import re

from flows.seeds import load_lexicon
from transforms.naming.mentions import find_mentions

GAZETTEER = load_lexicon().gazetteers
LETTERS = {"P": "person", "O": "organization", "L": "place", "E": "event", "X": "product"}
MARK = re.compile(r"\[([POLEX]):([^\]]+)\]")


def mark(text, mentions):
    """Return the text with each mention in brackets: "[P:Anna Lind] left"."""
    out, position = [], 0
    kinds = {kind: letter for letter, kind in LETTERS.items()}
    for mention in mentions:
        out += [text[position : mention.start], f"[{kinds[mention.kind]}:{mention.text}]"]
        position = mention.end
    return "".join(out) + text[position:]


def found(marked, **options):
    """Return the text without its marks, marked again as the rules find its names."""
    text = MARK.sub(r"\2", marked)
    return mark(text, find_mentions(text, GAZETTEER, **options)[0])
