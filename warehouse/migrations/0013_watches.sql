-- Watches are few, and each change is a row. A look is remembered by its batches, not by an
-- instant: a clock that is set back makes no watch miss an article.
CREATE TABLE watches (
    watch_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    search_words VARCHAR,
    speaker VARCHAR,
    entity VARCHAR,
    state VARCHAR NOT NULL,
    starts_after TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE watches IS 'One row per state of a watch, a saved question that tells of new matches; the last row is its current state';
COMMENT ON COLUMN watches.watch_id IS 'Key of the watch; a watch that is removed and added again has a new one';
COMMENT ON COLUMN watches.name IS 'Name of the watch, also of its RSS file';
COMMENT ON COLUMN watches.search_words IS 'Question in the language of `onrecord search`, NULL if none';
COMMENT ON COLUMN watches.speaker IS 'Words of the name of a speaker whose statements match, NULL if any';
COMMENT ON COLUMN watches.entity IS 'Name that the article must mention, NULL if any';
COMMENT ON COLUMN watches.state IS 'watching or removed';
COMMENT ON COLUMN watches.starts_after IS 'Commit of the newest batch in the snapshot when it was added; articles of earlier batches are its past, UTC';
COMMENT ON COLUMN watches.recorded_at IS 'When it reached this state, UTC';

CREATE TABLE watch_looks (
    look_id VARCHAR NOT NULL,
    batch_id VARCHAR NOT NULL,
    looked_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE watch_looks IS 'Ledger: one row per batch whose articles were compared with all watches';
COMMENT ON COLUMN watch_looks.look_id IS 'Look that compared them';
COMMENT ON COLUMN watch_looks.batch_id IS 'Batch that appended the articles';
COMMENT ON COLUMN watch_looks.looked_at IS 'When they were compared, UTC';

CREATE TABLE matches (
    look_id VARCHAR NOT NULL,
    watch_id VARCHAR NOT NULL,
    article_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    start_char INTEGER,
    speaker VARCHAR,
    statement VARCHAR,
    fingerprint VARCHAR,
    is_past BOOLEAN NOT NULL,
    found_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE matches IS 'One row per statement, or article, that matches a watch; an article or statement matches a watch once';
COMMENT ON COLUMN matches.look_id IS 'Look that found it';
COMMENT ON COLUMN matches.watch_id IS 'Watch';
COMMENT ON COLUMN matches.article_id IS 'Article';
COMMENT ON COLUMN matches.revision IS 'Revision of the article that matched';
COMMENT ON COLUMN matches.start_char IS 'First character of the statement in articles.text, NULL if the watch names no speaker';
COMMENT ON COLUMN matches.speaker IS 'Speaker of the statement, NULL if the watch names no speaker';
COMMENT ON COLUMN matches.statement IS 'Words of the statement, NULL if the watch names no speaker';
COMMENT ON COLUMN matches.fingerprint IS 'Key of the normalised wording of the statement, NULL without one';
COMMENT ON COLUMN matches.is_past IS 'Whether it was there before the watch was added; no alert tells of it';
COMMENT ON COLUMN matches.found_at IS 'When it was found, UTC';

CREATE TABLE watch_alerts (
    look_id VARCHAR NOT NULL,
    watch_id VARCHAR NOT NULL,
    alerted_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE watch_alerts IS 'One row per look and watch whose new matches an alert has told, recorded before it is sent';
COMMENT ON COLUMN watch_alerts.look_id IS 'Look that found the matches';
COMMENT ON COLUMN watch_alerts.watch_id IS 'Watch';
COMMENT ON COLUMN watch_alerts.alerted_at IS 'When the alert was about to be sent, UTC';
