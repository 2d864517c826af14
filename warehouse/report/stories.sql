-- Stories of several articles that were reported on these days, those of the most publishers first.
SELECT
    story_id,
    headline,
    url,
    articles,
    texts,
    sources,
    first_at,
    last_at
FROM stories
WHERE articles > 1
    AND CAST(last_at AT TIME ZONE 'UTC' AS DATE) >= $first_on
    AND CAST(first_at AT TIME ZONE 'UTC' AS DATE) <= $last_on
ORDER BY sources DESC, articles DESC, last_at DESC, story_id
LIMIT 10
