"""What is read from texts in each language, as far as its word lists go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows.errors import SeedError
from flows.seeds import load_lexicon, read_tables, seeds_dir
from transforms.languages.by_language import language_codes, rows_of
from transforms.languages.profile import Profile
from transforms.tables import Tables

# A language is read for something if it has one of these tables.
_NEEDED = {
    "names": ("places", "heads"),
    "statements": ("cues",),
    "dates": ("months",),
    "keyphrases": ("stop_words",),
}


@dataclass(frozen=True, slots=True)
class LanguageSupport:
    """A language with word lists.

    Attributes:
        code: ISO 639-1.
        name: Its English name.
        reads: What is read from its texts: some of `names`, `statements`, `dates`,
            `keyphrases`.
    """

    code: str
    name: str
    reads: tuple[str, ...]


def supported_languages(tables: Tables | None = None) -> list[LanguageSupport]:
    """Return the languages with word lists, by code.

    Raises:
        SeedError: A file of them is broken.
    """
    tables = read_tables(seeds_dir(), "languages") if tables is None else tables
    return [
        LanguageSupport(
            code,
            Profile.from_tables(tables, code).name,
            tuple(
                what
                for what, needed in _NEEDED.items()
                if any(rows_of(tables, code, table) for table in needed)
            ),
        )
        for code in language_codes(tables)
    ]


def support_lines(languages: list[LanguageSupport]) -> Iterator[str]:
    """Yield a line for the languages of which the same is read, most first."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for language in languages:
        groups.setdefault(language.reads, []).append(language.code)
    for reads, codes in sorted(groups.items(), key=lambda group: -len(group[0])):
        yield f"{', '.join(reads) or 'nothing'}: {' '.join(codes)}"


def check_languages() -> None:
    """Compile the word lists of all languages.

    Raises:
        SeedError: A file, a column or a value of them is broken.
    """
    lexicon = load_lexicon()
    for language in supported_languages():
        try:
            lexicon.load(language.code)
        except (KeyError, ValueError) as exc:
            path = seeds_dir() / "languages" / language.code
            raise SeedError(path, 1, str(exc), "a column or value of its tables is wrong") from exc
