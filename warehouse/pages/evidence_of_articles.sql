-- Where some articles can be checked, in all their revisions. $articles: their keys; $since, $until: the
-- days on which they were published, NULL if a day is not known.
SELECT
    articles.article_id,
    articles.revision,
    articles.published_on,
    articles.source_id,
    articles.title,
    articles.language,
    coalesce(articles.url, articles.canonical_url) AS url,
    documents.sha256
FROM articles
-- The day is the same; with it, DuckDB reads few documents.
LEFT JOIN documents
    ON documents.document_id = articles.document_id
    AND documents.fetched_at = articles.fetched_at
WHERE list_contains($articles, articles.article_id)
    AND ($since IS NULL OR articles.published_on >= $since)
    AND ($until IS NULL OR articles.published_on <= $until)
