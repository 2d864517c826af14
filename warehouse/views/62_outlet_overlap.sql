-- Two publishers overlap in the stories that both cover. The newest 28 days are compared, so that
-- it stays fast. What only one publisher reports is not counted: who prints more notices of its
-- own town is no less like the others.
CREATE OR REPLACE VIEW outlet_overlap AS
WITH span AS (
    SELECT max(published_on) AS ends_on
    FROM latest_articles
    WHERE published_on <= current_date
),
covered AS (
    SELECT DISTINCT
        articles.source_id,
        articles.story_id
    FROM story_articles AS articles
    INNER JOIN span ON articles.published_on BETWEEN span.ends_on - 27 AND span.ends_on
),
shared AS (
    SELECT story_id
    FROM covered
    GROUP BY story_id
    HAVING count(*) > 1
),
totals AS (
    SELECT
        source_id,
        count(*) AS stories
    FROM covered
    SEMI JOIN shared USING (story_id)
    GROUP BY source_id
),
pairs AS (
    SELECT
        one.source_id,
        other.source_id AS other_source_id,
        count(*) AS shared_stories
    FROM covered AS one
    INNER JOIN covered AS other
        ON other.story_id = one.story_id
        AND other.source_id > one.source_id
    GROUP BY one.source_id, other.source_id
)
SELECT
    pairs.source_id,
    pairs.other_source_id,
    pairs.shared_stories,
    totals.stories,
    others.stories AS other_stories,
    pairs.shared_stories / (totals.stories + others.stories - pairs.shared_stories) AS jaccard
FROM pairs
INNER JOIN totals USING (source_id)
INNER JOIN totals AS others ON others.source_id = pairs.other_source_id;
COMMENT ON VIEW outlet_overlap IS 'One row per pair of publishers with stories in common in the newest 28 days, in their own words or as copies';
COMMENT ON COLUMN outlet_overlap.source_id IS 'One publisher';
COMMENT ON COLUMN outlet_overlap.other_source_id IS 'The other publisher; each pair is there once, in the order of their keys';
COMMENT ON COLUMN outlet_overlap.shared_stories IS 'Stories with articles of both';
COMMENT ON COLUMN outlet_overlap.stories IS 'Stories of the first publisher that at least one other publisher has, too';
COMMENT ON COLUMN outlet_overlap.other_stories IS 'The same for the other publisher';
COMMENT ON COLUMN outlet_overlap.jaccard IS 'Shared stories as a share of all these stories of both, 0 to 1 (Jaccard index)';
