-- The articles of a story by time. $story: its key; $since, $until: the days in which they were
-- published, as far as it is known; $most: how many.
WITH members AS (
    SELECT
        article_id,
        is_copy
    FROM current_story_members
    WHERE story_id = $story
),
copied AS (
    SELECT
        copies.article_id,
        arg_max(copies.words_added, copies.revision) AS words_added,
        arg_max(copies.words_cut, copies.revision) AS words_cut
    FROM copies
    SEMI JOIN members USING (article_id)
    GROUP BY copies.article_id
),
-- Two queries, because a query for both reads the days of all articles.
near AS (
    SELECT
        article_id,
        revision,
        title,
        language,
        source_id,
        words,
        published_at,
        published_precision,
        fetched_at
    FROM latest_articles
    WHERE published_on BETWEEN $since AND $until
    UNION ALL
    SELECT
        article_id,
        revision,
        title,
        language,
        source_id,
        words,
        published_at,
        published_precision,
        fetched_at
    FROM latest_articles
    WHERE published_on IS NULL
)
SELECT
    articles.article_id,
    articles.revision,
    articles.title,
    articles.language,
    articles.source_id,
    articles.words,
    articles.published_at,
    articles.published_precision,
    coalesce(articles.published_at, articles.fetched_at) AS appeared_at,
    members.is_copy,
    copied.words_added,
    copied.words_cut
FROM near AS articles
INNER JOIN members USING (article_id)
LEFT JOIN copied USING (article_id)
ORDER BY appeared_at, articles.article_id
LIMIT $most
