-- The revisions of one article, oldest first. $keys: what it may be known as.
WITH found AS (
    SELECT
        articles.article_id,
        articles.fetched_at
    FROM articles
    LEFT JOIN documents USING (document_id)
    WHERE
        list_contains($keys, articles.article_id)
        OR list_contains($keys, articles.url)
        OR list_contains($keys, articles.canonical_url)
        OR list_contains($keys, documents.path)
        OR list_contains($keys, documents.requested_url)
    ORDER BY articles.fetched_at DESC, articles.article_id
    LIMIT 1
)
SELECT
    article_id,
    revision,
    revision_cause,
    source_id,
    coalesce(url, canonical_url) AS url,
    title,
    text,
    fetched_at
FROM articles
WHERE article_id IN (SELECT article_id FROM found)
ORDER BY revision
