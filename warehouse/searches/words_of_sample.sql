-- The words that occur most often in the texts of the table `sampled`, in lower case, without numbers.
-- The table `stops` has the words of each language that are not counted; $letters: for each language the
-- length up to which words are not counted either; $most: how many words are wanted.
WITH words AS (
    SELECT
        sampled.article_id,
        coalesce(sampled.language, '') AS language,
        unnest(regexp_extract_all(lower(nfc_normalize(sampled.text)), '[\p{L}\p{M}\p{N}]+')) AS word
    FROM sampled
),
counted AS (
    SELECT
        article_id,
        language,
        word,
        count(*) AS times
    FROM words
    GROUP BY
        article_id,
        language,
        word
)
SELECT
    counted.word,
    CAST(sum(counted.times) AS BIGINT) AS occurrences,
    count(*) AS articles
FROM counted
ANTI JOIN stops USING (language, word)
WHERE length(counted.word) > CAST(CAST($letters AS MAP(VARCHAR, INTEGER))[counted.language] AS INTEGER)
    AND NOT regexp_full_match(counted.word, '\p{N}+')
GROUP BY counted.word
ORDER BY
    occurrences DESC,
    counted.word
LIMIT $most
