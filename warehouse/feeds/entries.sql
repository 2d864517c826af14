SELECT seen_at, published_at, published_precision, title, url
FROM entries
WHERE feed_id = $feed_id AND status = 'new'
ORDER BY seen_at DESC, position
LIMIT 8
