"""Words of speech: the verbs and phrases that attribute a statement to its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from transforms.tables import Tables

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
CLASS_BITS = {name: 1 << position for position, name in enumerate(_CLASSES)}
_PRONOUNS = {"he": "male", "she": "female"}
_PRONOUN_BITS = CLASS_BITS["subject"] | CLASS_BITS["object"]
_SAME = {"nb": "no", "nn": "no"}


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
        languages: The word lists for texts in other languages, by ISO 639-1 code; empty in
            those themselves.
        pronouns: The gender of each pronoun for a person, in other languages.
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
    languages: Mapping[str, Speech] = field(default_factory=dict)
    pronouns: Mapping[str, str] = field(default_factory=dict)
    labels: frozenset[str] = frozenset()

    @classmethod
    def from_tables(cls, tables: Tables) -> Self:
        """Compile the tables `speech/*`, and people's names and titles of `gazetteers/*`."""
        titles = _titles(tables, "gazetteers/titles", "title")
        words: dict[str, int] = {}
        for row in tables["speech/words"]:
            words[row["word"]] = words.get(row["word"], 0) | CLASS_BITS[row["class"]]
        foreign = _foreign_cues(tables)
        english = cls(
            cues={
                **{form: cue for forms in foreign.values() for form, cue in forms.items()},
                **_cues(tables),
            },
            stances=_stances(tables),
            words=words,
            given_names={
                row["name"].lower(): row["gender"] if row["gender"] in {"male", "female"} else ""
                for row in tables["gazetteers/given_names"]
            },
            titles=titles,
            roles=_last_words({**titles, **_titles(tables, "gazetteers/roles", "role")}),
            honorifics=frozenset(
                row["title"].lower().rstrip(".")
                for row in tables["gazetteers/titles"]
                if row["kind"] == "honorific"
            ),
            leaders=frozenset(
                row["leader"] for row in tables["speech/leaders"] if row["kind"] == "generic"
            ),
            posts=frozenset(row["leader"] for row in tables["speech/leaders"]),
            labels=frozenset(row["label"] for row in tables["speech/labels"]),
            organization_ends=frozenset(row["word"] for row in tables["speech/organizations"]),
            sources={
                row["source"]: row["kind"]
                for row in tables["speech/sources"]
                if row["kind"] != "platform"
            },
            platforms=frozenset(
                row["source"] for row in tables["speech/sources"] if row["kind"] == "platform"
            ),
            abbreviations=frozenset(
                row["abbreviation"].lower() for row in tables["speech/abbreviations"]
            ),
        )
        # Other languages: direct quotations only, because English function words would mislead.
        languages = {
            code: replace(english, cues=cues, stances={}, **_foreign_words(tables, code))
            for code, cues in foreign.items()
        }
        return replace(english, languages=languages)

    def in_language(self, language: str) -> Speech:
        """Return the word lists for texts in `language`; English if it is unknown."""
        return self.languages.get(_SAME.get(language, language), self)

    def verb_of(self, word: str) -> str:
        """Return a verb without the pronoun that a hyphen joins to it ("dit-elle", "a-t-il")."""
        stem, hyphen, pronoun = word.rpartition("-")
        if not hyphen or not self.words.get(pronoun, 0) & _PRONOUN_BITS or not self.pronouns:
            return word
        return stem.removesuffix("-t")


def _foreign_words(tables: Tables, language: str) -> dict[str, Any]:
    """Return the function words of a language, and the gender of its pronouns."""
    words: dict[str, int] = {}
    pronouns: dict[str, str] = {}
    for row in tables["speech/foreign_words"]:
        if row["language"] == language:
            gender = _PRONOUNS.get(row["class"])
            if gender:
                pronouns[row["word"]] = gender
            bits = CLASS_BITS["subject" if gender else row["class"]]
            words[row["word"]] = words.get(row["word"], 0) | bits
    return {"words": words, "pronouns": pronouns}


def _foreign_cues(tables: Tables) -> dict[str, dict[str, Cue]]:
    cues: dict[str, dict[str, Cue]] = {}
    for row in tables["speech/foreign_cues"]:
        cue = Cue(row["cue"], frozenset({"quote", "clause"}), "past")
        cues.setdefault(row["language"], {})[row["cue"]] = cue
    return cues


def _cues(tables: Tables) -> dict[str, Cue]:
    cues: dict[str, Cue] = {}
    for row in tables["speech/cues"]:
        present, *past, ing = row["forms"].split("|")
        base = _cue(row, "cue", "base")
        cues.setdefault(row["cue"], base)
        cues[present] = replace(base, shape="present")
        cues[ing] = replace(base, shape="ing")
        for form in past:
            cues[form] = replace(base, shape="past")
    return cues


def _cue(row: Mapping[str, str], column: str, shape: str) -> Cue:
    frames = frozenset(row["frames"].split("|"))
    acts = row.get("act", "speech"), row.get("object_act", "attitude")
    return Cue(row[column], frames, shape, *acts)


def _stances(tables: Tables) -> dict[str, Cue]:
    stances: dict[str, Cue] = {}
    for row in tables["speech/stances"]:
        word = row["word"]
        stance = _cue(row, "word", row["class"])
        stances[word] = stance
        if row["class"] == "noun":
            stances[word[:-1] + "ies" if word.endswith("ry") else word + "s"] = stance
    return stances


def _titles(tables: Tables, name: str, column: str) -> dict[str, str]:
    """Return the gender of each title or role in a table, by title."""
    return {row[column].lower().rstrip("."): row["gender"] for row in tables[name]}


def _last_words(titles: Mapping[str, str]) -> dict[str, str]:
    """Return the last words of titles, without those that end in a phrase with "of"."""
    words: dict[str, str] = {}
    for title, gender in titles.items():
        if " of " not in title:
            last = title.replace("-", " ").rpartition(" ")[2]
            words[last] = words.get(last, "") or gender
    return words
