"""The conditions of a question that postings do not answer, as SQL.

Names and passages are compared by whole words, without regard to case and accents. Values reach
DuckDB only as parameters.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from warehouse.search_tree import Days, Field, InStory, Part, Passage, Sources, words_in_order

Condition = tuple[str, dict[str, object]]

_LETTER = r"[\p{L}\p{M}\p{N}]"
_OTHER = r"[^\p{L}\p{M}\p{N}]"
_BETWEEN = r"[^\p{L}\p{M}\p{N}\n]+"  # a passage does not run into the next paragraph


# The candidates are the articles that may match so far.
_AMONG = "SEMI JOIN candidates USING (article_id, revision)"


def _words_of(column: str) -> str:
    return f"regexp_extract_all(strip_accents(lower({column})), '{_LETTER}+')"


_SPEAKING = f"""
SELECT DISTINCT article_id, revision
FROM snapshot.latest_quotations
{_AMONG}
WHERE act = 'speech'
    AND contains(strip_accents(lower(speaker)), $first)
    AND list_has_all({_words_of("speaker")}, $words)
"""
# A name is compared as it is written in the article, and as the entity that it stands for is called.
_HAS_NAME = f"""(
    strip_accents(lower(text)) = $written
    OR entity_id IN (
        SELECT entity_id
        FROM snapshot.entities
        WHERE list_contains(
            [array_to_string({_words_of("known")}, ' ') FOR known IN list_prepend(name, aliases)],
            $name
        )
    )
)"""
_NAMED = f"""
SELECT DISTINCT article_id, revision
FROM snapshot.latest_mentions
{_AMONG}
WHERE {_HAS_NAME}
"""
_WITH_TOPIC = f"""
SELECT DISTINCT article_id, revision
FROM snapshot.latest_topics
{_AMONG}
WHERE list_has_all({_words_of("topic")}, $words)
"""
_WITH_PAGE = f"""
SELECT article_id, revision
FROM snapshot.articles
{_AMONG}
WHERE page_type = $value
"""
_EXACT: Final = {
    "speaker": ("latest_quotations", "act = 'speech' AND speaker = $value"),
    "entity": ("latest_mentions", "entity_id = $value"),
    "topic": ("latest_topics", "topic_code = $value"),
}
_EXACTLY = f"""
SELECT DISTINCT article_id, revision
FROM snapshot.{{view}}
{_AMONG}
WHERE {{condition}}
"""

_IN_STORY = """
SELECT DISTINCT article_id, revision
FROM candidates
SEMI JOIN (
    SELECT article_id
    FROM snapshot.current_story_members
    WHERE story_id = $story
) AS members USING (article_id)
"""


def fact(leaf: Field | Days | Sources, mark: str) -> Condition | None:
    """Return a condition on a row of an index's `documents`; None for a person or name.

    Args:
        leaf: The property that an article may have.
        mark: Beginning of the names of its parameters.
    """
    if isinstance(leaf, Days):
        return on_days(leaf, mark)
    if isinstance(leaf, Sources):
        return from_sources(leaf, mark)
    if leaf.name == "source" and leaf.is_exact:
        return f"source_id = ${mark}", {mark: leaf.value}
    if leaf.name == "source":
        return f"contains(source_id, ${mark})", {mark: leaf.value.lower()}
    if leaf.name == "language":
        return f"coalesce(language = ${mark}, false)", {mark: leaf.value.lower()}
    return None


def on_days(leaf: Days, mark: str) -> Condition:
    """Return a condition on the day of publication; see `fact`."""
    sides = {"since": ("published_on >=", leaf.since), "until": ("published_on <=", leaf.until)}
    given = {side: (sql, day) for side, (sql, day) in sides.items() if day is not None}
    sql = " AND ".join(f"{sql} ${mark}{side}" for side, (sql, _) in given.items())
    return f"coalesce({sql}, false)", {f"{mark}{side}": day for side, (_, day) in given.items()}


def from_sources(leaf: Sources, mark: str) -> Condition:
    """Return a condition on the source; see `fact`."""
    listed = f"(SELECT unnest(CAST(${mark} AS VARCHAR[])))"
    return f"source_id IN {listed}", {mark: list(leaf.source_ids)}


def people(leaf: Field | InStory) -> Condition:
    """Return a query for the articles among the candidates that quote or name somebody.

    Stories, topics and kinds of pages are looked up in the same way.
    """
    if isinstance(leaf, InStory):
        return _IN_STORY, {"story": leaf.story_id}
    if leaf.name == "page":
        return _WITH_PAGE, {"value": leaf.value if leaf.is_exact else leaf.value.lower()}
    if leaf.is_exact:
        view, condition = _EXACT[leaf.name]
        return _EXACTLY.format(view=view, condition=condition), {"value": leaf.value}
    words = list(_compared(leaf.value))
    if leaf.name == "speaker":
        return _SPEAKING, {"words": words, "first": max(words, key=len)}
    if leaf.name == "topic":
        return _WITH_TOPIC, {"words": words}
    return _NAMED, naming(leaf)[1]


def naming(leaf: Field) -> Condition:
    """Return a condition on a mention: that it names somebody or something."""
    if leaf.is_exact:
        return "entity_id = $value", {"value": leaf.value}
    written = _without_accents(leaf.value.lower().strip())
    return _HAS_NAME, {"name": name_key(leaf.value), "written": written}


def everybody(leaf: Field | InStory) -> Condition:
    """Return the query of `people` for all articles, over the views of an open snapshot."""
    sql, values = people(leaf)
    sql = sql.replace(f"{_AMONG}\n", "").replace("FROM candidates", "FROM latest_articles")
    return sql.replace("snapshot.", ""), values


def speaking(leaf: Field) -> Condition:
    """Return a condition on the speaker of a statement."""
    if leaf.is_exact:
        return "coalesce(speaker = $value, false)", {"value": leaf.value}
    condition = f"coalesce(list_has_all({_words_of('speaker')}, $words), false)"
    return condition, {"words": list(_compared(leaf.value))}


def passage(leaf: Passage, mark: str) -> Condition:
    """Return a condition on the columns `title` and `text` in small letters without accents."""
    values: dict[str, object] = {mark: passage_pattern(leaf)}
    in_title = f"regexp_matches(coalesce(title, ''), ${mark})"
    if leaf.is_in_title:
        return in_title, values
    return f"({in_title} OR regexp_matches(text, ${mark}))", values


def passage_pattern(leaf: Passage) -> str:
    """Return the regular expression of a passage, for text in small letters without accents."""
    return f"(?:^|{_OTHER}){_BETWEEN.join(map(_pattern, leaf.parts))}(?:$|{_OTHER})"


def word_pattern(forms: Iterable[str]) -> str:
    """Return the regular expression of a word in several forms, for text as above.

    >>> "(?:lakare)" in word_pattern(["Läkare"])
    True
    """
    return (
        f"(?:^|{_OTHER})(?:{'|'.join(sorted({plain_text(form) for form in forms}))})(?:$|{_OTHER})"
    )


def speaks(name: str | None, wanted: Sequence[str]) -> bool:
    """Whether a speaker's name has all words of one of the wanted names.

    >>> speaks("Ana Ruiz", ["ruiz"]), speaks("Ana Ruiz", ["Ru"])
    (True, False)
    """
    has = set(_compared(name or ""))
    return any(has.issuperset(_compared(one)) for one in wanted)


def has_passage(text: str, leaf: Passage) -> bool:
    """Whether the words of a passage follow each other in a text of one paragraph.

    >>> has_passage("A long Strike ended", Passage((Part("strike"), Part("end", True))))
    True
    """
    words = words_in_order(plain_text(text))
    parts = [(_without_accents(part.text), part.is_beginning) for part in leaf.parts]
    return any(
        all(
            word.startswith(part) if is_beginning else word == part
            for word, (part, is_beginning) in zip(words[at:], parts, strict=False)
        )
        for at in range(len(words) - len(parts) + 1)
    )


def name_key(name: str) -> str:
    """Return a name for comparison: its words in small letters without accents.

    >>> name_key("U.S. Läkare")
    'u s lakare'
    """
    return " ".join(_compared(name))


@functools.lru_cache(maxsize=10_000)
def _compared(name: str) -> tuple[str, ...]:
    return tuple(words_in_order(_without_accents(name)))


def _pattern(part: Part) -> str:
    word = _without_accents(part.text)  # letters and digits only: nothing to escape
    return f"{word}{_LETTER}*" if part.is_beginning else word


def plain_text(text: str) -> str:
    """Return a text as passages are compared with it: in small letters without accents.

    >>> plain_text("Läkare")
    'lakare'
    """
    return _without_accents(text.lower())


def _without_accents(text: str) -> str:
    # As DuckDB's strip_accents does: marks are removed, other letters stay ("ø", "ß").
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize(
        "NFC", "".join(char for char in apart if unicodedata.category(char) != "Mn")
    )
