-- Items whose last outcome is a rejection with one of $reasons, from $since to before $until
-- (NULL for no limit). An item has a document if its content was had. It is not listed if that
-- document, or one that was had later, has an article.
WITH refused AS (
    SELECT
        item,
        arg_max(reason, rejected_at) AS reason,
        arg_max(stage, rejected_at) AS stage,
        arg_max_null(document_id, rejected_at) AS document_id,
        max(rejected_at) AS rejected_at
    FROM rejections
    GROUP BY item
),
wanted AS MATERIALIZED (
    SELECT
        item,
        reason,
        stage,
        document_id,
        rejected_at
    FROM refused
    WHERE reason IN (SELECT unnest($reasons))
        AND ($since IS NULL OR rejected_at >= $since)
        AND ($until IS NULL OR rejected_at < $until)
),
loaded AS (
    SELECT
        documents.path AS item,
        max(documents.fetched_at) AS fetched_at
    FROM documents
    SEMI JOIN wanted ON wanted.item = documents.path
    SEMI JOIN articles ON articles.document_id = documents.document_id
    GROUP BY documents.path
)
SELECT
    wanted.item,
    wanted.reason,
    wanted.stage,
    wanted.rejected_at,
    wanted.document_id,
    coalesce(documents.requested_url, documents.url) AS url,
    documents.final_url,
    documents.media_type,
    documents.charset,
    documents.http_status,
    documents.fetched_at,
    documents.warc_file,
    documents.warc_offset
FROM wanted
ANTI JOIN articles ON articles.document_id = wanted.document_id
LEFT JOIN documents ON documents.document_id = wanted.document_id
LEFT JOIN loaded ON loaded.item = wanted.item
WHERE loaded.fetched_at IS NULL
    OR loaded.fetched_at < coalesce(documents.fetched_at, wanted.rejected_at)
ORDER BY documents.warc_file, documents.warc_offset, wanted.item
