-- Stories with articles in a span of days. $since, $until: the days.
WITH told AS (
    SELECT
        members.story_id,
        count(*) AS articles_of_days,
        count(DISTINCT articles.source_id) AS sources_of_days
    FROM latest_articles AS articles
    INNER JOIN current_story_members AS members USING (article_id)
    WHERE articles.published_on BETWEEN $since AND $until
    GROUP BY members.story_id
),
newest AS (
    SELECT
        states.story_id,
        max_by(
            {
                'central_article_id': states.central_article_id,
                'first_at': states.first_at,
                'last_at': states.last_at,
                'texts': states.texts,
                'people': states.people,
                'places': states.places,
                'into_story_id': states.into_story_id
            },
            states.version
        ) AS state
    FROM story_states AS states
    SEMI JOIN told USING (story_id)
    WHERE states.last_at >= CAST($since AS DATE) - 1 AND states.first_at < CAST($until AS DATE) + 2
    GROUP BY states.story_id
)
SELECT
    told.story_id,
    newest.state.first_at AS first_at,
    newest.state.last_at AS last_at,
    newest.state.texts AS texts,
    told.articles_of_days,
    told.sources_of_days,
    newest.state.people[1:5] AS people,
    newest.state.places[1:5] AS places,
    newest.state.central_article_id AS central_article_id
FROM told
INNER JOIN newest USING (story_id)
WHERE newest.state.into_story_id IS NULL
