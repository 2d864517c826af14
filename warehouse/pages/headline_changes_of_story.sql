-- The headlines that were changed in the articles of a story, by time. $story: its key.
SELECT
    changes.article_id,
    changes.source_id,
    changes.previous_title,
    changes.title,
    changes.changed_at,
    changes.previous_fetched_at,
    changes.is_text_changed
FROM headline_changes AS changes
WHERE changes.article_id IN (
    SELECT members.article_id
    FROM current_story_members AS members
    WHERE members.story_id = $story
)
ORDER BY changes.changed_at, changes.article_id
