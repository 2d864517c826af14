-- Which articles were changed after publication, and what was their first headline?
SELECT
    latest_articles.source_id,
    latest_articles.title AS headline,
    articles.title AS first_headline,
    latest_articles.revision AS revisions
FROM latest_articles
INNER JOIN articles ON articles.article_id = latest_articles.article_id AND articles.revision = 1
WHERE latest_articles.revision > 1
ORDER BY latest_articles.source_id, headline
LIMIT 20
