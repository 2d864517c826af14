-- severity: warning
-- Feeds and documents that are dated ahead of the clock: it was wrong then, or is wrong now.
SELECT
    'feeds' AS subject,
    count(*) || CASE WHEN count(*) = 1 THEN ' feed was' ELSE ' feeds were' END
    || ' polled ahead of the clock, up to ' || strftime(timezone('UTC', max(polled_at)), '%Y-%m-%d %H:%M')
    || ' UTC: if the clock is right now, the next `onrecord ingest` polls them; otherwise correct it first' AS detail
FROM latest_polls
SEMI JOIN (SELECT feed_id FROM latest_feeds WHERE state IN ('listed', 'moved')) AS polled_feeds USING (feed_id)
WHERE polled_at > $now + INTERVAL 1 HOUR
HAVING count(*) > 0
UNION ALL
SELECT
    'documents' AS subject,
    count(*) || CASE WHEN count(*) = 1 THEN ' document was' ELSE ' documents were' END
    || ' fetched ahead of the clock, up to ' || strftime(timezone('UTC', max(fetched_at)), '%Y-%m-%d %H:%M')
    || ' UTC: the times of their articles are wrong; nothing needs to be done about them' AS detail
FROM documents
WHERE fetched_at > $now + INTERVAL 1 HOUR
HAVING count(*) > 0
