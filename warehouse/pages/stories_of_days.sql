-- Stories with articles in a span of days, those of the most outlets first.
-- $since, $until: the days; $outlet: part of the name of a source, '' for any; $named: part of the
-- name of a person or place, '' for any, both in small letters; $most and $skip: how many stories,
-- and how many before them.
WITH told AS (
    SELECT
        members.story_id,
        count(*) AS articles_of_days,
        count(DISTINCT articles.source_id) AS sources_of_days
    FROM latest_articles AS articles
    INNER JOIN current_story_members AS members USING (article_id)
    WHERE articles.published_on BETWEEN $since AND $until
    GROUP BY members.story_id
    HAVING count(*) FILTER (contains(lower(articles.source_id), $outlet)) > 0
),
newest AS (
    SELECT
        states.story_id,
        max_by(
            {
                'central_article_id': states.central_article_id,
                'first_at': states.first_at,
                'last_at': states.last_at,
                'people': states.people,
                'places': states.places,
                'into_story_id': states.into_story_id
            },
            states.version
        ) AS state
    FROM story_states AS states
    SEMI JOIN told USING (story_id)
    -- An outlet may give a day only, and another day in its own zone.
    WHERE states.last_at >= CAST($since AS DATE) - 1 AND states.first_at < CAST($until AS DATE) + 2
    GROUP BY states.story_id
),
matching AS (
    SELECT
        told.story_id,
        told.sources_of_days,
        told.articles_of_days,
        newest.state
    FROM told
    INNER JOIN newest USING (story_id)
    WHERE newest.state.into_story_id IS NULL
        AND (
            $named = ''
            OR contains(lower(array_to_string(newest.state.people || newest.state.places, chr(10))), $named)
        )
),
counted AS (
    SELECT
        members.story_id,
        count(*) AS articles,
        count(*) FILTER (NOT members.is_copy) AS texts
    FROM current_story_members AS members
    SEMI JOIN matching USING (story_id)
    GROUP BY members.story_id
    HAVING count(*) > 1
)
SELECT
    matching.story_id,
    matching.state.central_article_id AS central_article_id,
    matching.state.people[1:5] AS people,
    matching.state.places[1:5] AS places,
    matching.state.first_at AS first_at,
    matching.state.last_at AS last_at,
    matching.sources_of_days,
    matching.articles_of_days,
    counted.articles,
    counted.texts
FROM matching
INNER JOIN counted USING (story_id)
ORDER BY matching.sources_of_days DESC, matching.articles_of_days DESC, matching.story_id
LIMIT $most
OFFSET $skip
