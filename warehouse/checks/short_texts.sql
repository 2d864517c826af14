-- severity: warning
-- Sources with fewer than 40 words in a third of their articles of the last seven days.
SELECT
    source_id AS subject,
    count_if(words < 40) || ' of ' || count(*) || ' articles have fewer than 40 words' AS detail
FROM articles
WHERE fetched_at > $now - INTERVAL 7 DAY
GROUP BY source_id
HAVING count(*) >= 10 AND count_if(words < 40) > count(*) / 3
