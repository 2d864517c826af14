-- The keyphrases of the most articles in the table `sampled`. $most: how many are wanted.
SELECT
    phrase,
    CAST(sum(occurrences) AS BIGINT) AS occurrences,
    count(DISTINCT article_id) AS articles
FROM sampled
GROUP BY phrase
ORDER BY
    articles DESC,
    occurrences DESC,
    phrase
LIMIT $most
