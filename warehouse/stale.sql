-- Newest revisions whose rows were made by an older version of a transform: the version of the
-- newest run of each transform is compared with the wanted version. The cleaning step records a
-- run only if it ran again and found the same text. Revisions are grouped by the batches that
-- made their rows, so that a million of them are lists of numbers. The rows of a batch are stored
-- next to each other, so its mentions are searched in one range of rows. $transforms and
-- $versions: the wanted versions; $source, $since, $until: limits, NULL for none; $redo_before:
-- rows computed earlier are stale regardless of their version; $corrected: JSON list of rows that
-- must be cleaned again, because the rules about them have changed.
WITH newest AS (
    SELECT articles.rowid AS row_number, articles.article_id, articles.revision,
        articles.transform_version, articles.fetched_at
    FROM articles
    ANTI JOIN articles AS newer
        ON newer.article_id = articles.article_id AND newer.revision > articles.revision
    WHERE ($source IS NULL OR articles.source_id = $source)
        AND ($since IS NULL OR coalesce(articles.published_at, articles.fetched_at) >= $since)
        AND ($until IS NULL OR coalesce(articles.published_at, articles.fetched_at) < $until)
),
done AS (
    SELECT article_id, revision, transform, max(transform_version) AS version,
        max(analysed_at) AS analysed_at,
        max_by(batch_id, (transform_version, analysed_at)) AS batch_id
    FROM analyses
    SEMI JOIN newest USING (article_id, revision)
    GROUP BY article_id, revision, transform
),
corrected AS (
    SELECT unnest(from_json($corrected, '["BIGINT"]')) AS row_number
),
wanted AS (
    SELECT unnest($transforms) AS transform, unnest($versions) AS version
),
stale AS (
    SELECT newest.row_number, newest.article_id, newest.revision,
        list(wanted.transform ORDER BY wanted.transform) AS transforms
    FROM newest
    CROSS JOIN wanted
    LEFT JOIN done USING (article_id, revision, transform)
    WHERE coalesce(
            done.version, CASE WHEN wanted.transform = 'clean' THEN newest.transform_version END, 0
        ) < wanted.version
        OR coalesce(
            done.analysed_at, CASE WHEN wanted.transform = 'clean' THEN newest.fetched_at END
        ) < $redo_before
        OR (
            wanted.transform = 'clean'
            AND newest.row_number IN (SELECT corrected.row_number FROM corrected)
        )
    GROUP BY newest.row_number, newest.article_id, newest.revision
),
made AS (
    SELECT stale.row_number, stale.transforms,
        list((done.transform, done.batch_id) ORDER BY done.transform)
            FILTER (done.transform IS NOT NULL) AS batches,
        any_value(done.batch_id) FILTER (done.transform = 'mentions') AS named_by
    FROM stale
    LEFT JOIN done USING (article_id, revision)
    GROUP BY stale.row_number, stale.transforms
),
places AS (
    SELECT batch_id AS named_by, min(rowid) AS first_name, max(rowid) AS last_name
    FROM mentions
    GROUP BY batch_id
)
SELECT made.transforms, made.batches, any_value(places.first_name), any_value(places.last_name),
    list(made.row_number ORDER BY made.row_number)
FROM made
LEFT JOIN places USING (named_by)
GROUP BY made.transforms, made.batches
ORDER BY min(made.row_number)
