-- Names with their articles, of the days that are read; the columns are those of `mentioned`.
SELECT
    entities.name,
    mentions.text,
    mentions.kind,
    mentions.published_on,
    mentions.published_at,
    mentions.source_id,
    articles.title,
    articles.url,
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
FROM current_mentions AS mentions
INNER JOIN entities USING (entity_id)
INNER JOIN latest_articles AS articles USING (article_id, revision)
WHERE {days}
