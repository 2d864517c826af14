SELECT polled_at, outcome, http_status, entries, new_entries, failure, detail
FROM polls
WHERE feed_id = $feed_id
ORDER BY polled_at DESC
LIMIT 8
