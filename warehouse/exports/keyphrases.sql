SELECT
    phrases.article_id,
    phrases.revision,
    phrases.source_id,
    phrases.published_at,
    phrases.phrase,
    phrases.score,
    phrases.occurrences,
    phrases.entity_id,
    phrases.start_char,
    phrases.end_char
FROM latest_keyphrases AS phrases
