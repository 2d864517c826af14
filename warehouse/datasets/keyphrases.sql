SELECT
    phrases.article_id,
    phrases.revision,
    phrases.start_char,
    phrases.end_char,
    phrases.paragraph,
    phrases.source_id,
    phrases.published_on,
    phrases.phrase,
    phrases.score,
    phrases.occurrences,
    phrases.entity_id,
    phrases.transform_version
FROM latest_keyphrases AS phrases
