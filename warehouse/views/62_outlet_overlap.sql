-- Two publishers cover the same matter if they run the same text, or if they have the same
-- keyphrase on the same day. A phrase counts only on days on which at most a quarter of the
-- publishers of that day have it, and at least two: "president" says nothing about a story.
-- The newest 28 days are compared, so that it stays fast.
CREATE OR REPLACE VIEW outlet_overlap AS
WITH span AS (
    SELECT max(published_on) AS ends_on
    FROM latest_articles
    WHERE published_on <= current_date
),
texts AS (
    SELECT DISTINCT
        clusters.source_id,
        clusters.cluster_id
    FROM clusters
    INNER JOIN span ON clusters.published_on BETWEEN span.ends_on - 27 AND span.ends_on
),
phrases AS (
    SELECT DISTINCT
        phrases.source_id,
        phrases.published_on,
        phrases.phrase
    FROM latest_keyphrases AS phrases
    INNER JOIN span ON phrases.published_on BETWEEN span.ends_on - 27 AND span.ends_on
),
publishers AS (
    SELECT
        published_on,
        count(DISTINCT source_id) AS sources
    FROM phrases
    GROUP BY published_on
),
shared_phrases AS (
    SELECT
        phrases.published_on,
        phrases.phrase
    FROM phrases
    INNER JOIN publishers USING (published_on)
    GROUP BY phrases.published_on, phrases.phrase
    HAVING count(*) BETWEEN 2 AND greatest(any_value(publishers.sources) / 4, 3)
),
covered AS (
    SELECT
        source_id,
        'text' AS matter,
        cluster_id AS matter_key,
        NULL AS published_on
    FROM texts
    UNION ALL
    SELECT
        phrases.source_id,
        'phrase' AS matter,
        phrases.phrase AS matter_key,
        phrases.published_on
    FROM phrases
    SEMI JOIN shared_phrases USING (published_on, phrase)
),
totals AS (
    SELECT
        source_id,
        count(*) AS matters
    FROM covered
    GROUP BY source_id
),
pairs AS (
    SELECT
        one.source_id,
        other.source_id AS other_source_id,
        count(*) FILTER (one.matter = 'text') AS shared_texts,
        count(*) FILTER (one.matter = 'phrase') AS shared_phrases
    FROM covered AS one
    INNER JOIN covered AS other
        ON other.matter = one.matter
        AND other.matter_key = one.matter_key
        AND other.published_on IS NOT DISTINCT FROM one.published_on
        AND other.source_id > one.source_id
    GROUP BY one.source_id, other.source_id
)
SELECT
    pairs.source_id,
    pairs.other_source_id,
    pairs.shared_texts,
    pairs.shared_phrases,
    totals.matters,
    others.matters AS other_matters,
    (pairs.shared_texts + pairs.shared_phrases)
    / (totals.matters + others.matters - pairs.shared_texts - pairs.shared_phrases) AS jaccard
FROM pairs
INNER JOIN totals USING (source_id)
INNER JOIN totals AS others ON others.source_id = pairs.other_source_id;
COMMENT ON VIEW outlet_overlap IS 'One row per pair of publishers that cover the same matters in the newest 28 days: texts that both ran, and keyphrases that both have on the same day';
COMMENT ON COLUMN outlet_overlap.source_id IS 'One publisher';
COMMENT ON COLUMN outlet_overlap.other_source_id IS 'The other publisher; each pair is there once, in the order of their keys';
COMMENT ON COLUMN outlet_overlap.shared_texts IS 'Texts that both ran: clusters of copies with articles of both';
COMMENT ON COLUMN outlet_overlap.shared_phrases IS 'Keyphrases and days that both have; phrases that more than a quarter of the publishers have on a day do not count';
COMMENT ON COLUMN outlet_overlap.matters IS 'Texts and keyphrases of the first publisher that at least one other publisher has, too';
COMMENT ON COLUMN outlet_overlap.other_matters IS 'The same for the other publisher';
COMMENT ON COLUMN outlet_overlap.jaccard IS 'Shared matters as a share of all matters of both, 0 to 1 (Jaccard index)';
