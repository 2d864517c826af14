-- Statements with their articles and the digest of the archived document, of the days that are read; the
-- other columns are those of `attributed`.
SELECT
    quotations.speaker,
    quotations.speaker_role,
    quotations.statement,
    quotations.kind,
    quotations.act,
    quotations.published_on,
    quotations.published_at,
    quotations.source_id,
    articles.title,
    articles.url,
    quotations.cue,
    quotations.medium,
    quotations.reported_by,
    quotations.confidence,
    quotations.speaker_text,
    quotations.speaker_entity_id,
    quotations.fingerprint,
    quotations.article_id,
    quotations.revision,
    quotations.paragraph,
    quotations.start_char,
    quotations.end_char,
    documents.sha256
FROM current_quotations AS quotations
INNER JOIN latest_articles AS articles
    ON articles.article_id = quotations.article_id
    AND articles.revision = quotations.revision
LEFT JOIN documents
    ON documents.document_id = articles.document_id
    AND documents.fetched_at = articles.fetched_at
WHERE {days}
