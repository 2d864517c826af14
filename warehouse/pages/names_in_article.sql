-- The names in a revision of an article, in reading order. $article_id, $revision: the revision; $day: its day.
WITH named AS (
    SELECT
        start_char,
        end_char,
        text,
        kind,
        entity_id,
        confidence,
        candidates
    FROM latest_mentions
    WHERE article_id = $article_id
        AND revision = $revision
        AND ($day IS NULL OR published_on = $day)
)
SELECT
    named.start_char,
    named.end_char,
    named.text,
    named.kind,
    named.entity_id,
    named.confidence,
    named.candidates,
    coalesce(entities.name, named.text) AS name,
    entities.country
FROM named
LEFT JOIN entities USING (entity_id)
ORDER BY named.start_char, named.end_char
