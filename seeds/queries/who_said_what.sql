-- Who said what, newest first?
SELECT
    speaker,
    speaker_role AS role,
    statement,
    published_on
FROM said
WHERE speaker IS NOT NULL
ORDER BY published_on DESC NULLS LAST, article_id, start_char
LIMIT 20
