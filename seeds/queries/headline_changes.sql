-- Which headlines were changed after publication, and what did they say before?
SELECT
    outlet,
    previous_title,
    title,
    is_text_changed
FROM headline_changes
ORDER BY changed_at DESC, outlet, title
LIMIT 20
