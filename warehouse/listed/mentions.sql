-- Names with their articles and the digest of the archived document, of the days that are read; the other
-- columns are those of `mentioned`.
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
    mentions.end_char,
    documents.sha256
FROM current_mentions AS mentions
INNER JOIN entities USING (entity_id)
INNER JOIN latest_articles AS articles
    ON articles.article_id = mentions.article_id
    AND articles.revision = mentions.revision
LEFT JOIN documents
    ON documents.document_id = articles.document_id
    AND documents.fetched_at = articles.fetched_at
WHERE {days}
