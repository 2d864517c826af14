-- What the newest run of each transform found in the newest revision of each article.
CREATE OR REPLACE VIEW latest_analyses AS
SELECT
    analyses.article_id,
    analyses.revision,
    analyses.transform,
    max(analyses.transform_version) AS transform_version,
    max_by(analyses.batch_id, (analyses.transform_version, analyses.analysed_at)) AS batch_id
FROM analyses
GROUP BY
    analyses.article_id,
    analyses.revision,
    analyses.transform;
COMMENT ON VIEW latest_analyses IS 'The newest run of each transform over each revision';

CREATE OR REPLACE VIEW latest_quotations AS
SELECT
    quotations.article_id,
    quotations.revision,
    quotations.start_char,
    quotations.end_char,
    quotations.text,
    quotations.kind,
    quotations.fragments,
    quotations.speaker_text,
    quotations.speaker_start_char,
    quotations.speaker_end_char,
    quotations.speaker_name,
    quotations.speaker_role,
    quotations.speaker_entity_id,
    quotations.cue,
    quotations.cue_start_char,
    quotations.confidence,
    quotations.fingerprint,
    quotations.transform_version
FROM quotations
SEMI JOIN latest_analyses
    ON latest_analyses.article_id = quotations.article_id
    AND latest_analyses.revision = quotations.revision
    AND latest_analyses.batch_id = quotations.batch_id
    AND latest_analyses.transform = 'quotations'
ANTI JOIN articles AS newer
    ON newer.article_id = quotations.article_id AND newer.revision > quotations.revision;
COMMENT ON VIEW latest_quotations IS 'Statements in the newest revision of each article, by the newest transform';

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
    mentions.transform_version
FROM mentions
SEMI JOIN latest_analyses
    ON latest_analyses.article_id = mentions.article_id
    AND latest_analyses.revision = mentions.revision
    AND latest_analyses.batch_id = mentions.batch_id
    AND latest_analyses.transform = 'mentions'
ANTI JOIN articles AS newer
    ON newer.article_id = mentions.article_id AND newer.revision > mentions.revision;
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
    date_mentions.transform_version
FROM date_mentions
SEMI JOIN latest_analyses
    ON latest_analyses.article_id = date_mentions.article_id
    AND latest_analyses.revision = date_mentions.revision
    AND latest_analyses.batch_id = date_mentions.batch_id
    AND latest_analyses.transform = 'dates'
ANTI JOIN articles AS newer
    ON newer.article_id = date_mentions.article_id AND newer.revision > date_mentions.revision;
COMMENT ON VIEW latest_date_mentions IS 'Temporal expressions in the newest revision of each article, by the newest transform';
