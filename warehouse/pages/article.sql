-- The newest revision of an article, and where its document came from. $article_id: its key.
SELECT
    articles.article_id,
    articles.revision,
    articles.title,
    articles.alternative_titles,
    articles.authors,
    articles.source_id,
    (SELECT min(name) FROM sources WHERE sources.source_id = articles.source_id) AS outlet,
    coalesce(articles.url, articles.canonical_url) AS url,
    articles.original_url,
    articles.published_on,
    articles.published_at,
    articles.published_precision,
    articles.published_from,
    articles.published_confidence,
    articles.modified_at,
    articles.fetched_at,
    articles.language,
    articles.publisher,
    articles.agency,
    articles.dateline,
    articles.section,
    articles.tags,
    articles.description,
    articles.text,
    articles.paragraph_kinds,
    articles.words,
    articles.extractor,
    articles.extractor_version,
    articles.agreement,
    articles.page_type,
    articles.is_paywalled,
    articles.opt_out,
    articles.flags,
    documents.media_type,
    documents.charset,
    documents.bytes,
    documents.sha256,
    documents.http_status,
    documents.warc_file,
    documents.warc_offset
FROM articles
-- The day is the same; with it, DuckDB reads few documents.
LEFT JOIN documents
    ON documents.document_id = articles.document_id
    AND documents.fetched_at = articles.fetched_at
WHERE articles.article_id = $article_id
ORDER BY articles.revision DESC
LIMIT 1
