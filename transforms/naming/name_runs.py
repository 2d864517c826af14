"""Runs of capitalised words: one name, or several side by side.

A run is on one line. Particles join its words ("Ursula von der Leyen"); "of" and "and" do
if a head word requires it ("Bank of England", "Department of Health and Human Services");
a possessive does inside a name ("King's College"). A known name is never split.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from transforms.naming.gazetteer import Gazetteer
from transforms.naming.name_words import Words

# A longer run is a list or a shouted line; it is cut so that the work stays linear.
MOST_WORDS = 12
_ARABIC_ARTICLES = frozenset(["al-", "el-", "ul-", "as-", "ad-", "an-", "ar-", "az-"])
JOINING = frozenset(["of", "for", "and", "the", "on", "in", "at", "to", "&", "'s", "’s", "'", "’"])


def find_runs(words: Words, gazetteer: Gazetteer) -> Iterator[tuple[int, int]]:
    """Yield the first index of each run and the index after its end, in reading order."""
    text = words.text
    written = set(text)
    capitals = {word for word in written if not word.islower() and is_capital(word)}
    begins = capitals.union(word for word in written if word in gazetteer.longest)
    j = 0
    for i in [i for i, word in enumerate(text) if word in begins]:
        if i < j:  # it is part of the run before
            continue
        known = gazetteer.match(text, i)
        if not known and text[i] not in capitals:
            continue
        j = i + max(known, gazetteer.match_title(text, i), 1)
        while j < len(text) and j - i < MOST_WORDS:
            step = _step(words, gazetteer, i, j)
            if not step:
                break
            j += step
        yield i, j


def is_capital(word: str) -> bool:
    """Return whether a word looks like part of a name: it has a capital, or is "3M"."""
    if word[-1] == "-":
        return False  # a prefix
    if word[0].isupper():
        return len(word) != 2 or not word[1].isdigit()  # "Q2" is not part of a name
    if word[0].isdigit():
        return word[-1].isupper() and word.isalnum()
    return word[:3] in _ARABIC_ARTICLES and word[3:4].isupper()


def _step(words: Words, gazetteer: Gazetteer, i: int, j: int) -> int:
    """Return how many words from `j` on continue the run that began at `i`."""
    text = words.text
    word = text[j]
    if is_capital(word):
        if j - 1 > i and _ends_company(gazetteer, text[j - 1], word):
            return 0
        return max(gazetteer.match(text, j), gazetteer.match_title(text, j), 1)
    if word.lower() in gazetteer.cues["particle"] and j + 1 < len(text) and word.isalpha():
        ahead = 1
        while j + ahead < len(text) and text[j + ahead] in gazetteer.cues["particle"] and ahead < 3:
            ahead += 1
        if j + ahead < len(text) and is_capital(text[j + ahead]):
            return ahead + 1
    if word in JOINING:
        return _joined(words, gazetteer, i, j)
    return 0


def _ends_company(gazetteer: Gazetteer, before: str, word: str) -> bool:
    """Return whether a legal form ends a name: "Chrysler LLC [Jim Press]"."""
    suffix = gazetteer.heads.get(before, ("", ""))[1] == "suffix"
    closes = before[-1] == "." or before in {
        "Inc",
        "Corp",
        "Ltd",
        "LLC",
        "LLP",
        "Plc",
        "PLC",
        "plc",
    }
    return suffix and closes and word not in gazetteer.heads


def _joined(words: Words, gazetteer: Gazetteer, i: int, j: int) -> int:
    text = words.text
    word, ahead = text[j], j + 1
    if word in {"of", "for"} and ahead < len(text) and text[ahead] == "the":
        ahead += 1
    if ahead >= len(text) or not is_capital(text[ahead]):
        return 0
    before = text[j - 1]
    if word == "&":
        return ahead + 1 - j
    if word in {"'", "’"}:
        joined = before.endswith("s") and words.end[j - 1] == words.start[j]
        closed = any(w in gazetteer.heads for w in text[ahead : ahead + 2] if is_capital(w))
        return ahead + 1 - j if joined and closed else 0
    if word in {"'s", "’s"}:
        owned = before in gazetteer.cues["owner"] or text[i] in {"St.", "St", "Saint"}
        closed = any(w in gazetteer.heads for w in text[ahead : ahead + 3] if is_capital(w))
        return ahead + 1 - j if owned and closed else 0
    if word in {"of", "for"}:
        nested = "of" in text[i:j] and word == "of" and _governs(gazetteer, text[i])
        return ahead + 1 - j if nested or _governs(gazetteer, before) else 0
    if word == "and":
        inside = text[i:j]
        governed = "of" in inside or "for" in inside
        closed = _closes_organization(words, gazetteer, ahead) and before not in gazetteer.heads
        if gazetteer.match(text, ahead) or gazetteer.match_title(text, ahead):
            return 0
        return ahead + 1 - j if (governed or closed) and before not in gazetteer.names else 0
    return 0


def _governs(gazetteer: Gazetteer, word: str) -> bool:
    return word in gazetteer.cues["governing"] or gazetteer.heads.get(word, ()) == (
        "organization",
        "any",
    )


def closing_word(text: Sequence[str], first: int, last: int) -> str:
    """Return the word that shows a name's kind: its last, or the one before "of"."""
    for i in range(first + 1, last):
        if text[i] in {"of", "for"}:
            return text[i - 1]
    return text[last - 1]


def _closes_organization(words: Words, gazetteer: Gazetteer, ahead: int) -> bool:
    """Return whether the words after "and" end in a head: "Food and Drug Administration"."""
    text = words.text
    last = ahead
    while last + 1 < len(text) and last - ahead < 3 and is_capital(text[last + 1]):
        last += 1
    kind, position = gazetteer.heads.get(text[last], ("", ""))
    return kind == "organization" and position == "any" and last > ahead
