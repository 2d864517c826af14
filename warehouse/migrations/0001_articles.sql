-- Append-only: no keys, no indexes, no updates. What is current is decided by the views.

CREATE TABLE sources (
    source_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    home_url VARCHAR,
    country VARCHAR,
    language VARCHAR,
    first_seen_at TIMESTAMPTZ NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE sources IS 'One row per publisher';
COMMENT ON COLUMN sources.source_id IS 'Host name without "www.", or "files" for texts without an address';
COMMENT ON COLUMN sources.name IS 'Name the publisher gives itself, else the host name';
COMMENT ON COLUMN sources.home_url IS 'Address of the home page, NULL for files';
COMMENT ON COLUMN sources.country IS 'ISO 3166-1 alpha-2 code, NULL when not known';
COMMENT ON COLUMN sources.language IS 'ISO 639-1 code of its first article, NULL when not known';
COMMENT ON COLUMN sources.first_seen_at IS 'When the first document of it was acquired, UTC';
COMMENT ON COLUMN sources.batch_id IS 'Batch that appended this row';

CREATE TABLE documents (
    document_id VARCHAR NOT NULL,
    url VARCHAR,
    final_url VARCHAR,
    path VARCHAR,
    media_type VARCHAR NOT NULL,
    http_status INTEGER,
    fetched_at TIMESTAMPTZ NOT NULL,
    charset VARCHAR,
    bytes BIGINT NOT NULL,
    sha256 VARCHAR NOT NULL,
    warc_file VARCHAR,
    warc_offset BIGINT,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE documents IS 'One row per page or file acquired';
COMMENT ON COLUMN documents.document_id IS 'Key of the acquisition, from address and content';
COMMENT ON COLUMN documents.url IS 'Address that was asked for, NULL for a file without one';
COMMENT ON COLUMN documents.final_url IS 'Address after redirects, NULL when it is url';
COMMENT ON COLUMN documents.path IS 'File it was loaded from, with #line for JSON Lines; NULL when fetched';
COMMENT ON COLUMN documents.media_type IS 'html or text';
COMMENT ON COLUMN documents.http_status IS 'Status of the response, NULL for files';
COMMENT ON COLUMN documents.fetched_at IS 'When it was acquired, UTC';
COMMENT ON COLUMN documents.charset IS 'Character set its bytes were decoded with, NULL for text that came decoded';
COMMENT ON COLUMN documents.bytes IS 'Size of its content in bytes';
COMMENT ON COLUMN documents.sha256 IS 'Hexadecimal SHA-256 of its content';
COMMENT ON COLUMN documents.warc_file IS 'Archive file that holds its bytes, below the archive folder; NULL when not archived';
COMMENT ON COLUMN documents.warc_offset IS 'Byte offset of its record in warc_file';
COMMENT ON COLUMN documents.batch_id IS 'Batch that appended this row';

CREATE TABLE articles (
    article_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    revision_cause VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    url VARCHAR,
    canonical_url VARCHAR,
    title VARCHAR,
    authors VARCHAR[] NOT NULL,
    published_at TIMESTAMPTZ,
    published_from VARCHAR,
    published_precision VARCHAR,
    published_confidence DOUBLE,
    modified_at TIMESTAMPTZ,
    language VARCHAR,
    declared_language VARCHAR,
    publisher VARCHAR,
    description VARCHAR,
    image_url VARCHAR,
    section VARCHAR,
    tags VARCHAR[] NOT NULL,
    agency VARCHAR,
    dateline VARCHAR,
    text VARCHAR NOT NULL,
    words INTEGER NOT NULL,
    content_sha256 VARCHAR NOT NULL,
    text_sha256 VARCHAR NOT NULL,
    extractor VARCHAR NOT NULL,
    extractor_version VARCHAR NOT NULL,
    transform_version INTEGER NOT NULL,
    agreement DOUBLE,
    visible_chars INTEGER,
    is_paywalled BOOLEAN,
    opt_out VARCHAR[] NOT NULL,
    flags VARCHAR[] NOT NULL,
    fetched_at TIMESTAMPTZ NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE articles IS 'One row per revision of an article';
COMMENT ON COLUMN articles.article_id IS 'Key of the article, from its canonical address, else from its text';
COMMENT ON COLUMN articles.revision IS '1 for the first text seen, one more for each change of headline or text';
COMMENT ON COLUMN articles.revision_cause IS 'first, edited (by the publisher) or reprocessed (by a newer extractor)';
COMMENT ON COLUMN articles.document_id IS 'Document it was read from';
COMMENT ON COLUMN articles.source_id IS 'Publisher';
COMMENT ON COLUMN articles.url IS 'Address it was read at, NULL for files without one';
COMMENT ON COLUMN articles.canonical_url IS 'Address without tracking parameters and session marks';
COMMENT ON COLUMN articles.title IS 'Headline, without the name of the site';
COMMENT ON COLUMN articles.authors IS 'Names in the byline, in order';
COMMENT ON COLUMN articles.published_at IS 'When it was published, UTC; midnight where only the day is known';
COMMENT ON COLUMN articles.published_from IS 'Where published_at came from: feed, input, json_ld, meta, time, url, text, search';
COMMENT ON COLUMN articles.published_precision IS 'second, minute or day';
COMMENT ON COLUMN articles.published_confidence IS '1 for a stated instant, less for an inferred day';
COMMENT ON COLUMN articles.modified_at IS 'When the publisher says that it changed last, UTC';
COMMENT ON COLUMN articles.language IS 'ISO 639-1 code of the text';
COMMENT ON COLUMN articles.declared_language IS 'ISO 639-1 code that the page declares';
COMMENT ON COLUMN articles.publisher IS 'Publisher that the page names';
COMMENT ON COLUMN articles.description IS 'Summary that the page gives';
COMMENT ON COLUMN articles.image_url IS 'Main image that the page gives';
COMMENT ON COLUMN articles.section IS 'Section that the page gives';
COMMENT ON COLUMN articles.tags IS 'Tags that the page gives';
COMMENT ON COLUMN articles.agency IS 'News agency that the text credits';
COMMENT ON COLUMN articles.dateline IS 'Place and day before the first sentence';
COMMENT ON COLUMN articles.text IS 'Cleaned text, a paragraph a line; all offsets refer to it in code points';
COMMENT ON COLUMN articles.words IS 'Words of the text, separated by white space';
COMMENT ON COLUMN articles.content_sha256 IS 'Hexadecimal SHA-256 of headline and text: equal for an unchanged revision';
COMMENT ON COLUMN articles.text_sha256 IS 'Hexadecimal SHA-256 of the text';
COMMENT ON COLUMN articles.extractor IS 'What made the text: trafilatura, json_ld, plain, verbatim, ...';
COMMENT ON COLUMN articles.extractor_version IS 'Version of that extractor';
COMMENT ON COLUMN articles.transform_version IS 'Version of the cleaning step';
COMMENT ON COLUMN articles.agreement IS 'Share of the text on which the candidates agree, 0 to 1';
COMMENT ON COLUMN articles.visible_chars IS 'Characters of text that the page shows in all';
COMMENT ON COLUMN articles.is_paywalled IS 'Whether the page says that its text is not free';
COMMENT ON COLUMN articles.opt_out IS 'Opt-out signals found (noai, tdm-reservation, ...)';
COMMENT ON COLUMN articles.flags IS 'Fixed codes of what is doubtful (suspicious_extraction, ...)';
COMMENT ON COLUMN articles.fetched_at IS 'When its document was acquired, UTC';
COMMENT ON COLUMN articles.batch_id IS 'Batch that appended this row';

CREATE TABLE analyses (
    article_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    transform VARCHAR NOT NULL,
    transform_version INTEGER NOT NULL,
    items INTEGER NOT NULL,
    analysed_at TIMESTAMPTZ NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE analyses IS 'One row per transform run over a revision; the newest is the one that views show';
COMMENT ON COLUMN analyses.article_id IS 'Article';
COMMENT ON COLUMN analyses.revision IS 'Revision of the article';
COMMENT ON COLUMN analyses.transform IS 'quotations, mentions or dates';
COMMENT ON COLUMN analyses.transform_version IS 'Version of the transform';
COMMENT ON COLUMN analyses.items IS 'Rows that it found, also when none';
COMMENT ON COLUMN analyses.analysed_at IS 'When it ran, UTC';
COMMENT ON COLUMN analyses.batch_id IS 'Batch that appended this row and the rows it found';

CREATE TABLE quotations (
    article_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    start_char INTEGER NOT NULL,
    end_char INTEGER NOT NULL,
    text VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    fragments INTEGER[][] NOT NULL,
    speaker_text VARCHAR,
    speaker_start_char INTEGER,
    speaker_end_char INTEGER,
    speaker_name VARCHAR,
    speaker_role VARCHAR,
    speaker_entity_id VARCHAR,
    cue VARCHAR,
    cue_start_char INTEGER,
    confidence DOUBLE NOT NULL,
    fingerprint VARCHAR,
    transform_version INTEGER NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE quotations IS 'One row per attributed statement';
COMMENT ON COLUMN quotations.article_id IS 'Article';
COMMENT ON COLUMN quotations.revision IS 'Revision of the article';
COMMENT ON COLUMN quotations.start_char IS 'First character of the statement in articles.text';
COMMENT ON COLUMN quotations.end_char IS 'One past the last character of the statement';
COMMENT ON COLUMN quotations.text IS 'articles.text from start_char to end_char';
COMMENT ON COLUMN quotations.kind IS 'direct, mixed (a clause that holds quotation marks) or indirect';
COMMENT ON COLUMN quotations.fragments IS 'Pieces [start, end] of the statement; more than one where it is interrupted';
COMMENT ON COLUMN quotations.speaker_text IS 'Source as written ("the head of the Alliance", "he")';
COMMENT ON COLUMN quotations.speaker_start_char IS 'First character of speaker_text';
COMMENT ON COLUMN quotations.speaker_end_char IS 'One past the last character of speaker_text';
COMMENT ON COLUMN quotations.speaker_name IS 'Source resolved within the article ("Jens Stoltenberg")';
COMMENT ON COLUMN quotations.speaker_role IS 'Role that the article gives the source';
COMMENT ON COLUMN quotations.speaker_entity_id IS 'Entity of the source, NULL where no mention names it';
COMMENT ON COLUMN quotations.cue IS 'Words that attribute the statement ("said")';
COMMENT ON COLUMN quotations.cue_start_char IS 'First character of the cue';
COMMENT ON COLUMN quotations.confidence IS 'Expected share of right attributions among such, 0 to 1';
COMMENT ON COLUMN quotations.fingerprint IS 'Key of the normalised wording, equal where a quotation is reused';
COMMENT ON COLUMN quotations.transform_version IS 'Version of the transform that found it';
COMMENT ON COLUMN quotations.batch_id IS 'Batch that appended this row';

CREATE TABLE mentions (
    article_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    start_char INTEGER NOT NULL,
    end_char INTEGER NOT NULL,
    text VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    entity_id VARCHAR NOT NULL,
    confidence DOUBLE NOT NULL,
    candidates VARCHAR[] NOT NULL,
    transform_version INTEGER NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE mentions IS 'One row per occurrence of a name';
COMMENT ON COLUMN mentions.article_id IS 'Article';
COMMENT ON COLUMN mentions.revision IS 'Revision of the article';
COMMENT ON COLUMN mentions.start_char IS 'First character of the name in articles.text';
COMMENT ON COLUMN mentions.end_char IS 'One past the last character of the name';
COMMENT ON COLUMN mentions.text IS 'articles.text from start_char to end_char';
COMMENT ON COLUMN mentions.kind IS 'person, organization, place, event or product';
COMMENT ON COLUMN mentions.entity_id IS 'Entity that it stands for';
COMMENT ON COLUMN mentions.confidence IS 'Expected share of right mentions among such, 0 to 1';
COMMENT ON COLUMN mentions.candidates IS 'Other entities that it may stand for, best first';
COMMENT ON COLUMN mentions.transform_version IS 'Version of the transform that found it';
COMMENT ON COLUMN mentions.batch_id IS 'Batch that appended this row';

CREATE TABLE entities (
    entity_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    aliases VARCHAR[] NOT NULL,
    country VARCHAR,
    latitude DOUBLE,
    longitude DOUBLE,
    wikidata_id VARCHAR,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE entities IS 'One row per person, organization, place, event or product';
COMMENT ON COLUMN entities.entity_id IS 'Key of the entity, the same in every article';
COMMENT ON COLUMN entities.name IS 'Canonical name';
COMMENT ON COLUMN entities.kind IS 'person, organization, place, event or product';
COMMENT ON COLUMN entities.aliases IS 'Other names it was known by when the row was appended; all forms seen are in mentions.text';
COMMENT ON COLUMN entities.country IS 'ISO 3166-1 alpha-2 code, NULL when none or not known';
COMMENT ON COLUMN entities.latitude IS 'Degrees north, places only';
COMMENT ON COLUMN entities.longitude IS 'Degrees east, places only';
COMMENT ON COLUMN entities.wikidata_id IS 'Wikidata item, where the seeds have it';
COMMENT ON COLUMN entities.batch_id IS 'Batch that appended this row';

CREATE TABLE date_mentions (
    article_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    start_char INTEGER NOT NULL,
    end_char INTEGER NOT NULL,
    text VARCHAR NOT NULL,
    type VARCHAR NOT NULL,
    value VARCHAR,
    starts_on DATE,
    ends_on DATE,
    anchor VARCHAR NOT NULL,
    confidence DOUBLE NOT NULL,
    transform_version INTEGER NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE date_mentions IS 'One row per temporal expression';
COMMENT ON COLUMN date_mentions.article_id IS 'Article';
COMMENT ON COLUMN date_mentions.revision IS 'Revision of the article';
COMMENT ON COLUMN date_mentions.start_char IS 'First character of the expression in articles.text';
COMMENT ON COLUMN date_mentions.end_char IS 'One past the last character of the expression';
COMMENT ON COLUMN date_mentions.text IS 'articles.text from start_char to end_char';
COMMENT ON COLUMN date_mentions.type IS 'TIMEX3 type: DATE, TIME, DURATION or SET';
COMMENT ON COLUMN date_mentions.value IS 'TIMEX3 value ("2023-11-28", "2024-SU", "P3D"), NULL when it cannot be told';
COMMENT ON COLUMN date_mentions.starts_on IS 'First day that it spans, NULL when not known';
COMMENT ON COLUMN date_mentions.ends_on IS 'Last day that it spans, included';
COMMENT ON COLUMN date_mentions.anchor IS 'What it was resolved against: explicit, published, narrative or none';
COMMENT ON COLUMN date_mentions.confidence IS 'Expected share of right values among such, 0 to 1';
COMMENT ON COLUMN date_mentions.transform_version IS 'Version of the transform that found it';
COMMENT ON COLUMN date_mentions.batch_id IS 'Batch that appended this row';
