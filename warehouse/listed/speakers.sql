-- Who was quoted in a span of days. $since, $until: the days.
SELECT
    speaker,
    arg_max(speaker_role, published_at) AS speaker_role,
    count(*) AS statements,
    count(DISTINCT article_id) AS articles,
    count(DISTINCT source_id) AS sources,
    min(published_on) AS first_on,
    max(published_on) AS last_on
FROM latest_quotations
WHERE published_on BETWEEN $since AND $until AND act = 'speech' AND speaker IS NOT NULL
GROUP BY speaker
