-- The stories that have one of some terms, the newest first. $terms: the terms, as JSON; $first_on
-- and $last_on: days between which the stories had it; $most: how many stories of one term.
WITH wanted AS (
    SELECT unnest(from_json(CAST($terms AS JSON), '["UINTEGER"]')) AS term
),
found AS (
    SELECT
        keys.term,
        keys.story_id,
        max(keys.rowid) AS place
    FROM story_keys AS keys
    SEMI JOIN wanted USING (term)
    WHERE keys.published_on BETWEEN $first_on AND $last_on
    GROUP BY keys.term, keys.story_id
)
SELECT
    term,
    list(story_id ORDER BY place DESC)[1:$most] AS stories
FROM found
GROUP BY term
