-- severity: error
-- Statements whose letters and digits differ from those of their pieces in the article.
SELECT
    article_id AS subject,
    'statement at ' || start_char || ': ' || left(statement, 60) AS detail
FROM quotations
WHERE statement != text
    AND regexp_replace(statement, '[^\pL\pN]+', '', 'g') != regexp_replace(
        CASE
            WHEN len(fragments) > 1
                THEN array_to_string([
                    substr(text, fragment[1] - start_char + 1, fragment[2] - fragment[1])
                    FOR fragment IN fragments
                ], ' ')
            ELSE text
        END,
        '[^\pL\pN]+', '', 'g'
    )
