-- Which statements did most publishers print, and how long did it take?
SELECT
    speaker,
    arg_min(statement, appearance) AS first_wording,
    count(DISTINCT source_id) AS sources,
    count(DISTINCT statement) AS wordings,
    round(max(hours_later), 1) AS hours
FROM quote_spread
GROUP BY statement_id, speaker
ORDER BY sources DESC, wordings DESC, speaker, first_wording
LIMIT 20
