-- The next visit to the page of each recent article. $since: older rows need not be read, because
-- their plans have ended; $plans: JSON list of {site, plan}, where the plan is in seconds after
-- starts_at and the empty site stands for all others. The newest row of an article is its state,
-- and its plan starts where the earliest row says. Instants are numbers here: arithmetic with
-- time zones takes ten times as long.
WITH latest AS MATERIALIZED (
    SELECT
        article_id,
        max(visited_at) AS visited_at,
        min(epoch_us(starts_at)) AS starts_us,
        max_by(rowid, visited_at) AS place,
        max_by(source_id, visited_at) AS source_id,
        max_by(coalesce(epoch_us(again_at), 0), visited_at) AS again_us
    FROM visits
    WHERE visited_at >= $since
    GROUP BY article_id
),
plans AS (
    SELECT unnest(from_json($plans, '[{"site": "VARCHAR", "plan": ["BIGINT"]}]'), recursive := TRUE)
),
-- The most specific site decides, as with the other keys of rules.
planned AS MATERIALIZED (
    SELECT
        sources_seen.source_id,
        plans.plan
    FROM (SELECT DISTINCT source_id FROM latest) AS sources_seen
    JOIN plans
        ON plans.site = ''
        OR plans.site = sources_seen.source_id
        OR ends_with(sources_seen.source_id, '.' || plans.site)
    QUALIFY row_number() OVER (PARTITION BY sources_seen.source_id ORDER BY length(plans.site) DESC) = 1
)
SELECT
    latest.place,
    latest.starts_us,
    planned.plan,
    CASE
        WHEN latest.again_us > 0 THEN latest.again_us
        ELSE latest.starts_us + 1000000 * list_filter(
            planned.plan,
            lambda seconds: seconds * 1000000 > epoch_us(latest.visited_at) - latest.starts_us
        )[1]
    END AS next_us
FROM latest
JOIN planned USING (source_id)
WHERE len(planned.plan) > 0
