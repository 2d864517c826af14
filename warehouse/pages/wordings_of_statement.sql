-- The other wordings of a statement, each with its speaker. $statement: its key.
-- A wording may be found twice if its articles are analysed again; the first row counts.
SELECT
    found.fingerprint,
    found.speaker
FROM statement_wordings AS found
WHERE found.fingerprint IN (
    SELECT named.fingerprint
    FROM statement_wordings AS named
    WHERE named.statement_id = $statement
)
GROUP BY found.fingerprint, found.speaker
HAVING min_by(found.statement_id, found.rowid) = $statement
ORDER BY found.fingerprint, found.speaker
