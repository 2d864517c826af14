"""The vocabulary of the pipeline: frozen records shared by every layer.

Standard library only, so that importing it costs nothing. Offsets (`start`, `end`,
`*_start`, `*_end`) are half-open ranges of Unicode code points in `Article.text`.
Instants (`*_at`) are timezone-aware; days (`*_on`) are calendar dates.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from transforms.sent import Sent

Fragment = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An acquired document, before anything is read from it.

    Attributes:
        document_id: Stable key of this acquisition (see `transforms.identity`).
        url: The requested URL, None for text without one.
        final_url: The URL after redirects, None if it is `url`.
        content: Bytes as received, or decoded text.
        media_type: `html` (a page: cleaned), `text` (prose: cleaned lightly), or `pdf`, `docx`
            or `epub` (a file: its paragraphs are cleaned lightly).
        is_clean: Whether the text is used verbatim: offsets refer to `content` itself.
        charset: Charset that the transport declared, None if not declared.
        fetched_at: When it was acquired, UTC.
        published_at: Publication instant from the feed or the input.
        published_from: Its origin: `feed` or `input`.
        published_precision: Precision of `published_at`: `second` or `day`.
        published_confidence: 1.0, less if its time zone was assumed.
        title: Headline from the feed or the input.
        authors: Bylines from the feed or the input.
        language: ISO 639-1 code from the feed or the input.
        feed_text: The article's HTML from the feed.
        is_feed_text: Whether `content` is that HTML because the page was not available.
        opt_out: Signals in the response headers against mining or keeping the page.
        publisher: Name of the outlet from the input, None if unknown.
        flags: Fixed codes that come with the input, such as `from_pdf`; they are
            added to the flags of the article.
    """

    document_id: str
    content: bytes | str
    media_type: str
    fetched_at: datetime
    url: str | None = None
    final_url: str | None = None
    is_clean: bool = False
    charset: str | None = None
    published_at: datetime | None = None
    published_precision: str = "second"
    published_from: str = "input"
    published_confidence: float = 1.0
    title: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    feed_text: str | None = None
    is_feed_text: bool = False
    opt_out: tuple[str, ...] = ()
    publisher: str | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(Sent):
    """Cleaned text with its metadata.

    Attributes:
        article_id: Stable key, from the canonical URL or otherwise the text.
        text: Paragraphs separated by one newline; the headline is not in it.
        published_from: Origin of `published_at`: `feed`, `input`, `json_ld`,
            `meta`, `time`, `url`, `text`, `search`, `rule`; None with `published_at`.
        published_precision: `second`, `minute` or `day`.
        published_confidence: 1.0 for a stated instant, less for an inferred day.
        language: The ISO 639-1 code that is believed, either the page's declaration
            (`declared_language`) or the text's (`detected_language`).
        declared_region: ISO 3166-1 alpha-2 code of the language that the page declares
            ("GB" for en-GB), None if it gives none; not stored.
        agency: News agency that the text credits ("Reuters"), None without a credit.
        dateline: Place and day before the first sentence ("BRUSSELS, Nov 28").
        extractor: The source of `text`: `trafilatura`, `json_ld`, `plain`, `verbatim`,
            `rule` (of the user), `pdf`, ...
        extractor_version: Version of the cleaning step and of trafilatura, with the digest
            of the user's rules if they apply to the page ("3+trafilatura.2.3.1+rules.1a2b3c4d").
        flags: Fixed codes of doubts (`suspicious_extraction`, ...), sorted.
        paragraph_kinds: The role of each paragraph in the page: `text`, `heading`, `item`
            (of a list) or `quote`; empty for plain text.
        page_type: The kind of page (see `transforms.cleaning.page_types`), None for plain text.
        next_page_url: The next page of an article on several pages, None if there is none.
        alternative_titles: Other headlines that the page states, without `title`.
        wording_sha256: Digest of headline and text without what is trivial (see
            `transforms.comparison.wording`), None if it was not computed.
        original_url: The page on another site that this one declares as canonical: where the
            text was first published, None if it declares none.
    """

    article_id: str
    document_id: str
    title: str | None
    text: str
    content_sha256: str
    text_sha256: str
    extractor: str
    extractor_version: str
    url: str | None = None
    canonical_url: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_from: str | None = None
    published_precision: str | None = None
    published_confidence: float | None = None
    modified_at: datetime | None = None
    language: str | None = None
    declared_language: str | None = None
    detected_language: str | None = None
    declared_region: str | None = None
    publisher: str | None = None
    description: str | None = None
    image_url: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    agency: str | None = None
    dateline: str | None = None
    charset: str | None = None
    agreement: float | None = None
    visible_chars: int | None = None
    is_paywalled: bool | None = None
    opt_out: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    paragraph_kinds: tuple[str, ...] = ()
    page_type: str | None = None
    next_page_url: str | None = None
    alternative_titles: tuple[str, ...] = ()
    wording_sha256: str | None = None
    original_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention(Sent):
    """One occurrence of a name.

    Attributes:
        kind: `person`, `organization`, `place`, `event` or `product`.
        name: Canonical name of the entity.
        entity_id: Key of that entity, the same across articles.
        confidence: 0..1, the share of such mentions expected to be right.
        candidates: Other entities it may mean, best first; empty if it is unambiguous.
    """

    start: int
    end: int
    text: str
    kind: str
    name: str
    entity_id: str
    confidence: float = 1.0
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity(Sent):
    """A person, organization, place, event or product that mentions point to.

    Attributes:
        aliases: Other known or observed names, sorted.
        country: ISO 3166-1 alpha-2 code, None if it has none or it is unknown.
        latitude: Degrees north, places only.
        longitude: Degrees east, places only.
        wikidata_id: "Q7184", if the gazetteer has it.
    """

    entity_id: str
    name: str
    kind: str
    aliases: tuple[str, ...] = ()
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    wikidata_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation(Sent):
    """An attributed statement.

    Attributes:
        text: `Article.text[start:end]`, without the outer quotation marks if the statement
            is a single direct quotation.
        kind: `direct`, `mixed` (a content clause with quotation marks in it) or
            `indirect`.
        fragments: The pieces of an interrupted statement ("A," he said. "B."), in
            order; one piece, `(start, end)`, for all others.
        statement: The words of the fragments as they are shown: joined by " … ", without a
            comma or dash that only leads to the attribution.
        act: `speech`, `attitude` (opposes, hopes, fears, denies) or `plan` (intends to).
        medium: What carried the words, as written ("a statement", "her book"), None if
            nothing is named.
        reported_by: Who reports the statement of somebody else ("Holm" in "Holm said Ruiz
            had promised to pay"), resolved if possible; None if the article itself does.
        speaker: The source as written ("the head of the Alliance", "he"), with
            `speaker_start`, `speaker_end`; None if nobody is named.
        speaker_name: The source resolved within the article ("Jens Stoltenberg").
        speaker_role: The role that the article gives them ("NATO Secretary General").
        speaker_entity_id: The entity of `speaker_name`, if a mention has one.
        cue: The words that attribute it ("said", "according to"), at `cue_start`.
        confidence: 0..1, the share of such attributions expected to be right.
        fingerprint: Key of the normalised wording, equal for reuses of a quotation.
    """

    start: int
    end: int
    text: str
    kind: str
    fragments: tuple[Fragment, ...]
    statement: str
    act: str = "speech"
    medium: str | None = None
    reported_by: str | None = None
    speaker: str | None = None
    speaker_start: int | None = None
    speaker_end: int | None = None
    speaker_name: str | None = None
    speaker_role: str | None = None
    speaker_entity_id: str | None = None
    cue: str | None = None
    cue_start: int | None = None
    confidence: float = 0.0
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoComment(Sent):
    """A note that somebody who was asked said nothing.

    Attributes:
        text: `Article.text[start:end]`, the clause from who was asked to its end.
        kind: `declined` ("declined to comment", "refused to say whether"), `no_response`
            ("did not respond to a request") or `unreachable` ("could not be reached").
        asked: Who was asked, as written, at `asked_start` to `asked_end`.
        asked_name: Who was asked, resolved within the article.
        asked_role: The role that the article gives them.
        asked_entity_id: The entity of `asked_name`, if a mention has one.
        asked_by: Who asked, as written ("the Gazette"), None if the article does not say.
        about: What they were asked about, as written, None if the article does not say.
        cue: The words that tell it ("declined to comment"), at `cue_start`.
        confidence: 0..1, the share of such notes expected to be right.
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
    asked_name: str | None = None
    asked_role: str | None = None
    asked_entity_id: str | None = None
    asked_by: str | None = None
    about: str | None = None
    confidence: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention(Sent):
    """A temporal expression.

    Attributes:
        type: TIMEX3 type: `DATE`, `TIME`, `DURATION` or `SET`.
        value: TIMEX3 value ("2023-11-28", "2024-SU", "P3D", "PRESENT_REF"), None
            if the expression has no definite value.
        starts_on: First day that it spans, None if it spans no known days.
        ends_on: Last day that it spans, included.
        anchor: What it was resolved against: `explicit`, `published`, `narrative`
            (a date named before) or `none`.
        confidence: 0..1, the share of such values expected to be right.
    """

    start: int
    end: int
    text: str
    type: str
    value: str | None
    starts_on: date | None = None
    ends_on: date | None = None
    anchor: str = "none"
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyphrase(Sent):
    """A phrase that says what an article is about.

    Attributes:
        phrase: The phrase in lower case; a name as its entity is called.
        score: Its rank as a share of that of the best phrase of the article, 0..1.
        start: First character of its first occurrence in the text.
        end: One past the last character of that occurrence.
        occurrences: How often the article has it, the headline included.
        entity_id: Entity of a name, None for other phrases.
    """

    phrase: str
    score: float
    start: int
    end: int
    occurrences: int = 1
    entity_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicEvidence(Sent):
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
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic(Sent):
    """A topic of an article: an IPTC Media Topic of the first or second level.

    Attributes:
        code: The code of eight digits ("15000000").
        name: Its name ("sport").
        level: 1 or 2.
        broader_code: Code of the topic of the first level that it is part of, itself for one.
        score: Its share of the evidence for all topics of its level, 0..1.
        evidence: The terms that count for it, best first.
    """

    code: str
    name: str
    level: int
    broader_code: str
    score: float
    evidence: tuple[TopicEvidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis(Sent):
    """All results for one document.

    Attributes:
        name_models: The trained models that found the names, with their versions; none if the
            rules did.
    """

    article: Article
    mentions: tuple[Mention, ...] = ()
    entities: tuple[Entity, ...] = ()
    name_models: tuple[str, ...] = ()
    quotations: tuple[Quotation, ...] = ()
    no_comments: tuple[NoComment, ...] = ()
    dates: tuple[DateMention, ...] = ()
    keyphrases: tuple[Keyphrase, ...] = ()
    topics: tuple[Topic, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """One rejected item, counted once.

    Attributes:
        item: The file, URL or line in question, without secrets.
        stage: `read`, `fetch`, `clean`, `analyse` or `append`.
        reason: A fixed code, so that rejections can be counted ("too_short").
        detail: One line for people: what was found, what to do.
    """

    item: str
    stage: str
    reason: str
    detail: str = field(default="")
