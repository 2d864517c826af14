-- severity: error
-- Statements with nothing to show.
SELECT
    article_id AS subject,
    'statement at ' || start_char || ' to ' || end_char || ' is empty' AS detail
FROM quotations
WHERE trim(statement) = ''
