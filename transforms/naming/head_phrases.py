"""Names with words in small letters inside: "Верховный суд", "Міністерство оборони України".

Languages without articles write an institution's or a region's name with one capital letter.
The table `common_heads` has the nouns that end or open such names, with their forms in other
cases. A legal form goes with the name in quotation marks after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transforms.naming.foreign_text import ForeignText
from transforms.naming.gazetteer import Gazetteer
from transforms.naming.name_spans import Candidate

_OPENING, _CLOSING = frozenset('«“„"'), frozenset('»”“"')
_MOST_QUOTED, _MOST_UNCLUED = 8, 3  # words between quotation marks
_MOST_BETWEEN, _MOST_TAIL = 2, 6
_MOST_ACRONYM = 6
_FULL = 2  # words of a full name
_ABBREVIATED = 3  # letters of "обл."
_SURE, _LIKELY, _GUESS = 5.0, 4.0, 1.0
_ENDS, _OPENS = frozenset({"last", "both"}), frozenset({"first", "both"})


@dataclass(frozen=True, slots=True)
class _Span:
    """Words that are surely one name; `weight` is the evidence for its kind."""

    first: int
    last: int
    kind: str
    weight: float


def with_head_phrases(candidates: Sequence[Candidate], text: ForeignText) -> list[Candidate]:
    """Return the candidates with the names that have words in small letters in place of theirs.

    Args:
        candidates: Runs of capitalised words, in reading order.
        text: The text; without the table `common_heads`, the candidates stay as they are.
    """
    if not text.gazetteer.phrase_heads:
        return list(candidates)
    split = [part for candidate in candidates for part in _split(candidate, text)]
    spans = list(_spans(text))
    taken = {i for span in spans for i in range(span.first, span.last)}
    found = [part for candidate in split for part in _outside(candidate, taken, text)]
    for span in spans:
        candidate = Candidate(span.first, span.last, _written(text, span.first, span.last))
        candidate.add(span.kind, span.weight)
        found.append(candidate)
    return sorted(found, key=lambda candidate: candidate.first)


def _written(text: ForeignText, first: int, last: int) -> str:
    """Return words with their marks as they are written: "вул. Садова"."""
    words, pieces = text.words, [text.words.text[first]]
    for i in range(first + 1, last):
        pieces += ["" if words.start[i] == words.end[i - 1] else " ", words.text[i]]
    return "".join(pieces)


def _split(candidate: Candidate, text: ForeignText) -> Iterator[Candidate]:
    """Yield "України" and "Віктор Янукович" of "президент України Віктор Янукович"."""
    for k in range(candidate.first + 1, candidate.last):
        if _parts_at(candidate, k, text):
            yield _part(candidate, candidate.first, k, text)
            yield from _split(_part(candidate, k, candidate.last, text), text)
            return
    yield candidate


def _parts_at(candidate: Candidate, k: int, text: ForeignText) -> bool:
    """Return whether a person's name begins within a candidate, after another name."""
    words, gazetteer = text.words.text, text.gazetteer
    before, left = words[k - 1], candidate.last - k
    if gazetteer.is_given(before) or not words[k].istitle() or not words[k].isalpha():
        return False
    is_acronym = before.isupper() and len(before) > 1 and before.isalpha()
    if is_acronym and left > 1 and before not in gazetteer.abbreviations:
        return all(words[i].istitle() for i in range(k, candidate.last))
    known = gazetteer.kind(text.name(candidate.first, k))
    if known in {"place", "organization"} and left == _FULL:
        return True
    if known == "place" and _is_town(text, k):
        return True
    if not gazetteer.is_given(words[k]):
        return False
    patronymics = gazetteer.profile.patronymic_endings
    is_whole = left > 1 and not words[k + 1].endswith(patronymics) and bool(patronymics)
    return is_acronym or known in {"place", "organization"} or is_whole


def _is_town(text: ForeignText, k: int) -> bool:
    """Return whether a word is a well-known place."""
    word = text.words.text[k]
    return text.is_known(word) and text.gazetteer.kind(word) == "place"


def _part(candidate: Candidate, first: int, last: int, text: ForeignText) -> Candidate:
    begins = first == candidate.first
    part = Candidate(first, last, text.name(first, last), title=candidate.title and begins)
    part.is_weak = candidate.is_weak and begins
    return part


def _outside(candidate: Candidate, taken: set[int], text: ForeignText) -> Iterator[Candidate]:
    """Yield what is left of a candidate outside of the words that are taken."""
    words = range(candidate.first, candidate.last)
    if taken.isdisjoint(words):
        yield candidate
        return
    free = [i for i in words if i not in taken]
    start = 0
    for k in range(1, len(free) + 1):
        if k == len(free) or free[k] != free[k - 1] + 1:
            if text.is_capital(free[start]):
                yield _part(candidate, free[start], free[k - 1] + 1, text)
            start = k


def _spans(text: ForeignText) -> Iterator[_Span]:
    """Yield the names with small letters or quotation marks, without overlaps."""
    words, i = text.words.text, 0
    streets, span = text.gazetteer.cues["street"], None
    while i < len(words):
        word = words[i]
        if word[0].isupper():
            span = _with_form(text, i) or _after_adjective(text, i) or _from_head(text, i)
        elif word in _OPENING:
            span = _quoted(text, i)
        else:
            span = _street(text, i) if word in streets else None
        if span is None:
            i += 1
        else:
            yield span
            i = span.last


def _with_form(text: ForeignText, i: int) -> _Span | None:
    """Return a name in quotation marks with the legal form, or two, at `i`."""
    words, gazetteer = text.words.text, text.gazetteer
    if not _is_form(words[i], gazetteer):
        return None
    close = _close(words, i + 1)
    if not close and i + 1 < len(words) and _is_form(words[i + 1], gazetteer):
        close = _close(words, i + 2)
    return _Span(i, close + 1, "organization", _SURE) if close else None


def _quoted(text: ForeignText, i: int) -> _Span | None:
    """Return a name in quotation marks that open at `i`."""
    words, gazetteer = text.words.text, text.gazetteer
    close = _close(words, i)
    if not close or not words[i + 1][0].isupper():
        return None
    before = words[i - 1] if i else ""
    kind = gazetteer.phrase_heads.get(before.lower(), ("", ""))[0]
    if kind == "organization" or before in gazetteer.cues["legal_form"]:
        return _Span(i + 1, close, "organization", _LIKELY)
    is_short = close - i - 1 <= _MOST_UNCLUED and close + 1 < len(words)
    is_speech = words[close - 1] in {",", ".", "!", "?"} or words[close + 1] in {",", "—", "-", "–"}
    if is_short and not is_speech and before and before.isalpha():
        return _Span(i + 1, close, "organization", _GUESS)
    return None


def _is_form(word: str, gazetteer: Gazetteer) -> bool:
    """Return whether a word is a legal form that goes with the name in quotation marks."""
    forms = gazetteer.cues["quoted_form"]
    return word in forms or (bool(forms) and word.isupper() and 1 < len(word) <= _MOST_ACRONYM)


def _street(text: ForeignText, i: int) -> _Span | None:
    """Return a street with the short word before its name: "вул. Лесі Українки"."""
    words = text.words.text
    if words[i + 1 : i + 2] != ["."]:
        return None
    k = i + 2
    while k < len(words) and words[k][0].isupper():
        k += 1
    if k == i + 2:
        return None
    has_number = words[k : k + 1] == [","] and k + 1 < len(words) and words[k + 1].isdigit()
    return _Span(i, k + 2 * has_number, "place", _LIKELY)


def _close(words: Sequence[str], i: int) -> int:
    """Return the index of the mark that closes a quotation opened at `i`, or 0."""
    if i >= len(words) or words[i] not in _OPENING:
        return 0
    for k in range(i + 2, min(i + 2 + _MOST_QUOTED, len(words))):
        if words[k] in _CLOSING:
            return k
        if words[k] == "\n":
            break
    return 0


def _after_adjective(text: ForeignText, i: int) -> _Span | None:
    """Return a name like "Диканської районної ради" that begins at `i`."""
    words, gazetteer = text.words.text, text.gazetteer
    adjectives = gazetteer.profile.adjective_endings
    if not words[i].endswith(adjectives):
        return None
    k = i + 1
    while k < len(words) and k - i <= _MOST_BETWEEN and words[k].islower():
        if words[k] in gazetteer.phrase_heads or not words[k].endswith(adjectives):
            break
        k += 1
    noun = words[k].lower() if k < len(words) and not words[k].isupper() else ""
    kind, position = gazetteer.phrase_heads.get(noun, ("", ""))
    if position not in _ENDS and not (kind == "organization" and _has_name(text, k + 1)):
        return None
    last = _institution_end(text, k + 1) if kind == "organization" else k + 1
    is_sure = last > k + 1 and words[last - 1][0].isupper()  # "Верховный суд Бурятии"
    if text.words.opens[i] and _is_plain(text, i) and not is_sure:
        return None if not text.is_known(text.name(i, k + 1)) else _Span(i, k + 1, kind, _SURE)
    if kind == "organization":
        return _Span(i, last, kind, _LIKELY)
    is_cut = len(words[k]) <= _ABBREVIATED and words[k + 1 : k + 2] == ["."]
    return _Span(i, k + 1 + is_cut, kind, _LIKELY)


def _has_name(text: ForeignText, k: int) -> bool:
    """Return whether a name in quotation marks goes with the noun before `k`."""
    return bool(text.gazetteer.cues["quoted_form"] and _close(text.words.text, k))


def _institution_end(text: ForeignText, k: int) -> int:
    """Return the index after what follows on an institution: its own name, or a place."""
    close = _close(text.words.text, k) if text.gazetteer.cues["quoted_form"] else 0
    return close + 1 if close else _tail(text, k, is_first=False)


def _is_plain(text: ForeignText, i: int) -> bool:
    """Return whether a word that opens a sentence is an ordinary one."""
    word = text.words.text[i]
    lower = word.lower()
    if lower.endswith(text.gazetteer.profile.relational_endings):
        return False
    return word not in text.certain and (lower in text.gazetteer.common or lower in text.inside)


def _from_head(text: ForeignText, i: int) -> _Span | None:
    """Return a name like "Министерство обороны России" that begins at `i`."""
    word = text.words.text[i]
    if word.isupper():
        return None
    kind, position = text.gazetteer.phrase_heads.get(word.lower(), ("", ""))
    if position not in _OPENS:
        return None
    last = _tail(text, i + 1, is_first=True)
    return _Span(i, last, kind, _LIKELY) if last > i + 1 else None


def _tail(text: ForeignText, start: int, *, is_first: bool) -> int:
    """Return the index after the words that go on a name at `start`: genitives and places.

    Args:
        text: The text.
        start: Index after the noun.
        is_first: Whether the noun opens the name, so that more may follow.
    """
    words, gazetteer, k = text.words.text, text.gazetteer, start
    has_noun = False
    while k < min(len(words), start + _MOST_TAIL) and not text.words.opens[k]:
        word = words[k]
        if not word[0].isalpha() or gazetteer.is_given(word):
            break
        if word[0].isupper():
            if size := _region(text, k):
                return k + size
            if _ends_phrase(text, k):
                k += 2
            elif word.isupper() or (is_first and (k == start or words[k - 1][0].isupper())):
                k += 1
            else:
                break
        elif (is_first or not has_noun) and (size := _genitives(text, k, start)):
            k += size
            has_noun = not words[k - 1].endswith(gazetteer.profile.adjective_endings)
        elif word in gazetteer.cues["town"] and words[k + 1 : k + 2] == ["."]:
            return k + 3
        else:
            break
    return k


def _region(text: ForeignText, k: int) -> int:
    """Return how many words at `k` are a place: "Києва", "Черкаської області"."""
    if _ends_phrase(text, k, "place"):
        return 2
    return int(text.gazetteer.kind(text.words.text[k]) == "place")


def _ends_phrase(text: ForeignText, k: int, kind: str = "organization") -> bool:
    """Return whether an adjective at `k` and a noun after it are a name of a kind."""
    words, gazetteer = text.words.text, text.gazetteer
    is_adjective = words[k].endswith(gazetteer.profile.adjective_endings)
    following = words[k + 1] if k + 1 < len(words) else ""
    found, position = gazetteer.phrase_heads.get(following, ("", ""))
    return is_adjective and found == kind and position in _ENDS


def _genitives(text: ForeignText, k: int, start: int) -> int:
    """Return how many words at `k` are a genitive, with the small word before it.

    Args:
        text: The text.
        k: Index of the first word.
        start: Index after the noun that the genitives belong to.
    """
    words, gazetteer = text.words.text, text.gazetteer
    is_preposition = words[k] in gazetteer.cues["tail_preposition"]
    if is_preposition and k == start and len(words[k]) == 1:
        return 0
    joins = is_preposition or (k > start and words[k] in gazetteer.cues["joins"])
    word = words[k + joins] if k + joins < len(words) else ""
    if not _is_noun(word, text) or (k > start and word in gazetteer.roles):
        return 0
    profile, before = gazetteer.profile, words[k - 1]
    is_free = is_preposition or (before.islower() and before.endswith(_long(profile.tail_endings)))
    return joins + 1 if is_free or word.endswith(profile.genitive_endings) else 0


def _long(endings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(ending for ending in endings if len(ending) > 1)


def _is_noun(word: str, text: ForeignText) -> bool:
    """Return whether a word in small letters may be a noun or adjective."""
    gazetteer = text.gazetteer
    if not word.islower() or not word.replace("-", "").isalpha() or len(word) <= _ABBREVIATED:
        return False
    is_verb = word in gazetteer.spoken or word.endswith(gazetteer.profile.verb_endings)
    return not is_verb and word not in gazetteer.function_words
