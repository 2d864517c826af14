"""Where names may stand: runs of capitalised words, cut into candidates.

A run is a series of capitalised words on one line, joined by particles ("Ursula von der
Leyen"), by "of" and "and" where a head asks for them ("Bank of England", "Department of
Health and Human Services") and by known names. A run is then cut at titles ("Apple CEO
Steve Jobs" is a company, a title, a person), loses words that open sentences, demonyms
and days, and what remains is a candidate: whether it is a name, and of what kind, is
decided in `transforms.name_kinds`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from transforms.gazetteer import Gazetteer
from transforms.name_words import Words

# A longer run is a list or a shouted line: it is cut, so that work stays linear.
MOST_WORDS = 12
_JOINING = frozenset(["of", "for", "and", "the", "on", "in", "at", "to", "&", "'s", "’s"])


@dataclass(slots=True)
class Candidate:
    """Words that may be a name.

    Attributes:
        first: Its first word.
        last: The word after it.
        name: Its words joined by blanks, the key of `Gazetteer.names`.
        title: Whether a title or a role stands right before it.
        forced: Kind that this one mention has whatever the others are, empty for none.
        is_weak: Whether its capital says nothing: a sentence or a line opens with it, or
            the whole line is capitalised.
        is_capitalised: Whether its whole line is capitalised.
        evidence: Kind to the weight of what speaks for it.
    """

    first: int
    last: int
    name: str
    title: bool = False
    is_weak: bool = False
    forced: str = ""
    is_capitalised: bool = False
    evidence: dict[str, float] = field(default_factory=dict)


def find_candidates(
    words: Words, gazetteer: Gazetteer, capitalised: Sequence[bool]
) -> list[Candidate]:
    """Return the candidates in reading order; they never overlap.

    `capitalised` tells for each word whether its whole line is capitalised: there
    ordinary words end a candidate.
    """
    found: list[Candidate] = []
    for first, last in _runs(words, gazetteer):
        pieces = [(first, last)]
        if capitalised[first]:
            pieces = _pieces(words, gazetteer, first, last)
        for start, end in pieces:
            for candidate in _cut(words, gazetteer, start, end):
                candidate.is_capitalised = capitalised[first]
                found.append(candidate)
    return found


def _pieces(words: Words, gazetteer: Gazetteer, first: int, last: int) -> list[tuple[int, int]]:
    """Cut a run of a capitalised line at ordinary words that are part of no known name."""
    text = words.text
    pieces = []
    start = i = first
    while i < last:
        name = gazetteer.match(text, i)
        word = text[i]
        named = i > start and text[i - 1] in gazetteer.given
        if name and word not in gazetteer.given and not named:
            if i > start:
                pieces.append((start, i))
            start = i
            i += name
            while i < last and text[i] in gazetteer.heads:
                i += 1
            pieces.append((start, i))
            start = i
            continue
        known = name or gazetteer.match_title(text, i)
        kept = known or word.lower() not in gazetteer.common or word in gazetteer.given
        closing = gazetteer.heads.get(word, ("", ""))[0] in {"organization", "place"}
        if kept or (i > start and (closing or text[i - 1] in gazetteer.given)):
            i += max(known, 1)
            continue
        if i > start:
            pieces.append((start, i))
        i += 1
        start = i
    if last > start:
        pieces.append((start, last))
    return pieces


def _runs(words: Words, gazetteer: Gazetteer) -> Iterator[tuple[int, int]]:
    text = words.text
    i = 0
    while i < len(text):
        known = gazetteer.match(text, i) if text[i] in gazetteer.longest else 0
        if not known and not _is_capital(text[i]):
            i += 1
            continue
        j = i + max(known, gazetteer.match_title(text, i), 1)
        while j < len(text) and j - i < MOST_WORDS:
            step = _step(words, gazetteer, i, j)
            if not step:
                break
            j += step
        yield i, j
        i = j


def _is_capital(word: str) -> bool:
    if word[0].isupper():
        return len(word) != 2 or not word[1].isdigit()  # "Q2" is no part of a name
    return word[0].isdigit() and word[-1].isupper() and word.isalnum()


def _step(words: Words, gazetteer: Gazetteer, i: int, j: int) -> int:
    """Return how many words from `j` on continue the run that began at `i`."""
    text = words.text
    word = text[j]
    if _is_capital(word):
        return max(gazetteer.match(text, j), gazetteer.match_title(text, j), 1)
    if word.lower() in gazetteer.cues["particle"] and j + 1 < len(text) and word.isalpha():
        ahead = 1
        while j + ahead < len(text) and text[j + ahead] in gazetteer.cues["particle"] and ahead < 3:
            ahead += 1
        if j + ahead < len(text) and _is_capital(text[j + ahead]):
            return ahead + 1
    if word in _JOINING:
        return _joined(words, gazetteer, i, j)
    return 0


def _joined(words: Words, gazetteer: Gazetteer, i: int, j: int) -> int:
    text = words.text
    word, ahead = text[j], j + 1
    if word in {"of", "for"} and ahead < len(text) and text[ahead] == "the":
        ahead += 1
    if ahead >= len(text) or not _is_capital(text[ahead]):
        return 0
    before = text[j - 1]
    if word == "&":
        return ahead + 1 - j
    if word in {"'s", "’s"}:
        return (
            ahead + 1 - j
            if before in gazetteer.cues["owner"] and text[ahead] in gazetteer.heads
            else 0
        )
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


def _closing(text: Sequence[str], first: int, last: int) -> str:
    """Return the word that tells what a name names: its last, or the one before "of"."""
    for i in range(first + 1, last):
        if text[i] in {"of", "for"}:
            return text[i - 1]
    return text[last - 1]


def _closes_organization(words: Words, gazetteer: Gazetteer, ahead: int) -> bool:
    """Whether the words after an "and" end in a head: "Food and Drug Administration"."""
    text = words.text
    last = ahead
    while last + 1 < len(text) and last - ahead < 3 and _is_capital(text[last + 1]):
        last += 1
    kind, position = gazetteer.heads.get(text[last], ("", ""))
    return kind == "organization" and position == "any" and last > ahead


def _cut(words: Words, gazetteer: Gazetteer, first: int, last: int) -> Iterator[Candidate]:
    """Yield the candidates of a run: without openers and days, cut at titles."""
    text = words.text
    start, i = first, first
    title = False
    while i < last:
        known = gazetteer.match(text, i)
        if known > 1 or (known and i + 1 < last and _is_head_run(gazetteer, text, i, last)):
            i += known
            continue
        lower = text[i].lower()
        title_words = _title_at(words, gazetteer, i, last)
        if i > start and text[i] in gazetteer.demonyms and text[i + 1 : i + 2] != []:
            if i + 1 < last and text[i + 1] in gazetteer.given and text[i] not in gazetteer.given:
                yield from _candidate(words, gazetteer, start, i, title=title)
                start, title = i, False
        if title_words:
            yield from _candidate(words, gazetteer, start, i, title=title)
            start = i = i + title_words
            title = True
            continue
        if i > start and text[i] in gazetteer.heads:
            i += 1
            continue
        ends = gazetteer.openers if words.opens[i] else gazetteer.breaking
        if lower in ends and not _is_inside(words, gazetteer, start, i, last):
            yield from _candidate(words, gazetteer, start, i, title=title)
            start, title = i + 1, False
        i += 1
    yield from _candidate(words, gazetteer, start, last, title=title)


def _is_head_run(gazetteer: Gazetteer, text: list[str], i: int, last: int) -> bool:
    closing = _closing(text, i, last)
    return gazetteer.heads.get(closing, ("", ""))[0] == "organization" and i < last - 1


def _is_inside(words: Words, gazetteer: Gazetteer, start: int, i: int, last: int) -> bool:
    """Whether an opener is part of the name around it: "Theresa May", "Group of Seven"."""
    word = words.text[i]
    if (word.isupper() and len(word) > 1) or not word[0].isupper():
        return True
    if i == start and word in gazetteer.given and i + 1 < last:
        return words.text[i + 1].lower() not in gazetteer.openers
    if i == start:
        closing = words.text[last - 1]
        return (
            i + 1 < last
            and not words.opens[i]
            and closing in gazetteer.heads
            and word.lower() in {"new", "first", "second", "third", "one", "home", "best", "open"}
        )
    before = words.text[i - 1]
    if before in gazetteer.given and word.lower() in {"may", "april", "june", "august", "march"}:
        return True
    return before in {"of", "for", "the", "&", "and"} and word.lower() not in gazetteer.calendar


def _title_at(words: Words, gazetteer: Gazetteer, i: int, last: int) -> int:
    """Return the words of a title at `i`, 0 where it is part of a name ("General Motors")."""
    text = words.text
    count = gazetteer.match_title(text, i)
    if i and text[i - 1] in {"of", "for"}:
        return 0
    if not count or i + count > last:
        if text[i].lower() in gazetteer.roles and i + 1 < last and words.opens[i]:
            return 1
        return 0
    after = i + count
    if (
        after == last
        and i
        and text[i - 1] in gazetteer.given
        and text[i].lower() in gazetteer.surnames
    ):
        return 0
    closing = _closing(text, i, last)
    if closing in gazetteer.heads and after < last and closing not in gazetteer.surnames:
        return 0
    if after < last and text[after] in {"of", "for", "'s", "’s", "&"}:
        return 0
    return count


def _candidate(
    words: Words, gazetteer: Gazetteer, first: int, last: int, *, title: bool
) -> Iterator[Candidate]:
    text = words.text
    while first < last and not _is_capital(text[last - 1]) and not gazetteer.match(text, last - 1):
        last -= 1
    if first + 1 < last and text[first] in {"The", "the"} and text[first + 1] != "Hague":
        first += 1
    while (
        first < last
        and text[first] in _JOINING | gazetteer.cues["particle"]
        and text[first] not in gazetteer.longest
    ):
        first += 1
    if first >= last:
        return
    if last - first > 1 and words.opens[first] and text[first].lower() in gazetteer.common:
        first += _opens_other_name(words, gazetteer, first, last)
    first = _without_demonym(words, gazetteer, first, last)
    if last - first > 1 and text[last - 1] in gazetteer.demonyms:
        last -= gazetteer.match(text[: last - 1], first) == last - 1 - first
    if first >= last or not _may_name(text[first:last], gazetteer, words.text[last : last + 1]):
        return
    weak = words.opens[first] and text[first].lower() in gazetteer.common
    yield Candidate(first, last, " ".join(text[first:last]), title=title, is_weak=weak)


def _opens_other_name(words: Words, gazetteer: Gazetteer, first: int, last: int) -> bool:
    """Whether the ordinary word at `first` opens a sentence, not the name after it."""
    text = words.text
    if text[first] in gazetteer.given or gazetteer.match(text, first):
        return False
    following = text[first + 1]
    known = gazetteer.match(text, first + 1) == last - first - 1
    return known or following in gazetteer.given or following in gazetteer.demonyms


def _may_name(parts: list[str], gazetteer: Gazetteer, after: list[str]) -> bool:
    """Whether the words are no initial, measure, sum or common abbreviation alone."""
    if len(parts) > 1:
        return True
    if after == ["@"]:
        return False
    word = parts[0]
    if word in gazetteer.longest and gazetteer.match(parts, 0):
        return after != ["$"]
    return len(word) > 1 and word not in gazetteer.abbreviations and not word[0].isdigit()


def _without_demonym(words: Words, gazetteer: Gazetteer, first: int, last: int) -> int:
    """Return where the candidate starts once a nation's adjective before it is left out."""
    text = words.text
    while first < last:
        count = 2 if " ".join(text[first : first + 2]) in gazetteer.demonyms else 1
        if count == 1 and text[first] not in gazetteer.demonyms:
            return first
        if first + count > last or gazetteer.match(text, first) >= last - first > 1:
            return first
        closing = _closing(text, first, last)
        if (
            first + count < last
            and closing in gazetteer.heads
            and closing not in gazetteer.cues["state_body"]
        ):
            return first
        first += count
    return first
