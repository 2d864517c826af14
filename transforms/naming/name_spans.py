"""Candidates for names: runs of capitalised words, cut into pieces.

A run (`transforms.naming.name_runs`) is cut at titles ("Apple CEO Steve Jobs" is a
company, a title, a person). Sentence openers, demonyms and days are removed. The pieces
are the candidates; `transforms.naming.name_kinds` decides whether one is a name, and of
what kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from transforms.naming.gazetteer import Gazetteer
from transforms.naming.name_runs import JOINING, closing_word, find_runs, is_capital
from transforms.naming.name_words import Words

# Later candidates in a text are left out. In labelled news, there is at most one for each 6.5
# words; a text of 40,000 words (see `analysed_part`) would have 6,200.
MAX_NAMES = 8_000
_STATES = frozenset(["U.S.", "US", "U.K.", "UK"])
_MISSIONS = frozenset(["Embassy", "Consulate", "Court"])  # the state is part of their names
# Their name stands before the title of who leads them: "House Speaker".
BODIES = frozenset(["House", "Senate", "Treasury"])


@dataclass(slots=True)
class Candidate:
    """Words that may be a name.

    Attributes:
        first: Index of its first word.
        last: Index after its last word.
        name: Its words joined by spaces, the key of `Gazetteer.names`.
        title: Whether a title or a role comes right before it.
        nickname: The nickname between its words: Ida “the Rock” Falk.
        forced: Kind of this mention whatever the kind of the others, empty for none.
        is_weak: Whether its capital proves nothing: it opens a sentence or a line, or the
            whole line is capitalised.
        is_capitalised: Whether its whole line is capitalised.
        evidence: Weight of the evidence by kind.
    """

    first: int
    last: int
    name: str
    title: bool = False
    is_weak: bool = False
    forced: str = ""
    nickname: str = ""
    is_capitalised: bool = False
    evidence: dict[str, float] = field(default_factory=dict)

    def add(self, kind: str, weight: float) -> None:
        """Add evidence for a kind."""
        self.evidence[kind] = self.evidence.get(kind, 0.0) + weight


def find_candidates(
    words: Words, gazetteer: Gazetteer, capitalised: Sequence[bool]
) -> list[Candidate]:
    """Return the candidates in reading order, without overlaps; at most about `MAX_NAMES`.

    `capitalised` says for each word whether its whole line is capitalised; in such lines
    ordinary words end a candidate.
    """
    found: list[Candidate] = []
    for run, last in find_runs(words, gazetteer):
        if len(found) >= MAX_NAMES:
            break
        if last - run == 1 and _is_opener(words, gazetteer, run):
            continue
        first = run + (words.text[run] in {"The", "the"} and last - run > 2)
        if _is_state(words.text, gazetteer, first, last):
            found.append(Candidate(first, first + 1, words.text[first]))
            first += 1
        else:
            first = run
        pieces = [(first, last)]
        if capitalised[first]:
            pieces = _pieces(words, gazetteer, first, last)
        for start, end in pieces:
            for cut, stop, title in _cut(words, gazetteer, start, end):
                if candidate := _candidate(words, gazetteer, cut, stop, title=title):
                    candidate.is_capitalised = capitalised[first]
                    found.append(candidate)
    return found


def _is_opener(words: Words, gazetteer: Gazetteer, i: int) -> bool:
    """Return whether a capital alone opens a sentence, or is a day: no name can come of it."""
    word = words.text[i]
    ends = gazetteer.openers if words.opens[i] else gazetteer.breaking
    return word.lower() in ends and word[0].isupper() and (len(word) == 1 or not word.isupper())


def _is_pair(text: Sequence[str], i: int, last: int) -> bool:
    """Return whether two initials before a name look like a state: "B.C. Hale"."""
    word = text[i]
    return len(word) == 4 and word[1::2] == ".." and word not in _STATES and i + 1 < last


def is_initial(word: str) -> bool:
    """Return whether a word is an initial: "P."."""
    return len(word) == 2 and word[1] == "." and word[0].isupper()


def _is_state(text: Sequence[str], gazetteer: Gazetteer, first: int, last: int) -> bool:
    """Return whether a state and its body are two names: "U.S. State Department"."""
    if last - first < 2 or text[first] not in _STATES:
        return False
    if gazetteer.match(text, first) > 1:
        return False
    known = gazetteer.match(text, first + 1)
    if not known:
        return closing_word(text, first, last) in gazetteer.cues["state_body"] - _MISSIONS
    name = " ".join(text[first + 1 : first + 1 + known])
    return gazetteer.kind(name) == "organization" and known == last - first - 1


def _pieces(words: Words, gazetteer: Gazetteer, first: int, last: int) -> list[tuple[int, int]]:
    """Split a run of a capitalised line at ordinary words outside known names."""
    text = words.text
    pieces = []
    start = i = first
    while i < last:
        name = gazetteer.match(text, i)
        word = text[i]
        named = i > start and (text[i - 1] in gazetteer.given or is_initial(text[i - 1]))
        if name and word not in gazetteer.given and not named and not _is_pair(text, i, last):
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
        surname = named and word.lower() in gazetteer.surnames
        team = gazetteer.heads.get(word, ("", ""))[1] == "team"
        if team:  # "COLTS CLOBBER EAGLES"
            pieces.append((start, i + 1))
            start = i + 1
        if team or kept or surname or (i > start and closing):
            i += max(known, 1)
            continue
        if i > start:
            pieces.append((start, i))
        i += 1
        start = i
    if last > start:
        pieces.append((start, last))
    return pieces


def _cut(words: Words, gazetteer: Gazetteer, first: int, last: int) -> list[tuple[int, int, bool]]:
    """Split a run at titles, openers and days; tell of each part whether a title precedes it."""
    text = words.text
    cuts: list[tuple[int, int, bool]] = []
    start, i = first, first
    title = False
    while i < last:
        known = gazetteer.match(text, i)
        if known > 1 or (known and i + 1 < last and _is_head_run(gazetteer, text, i, last)):
            i += known
            continue
        lower = text[i].lower()
        title_words = _title_at(words, gazetteer, i, last)
        if i > start and _is_bearing(text, gazetteer, i, last):
            cuts.append((start, i, title))
            start, title = i, False
        if title_words:
            cuts.append((start, i, title))
            start = i = i + title_words
            title = True
            continue
        if i > start and text[i] in gazetteer.heads:
            i += 1
            continue
        ends = gazetteer.openers if words.opens[i] else gazetteer.breaking
        if lower in ends and not _is_inside(words, gazetteer, start, i, last):
            cuts.append((start, i, title))
            start, title = i + 1, False
        i += 1
    cuts.append((start, last, title))
    return [cut for cut in cuts if cut[0] < cut[1]]


def _is_bearing(text: Sequence[str], gazetteer: Gazetteer, i: int, last: int) -> bool:
    """Return whether a demonym comes before a person: "Ohio [Democrat Sherrod Brown]"."""
    if text[i] not in gazetteer.demonyms or text[i] in gazetteer.given or i + 1 >= last:
        return False
    two = last - i == 3 and closing_word(text, i, last) not in gazetteer.heads
    return two or text[i + 1] in gazetteer.given


def _is_head_run(gazetteer: Gazetteer, text: list[str], i: int, last: int) -> bool:
    closing = closing_word(text, i, last)
    return gazetteer.heads.get(closing, ("", ""))[0] == "organization" and i < last - 1


def _is_inside(words: Words, gazetteer: Gazetteer, start: int, i: int, last: int) -> bool:
    """Return whether an opener is part of a name: "Theresa May", "Group of Seven"."""
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
    if word == "I" and (before in gazetteer.given or before.lower() in gazetteer.surnames):
        return not words.text[i + 1 : i + 2] or not words.text[i + 1].islower()
    if before in gazetteer.given and word.lower() in {"may", "april", "june", "august", "march"}:
        return True
    return before in {"of", "for", "the", "&", "and"} and word.lower() not in gazetteer.calendar


def _title_at(words: Words, gazetteer: Gazetteer, i: int, last: int) -> int:
    """Return the length in words of a title at `i`, 0 if part of a name ("General Motors")."""
    text = words.text
    count = gazetteer.match_title(text, i)
    if not count or i + count > last:
        if text[i].lower() in gazetteer.roles and i + 1 < last and words.opens[i]:
            return 1
        return 0
    body = count > 1 and text[i] in BODIES
    if body and gazetteer.match_title(text, i + 1) == count - 1:
        return 0  # "House Speaker": a body and a title
    after = i + count
    if after == last and i and _closes_name(text, gazetteer, i):
        return 0
    closing = closing_word(text, i, last)
    named = after + 1 < last and text[after] in gazetteer.given  # "Secretary Mark Lane"
    if closing in gazetteer.heads and after < last and not named:
        return 0
    if after < last and text[after] in {"of", "for", "'s", "’s", "&"}:
        return 0
    return count


def _closes_name(text: Sequence[str], gazetteer: Gazetteer, i: int) -> bool:
    """Return whether a title closes a name: "Regina King", "Court of Justice"."""
    before = text[i - 1]
    return before in {"of", "for"} or (
        before in gazetteer.given and text[i].lower() in gazetteer.surnames
    )


def _candidate(
    words: Words, gazetteer: Gazetteer, first: int, last: int, *, title: bool
) -> Candidate | None:
    """Return the candidate of a part of a run, None if its words are surely no name."""
    text = words.text
    if gazetteer.match(text, first) != last - first:
        last = _without_tail(text, gazetteer, first, last)
    if first + 1 < last and text[first] in {"The", "the"} and text[first + 1] != "Hague":
        first += 1
    while (
        first < last
        and (text[first] in JOINING or text[first] in gazetteer.cues["particle"])
        and text[first] not in gazetteer.longest
    ):
        first += 1
    if first >= last:
        return None
    if last - first > 1 and words.opens[first] and _is_ordinary(text[first], gazetteer):
        first += _opens_other_name(words, gazetteer, first, last)
    first = _without_demonym(words, gazetteer, first, last)
    whole = gazetteer.match(text, first) == last - first if first < last else True
    whole = whole or text[first] in gazetteer.given  # "Leo Finn" is no town and a nation
    if last - first > 1 and text[last - 1] in gazetteer.demonyms and not whole:
        last -= gazetteer.match(text[: last - 1], first) == last - 1 - first
    if last - first > 1 and text[last - 1] == "Flight":
        last -= 1  # "Air France Flight 447"
    caption = last - first > 1 and text[last : last + 1] == [":"]
    if caption and text[last - 1].lower() in gazetteer.openers:
        last -= 1
    if first >= last or not _may_name(text[first:last], gazetteer, words.text[last : last + 1]):
        return None
    weak = words.opens[first] and text[first].lower() in gazetteer.common
    return Candidate(first, last, " ".join(text[first:last]), title=title, is_weak=weak)


def _without_tail(text: list[str], gazetteer: Gazetteer, first: int, last: int) -> int:
    """Return where a candidate ends without the particles and numbers after it."""
    while first < last and not is_capital(text[last - 1]):
        if any(gazetteer.match(text, i) == last - i for i in range(max(first, last - 3), last)):
            break  # "Nikkei 225"
        last -= 1
    numbered = last - first > 1 and "-" in text[last - 1] and text[last - 1][-1].isdigit()
    if numbered and gazetteer.match(text, first) == last - first - 1:
        last -= 1  # "Garuda Indonesia DC-10"
    return last


def _is_ordinary(word: str, gazetteer: Gazetteer) -> bool:
    lower = word.lower()
    return lower in gazetteer.common or lower in gazetteer.cues["organization_before"]


def _opens_other_name(words: Words, gazetteer: Gazetteer, first: int, last: int) -> bool:
    """Return whether the ordinary word at `first` opens a sentence and not the name."""
    text = words.text
    if text[first] in gazetteer.given or text[first] in gazetteer.cues["event_opening"]:
        return False
    if gazetteer.match(text, first):
        return False
    following = text[first + 1]
    if text[first] in gazetteer.cues["organization_opening"]:
        return False  # "Sporting Gijon"
    masthead = gazetteer.heads.get(following) == ("organization", "last")
    if masthead and first + 2 == last and text[first].lower() not in gazetteer.openers:
        return False  # "Harbour Times"
    known = gazetteer.match(text, first + 1) == last - first - 1
    return known or following in gazetteer.given or following in gazetteer.demonyms


def _may_name(parts: list[str], gazetteer: Gazetteer, after: list[str]) -> bool:
    """Return whether the words are more than an initial, measure, sum or abbreviation."""
    if len(parts) > 1:
        return any(len(part) > 2 or part[-1] != "." for part in parts)
    if after == ["@"]:
        return False
    word = parts[0]
    if word in gazetteer.longest and gazetteer.match(parts, 0):
        return after != ["$"]
    return len(word) > 1 and word not in gazetteer.abbreviations and not word[0].isdigit()


def _without_demonym(words: Words, gazetteer: Gazetteer, first: int, last: int) -> int:
    """Return where the candidate starts without a nation's adjective before it."""
    text = words.text
    while first < last:
        count = 2 if " ".join(text[first : first + 2]) in gazetteer.demonyms else 1
        if count == 1 and text[first] not in gazetteer.demonyms:
            return first
        if first + count > last or gazetteer.match(text, first) >= last - first > 1:
            return first
        closing = closing_word(text, first, last)
        masthead = gazetteer.heads.get(text[last - 1]) == ("organization", "last")
        if masthead and first + count == last - 1:
            return first  # "Irish Times"
        if first + count < last and text[first + count] in gazetteer.longest:
            named = gazetteer.match(text, first + count)
            if " ".join(text[first + count : first + count + named]) in gazetteer.names:
                return first + count
        if (
            first + count < last
            and closing in gazetteer.heads
            and closing not in gazetteer.cues["state_body"]
        ):
            return first
        first += count
    return first


def trim_headlines(candidates: Sequence[Candidate], words: Words) -> None:
    """Cut candidates in capitalised lines to names that occur in the rest of the text.

    "Ripken Homers" in a headline is Ripken if the text names Cal Ripken.
    """
    firm: set[str] = set()
    for candidate in candidates:
        if not candidate.is_capitalised and not candidate.is_weak:
            firm.update((candidate.name, candidate.name.rsplit(" ", 1)[-1]))
    for candidate in candidates:
        if candidate.is_capitalised and candidate.name not in firm:
            _trim_headline(candidate, words, firm)


def _trim_headline(candidate: Candidate, words: Words, firm: set[str]) -> None:
    first, last = candidate.first, candidate.last
    for count in range(last - first - 1, 0, -1):
        for start in range(first, last - count + 1):
            name = " ".join(words.text[start : start + count])
            if name in firm and (count > 1 or len(name) > 2):
                candidate.first, candidate.last = start, start + count
                candidate.name = name
                return
