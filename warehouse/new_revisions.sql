-- The articles of a batch whose headline and text are not in the warehouse yet, with their new
-- revision. A text that differs from a stored one only in what is trivial is not new: it has the
-- same wording. A page that was read just now may have gone back to an earlier version; that is a
-- revision, too. $path: newline-delimited JSON of `articles` rows; $row_bytes: upper bound for the
-- longest row.
CREATE OR REPLACE TEMP TABLE new_revisions AS
WITH staged AS (
    SELECT
        article_id,
        content_sha256,
        coalesce(wording_sha256, content_sha256) AS wording,
        coalesce(is_live, FALSE) AS is_live,
        row_number() OVER () AS line
    FROM read_json(
        $path,
        format = 'newline_delimited',
        columns = {
            article_id: 'VARCHAR', content_sha256: 'VARCHAR', wording_sha256: 'VARCHAR', is_live: 'BOOLEAN'
        },
        maximum_object_size = $row_bytes
    )
),
first_seen AS (
    SELECT
        article_id,
        arg_min(content_sha256, line) AS content_sha256,
        wording,
        arg_min(is_live, line) AS is_live,
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
-- The newest stored revision with the same text or wording.
known AS (
    SELECT
        first_seen.line,
        max(present.revision) AS revision
    FROM first_seen
    INNER JOIN present
        ON present.article_id = first_seen.article_id
        AND (
            present.content_sha256 = first_seen.content_sha256
            OR present.wording_sha256 = first_seen.wording
        )
    GROUP BY first_seen.line
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
LEFT JOIN known USING (line)
LEFT JOIN newest ON newest.article_id = first_seen.article_id
WHERE known.revision IS NULL OR (first_seen.is_live AND known.revision < newest.revision)
