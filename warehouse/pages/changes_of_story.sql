-- Stories that became part of a story, split off from it, follow it or come before it, by time.
-- $story: its key.
SELECT
    kind,
    other_story_id = $story AS is_other,
    CASE WHEN other_story_id = $story THEN story_id ELSE other_story_id END AS story_id,
    articles,
    changed_at
FROM story_changes
WHERE story_id = $story OR other_story_id = $story
ORDER BY changed_at, kind, story_id
