-- Who said what, newest first, and on each day word for word first?
SELECT
    speaker,
    speaker_role AS role,
    statement,
    published_on
FROM said
WHERE speaker IS NOT NULL
ORDER BY published_on DESC NULLS LAST, list_position(['direct', 'mixed', 'indirect'], kind), article_id, start_char
LIMIT 20
