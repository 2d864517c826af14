-- How many articles and outlets a story has, and some of its articles besides one, newest first.
-- $story: its key; $article_id: the article; $since, $until: the days in which its articles were
-- published, as far as it is known; $most: how many others.
-- Two queries, because a query for both reads the days of all articles.
WITH near AS (
    SELECT
        article_id,
        title,
        language,
        source_id,
        published_at
    FROM latest_articles
    WHERE published_on BETWEEN $since AND $until
    UNION ALL
    SELECT
        article_id,
        title,
        language,
        source_id,
        published_at
    FROM latest_articles
    WHERE published_on IS NULL
)
SELECT
    count(*) AS articles,
    count(DISTINCT articles.source_id) AS sources,
    list({
        'article_id': articles.article_id, 'title': articles.title, 'language': articles.language,
        'source_id': articles.source_id, 'published_at': articles.published_at
    } ORDER BY articles.published_at DESC NULLS LAST, articles.article_id)
        FILTER (articles.article_id <> $article_id)[1:$most] AS others
FROM near AS articles
SEMI JOIN (
    SELECT article_id
    FROM current_story_members
    WHERE story_id = $story
) AS members USING (article_id)
