-- The rows that the newest run of each transform found in the newest revision of each article.
-- Runs that replaced another run and later revisions are few, so the joins read only those.
-- The order matters: DuckDB expects that each ANTI JOIN leaves a fifth of the rows, and keeps in
-- memory the side that it expects to be smaller. In the other order it keeps all statements.
CREATE OR REPLACE VIEW latest_analyses AS
SELECT
    analyses.article_id,
    analyses.revision,
    analyses.transform,
    analyses.transform_version,
    analyses.items,
    analyses.analysed_at,
    analyses.model,
    analyses.batch_id
FROM analyses
ANTI JOIN analyses AS newer
    ON newer.replaces_batch_id IS NOT NULL
    AND newer.replaces_batch_id = analyses.batch_id
    AND newer.article_id = analyses.article_id
    AND newer.revision = analyses.revision
    AND newer.transform = analyses.transform;
COMMENT ON VIEW latest_analyses IS 'The newest run of each transform over each revision';

CREATE OR REPLACE VIEW current_quotations AS
SELECT
    quotations.article_id,
    quotations.revision,
    quotations.start_char,
    quotations.end_char,
    quotations.text,
    -- Older rows have no words to show: their pieces are shown, without a comma before the cue.
    CASE
        WHEN quotations.statement IS NOT NULL THEN quotations.statement
        WHEN len(quotations.fragments) > 1
            THEN array_to_string([
                regexp_replace(
                    trim(substr(quotations.text, fragment[1] - quotations.start_char + 1, fragment[2] - fragment[1])),
                    ',+([”"’»]?)$', '\1'
                )
                FOR fragment IN quotations.fragments
            ], ' … ')
        ELSE regexp_replace(quotations.text, ',+([”"’»]?)$', '\1')
    END AS statement,
    quotations.kind,
    coalesce(quotations.act, 'speech') AS act,
    quotations.fragments,
    quotations.speaker,
    quotations.speaker_text,
    quotations.speaker_start_char,
    quotations.speaker_end_char,
    quotations.speaker_name,
    quotations.speaker_role,
    quotations.speaker_entity_id,
    quotations.cue,
    quotations.cue_start_char,
    quotations.medium,
    quotations.reported_by,
    quotations.confidence,
    quotations.fingerprint,
    quotations.paragraph,
    quotations.published_on,
    quotations.published_at,
    quotations.source_id,
    quotations.transform_version
FROM quotations
ANTI JOIN analyses AS replacing
    ON replacing.replaces_batch_id IS NOT NULL
    AND replacing.transform = 'quotations'
    AND replacing.replaces_batch_id = quotations.batch_id
    AND replacing.article_id = quotations.article_id
    AND replacing.revision = quotations.revision;
COMMENT ON VIEW current_quotations IS 'Statements in all revisions of each article, by the newest transform';

CREATE OR REPLACE VIEW latest_quotations AS
SELECT
    quotations.article_id,
    quotations.revision,
    quotations.start_char,
    quotations.end_char,
    quotations.text,
    quotations.statement,
    quotations.kind,
    quotations.act,
    quotations.fragments,
    quotations.speaker,
    quotations.speaker_text,
    quotations.speaker_start_char,
    quotations.speaker_end_char,
    quotations.speaker_name,
    quotations.speaker_role,
    quotations.speaker_entity_id,
    quotations.cue,
    quotations.cue_start_char,
    quotations.medium,
    quotations.reported_by,
    quotations.confidence,
    quotations.fingerprint,
    quotations.paragraph,
    quotations.published_on,
    quotations.published_at,
    quotations.source_id,
    quotations.transform_version
FROM current_quotations AS quotations
ANTI JOIN later_revisions AS newer
    ON newer.article_id = quotations.article_id
    AND newer.revision > quotations.revision;
COMMENT ON VIEW latest_quotations IS 'Statements in the newest revision of each article, by the newest transform';

CREATE OR REPLACE VIEW latest_no_comments AS
SELECT
    no_comments.article_id,
    no_comments.revision,
    no_comments.start_char,
    no_comments.end_char,
    no_comments.text,
    no_comments.kind,
    no_comments.asked,
    no_comments.asked_text,
    no_comments.asked_start_char,
    no_comments.asked_end_char,
    no_comments.asked_name,
    no_comments.asked_role,
    no_comments.asked_entity_id,
    no_comments.asked_by,
    no_comments.about,
    no_comments.cue,
    no_comments.cue_start_char,
    no_comments.confidence,
    no_comments.paragraph,
    no_comments.published_on,
    no_comments.published_at,
    no_comments.source_id,
    no_comments.transform_version
FROM no_comments
ANTI JOIN analyses AS replacing
    ON replacing.replaces_batch_id IS NOT NULL
    AND replacing.transform = 'quotations'
    AND replacing.replaces_batch_id = no_comments.batch_id
    AND replacing.article_id = no_comments.article_id
    AND replacing.revision = no_comments.revision
ANTI JOIN later_revisions AS newer
    ON newer.article_id = no_comments.article_id
    AND newer.revision > no_comments.revision;
COMMENT ON VIEW latest_no_comments IS 'Notes that somebody said nothing, in the newest revision of each article, by the newest transform';

CREATE OR REPLACE VIEW current_mentions AS
SELECT
    mentions.article_id,
    mentions.revision,
    mentions.start_char,
    mentions.end_char,
    mentions.text,
    mentions.kind,
    mentions.entity_id,
    mentions.confidence,
    mentions.candidates,
    mentions.paragraph,
    mentions.beside,
    mentions.published_on,
    mentions.published_at,
    mentions.source_id,
    mentions.transform_version
FROM mentions
ANTI JOIN analyses AS replacing
    ON replacing.replaces_batch_id IS NOT NULL
    AND replacing.transform = 'mentions'
    AND replacing.replaces_batch_id = mentions.batch_id
    AND replacing.article_id = mentions.article_id
    AND replacing.revision = mentions.revision;
COMMENT ON VIEW current_mentions IS 'Names in all revisions of each article, by the newest transform';

CREATE OR REPLACE VIEW latest_mentions AS
SELECT
    mentions.article_id,
    mentions.revision,
    mentions.start_char,
    mentions.end_char,
    mentions.text,
    mentions.kind,
    mentions.entity_id,
    mentions.confidence,
    mentions.candidates,
    mentions.paragraph,
    mentions.beside,
    mentions.published_on,
    mentions.published_at,
    mentions.source_id,
    mentions.transform_version
FROM current_mentions AS mentions
ANTI JOIN later_revisions AS newer
    ON newer.article_id = mentions.article_id
    AND newer.revision > mentions.revision;
COMMENT ON VIEW latest_mentions IS 'Names in the newest revision of each article, by the newest transform';

CREATE OR REPLACE VIEW latest_date_mentions AS
SELECT
    date_mentions.article_id,
    date_mentions.revision,
    date_mentions.start_char,
    date_mentions.end_char,
    date_mentions.text,
    date_mentions.type,
    date_mentions.value,
    date_mentions.starts_on,
    date_mentions.ends_on,
    date_mentions.anchor,
    date_mentions.confidence,
    date_mentions.paragraph,
    date_mentions.published_on,
    date_mentions.published_at,
    date_mentions.source_id,
    date_mentions.transform_version
FROM date_mentions
ANTI JOIN analyses AS replacing
    ON replacing.replaces_batch_id IS NOT NULL
    AND replacing.transform = 'dates'
    AND replacing.replaces_batch_id = date_mentions.batch_id
    AND replacing.article_id = date_mentions.article_id
    AND replacing.revision = date_mentions.revision
ANTI JOIN later_revisions AS newer
    ON newer.article_id = date_mentions.article_id
    AND newer.revision > date_mentions.revision;
COMMENT ON VIEW latest_date_mentions IS 'Temporal expressions in the newest revision of each article, by the newest transform';
