"""The words of time of a language, compiled from its tables.

Each word has one class, written as one character, so a text becomes a string of classes
and the grammar is a set of short regular expressions over it (cascaded patterns over
token classes: Appelt et al., FASTUS, 1993). Words that have nothing to do with time are
`_`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from transforms.languages.by_language import has_profile, rows_of
from transforms.languages.profile import Profile
from transforms.tables import Tables

CLASSES = {
    "month": "M", "name_month": "m", "short_month": "J",
    "weekday": "W", "short_weekday": "w", "weekdays": "K",
    "unit": "U", "units": "V", "half": "G", "part": "T", "noon": "C", "oclock": "0",
    "season": "S", "name_season": "s", "day": "X", "holiday": "h", "decade": "c",
    "number": "n", "multiplier": "H", "ordinal": "o", "article": "a", "vague": "q",
    "the": "D", "direction": "l", "current": "u", "direction_after": "p",
    "ago": "g", "ago_before": "<", "shift": "e", "side": "b", "early": "E", "edge": "B",
    "of": "f", "at": "i", "and": "&", "to": "~",
    "every": "v", "per": "P", "times": "x", "set": "A", "rate": "r", "long": "L",
    "reference": "R", "zone": "z", "old": "k", "final": "F", "middle": "j", "fiscal": "Y", "about": "Z", "over": "O", "adjective": "@",
    "quarter": "Q", "year_word": "4", "compound": "t", "name": "_",
}  # fmt: skip
_MARKS = {
    "": "|", "\n": "|", "'s": "'", ".": ";", "!": ";", "?": ";", ";": ";", ",": ",", "(": "(", "&": "&", "%": "r",
    "-": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "$": "$", "€": "$", "£": "$", "¥": "$",
    '"': "_", "'": "_", ")": "_", "/": "_",
}  # fmt: skip
# The tokens of a phrase, its text and its class.
Phrase = tuple[tuple[str, ...], str, str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of time of one language; all keys are lower case.

    Attributes:
        symbols: Class by single word or mark.
        values: Value by word or phrase.
        phrases: Phrases by their first word and then their second, longest first.
        compounds: Length of the weekday by the words that join it with a part of the day
            ("montagabend").
        capital: Words that count only with a capital letter, as in the tables.
        tense: `past`, `future` or `neutral` by verb or particle.
        suffixes: The same by verb ending.
        endings: The keys of `suffixes`.
        groups: Context words by what they indicate (see the table `time_contexts`).
        events: Words of an event and its year, by month and day ("09-11").
        profile: The language.
    """

    symbols: Mapping[str, str]
    values: Mapping[str, str]
    phrases: Mapping[str, Mapping[str, list[Phrase]]]
    compounds: Mapping[str, int]
    capital: frozenset[str]
    tense: Mapping[str, str]
    suffixes: Mapping[str, str]
    endings: tuple[str, ...]
    groups: Mapping[str, frozenset[str]]
    events: Mapping[str, Mapping[str, int]]
    profile: Profile


_TOKEN = re.compile(r"[^\W\d_]+\d*|\d+(?:st|nd|rd|th|er)?|'s\b|[^\w\s]")


def compile_vocabulary(tables: Tables, language: str) -> Vocabulary:
    """Compile the tables of a language, and `calendar/zones`."""
    listed = list(_words(tables, language))
    words = {text.lower(): (symbol, value) for text, symbol, value in listed}
    compounds = _compounds(words)
    symbols = dict(_MARKS) | dict.fromkeys(compounds, CLASSES["compound"])
    phrases: dict[str, dict[str, list[Phrase]]] = {}
    for text in sorted(words, key=len, reverse=True):
        symbol = words[text][0]
        tokens = tuple(_TOKEN.findall(text))
        if len(tokens) == 1:
            symbols[text] = symbol
        else:
            seconds = phrases.setdefault(tokens[0], {})
            seconds.setdefault(tokens[1], []).append((tokens, text, symbol))
    rows = functools.partial(rows_of, tables, language)
    tense = {row["word"]: row["tense"] for row in rows("tense")}
    suffixes = {text[1:]: when for text, when in tense.items() if text[0] == "-"}
    groups: dict[str, set[str]] = {}
    for row in rows("time_contexts"):
        groups.setdefault(row["group"], set()).add(row["word"])
    events: dict[str, dict[str, int]] = {}
    for row in rows("dated_events"):
        events.setdefault(row["day"], {})[row["word"]] = int(row["year"])
    return Vocabulary(
        profile=Profile.from_tables(tables, language),
        symbols=symbols,
        values={text: value for text, (_, value) in words.items()},
        phrases=phrases,
        compounds=compounds,
        capital=frozenset(text.lower() for text, _, _ in listed if text[0].isupper()),
        tense={text: when for text, when in tense.items() if text[0] != "-"},
        suffixes=suffixes,
        endings=tuple(suffixes),
        groups={group: frozenset(found) for group, found in groups.items()},
        events=events,
    )


def _compounds(words: Mapping[str, tuple[str, str]]) -> dict[str, int]:
    """Return the words that join a weekday and a part of the day, with the weekday's length.

    >>> _compounds({"montag": ("W", "1"), "abend": ("T", "EV"), "mai": ("M", "5")})
    {'montagabend': 6}
    """
    days = [word for word, (symbol, _) in words.items() if symbol == CLASSES["weekday"]]
    parts = [word for word, (symbol, _) in words.items() if symbol == CLASSES["part"]]
    return {day + part: len(day) for day in days for part in parts}


def _words(tables: Tables, language: str) -> Iterable[tuple[str, str, str]]:
    """Yield each word with its class and value; for a repeated word the later row counts."""
    for row in tables["calendar/zones"] if has_profile(tables, language) else ():
        yield row["name"], CLASSES["zone"], row["offset"]
    for table, name, value in (
        ("months", "name", "month"),
        ("weekdays", "name", "weekday"),
        ("numbers", "word", "number"),
        ("time_words", "word", "value"),
    ):
        for row in rows_of(tables, language, table):
            yield row[name], CLASSES[row["class"]], row[value]
    for row in rows_of(tables, language, "holidays"):
        yield row["name"], CLASSES["holiday"], row["rule"]
    for row in rows_of(tables, language, "time_names"):
        yield row["phrase"], CLASSES["name"], ""
