SELECT
    topics.article_id,
    topics.revision,
    topics.source_id,
    topics.published_at,
    topics.topic_code,
    topics.topic,
    topics.level,
    topics.broader_code,
    topics.score,
    topics.evidence_terms,
    topics.evidence
FROM latest_topics AS topics
