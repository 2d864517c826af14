-- Who was asked and did not comment, and about what?
SELECT
    speaker,
    kind,
    about,
    asked_by,
    text,
    published_on
FROM no_comment
ORDER BY published_on DESC NULLS LAST, article_id, start_char
LIMIT 20
