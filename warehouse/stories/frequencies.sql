-- In how many of the newest articles of each language each term occurs, at least two; the term NULL
-- has the number of articles. $languages: the languages, as JSON; $most: articles of one language;
-- $read: rows at the end of the table in which they are looked for.
WITH newest AS (
    SELECT
        coalesce(language, '') AS language,
        all_terms
    FROM story_terms
    WHERE rowid >= (SELECT max(rowid) FROM story_terms) - $read
        AND coalesce(language, '') IN (SELECT unnest(from_json($languages, '["VARCHAR"]')))
    QUALIFY row_number() OVER (PARTITION BY language ORDER BY rowid DESC) <= $most
),
terms AS (
    SELECT
        language,
        unnest(list_append(all_terms, NULL)) AS term
    FROM newest
)
SELECT
    language,
    term,
    count(*) AS articles
FROM terms
GROUP BY language, term
HAVING count(*) > 1 OR term IS NULL
