"""Resolves the source of a statement to a person or institution of its article.

Names are joined to their full form. "The Secretary General" is the person introduced by
that title. A pronoun is the last person mentioned with the right gender, preferably one
who was just quoted. Institutions keep their own name. Unresolved sources get no name,
because a wrong one is worse.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from transforms.quoting.capital_runs import Run
from transforms.quoting.clauses import Statement
from transforms.quoting.noun_phrases import Phrase
from transforms.quoting.people import People, Person, named_after
from transforms.quoting.sources import author_of
from transforms.quoting.speech import Speech
from transforms.quoting.tokens import (
    CAPITAL,
    COORDINATOR,
    DETERMINER,
    GENITIVE,
    POSSESSIVE,
    PREPOSITION,
    Tokens,
)
from transforms.quoting.transcripts import ANSWER_LABELS, find_interviewee, turn_label
from transforms.records import Mention

# Maximum distance between a pronoun and the person it means.
_SENTENCES_BACK = 10
_RIVALS = 12
_MENTIONS_BACK = 150
_GENDERS = {"he": "male", "his": "male", "she": "female", "her": "female"}
# Words that may come between a name and the end of its phrase ("Ana Ruiz of Lund").
_TAILS = {"(", ",", "of", "from", "himself", "herself"}
_RELATIVE = {"who", "that", "which"}
_DEFINITE = {"the", "this", "its", "their"}


@dataclass(frozen=True, slots=True)
class Speaker:
    """A resolved source.

    Attributes:
        name: Full name, None if unknown.
        role: The role that the article gives them.
        entity_id: Key of the entity, if a mention has one.
        certainty: 0..1, the share of such resolutions that are right.
    """

    name: str | None = None
    role: str | None = None
    entity_id: str | None = None
    certainty: float = 1.0


@dataclass(slots=True)
class Resolver:
    """State while the statements of one article are resolved in reading order."""

    tokens: Tokens
    people: People
    speech: Speech
    mentions: dict[int, Mention]
    spoke: dict[int, Person] = field(default_factory=dict)
    firsts: list[int] = field(default_factory=list)
    openers: set[int] = field(default_factory=set)
    inside: set[str] = field(default_factory=set)
    interviewee: Person | None = None
    organizations: list[Mention] = field(default_factory=list)

    def resolve(self, statement: Statement) -> Speaker:
        """Return who makes `statement`, and store it for the pronouns that follow."""
        if statement.source is None:
            return Speaker()
        label = turn_label(self.tokens, statement)
        if label:
            return self._in_interview(label)
        source = author_of(self.tokens, statement.source, self.speech) or statement.source
        person, certainty = self._person(source)
        if person is None:
            return self._institution(source)
        self.spoke[self._sentence(statement.source[0])] = person
        return Speaker(person.name, person.role or None, person.entity_id, certainty)

    def _in_interview(self, label: str) -> Speaker:
        """Return the speaker labelled "Q" or "A"."""
        if label not in ANSWER_LABELS:
            return Speaker(role="interviewer")
        person = self.interviewee
        if person is None:
            return Speaker(role="interviewee")
        return Speaker(person.name, person.role or None, person.entity_id, 0.8)

    def _sentence(self, token: int) -> int:
        return bisect_right(self.firsts, token) - 1

    def _person(self, source: Phrase) -> tuple[Person | None, float]:
        start, end = source
        word = self.tokens.words[start]
        stem = word.partition("'")[0]
        gender = self.speech.pronouns.get(word.rpartition("-")[2]) or _GENDERS.get(stem)
        if gender and (end - start == 1 or self.speech.pronouns):
            return self._pronoun(start, gender)
        if end - start == 1 and stem in _RELATIVE:
            return self._antecedent(start)
        named = self._named(source) or self._named_after(source)
        if named:
            return named, 1.0
        return self._described(source)

    def _named_after(self, source: Phrase) -> Person | None:
        """Return the person named between commas after a role ("The mayor, Ana Ruiz,")."""
        run = named_after(self.tokens, self.people.runs, source)
        return self.people.at.get(run.start) if run else None

    def _named(self, source: Phrase) -> Person | None:
        """Return the person whose name heads the phrase ("Senator Ana Ruiz", "Ruiz's")."""
        (start, end), words = source, self.tokens.words
        order = self.people.order
        for position in range(bisect_left(order, start), bisect_left(order, end)):
            run = self.people.runs[order[position]]
            if self.tokens.kinds[run.end - 1] & GENITIVE and run.end < end:
                continue  # "Ruiz's lawyer Ana Holm"
            has_role = run.name_start > run.start or words[run.start - 1] in self.speech.roles
            parts = PREPOSITION | COORDINATOR | (0 if has_role else GENITIVE)
            if any(self.tokens.kinds[t] & parts for t in range(start, run.start)):
                return None
            if run.end < end and words[run.end] not in _TAILS:
                return None
            return self.people.at[order[position]]
        return None

    def _pronoun(self, token: int, gender: str) -> tuple[Person | None, float]:
        at, order = self._sentence(token), self.people.order
        rivals = 0
        for sentence in range(at, max(-1, at - _SENTENCES_BACK), -1):
            stop = token if sentence == at else self.firsts[sentence + 1]
            first = bisect_left(order, self.firsts[sentence])
            inside = range(first, min(bisect_left(order, stop), first + _RIVALS))
            candidates = [self.people.at[order[k]] for k in inside]
            speaker = self.spoke.get(sentence) if sentence < at else None
            if speaker and speaker.gender in {gender, ""}:
                return speaker, 0.9 if not rivals else 0.8
            fitting = [p for p in candidates if p.gender == gender]
            fitting = fitting or [p for p in candidates if not p.gender]
            rivals += len(candidates) - len(fitting)
            if fitting:
                fitting[0].gender = gender
                return fitting[0], 0.85 if len({id(p) for p in fitting}) == 1 else 0.65
        return None, 1.0

    def _antecedent(self, token: int) -> tuple[Person | None, float]:
        """Return the person that "who" at `token` refers to: the name right before it."""
        order = self.people.order
        k = bisect_left(order, token) - 1
        if k < 0:
            return None, 1.0
        run = self.people.runs[order[k]]
        between = self.tokens.words[run.end : token]
        if between in ([], [","]) and not self.tokens.kinds[run.end - 1] & GENITIVE:
            return self.people.at[order[k]], 0.95
        return None, 1.0

    def _described(self, source: Phrase) -> tuple[Person | None, float]:
        """Return the person introduced by this phrase ("the Secretary General")."""
        tokens, (start, end) = self.tokens, source
        if not tokens.kinds[start] & (DETERMINER | POSSESSIVE) or tokens.words[start] in {
            "a",
            "an",
        }:
            return None, 1.0
        heads = self._heads(start + 1, end)
        generic = bool(heads) and heads[-1] in self.speech.leaders
        if not heads or not (generic or heads[-1] in self.speech.roles):
            return None, 1.0
        order, seen = self.people.order, set()
        last = bisect_left(order, start) - 1
        for k in range(last, max(-1, last - _MENTIONS_BACK), -1):
            person = self.people.at[order[k]]
            if id(person) in seen:
                continue
            seen.add(id(person))
            if person.descriptions.issuperset(heads):
                return person, 0.9
            is_post = generic and person.descriptions & self.speech.posts
            if is_post and self._heads_same(source, person):
                return person, 0.75
        return None, 1.0

    def _heads_same(self, source: Phrase, person: Person) -> bool:
        """Return whether "the head of X" can be a person with a post in the article.

        X is a proper name ("of the Alliance"), or a word of the person's own role.
        """
        tokens, (start, end) = self.tokens, source
        if tokens.words[start] != "the":
            return False
        behind = range(min(end, start + 3), end)
        return any(
            tokens.kinds[k] & CAPITAL or tokens.words[k] in person.descriptions for k in behind
        )

    def _institution(self, source: Phrase) -> Speaker:
        """Return the proper name of an institution ("the Finance Ministry"), if it has one."""
        tokens, (start, end) = self.tokens, source
        if tokens.kinds[start] & DETERMINER and end - start > 1:
            start += 1
        run = self.people.runs.get(start)
        text = tokens.text[tokens.starts[start] : tokens.ends[end - 1]]
        mention = self.mentions.get(tokens.starts[start])
        is_known = mention and mention.kind in {"organization", "person"}
        if mention and is_known and mention.end >= tokens.ends[end - 1]:
            return Speaker(mention.name, None, mention.entity_id, 0.9)
        is_named = run and run.end >= end and run.name_start == run.start
        if run and is_named and self._is_name(run) and self._may_be_name(text):
            return Speaker(text.replace("’", "'").removesuffix("'s"), None, None, 0.9)
        short = self._short_form(source)
        if short:
            return Speaker(short.name, None, short.entity_id, 0.8)
        heads = self._heads(start, end)
        role = text if heads and heads[-1] in self.speech.roles and len(heads) < 6 else None
        return Speaker(None, role, None, 0.9)

    def _short_form(self, source: Phrase) -> Mention | None:
        """Return the organization that "the union" or "the port authority" is short for.

        It is the last one named before whose name ends with these words, or has them before
        "of" ("the Ministry of Finance").
        """
        tokens, (start, end) = self.tokens, source
        if tokens.words[start] not in _DEFINITE or end - start < 2:
            return None
        words = [word.partition("'")[0] for word in tokens.words[start + 1 : end]]
        for mention in reversed(self.organizations):
            name = mention.name.lower().split()
            of = name.index("of") if "of" in name else 0
            is_short = words in (name[-len(words) :], name[:of])
            if is_short and len(name) > len(words) and mention.start < tokens.starts[start]:
                return mention
        return None

    def _heads(self, start: int, end: int) -> list[str]:
        """Return the words of a phrase before its first preposition."""
        stop = next((k for k in range(start, end) if self.tokens.kinds[k] & PREPOSITION), end)
        return [word for word in self.tokens.words[start:stop] if word.isalpha()]

    def _may_be_name(self, text: str) -> bool:
        """Return whether capitals tell a name; where nouns have them, only acronyms do."""
        return self.speech.profile.capitals != "nouns" or sum(map(str.isupper, text)) > 1

    def _is_name(self, run: Run) -> bool:
        """Return whether a run is a name, and not just a word that opens a sentence."""
        first = run.start
        if run.end - first > 1 or first not in self.openers:
            return True
        raw = self.tokens.text[self.tokens.starts[first] : self.tokens.ends[first]]
        return not raw.istitle() or self.tokens.words[first] in self.inside


def resolve_speakers(
    tokens: Tokens,
    statements: Sequence[Statement],
    people: People,
    mentions: Sequence[Mention],
    speech: Speech,
) -> list[Speaker]:
    """Return the speaker of each of `statements`, which are in reading order."""
    resolver = Resolver(
        tokens,
        people,
        speech,
        {mention.start: mention for mention in mentions},
        firsts=[first for first, _ in tokens.sentences],
        openers={first for first, _ in tokens.sentences},
        organizations=[mention for mention in mentions if mention.kind == "organization"],
        interviewee=find_interviewee(tokens, statements, people),
    )
    inside = (start for start in people.runs if start not in resolver.openers)
    resolver.inside.update(tokens.words[start] for start in inside)
    return [resolver.resolve(statement) for statement in statements]
