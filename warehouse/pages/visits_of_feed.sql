-- What planned visits to the pages of a feed found since an instant. $feed_id: the feed;
-- $since: the instant.
WITH pages AS MATERIALIZED (
    SELECT DISTINCT canonical_url
    FROM entries
    WHERE feed_id = $feed_id AND canonical_url IS NOT NULL
)
SELECT
    visits.outcome,
    visits.reason,
    count(*) AS visits,
    max(visits.visited_at) AS last_at,
    arg_max(visits.article_id, visits.visited_at) AS article_id
FROM visits
SEMI JOIN pages USING (canonical_url)
WHERE visits.visited_at >= $since AND visits.outcome != 'fetched'
GROUP BY visits.outcome, visits.reason
ORDER BY visits DESC, visits.outcome, visits.reason
