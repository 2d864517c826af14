-- The batches of a run, in order. $run_id: the run; $most: how many.
SELECT
    batch_id,
    committed_at,
    seen,
    appended,
    known,
    rejected,
    CAST(rows_appended ->> 'articles' AS BIGINT) AS articles,
    CAST(rows_appended ->> 'quotations' AS BIGINT) AS quotations,
    CAST(rows_appended ->> 'mentions' AS BIGINT) AS mentions
FROM batches
WHERE run_id = $run_id
ORDER BY committed_at, batch_id
LIMIT $most
