-- Which sources quote word for word, and which ones paraphrase?
SELECT
    source_id,
    count(*) AS statements,
    round(100 * count(*) FILTER (WHERE kind = 'direct') / count(*), 1) AS percent_direct
FROM said
GROUP BY source_id
ORDER BY percent_direct DESC, source_id
LIMIT 20
