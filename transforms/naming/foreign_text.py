"""The words of a text in another language, with what the name rules ask about each one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from transforms.naming.gazetteer import Gazetteer
from transforms.naming.name_spans import is_initial
from transforms.naming.name_words import Words

_LEAST_PART, _LEAST_TAIL = 3, 5  # letters of the parts of a compound


@dataclass(slots=True)
class ForeignText:
    """The words of a text, with what the rules ask about each one again and again.

    Attributes:
        words: The words; an elided article is a word of its own.
        gazetteer: The word lists of the language.
        inside: Words that occur within a sentence in small letters.
        certain: Words that occur within a sentence with a capital letter.
    """

    words: Words
    gazetteer: Gazetteer
    inside: set[str] = field(default_factory=set)
    certain: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, text: str, gazetteer: Gazetteer) -> ForeignText:
        """Return the words of a text."""
        words = Words.of(_without_elisions(text, gazetteer), gazetteer.common)
        self = cls(words, gazetteer)
        for word, opens in zip(words.text, words.opens, strict=True):
            if word[0].isupper():
                if not opens:
                    self.certain.add(word)
            elif word.isalpha():
                self.inside.add(word)
        if gazetteer.bases:
            self.certain.update(self._first_cases())
        return self

    def _first_cases(self) -> Iterator[str]:
        """Yield the words of inflected names of persons in the first case."""
        bases, words = self.gazetteer.bases, self.words.text
        for i, word in enumerate(words[:-1]):
            if word in bases and self.is_capital(i + 1):
                yield from self.gazetteer.inflections.person(
                    f"{word} {words[i + 1]}", bases
                ).split()

    def is_capital(self, i: int) -> bool:
        """Return whether a word has a capital letter: also "McKay", "iPhone", "al-Assad"."""
        word = self.words.text[i]
        if word.islower():
            return False
        return word[0].isupper() or (word[0].islower() and word[1:2].isupper())

    def base(self, word: str) -> str:
        """Return a name without the ending of its genitive, if the text or a list has it so."""
        if self.gazetteer.bases:
            return self._first_case(word)
        ending = self.gazetteer.profile.genitive
        if not ending or not word.endswith(ending) or self.gazetteer.kind(word):
            return word
        base, gazetteer = word.removesuffix(ending), self.gazetteer
        is_known = base in self.certain or base in gazetteer.bearers
        return base if is_known or gazetteer.is_given(base) or gazetteer.kind(base) else word

    def _first_case(self, word: str) -> str:
        """Return an inflected surname in the first case, if the text or a list has it so."""
        gazetteer = self.gazetteer
        if gazetteer.kind(word) or gazetteer.is_given(word):
            return word
        for base in gazetteer.inflections.bases(word):
            if base in self.certain or base.lower() in gazetteer.surnames:
                return base
        return word

    def is_split(self, i: int) -> bool:
        """Return whether a person's name follows on the genitive of a place.

        That is so in languages that inflect names: "президент Украины Виктор Козлов".
        """
        if not self.gazetteer.bases or not 0 < i < len(self.words.text):
            return False
        before, word = self.words.text[i - 1], self.words.text[i]
        is_place = self.gazetteer.kind(before) == "place" and self.is_known(before)
        return is_place and (self.gazetteer.is_given(word) or is_initial(word))

    def is_ordinary(self, i: int) -> bool:
        """Return whether a word with a capital letter is no name by itself."""
        word = self.words.text[i]
        lower, gazetteer = word.lower(), self.gazetteer
        if word.isupper() and len(word) > 1:
            return word in gazetteer.abbreviations or (len(word) > 5 and lower in gazetteer.common)
        if self._opens_full_name(i):
            return False
        if len(word) == 1 and lower in gazetteer.function_words and self.words.opens[i]:
            return True  # "О Лапиной": no initial
        if lower in gazetteer.openers or lower in gazetteer.roles or lower in self.inside:
            return True
        if word in gazetteer.demonyms:
            return True
        if gazetteer.profile.capitals == "nouns":
            return self._is_noun(word, lower)
        return lower in gazetteer.common and (self.words.opens[i] or word not in self.certain)

    def _opens_full_name(self, i: int) -> bool:
        """Return whether a given name opens a sentence, where names are inflected."""
        if not self.gazetteer.bases or not self.gazetteer.is_given(self.words.text[i]):
            return False
        following = self.words.text[i + 1] if i + 1 < len(self.words.text) else ""
        return following.istitle() and following.isalpha()

    def is_known(self, name: str) -> bool:
        """Return whether a name is a well-known one."""
        return bool(self.gazetteer.kind(name)) and not self.gazetteer.is_hint(name)

    def is_common(self, word: str) -> bool:
        """Return whether a word of a name is an ordinary word."""
        gazetteer = self.gazetteer
        return word.lower() in gazetteer.common and not (
            gazetteer.bases and gazetteer.is_given(word)
        )

    def _is_noun(self, word: str, lower: str) -> bool:
        gazetteer = self.gazetteer
        if word in gazetteer.given or gazetteer.kind(word):
            return lower in gazetteer.common
        if lower in gazetteer.common or lower.endswith(gazetteer.noun_endings):
            return True
        word = self.base(word)
        if gazetteer.kind(word) or word in gazetteer.bearers:
            return False
        is_surname = lower in gazetteer.surnames or lower.endswith(gazetteer.surname_endings)
        return not is_surname and self._is_compound(lower)

    def _is_compound(self, lower: str) -> bool:
        """Return whether a word ends in an ordinary word: "Stammverein", "Notlagen"."""
        tails = (lower[k:] for k in range(_LEAST_PART, len(lower) - _LEAST_TAIL + 1))
        return any(tail in self.gazetteer.common for tail in tails)

    def name(self, first: int, last: int) -> str:
        """Return the words of a name as they are written, joined by blanks."""
        words, pieces = self.words, []
        if self.gazetteer.bases and last > first + 1:
            written = " ".join(words.text[first:last])
            name = self.gazetteer.inflections.person(written, self.gazetteer.bases)
            if name != written:
                return name
        for i in range(first, last):
            is_elided = i + 1 < last and words.text[i].lower() in self.gazetteer.profile.elisions
            joins = is_elided and words.start[i + 1] == words.end[i] + 1
            word = self.base(words.text[i]) if i + 1 == last else words.text[i]
            pieces.append(word + ("'" if joins else " "))
        return "".join(pieces).strip()


def _without_elisions(text: str, gazetteer: Gazetteer) -> str:
    """Return a text in which a blank is between an elided article and a capital letter."""
    elisions = gazetteer.profile.elisions
    if not elisions:
        return text
    listed = "|".join(map(re.escape, elisions))
    return re.sub(rf"\b({listed})['’](?=[^\W\d_])", r"\1 ", text, flags=re.IGNORECASE)
