-- The statements that a wording belongs to, by speaker. $wording: its fingerprint.
SELECT
    speaker,
    min_by(statement_id, statement_wordings.rowid) AS statement_id
FROM statement_wordings
WHERE fingerprint = $wording
GROUP BY speaker
ORDER BY speaker
