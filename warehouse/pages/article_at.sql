-- The article that may be at an address, the one that was fetched last. $keys: what it may be stored as.
WITH known AS (
    SELECT
        article_id,
        fetched_at
    FROM articles
    WHERE list_contains($keys, article_id)
        OR list_contains($keys, url)
        OR list_contains($keys, canonical_url)
    UNION ALL
    SELECT
        articles.article_id,
        articles.fetched_at
    FROM articles
    WHERE articles.document_id IN (
        SELECT document_id
        FROM documents
        WHERE list_contains($keys, requested_url) OR list_contains($keys, path)
    )
    UNION ALL
    SELECT
        known_article_id,
        seen_at
    FROM moves
    WHERE list_contains($keys, canonical_url) OR list_contains($keys, article_id)
)
SELECT article_id
FROM known
ORDER BY fetched_at DESC, article_id
LIMIT 1
