-- The story that an article belongs to, and some of its other articles, newest first.
-- $article_id: its key; $most: how many others.
WITH mine AS (
    SELECT
        story_id,
        similarity,
        is_copy
    FROM current_story_members
    WHERE article_id = $article_id
),
members AS (
    SELECT
        members.article_id,
        members.story_id
    FROM current_story_members AS members
    WHERE members.story_id = (SELECT story_id FROM mine)
),
counted AS (
    SELECT
        any_value(members.story_id) AS story_id,
        count(*) AS articles,
        count(DISTINCT articles.source_id) AS sources,
        list({
            'article_id': articles.article_id, 'title': articles.title, 'language': articles.language,
            'source_id': articles.source_id, 'published_at': articles.published_at
        } ORDER BY articles.published_at DESC NULLS LAST, articles.article_id)
            FILTER (articles.article_id <> $article_id) AS others
    FROM latest_articles AS articles
    INNER JOIN members USING (article_id)
)
SELECT
    mine.story_id,
    mine.similarity,
    mine.is_copy,
    counted.articles,
    counted.sources,
    counted.others[1:$most] AS others
FROM mine
INNER JOIN counted USING (story_id)
