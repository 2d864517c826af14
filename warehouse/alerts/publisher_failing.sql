-- Publishers most of whose pages are not read: fetching fails, or cleaning refuses them as faults
-- or walls. Pages that are simply no articles do not count. The last day decides if it has ten
-- pages, otherwise the last seven days. The four weeks before are what is usual. Five new pages in
-- a row that are not read are enough by themselves: after a redesign, none is read any more.
WITH outages AS ( -- our own network was down: every fetch of the batch failed on the way
    SELECT batch_id
    FROM fetches
    WHERE fetched_at > $now - INTERVAL 7 DAY
    GROUP BY batch_id
    HAVING count(DISTINCT source_id) >= 3 AND bool_and(
        coalesce(
            failure IN (
                'connect_failed', 'connect_refused', 'connect_timeout', 'connection_reset', 'deadline',
                'dns_temporary', 'robots_unreachable', 'tls_error', 'bad_certificate', 'unknown_host'
            ),
            FALSE
        )
    )
),
refused AS (
    SELECT
        rejections.document_id,
        any_value(rejections.reason) AS reason
    FROM rejections
    LEFT JOIN refusal_reasons USING (reason)
    ANTI JOIN (
        SELECT document_id
        FROM articles
        WHERE fetched_at > $now - INTERVAL 36 DAY
    ) AS stored USING (document_id)
    WHERE rejections.rejected_at > $now - INTERVAL 36 DAY
        AND rejections.document_id IS NOT NULL
        AND refusal_reasons.kind IS DISTINCT FROM 'no_article'
    GROUP BY rejections.document_id
),
pages AS (
    SELECT
        fetches.source_id,
        fetches.canonical_url,
        max(fetches.fetched_at) AS fetched_at,
        min(fetches.fetched_at) AS first_at,
        bool_or(fetches.failure IS NULL AND refused.document_id IS NULL) AS is_read,
        arg_max(coalesce(fetches.failure, refused.reason, ''), fetches.fetched_at) AS reason
    FROM fetches
    ANTI JOIN outages USING (batch_id)
    LEFT JOIN refused ON refused.document_id = fetches.document_id
    WHERE fetches.fetched_at BETWEEN $now - INTERVAL 7 DAY AND $now + INTERVAL 1 HOUR
    GROUP BY fetches.source_id, fetches.canonical_url
),
known AS (
    SELECT
        alert_key,
        source_id,
        since_at,
        detail
    FROM open_alerts
    WHERE kind = 'publisher_failing'
),
windows AS (
    SELECT
        source_id,
        count_if(fetched_at > $now - INTERVAL 1 DAY) >= 10 AS is_day,
        count_if(NOT is_day OR fetched_at > $now - INTERVAL 1 DAY) AS pages,
        count_if(NOT is_read AND (NOT is_day OR fetched_at > $now - INTERVAL 1 DAY)) AS unread,
        min(fetched_at) FILTER (NOT is_read AND (NOT is_day OR fetched_at > $now - INTERVAL 1 DAY)) AS since_at,
        count_if(is_read) AS were_read,
        count_if(first_at > last_read_at) AS in_a_row,
        min(first_at) FILTER (first_at > last_read_at) AS in_a_row_since_at,
        mode(reason) FILTER (NOT is_read) AS reason
    FROM (
        SELECT
            *,
            coalesce(
                max(first_at) FILTER (is_read) OVER (PARTITION BY source_id), TIMESTAMPTZ '1970-01-01 00:00:00+00'
            ) AS last_read_at,
            count_if(fetched_at > $now - INTERVAL 1 DAY) OVER (PARTITION BY source_id) >= 10 AS is_day
        FROM pages
    )
    GROUP BY source_id
),
suspects AS MATERIALIZED (
    SELECT
        windows.*,
        known.since_at AS known_since_at
    FROM windows
    LEFT JOIN known USING (source_id)
    WHERE (known.since_at IS NOT NULL AND windows.in_a_row > 0)
        OR windows.in_a_row >= 5
        OR (
            windows.unread >= windows.pages / 2.0
            AND windows.unread > 0
            AND (known.since_at IS NOT NULL OR (windows.pages >= 8 AND windows.unread >= 6))
        )
),
usual AS (
    SELECT
        source_id,
        count(*) AS pages,
        count_if(NOT is_read) / count(*) AS share
    FROM (
        SELECT
            fetches.source_id,
            fetches.canonical_url,
            bool_or(fetches.failure IS NULL AND refused.document_id IS NULL) AS is_read
        FROM fetches
        SEMI JOIN suspects USING (source_id)
        LEFT JOIN refused ON refused.document_id = fetches.document_id
        WHERE fetches.fetched_at BETWEEN $now - INTERVAL 35 DAY AND $now - INTERVAL 7 DAY
        GROUP BY fetches.source_id, fetches.canonical_url
    )
    GROUP BY source_id
)
SELECT
    suspects.source_id AS item,
    suspects.source_id AS subject,
    suspects.source_id,
    coalesce(
        suspects.known_since_at,
        CASE WHEN suspects.in_a_row >= 5 THEN suspects.in_a_row_since_at ELSE suspects.since_at END
    ) AS since_at,
    suspects.reason AS code,
    CASE
        WHEN suspects.in_a_row >= 5 THEN 'none of the last ' || suspects.in_a_row || ' pages was read'
        ELSE suspects.unread || ' of ' || suspects.pages || ' pages of the last '
            || CASE WHEN suspects.is_day THEN '24 h' ELSE '7 days' END || ' were not read'
    END
    || CASE
        WHEN usual.pages >= 10 THEN ' (usually ' || round(100 * usual.share)::INTEGER || ' %)'
        ELSE ''
    END
    || ', mostly ' || suspects.reason AS detail
FROM suspects
LEFT JOIN usual USING (source_id)
WHERE suspects.known_since_at IS NOT NULL
    OR (suspects.in_a_row >= 5 AND (suspects.were_read >= 5 OR (usual.pages >= 10 AND usual.share < 0.5)))
    OR (
        suspects.pages >= 8
        AND suspects.unread >= 6
        AND suspects.unread >= CASE WHEN usual.pages >= 10 THEN usual.share + 0.3 ELSE 0.8 END * suspects.pages
    )
UNION ALL -- no page came since: what was found has not been repaired
SELECT
    known.source_id AS item,
    known.source_id AS subject,
    known.source_id,
    known.since_at,
    '' AS code,
    known.detail
FROM known
ANTI JOIN windows USING (source_id)
SEMI JOIN (
    SELECT source_id
    FROM latest_feeds
    WHERE state IN ('listed', 'moved')
) AS listed USING (source_id)
ORDER BY since_at, subject
