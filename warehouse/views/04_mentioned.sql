CREATE OR REPLACE VIEW mentioned AS
SELECT
    entities.name,
    mentions.text,
    mentions.kind,
    mentions.published_on,
    mentions.published_at,
    mentions.source_id,
    articles.title,
    coalesce(articles.url, articles.canonical_url) AS url,
    entities.country,
    entities.latitude,
    entities.longitude,
    entities.wikidata_id,
    mentions.confidence,
    mentions.entity_id,
    mentions.article_id,
    mentions.revision,
    mentions.paragraph,
    mentions.start_char,
    mentions.end_char
-- Not `latest_mentions`: see `attributed`.
FROM current_mentions AS mentions
INNER JOIN entities USING (entity_id)
INNER JOIN latest_articles AS articles USING (article_id, revision);
COMMENT ON VIEW mentioned IS 'One row per occurrence of a name, with its entity and article';
COMMENT ON COLUMN mentioned.url IS 'URL it was fetched from, without tracking parameters, otherwise its canonical URL; NULL if it has neither';
COMMENT ON COLUMN mentioned.name IS 'Canonical name of the entity';
COMMENT ON COLUMN mentioned.text IS 'Name as written';
