CREATE OR REPLACE VIEW current_merges AS
SELECT
    cluster_id,
    arg_max(into_cluster_id, merged_at) AS into_cluster_id,
    max(merged_at) AS merged_at
FROM cluster_merges
GROUP BY cluster_id;
COMMENT ON VIEW current_merges IS 'One row per cluster that is now part of an older one';

-- A cluster's first article has no row in copies: it is no copy.
CREATE OR REPLACE VIEW cluster_members AS
WITH placed AS (
    SELECT
        article_id,
        arg_max(cluster_id, revision) AS cluster_id
    FROM copies
    GROUP BY article_id
    UNION
    SELECT
        cluster_id,
        cluster_id
    FROM (SELECT cluster_id FROM copies UNION SELECT cluster_id FROM cluster_merges)
    WHERE cluster_id NOT IN (SELECT article_id FROM copies)
)
SELECT
    placed.article_id,
    coalesce(merges.into_cluster_id, placed.cluster_id) AS cluster_id
FROM placed
LEFT JOIN current_merges AS merges USING (cluster_id);
COMMENT ON VIEW cluster_members IS 'The cluster of each article that is a copy of another one or has copies';

CREATE OR REPLACE VIEW clusters AS
WITH members AS (
    SELECT
        members.cluster_id,
        articles.article_id,
        articles.revision,
        articles.source_id,
        articles.title,
        articles.url,
        articles.agency,
        articles.published_on,
        articles.published_at,
        articles.fetched_at,
        row_number() OVER (
            PARTITION BY members.cluster_id
            -- A day without a time of day counts as its end: a stated minute is surer.
            ORDER BY
                coalesce(
                    articles.published_at
                    + CASE WHEN articles.published_precision = 'day' THEN INTERVAL 1 DAY ELSE INTERVAL 0 DAY END,
                    articles.fetched_at
                ),
                articles.fetched_at,
                articles.article_id
        ) = 1 AS is_earliest
    FROM cluster_members AS members
    INNER JOIN latest_articles AS articles USING (article_id)
),
origins AS (
    SELECT
        cluster_id,
        count(*) AS articles,
        mode(agency) FILTER (agency IS NOT NULL) AS origin_agency,
        max(article_id) FILTER (is_earliest) AS earliest_article_id,
        max(source_id) FILTER (is_earliest) AS earliest_source_id
    FROM members
    GROUP BY cluster_id
),
newest AS (
    SELECT
        article_id,
        max_by(copies, revision) AS found
    FROM copies
    GROUP BY article_id
)
SELECT
    members.cluster_id,
    members.article_id,
    members.revision,
    members.source_id,
    members.title,
    members.url,
    members.published_on,
    members.published_at,
    members.agency,
    members.is_earliest,
    coalesce(origins.origin_agency, origins.earliest_source_id) AS likely_origin,
    origins.earliest_article_id,
    origins.articles,
    newest.found.copied_article_id AS copied_article_id,
    newest.found.similarity AS similarity,
    newest.found.containment AS containment,
    newest.found.words_added AS words_added,
    newest.found.words_cut AS words_cut,
    newest.found.added AS added,
    newest.found.cut AS cut
FROM members
INNER JOIN origins USING (cluster_id)
LEFT JOIN newest USING (article_id);
COMMENT ON VIEW clusters IS 'One row per article that is a copy of another one or has copies; articles with one cluster_id have the same text, perhaps cut or added to';
COMMENT ON COLUMN clusters.cluster_id IS 'Key of the cluster: that of the article that was loaded first';
COMMENT ON COLUMN clusters.is_earliest IS 'Whether it was published first, as far as the outlets say';
COMMENT ON COLUMN clusters.likely_origin IS 'Agency that most of the articles credit, otherwise the publisher of the earliest one';
COMMENT ON COLUMN clusters.earliest_article_id IS 'Article that was published first';
COMMENT ON COLUMN clusters.articles IS 'Articles of the cluster';
COMMENT ON COLUMN clusters.copied_article_id IS 'Article that it is most like, among those loaded before it; NULL for the first one';

CREATE OR REPLACE VIEW originals AS
SELECT
    articles.article_id,
    articles.source_id,
    articles.title,
    articles.url,
    articles.published_on,
    articles.published_at,
    articles.language,
    articles.words,
    clusters.cluster_id,
    clusters.likely_origin,
    coalesce(clusters.articles, 1) AS articles
FROM latest_articles AS articles
LEFT JOIN clusters USING (article_id)
WHERE clusters.is_earliest OR clusters.cluster_id IS NULL;
COMMENT ON VIEW originals IS 'One row per text: the earliest article of each cluster, and each article without copies';
COMMENT ON COLUMN originals.cluster_id IS 'Cluster of its copies, NULL if it has none';
COMMENT ON COLUMN originals.likely_origin IS 'Agency that most of its copies credit, otherwise its publisher; NULL without copies';
COMMENT ON COLUMN originals.articles IS 'Articles with this text, itself included';

CREATE OR REPLACE VIEW syndication AS
SELECT
    copy.cluster_id,
    copy.likely_origin,
    copy.source_id,
    copy.article_id,
    copy.title,
    copy.published_at,
    origin.source_id AS earliest_source_id,
    origin.article_id AS earliest_article_id,
    origin.title AS earliest_title,
    origin.published_at AS earliest_at,
    (epoch(copy.published_at) - epoch(origin.published_at)) / 3600 AS hours_later,
    1 - coalesce(copy.words_cut, 0) / greatest(copied.words, 1) AS kept,
    copy.words_added,
    copy.words_cut,
    copied.source_id AS copied_source_id
FROM clusters AS copy
INNER JOIN clusters AS origin ON origin.cluster_id = copy.cluster_id AND origin.is_earliest
LEFT JOIN latest_articles AS copied ON copied.article_id = copy.copied_article_id
WHERE NOT copy.is_earliest AND copy.source_id <> origin.source_id;
COMMENT ON VIEW syndication IS 'One row per article that ran the text of another publisher: who had it first, how much later it ran and how much it kept';
COMMENT ON COLUMN syndication.earliest_source_id IS 'Publisher of the earliest article';
COMMENT ON COLUMN syndication.earliest_title IS 'Headline of the earliest article';
COMMENT ON COLUMN syndication.earliest_at IS 'When the earliest article was published, UTC';
COMMENT ON COLUMN syndication.hours_later IS 'Hours between the publication of the earliest article and of this one';
COMMENT ON COLUMN syndication.kept IS 'Share of the words of the article it is most like that it kept, 0 to 1';
COMMENT ON COLUMN syndication.copied_source_id IS 'Publisher of the article that it is most like';
