-- The refused item with where its document is stored. $rejection_id: the refusal.
SELECT
    rejections.rejection_id,
    rejections.item,
    rejections.reason,
    rejections.stage,
    rejections.detail,
    rejections.rejected_at,
    rejections.document_id,
    documents.url,
    documents.final_url,
    documents.media_type,
    documents.charset,
    documents.bytes,
    documents.http_status,
    documents.fetched_at,
    documents.warc_file,
    documents.warc_offset
FROM rejections
LEFT JOIN documents ON documents.document_id = rejections.document_id
WHERE rejections.rejection_id = $rejection_id
ORDER BY rejections.rejected_at
LIMIT 1
