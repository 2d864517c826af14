"""The people whom an article names: full names, roles, genders, and where they are named.

Runs of capitalized words are split into a role and a name ("NATO Secretary General" +
"Jens Stoltenberg") at the words that end titles and roles. A run is a person if its first
word is a given name, if a title or role comes before it, or if the mentions say so. Later
short forms ("Stoltenberg", "Mr. Stoltenberg") are joined to the full name. All other
capitalized runs are organizations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from transforms.quoting.capital_runs import SUFFIXES, Run, find_runs, is_abbreviation, name_words
from transforms.quoting.noun_phrases import Phrase, phrase_head, phrase_start
from transforms.quoting.speech import Speech
from transforms.quoting.tokens import (
    AUXILIARY,
    BASE,
    BREAK,
    CAPITAL,
    CUE,
    DETERMINER,
    ED,
    FUNCTION,
    GENITIVE,
    ING,
    NUMBER,
    POSSESSIVE,
    PREPOSITION,
    PUNCTUATION,
    QUOTED,
    SUBJECT,
    TIME,
    VERB,
    WH,
    Tokens,
)
from transforms.records import Mention

# Words of an apposition ("the mayor of the old port town of ...").
_ROLE_TOKENS = 12
# Longest such phrase whose noun is not in the word lists ("the harbour master").
_PLAIN_ROLE_TOKENS = 4
_NO_ROLES = {"number", "one", "other", "thing", "name"}  # "her opposite number, Ana Ruiz,"
_PLACE_PREPOSITIONS = {"in", "at", "on", "after", "before", "during", "from", "near", "since"}


@dataclass(slots=True)
class Person:
    """A person named in the article.

    Attributes:
        name: The fullest form of the name, without titles.
        gender: `male`, `female`, or empty if unknown.
        role: The first title before the name, otherwise the first apposition after it;
            empty if the article gives none.
        has_title: Whether `role` comes before the name.
        times: Number of times that the full name occurs in the text.
        descriptions: Words of all their roles, in lower case.
        entity_id: Key of the entity, if a mention has one.
    """

    name: str
    gender: str = ""
    role: str = ""
    has_title: bool = False
    times: int = 0
    descriptions: set[str] = field(default_factory=set)
    entity_id: str | None = None


@dataclass(slots=True)
class People:
    """The people of an article, by position.

    Attributes:
        at: The person named by each run of tokens, by its first token.
        runs: All runs of capitalized words, by their first token.
        order: First tokens of the runs in `at`, ascending.
    """

    at: dict[int, Person] = field(default_factory=dict)
    runs: dict[int, Run] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)


def find_people(tokens: Tokens, mentions: Sequence[Mention], speech: Speech) -> People:
    """Return the people named in a text, with each short form joined to its full name."""
    people = People()
    known = {mention.start: mention for mention in mentions}
    for run in find_runs(tokens, speech, known):
        people.runs[run.start] = run
    by_name: dict[str, Person] = {}
    short: dict[str, list[Person]] = {}
    for run in people.runs.values():
        words = name_words(tokens, run)
        if _is_full_name(tokens, words, run, speech):
            person = _register(tokens, run, words, by_name, short)
            _learn(tokens, run, person, speech)
            people.at[run.start] = person
    _join_short_names(tokens, people, (by_name, short), speech)
    people.order = sorted(people.at)
    return people


def _is_full_name(tokens: Tokens, words: list[str], run: Run, speech: Speech) -> bool:
    if run.mention:
        return run.mention.kind == "person" and len(words) > 1
    if len(words) < 2 or len(words) > 6:
        return False
    if words[-1].lower() in speech.organization_ends:
        return False
    if run.name_start > run.start or words[0].lower() in speech.given_names:
        return True
    return run.start > 0 and tokens.words[run.start - 1] in speech.roles  # "aide Li Na"


def _register(
    tokens: Tokens,
    run: Run,
    words: list[str],
    by_name: dict[str, Person],
    short: dict[str, list[Person]],
) -> Person:
    name = tokens.text[tokens.starts[run.name_start] : tokens.ends[run.end - 1]]
    if tokens.kinds[run.end - 1] & GENITIVE:
        name = name.replace("’", "'").rpartition("'")[0]
    if run.mention and run.mention.name:
        name = run.mention.name
    person = by_name.get(name)
    if person is None:
        person = by_name[name] = Person(name)
    last = next((w for w in reversed(words) if w.lower() not in SUFFIXES), words[-1])
    for key in {last.lower(), words[0].lower()}:
        if person not in short.setdefault(key, []):
            short[key].append(person)
    person.times += 1
    if run.mention:
        person.entity_id = person.entity_id or run.mention.entity_id
    return person


def _learn(tokens: Tokens, run: Run, person: Person, speech: Speech) -> None:
    """Add facts from the words around a name: gender by title or given name, role."""
    first = person.name.split()[0].lower()
    person.gender = person.gender or run.gender or speech.given_names.get(first, "")
    places = (
        _before(tokens, run, speech),
        _before_comma(tokens, run, speech),
        _after(tokens, run.end, speech),
    )
    for start, end in places:
        if end <= start:
            continue
        text = tokens.text[tokens.starts[start] : tokens.ends[end - 1]]
        words = [w for w in tokens.words[start:end] if w.isalpha()]
        is_title = start < run.start or start < run.name_start
        if not person.role or (is_title and not person.has_title):
            person.role, person.has_title = text.strip(" .,"), is_title
        person.descriptions.update(words)
        for word in words:
            person.gender = person.gender or speech.roles.get(word, "")


def _before(tokens: Tokens, run: Run, speech: Speech) -> tuple[int, int]:
    """Return the tokens of the role before a name ("Foreign Ministry spokeswoman")."""
    start, end = run.start, run.name_start
    titles = [w for w in tokens.words[start:end] if w != "."]
    if titles and all(word in speech.honorifics for word in titles):
        return end, end
    while start > 0 and run.start - start < _ROLE_TOKENS:
        kind, word = tokens.kinds[start - 1], tokens.words[start - 1]
        is_verb = kind & (VERB | ED) or (kind & CUE and not kind & BASE)
        is_noun = word.isalpha() and not kind & (FUNCTION | GENITIVE) and not is_verb
        if not is_noun or (end == start and word not in speech.roles):
            break
        start -= 1
    while end > start and tokens.words[end - 1] == ".":
        end -= 1
    return start, end


def _before_comma(tokens: Tokens, run: Run, speech: Speech) -> Phrase:
    """Return the tokens of the role in "the mayor, Ana Ruiz," or "her lawyer, Ana Ruiz,"."""
    end = run.start - 1
    if end < 1 or tokens.words[end] != "," or not closes_name(tokens, run.end):
        return run.start, run.start
    start = phrase_start(tokens, end - 1, max(0, end - _ROLE_TOKENS))
    head = tokens.words[phrase_head(tokens, (start, end))]
    if (
        head not in speech.roles
        and head not in speech.leaders
        and not _is_known(tokens, start, run)
    ):
        return run.start, run.start
    owned = [k for k in range(start, end) if tokens.kinds[k] & (GENITIVE | POSSESSIVE)]
    if not owned and not tokens.kinds[start] & DETERMINER:
        return run.start, run.start
    return owned[-1] + 1 if owned else start + 1, end


def _is_known(tokens: Tokens, start: int, run: Run) -> bool:
    """Return whether the words from `start` to a known person's name can be any role."""
    words = range(start + 1, run.start - 1)
    if run.mention is None or run.mention.kind != "person" or len(words) > _PLAIN_ROLE_TOKENS:
        return False
    is_place = start > 0 and tokens.words[start - 1] in _PLACE_PREPOSITIONS
    if tokens.words[run.start - 2] in _NO_ROLES:
        return False
    other = TIME | CAPITAL | QUOTED | PUNCTUATION | PREPOSITION | NUMBER | VERB | AUXILIARY
    return not is_place and not any(tokens.kinds[k] & other for k in words)


def closes_name(tokens: Tokens, i: int) -> bool:
    """Return whether an apposition that is a name ends at token `i`."""
    if i >= len(tokens.words):
        return True
    return tokens.words[i] in {",", ".", ":", ";", "("} or bool(tokens.kinds[i] & BREAK)


def _after(tokens: Tokens, i: int, speech: Speech) -> tuple[int, int]:
    """Return the tokens of the apposition after a name (", the mayor of Lund,")."""
    count = len(tokens.words)
    if i + 2 >= count or tokens.words[i] != ",":
        return i, i
    start = i + 2 if tokens.kinds[i + 1] & DETERMINER else i + 1
    if tokens.kinds[start] & (FUNCTION | ING):
        return i, i
    for k in range(start, min(start + _ROLE_TOKENS, count)):
        kind, word = tokens.kinds[k], tokens.words[k]
        if kind & PUNCTUATION and not (word == "." and is_abbreviation(tokens, k - 1, speech)):
            has_role = any(w in speech.roles for w in tokens.words[start:k])
            return (start, k) if has_role and word in {",", "."} else (i, i)
        if kind & (WH | AUXILIARY | SUBJECT | QUOTED | BREAK) and not kind & DETERMINER:
            break
    return i, i


def named_after(tokens: Tokens, runs: Mapping[int, Run], role: Phrase) -> Run | None:
    """Return the name between commas after a phrase ("the mayor, Ana Ruiz, ..."), or None."""
    start, end = role
    if end + 1 >= len(tokens.words) or tokens.words[end] != ",":
        return None
    opens = tokens.kinds[start] & (DETERMINER | POSSESSIVE)
    if not opens and not any(tokens.kinds[k] & GENITIVE for k in range(start, end)):
        return None
    run = runs.get(end + 1)
    return run if run and closes_name(tokens, run.end) else None


def _join_short_names(
    tokens: Tokens,
    people: People,
    known: tuple[dict[str, Person], dict[str, list[Person]]],
    speech: Speech,
) -> None:
    last_seen: dict[int, int] = {}
    for start, run in people.runs.items():
        named = people.at.get(start)
        if named is None:
            named = _short_form(tokens, run, known, last_seen)
            if named is None:
                continue
            people.at[start] = named
            _learn(tokens, run, named, speech)
        last_seen[id(named)] = start


def _short_form(
    tokens: Tokens,
    run: Run,
    known: tuple[dict[str, Person], dict[str, list[Person]]],
    last_seen: Mapping[int, int],
) -> Person | None:
    """Return the person of a single name: the mention's, or the one named most."""
    by_name, short = known
    words = name_words(tokens, run)
    if len(words) != 1 or (run.mention and run.mention.kind != "person"):
        return None
    if run.mention and run.mention.name in by_name:
        return by_name[run.mention.name]
    key = words[0].lower()
    candidates = [
        p for p in short.get(key, ()) if not (run.gender and p.gender) or p.gender == run.gender
    ]
    if candidates:
        return max(candidates, key=lambda p: (p.times, last_seen.get(id(p), -1)))
    if run.mention:
        person = Person(run.mention.name, run.gender, entity_id=run.mention.entity_id)
    elif run.name_start > run.start:
        person = Person(words[0], run.gender)
    else:
        return None
    short[key] = [person]
    return person
