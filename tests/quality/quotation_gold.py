"""The gold set of quotations: sentences and articles written for this project.

`quotations/sentences.txt` and `quotations/articles.txt` explain their markup; sentences in
other languages are in `quotations/<code>.txt`.
`python -m tests.quality.quotation_gold` prints the measures; with `--errors`, it also prints
missed and extra statements.
"""

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from flows.seeds import load_lexicon
from transforms.naming.mentions import find_mentions
from transforms.quoting.quotations import find_quotations
from transforms.records import Mention

FOLDER = Path(__file__).parent / "quotations"
MARKUP = re.compile(r"[⟦‹](?:([\d,]+)\|)?|=([^›⟧]*)(?=›)|[⟧›]")
WORD = re.compile(r"\w+")
MATCH = 0.8  # two statements are the same if they share at least this part of their words


@dataclass
class Stated:
    """A gold statement: offsets of its words, its source, and the name of its speaker."""

    words: set[int] = field(default_factory=set)
    source: tuple[int, int] | None = None
    name: str | None = None


@dataclass
class Labelled:
    """A text without its markup, and its statements."""

    title: str
    text: str
    statements: list[Stated]


def parse(title, marked):
    """Return the text and the statements of one marked-up sentence or article."""
    statements: dict[str, Stated] = {}
    pieces: list[str] = []
    keys: list[str] = []
    position, start, length, is_source = 0, 0, 0, False
    for m in MARKUP.finditer(marked):
        pieces.append(marked[position : m.start()])
        length += m.start() - position
        position = m.end()
        if m[0][0] in "⟦‹":
            start, keys, is_source = length, (m[1] or "").split(","), m[0][0] == "‹"
        for stated in (statements.setdefault(key, Stated()) for key in keys):
            if m[0][0] == "=":
                stated.name = m[2]
            elif m[0] == "›" and is_source:
                stated.source = (start, length)
            elif m[0] == "⟧":
                stated.words.update(range(start, length))
    text = "".join(pieces) + marked[position:]
    for stated in statements.values():
        stated.words &= {m.start() for m in WORD.finditer(text)}
    return Labelled(title, text, [s for s in statements.values() if s.words])


def languages():
    """Return the codes of the other languages with marked-up sentences."""
    return sorted(path.stem for path in FOLDER.glob("??.txt"))


def sentences(name="sentences"):
    """Return the marked-up sentences of a file, the English ones by default."""
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [parse(line, line) for line in lines if line and not line.startswith("#")]


def articles():
    """Return the marked-up articles."""
    _, *parts = (FOLDER / "articles.txt").read_text(encoding="utf-8").split("\n== ")
    return [parse(title, body) for title, _, body in (part.partition("\n") for part in parts)]


def found_in(text, language):
    """Return the statements in a text, with the names in it if it is not English."""
    lexicon = load_lexicon()
    mentions: list[Mention] = []
    if language != "en":
        mentions, _ = find_mentions(text, lexicon.gazetteers, language=language)
    return find_quotations(text, mentions, lexicon.speeches, language=language)


def measure(labelled, language="en", errors=None):
    """Return precision, recall, and the shares of right speakers and names."""
    hits = found = wanted = sources = right = names = named = 0
    for item in labelled:
        starts = [m.start() for m in WORD.finditer(item.text)]
        left = found_in(item.text, language)
        found, wanted = found + len(left), wanted + len(item.statements)
        for stated in item.statements:
            best = max(left, key=lambda q: overlap(q, starts, stated), default=None)
            if best is None or overlap(best, starts, stated) < MATCH:
                note(errors, "missed", item, stated)
                continue
            left.remove(best)
            hits += 1
            sources += 1
            right += same_source(best, stated) or note(errors, "speaker", item, stated, best)
            named += stated.name is not None
            if stated.name is not None:
                is_named = best.speaker_name == stated.name
                names += is_named or note(errors, "name", item, stated, best)
        for quotation in left:
            note(errors, "extra", item, None, quotation)
    return {
        "statements": wanted,
        "precision": round(hits / found, 3),
        "recall": round(hits / wanted, 3),
        "speakers": round(right / sources, 3) if sources else None,
        "names": round(names / named, 3) if named else None,
    }


def overlap(quotation, starts, stated):
    """Return the share of words that a found and a gold statement have in common."""
    words = {w for w in starts for start, end in quotation.fragments if start <= w < end}
    return len(words & stated.words) / len(words | stated.words)


def same_source(quotation, stated):
    """Return whether the speaker is the right words, or rightly missing."""
    if stated.source is None or quotation.speaker is None:
        return stated.source is None and quotation.speaker is None
    start, end = stated.source
    return quotation.speaker_start < end and start < quotation.speaker_end


def note(errors, kind, item, stated, quotation=None):
    """Add a line about an error if lines are wanted; return 0, its score."""
    if errors is not None:
        words = sorted(stated.words) if stated else []
        gold = item.text[words[0] : words[-1] + 8] if words else ""
        got = (quotation.text, quotation.speaker, quotation.speaker_name) if quotation else ""
        errors.append(f"{kind:8} {item.title[:60]!r} gold {gold[:70]!r} got {got!r}")
    return 0


def main():
    errors: list[str] | None = [] if "--errors" in sys.argv else None
    for name, labelled in (("sentences", sentences()), ("articles", articles())):
        print(name, len(labelled), measure(labelled, errors=errors))
    for code in languages():
        print(code, len(sentences(code)), measure(sentences(code), code, errors))
    print(*(errors or ()), sep="\n")


if __name__ == "__main__":
    main()
