-- Where a speaker is quoted, the newest first; `statements_at_places` has the words.
-- $speaker: the name; $bare: the last name if it stands for them, NULL otherwise; $weeks: where it
-- does, as sources with the Monday of a week; $since, $until: the days;
-- $outlet: part of the name of a source in small letters, '' for any; $act: speech, attitude or plan,
-- '' for any; $most and $skip: how many, and how many before them.
WITH said AS (
    SELECT
        article_id,
        start_char,
        act,
        source_id,
        published_on,
        published_at
    FROM latest_quotations
    WHERE speaker = $speaker AND published_on BETWEEN $since AND $until
    UNION ALL
    SELECT
        article_id,
        start_char,
        act,
        source_id,
        published_on,
        published_at
    FROM latest_quotations
    WHERE speaker = $bare
        AND published_on BETWEEN $since AND $until
        AND list_contains($weeks, source_id || ' ' || CAST(CAST(date_trunc('week', published_on) AS DATE) AS VARCHAR))
)
SELECT
    article_id,
    start_char,
    published_on
FROM said
WHERE contains(lower(source_id), $outlet) AND ($act = '' OR act = $act)
ORDER BY published_at DESC NULLS LAST, article_id, start_char
LIMIT $most
OFFSET $skip
