-- The roles of a speaker as they are written, the most frequent first.
-- `said_by`: the statements of the speaker, see `statements_of_speaker`; $most: how many roles.
SELECT
    speaker_role,
    count(*) AS statements,
    count(DISTINCT source_id) AS sources,
    min(published_on) AS first_on,
    max(published_on) AS last_on
FROM said_by
WHERE speaker_role IS NOT NULL
GROUP BY speaker_role
ORDER BY statements DESC, last_on DESC, speaker_role
LIMIT $most
