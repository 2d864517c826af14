-- The articles that some batches put into stories, and when each of them joined its story first. $stories:
-- keys of the stories, as JSON; $batches: the batches, as JSON. A story that became part of another one is
-- that one from then on. If a batch made it so, all articles are meant: those that were in the other one, too.
WITH RECURSIVE asked AS (
    SELECT unnest(from_json(CAST($batches AS JSON), '["VARCHAR"]')) AS batch_id
),
path AS (
    SELECT
        unnest(from_json(CAST($stories AS JSON), '["VARCHAR"]')) AS asked_id,
        asked_id AS story_id
    UNION
    SELECT
        path.asked_id,
        changes.other_story_id
    FROM path
    INNER JOIN story_changes AS changes USING (story_id)
    WHERE changes.kind = 'merged'
),
merged AS (
    SELECT path.asked_id
    FROM path
    INNER JOIN story_changes AS changes USING (story_id)
    SEMI JOIN asked USING (batch_id)
    WHERE changes.kind = 'merged'
)
SELECT
    path.asked_id,
    members.article_id,
    min(batches.committed_at) AS joined_at
FROM path
INNER JOIN story_members AS members USING (story_id)
INNER JOIN batches USING (batch_id)
-- An article that has moved on to a story of its own is not meant.
SEMI JOIN (
    SELECT
        path.asked_id,
        current.article_id
    FROM path
    INNER JOIN current_story_members AS current USING (story_id)
) AS now_in USING (asked_id, article_id)
GROUP BY path.asked_id, members.article_id
HAVING bool_or(members.batch_id IN (SELECT batch_id FROM asked))
    OR path.asked_id IN (SELECT asked_id FROM merged)
