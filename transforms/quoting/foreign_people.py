"""People and their roles in languages other than English.

Names of persons come from the mentions. A speaker whose name is not among them is named by
the capitals at the end of the phrase ("Wirtin Gesa Brandt"). A role is the noun phrase
before a name ("la directrice de l'école"), or an apposition after it that says what
somebody does.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from transforms.quoting.clauses import Statement
from transforms.quoting.foreign_phrases import Names, is_role
from transforms.quoting.noun_phrases import Phrase
from transforms.quoting.people import People
from transforms.quoting.tokens import (
    BREAK,
    CAPITAL,
    CUE,
    DETERMINER,
    FUNCTION,
    LINK,
    PUNCTUATION,
    QUOTED,
    ROLE,
    SOURCE,
    TIME,
    VOICE,
    Tokens,
)
from transforms.records import Mention

_ROLE_TOKENS = 10
_NAME_WORDS = 3
_ENDS_ROLE = FUNCTION & ~DETERMINER | SOURCE | PUNCTUATION | QUOTED | BREAK


def person_spans(tokens: Tokens, mentions: Sequence[Mention]) -> dict[int, int]:
    """Return the token after each mention of a person, by its first token."""
    spans: dict[int, int] = {}
    for mention in [one for one in mentions if one.kind == "person"]:
        k = bisect_left(tokens.starts, mention.start)
        if k < len(tokens.starts) and tokens.starts[k] == mention.start:
            spans[k] = max(k + 1, bisect_left(tokens.starts, mention.end))
    return spans


def mark_voices(tokens: Tokens, mentions: Sequence[Mention]) -> None:
    """Mark the names of institutions as words that can speak."""
    for mention in [one for one in mentions if one.kind == "organization"]:
        k = bisect_left(tokens.starts, mention.start)
        while k < len(tokens.starts) and tokens.starts[k] < mention.end:
            tokens.kinds[k] |= VOICE
            k += 1


def named_sources(tokens: Tokens, statements: Sequence[Statement], names: Names) -> list[Mention]:
    """Return the names of speakers that are not among the mentions, without an entity."""
    found: dict[int, Mention] = {}
    for statement in statements:
        span = _name_in(tokens, statement.source, names) if statement.source else None
        if span and span[0] not in found:
            start, end = tokens.starts[span[0]], tokens.ends[span[1] - 1]
            text = tokens.text[start:end]
            found[span[0]] = Mention(
                start=start, end=end, text=text, kind="person", name=text, entity_id=""
            )
    return list(found.values())


def _name_in(tokens: Tokens, source: Phrase, names: Names) -> Phrase | None:
    """Return the full name at the end of a source, None if its words may be no name."""
    start, end = source
    if any(k in names for k in range(start, end)):
        return None
    k = end
    while k > start and tokens.kinds[k - 1] & CAPITAL and not tokens.kinds[k - 1] & (TIME | QUOTED):
        k -= 1
    while k < end and tokens.kinds[k] & FUNCTION:
        k += 1
    after_comma = k > start and tokens.words[k - 1] == ","
    has_role = k > start and not tokens.kinds[k - 1] & (DETERMINER | LINK | PUNCTUATION)
    while k < end and is_role(tokens, k):
        k, has_role = k + 1, True
    if not 2 <= end - k <= _NAME_WORDS:
        return None
    is_bare = k == start
    return (k, end) if has_role or after_comma or is_bare else None


def add_roles(tokens: Tokens, people: People) -> None:
    """Give the people of a text the roles that it names before or after their names."""
    for start in people.order:
        person, run = people.at[start], people.runs[start]
        spans = (_role_before(tokens, run.name_start), _role_after(tokens, run.end))
        for is_title, (first, last) in zip((True, False), spans, strict=True):
            is_kind = last == first + 1 and tokens.kinds[first] & VOICE  # "la empresa Velorín"
            if last <= first or (is_kind and not tokens.kinds[first] & ROLE):
                continue
            if not person.role or (is_title and not person.has_title):
                person.role = tokens.text[tokens.starts[first] : tokens.ends[last - 1]]
                person.has_title = is_title
            person.descriptions.update(tokens.words[first:last])


def _role_before(tokens: Tokens, name: int) -> Phrase:
    """Return the role before a name, with a comma in between or without."""
    end = name - 1 if name and tokens.words[name - 1] == "," else name
    k = end
    while k > max(0, end - _ROLE_TOKENS) and not tokens.kinds[k - 1] & _ENDS_ROLE:
        kind = tokens.kinds[k - 1]
        if kind & CUE and not kind & CAPITAL:
            break
        if kind & DETERMINER and not _is_linked(tokens, k - 1):
            break
        k -= 1
    k = _own_role(tokens, k, end)
    is_headed = k > 0 and bool(tokens.kinds[k - 1] & (DETERMINER | CUE))
    while k < end and tokens.kinds[k] & (LINK | DETERMINER):
        k, is_headed = k + 1, True
    known = next((i for i in range(k, end) if is_role(tokens, i)), end)
    if end < name:
        return (k, end) if is_headed and known < end else (k, k)
    if is_headed or k == end:
        return k, end
    if known == end and tokens.kinds[end - 1] & CAPITAL:  # "Feuerwehrmann Ralf Zech"
        known = end - 1
    return known, end


def _own_role(tokens: Tokens, start: int, end: int) -> int:
    """Return where somebody's own role starts ("der Sprecher der Ministerin Ana Ritter")."""
    if end > start and tokens.kinds[end - 1] & ROLE:
        for k in range(end - 1, start, -1):
            if tokens.kinds[k] & LINK and is_role(tokens, k - 1):
                return k
    return start


def _is_linked(tokens: Tokens, k: int) -> bool:
    """Return whether an article at `k` is within a phrase ("de la", the second "der")."""
    before = tokens.kinds[k - 1] if k else 0
    return bool(before & (CAPITAL if tokens.kinds[k] & LINK else LINK))


def _role_after(tokens: Tokens, i: int) -> Phrase:
    """Return the apposition after a name (", directrice de l'école,")."""
    if i + 1 >= len(tokens.words) or tokens.words[i] != ",":
        return i, i
    start = i + 2 if tokens.kinds[i + 1] & DETERMINER else i + 1
    for k in range(start, min(start + _ROLE_TOKENS, len(tokens.words))):
        kind = tokens.kinds[k]
        if kind & (PUNCTUATION | QUOTED | BREAK):
            has_role = any(is_role(tokens, i) for i in range(start, k))
            return (start, k) if has_role else (i, i)
        if kind & CUE and not kind & CAPITAL:
            break
    return i, i
