CREATE TABLE keyphrases (
    article_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    source_id VARCHAR,
    published_at TIMESTAMPTZ,
    published_on DATE,
    paragraph INTEGER,
    start_char INTEGER NOT NULL,
    end_char INTEGER NOT NULL,
    phrase VARCHAR NOT NULL,
    score DOUBLE NOT NULL,
    occurrences INTEGER NOT NULL,
    entity_id VARCHAR,
    transform_version INTEGER NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE keyphrases IS 'One row per phrase that says what an article is about, at most ten an article';
COMMENT ON COLUMN keyphrases.article_id IS 'Article';
COMMENT ON COLUMN keyphrases.revision IS 'Revision of the article';
COMMENT ON COLUMN keyphrases.source_id IS 'Publisher of its article';
COMMENT ON COLUMN keyphrases.published_at IS 'When its article was published, UTC';
COMMENT ON COLUMN keyphrases.published_on IS 'Day of published_at, UTC';
COMMENT ON COLUMN keyphrases.paragraph IS 'Line of articles.text in which it first occurs, 1 for the first';
COMMENT ON COLUMN keyphrases.start_char IS 'First character of its first occurrence in articles.text';
COMMENT ON COLUMN keyphrases.end_char IS 'One past the last character of that occurrence';
COMMENT ON COLUMN keyphrases.phrase IS 'The phrase in lower case; a name as its entity is called';
COMMENT ON COLUMN keyphrases.score IS 'Its rank as a share of that of the best phrase of the article, 0 to 1';
COMMENT ON COLUMN keyphrases.occurrences IS 'How often the article has it, the headline included';
COMMENT ON COLUMN keyphrases.entity_id IS 'Entity of a name, NULL for other phrases';
COMMENT ON COLUMN keyphrases.transform_version IS 'Version of the transform that found it';
COMMENT ON COLUMN keyphrases.batch_id IS 'Batch that appended this row';

CREATE TABLE article_topics (
    article_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    source_id VARCHAR,
    published_at TIMESTAMPTZ,
    published_on DATE,
    topic_code VARCHAR NOT NULL,
    topic VARCHAR NOT NULL,
    level INTEGER NOT NULL,
    broader_code VARCHAR NOT NULL,
    score DOUBLE NOT NULL,
    evidence STRUCT(term VARCHAR, weight DOUBLE, occurrences INTEGER, start_char INTEGER, end_char INTEGER)[] NOT NULL,
    transform_version INTEGER NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE article_topics IS 'One row per topic of an article, IPTC Media Topics of the first two levels; at most three of each level';
COMMENT ON COLUMN article_topics.article_id IS 'Article';
COMMENT ON COLUMN article_topics.revision IS 'Revision of the article';
COMMENT ON COLUMN article_topics.source_id IS 'Publisher of its article';
COMMENT ON COLUMN article_topics.published_at IS 'When its article was published, UTC';
COMMENT ON COLUMN article_topics.published_on IS 'Day of published_at, UTC';
COMMENT ON COLUMN article_topics.topic_code IS 'IPTC Media Topic: its code of eight digits ("15000000")';
COMMENT ON COLUMN article_topics.topic IS 'Name of the topic ("sport")';
COMMENT ON COLUMN article_topics.level IS '1 for the 17 general topics, 2 for their parts';
COMMENT ON COLUMN article_topics.broader_code IS 'Topic of level 1 that it is part of; its own code for one of level 1';
COMMENT ON COLUMN article_topics.score IS 'Its share of the evidence for all topics of its level, 0 to 1';
COMMENT ON COLUMN article_topics.evidence IS 'Terms that it was found by, best first: term, weight (3 decisive, 1 a hint), occurrences, and the first one in articles.text; that is NULL if only the headline has it';
COMMENT ON COLUMN article_topics.transform_version IS 'Version of the transform that found it';
COMMENT ON COLUMN article_topics.batch_id IS 'Batch that appended this row';
