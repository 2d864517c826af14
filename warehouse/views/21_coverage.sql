-- Each table is counted by source and day before the joins. The day is computed from the instant
-- as a number: using the time zone takes three times as long. The expected number of articles is
-- the mean of the same weekday over four weeks: the count of each day is carried forward to the
-- four days that it is used for, so no calendar table is needed.
CREATE OR REPLACE VIEW coverage AS
WITH published AS (
    SELECT
        source_id,
        published_on AS day,
        count(*) FILTER (WHERE revision = 1) AS articles,
        count(*) FILTER (WHERE revision > 1) AS edits
    FROM articles
    WHERE published_on IS NOT NULL
    GROUP BY source_id, published_on
),
begun AS (
    SELECT source_id, min(day) AS first_on FROM published GROUP BY source_id
),
polled AS (
    SELECT
        latest_feeds.source_id,
        CAST(make_timestamp(epoch_us(polls.polled_at)) AS DATE) AS day,
        polls.failure,
        count(*) AS polls,
        count_if(polls.is_gap_risk) AS gap_risks
    FROM polls
    INNER JOIN latest_feeds ON latest_feeds.feed_id = polls.feed_id
    GROUP BY latest_feeds.source_id, day, polls.failure
),
failed_pages AS NOT MATERIALIZED (
    SELECT
        source_id,
        CAST(make_timestamp(epoch_us(fetched_at)) AS DATE) AS day,
        canonical_url,
        max_by(failure, fetched_at) AS reason,
        max_by(document_id IS NULL, fetched_at) AS is_missing,
        bool_or(failure IN (SELECT reason FROM refusal_reasons WHERE kind = 'wall')) AS is_wall
    FROM fetches
    WHERE failure IS NOT NULL
    GROUP BY source_id, day, canonical_url
),
-- As in wanted_pages, but without finding the newest of all entries: a page waits if no final
-- fetch of it was made since the entry was seen.
waiting AS (
    SELECT
        entries.source_id,
        CAST(make_timestamp(epoch_us(entries.seen_at)) AS DATE) AS day,
        entries.canonical_url
    FROM entries
    ANTI JOIN fetches
        ON fetches.canonical_url = entries.canonical_url
        AND fetches.next_fetch_at IS NULL
        AND fetches.fetched_at >= entries.seen_at
    WHERE entries.canonical_url IS NOT NULL AND entries.status IN ('new', 'changed')
),
refused AS (
    SELECT
        rejections.document_id,
        documents.source_id,
        rejections.item,
        CAST(make_timestamp(epoch_us(documents.fetched_at)) AS DATE) AS fetched_on,
        CAST(make_timestamp(epoch_us(rejections.rejected_at)) AS DATE) AS day,
        rejections.stage,
        rejections.reason
    FROM rejections
    LEFT JOIN documents ON documents.document_id = rejections.document_id
),
-- A refusal without a document has no source. The source is computed from one URL per host, and
-- the scheme is part of the group because it separates URLs from file paths.
refusals AS (
    SELECT
        coalesce(
            source_id,
            nullif(regexp_extract(lower(any_value(item)), '^https?://(?:www[.])?([^/:?#]+)', 1), ''),
            'files'
        ) AS source_id,
        day,
        stage,
        reason,
        count(*) AS rejected
    FROM refused
    GROUP BY source_id, split_part(item, '/', 3), split_part(item, ':', 1), day, stage, reason
),
-- Documents with a refusal that also have an article.
given AS (
    SELECT articles.document_id FROM articles SEMI JOIN refused ON refused.document_id = articles.document_id
),
outcomes AS (
    SELECT
        source_id,
        CAST(make_timestamp(epoch_us(fetched_at)) AS DATE) AS day,
        count(*) AS extracted,
        NULL AS stage,
        NULL AS reason,
        0 AS rejected
    FROM documents
    GROUP BY source_id, day
    UNION ALL
    SELECT refused.source_id, refused.fetched_on, -count(DISTINCT refused.document_id), NULL, NULL, 0
    FROM refused
    ANTI JOIN given ON given.document_id = refused.document_id
    WHERE refused.fetched_on IS NOT NULL
    GROUP BY refused.source_id, refused.fetched_on
    UNION ALL
    SELECT source_id, day, 0, stage, reason, rejected
    FROM refusals
),
acquired AS (
    SELECT source_id, day, stage, reason, sum(extracted) AS extracted, sum(rejected) AS rejected
    FROM outcomes
    GROUP BY ALL
),
-- Refusals of the fetch stage are already counted as failed fetches. A page that is no article
-- is not missing.
reasons AS (
    SELECT source_id, day, reason, count(*) AS pages
    FROM failed_pages
    WHERE is_missing
    GROUP BY source_id, day, reason
    UNION ALL
    SELECT source_id, day, reason, sum(rejected)
    FROM acquired
    WHERE stage != 'fetch' AND reason NOT IN (SELECT reason FROM refusal_reasons WHERE kind = 'no_article')
    GROUP BY source_id, day, reason
),
counted AS (
    SELECT source_id, day, articles, edits FROM published
    UNION ALL BY NAME
    SELECT source_id, day + 7 * weeks.later AS day, articles AS carried
    FROM published, (VALUES (1), (2), (3), (4)) AS weeks (later)
    UNION ALL BY NAME
    SELECT
        source_id,
        day,
        sum(polls) AS polls,
        sum(polls) FILTER (WHERE failure IS NOT NULL) AS failed_polls,
        sum(gap_risks) AS gap_risks,
        max_by(failure, row(polls, failure)) AS poll_failure
    FROM polled
    GROUP BY source_id, day
    UNION ALL BY NAME
    SELECT source_id, CAST(make_timestamp(epoch_us(seen_at)) AS DATE) AS day, count(*) AS entries
    FROM entries
    WHERE status = 'new'
    GROUP BY source_id, day
    UNION ALL BY NAME
    SELECT source_id, day, count(DISTINCT canonical_url) AS waiting FROM waiting GROUP BY source_id, day
    UNION ALL BY NAME
    SELECT source_id, CAST(make_timestamp(epoch_us(fetched_at)) AS DATE) AS day, count(*) AS fetched
    FROM fetches
    WHERE failure IS NULL
    GROUP BY source_id, day
    UNION ALL BY NAME
    SELECT
        source_id,
        day,
        count(*) FILTER (WHERE NOT is_wall) AS failed,
        count_if(is_wall) AS walls
    FROM failed_pages
    GROUP BY source_id, day
    UNION ALL BY NAME
    SELECT
        source_id,
        day,
        sum(extracted) AS extracted,
        sum(rejected) AS rejected,
        sum(rejected) FILTER (
            WHERE reason IN (SELECT reason FROM refusal_reasons WHERE kind = 'no_article')
        ) AS no_articles,
        max_by(reason, row(rejected, reason)) AS main_reason
    FROM acquired
    GROUP BY source_id, day
    UNION ALL BY NAME
    SELECT source_id, CAST(make_timestamp(epoch_us(fetched_at)) AS DATE) AS day, count(*) AS loaded
    FROM articles
    WHERE revision_cause != 'reprocessed'
    GROUP BY source_id, day
    UNION ALL BY NAME
    SELECT source_id, day, max_by(reason, row(pages, reason)) AS page_failure FROM reasons GROUP BY source_id, day
),
days AS (
    SELECT
        counted.source_id,
        counted.day,
        coalesce(sum(counted.carried), 0)
        / greatest(1, least(4, (counted.day - any_value(begun.first_on)) // 7)) AS expected,
        CAST(coalesce(sum(counted.polls), 0) AS BIGINT) AS polls,
        CAST(coalesce(sum(counted.failed_polls), 0) AS BIGINT) AS failed_polls,
        CAST(coalesce(sum(counted.gap_risks), 0) AS BIGINT) AS gap_risks,
        CAST(coalesce(sum(counted.entries), 0) AS BIGINT) AS entries,
        CAST(coalesce(sum(counted.waiting), 0) AS BIGINT) AS waiting,
        CAST(coalesce(sum(counted.failed), 0) AS BIGINT) AS failed,
        CAST(coalesce(sum(counted.walls), 0) AS BIGINT) AS walls,
        CAST(coalesce(sum(counted.fetched), 0) AS BIGINT) AS fetched,
        CAST(coalesce(sum(counted.extracted), 0) AS BIGINT) AS extracted,
        CAST(coalesce(sum(counted.loaded), 0) AS BIGINT) AS loaded,
        CAST(coalesce(sum(counted.articles), 0) AS BIGINT) AS articles,
        CAST(coalesce(sum(counted.edits), 0) AS BIGINT) AS edits,
        CAST(coalesce(sum(counted.rejected), 0) AS BIGINT) AS rejected,
        CAST(coalesce(sum(counted.no_articles), 0) AS BIGINT) AS no_articles,
        max(counted.main_reason) AS main_reason,
        coalesce(max(counted.page_failure), max(counted.poll_failure)) AS why_not
    FROM counted
    LEFT JOIN begun ON begun.source_id = counted.source_id
    GROUP BY counted.source_id, counted.day
)
SELECT
    source_id,
    day,
    round(expected, 1) AS expected,
    polls,
    failed_polls,
    gap_risks,
    entries,
    waiting,
    failed,
    walls,
    fetched,
    extracted,
    loaded,
    articles,
    edits,
    rejected,
    no_articles,
    main_reason,
    why_not,
    -- Counts of independent events are more than two standard deviations from the mean in about
    -- one case of twenty. With a mean of three, a count of zero is as rare.
    CASE
        WHEN articles = 0 AND expected >= 3 THEN 'silent'
        WHEN articles < expected - 2 * sqrt(expected) THEN 'low'
        WHEN expected > 0 AND articles > expected + 2 * sqrt(expected) + 1 THEN 'high'
        ELSE 'usual'
    END AS status
FROM days
WHERE day <= (
    SELECT CAST(max(last_at) AT TIME ZONE 'UTC' AS DATE)
    FROM (
        SELECT max(fetched_at) AS last_at FROM articles
        UNION ALL
        SELECT max(fetched_at) FROM fetches
        UNION ALL
        SELECT max(polled_at) FROM polls
    )
);
COMMENT ON VIEW coverage IS 'One row per source and day: expected articles, entries in its feeds, pages fetched, extracted and loaded, and reasons for missing ones';
COMMENT ON COLUMN coverage.day IS 'Day of publication for expected, articles, edits and status; for other columns the day of the event, UTC';
COMMENT ON COLUMN coverage.expected IS 'Expected articles: mean of the same weekday in the four previous weeks';
COMMENT ON COLUMN coverage.polls IS 'Polls of its feeds';
COMMENT ON COLUMN coverage.failed_polls IS 'Failed polls of its feeds, including those that failed because our own network was down';
COMMENT ON COLUMN coverage.gap_risks IS 'Polls that showed no entry of the previous poll, so some may have been missed';
COMMENT ON COLUMN coverage.entries IS 'New entries in its feeds';
COMMENT ON COLUMN coverage.waiting IS 'Pages of entries that were new or changed that day and are still to be fetched';
COMMENT ON COLUMN coverage.failed IS 'Pages with a failed fetch, without walls, each counted once per day';
COMMENT ON COLUMN coverage.walls IS 'Pages behind a wall (a notice of maintenance, a question for consent, ...), each counted once per day; see walls';
COMMENT ON COLUMN coverage.fetched IS 'Pages of entries that were fetched';
COMMENT ON COLUMN coverage.extracted IS 'Pages and files with new bytes that contained an article, with known or new text';
COMMENT ON COLUMN coverage.loaded IS 'New articles and revisions from pages and files acquired that day';
COMMENT ON COLUMN coverage.articles IS 'Articles in the warehouse that were published that day';
COMMENT ON COLUMN coverage.edits IS 'Later revisions of these articles';
COMMENT ON COLUMN coverage.rejected IS 'Items refused that day';
COMMENT ON COLUMN coverage.no_articles IS 'Those of the refused items that are no article (lists, shops, fronts of sections, ...): nothing is missing';
COMMENT ON COLUMN coverage.main_reason IS 'Most frequent reason for these refusals';
COMMENT ON COLUMN coverage.why_not IS 'Most frequent reason for a missing article among failed fetches, walls and refusals; if there is none, the most frequent reason for failed polls';
COMMENT ON COLUMN coverage.status IS 'usual, low (more than two standard deviations below expected), silent (three or more expected, none published) or high';

CREATE OR REPLACE VIEW source_health AS
WITH now AS (
    SELECT
        max(last_at) AS instant,
        CAST(max(last_at) AT TIME ZONE 'UTC' AS DATE) AS today
    FROM (
        SELECT max(fetched_at) AS last_at FROM articles
        UNION ALL
        SELECT max(fetched_at) FROM fetches
        UNION ALL
        SELECT max(polled_at) FROM polls
    )
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
),
polled AS (
    SELECT
        polls.feed_id,
        max(polls.polled_at) FILTER (WHERE polls.failure IS NULL) AS answered_at,
        count(*) FILTER (WHERE polls.is_gap_risk AND polls.polled_at > now.instant - INTERVAL 7 DAY) AS gap_risks
    FROM polls
    CROSS JOIN now
    GROUP BY polls.feed_id
),
listened AS (
    SELECT
        latest_feeds.source_id,
        count(*) AS feeds,
        max(latest_polls.polled_at) AS last_poll_at,
        min(latest_polls.next_poll_at) FILTER (WHERE latest_feeds.state != 'paused') AS next_poll_at,
        max(latest_polls.failures) AS failures,
        max_by(latest_polls.failure, latest_polls.failures) AS poll_failure,
        max(polled.answered_at) AS answered_at,
        CAST(sum(coalesce(polled.gap_risks, 0)) AS BIGINT) AS gap_risks
    FROM latest_feeds
    LEFT JOIN latest_polls ON latest_polls.feed_id = latest_feeds.feed_id
    LEFT JOIN polled ON polled.feed_id = latest_feeds.feed_id
    WHERE latest_feeds.state != 'removed'
    GROUP BY latest_feeds.source_id
),
last_entries AS (
    SELECT source_id, max(seen_at) AS last_at FROM entries WHERE status = 'new' GROUP BY source_id
),
shown AS (
    SELECT
        entries.source_id,
        entries.seen_at,
        last_entries.last_at,
        count(*) AS entries,
        entries.seen_at - lag(entries.seen_at) OVER (PARTITION BY entries.source_id ORDER BY entries.seen_at) AS pause
    FROM entries
    INNER JOIN last_entries ON last_entries.source_id = entries.source_id
    WHERE entries.status = 'new' AND entries.seen_at > last_entries.last_at - INTERVAL 28 DAY
    GROUP BY entries.source_id, entries.seen_at, last_entries.last_at
),
spoken AS (
    SELECT
        source_id,
        last_at,
        sum(entries) / 28 AS entries_per_day,
        max(pause) AS longest_pause
    FROM shown
    GROUP BY source_id, last_at
)
SELECT
    source_id,
    coalesce(sources.name, source_id) AS name,
    -- As in coverage: three articles are overdue.
    CASE
        WHEN figures.articles IS NULL THEN 'empty'
        WHEN figures.last_on IS NULL THEN 'undated'
        WHEN figures.usual_per_day * figures.silent_days >= 3 THEN 'silent'
        WHEN figures.last_7_days < 7 * figures.usual_per_day - 2 * sqrt(7 * figures.usual_per_day) THEN 'low'
        ELSE 'usual'
    END AS status,
    figures.last_on,
    figures.last_fetched_at,
    figures.silent_days,
    round(figures.usual_per_day, 2) AS usual_per_day,
    coalesce(figures.last_7_days, 0) AS last_7_days,
    coalesce(figures.articles, 0) AS articles,
    coalesce(figures.edits, 0) AS edits,
    coalesce(figures.undated, 0) AS undated,
    coalesce(listened.feeds, 0) AS feeds,
    listened.last_poll_at,
    listened.next_poll_at,
    listened.failures,
    listened.poll_failure,
    coalesce(listened.gap_risks, 0) AS gap_risks_7_days,
    spoken.last_at AS last_entry_at,
    round(spoken.entries_per_day, 2) AS entries_per_day,
    round(epoch(listened.answered_at - spoken.last_at) / 3600, 1) AS silent_hours,
    round(epoch(spoken.longest_pause) / 3600, 1) AS longest_pause_hours
FROM figures
FULL JOIN listened USING (source_id)
LEFT JOIN spoken USING (source_id)
LEFT JOIN sources USING (source_id);
COMMENT ON VIEW source_health IS 'One row per source with articles or listed feeds: whether it still publishes at its usual rate, measured at the last instant that anything was polled or fetched';
COMMENT ON COLUMN source_health.source_id IS 'Publisher';
COMMENT ON COLUMN source_health.name IS 'Name the publisher gives itself, otherwise the host name';
COMMENT ON COLUMN source_health.status IS 'usual, low (more than two standard deviations below usual in seven days), silent (three articles overdue), undated, or empty (no article yet)';
COMMENT ON COLUMN source_health.last_on IS 'Day of its newest article, UTC';
COMMENT ON COLUMN source_health.last_fetched_at IS 'When its last document with an article was acquired, UTC';
COMMENT ON COLUMN source_health.silent_days IS 'Days since its newest article';
COMMENT ON COLUMN source_health.usual_per_day IS 'Articles per day in the 28 days up to its newest';
COMMENT ON COLUMN source_health.last_7_days IS 'Articles of the last seven days';
COMMENT ON COLUMN source_health.articles IS 'Its articles, each counted once';
COMMENT ON COLUMN source_health.edits IS 'Later revisions of its articles';
COMMENT ON COLUMN source_health.undated IS 'Its articles without a publication day';
COMMENT ON COLUMN source_health.feeds IS 'Its feeds in the feed list';
COMMENT ON COLUMN source_health.last_poll_at IS 'When one of them was last polled, UTC';
COMMENT ON COLUMN source_health.next_poll_at IS 'When one of them is due next, UTC; NULL if none is';
COMMENT ON COLUMN source_health.failures IS 'Weighted number of consecutive failures of the feed that fails most, 0 if none fails';
COMMENT ON COLUMN source_health.poll_failure IS 'Fixed code of the last failure of that feed, NULL if none fails';
COMMENT ON COLUMN source_health.gap_risks_7_days IS 'Polls of the last seven days that may have missed entries';
COMMENT ON COLUMN source_health.last_entry_at IS 'When a poll first showed its newest entry, UTC';
COMMENT ON COLUMN source_health.entries_per_day IS 'New entries per day in the 28 days up to the last one';
COMMENT ON COLUMN source_health.silent_hours IS 'Hours from its last new entry to its last successful poll';
COMMENT ON COLUMN source_health.longest_pause_hours IS 'Longest time between new entries in the 28 days up to the last one; silent_hours above it are unusual';
