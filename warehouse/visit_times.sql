-- The next visit to the page of each recent article. $since: older rows need not be read, because
-- their plans have ended; $plans: JSON list of {site, plan}, where the plan is in seconds after
-- starts_at and the empty site stands for all others. The newest row of an article is its state,
-- and its plan starts where the earliest row says. A row that is ahead of $now was made by a wrong
-- clock: it counts as older than all others, and as no visit. Instants are numbers here: arithmetic
-- with time zones takes ten times as long.
WITH dated AS (
    SELECT
        rowid AS place,
        article_id,
        source_id,
        epoch_us(starts_at) AS starts_us,
        coalesce(epoch_us(again_at), 0) AS again_us,
        epoch_us(visited_at)
        - CASE WHEN epoch_us(visited_at) > epoch_us($now::TIMESTAMPTZ) + 3600000000 THEN 4e15::BIGINT ELSE 0 END AS visited_us
    FROM visits
    WHERE visited_at >= $since
),
latest AS MATERIALIZED (
    SELECT
        article_id,
        max(visited_us) AS visited_us,
        min(starts_us) AS starts_us,
        max_by(place, visited_us) AS place,
        max_by(source_id, visited_us) AS source_id,
        max_by(again_us, visited_us) AS again_us
    FROM dated
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
        WHEN latest.again_us > 0 AND latest.visited_us > 0 THEN latest.again_us
        ELSE latest.starts_us + 1000000 * list_filter(
            planned.plan,
            lambda seconds: seconds * 1000000 > latest.visited_us - latest.starts_us
        )[1]
    END AS next_us
FROM latest
JOIN planned USING (source_id)
WHERE len(planned.plan) > 0
