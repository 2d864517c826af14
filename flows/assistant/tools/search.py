"""The tools that find articles and statements by words, names, sources and days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal, Protocol

from pydantic import Field

from flows.assistant.answers import (
    Answer,
    Telling,
    Told,
    statement_fields,
    told_article,
    told_statement,
)
from flows.assistant.arguments import Listed, Name, OfDays
from flows.assistant.cursors import place_cursor, place_of
from flows.assistant.evidence import evidence_of
from flows.assistant.library import Call
from flows.assistant.problems import CallError
from flows.assistant.quoting import cut
from flows.assistant.rows import ArticleRow, StatementRow
from flows.assistant.tool import Tool
from flows.printable import number
from flows.web.reading import Row
from warehouse.conditions import Connection
from warehouse.search import Question, question_tree
from warehouse.search_explore import Asked, Shown, ask, read_part
from warehouse.search_hits import Hit
from warehouse.search_index import Month
from warehouse.search_lists import Place
from warehouse.search_nearest import suggest
from warehouse.search_older import older_articles, older_statements
from warehouse.search_statements import SaidHit, find_statements, with_titles
from warehouse.search_tree import Field as Property
from warehouse.search_tree import Node, all_of

LANGUAGE: Final = (
    'Words must all occur, in any form of the word; "words in quotation marks" follow each other;'
    " OR, NOT, parentheses; a star at the end of a word; and the fields speaker: entity: source:"
    ' language: topic: title: since: until:, for instance: rent OR housing source:gazette speaker:"Ana Ruiz".'
)
_AT_ONCE: Final = 100
_OF_HIT: Final = (
    "statement",
    "speaker",
    "speaker_role",
    "kind",
    "confidence",
    "start_char",
    "end_char",
)


class SearchArguments(Listed, OfDays):
    """The arguments of `search`."""

    query: str = Field("", max_length=2_000, description=f"The question. {LANGUAGE}")
    what: Literal["articles", "statements"] = Field("articles", description="What to find")
    speaker: Name = Field("", description="Words of the name of somebody who is quoted")
    source: Name = Field("", description="Who published it: a source_id or a part of one")
    order: Literal["best", "newest"] = Field(
        "best", description="best has no cursor; newest lists all matches, part by part"
    )


class Found(Answer):
    """The answer of `search` and `statements`."""

    matches: int = Field(
        description="Articles that match; with a cursor, perhaps without newer ones"
    )
    articles: list[ArticleRow] = Field(default_factory=list)
    statements: list[StatementRow] = Field(default_factory=list)


class StatementArguments(Listed, OfDays):
    """The arguments of `statements`."""

    speaker: Name = Field("", description="Who says it: words of the name")
    words: str = Field("", max_length=2_000, description=f"What the statement must say. {LANGUAGE}")
    about: Name = Field("", description="A person, organization or place that the statement names")
    source: Name = Field("", description="Who published it: a source_id or a part of one")


def search(call: Call, asked: SearchArguments) -> Told:
    """Find articles or statements."""
    if asked.cursor and asked.order == "best":
        raise CallError(
            "cursor", "the order `best` has none", "Call with order=newest to list all matches."
        )
    tree = question_of(asked, asked.query)
    if asked.order == "newest":
        return _newest(call, asked, tree, is_statements=asked.what == "statements")
    with call.searching() as (con, months):
        found = ask(con, months, tree)
        notes = [] if found.tree is tree else ["No article has all words; these have some of them."]
        suggestions = [one for each in found.suggestions for one in each.nearest]
        hits, is_cut = _best(con, found, asked)
    content = Found(matches=found.matches.count, notes=notes, suggestions=suggestions)
    telling = Telling()
    shown = _tell(call, telling, hits, content)
    if is_cut or shown is not None:
        content.notes.append("These are the best ones. Call with order=newest to list all.")
    return telling.answer(content)


def statements(call: Call, asked: StatementArguments) -> Told:
    """Find who said what about whom."""
    tree = question_of(asked, asked.words, about=asked.about)
    return _newest(call, asked, tree, is_statements=True)


class Filters(Protocol):
    """The arguments that narrow a question."""

    speaker: str
    source: str
    since: date | None
    until: date | None


def question_of(asked: Filters, text: str, *, about: str = "") -> Node:
    """Return the tree of a question.

    Args:
        asked: The arguments with the filters.
        text: The words, in the language of the search.
        about: Who or what is named.

    Raises:
        CallError: Nothing is asked.
        SearchSyntaxError: The words cannot be read.
    """
    nodes: list[Node] = [Property("entity", about)] if about else []
    if text.strip() or asked.speaker or asked.source or asked.since or asked.until:
        question = Question(
            text=text, speaker=asked.speaker or None, source=asked.source or None,
            since=asked.since, until=asked.until,
        )  # fmt: skip
        nodes.insert(0, question_tree(question))
    if not nodes:
        raise CallError(
            None,
            "nothing is asked",
            "Give words, or at least one of: speaker, source, since, until.",
        )
    return all_of(nodes)


def _best(
    con: Connection, found: Asked, asked: SearchArguments
) -> tuple[Sequence[Hit | SaidHit], bool]:
    """Return the best matches, and whether there are more."""
    if asked.what == "statements":
        said = find_statements(con, found.tree, found.matches, is_newest_first=False)
        return with_titles(con, said[: asked.limit]), len(said) > asked.limit
    shown = Shown(most=asked.limit)
    hits = [hit for part in read_part(con, found, shown, _AT_ONCE) for hit in part]
    return hits, found.matches.count > asked.limit


def _newest(
    call: Call, asked: SearchArguments | StatementArguments, tree: Node, *, is_statements: bool
) -> Told:
    """Return a part of the matches, newest first, and the cursor of the next part."""
    after = place_of(asked.cursor, asked)
    about = getattr(asked, "about", "")
    with call.searching() as (con, months):
        if is_statements:
            part = older_statements(
                con, months, tree, about=Property("entity", about) if about else None,
                after=after, most=asked.limit,
            )  # fmt: skip
        else:
            part = older_articles(con, months, tree, after=after, most=asked.limit)
        content = Found(matches=part.matches)
        if not part.matches:
            content.suggestions = _nearest(con, months, tree)
    hits: Sequence[Hit | SaidHit] = part.statements if is_statements else part.hits
    if is_statements and part.after is not None and len(hits) < asked.limit:
        content.notes.append(
            f"{part.looked_at:,} articles were looked at; the cursor goes on with older ones."
        )
    telling = Telling()
    shown = _tell(call, telling, hits, content)
    content.cursor = place_cursor(asked, shown or part.after)
    return telling.answer(content)


def _nearest(con: Connection, months: Sequence[Month], tree: Node) -> list[str]:
    found = suggest(con, len(months), tree) if months else ()
    return [one for each in found for one in each.nearest]


def _tell(
    call: Call, telling: Telling, hits: Sequence[Hit | SaidHit], content: Found
) -> Place | None:
    """Tell as many hits as there is room for; return the last place if some were left out."""
    telling.tell(f"Matching: {number(content.matches, 'article')}.")
    with call.reading() as reading:
        days = [(hit.article_id, _day(hit)) for hit in hits]
        evidence = evidence_of(reading, days)
    last: Place | None = None
    for at, hit in enumerate(hits, 1):
        proof = evidence.get((hit.article_id, hit.revision))
        if proof is None:  # a newer snapshot lacks it
            continue
        if not _add(telling, content, hit, proof, f"{at}."):
            return last
        start = {"start_char": hit.start_char} if isinstance(hit, SaidHit) else {}
        last = Place(proof["published_on"], hit.article_id, **start)
    return None


def _day(hit: Hit | SaidHit) -> date | None:
    """Return the day of a hit if it is sure: that of an article is in its own time zone."""
    return hit.published_on if isinstance(hit, SaidHit) else None


def _add(telling: Telling, content: Found, hit: Hit | SaidHit, proof: Row, head: str) -> bool:
    """Add a hit with where it can be checked, if there is room for it."""
    if isinstance(hit, SaidHit):
        said = StatementRow(**statement_fields(_said(hit, proof)))
        has_room = telling.add(said, told_statement(telling, said, head))
        content.statements += [said] if has_room else []
        return has_room
    passage, _ = cut(hit.snippet.text)
    article = ArticleRow(**proof, passage=passage, speaker=hit.speaker)
    has_room = telling.add(article, told_article(telling, article, head))
    content.articles += [article] if has_room else []
    return has_room


def _said(hit: SaidHit, proof: Mapping[str, Any]) -> dict[str, Any]:
    own = {name: getattr(hit, name) for name in _OF_HIT}
    return {**own, **proof, "statement_id": hit.fingerprint}


TOOLS: Final = (
    Tool(
        name="search",
        title="Search articles or statements",
        description=(
            "Find news articles, or statements in them, by words and filters, best first or newest first."
            " Articles come with the passage that matches. Use `statements` for who said what about whom,"
            " and `counts` for how many."
        ),
        arguments=SearchArguments,
        content=Found,
        run=search,
    ),
    Tool(
        name="statements",
        title="Who said what about whom",
        description=(
            "List attributed statements, newest first, by speaker, by words, by whom or what they name, by"
            " source and days. Each has its place in the article, and a statement_id for `quote_spread`."
        ),
        arguments=StatementArguments,
        content=Found,
        run=statements,
    ),
)
