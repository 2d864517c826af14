-- The last fetch of each page in the last seven days, and why its document was refused.
WITH fetched AS (
    SELECT canonical_url, failure, document_id
    FROM fetches
    SEMI JOIN (FROM entries WHERE feed_id = $feed_id) AS own USING (canonical_url)
    WHERE fetched_at > $now - INTERVAL 7 DAY
    QUALIFY row_number() OVER (PARTITION BY canonical_url ORDER BY fetched_at DESC) = 1
),
refused AS (
    SELECT document_id, max_by(reason, rejected_at) AS reason
    FROM rejections
    SEMI JOIN fetched USING (document_id)
    GROUP BY document_id
)
SELECT
    coalesce(fetched.failure, refused.reason) AS reason,
    count(*) AS pages,
    min(fetched.canonical_url) AS example
FROM fetched
LEFT JOIN refused USING (document_id)
GROUP BY ALL
ORDER BY pages DESC, example
