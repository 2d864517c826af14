-- What a speaker said, without the words. The names are looked for one by one, so that only their rows
-- are read.
-- $speaker: the name; $bare: the last name if it stands for them, NULL otherwise; $weeks: where it
-- does, as sources with the Monday of a week; $since, $until: the days.
SELECT
    article_id,
    start_char,
    act,
    source_id,
    speaker,
    speaker_role,
    speaker_entity_id,
    fingerprint,
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
    speaker,
    speaker_role,
    speaker_entity_id,
    fingerprint,
    published_on,
    published_at
FROM latest_quotations
WHERE speaker = $bare
    AND published_on BETWEEN $since AND $until
    AND list_contains($weeks, source_id || ' ' || CAST(CAST(date_trunc('week', published_on) AS DATE) AS VARCHAR))
