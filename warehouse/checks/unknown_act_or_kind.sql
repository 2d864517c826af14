-- severity: error
-- Statements, or notes that somebody said nothing, with an act or kind that does not exist.
SELECT
    article_id AS subject,
    'statement at ' || start_char || ': ' || kind || ', ' || coalesce(act, 'no act') AS detail
FROM quotations
WHERE kind NOT IN ('direct', 'mixed', 'indirect') OR act NOT IN ('speech', 'attitude', 'plan')
UNION ALL
SELECT
    article_id,
    'no comment at ' || start_char || ': ' || kind
FROM no_comments
WHERE kind NOT IN ('declined', 'no_response', 'unreachable')
