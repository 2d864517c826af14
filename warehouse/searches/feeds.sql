-- The feeds that are in the list, by source and URL. $source_ids: their sources, NULL for all;
-- $since and $before: when they reached their state, NULL for any time.
SELECT feed_id, source_id, url, title, state, recorded_at
FROM snapshot.latest_feeds
WHERE state <> 'removed'
    AND ($source_ids IS NULL OR source_id IN (SELECT unnest(CAST($source_ids AS VARCHAR[]))))
    AND ($since IS NULL OR recorded_at >= $since)
    AND ($before IS NULL OR recorded_at < $before)
ORDER BY source_id, url, feed_id;
