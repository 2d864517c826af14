"""What is read from one document, as plain values that JSON can hold.

`onrecord extract` writes such a record for each line, and `onrecord.extract` returns it.
Offsets (`start`, `end`, `*_start`, `*_end`) are half-open ranges of Unicode code points in the
`text` of the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, NotRequired, TypedDict, cast, final

from transforms.cleaning.refusals import type_of_refusal
from transforms.records import (
    Analysis,
    Article,
    DateMention,
    Keyphrase,
    Mention,
    Quotation,
    Rejection,
    Topic,
)


class StatementRecord(TypedDict):
    """A statement with its source (see `transforms.records.Quotation`).

    Attributes:
        kind: `direct`, `mixed` (a clause with quotation marks in it) or `indirect`.
        speaker: The source as written ("she"); `speaker_name` is resolved in the article.
        act: `speech`, `attitude` (opposes, hopes, denies) or `plan` (intends to).
        confidence: 0..1, the share of such attributions expected to be right.
        fragments: Start and end of each piece, only if the statement is interrupted.
        statement: The words of the pieces, only if it is interrupted.
        reported: The statements of others that this one reports.
    """

    start: int
    end: int
    text: str
    kind: str
    speaker: str | None
    speaker_start: int | None
    speaker_end: int | None
    speaker_name: str | None
    speaker_role: str | None
    cue: str | None
    cue_start: int | None
    confidence: float
    act: str
    medium: str | None
    reported_by: str | None
    fragments: NotRequired[list[list[int]]]
    statement: NotRequired[str]
    reported: NotRequired[list[StatementRecord]]


class NoCommentRecord(TypedDict):
    """A note that somebody who was asked said nothing (see `transforms.records.NoComment`).

    Attributes:
        kind: `declined`, `no_response` or `unreachable`.
    """

    start: int
    end: int
    text: str
    kind: str
    asked: str
    asked_start: int
    asked_end: int
    cue: str
    cue_start: int
    asked_name: str | None
    asked_role: str | None
    asked_entity_id: str | None
    asked_by: str | None
    about: str | None
    confidence: float


class MentionRecord(TypedDict):
    """A name in the text.

    Attributes:
        kind: `person`, `organization`, `place`, `event` or `product`.
        entity: The full name of what is named.
        confidence: 0..1, the share of such names expected to be right.
    """

    start: int
    end: int
    text: str
    kind: str
    entity: str
    confidence: float


class DateRecord(TypedDict):
    """An expression of time.

    Attributes:
        type: `DATE`, `TIME`, `DURATION` or `SET`, as in TIMEX3.
        value: The value in TIMEX3: "2024-05-03", "2024-W18", "P2Y"; None if unknown.
    """

    start: int
    end: int
    text: str
    type: str
    value: str | None


class KeyphraseRecord(TypedDict):
    """A phrase that says what an article is about.

    Attributes:
        phrase: The phrase in lower case; a name as its entity is called.
        score: Its rank as a share of that of the best phrase of the article, 0..1.
        start: First character of its first occurrence in the text; `end` is one past its last.
        entity: Name of the entity, None for phrases that are no name.
    """

    phrase: str
    score: float
    start: int
    end: int
    entity: str | None


@final
class EvidenceRecord(TypedDict):
    """A term that counts for a topic.

    Attributes:
        term: The term as the word list has it.
        weight: What it counts: 1 a hint, 2 a strong sign, 3 decisive.
        occurrences: How often the article has it, the headline included.
        start: First character of its first occurrence in the text, None if only the headline
            has it; `end` likewise.
    """

    term: str
    weight: float
    occurrences: int
    start: int | None
    end: int | None


@final
class TopicRecord(TypedDict):
    """A topic of an article, an IPTC Media Topic of the first or second level.

    Attributes:
        topic: Its code of eight digits.
        name: Its name.
        level: 1 or 2.
        score: Its share of the evidence for all topics of its level, 0..1.
        evidence: The terms that count for it, best first.
    """

    topic: str
    name: str
    level: int
    score: float
    evidence: list[EvidenceRecord]


@final
class ErrorRecord(TypedDict):
    """Why a document is no article.

    Attributes:
        reason: A fixed code: `bad_input`, `listing`, `consent_wall`, `too_short`, ...
        detail: What was found, in words.
    """

    reason: str
    detail: str


@final
class ArticleRecord(TypedDict):
    """An article and everything that is read from it.

    Attributes:
        alternative_titles: Other headlines that the page states, without `title`.
        published_at: A day ("2024-05-03") or an instant with its offset, in ISO 8601; None
            if it is unknown.
        language: ISO 639-1 code, None if unknown.
        page_type: The kind of page (`article`, `live`), None for a text.
        text: The text that offsets refer to; the headline is not in it.
        quotations: The statements, in order.
        no_comment: Notes that somebody said nothing.
    """

    title: str | None
    alternative_titles: list[str]
    authors: list[str]
    published_at: str | None
    language: str | None
    page_type: str | None
    text: str
    quotations: list[StatementRecord]
    no_comment: list[NoCommentRecord]
    mentions: list[MentionRecord]
    dates: list[DateRecord]
    keyphrases: list[KeyphraseRecord]
    topics: list[TopicRecord]


@final
class RefusedRecord(TypedDict):
    """A document that is no article: the fields of one, empty, and the reason.

    Attributes:
        page_type: What the page is instead (`wall`, `listing`, `product`, ...), None if that
            is not known.
    """

    title: None
    alternative_titles: list[str]
    authors: list[str]
    published_at: None
    language: None
    page_type: str | None
    text: None
    quotations: list[StatementRecord]
    no_comment: list[NoCommentRecord]
    mentions: list[MentionRecord]
    dates: list[DateRecord]
    keyphrases: list[KeyphraseRecord]
    topics: list[TopicRecord]
    error: ErrorRecord


def record_of(outcome: Analysis | Rejection) -> ArticleRecord | RefusedRecord:
    """Return the record of one document."""
    return refused_record(outcome) if isinstance(outcome, Rejection) else article_record(outcome)


def refused_record(rejection: Rejection) -> RefusedRecord:
    """Return the record of a document that is no article."""
    return {
        "title": None,
        "alternative_titles": [],
        "authors": [],
        "published_at": None,
        "language": None,
        "page_type": type_of_refusal(rejection.reason),
        "text": None,
        "quotations": [],
        "no_comment": [],
        "mentions": [],
        "dates": [],
        "keyphrases": [],
        "topics": [],
        "error": {"reason": rejection.reason, "detail": rejection.detail},
    }


def article_record(analysis: Analysis) -> ArticleRecord:
    """Return the record of an article."""
    article = analysis.article
    return {
        "title": article.title,
        "alternative_titles": list(article.alternative_titles),
        "authors": list(article.authors),
        "published_at": _stamp(article),
        "language": article.language,
        "page_type": article.page_type,
        "text": article.text,
        "quotations": _statements(analysis.quotations),
        "no_comment": [cast("NoCommentRecord", asdict(note)) for note in analysis.no_comments],
        "mentions": [_mention(mention) for mention in analysis.mentions],
        "dates": [_date(mention) for mention in analysis.dates],
        "keyphrases": [_keyphrase(phrase) for phrase in analysis.keyphrases],
        "topics": [_topic(topic) for topic in analysis.topics],
    }


def _stamp(article: Article) -> str | None:
    if article.published_at is None:
        return None
    if article.published_precision == "day":
        return article.published_at.date().isoformat()
    return article.published_at.isoformat()


def _statements(quotations: Sequence[Quotation]) -> list[StatementRecord]:
    """Return the statements; one that another reports is in its `reported`, unless direct."""
    rows: list[StatementRecord] = []
    for quotation in quotations:
        row = _statement(quotation)
        outer = None
        if quotation.reported_by and quotation.kind != "direct":
            around = (one for one in reversed(rows) if one["end"] >= quotation.end)
            outer = next(around, None)
        (outer.setdefault("reported", []) if outer else rows).append(row)
    return rows


def _statement(quotation: Quotation) -> StatementRecord:
    row: dict[str, Any] = {
        name: getattr(quotation, name)
        for name in (
            "start", "end", "text", "kind", "speaker", "speaker_start", "speaker_end",
            "speaker_name", "speaker_role", "cue", "cue_start", "confidence", "act", "medium",
            "reported_by",
        )
    }  # fmt: skip
    if len(quotation.fragments) > 1:
        row["fragments"] = [list(fragment) for fragment in quotation.fragments]
        row["statement"] = quotation.statement
    return cast("StatementRecord", row)


def _mention(mention: Mention) -> MentionRecord:
    return {
        "start": mention.start, "end": mention.end, "text": mention.text,
        "kind": mention.kind, "entity": mention.name, "confidence": mention.confidence,
    }  # fmt: skip


def _date(mention: DateMention) -> DateRecord:
    return {
        "start": mention.start, "end": mention.end, "text": mention.text,
        "type": mention.type, "value": mention.value,
    }  # fmt: skip


def _keyphrase(phrase: Keyphrase) -> KeyphraseRecord:
    return {
        "phrase": phrase.phrase,
        "score": phrase.score,
        "start": phrase.start,
        "end": phrase.end,
        "entity": phrase.phrase if phrase.entity_id else None,
    }


def _topic(topic: Topic) -> TopicRecord:
    return {
        "topic": topic.code,
        "name": topic.name,
        "level": topic.level,
        "score": topic.score,
        "evidence": [cast("EvidenceRecord", asdict(one)) for one in topic.evidence],
    }
