SELECT
    topics.article_id,
    topics.revision,
    topics.source_id,
    topics.published_on,
    topics.topic_code,
    topics.topic,
    topics.level,
    topics.broader_code,
    topics.score,
    topics.evidence_terms,
    topics.transform_version
FROM latest_topics AS topics
