"""The rows of answers. Each has what is needed to check it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, Field

from flows.assistant.quoting import cut

_SHORT: Final = 300  # characters; names, roles and headlines have fewer
Short = Annotated[str, AfterValidator(lambda text: cut(text, _SHORT)[0])]


class Evidence(BaseModel):
    """Where something was printed, and how to check it."""

    article_id: str = Field(description="Key of the article, for the tool `article`")
    revision: int | None = Field(description="Version of the article that has it, 1 for the first")
    published_on: date | None = Field(description="Day of publication (UTC)")
    source_id: str = Field(description="Who published it")
    url: str | None = Field(description="Address of the article")
    sha256: str | None = Field(description="SHA-256 of the archived original")


class ArticleRow(Evidence):
    """An article; `title`, `passage` and `speaker` are quoted from it."""

    title: Short | None
    language: str | None = None
    passage: str | None = Field(None, description="The words that were found, in their context")
    speaker: Short | None = Field(None, description="Who says the passage, if that was asked")
    is_copy: bool | None = Field(None, description="Whether it runs the text of another article")
    published_at: datetime | None = None


class StatementRow(Evidence):
    """A statement; the words, the speaker and the title are quoted from its article."""

    statement_id: str | None = Field(
        description="For the tool `quote_spread`; null if it is too short"
    )
    speaker: Short | None = Field(description="Null if the article gives only a role or a pronoun")
    speaker_role: Short | None
    statement: str
    left_out: int = Field(0, description="Characters of the statement that were cut")
    kind: str = Field(description="direct, mixed or indirect speech")
    confidence: float | None = Field(description="Expected share of right attributions, 0 to 1")
    start_char: int = Field(description="First character in the text of the article")
    end_char: int = Field(description="One past the last character")
    title: Short | None


class ParagraphRow(BaseModel):
    """A paragraph; `text` is quoted from the article."""

    paragraph: int = Field(description="Its number, 1 for the first")
    start_char: int
    end_char: int
    kind: str = Field(description="text, heading, item or quote")
    text: str
    left_out: int = Field(0, description="Characters of the paragraph that come with the next call")


class SaidRow(BaseModel):
    """A statement in an article that is shown; speaker and words are quoted from it."""

    statement_id: str | None
    paragraph: int | None
    start_char: int
    end_char: int
    kind: str
    act: str = Field(description="speech, attitude or plan")
    speaker: Short | None
    speaker_role: Short | None
    statement: str
    confidence: float | None


class RoleRow(BaseModel):
    """A role of a speaker, as articles write it."""

    role: Short
    statements: int
    sources: int
    first_on: date | None
    last_on: date | None


class RepeatedRow(StatementRow):
    """A statement that several articles have, as it was printed first."""

    articles: int
    sources: int
    wordings: int


class StoryRow(BaseModel):
    """A story; the headline, people and places are quoted from its articles."""

    story_id: str
    headline: Short | None
    central_article_id: str
    first_at: datetime
    last_at: datetime
    articles: int
    texts: int = Field(description="Articles that are no copies")
    sources: int = Field(description="Outlets with an article on the days that were asked for")
    people: list[Short]
    places: list[Short]


class StoryStatementRow(BaseModel):
    """A statement of a story, as it was worded first."""

    statement_id: str
    speaker: Short | None
    speaker_role: Short | None
    statement: str
    article_id: str
    source_id: str = Field(description="Who printed it first")
    first_at: datetime | None
    articles: int
    sources: int


class WordingRow(BaseModel):
    """One way in which a statement was printed."""

    wording: int = Field(description="1 for the first one, then by time")
    statement: str
    changes: str = Field(description="Against wording 1: [-left out-] and {+added+}; empty if none")
    sources: list[str]
    articles: int


class AppearanceRow(StatementRow):
    """A place where a statement was printed."""

    wording: int
    form: str = Field(description="first, same (words) or changed")
    published_at: datetime | None
    hours_later: float | None = Field(description="After the first one")
    is_copy: bool = Field(description="Whether its article runs the text of another one")
    is_gone: bool = Field(description="Whether the newest version of its article lacks it")


class CountRow(BaseModel):
    """A day, week or month."""

    first_on: date
    matching: int
    articles: int = Field(description="All articles of the period, also those that do not match")
    share: float = Field(description="matching divided by articles")


class FeedRow(BaseModel):
    """A feed; its title is its own."""

    feed_id: str | None
    source_id: str
    title: Short | None
    url: str
    state: str
    note: str
    polled_at: datetime | None
    next_poll_at: datetime | None
    new_per_day: float | None
    failures: int | None
