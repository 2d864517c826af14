-- What the articles are that have a statement. $articles: their keys; $since, $until: the days on
-- which they were published, as far as it is known.
WITH copied AS (
    SELECT
        copies.article_id,
        arg_max(copies.copied_article_id, copies.revision) AS copied_article_id
    FROM copies
    WHERE list_contains($articles, copies.article_id)
    GROUP BY copies.article_id
)
SELECT
    articles.article_id,
    articles.title,
    articles.language,
    articles.revision AS newest_revision,
    articles.published_precision,
    coalesce(articles.published_at, articles.fetched_at) AS appeared_at,
    copied.copied_article_id,
    members.story_id
FROM latest_articles AS articles
LEFT JOIN copied USING (article_id)
LEFT JOIN current_story_members AS members USING (article_id)
WHERE list_contains($articles, articles.article_id)
    AND (articles.published_on BETWEEN $since AND $until OR articles.published_on IS NULL)
