-- The headlines of some articles. $articles: their keys; $since, $until: the days in which they were
-- published, as far as it is known. Two queries, because a query for both reads the days of all articles.
SELECT
    article_id,
    title AS headline,
    language
FROM latest_articles
WHERE published_on BETWEEN $since AND $until AND list_contains($articles, article_id)
UNION ALL
SELECT
    article_id,
    title AS headline,
    language
FROM latest_articles
WHERE published_on IS NULL AND list_contains($articles, article_id)
