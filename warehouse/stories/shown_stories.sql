-- Stories of several articles, those of the most outlets first. $since and $until: days between which
-- a story has an article; $source: part of the name of a source; $most: how many. NULL asks nothing.
SELECT
    story_id,
    headline,
    articles,
    texts,
    sources,
    first_at,
    last_at,
    people,
    places,
    language,
    url,
    follows_story_id
FROM stories
WHERE articles > 1
    AND ($since IS NULL OR last_at >= CAST($since AS DATE))
    AND ($until IS NULL OR first_at < CAST($until AS DATE) + 1)
    AND (
        $source IS NULL
        OR story_id IN (
            SELECT members.story_id
            FROM current_story_members AS members
            INNER JOIN latest_articles AS articles USING (article_id)
            WHERE contains(lower(articles.source_id), lower($source))
        )
    )
ORDER BY sources DESC, articles DESC, last_at DESC, story_id
LIMIT $most
