-- Articles with the digest of their archived document, of the days that are read; the other columns are those
-- of `latest_articles`.
SELECT
    articles.*,
    documents.sha256
FROM latest_articles AS articles
LEFT JOIN documents
    ON documents.document_id = articles.document_id
    AND documents.fetched_at = articles.fetched_at
WHERE {days}
