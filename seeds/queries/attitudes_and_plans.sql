-- Who wants, opposes or plans what, according to the articles?
SELECT
    speaker,
    act,
    cue,
    statement,
    published_on
FROM attributed
WHERE act != 'speech' AND speaker IS NOT NULL
ORDER BY published_on DESC NULLS LAST, article_id, start_char
LIMIT 20
