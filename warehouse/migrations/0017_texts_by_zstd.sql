-- Texts are stored by zstd: two thirds of the bytes that DuckDB would choose for them take, and
-- as fast to read. How a column is stored is decided when its table is made.

CREATE TABLE articles_by_zstd (
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
    text VARCHAR NOT NULL USING COMPRESSION zstd,
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
    batch_id VARCHAR NOT NULL,
    published_on DATE,
    paragraph_kinds VARCHAR[],
    detected_language VARCHAR
);
INSERT INTO articles_by_zstd BY NAME
FROM articles;
DROP TABLE articles;
ALTER TABLE articles_by_zstd RENAME TO articles;
COMMENT ON TABLE articles IS 'One row per revision of an article';
COMMENT ON COLUMN articles.article_id IS 'Key of the article, from its canonical address, else from its text';
COMMENT ON COLUMN articles.revision IS '1 for the first text seen, one more for each change of headline or text';
COMMENT ON COLUMN articles.revision_cause IS 'first, edited (by the publisher) or reprocessed (by a newer version of the cleaning step)';
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
COMMENT ON COLUMN articles.published_on IS 'Day of published_at, UTC';
COMMENT ON COLUMN articles.paragraph_kinds IS 'What each line of the text was in the page: text, heading, item or quote; empty where it is not known';
COMMENT ON COLUMN articles.detected_language IS 'ISO 639-1 code that was detected in the text, NULL where it was not asked';
