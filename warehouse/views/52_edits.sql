-- Another version of the cleaning step, or a page in place of the text of its feed, reads an
-- article differently: this is no edit.
CREATE OR REPLACE VIEW edits AS
SELECT
    changes.article_id,
    changes.revision,
    later.source_id,
    coalesce(later.url, later.canonical_url) AS url,
    later.title,
    earlier.title AS previous_title,
    later.published_at,
    later.fetched_at AS changed_at,
    earlier.fetched_at AS previous_fetched_at,
    changes.words_added,
    changes.words_cut,
    changes.share,
    changes.is_headline_changed,
    changes.is_text_changed,
    changes.headline_diff,
    changes.diff,
    changes.added,
    changes.cut,
    changes.statements_added,
    changes.statements_altered,
    changes.statements_removed,
    changes.names_added,
    changes.names_removed,
    changes.numbers_changed
FROM changes
INNER JOIN articles AS later USING (article_id, revision)
INNER JOIN articles AS earlier
    ON earlier.article_id = changes.article_id
    AND earlier.revision = changes.revision - 1
    AND earlier.transform_version = later.transform_version
    AND (earlier.extractor != later.extractor OR earlier.extractor_version = later.extractor_version)
    AND list_contains(earlier.flags, 'feed_text') = list_contains(later.flags, 'feed_text');
COMMENT ON VIEW edits IS 'One row per edit by a publisher: what changed in an article, when and how much; WHERE words_added + words_cut >= 10 keeps the larger ones. Trivial changes (white space, punctuation, counters, times, links to other articles) are no edits';
COMMENT ON COLUMN edits.revision IS 'Revision with the later version; the earlier one is the revision before';
COMMENT ON COLUMN edits.title IS 'Headline after the edit';
COMMENT ON COLUMN edits.previous_title IS 'Headline before the edit';
COMMENT ON COLUMN edits.changed_at IS 'When the later version was fetched, UTC; the edit was made between previous_fetched_at and this';
COMMENT ON COLUMN edits.previous_fetched_at IS 'When the earlier version was first fetched, UTC';

CREATE OR REPLACE VIEW headline_changes AS
SELECT
    edits.article_id,
    edits.revision,
    edits.source_id,
    coalesce(sources.name, edits.source_id) AS outlet,
    edits.url,
    edits.previous_title,
    edits.title,
    edits.changed_at,
    edits.previous_fetched_at,
    edits.published_at,
    edits.is_text_changed
FROM edits
LEFT JOIN (
    SELECT
        source_id,
        min(name) AS name
    FROM sources
    GROUP BY source_id
) AS sources USING (source_id)
WHERE edits.is_headline_changed AND edits.previous_title IS NOT NULL AND edits.title IS NOT NULL;
COMMENT ON VIEW headline_changes IS 'One row per change of a headline, whether or not the text changed, too';
COMMENT ON COLUMN headline_changes.outlet IS 'Name of the publisher';
COMMENT ON COLUMN headline_changes.previous_title IS 'Headline before the change';
COMMENT ON COLUMN headline_changes.title IS 'Headline after the change';
COMMENT ON COLUMN headline_changes.changed_at IS 'When the new headline was fetched, UTC; the change was made between previous_fetched_at and this';
COMMENT ON COLUMN headline_changes.previous_fetched_at IS 'When the old headline was first fetched, UTC';
COMMENT ON COLUMN headline_changes.is_text_changed IS 'Whether the text changed as well';
