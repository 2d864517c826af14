-- The days that `coverage` may have: those of articles, up to four weeks after the last one, and those of
-- what is fetched and seen.
SELECT published_on AS day
FROM articles
UNION ALL
SELECT max(published_on) + 28
FROM articles
UNION ALL
SELECT CAST(fetched_at AS DATE)
FROM documents
UNION ALL
SELECT CAST(polled_at AS DATE)
FROM polls
UNION ALL
SELECT CAST(seen_at AS DATE)
FROM entries
UNION ALL
SELECT CAST(fetched_at AS DATE)
FROM fetches
UNION ALL
SELECT CAST(rejected_at AS DATE)
FROM rejections
