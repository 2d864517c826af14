"""The language of a short text, by its script and by the function words in it.

A statistical model needs about a hundred characters; a caption or a line of a feed has fewer.
It mostly has one of the small words that every text is full of, and its script rules out most
languages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from transforms.languages.by_language import language_code, language_codes, rows_of
from transforms.languages.profile import Profile
from transforms.tables import Tables

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]*)?")
_CYRILLIC: Final = re.compile(r"[\u0400-\u04ff]")
_LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f]")


@dataclass(frozen=True, slots=True)
class ShortTexts:
    """What tells the languages apart.

    Attributes:
        languages: The languages that have each function word, in lower case.
        scripts: The script of each language.
        letters: The letters that only one of the languages of a script uses.
        supported: The languages in which names, statements and dates are looked for.
    """

    languages: Mapping[str, frozenset[str]] = field(default_factory=dict)
    scripts: Mapping[str, str] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)
    supported: frozenset[str] = frozenset()

    @classmethod
    def from_tables(cls, tables: Tables) -> Self:
        """Compile the function words and profiles of all languages."""
        found: dict[str, set[str]] = {}
        codes = language_codes(tables)
        profiles = {code: Profile.from_tables(tables, code) for code in codes}
        for code in codes:
            words = [row["word"] for row in rows_of(tables, code, "words")]
            stops = rows_of(tables, code, "stop_words")
            words += [row["word"] for row in stops if row["class"] == "stop"]
            for word in words:
                found.setdefault(word.lower(), set()).add(code)
        return cls(
            {word: frozenset(codes) for word, codes in found.items()},
            {code: profile.script for code, profile in profiles.items()},
            {letter: code for code, one in profiles.items() for letter in one.own_letters},
            frozenset(code for code in codes if rows_of(tables, code, "cues")),
        )

    def tell(self, text: str) -> str | None:
        """Return the language of a short text, None if no language fits best.

        Args:
            text: The text, or its beginning.

        >>> tables = {
        ...     "languages/en/language": [
        ...         {"name": "English", "script": "Latin", "capitals": "names"}
        ...     ],
        ...     "languages/en/words": [{"word": "the", "class": "determiner"}],
        ...     "languages/nl/language": [
        ...         {"name": "Dutch", "script": "Latin", "capitals": "names"}
        ...     ],
        ...     "languages/nl/words": [{"word": "de", "class": "determiner"}],
        ... }
        >>> texts = ShortTexts.from_tables(tables)
        >>> texts.tell("The ferry is late"), texts.tell("De veerboot is laat"), texts.tell("Oslo")
        ('en', 'nl', None)
        """
        script = script_of(text)
        points: Counter[str] = Counter()
        for letter in set(text.lower()) & self.letters.keys():
            points[self.letters[letter]] += 2
        for word in _WORD.findall(text.lower().replace("’", "'")):
            codes = self.languages.get(word) or self.languages.get(word.partition("'")[0])
            for code in codes or ():
                points[code] += 1
        likely = [one for one in points.most_common() if self.scripts[one[0]] == script]
        if not likely or (len(likely) > 1 and likely[1][1] == likely[0][1]):
            return None
        return likely[0][0]

    def knows(self, code: str) -> bool:
        """Return whether a language has word lists that more than its keyphrases need."""
        return language_code(code) in self.supported

    def fits(self, code: str, text: str) -> bool:
        """Return whether a text can be in a language, by its script.

        >>> ShortTexts({}, {"en": "Latin"}).fits("en", "Порт закрито")
        False
        """
        known, script = self.scripts.get(code), script_of(text)
        return not known or not script or known == script


def script_of(text: str) -> str:
    """Return the script of most letters of a text, empty for other scripts and without letters.

    >>> script_of("Kyiv"), script_of("Київ (Kyiv) вночі"), script_of("42")
    ('Latin', 'Cyrillic', '')
    """
    cyrillic, latin = len(_CYRILLIC.findall(text)), len(_LATIN.findall(text))
    if 2 * max(cyrillic, latin) <= sum(map(str.isalpha, text)):
        return ""
    return "Cyrillic" if cyrillic > latin else "Latin"
