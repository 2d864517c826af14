-- Who was quoted in a span of days, in the most articles or the latest first.
-- $since, $until: the days; $named: part of the name in small letters, '' for any; $is_newest_first:
-- whether the newest statement decides; $most and $skip: how many, and how many before them.
SELECT
    speaker,
    arg_max(speaker_role, published_at) AS speaker_role,
    count(*) AS statements,
    count(DISTINCT article_id) AS articles,
    count(DISTINCT source_id) AS sources,
    max(published_on) AS last_on
FROM latest_quotations
WHERE published_on BETWEEN $since AND $until
    AND act = 'speech'
    AND speaker IS NOT NULL
    AND contains(lower(speaker), $named)
GROUP BY speaker
ORDER BY
    CASE WHEN $is_newest_first THEN max(published_at) END DESC NULLS LAST,
    articles DESC,
    statements DESC,
    speaker
LIMIT $most
OFFSET $skip
