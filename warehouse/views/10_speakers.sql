-- A bare last name counts for the person it is linked to. Only such rows read `linked_people`,
-- so that a filter on the speaker still reaches the table.
CREATE OR REPLACE VIEW speakers AS
SELECT
    named.speaker,
    arg_max(named.speaker_role, named.published_at) AS speaker_role,
    count(*) AS statements,
    count(*) FILTER (WHERE named.kind = 'direct') AS direct,
    count(*) FILTER (WHERE named.kind = 'mixed') AS mixed,
    count(*) FILTER (WHERE named.kind = 'indirect') AS indirect,
    count(DISTINCT named.article_id) AS articles,
    count(DISTINCT named.source_id) AS sources,
    min(named.published_on) AS first_on,
    max(named.published_on) AS last_on
FROM (
    SELECT
        quotations.speaker,
        quotations.speaker_role,
        quotations.kind,
        quotations.article_id,
        quotations.source_id,
        quotations.published_on,
        quotations.published_at
    FROM latest_quotations AS quotations
    WHERE quotations.act = 'speech' AND contains(quotations.speaker, ' ')
    UNION ALL
    SELECT
        coalesce(linked.full_name, quotations.speaker) AS speaker,
        quotations.speaker_role,
        quotations.kind,
        quotations.article_id,
        quotations.source_id,
        quotations.published_on,
        quotations.published_at
    FROM latest_quotations AS quotations
    LEFT JOIN linked_people AS linked
        ON linked.entity_id = quotations.speaker_entity_id
        AND linked.source_id = quotations.source_id
        AND linked.week_starts_on = CAST(date_trunc('week', quotations.published_on) AS DATE)
    WHERE quotations.act = 'speech' AND NOT contains(quotations.speaker, ' ')
) AS named
GROUP BY named.speaker;
COMMENT ON VIEW speakers IS 'One row per speaker, with counts of statements, articles and publishers';
COMMENT ON COLUMN speakers.speaker IS 'Full name, also for a bare last name that `linked_people` links; otherwise as written';
COMMENT ON COLUMN speakers.speaker_role IS 'Role in the newest article that gives one';
COMMENT ON COLUMN speakers.statements IS 'Statements: direct + mixed + indirect';
COMMENT ON COLUMN speakers.direct IS 'Statements within quotation marks';
COMMENT ON COLUMN speakers.mixed IS 'Clauses that contain quotation marks';
COMMENT ON COLUMN speakers.indirect IS 'Statements without quotation marks';
COMMENT ON COLUMN speakers.articles IS 'Articles that quote them';
COMMENT ON COLUMN speakers.sources IS 'Publishers of those articles';
COMMENT ON COLUMN speakers.first_on IS 'Day of the first such article, UTC';
COMMENT ON COLUMN speakers.last_on IS 'Day of the last such article, UTC';
