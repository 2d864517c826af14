-- The articles of a batch whose headline and text are not in the warehouse yet, with their new
-- revision. $path: newline-delimited JSON of `articles` rows; $row_bytes: upper bound for the
-- longest row.
CREATE OR REPLACE TEMP TABLE new_revisions AS
WITH staged AS (
    SELECT
        article_id,
        content_sha256,
        row_number() OVER () AS line
    FROM read_json(
        $path,
        format = 'newline_delimited',
        columns = {article_id: 'VARCHAR', content_sha256: 'VARCHAR'},
        maximum_object_size = $row_bytes
    )
),
first_seen AS (
    SELECT
        article_id,
        content_sha256,
        min(line) AS line
    FROM staged
    GROUP BY ALL
),
-- Rows are found by their key first, so that the other columns are unpacked for them only.
present AS MATERIALIZED (
    SELECT
        article_id,
        revision,
        content_sha256
    FROM articles
    WHERE rowid IN (SELECT articles.rowid FROM articles SEMI JOIN first_seen USING (article_id))
),
newest AS (
    SELECT
        article_id,
        max(revision) AS revision
    FROM present
    GROUP BY article_id
)
SELECT
    first_seen.article_id,
    first_seen.content_sha256,
    first_seen.line,
    coalesce(newest.revision, 0)
    + row_number() OVER (PARTITION BY first_seen.article_id ORDER BY first_seen.line) AS revision
FROM first_seen
ANTI JOIN present USING (article_id, content_sha256)
LEFT JOIN newest ON newest.article_id = first_seen.article_id
