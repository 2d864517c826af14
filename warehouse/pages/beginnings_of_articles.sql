-- The beginnings of the texts of some articles.
-- $articles: their keys; $since, $until: the days on which they were published, if that is known;
-- $chars: how much of a text.
-- Two queries, because a query for both reads the texts of all articles.
SELECT
    article_id,
    left(text, $chars) AS beginning
FROM latest_articles
WHERE published_on BETWEEN $since AND $until AND list_contains($articles, article_id)
UNION ALL
SELECT
    article_id,
    left(text, $chars) AS beginning
FROM latest_articles
WHERE published_on IS NULL AND list_contains($articles, article_id)
