-- The edited revisions that some batches appended, each with the revision before it.
-- $batches: the batches, as JSON. Rows are found by their key first, so that other texts are not unpacked.
WITH new AS (
    SELECT
        article_id,
        revision
    FROM articles
    WHERE batch_id IN (SELECT unnest(from_json($batches, '["VARCHAR"]'))) AND revision_cause = 'edited'
),
wanted AS (
    SELECT
        articles.rowid AS place,
        new.article_id,
        new.revision
    FROM articles
    INNER JOIN new
        ON new.article_id = articles.article_id
        AND articles.revision IN (new.revision - 1, new.revision)
)
SELECT
    wanted.article_id,
    wanted.revision,
    arg_min([articles.title, articles.text], articles.revision) AS before,
    arg_max([articles.title, articles.text], articles.revision) AS after
FROM wanted
INNER JOIN articles ON articles.rowid = wanted.place
WHERE articles.rowid IN (SELECT place FROM wanted)
GROUP BY wanted.article_id, wanted.revision
HAVING count(*) = 2
ORDER BY min(wanted.place), wanted.revision
