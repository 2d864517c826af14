-- How often each source quoted a speaker on each day.
-- `said_by`: the statements of the speaker, see `statements_of_speaker`.
SELECT
    published_on AS day,
    source_id,
    count(*) AS statements
FROM said_by
WHERE act = 'speech'
GROUP BY
    published_on,
    source_id
ORDER BY published_on, source_id
