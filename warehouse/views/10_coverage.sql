-- The rhythm of a source is the mean of the same weekday over four weeks: each day's count
-- is carried forward to the four days that it is a measure for, so that no calendar is made.
CREATE OR REPLACE VIEW coverage AS
WITH loaded AS (
    SELECT
        source_id,
        published_on AS day,
        count(*) FILTER (WHERE revision = 1) AS articles,
        count(*) FILTER (WHERE revision > 1) AS edits
    FROM articles
    WHERE published_on IS NOT NULL
    GROUP BY source_id, published_on
),
refused AS (
    SELECT
        coalesce(
            nullif(
                regexp_extract(
                    lower(coalesce(documents.url, rejections.item)), '^https?://(?:www[.])?([^/:?#]+)', 1
                ),
                ''
            ),
            'files'
        ) AS source_id,
        CAST(rejections.rejected_at AT TIME ZONE 'UTC' AS DATE) AS day,
        rejections.reason
    FROM rejections
    LEFT JOIN documents ON documents.document_id = rejections.document_id
),
counted AS (
    SELECT source_id, day, articles, edits, 0 AS rejected, NULL AS reason, 0 AS carried
    FROM loaded
    UNION ALL
    SELECT source_id, day, 0, 0, count(*), mode(reason), 0
    FROM refused
    GROUP BY source_id, day
    UNION ALL
    SELECT source_id, day + 7 * weeks.later, 0, 0, 0, NULL, articles
    FROM loaded, (VALUES (1), (2), (3), (4)) AS weeks (later)
),
begun AS (
    SELECT source_id, min(published_on) AS first_on FROM articles GROUP BY source_id
),
days AS (
    SELECT
        counted.source_id,
        counted.day,
        sum(counted.carried) / greatest(1, least(4, (counted.day - any_value(begun.first_on)) // 7)) AS expected,
        CAST(sum(counted.articles) AS BIGINT) AS articles,
        CAST(sum(counted.edits) AS BIGINT) AS edits,
        CAST(sum(counted.rejected) AS BIGINT) AS rejected,
        max(counted.reason) AS main_reason
    FROM counted
    LEFT JOIN begun ON begun.source_id = counted.source_id
    GROUP BY counted.source_id, counted.day
)
SELECT
    source_id,
    day,
    round(coalesce(expected, 0), 1) AS expected,
    articles,
    edits,
    rejected,
    main_reason,
    -- Of counts that scatter as independent events do, one in twenty lies beyond: three that
    -- were expected are then never none.
    CASE
        WHEN articles = 0 AND expected >= 3 THEN 'silent'
        WHEN articles < expected - 2 * sqrt(expected) THEN 'low'
        WHEN expected > 0 AND articles > expected + 2 * sqrt(expected) + 1 THEN 'high'
        ELSE 'usual'
    END AS status
FROM days
WHERE day <= (SELECT CAST(max(fetched_at) AT TIME ZONE 'UTC' AS DATE) FROM articles);
COMMENT ON VIEW coverage IS 'One row per source and day: what its own rhythm leads to expect, what was loaded, what was refused';
COMMENT ON COLUMN coverage.day IS 'Day of publication, for rejections the day of the refusal, UTC';
COMMENT ON COLUMN coverage.expected IS 'Articles to expect: mean of the same weekday in the four weeks before';
COMMENT ON COLUMN coverage.articles IS 'Articles published that day that the warehouse has';
COMMENT ON COLUMN coverage.edits IS 'Later revisions of these articles';
COMMENT ON COLUMN coverage.rejected IS 'Items refused that day';
COMMENT ON COLUMN coverage.main_reason IS 'Most frequent reason of these refusals';
COMMENT ON COLUMN coverage.status IS 'usual, low (under two standard deviations), silent (three or more expected, none came) or high';

CREATE OR REPLACE VIEW source_health AS
WITH now AS (
    SELECT CAST(max(fetched_at) AT TIME ZONE 'UTC' AS DATE) AS today FROM articles
),
last_days AS (
    SELECT
        source_id,
        max(published_on) AS last_on
    FROM articles
    GROUP BY source_id
),
figures AS (
    SELECT
        articles.source_id,
        last_days.last_on,
        max(articles.fetched_at) AS last_fetched_at,
        count(*) FILTER (WHERE articles.revision = 1) AS articles,
        count(*) FILTER (WHERE articles.revision > 1) AS edits,
        count(*) FILTER (WHERE articles.revision = 1 AND articles.published_on IS NULL) AS undated,
        count(*) FILTER (WHERE articles.revision = 1 AND articles.published_on > now.today - 7) AS last_7_days,
        count(*) FILTER (WHERE articles.revision = 1 AND articles.published_on > last_days.last_on - 28) / 28 AS usual_per_day,
        now.today - last_days.last_on AS silent_days
    FROM articles
    INNER JOIN last_days ON last_days.source_id = articles.source_id
    CROSS JOIN now
    GROUP BY articles.source_id, last_days.last_on, now.today
)
SELECT
    figures.source_id,
    sources.name,
    -- As in coverage: three articles that should have come by now, and none did.
    CASE
        WHEN figures.last_on IS NULL THEN 'undated'
        WHEN figures.usual_per_day * figures.silent_days >= 3 THEN 'silent'
        WHEN figures.last_7_days < 7 * figures.usual_per_day - 2 * sqrt(7 * figures.usual_per_day) THEN 'low'
        ELSE 'usual'
    END AS status,
    figures.last_on,
    figures.last_fetched_at,
    figures.silent_days,
    round(figures.usual_per_day, 2) AS usual_per_day,
    figures.last_7_days,
    figures.articles,
    figures.edits,
    figures.undated
FROM figures
LEFT JOIN sources ON sources.source_id = figures.source_id;
COMMENT ON VIEW source_health IS 'One row per source: whether it still speaks, measured by its own rhythm on the last day that anything was fetched';
COMMENT ON COLUMN source_health.status IS 'usual, low (under two standard deviations in seven days), silent (three articles overdue) or undated';
COMMENT ON COLUMN source_health.last_on IS 'Day of its newest article, UTC';
COMMENT ON COLUMN source_health.last_fetched_at IS 'When a document of it was acquired last, UTC';
COMMENT ON COLUMN source_health.silent_days IS 'Days since its newest article';
COMMENT ON COLUMN source_health.usual_per_day IS 'Articles a day over the 28 days up to its newest';
COMMENT ON COLUMN source_health.last_7_days IS 'Articles of the last seven days';
COMMENT ON COLUMN source_health.articles IS 'Articles of it, each counted once';
COMMENT ON COLUMN source_health.edits IS 'Later revisions of its articles';
COMMENT ON COLUMN source_health.undated IS 'Articles of it without a day';
