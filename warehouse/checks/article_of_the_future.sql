-- severity: warning
-- Articles with a publication time more than a day after they were fetched.
SELECT
    article_id AS subject,
    'published ' || published_at || ', fetched ' || fetched_at AS detail
FROM articles
WHERE published_at > fetched_at + INTERVAL 1 DAY
