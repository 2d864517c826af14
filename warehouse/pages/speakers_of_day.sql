-- Who was quoted in the most articles on a day. $day: the day; $most: how many speakers.
SELECT
    speaker,
    mode(speaker_role) AS speaker_role,
    count(*) AS statements,
    count(DISTINCT article_id) AS articles,
    count(DISTINCT source_id) AS sources
FROM latest_quotations
WHERE published_on = $day AND act = 'speech' AND speaker IS NOT NULL
GROUP BY speaker
ORDER BY articles DESC, statements DESC, speaker
LIMIT $most
