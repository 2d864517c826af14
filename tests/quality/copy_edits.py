"""Texts of three lengths as other publishers print them: many edits, chosen by a seed.

The texts are about different events; each edited text is a copy of its original. The notices
are reports that are written after a pattern: none is a copy of another one.
"""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from zlib import crc32

from tests.quality.copy_gold import FILLERS, Labelled

FOLDER = Path(__file__).parent / "copies"
BRIEF_WORDS, LONG_WORDS = 60, 300

GERMAN_FILLERS = (
    "Der Ort hat etwa 9000 Einwohner und liegt an der Bahnstrecke zum Meer.",
    "Über den Fall hatte im Herbst auch der Kreistag ohne Ergebnis beraten.",
    "Mehr dazu lesen Sie am Samstag in der gedruckten Ausgabe mit einer Karte.",
    "Die nächste öffentliche Sitzung findet am zweiten Dienstag des Monats statt.",
    "Im Nachbarkreis beobachtet man die Sache nach Angaben der Behörden mit Interesse.",
)
# Words that an editor may write instead of any other one.
_OTHERS = {
    "en": [
        "now",
        "new",
        "again",
        "about",
        "early",
        "nearly",
        "former",
        "large",
        "small",
        "further",
        "later",
        "local",
        "same",
        "whole",
        "also",
        "still",
        "meanwhile",
        "officials",
        "reported",
        "announced",
        "stated",
        "several",
        "during",
        "within",
        "across",
        "however",
    ],
    "de": [
        "nun",
        "neu",
        "erneut",
        "rund",
        "früh",
        "fast",
        "groß",
        "klein",
        "weiter",
        "später",
        "auch",
        "noch",
        "inzwischen",
        "erklärte",
        "meldete",
        "mehrere",
        "während",
        "innerhalb",
        "jedoch",
        "bereits",
        "zudem",
        "dort",
        "zuletzt",
        "offenbar",
        "künftig",
    ],
}
_HEADLINES = {
    "en": ("What happened on the day", "News in short", "Surprise in the province", "Much talked of"),
    "de": ("Was am Tag geschah", "Kurz gemeldet", "Überraschung in der Provinz", "Viel besprochen"),
}  # fmt: skip
_SENTENCE = re.compile(r"(?<=[.!?”“])[ \n]+(?=[A-ZÄÖÜ“„])")
_WORD = re.compile(r"[^\W\d_]+")
_NAME_CHANCES = (0.2, 1.0)  # most editors keep names; some replace nouns as often as other words


def originals() -> list[dict[str, str]]:
    """Return the texts of all lengths."""
    lines = [
        line
        for name in ("texts", "briefs", "features")
        for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    return [{"language": "en"} | json.loads(line) for line in lines]


def is_held_out(ident: str) -> bool:
    """Return whether a text is in the second half.

    The limits of version 2 were chosen with a look at both halves, so neither is unseen data.
    """
    return crc32(ident.encode()) % 2 == 1


def edited(original, *, count: int, seed: int = 1, edits: int = 2) -> list[Labelled]:
    """Return a text and `count` copies of it with up to `edits` edits, by other publishers."""
    ident, title, text = original["id"], original["title"], original["text"]
    found = [Labelled(f"{ident}:0", ident, "first", f"{ident}-paper0", title, text)]
    for number in range(1, count + 1):
        rng = random.Random(f"{seed}:{ident}:{number}")
        names = rng.sample([*EDITS], min(rng.choice((1, 1, 2)), edits))
        changed = text
        for name in names:
            changed = EDITS[name](rng, changed, original["language"])
        if rng.random() < 0.5:
            names.append("new headline")
            title = rng.choice(_HEADLINES[original["language"]])
        else:
            title = original["title"]
        kind = ", ".join(names)
        source = f"{ident}-paper{number}"
        found.append(Labelled(f"{ident}:{number}", ident, kind, source, title, changed))
    return found


def notices() -> list[Labelled]:
    """Return reports that are written after a pattern; none is a copy of another one."""
    found = []
    for kind, pattern in json.loads((FOLDER / "notices.json").read_text("utf-8")).items():
        for number, row in enumerate(pattern["rows"]):
            source = f"{kind}-paper{number if pattern['sources'] == 'many' else 0}"
            key = f"{kind}:{number}"
            title, text = pattern["title"].format(**row), pattern["text"].format(**row)
            found.append(Labelled(key, key, kind, source, title, text))
    return found


def _cut(rng, text, _language):
    sentences = _SENTENCE.split(text)
    kept = max(1, round(len(sentences) * rng.uniform(0.45, 0.9)))
    return _joined(text, sentences[:kept])


def _inserted(rng, text, language):
    sentences = _SENTENCE.split(text)
    most = 1 + len(text.split()) // 60
    fillers = FILLERS if language == "en" else GERMAN_FILLERS
    for filler in rng.sample(fillers, min(rng.randint(1, most), len(fillers))):
        sentences.insert(rng.randint(1, len(sentences)), filler)
    return _joined(text, sentences)


def _reordered(rng, text, _language):
    parts = text.split("\n") if "\n" in text else _SENTENCE.split(text)
    rest = parts[1:]
    rng.shuffle(rest)
    return _joined(text, [parts[0], *rest])


def _joined(text, parts):
    return ("\n" if "\n" in text else " ").join(parts)


def _with_numbers(rng, text, _language):
    return re.sub(r"\d+", lambda found: str(int(found[0]) + rng.randint(1, 9)), text)


def _with_marks(rng, text, _language):
    opening, closing = rng.choice(("«»", "„“", '""'))
    return text.replace("„", opening).replace("“", opening).replace("”", closing)


def _reworded(share):
    def changed(rng, text, language):
        name_chance = rng.choice(_NAME_CHANCES)

        def other(found):
            word = found[0]
            chance = share * (name_chance if word[0].isupper() and found.start() else 1.0)
            return rng.choice(_OTHERS[language]) if rng.random() < chance else word

        return _WORD.sub(other, text)

    return changed


EDITS = {
    "ending cut": _cut,
    "sentences inserted": _inserted,
    "reordered": _reordered,
    "numbers changed": _with_numbers,
    "other quotation marks": _with_marks,
    "3 % reworded": _reworded(0.03),
    "6 % reworded": _reworded(0.06),
    "10 % reworded": _reworded(0.10),
    "15 % reworded": _reworded(0.15),
}
