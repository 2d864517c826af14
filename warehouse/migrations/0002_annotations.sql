-- Annotations repeat day, source and paragraph of their article: readers filter millions of rows
-- by them without a join, and DuckDB skips the row groups of other days.

CREATE TABLE analyses (
    article_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    transform VARCHAR NOT NULL,
    transform_version INTEGER NOT NULL,
    items INTEGER NOT NULL,
    analysed_at TIMESTAMPTZ NOT NULL,
    replaces_batch_id VARCHAR,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE analyses IS 'One row per run of a transform over a revision; views show the newest';
COMMENT ON COLUMN analyses.article_id IS 'Article';
COMMENT ON COLUMN analyses.revision IS 'Revision of the article';
COMMENT ON COLUMN analyses.transform IS 'quotations, mentions, dates or clean; clean only if it ran again and found the same text';
COMMENT ON COLUMN analyses.transform_version IS 'Version of the transform';
COMMENT ON COLUMN analyses.items IS 'Rows that it found, 0 if none';
COMMENT ON COLUMN analyses.analysed_at IS 'When it ran, UTC';
COMMENT ON COLUMN analyses.replaces_batch_id IS 'Batch of the earlier run of this transform over this revision that this one replaces, NULL for the first';
COMMENT ON COLUMN analyses.batch_id IS 'Batch that appended this row and the rows it found';

CREATE TABLE quotations (
    article_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    source_id VARCHAR,
    published_at TIMESTAMPTZ,
    published_on DATE,
    paragraph INTEGER,
    start_char INTEGER NOT NULL,
    end_char INTEGER NOT NULL,
    text VARCHAR NOT NULL,
    fragments INTEGER[][] NOT NULL,
    kind VARCHAR NOT NULL,
    speaker VARCHAR,
    speaker_name VARCHAR,
    speaker_role VARCHAR,
    speaker_entity_id VARCHAR,
    speaker_text VARCHAR,
    speaker_start_char INTEGER,
    speaker_end_char INTEGER,
    cue VARCHAR,
    cue_start_char INTEGER,
    confidence DOUBLE NOT NULL,
    fingerprint VARCHAR,
    transform_version INTEGER NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE quotations IS 'One row per attributed statement';
COMMENT ON COLUMN quotations.article_id IS 'Article';
COMMENT ON COLUMN quotations.revision IS 'Revision of the article';
COMMENT ON COLUMN quotations.source_id IS 'Publisher of its article';
COMMENT ON COLUMN quotations.published_at IS 'When its article was published, UTC';
COMMENT ON COLUMN quotations.published_on IS 'Day of published_at, UTC';
COMMENT ON COLUMN quotations.paragraph IS 'Line of articles.text in which it begins, 1 for the first';
COMMENT ON COLUMN quotations.start_char IS 'First character of the statement in articles.text';
COMMENT ON COLUMN quotations.end_char IS 'One past the last character of the statement';
COMMENT ON COLUMN quotations.text IS 'articles.text from start_char to end_char';
COMMENT ON COLUMN quotations.fragments IS 'Pieces [start, end] of the statement; more than one if it is interrupted';
COMMENT ON COLUMN quotations.kind IS 'direct, mixed (a clause that contains quotation marks) or indirect';
COMMENT ON COLUMN quotations.speaker IS 'speaker_name, otherwise speaker_text; NULL if nobody is named';
COMMENT ON COLUMN quotations.speaker_name IS 'Speaker resolved within the article ("Jens Stoltenberg")';
COMMENT ON COLUMN quotations.speaker_role IS 'Role that the article gives the speaker';
COMMENT ON COLUMN quotations.speaker_entity_id IS 'Entity of the speaker, NULL if no mention names it';
COMMENT ON COLUMN quotations.speaker_text IS 'Speaker as written ("the head of the Alliance", "he")';
COMMENT ON COLUMN quotations.speaker_start_char IS 'First character of speaker_text';
COMMENT ON COLUMN quotations.speaker_end_char IS 'One past the last character of speaker_text';
COMMENT ON COLUMN quotations.cue IS 'Words that attribute the statement ("said")';
COMMENT ON COLUMN quotations.cue_start_char IS 'First character of the cue';
COMMENT ON COLUMN quotations.confidence IS 'Expected share of correct attributions among similar ones, 0 to 1';
COMMENT ON COLUMN quotations.fingerprint IS 'Key of the normalised wording, the same for a reused quotation';
COMMENT ON COLUMN quotations.transform_version IS 'Version of the transform that found it';
COMMENT ON COLUMN quotations.batch_id IS 'Batch that appended this row';

CREATE TABLE mentions (
    article_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    source_id VARCHAR,
    published_at TIMESTAMPTZ,
    published_on DATE,
    paragraph INTEGER,
    start_char INTEGER NOT NULL,
    end_char INTEGER NOT NULL,
    text VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    entity_id VARCHAR NOT NULL,
    candidates VARCHAR[] NOT NULL,
    beside VARCHAR[],
    confidence DOUBLE NOT NULL,
    transform_version INTEGER NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE mentions IS 'One row per occurrence of a name';
COMMENT ON COLUMN mentions.article_id IS 'Article';
COMMENT ON COLUMN mentions.revision IS 'Revision of the article';
COMMENT ON COLUMN mentions.source_id IS 'Publisher of its article';
COMMENT ON COLUMN mentions.published_at IS 'When its article was published, UTC';
COMMENT ON COLUMN mentions.published_on IS 'Day of published_at, UTC';
COMMENT ON COLUMN mentions.paragraph IS 'Line of articles.text in which it begins, 1 for the first';
COMMENT ON COLUMN mentions.start_char IS 'First character of the name in articles.text';
COMMENT ON COLUMN mentions.end_char IS 'One past the last character of the name';
COMMENT ON COLUMN mentions.text IS 'articles.text from start_char to end_char';
COMMENT ON COLUMN mentions.kind IS 'person, organization, place, event or product';
COMMENT ON COLUMN mentions.entity_id IS 'Entity that the name stands for';
COMMENT ON COLUMN mentions.candidates IS 'Other entities that it may stand for, best first';
COMMENT ON COLUMN mentions.beside IS 'Other entities named in the same paragraph; set only for the first mention of the entity in it, otherwise NULL';
COMMENT ON COLUMN mentions.confidence IS 'Expected share of correct mentions among similar ones, 0 to 1';
COMMENT ON COLUMN mentions.transform_version IS 'Version of the transform that found it';
COMMENT ON COLUMN mentions.batch_id IS 'Batch that appended this row';

CREATE TABLE entities (
    entity_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    aliases VARCHAR[] NOT NULL,
    country VARCHAR,
    latitude DOUBLE,
    longitude DOUBLE,
    wikidata_id VARCHAR,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE entities IS 'One row per person, organization, place, event or product';
COMMENT ON COLUMN entities.entity_id IS 'Key of the entity, the same in every article';
COMMENT ON COLUMN entities.name IS 'Canonical name';
COMMENT ON COLUMN entities.kind IS 'person, organization, place, event or product';
COMMENT ON COLUMN entities.aliases IS 'Other names known when the row was appended; mentions.text has every form seen';
COMMENT ON COLUMN entities.country IS 'ISO 3166-1 alpha-2 code, NULL if none or not known';
COMMENT ON COLUMN entities.latitude IS 'Degrees north, places only';
COMMENT ON COLUMN entities.longitude IS 'Degrees east, places only';
COMMENT ON COLUMN entities.wikidata_id IS 'Wikidata item, if the seeds have it';
COMMENT ON COLUMN entities.batch_id IS 'Batch that appended this row';

CREATE TABLE date_mentions (
    article_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    source_id VARCHAR,
    published_at TIMESTAMPTZ,
    published_on DATE,
    paragraph INTEGER,
    start_char INTEGER NOT NULL,
    end_char INTEGER NOT NULL,
    text VARCHAR NOT NULL,
    type VARCHAR NOT NULL,
    value VARCHAR,
    starts_on DATE,
    ends_on DATE,
    anchor VARCHAR NOT NULL,
    confidence DOUBLE NOT NULL,
    transform_version INTEGER NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE date_mentions IS 'One row per temporal expression';
COMMENT ON COLUMN date_mentions.article_id IS 'Article';
COMMENT ON COLUMN date_mentions.revision IS 'Revision of the article';
COMMENT ON COLUMN date_mentions.source_id IS 'Publisher of its article';
COMMENT ON COLUMN date_mentions.published_at IS 'When its article was published, UTC';
COMMENT ON COLUMN date_mentions.published_on IS 'Day of published_at, UTC';
COMMENT ON COLUMN date_mentions.paragraph IS 'Line of articles.text in which it begins, 1 for the first';
COMMENT ON COLUMN date_mentions.start_char IS 'First character of the expression in articles.text';
COMMENT ON COLUMN date_mentions.end_char IS 'One past the last character of the expression';
COMMENT ON COLUMN date_mentions.text IS 'articles.text from start_char to end_char';
COMMENT ON COLUMN date_mentions.type IS 'TIMEX3 type: DATE, TIME, DURATION or SET';
COMMENT ON COLUMN date_mentions.value IS 'TIMEX3 value ("2023-11-28", "2024-SU", "P3D"), NULL if it cannot be resolved';
COMMENT ON COLUMN date_mentions.starts_on IS 'First day of the expression, NULL if not known';
COMMENT ON COLUMN date_mentions.ends_on IS 'Last day of the expression, included';
COMMENT ON COLUMN date_mentions.anchor IS 'Reference that it was resolved against: explicit, published, narrative or none';
COMMENT ON COLUMN date_mentions.confidence IS 'Expected share of correct values among similar ones, 0 to 1';
COMMENT ON COLUMN date_mentions.transform_version IS 'Version of the transform that found it';
COMMENT ON COLUMN date_mentions.batch_id IS 'Batch that appended this row';
