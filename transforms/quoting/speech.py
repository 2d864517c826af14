"""Words of speech: the verbs and phrases that attribute a statement to its source."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from transforms.languages.by_language import rows_of
from transforms.languages.profile import Profile
from transforms.tables import Row, Tables

_CLASSES = [
    "determiner",
    "possessive",
    "subject",
    "object",
    "preposition",
    "coordinator",
    "subordinator",
    "wh",
    "be",
    "have",
    "modal",
    "negation",
    "adverb",
    "time",
    "number",
    "verb",
    "infinitive",
    # of other languages only
    "link",
    "source",
    "role",
]
# Bits above those of the tokens, for classes of other languages.
_HIGH_BITS = {"reported": 1 << 31, "voice": 1 << 32}
CLASS_BITS = {name: 1 << position for position, name in enumerate(_CLASSES)} | _HIGH_BITS
_PRONOUNS = {"he": "male", "she": "female"}
_PRONOUN_BITS = CLASS_BITS["subject"] | CLASS_BITS["object"]
# The columns of `cues` and the shapes of the forms in them.
_SHAPES = {"present": "present", "past": "past", "participle": "ing", "reported": "past"}
_FRAMES = frozenset({"quote", "clause"})  # where a table gives none


@dataclass(frozen=True, slots=True)
class Cue:
    """A form of a verb that attributes statements.

    Attributes:
        lemma: The dictionary form of the verb ("say").
        frames: The complements it takes: `clause` (that ...), `np` (a noun phrase), `inf`
            (to ...), `gerund`, `wh` (whether ...), `hearer` (somebody before the statement),
            `urge` (somebody to ...), `quote` (next to quotation marks), `seem` and `raised`
            (its subject belongs to the statement), and prepositions. `noun`: its plain forms
            are also nouns ("claims"). `modal`: its base is a verb only after a pronoun or an
            auxiliary ("would like").
        shape: `base`, `present`, `past` or `ing`; `noun` or `adjective` for stances.
        act: What it tells of a clause or quotation: `speech`, `attitude` or `plan`.
        object_act: The same for a noun phrase or a preposition ("announced a review" is
            speech, "praised the review" and "spoke about the review" are attitudes).
    """

    lemma: str
    frames: frozenset[str]
    shape: str
    act: str = "speech"
    object_act: str = "attitude"


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """Words that attribute speech, and function words for reading sentences.

    Each object equals only itself, so that what is read with it can be cached.

    Attributes:
        cues: Each form of a verb of speech or attitude, in lower case.
        stances: Nouns and adjectives that take a statement ("claim", "hopeful").
        words: Classes of function words as bits of `CLASS_BITS`.
        given_names: First names in lower case, with their gender, if any.
        titles: Words before names ("secretary of state"), with their gender, if any.
        roles: Last words of titles and roles ("spokeswoman"), with their gender, if any.
        honorifics: Titles that express only courtesy ("mr").
        leaders: Words for anybody who heads something ("head", "leader").
        posts: Roles of people who head something ("mayor"), whom such words can mean.
        organization_ends: Words that end the names of institutions.
        sources: Nouns that can speak, in the singular, with their kind: `person`, `group`
            or `document`.
        platforms: Names of services on which people publish ("twitter").
        pronouns: The gender of each pronoun for a person, in other languages.
        role_endings: Endings of words for what people do, in other languages.
        source_phrases: Words for "according to" that are several, by the first of them.
        profile: The language.
        labels: What stands before a colon and is no speaker ("photo", "read more").
        abbreviations: Words whose full stop does not end a sentence, in lower case.
    """

    cues: Mapping[str, Cue]
    stances: Mapping[str, Cue]
    words: Mapping[str, int]
    given_names: Mapping[str, str]
    titles: Mapping[str, str]
    roles: Mapping[str, str]
    honorifics: frozenset[str]
    leaders: frozenset[str]
    posts: frozenset[str]
    organization_ends: frozenset[str]
    sources: Mapping[str, str]
    platforms: frozenset[str]
    abbreviations: frozenset[str]
    pronouns: Mapping[str, str] = field(default_factory=dict)
    labels: frozenset[str] = frozenset()
    role_endings: tuple[str, ...] = ()
    source_phrases: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    profile: Profile = field(default_factory=Profile)

    @classmethod
    def from_tables(cls, tables: Tables, language: str) -> Self:
        """Compile the tables of a language, and the given names of `gazetteers/given_names`."""
        rows = functools.partial(rows_of, tables, language)
        profile = Profile.from_tables(tables, language)
        is_english = profile.has_english_grammar
        titles = _titles(rows("titles"), "title") if is_english else {}
        words, pronouns = _function_words(rows("words"))
        roles = _titles(rows("roles"), "role")
        if not is_english:  # the rules for other languages read roles as words of a class
            words |= {word: words.get(word, 0) | CLASS_BITS["role"] for word in roles}
            roles = {}
        sources = {row["source"]: row["kind"] for row in rows("sources")}
        if not is_english:
            words |= {word: words.get(word, 0) | CLASS_BITS["voice"] for word in sources}
        cues = _cues(rows("cues"), is_english=is_english)
        if not is_english:  # "informe" is a report, and seldom a form of "informar"
            cues = {form: cue for form, cue in cues.items() if form not in sources}
        return cls(
            profile=profile,
            cues=cues,
            stances=_stances(rows("stances")),
            words=words,
            pronouns=pronouns,
            role_endings=tuple(row["ending"] for row in rows("role_endings")),
            source_phrases=_source_phrases(rows("words")),
            given_names={
                row["name"].lower(): row["gender"] if row["gender"] in {"male", "female"} else ""
                for row in (*tables["gazetteers/given_names"], *rows("given_names"))
            },
            titles=titles,
            roles=_last_words({**titles, **roles}),
            honorifics=frozenset(
                row["title"].lower().rstrip(".")
                for row in rows("titles")
                if row["kind"] == "honorific"
            ),
            leaders=frozenset(row["leader"] for row in rows("leaders") if row["kind"] == "generic"),
            posts=frozenset(row["leader"] for row in rows("leaders")),
            labels=frozenset(row["label"] for row in rows("labels")),
            organization_ends=frozenset(row["word"] for row in rows("institution_ends")),
            sources={word: kind for word, kind in sources.items() if kind != "platform"},
            platforms=frozenset(word for word, kind in sources.items() if kind == "platform"),
            abbreviations=frozenset(row["abbreviation"].lower() for row in rows("abbreviations")),
        )

    def verb_of(self, word: str) -> str:
        """Return a verb without the pronoun that a hyphen joins to it ("dit-elle", "a-t-il")."""
        stem, hyphen, pronoun = word.rpartition("-")
        if not hyphen or not self.words.get(pronoun, 0) & _PRONOUN_BITS or not self.pronouns:
            return word
        return stem.removesuffix("-t")


def _function_words(rows: Sequence[Row]) -> tuple[dict[str, int], dict[str, str]]:
    """Return the bits of the function words, and the gender of the pronouns for a person."""
    words: dict[str, int] = {}
    pronouns: dict[str, str] = {}
    for row in rows:
        gender = _PRONOUNS.get(row["class"])
        if gender:
            pronouns[row["word"]] = gender
        bits = CLASS_BITS["subject" if gender else row["class"]]
        words[row["word"]] = words.get(row["word"], 0) | bits
    return words, pronouns


def _source_phrases(rows: Sequence[Row]) -> dict[str, tuple[tuple[str, ...], ...]]:
    phrases: dict[str, tuple[tuple[str, ...], ...]] = {}
    for row in rows:
        first, *others = row["word"].split(" ")
        if others and row["class"] == "source":
            phrases[first] = (*phrases.get(first, ()), (first, *others))
    return phrases


def _cues(rows: Sequence[Row], *, is_english: bool) -> dict[str, Cue]:
    """Return the verbs of speech by form.

    In other languages than English an infinitive attributes nothing, and participles are past.
    """
    cues: dict[str, Cue] = {}
    for row in rows:
        base = _cue(row, "cue", "base")
        if is_english or not any(row[column] for column in _SHAPES):
            cues.setdefault(row["cue"], base)
        for column, shape in _SHAPES.items():
            for form in filter(None, row[column].split("|")):
                cues[form] = replace(
                    base, shape="past" if shape == "ing" and not is_english else shape
                )
    return cues


def _cue(row: Mapping[str, str], column: str, shape: str) -> Cue:
    frames = frozenset(filter(None, row["frames"].split("|"))) or _FRAMES
    acts = row.get("act") or "speech", row.get("object_act") or "attitude"
    return Cue(row[column], frames, shape, *acts)


def _stances(rows: Sequence[Row]) -> dict[str, Cue]:
    stances: dict[str, Cue] = {}
    for row in rows:
        word = row["word"]
        stance = _cue(row, "word", row["class"])
        stances[word] = stance
        if row["class"] == "noun":
            stances[word[:-1] + "ies" if word.endswith("ry") else word + "s"] = stance
    return stances


def _titles(rows: Sequence[Row], column: str) -> dict[str, str]:
    """Return the gender of each title or role in a table, by title."""
    return {row[column].lower().rstrip("."): row["gender"] for row in rows}


def _last_words(titles: Mapping[str, str]) -> dict[str, str]:
    """Return the last words of titles, without those that end in a phrase with "of"."""
    words: dict[str, str] = {}
    for title, gender in titles.items():
        if " of " not in title:
            last = title.replace("-", " ").rpartition(" ")[2]
            words[last] = words.get(last, "") or gender
    return words
