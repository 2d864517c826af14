-- Articles about one event are a story. Each linking step appends what it found: an article that
-- moves to another story gets a new row, and a story that changes a new state.
CREATE TABLE story_terms (
    article_id VARCHAR NOT NULL,
    published_at TIMESTAMPTZ NOT NULL,
    language VARCHAR,
    all_terms UINTEGER[] NOT NULL,
    terms UINTEGER[] NOT NULL,
    weights FLOAT[] NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE story_terms IS 'One row per article that was compared with stories; copies have none';
COMMENT ON COLUMN story_terms.article_id IS 'Article';
COMMENT ON COLUMN story_terms.published_at IS 'When it was published, otherwise when it was acquired, UTC';
COMMENT ON COLUMN story_terms.language IS 'ISO 639-1 code of the text';
COMMENT ON COLUMN story_terms.all_terms IS 'Hashes of its words and names, each once; they are counted to tell rare terms from common ones';
COMMENT ON COLUMN story_terms.terms IS 'The terms that it was compared by; the lowest bit is set for names';
COMMENT ON COLUMN story_terms.weights IS 'Weight of each of these terms';
COMMENT ON COLUMN story_terms.batch_id IS 'Batch that appended this row';

CREATE TABLE story_keys (
    term UINTEGER NOT NULL,
    story_id VARCHAR NOT NULL,
    published_on DATE NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE story_keys IS 'One row per term by which a story is found for new articles';
COMMENT ON COLUMN story_keys.term IS 'Hash of a word or name';
COMMENT ON COLUMN story_keys.story_id IS 'Story';
COMMENT ON COLUMN story_keys.published_on IS 'Day of the article that has the term, UTC';
COMMENT ON COLUMN story_keys.batch_id IS 'Batch that appended this row';

CREATE TABLE story_members (
    article_id VARCHAR NOT NULL,
    story_id VARCHAR NOT NULL,
    moves INTEGER NOT NULL,
    similarity DOUBLE NOT NULL,
    is_copy BOOLEAN NOT NULL,
    linked_at TIMESTAMPTZ NOT NULL,
    transform_version INTEGER NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE story_members IS 'One row per article and story that it has belonged to; the view story_articles shows the last';
COMMENT ON COLUMN story_members.article_id IS 'Article';
COMMENT ON COLUMN story_members.story_id IS 'Story that it belongs to from now on';
COMMENT ON COLUMN story_members.moves IS 'How often it has moved to another story, 0 for the first';
COMMENT ON COLUMN story_members.similarity IS 'How alike the article and the story were when it joined, 0 to 1; 1 for the first article and for copies';
COMMENT ON COLUMN story_members.is_copy IS 'Whether it joined as a copy of an article of the story';
COMMENT ON COLUMN story_members.linked_at IS 'When this was found, UTC';
COMMENT ON COLUMN story_members.transform_version IS 'Version of the step that found it';
COMMENT ON COLUMN story_members.batch_id IS 'Batch that appended this row';

CREATE TABLE story_states (
    story_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    first_at TIMESTAMPTZ NOT NULL,
    last_at TIMESTAMPTZ NOT NULL,
    central_article_id VARCHAR NOT NULL,
    texts BIGINT NOT NULL,
    reviewed_texts INTEGER NOT NULL,
    terms UINTEGER[] NOT NULL,
    weights FLOAT[] NOT NULL,
    people VARCHAR[] NOT NULL,
    people_texts INTEGER[] NOT NULL,
    places VARCHAR[] NOT NULL,
    places_texts INTEGER[] NOT NULL,
    follows_story_id VARCHAR,
    into_story_id VARCHAR,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE story_states IS 'One row per change of a story; its highest version counts';
COMMENT ON COLUMN story_states.story_id IS 'Story, named after its first article';
COMMENT ON COLUMN story_states.version IS '1 for the first state, one more for each change';
COMMENT ON COLUMN story_states.first_at IS 'When its oldest article was published, UTC';
COMMENT ON COLUMN story_states.last_at IS 'When its newest article was published, UTC; copies that appear days later do not count';
COMMENT ON COLUMN story_states.central_article_id IS 'Article that is most like all others';
COMMENT ON COLUMN story_states.texts IS 'Articles, without copies';
COMMENT ON COLUMN story_states.reviewed_texts IS 'Articles when its central article was last chosen';
COMMENT ON COLUMN story_states.terms IS 'Terms of its articles, a moving average; the lowest bit is set for names';
COMMENT ON COLUMN story_states.weights IS 'Weight of each term';
COMMENT ON COLUMN story_states.people IS 'People who are named, in the most texts first';
COMMENT ON COLUMN story_states.people_texts IS 'In how many texts each is named';
COMMENT ON COLUMN story_states.places IS 'Places that are named, in the most texts first';
COMMENT ON COLUMN story_states.places_texts IS 'In how many texts each is named';
COMMENT ON COLUMN story_states.follows_story_id IS 'Story that it goes on with, because that one was a month old; NULL for most';
COMMENT ON COLUMN story_states.into_story_id IS 'Story that it became part of, NULL if it is a story of its own';
COMMENT ON COLUMN story_states.batch_id IS 'Batch that appended this row';

CREATE TABLE story_changes (
    story_id VARCHAR NOT NULL,
    other_story_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    articles INTEGER NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE story_changes IS 'One row per story that became part of another one, was split off or goes on with one';
COMMENT ON COLUMN story_changes.story_id IS 'Story';
COMMENT ON COLUMN story_changes.other_story_id IS 'Older story: the one that it became part of, was split off or follows';
COMMENT ON COLUMN story_changes.kind IS 'merged, split or followed';
COMMENT ON COLUMN story_changes.articles IS 'Articles that moved, 0 if it follows another one';
COMMENT ON COLUMN story_changes.changed_at IS 'When this was found, UTC';
COMMENT ON COLUMN story_changes.batch_id IS 'Batch that appended this row';

CREATE TABLE statement_wordings (
    fingerprint VARCHAR NOT NULL,
    speaker VARCHAR NOT NULL,
    statement_id VARCHAR NOT NULL,
    like_fingerprint VARCHAR NOT NULL,
    containment DOUBLE NOT NULL,
    transform_version INTEGER NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE statement_wordings IS 'One row per wording that is another wording of an earlier statement by the same speaker';
COMMENT ON COLUMN statement_wordings.fingerprint IS 'Key of this wording';
COMMENT ON COLUMN statement_wordings.speaker IS 'Speaker, as in quotations';
COMMENT ON COLUMN statement_wordings.statement_id IS 'Statement that it is a wording of: the key of the wording that was loaded first';
COMMENT ON COLUMN statement_wordings.like_fingerprint IS 'Earlier wording that it is most like';
COMMENT ON COLUMN statement_wordings.containment IS 'Shared runs of three words as a share of those of the shorter wording, 0 to 1';
COMMENT ON COLUMN statement_wordings.transform_version IS 'Version of the step that found it';
COMMENT ON COLUMN statement_wordings.batch_id IS 'Batch that appended this row';
