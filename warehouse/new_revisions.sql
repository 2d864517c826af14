-- The articles of a batch whose headline and text are not in the warehouse yet, with their new
-- revision. A text that differs from a stored one only in what is trivial is not new: it has the
-- same wording. $path: newline-delimited JSON of `articles` rows; $row_bytes: upper bound for the
-- longest row.
CREATE OR REPLACE TEMP TABLE new_revisions AS
WITH staged AS (
    SELECT
        article_id,
        content_sha256,
        coalesce(wording_sha256, content_sha256) AS wording,
        row_number() OVER () AS line
    FROM read_json(
        $path,
        format = 'newline_delimited',
        columns = {article_id: 'VARCHAR', content_sha256: 'VARCHAR', wording_sha256: 'VARCHAR'},
        maximum_object_size = $row_bytes
    )
),
first_seen AS (
    SELECT
        article_id,
        arg_min(content_sha256, line) AS content_sha256,
        wording,
        min(line) AS line
    FROM staged
    GROUP BY article_id, wording
),
-- Rows are found by their key first, so that the other columns are unpacked for them only.
present AS MATERIALIZED (
    SELECT
        article_id,
        revision,
        content_sha256,
        wording_sha256
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
ANTI JOIN present AS alike
    ON alike.article_id = first_seen.article_id AND alike.wording_sha256 = first_seen.wording
LEFT JOIN newest ON newest.article_id = first_seen.article_id
