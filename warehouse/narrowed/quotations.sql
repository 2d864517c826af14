-- Statements as in `latest_quotations`, of the rows whose numbers the table `wanted_quotations` has.
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
FROM main.quotations AS quotations
SEMI JOIN wanted_quotations ON wanted_quotations.row = quotations.rowid
