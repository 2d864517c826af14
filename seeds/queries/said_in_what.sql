-- In what did people speak: statements, letters, interviews, books?
SELECT
    lower(medium) AS medium,
    count(*) AS statements,
    count(DISTINCT speaker) AS speakers,
    arg_max(statement, published_at) AS newest
FROM said
WHERE medium IS NOT NULL
GROUP BY lower(medium)
ORDER BY statements DESC, lower(medium)
LIMIT 20
