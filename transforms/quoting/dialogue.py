"""Speech that a dash opens, one paragraph for each turn ("– Nobody sleeps here, said Ida Falk.").

The words of such a paragraph are read like words between quotation marks, so the rest of
the transform needs to know nothing of dashes. A paragraph counts only if it has a verb of
speech after its words, because lists open with dashes too. What follows the attribution is
speech again, unless it is about the speaker; where dashes also close the words ("—No —dijo
ella—. Nunca."), only after another dash.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from transforms.quoting.marks import Marked
from transforms.quoting.speech import CLASS_BITS, Speech

_OPENER = re.compile(r"^[^\S\n]*(?:[–—―]|--?(?=[^\S\n]))[^\S\n]*(?=[^\W_a-z]|[¡¿…])", re.MULTILINE)
# In other languages than English a hyphen may do without a blank.
_TIGHT = re.compile(_OPENER.pattern.replace("--?(?=[^\\S\\n])", "-"), re.MULTILINE)
_DASH = "–—―"
# What may stand between the words and their attribution: a mark, a dash, or both.
_SEPARATOR = re.compile(rf"([,!?…])\s+(?:[{_DASH}-]\s*)?|(\.)?\s{{0,2}}[{_DASH}]\s*|()\s-\s?")
_END = re.compile(rf"\s?[{_DASH}]|\s-(?=\s|$)|(?<=\w)-(?=[.,;:])|[.!?…](?=\s|$)|:(?=\s|$)")
_RESUMES = re.compile(rf"\s*[.,;:!?…]?\s*(?P<dash>[{_DASH}]|-(?=[\s.,;:]))?\s*[.,;:]?\s*")
_WORDS = re.compile(r"\s*(\w+(?:['’-]\w+)*)")
_NAME = re.compile(r"\w+")
_SENTENCE_ENDS = (".", "!", "…", "”", "»", '"')
_HELPERS = CLASS_BITS["have"] | CLASS_BITS["adverb"] | CLASS_BITS["object"]
_SUBJECT = CLASS_BITS["subject"] | CLASS_BITS["determiner"] | CLASS_BITS["possessive"]
_LOOK_AHEAD = 80
_WORD = 20
_NAMES = 8
_SUBJECT_WORDS = 4
_THIRD_PERSONS = {"he", "she"}


@dataclass(slots=True)
class _Turn:
    """A paragraph that a dash opens.

    Attributes:
        start, end: Its offsets, with the dash.
        body: Where its words start.
        spans: The words that are spoken.
        names: The capitalized words of its attributions.
        is_attributed: Whether a verb of speech was found in it.
    """

    start: int
    body: int
    end: int
    spans: list[tuple[int, int]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    is_attributed: bool = False


def add_dialogue(text: str, marked: Sequence[Marked], speech: Speech) -> list[Marked]:
    r"""Return `marked` and the words of dialogue in `text`, in reading order.

    Args:
        text: The article's text.
        marked: The quotations in marks. Within dialogue they are part of it.
        speech: The word lists of the text's language.

    >>> say = {"cue": "say", "present": "says", "past": "said", "participle": "saying"}
    >>> tables = {"languages/en/cues": [{**say, "reported": "", "frames": "quote"}]}
    >>> tables |= {"gazetteers/given_names": []}
    >>> text = "– Nobody sleeps here, said Ida Falk. It is dry.\n- Bread and salt"
    >>> found = add_dialogue(text, [], Speech.from_tables(tables, "en"))
    >>> [text[q.inner_start : q.inner_end] for q in found]
    ['Nobody sleeps here,', 'It is dry.']
    """
    taken = {quote.start for quote in marked}
    runs = list(_runs(text, _TIGHT if speech.pronouns else _OPENER))
    for turn in (turn for turns in runs for turn in turns):
        _read(turn, text, taken, speech)
    is_custom = any(turn.is_attributed for turns in runs for turn in turns)
    spans: list[tuple[int, int]] = []
    for turns in runs:
        if sum(turn.is_attributed for turn in turns) * 2 >= len(turns):
            spans += [span for turn in _dialogue(text, turns) for span in turn.spans]
        elif len(turns) == 1 and turns[0].body not in taken:
            spans += _unattributed(text, turns[0], speech, is_custom=is_custom)
    if speech.pronouns:
        marked = [part for quote in marked for part in _parts(text, quote, speech)]
    if not spans:
        return list(marked)
    spoken = [Marked(start, start, end, end) for start, end in spans]
    return sorted([*_outside(marked, spans), *spoken], key=lambda quote: quote.start)


def _parts(text: str, quote: Marked, speech: Speech) -> list[Marked]:
    """Return the words of a quotation without an attribution between dashes within its marks.

    «Чекаємо, – сказала вона. – Довго», as in Russian and Ukrainian.
    """
    turn = _Turn(quote.start, quote.inner_start, quote.inner_end)
    if any(dash in text[quote.inner_start : quote.inner_end] for dash in _DASH):
        _read(turn, text, set(), speech, only_dashes=True)
    if len(turn.spans) < 2:
        return [quote]
    *others, (start, end) = turn.spans
    first, *between = others
    parts = [Marked(quote.start, *first, first[1])]
    parts += [Marked(a, a, b, b) for a, b in between]
    last = Marked(start, start, end, quote.end, quote.is_closed, quote.continues)
    return [*parts, last]


def _runs(text: str, opener: re.Pattern[str]) -> Iterator[list[_Turn]]:
    """Yield the dash paragraphs, those that follow each other together."""
    run: list[_Turn] = []
    for m in opener.finditer(text):
        end = text.find("\n", m.end())
        stop = len(text) if end < 0 else end
        if run and text[run[-1].end : m.start()].strip():
            yield run
            run = []
        while stop > m.end() and text[stop - 1].isspace():
            stop -= 1
        run.append(_Turn(m.start(), m.end(), stop))
    if run:
        yield run


def _read(
    turn: _Turn, text: str, taken: set[int], speech: Speech, *, only_dashes: bool = False
) -> None:
    """Find the words that are spoken in a paragraph, and who speaks them."""
    start = turn.body
    if start in taken:
        return
    position = start
    while m := _SEPARATOR.search(text, position, turn.end):
        position = max(m.end(), position + 1)
        is_dash = not m[1] or _has_dash(m[0])
        if (only_dashes and not is_dash) or not _attributes(text, m.end(), speech):
            continue
        turn.is_attributed = True
        turn.spans.append((start, m.end(1) if m[1] else m.end(2) if m[2] else m.start()))
        after = _attribution_end(text, m.end(), turn.end, speech)
        words = _NAME.findall(text, m.end(), min(after, m.end() + _LOOK_AHEAD))
        names = [word for word in words if word[0].isupper()]
        turn.names = {*turn.names, *names} if len(turn.names) < _NAMES else turn.names
        resumed = _resumed(text, after, turn, speech, needs_dash=is_dash)
        if resumed is None:
            return
        start = position = resumed
    if turn.is_attributed:
        turn.spans.append((start, turn.end))


def _has_dash(separator: str) -> bool:
    return any(mark in separator for mark in f"{_DASH}-")


def _attributes(text: str, at: int, speech: Speech) -> bool:
    """Return whether words of attribution begin at `at` ("said Holt", "a dit", "Holt said")."""
    words: list[str] = []
    position = at
    while len(words) <= _SUBJECT_WORDS:
        m = _WORDS.match(text, position, at + _LOOK_AHEAD)
        if not m:
            break
        words.append(m[1])
        position = m.end()
        if _is_cue(m[1], speech):
            return _may_lead(words[:-1], text[position : position + _WORD], speech)
    return False


def _may_lead(before: list[str], following: str, speech: Speech) -> bool:
    """Return whether an attribution can have these words before its verb and after it."""
    if not before:
        return bool(speech.pronouns) or _may_be_subject(following.strip(), speech)
    kinds = [speech.words.get(speech.verb_of(word.lower()), 0) for word in before]
    if all(kind & _HELPERS for kind in kinds):
        return not before[0][0].isupper()
    if not following.startswith((".", ",", "\n", "–", "—")) and following.strip():
        return bool(speech.pronouns) and len(before) == 1 and before[0][0].isupper()
    is_pronoun = len(before) == 1 and before[0] in speech.pronouns
    return is_pronoun or before[0][0].isupper() or bool(kinds[0] & _SUBJECT and not speech.pronouns)


def _may_be_subject(words: str, speech: Speech) -> bool:
    word = words.partition(" ")[0]
    return word[:1].isupper() or bool(speech.words.get(word, 0) & _SUBJECT) or word in speech.roles


def _is_cue(word: str, speech: Speech) -> bool:
    cue = speech.cues.get(speech.verb_of(word))
    return bool(cue and "quote" in cue.frames and cue.shape in {"past", "present"})


def _attribution_end(text: str, at: int, stop: int, speech: Speech) -> int:
    for m in _END.finditer(text, at, stop):
        if m[0] != ".":
            return m.start()
        word = text[max(at, m.start() - 12) : m.start()].rpartition(" ")[2].lower()
        if len(word) > 1 and word not in speech.abbreviations:
            return m.start()
    return stop


def _resumed(text: str, at: int, turn: _Turn, speech: Speech, *, needs_dash: bool) -> int | None:
    """Return where the words go on after an attribution that ends at `at`."""
    m = _RESUMES.match(text, at, turn.end)
    if m is None or m.end() >= turn.end or (needs_dash and not m["dash"]):
        return None
    word = _WORDS.match(text, m.end(), turn.end)
    first = word[1].lower() if word else ""
    if not m["dash"] and (first in speech.pronouns or first in _THIRD_PERSONS):
        return None
    following = text[m.end() : min(turn.end, m.end() + 4 * _LOOK_AHEAD)]
    if not m["dash"] and any(name in following for name in turn.names):
        return None
    return m.end()


def _dialogue(text: str, turns: list[_Turn]) -> list[_Turn]:
    """Return the turns that are spoken; one without attribution only if it is safe.

    It is safe between two turns of the same speaker, if it is a statement.
    """
    spoken: list[_Turn] = []
    for number, turn in enumerate(turns):
        if not turn.is_attributed:
            if not 0 < number < len(turns) - 1 or not spoken:
                continue
            before, after = turns[number - 1], turns[number + 1]
            is_same = not after.names or bool(before.names & after.names)
            if not after.is_attributed or not is_same or not _is_statement(text, turn):
                continue
            turn.names.update(before.names)
            turn.spans.append((turn.body, turn.end))
        spoken.append(turn)
    return spoken


def _is_statement(text: str, turn: _Turn) -> bool:
    return text[: turn.end].endswith(_SENTENCE_ENDS)


def _unattributed(
    text: str, turn: _Turn, speech: Speech, *, is_custom: bool
) -> list[tuple[int, int]]:
    """Return the words of a paragraph of its own if it is surely spoken.

    It is where dashes open speech elsewhere in the text, or the line before says who speaks.
    """
    is_spoken = is_custom or _is_introduced(text, turn, speech)
    return [(turn.body, turn.end)] if is_spoken and _is_statement(text, turn) else []


def _is_introduced(text: str, turn: _Turn, speech: Speech) -> bool:
    """Return whether the line before a single turn says who speaks ("Holt sier:")."""
    before = text[max(0, turn.start - _LOOK_AHEAD) : turn.start].rstrip()
    line = before.rpartition("\n")[2]
    if not line.endswith(":"):
        return False
    return any(_is_cue(word, speech) for word in _WORDS.findall(line)[-_SUBJECT_WORDS:])


def _outside(marked: Sequence[Marked], spans: list[tuple[int, int]]) -> Iterator[Marked]:
    """Yield the quotations in marks that are not within dialogue; both are in order."""
    number = 0
    for quote in marked:
        while number < len(spans) and spans[number][1] <= quote.start:
            number += 1
        if number == len(spans) or quote.end <= spans[number][0]:
            yield quote
