-- The newest articles of a story, for a feed; `beginnings_of_articles` has their texts.
-- $story: its key; $since, $until: the days in which they were published, as far as it is known;
-- $most: how many.
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
)
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
