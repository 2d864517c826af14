"""The profile of a language: what its texts look like, as far as no word list says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from transforms.languages.by_language import rows_of
from transforms.tables import Row, Tables

CAPITALS: Final = ("names", "nouns", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A language; the defaults are those of a language that is not known.

    Attributes:
        code: ISO 639-1.
        name: Its English name.
        script: The script of its texts: `Latin`, `Cyrillic`.
        has_english_grammar: Whether the rules for English names and statements are right.
        capitals: What has capital letters within a sentence: `names`, `nouns`, or `none`.
        is_month_first: Whether figures give the month before the day.
        has_bare_years: Whether a figure such as 1987 is mostly a year, also without a preposition.
        has_dash_dialogue: Whether a dash at the start of a paragraph opens speech.
        own_letters: Small letters that no other language of its script has.
        elisions: Articles and prepositions before an apostrophe ("l", "dell").
        genitive: The ending that names have in the genitive.
        noun_endings: Endings of ordinary nouns, where nouns have capital letters.
        surname_endings: Endings of surnames, in small letters.
        adjective_endings: Endings of adjectives, where they have a capital letter in a name
            that goes on in small letters ("Верховный суд").
        relational_endings: Those of adjectives made of names, in small letters ("львівська").
        late_adjectives: Whether adjectives may follow the noun in names of places.
        genitive_endings: Endings of words in the genitive that go on such a name.
        verb_endings: Endings of verbs in the third person.
        patronymic_endings: Endings of names after a father, between or after the others.
        unknown_kind: What a name of one word is if nothing tells its kind;
            empty if it is then no name.
        tail_endings: Endings of adjectives in small letters within the names of institutions.
        tail_nouns: Whether a noun in small letters may follow them without a preposition.
        particles: Words in small letters inside names ("van", "de la").
        that: Words that open a clause after a verb of speech ("dass", "que", "qu'").
    """

    code: str = ""
    name: str = ""
    script: str = ""
    has_english_grammar: bool = False
    capitals: str = "names"
    is_month_first: bool = False
    has_bare_years: bool = False
    has_dash_dialogue: bool = False
    own_letters: str = ""
    elisions: tuple[str, ...] = ()
    genitive: str = ""
    noun_endings: tuple[str, ...] = ()
    surname_endings: tuple[str, ...] = ()
    adjective_endings: tuple[str, ...] = ()
    relational_endings: tuple[str, ...] = ()
    late_adjectives: bool = False
    genitive_endings: tuple[str, ...] = ()
    verb_endings: tuple[str, ...] = ()
    patronymic_endings: tuple[str, ...] = ()
    unknown_kind: str = ""
    tail_endings: tuple[str, ...] = ()
    tail_nouns: bool = False
    particles: frozenset[str] = frozenset()
    that: frozenset[str] = frozenset()

    @classmethod
    def from_tables(cls, tables: Tables, code: str) -> Self:
        """Return the profile in the table `language`; ValueError if it has another value."""
        rows = rows_of(tables, code, "language")
        if not rows:
            return cls()
        row = rows[0]
        if row["capitals"] not in CAPITALS:
            raise ValueError(f"capitals of {code}: {row['capitals']!r}, expected one of {CAPITALS}")
        return cls(
            code=code,
            name=row["name"],
            script=row["script"],
            has_english_grammar=_is_true(row, "english_grammar"),
            capitals=row["capitals"],
            is_month_first=_is_true(row, "month_first"),
            has_bare_years=_is_true(row, "bare_years"),
            has_dash_dialogue=_is_true(row, "dash_dialogue"),
            own_letters=row.get("own_letters", ""),
            elisions=_listed(row, "elisions"),
            genitive=row.get("genitive", ""),
            noun_endings=_listed(row, "noun_endings"),
            surname_endings=_listed(row, "surname_endings"),
            adjective_endings=_listed(row, "adjective_endings"),
            relational_endings=_listed(row, "relational_endings"),
            late_adjectives=_is_true(row, "late_adjectives"),
            genitive_endings=_listed(row, "genitive_endings"),
            verb_endings=_listed(row, "verb_endings"),
            patronymic_endings=_listed(row, "patronymic_endings"),
            unknown_kind=row.get("unknown_kind", ""),
            tail_endings=_listed(row, "tail_endings"),
            tail_nouns=_is_true(row, "tail_nouns"),
            particles=frozenset(_listed(row, "particles")),
            that=frozenset(_listed(row, "that")),
        )


def _is_true(row: Row, key: str) -> bool:
    return row.get(key, "") == "true"


def _listed(row: Row, key: str) -> tuple[str, ...]:
    return tuple(filter(None, row.get(key, "").split("|")))
