-- The newest articles of a story with the beginnings of their texts, for a feed.
-- $story: its key; $since, $until: the days in which they were published, as far as it is known;
-- $chars: how much of a text; $most: how many.
WITH members AS (
    SELECT
        article_id,
        is_copy
    FROM current_story_members
    WHERE story_id = $story
),
-- Two queries, because a query for both reads the days of all articles.
near AS (
    SELECT
        article_id,
        title,
        url,
        source_id,
        published_at,
        coalesce(published_at, fetched_at) AS appeared_at
    FROM latest_articles
    WHERE published_on BETWEEN $since AND $until
    UNION ALL
    SELECT
        article_id,
        title,
        url,
        source_id,
        published_at,
        coalesce(published_at, fetched_at) AS appeared_at
    FROM latest_articles
    WHERE published_on IS NULL
),
newest AS (
    SELECT
        near.article_id,
        near.title,
        near.url,
        near.source_id,
        near.published_at,
        near.appeared_at,
        members.is_copy
    FROM near
    INNER JOIN members USING (article_id)
    ORDER BY near.appeared_at DESC, near.article_id
    LIMIT $most
)
SELECT
    newest.article_id,
    newest.title,
    newest.url,
    newest.source_id,
    newest.published_at,
    newest.appeared_at,
    newest.is_copy,
    left(articles.text, $chars) AS beginning
FROM newest
INNER JOIN latest_articles AS articles USING (article_id)
ORDER BY newest.appeared_at DESC, newest.article_id
