-- Who was quoted most in the last seven days of the warehouse?
SELECT
    speaker,
    count(*) AS statements,
    count(DISTINCT source_id) AS sources
FROM said
WHERE
    speaker IS NOT NULL
    AND published_on > (SELECT max(published_on) FROM latest_articles) - 7
GROUP BY speaker
ORDER BY statements DESC, speaker
LIMIT 20
