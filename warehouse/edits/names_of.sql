-- The names in some revisions by the newest run of the transform. $articles, $revisions: their keys, as
-- JSON.
WITH wanted AS (
    SELECT
        unnest(from_json($articles, '["VARCHAR"]')) AS article_id,
        unnest(from_json($revisions, '["INTEGER"]')) AS revision
),
named AS (
    SELECT
        mentions.article_id,
        mentions.revision,
        mentions.entity_id,
        min(mentions.text) AS text
    FROM mentions
    SEMI JOIN wanted USING (article_id, revision)
    ANTI JOIN analyses AS replacing
        ON replacing.replaces_batch_id IS NOT NULL
        AND replacing.transform = 'mentions'
        AND replacing.replaces_batch_id = mentions.batch_id
        AND replacing.article_id = mentions.article_id
        AND replacing.revision = mentions.revision
    GROUP BY mentions.article_id, mentions.revision, mentions.entity_id
),
called AS (
    SELECT
        entity_id,
        min(name) AS name
    FROM entities
    WHERE entity_id IN (SELECT entity_id FROM named)
    GROUP BY entity_id
)
SELECT
    named.article_id,
    named.revision,
    named.entity_id,
    coalesce(called.name, named.text) AS name
FROM named
LEFT JOIN called USING (entity_id)
