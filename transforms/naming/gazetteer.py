"""Known names, and words that distinguish names from other capitalised words.

Names that are the same in all languages come from `transforms.naming.world_names`, words and
other names from the folder of each language.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from transforms.languages.by_language import rows_of
from transforms.languages.profile import Profile
from transforms.naming.entities import new_entity
from transforms.naming.inflections import Inflections
from transforms.naming.local_names import local_names
from transforms.naming.world_names import World, longest_of, name_key, number_in
from transforms.records import Entity
from transforms.tables import Row, Tables

Head = tuple[str, str]
_INTERNATIONAL = "en"
# A town with fewer people is only a hint; the other words of the article decide.
_WELL_KNOWN_CITY = 400_000
_METROPOLIS = 1_000_000
_LEAST_ENDING = 3  # letters of the ending of a compound
# Newspapers say so if they mean a namesake with less than a tenth of the people.
_DWARFED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """Names that are known before any article is read.

    Attributes:
        names: Entities by each known form of their name, its words joined by spaces; best
            match first.
        longest: Length in words of the longest known name, by its first word.
        towns: Rows of cities and regions by name, largest first. Few articles name any of the
            thousands, so their entities are created when one is found.
        countries: Keys of the entities that are countries, or nations with their own team.
        bearers: Known people by their last name.
        short: By shortened form ("Alliance"), pairs of the name it stands for and the name
            that an article must contain for that.
        titles: Words before a person's name ("President"), in the same form as `names`.
        given: `male`, `female` or `unisex` by given name.
        surnames: Surnames in lower case.
        roles: Nouns for what a person does, in lower case.
        heads: Kind and position by last word of a name ("River": place, any).
        demonyms: Country code by adjective or noun of nation, region or faith.
        openers: Lower-case words that open sentences and are not part of a name.
        breaking: Openers that also end a name in mid-sentence: articles, conjunctions,
            days and months.
        calendar: Names of days, months and feasts in lower case.
        common: Ordinary words in lower case.
        abbreviations: Capital letters that are not a name ("TV", "DNA").
        cues: Words beside or inside names that indicate their kind or their end, by cue.
        profile: The language of these words.
        honorifics: Titles of courtesy in lower case, without full stop.
        endings: Kind and position by the ending of a compound ("verband": organization).
        beginnings: Kind and position by the beginning of a compound ("Мін": organization).
        part_sizes: Lengths of the beginnings, shortest first, and of the endings, longest first.
        spoken: Forms of verbs of speech, in languages other than English.
        inflections: The forms of names in other cases.
        phrase_heads: Kind and position of nouns in small letters that end or open the names of
            institutions and regions ("суд"), by each of their forms.
        function_words: Words such as prepositions and pronouns, in lower case.
        bases: Given names in the first case, by their forms in other cases, see `local_names`.
    """

    names: Mapping[str, tuple[Entity, ...]]
    towns: Mapping[str, tuple[Row, ...]]
    longest: Mapping[str, int]
    countries: frozenset[str]
    bearers: Mapping[str, tuple[Entity, ...]]
    short: Mapping[str, tuple[tuple[str, str], ...]]
    titles: frozenset[str]
    longest_title: Mapping[str, int]
    given: Mapping[str, str]
    surnames: frozenset[str]
    roles: frozenset[str]
    heads: Mapping[str, Head]
    demonyms: Mapping[str, str]
    openers: frozenset[str]
    breaking: frozenset[str]
    calendar: frozenset[str]
    common: frozenset[str]
    abbreviations: frozenset[str]
    cues: Mapping[str, frozenset[str]]
    profile: Profile
    honorifics: frozenset[str] = frozenset()
    endings: Mapping[str, Head] = field(default_factory=dict)
    beginnings: Mapping[str, Head] = field(default_factory=dict)
    part_sizes: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    spoken: frozenset[str] = frozenset()
    inflections: Inflections = field(default_factory=Inflections)
    bases: Mapping[str, tuple[tuple[str, str, int], ...]] = field(default_factory=dict)
    phrase_heads: Mapping[str, Head] = field(default_factory=dict)
    function_words: frozenset[str] = frozenset()

    @classmethod
    def from_tables(cls, tables: Tables, language: str, world: World | None = None) -> Self:
        """Compile the tables of a language and those for all languages.

        Args:
            tables: The tables.
            language: Its code.
            world: The tables for all languages, if they were compiled before.

        Raises:
            KeyError: A table for all languages or a column is missing.
        """
        rows = functools.partial(rows_of, tables, language)
        world = world or World.from_tables(tables)
        inflections = Inflections.from_rows(rows("endings"))
        local = local_names(rows, world, inflections)
        titles = _with_forms((name_key(row["title"]) for row in rows("titles")), inflections)
        openers = {row["word"]: row["kind"] for row in rows("openers")}
        return cls(
            names=local.names,
            towns=local.towns,
            longest=local.longest,
            countries=world.countries,
            bearers=world.bearers,
            short=_short(rows("context_names")),
            titles=titles,
            longest_title=longest_of(titles),
            given=local.given,
            surnames=world.surnames,
            roles=_with_forms((row["role"] for row in rows("roles")), inflections),
            heads={
                row["head"]: (row["kind"], row["position"])
                # English names occur in every language: "Princeton University"
                for row in (*rows_of(tables, _INTERNATIONAL, "heads"), *rows("heads"))
                if row["position"] not in {"ending", "beginning"}
            },
            beginnings={
                row["head"]: (row["kind"], "ending")
                for row in rows("heads")
                if row["position"] == "beginning"
            },
            endings={
                row["head"]: (row["kind"], row["position"])
                for row in rows("heads")
                if row["position"] == "ending"
            },
            part_sizes=_part_sizes(rows("heads")),
            honorifics=frozenset(
                row["title"].lower().rstrip(".")
                for row in rows("titles")
                if row["kind"] == "honorific"
            ),
            spoken=frozenset(form for row in rows("cues") for form in _forms(row)),
            inflections=inflections,
            bases=local.bases,
            phrase_heads=_phrase_heads(rows("common_heads")),
            function_words=frozenset(
                row["word"] for table in ("words", "stop_words") for row in rows(table)
            ),
            demonyms={name_key(row["demonym"]): row["country"] for row in rows("demonyms")},
            openers=frozenset(openers),
            breaking=frozenset(word for word, kind in openers.items() if kind != "opener"),
            calendar=frozenset(word for word, kind in openers.items() if kind == "calendar"),
            common=frozenset(row["word"] for row in rows("common_words")),
            cues=_cues(rows("name_cues")),
            abbreviations=frozenset(row["abbreviation"] for row in rows("capital_words")),
            profile=Profile.from_tables(tables, language),
        )

    def match(self, words: Sequence[str], first: int) -> int:
        """Return how many words from `first` on are the longest known name, or 0."""
        longest = self.longest.get(words[first])
        if longest is None:
            return 0
        names, towns = self.names, self.towns
        for count in range(min(longest, len(words) - first), 0, -1):
            name = " ".join(words[first : first + count])
            if name in names or name in towns:
                return count
        return 0

    @property
    def noun_endings(self) -> tuple[str, ...]:
        """Endings of ordinary nouns, where nouns have capital letters."""
        return self.profile.noun_endings

    @property
    def surname_endings(self) -> tuple[str, ...]:
        """Endings of surnames, in small letters."""
        return self.profile.surname_endings

    def is_given(self, word: str) -> bool:
        """Return whether a word is a given name, also one of two parts ("Jean-Luc")."""
        return word in self.given or ("-" in word and word.partition("-")[0] in self.given)

    def head_of(self, word: str) -> Head:
        """Return kind and position of a word, or compound, that tells the kind of a name."""
        if word in self.heads:
            return self.heads[word]
        for size in self.part_sizes[0]:
            if found := self.beginnings.get(word[:size]):
                return found if len(word) > size + 1 else ("", "")
        lower = word.lower()
        for size in self.part_sizes[1]:
            if size < len(lower) - 1 and (found := self.endings.get(lower[-size:])):
                return found
        return "", ""

    def is_head(self, word: str, *, first: bool) -> bool:
        """Return whether a word tells the kind of a name that it begins, or that it ends."""
        position = self.head_of(word)[1]
        return position in ({"first", "any"} if first else {"last", "any", "suffix", "ending"})

    def known(self, name: str) -> tuple[Entity, ...]:
        """Return the entities that a known name may mean, best first."""
        return self.names.get(name) or _towns_called(self.towns.get(name, ()))

    def kind(self, name: str) -> str:
        """Return the kind of what a known name means first, empty for an unknown name."""
        if name in self.names:
            return self.names[name][0].kind
        return "place" if name in self.towns else ""

    def is_nation(self, name: str) -> bool:
        """Return whether a name means a country first, or a nation with its own team."""
        return name in self.names and self.is_country(self.names[name][0])

    def is_country(self, entity: Entity) -> bool:
        """Return whether a place is a country of the seeds, or a nation with its own team."""
        return entity.entity_id in self.countries

    def is_hint(self, name: str) -> bool:
        """Return whether a known name is too often something else to count on its own."""
        if name in self.names:
            return False
        rows = self.towns.get(name)
        people = int(rows[0].get("population", "0")) if rows else 0
        if rows and " " in name and "population" not in rows[0]:
            return False  # "Minas Gerais": a region
        if people < _WELL_KNOWN_CITY or name.lower() in self.common:
            return True
        return name in self.given and people < _METROPOLIS

    def match_title(self, words: Sequence[str], first: int) -> int:
        """Return how many words from `first` on are the longest title, or 0."""
        longest = self.longest_title.get(words[first])
        if longest is None:
            return 0
        for count in range(min(longest, len(words) - first), 0, -1):
            if " ".join(words[first : first + count]) in self.titles:
                return count
        return 0


def is_family_first(parts: Sequence[str], gazetteer: Gazetteer) -> bool:
    """Return whether a full name begins with the family name: "Tang Shubei"."""
    first = parts[0]
    return (
        first in gazetteer.cues["family_first"]
        and 1 < len(parts) <= 3
        and parts[-1].lower() not in gazetteer.surnames
        and parts[-1].lower() not in gazetteer.common
        and (first not in gazetteer.given or "-" in parts[1])
    )


def _forms(row: Row) -> Iterator[str]:
    """Yield the forms of a verb that can stand beside its subject."""
    for column in ("present", "past"):
        yield from filter(None, row[column].split("|"))


def _part_sizes(rows: Sequence[Row]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    sizes: dict[str, set[int]] = {"beginning": set(), "ending": set()}
    for row in rows:
        if row["position"] in sizes:
            sizes[row["position"]].add(len(row["head"]))
    endings = (size for size in sizes["ending"] if size >= _LEAST_ENDING)
    return tuple(sorted(sizes["beginning"])), tuple(sorted(endings, reverse=True))


def _with_forms(words: Iterable[str], inflections: Inflections) -> frozenset[str]:
    """Return nouns for people with their forms in other cases."""
    nouns = list(words)
    return frozenset(nouns).union(*(inflections.forms(noun, "") for noun in nouns))


def _phrase_heads(rows: Sequence[Row]) -> dict[str, Head]:
    heads: dict[str, Head] = {}
    for row in rows:
        for form in (row["head"], *filter(None, row["forms"].split("|"))):
            heads.setdefault(form, (row["kind"], row["position"]))
    return heads


def _short(rows: Sequence[Row]) -> dict[str, tuple[tuple[str, str], ...]]:
    short: dict[str, tuple[tuple[str, str], ...]] = {}
    for row in rows:
        short[row["alias"]] = (*short.get(row["alias"], ()), (row["entity"], row["clue"]))
    return short


def _cues(rows: Sequence[Row]) -> Mapping[str, frozenset[str]]:
    words: dict[str, set[str]] = {}
    for row in rows:
        words.setdefault(row["cue"], set()).add(row["word"])
    return _Cues({cue: frozenset(found) for cue, found in words.items()})


class _Cues(dict[str, frozenset[str]]):
    """Words by cue, none for a cue that the language lacks."""

    def __missing__(self, cue: str) -> frozenset[str]:
        return frozenset()


def _towns_called(rows: Sequence[Row]) -> tuple[Entity, ...]:
    """Return the towns of one name, largest first, without much smaller ones."""
    least = int(rows[0].get("population", "0")) / _DWARFED if rows else 0
    named = [row for row in rows if int(row.get("population", "0")) >= least][:3]
    countries: set[str] = set()
    found = []
    for row in named:
        # the location distinguishes two Springfields of one country
        where = f"{row['country']} {row.get('latitude')} {row.get('longitude')}"
        scope = where if row["country"] in countries else ""
        countries.add(row["country"])
        found.append(
            new_entity(
                "place",
                row["name"],
                country=row["country"],
                latitude=number_in(row.get("latitude")),
                longitude=number_in(row.get("longitude")),
                scope=scope,
            )
        )
    return tuple(found)
