"""What a reader asks on the search page, as the address of the page has it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Final, Self

from starlette.datastructures import QueryParams

from flows.web.templating import query_string
from warehouse.errors import SearchSyntaxError
from warehouse.search import Question, question_tree
from warehouse.search_tree import Field, Name, Node, all_of

# What narrows the matches: the name in the address, in the search, and for people.
FACETS: Final[tuple[tuple[str, Name, str], ...]] = (
    ("source", "source", "Source"),
    ("language", "language", "Language"),
    ("speaker", "speaker", "Speaker"),
    ("entity", "entity", "Named"),
    ("topic", "topic", "Topic"),
    ("kind", "page", "Kind of page"),
)
_LONGEST: Final = 500  # characters of a value; names are shorter


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchForm:
    """The fields of the search page; an empty one is not asked.

    Attributes:
        q: A question in the language of the search.
        source: A source_id.
        language: ISO 639-1 code.
        speaker: Name of a speaker.
        entity: An entity_id.
        topic: Code of a topic.
        kind: Kind of page.
        since: First day of publication.
        until: Last day of publication.
        shown: `statements`, otherwise articles.
        sort: `newest`, otherwise best first.
        page: Number of the page of results, from 1 on.
    """

    q: str = ""
    source: str = ""
    language: str = ""
    speaker: str = ""
    entity: str = ""
    topic: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None
    shown: str = ""
    sort: str = ""
    page: int = 1

    @classmethod
    def of(cls, params: QueryParams) -> Self:
        """Return the form that a query string has; what cannot be read counts as not given."""
        texts = {
            field.name: params.get(field.name, "").strip()[:_LONGEST]
            for field in fields(cls)
            if field.name not in {"q", "since", "until", "shown", "sort", "page"}
        }
        page = params.get("page", "")
        return cls(
            **texts,
            q=params.get("q", "").strip(),
            since=_day(params.get("since", "")),
            until=_day(params.get("until", "")),
            shown="statements" if params.get("as") == "statements" else "",
            sort="newest" if params.get("sort") == "newest" else "",
            page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 6 else 1,
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked."""
        return not (self.q or self.since or self.until or self.chosen)

    @property
    def chosen(self) -> dict[str, str]:
        """The facets that are chosen, by their names in the address."""
        values = {key: getattr(self, key) for key, _, _ in FACETS}
        return {key: value for key, value in values.items() if value}

    def link(self, path: str = "/search", **changes: Any) -> str:
        """Return the address of this form with some fields changed, at its first page."""
        form = replace(self, **{"page": 1, **changes})
        values = {field.name: getattr(form, field.name) for field in fields(form)}
        values["as"] = values.pop("shown")
        values["page"] = form.page if form.page > 1 else None
        return path + query_string(**values)

    def tree(self) -> Node:
        """Return the tree of the question.

        Raises:
            SearchSyntaxError: The words cannot be read.
        """
        nodes: list[Node] = [
            Field(name, getattr(self, key), is_exact=True)
            for key, name, _ in FACETS
            if getattr(self, key)
        ]
        if self.q or self.since or self.until:
            nodes.insert(
                0, question_tree(Question(text=self.q, since=self.since, until=self.until))
            )
        return all_of(nodes)

    def as_words(self, names: dict[str, str]) -> str:
        """Return the question in the language of the search, for a watch.

        Args:
            names: The names of the chosen facets, by their names in the address. A source is
                asked for by its source_id.
        """
        parts = [f"({self.q})" if " OR " in self.q else self.q] if self.q else []
        for key, name, _ in FACETS:
            value = getattr(self, key)
            if key != "source":
                value = names.get(key, value)
            if value:
                parts.append(f'{name}:"{value.replace(chr(34), " ")}"')
        parts += [
            f"{side}:{day}" for side, day in (("since", self.since), ("until", self.until)) if day
        ]
        return " ".join(parts)

    def corrected(self, written: str, meant: str) -> str:
        """Return the address of this form with a word or name replaced, in quotation marks if needed.

        >>> SearchForm(q="speaker:Ruis Strik").corrected("ruis", "Ana Ruiz")
        '/search?q=speaker%3A%22Ana+Ruiz%22+Strik'
        """
        at = self.q.lower().find(written.lower())
        if at < 0:
            return self.link()
        before, after = self.q[:at], self.q[at + len(written) :]
        is_quoted = before.count('"') % 2 == 1
        return self.link(
            q=before + (meant if is_quoted or " " not in meant else f'"{meant}"') + after
        )

    def problem(self) -> SearchSyntaxError | None:
        """Return why the question cannot be read, None if it can."""
        try:
            self.tree()
        except SearchSyntaxError as exc:
            return exc
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
