-- Which statements are known only because somebody else reports them?
SELECT
    speaker,
    statement,
    reported_by,
    published_on
FROM said
WHERE reported_by IS NOT NULL
ORDER BY published_on DESC NULLS LAST, article_id, start_char
LIMIT 20
