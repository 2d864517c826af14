-- Tables are append-only: no keys, no indexes, no updates. Views decide what is current.

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
COMMENT ON COLUMN sources.source_id IS 'Host name without "www.", or "files" for texts without a URL';
COMMENT ON COLUMN sources.name IS 'Name the publisher gives itself, otherwise the host name';
COMMENT ON COLUMN sources.home_url IS 'URL of the home page, NULL for files';
COMMENT ON COLUMN sources.country IS 'ISO 3166-1 alpha-2 code, NULL if not known';
COMMENT ON COLUMN sources.language IS 'ISO 639-1 code of its first article, NULL if not known';
COMMENT ON COLUMN sources.first_seen_at IS 'When its first document was acquired, UTC';
COMMENT ON COLUMN sources.batch_id IS 'Batch that appended this row';

CREATE TABLE documents (
    document_id VARCHAR NOT NULL,
    source_id VARCHAR,
    url VARCHAR,
    final_url VARCHAR,
    path VARCHAR,
    media_type VARCHAR NOT NULL,
    charset VARCHAR,
    bytes BIGINT NOT NULL,
    sha256 VARCHAR NOT NULL,
    http_status INTEGER,
    fetched_at TIMESTAMPTZ NOT NULL,
    warc_file VARCHAR,
    warc_offset BIGINT,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE documents IS 'One row per acquired page or file';
COMMENT ON COLUMN documents.document_id IS 'Key of the acquisition, made from URL and content';
COMMENT ON COLUMN documents.source_id IS 'Host name of the requested URL without "www.", or "files" if there is no URL';
COMMENT ON COLUMN documents.url IS 'Requested URL, NULL for a file without one';
COMMENT ON COLUMN documents.final_url IS 'URL after redirects, NULL if it equals url';
COMMENT ON COLUMN documents.path IS 'File it was loaded from, with #line for JSON Lines; NULL if it was fetched';
COMMENT ON COLUMN documents.media_type IS 'html or text';
COMMENT ON COLUMN documents.charset IS 'Character set used to decode its bytes, NULL if the text arrived decoded';
COMMENT ON COLUMN documents.bytes IS 'Size of its content in bytes';
COMMENT ON COLUMN documents.sha256 IS 'Hexadecimal SHA-256 of its content';
COMMENT ON COLUMN documents.http_status IS 'Status of the response, NULL for files';
COMMENT ON COLUMN documents.fetched_at IS 'When it was acquired, UTC';
COMMENT ON COLUMN documents.warc_file IS 'Archive file it was stored in, relative to the archive folder; NULL if not archived. archive_removals lists removed captures';
COMMENT ON COLUMN documents.warc_offset IS 'Byte offset of its record in warc_file';
COMMENT ON COLUMN documents.batch_id IS 'Batch that appended this row';

-- Texts are stored with zstd: it takes two thirds of the bytes of DuckDB's default choice and
-- reads as fast. The compression of a column can only be chosen when its table is created.
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
    published_on DATE,
    published_precision VARCHAR,
    published_from VARCHAR,
    published_confidence DOUBLE,
    modified_at TIMESTAMPTZ,
    fetched_at TIMESTAMPTZ NOT NULL,
    language VARCHAR,
    declared_language VARCHAR,
    detected_language VARCHAR,
    publisher VARCHAR,
    agency VARCHAR,
    dateline VARCHAR,
    section VARCHAR,
    tags VARCHAR[] NOT NULL,
    description VARCHAR,
    image_url VARCHAR,
    text VARCHAR NOT NULL USING COMPRESSION zstd,
    paragraph_kinds VARCHAR[],
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
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE articles IS 'One row per revision of an article';
COMMENT ON COLUMN articles.article_id IS 'Key of the article, made from its canonical URL, or from its text if it has none';
COMMENT ON COLUMN articles.revision IS '1 for the first text seen, one more for each change of headline or text';
COMMENT ON COLUMN articles.revision_cause IS 'first, edited (by the publisher) or reprocessed (by a newer version of the cleaning step)';
COMMENT ON COLUMN articles.document_id IS 'Document it was extracted from';
COMMENT ON COLUMN articles.source_id IS 'Publisher';
COMMENT ON COLUMN articles.url IS 'URL it was fetched from, NULL for files without one';
COMMENT ON COLUMN articles.canonical_url IS 'URL without tracking parameters and session marks';
COMMENT ON COLUMN articles.title IS 'Headline, without the name of the site';
COMMENT ON COLUMN articles.authors IS 'Names in the byline, in order';
COMMENT ON COLUMN articles.published_at IS 'When it was published, UTC; midnight if only the day is known';
COMMENT ON COLUMN articles.published_on IS 'Day of published_at, UTC';
COMMENT ON COLUMN articles.published_precision IS 'second, minute or day';
COMMENT ON COLUMN articles.published_from IS 'Where published_at came from: feed, input, json_ld, meta, time, url, text, search';
COMMENT ON COLUMN articles.published_confidence IS '1 for a stated instant, less for an inferred day';
COMMENT ON COLUMN articles.modified_at IS 'Time of the last change according to the publisher, UTC';
COMMENT ON COLUMN articles.fetched_at IS 'When its document was acquired, UTC';
COMMENT ON COLUMN articles.language IS 'ISO 639-1 code of the text';
COMMENT ON COLUMN articles.declared_language IS 'ISO 639-1 code that the page declares';
COMMENT ON COLUMN articles.detected_language IS 'ISO 639-1 code detected in the text, NULL if detection did not run';
COMMENT ON COLUMN articles.publisher IS 'Publisher named by the page';
COMMENT ON COLUMN articles.agency IS 'News agency credited by the text';
COMMENT ON COLUMN articles.dateline IS 'Place and day before the first sentence';
COMMENT ON COLUMN articles.section IS 'Section given by the page';
COMMENT ON COLUMN articles.tags IS 'Tags given by the page';
COMMENT ON COLUMN articles.description IS 'Summary given by the page';
COMMENT ON COLUMN articles.image_url IS 'Main image given by the page';
COMMENT ON COLUMN articles.text IS 'Cleaned text, one line per paragraph; all offsets count code points of it';
COMMENT ON COLUMN articles.paragraph_kinds IS 'Kind of each line of the text in the page: text, heading, item or quote; empty if not known';
COMMENT ON COLUMN articles.words IS 'Words of the text, separated by white space';
COMMENT ON COLUMN articles.content_sha256 IS 'Hexadecimal SHA-256 of headline and text, the same for an unchanged revision';
COMMENT ON COLUMN articles.text_sha256 IS 'Hexadecimal SHA-256 of the text';
COMMENT ON COLUMN articles.extractor IS 'Extractor of the text: trafilatura, json_ld, plain, verbatim, ...';
COMMENT ON COLUMN articles.extractor_version IS 'Version of that extractor';
COMMENT ON COLUMN articles.transform_version IS 'Version of the cleaning step';
COMMENT ON COLUMN articles.agreement IS 'Share of the text on which the candidate extractions agree, 0 to 1';
COMMENT ON COLUMN articles.visible_chars IS 'Characters of all text that the page shows';
COMMENT ON COLUMN articles.is_paywalled IS 'Whether the page says that its text is not free';
COMMENT ON COLUMN articles.opt_out IS 'Opt-out signals found (noai, tdm-reservation, ...)';
COMMENT ON COLUMN articles.flags IS 'Fixed codes of doubts (suspicious_extraction, ...)';
COMMENT ON COLUMN articles.batch_id IS 'Batch that appended this row';
