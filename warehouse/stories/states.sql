-- The newest state of some stories. $stories: their keys, as JSON. Rows are found first, so that the
-- terms of other stories are not unpacked.
WITH wanted AS (
    SELECT unnest(from_json(CAST($stories AS JSON), '["VARCHAR"]')) AS story_id
),
place AS (
    SELECT arg_max(states.rowid, states.version) AS place
    FROM story_states AS states
    SEMI JOIN wanted USING (story_id)
    GROUP BY states.story_id
)
SELECT
    story_id,
    version,
    first_at,
    last_at,
    central_article_id,
    texts,
    reviewed_texts,
    terms,
    weights,
    people,
    people_texts,
    places,
    places_texts,
    follows_story_id,
    into_story_id
FROM story_states
WHERE rowid IN (SELECT place FROM place)
