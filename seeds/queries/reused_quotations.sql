-- Which statements appeared in several articles in the same words, and who had them first?
SELECT
    speaker,
    statement,
    articles,
    sources,
    first_source_id
FROM quotation_reuse
ORDER BY articles DESC, statement
LIMIT 20
