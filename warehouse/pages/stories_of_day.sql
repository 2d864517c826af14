-- The stories with the most outlets on a day. $day: the day; $most: how many stories.
WITH told AS (
    SELECT
        members.story_id,
        count(*) AS articles_of_day,
        count(DISTINCT articles.source_id) AS sources_of_day
    FROM latest_articles AS articles
    INNER JOIN current_story_members AS members USING (article_id)
    WHERE articles.published_on = $day
    GROUP BY members.story_id
    HAVING count(*) > 1
    ORDER BY sources_of_day DESC, articles_of_day DESC, members.story_id
    LIMIT $most
)
SELECT
    stories.story_id,
    stories.headline,
    stories.language,
    stories.articles,
    stories.texts,
    stories.sources,
    stories.first_at,
    stories.people,
    stories.places,
    told.articles_of_day
FROM stories
INNER JOIN told USING (story_id)
ORDER BY told.sources_of_day DESC, told.articles_of_day DESC, stories.story_id
