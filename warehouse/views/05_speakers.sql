CREATE OR REPLACE VIEW speakers AS
SELECT
    quotations.speaker,
    arg_max(quotations.speaker_role, quotations.published_at) AS speaker_role,
    count(*) AS statements,
    count(*) FILTER (WHERE quotations.kind = 'direct') AS direct,
    count(*) FILTER (WHERE quotations.kind = 'mixed') AS mixed,
    count(*) FILTER (WHERE quotations.kind = 'indirect') AS indirect,
    count(DISTINCT quotations.article_id) AS articles,
    count(DISTINCT quotations.source_id) AS sources,
    min(quotations.published_on) AS first_on,
    max(quotations.published_on) AS last_on
FROM latest_quotations AS quotations
WHERE quotations.speaker IS NOT NULL AND quotations.act = 'speech'
GROUP BY quotations.speaker;
COMMENT ON VIEW speakers IS 'One row per speaker, with counts of statements, articles and publishers';
COMMENT ON COLUMN speakers.speaker IS 'Speaker resolved within the article, otherwise as written';
COMMENT ON COLUMN speakers.speaker_role IS 'Role in the newest article that gives one';
COMMENT ON COLUMN speakers.statements IS 'Statements: direct + mixed + indirect';
COMMENT ON COLUMN speakers.direct IS 'Statements within quotation marks';
COMMENT ON COLUMN speakers.mixed IS 'Clauses that contain quotation marks';
COMMENT ON COLUMN speakers.indirect IS 'Statements without quotation marks';
COMMENT ON COLUMN speakers.articles IS 'Articles that quote them';
COMMENT ON COLUMN speakers.sources IS 'Publishers of those articles';
COMMENT ON COLUMN speakers.first_on IS 'Day of the first such article, UTC';
COMMENT ON COLUMN speakers.last_on IS 'Day of the last such article, UTC';
