-- severity: error
-- Batches in which some document was not counted exactly once.
SELECT
    batch_id AS subject,
    seen || ' seen, ' || appended || ' appended, ' || known || ' known, ' || rejected || ' rejected'
    AS detail
FROM batches
WHERE seen != appended + known + rejected
    OR least(seen, appended, known, rejected) < 0
